package analysis

import "strings"

// Storage returns what a database or a queue is called: its name, and what it is made
// by, a word of OpenTelemetry's conventions. Either may be "".
func Storage(made, name string) string {
	product := made
	if p, ok := products[made]; ok {
		product = p
	}
	switch {
	case product == "":
		return name
	case name == "":
		return product
	}
	return name + " · " + product
}

// StorageCalled is Storage of one text that has both, the make before the name. A text
// that begins with no make known is returned as it is.
func StorageCalled(text string) string {
	made, name, _ := strings.Cut(text, " ")
	if products[made] == "" {
		return text
	}
	return Storage(made, name)
}

// products are the names of databases and queues as people write them, by the words
// of OpenTelemetry's conventions.
var products = map[string]string{
	"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "mongodb": "MongoDB", "redis": "Redis", "mssql": "SQL Server",
	"microsoft.sql_server": "SQL Server", "oracle": "Oracle", "oracle.db": "Oracle", "cassandra": "Cassandra", "elasticsearch": "Elasticsearch",
	"opensearch": "OpenSearch", "sqlite": "SQLite", "clickhouse": "ClickHouse", "memcached": "Memcached", "dynamodb": "DynamoDB",
	"aws.dynamodb": "DynamoDB", "rabbitmq": "RabbitMQ", "kafka": "Kafka", "activemq": "ActiveMQ", "nats": "NATS", "pulsar": "Pulsar",
	"aws_sqs": "SQS", "aws.sns": "SNS", "gcp_pubsub": "Pub/Sub", "servicebus": "Service Bus", "eventhubs": "Event Hubs", "rocketmq": "RocketMQ",
	"jms": "JMS",
}
