package demo

import semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

// An exception is an error as its language's instrumentation records it.
type exception struct{ kind, message, stack string }

// raise records an exception event, the error type and the status Error.
func (a *act) raise(e exception) {
	a.recordException(e)
	a.set(semconv.ErrorTypeKey.String(e.kind))
	a.fail(e.message)
}

// recordException records an exception that does not fail the span.
func (a *act) recordException(e exception) {
	a.event("exception",
		semconv.ExceptionType(e.kind), semconv.ExceptionMessage(e.message),
		semconv.ExceptionStacktrace(e.kind+": "+e.message+"\n"+e.stack))
}

// wrapped returns an exception that has e as its cause, as Java prints it.
func (e exception) wrapped(kind, message, frames string) exception {
	return exception{kind, message, frames + "\nCaused by: " + e.kind + ": " + e.message + "\n" + e.stack}
}

const javaServletFrames = `	at org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)
	at org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014)
	at jakarta.servlet.http.HttpServlet.service(HttpServlet.java:590)
	at org.apache.tomcat.util.threads.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1190)
	at java.base/java.lang.Thread.run(Thread.java:1583)`

var (
	accessDenied = exception{"software.amazon.awssdk.services.s3.model.S3Exception",
		"Access Denied. (Service: S3, Status Code: 403, Request ID: 17F3C0A5E9B2D641)",
		`	at software.amazon.awssdk.protocols.xml.internal.unmarshall.AwsXmlPredicatedResponseHandler.handleErrorResponse(AwsXmlPredicatedResponseHandler.java:156)
	at software.amazon.awssdk.core.internal.http.pipeline.stages.RetryableStage.execute(RetryableStage.java:79)
	at software.amazon.awssdk.services.s3.DefaultS3Client.putObject(DefaultS3Client.java:11208)
	at com.jewellery.shop.files.FileService.store(FileService.java:88)
	at com.jewellery.shop.files.FileController.upload(FileController.java:47)
` + javaServletFrames}
	noSuchKey = exception{"software.amazon.awssdk.services.s3.model.NoSuchKeyException",
		"The specified key does not exist. (Service: S3, Status Code: 404)",
		`	at software.amazon.awssdk.services.s3.DefaultS3Client.getObject(DefaultS3Client.java:5203)
	at com.jewellery.crm.files.PreviewService.thumbnail(PreviewService.java:61)
	at com.jewellery.crm.orders.OrderDetailsService.load(OrderDetailsService.java:112)
` + javaServletFrames}
	deadlock = exception{"org.postgresql.util.PSQLException",
		"ERROR: deadlock detected\n  Detail: Process 41877 waits for ShareLock on transaction 9084413; blocked by process 41802.\nProcess 41802 waits for ShareLock on transaction 9084417; blocked by process 41877.\n  Hint: See server log for query details.",
		`	at org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2733)
	at org.postgresql.core.v3.QueryExecutorImpl.processResults(QueryExecutorImpl.java:2420)
	at org.postgresql.jdbc.PgPreparedStatement.executeUpdate(PgPreparedStatement.java:152)
	at com.zaxxer.hikari.pool.ProxyPreparedStatement.executeUpdate(ProxyPreparedStatement.java:61)
	at com.jewellery.crm.orders.ConfirmService.reserveStones(ConfirmService.java:134)
	at com.jewellery.crm.orders.ConfirmService.confirm(ConfirmService.java:72)
` + javaServletFrames}
	badMessage = exception{"System.Text.Json.JsonException",
		"The JSON value could not be converted to System.Decimal. Path: $.lines[0].ringSize | LineNumber: 0 | BytePositionInLine: 412.",
		`   at System.Text.Json.ThrowHelper.ReThrowWithPath(ReadStack& state, Utf8JsonReader& reader, Exception ex)
   at System.Text.Json.JsonSerializer.Deserialize[TValue](ReadOnlySpan` + "`1" + ` utf8Json, JsonSerializerOptions options)
   at Jewellery.Mes.Messaging.NewOrderMessage.Parse(ReadOnlyMemory` + "`1" + ` body) in /src/Mes/Messaging/NewOrderMessage.cs:line 38
   at Jewellery.Mes.Messaging.NewOrdersConsumer.HandleAsync(BasicDeliverEventArgs delivery) in /src/Mes/Messaging/NewOrdersConsumer.cs:line 57`}
	concurrentTake = exception{"Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException",
		"The database operation was expected to affect 1 row(s), but actually affected 0 row(s); data may have been modified or deleted since entities were loaded.",
		`   at Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal.NpgsqlModificationCommandBatch.Consume(RelationalDataReader reader, Boolean async, CancellationToken cancellationToken)
   at Microsoft.EntityFrameworkCore.ChangeTracking.Internal.StateManager.SaveChangesAsync(IList` + "`1" + ` entriesToSave, CancellationToken cancellationToken)
   at Jewellery.Mes.WorkOrders.WorkOrderService.TakeAsync(String order, Int32 operatorId) in /src/Mes/WorkOrders/WorkOrderService.cs:line 93
   at Jewellery.Mes.Api.WorkOrdersController.Take(String id) in /src/Mes/Api/WorkOrdersController.cs:line 41`}
	slowDown = exception{"Amazon.S3.AmazonS3Exception",
		"Please reduce your request rate.",
		`   at Amazon.Runtime.Internal.HttpErrorResponseExceptionHandler.HandleExceptionStream(IRequestContext requestContext, IWebResponseData httpErrorResponse, HttpErrorResponseException exception, Stream responseStream)
   at Amazon.Runtime.Internal.ErrorHandler.InvokeAsync[T](IExecutionContext executionContext)
   at Jewellery.Mes.Files.ModelStore.DownloadAsync(String key, CancellationToken token) in /src/Mes/Files/ModelStore.cs:line 66`}
	modelUnavailable = exception{"Jewellery.Mes.Files.ModelUnavailableException",
		"Model could not be downloaded after 24 attempts",
		`   at Jewellery.Mes.Files.ModelStore.DownloadAsync(String key, CancellationToken token) in /src/Mes/Files/ModelStore.cs:line 81
   at Jewellery.Mes.WorkOrders.WorkOrderService.TakeAsync(String order, Int32 operatorId) in /src/Mes/WorkOrders/WorkOrderService.cs:line 78`}
	readTimeout = exception{"requests.exceptions.ReadTimeout",
		"HTTPSConnectionPool(host='mes.jewellery.example', port=443): Read timed out. (read timeout=30)",
		`Traceback (most recent call last):
  File "/app/gemmarket/sync.py", line 141, in request_price
    response = self.session.post(url, json=body, timeout=30)
  File "/usr/lib/python3.12/site-packages/requests/adapters.py", line 713, in send
    raise ReadTimeout(e, request=request)`}
	failedToFetch = exception{"TypeError", "Failed to fetch",
		`    at request (https://mes.jewellery.example/assets/api-9d31c2f0.js:1:4187)
    at takeOrder (https://mes.jewellery.example/assets/queue-b7710ae4.js:1:9034)
    at HTMLButtonElement.onClick (https://mes.jewellery.example/assets/queue-b7710ae4.js:1:12210)`}
	noConnection = exception{"Npgsql.NpgsqlException",
		"Failed to connect to 10.20.4.11:5432",
		`   at Npgsql.Internal.NpgsqlConnector.Connect(NpgsqlTimeout timeout)
   at Npgsql.PoolingDataSource.OpenNewConnector(NpgsqlConnection conn, NpgsqlTimeout timeout, Boolean async, CancellationToken cancellationToken)
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at Jewellery.Mes.WorkOrders.StepService.FinishAsync(String order, String step) in /src/Mes/WorkOrders/StepService.cs:line 54`}
)
