package redact

// safeRules are the default. What tells where an order went wrong stays: order
// numbers, sizes and counts, hosts of our own, routes, types of errors. What
// opens a door is masked; what stands for a person becomes a token, so that it
// is still seen that two spans speak of the same one.
var safeRules = join(
	// An order number may be as long as a telephone number.
	rules("scan", []string{"phone"}, "order.id", "order_id", "orderid", "app.order.id", "demo.order.id", "order.number", "order_number", "ordernumber"),
	rules("keep", nil, "*.size", "*_size", "*_bytes", "*.count", "*_count", "*_tokens", "telemetry.sdk.*", "session.state", "*.token_count", "*token.type"),

	rules("mask", nil, "*password*", "*passwd*", "*passphrase*", "*pwd", "*secret*", "*token", "*token.*", "*api_key*", "*apikey*", "*access_key*", "*private_key*",
		"*authorization*", "*cookie*", "*credential*", "*.signature", "*cvv*", "*cvc*", "*.pin", "pin", "*otp_code*", "*one_time_code*",
		"*connection_string*", "*connectionstring*", "*.dsn",
		"*.body", "*.body.text", "*.body.content", "*payload", "*.command_args", "auth", "*x_auth*", "jwt", "pass", "sid", "sms.text", "sms.code", "*card_number*", "*cardnumber*", "*cardholder*", "card.*", "card_*", "payment.card.*",
		"*.variables", "db.query.parameter.*", "db.statement.parameters", "db.sql.parameters",
		"gen_ai.prompt*", "gen_ai.completion*", "gen_ai.*messages", "gen_ai.tool.input", "gen_ai.tool.output", "*passport*"),
	rules("hash", nil, "enduser.*", "user.*", "*.user.*", "*user_id", "*userid", "*username", "*user_name", "*login", "customer.*", "*customer_id", "*customerid",
		"*customer_name", "*email*", "*e_mail*", "*phone*", "*msisdn*", "*first_name", "*last_name", "*full_name", "*firstname", "*lastname", "*fullname",
		"*patronymic", "*birth*", "*snils*", "*shipping_address*", "*shipping.address*", "*delivery_address*", "*delivery.address*", "*postal*", "*street*",
		"client.address", "*client_ip", "*x_forwarded_for*", "*x_real_ip*", "*header.forwarded", "*session_id", "*session.id", "*sessionid", "db.user", "process.owner",
		"client.name", "client_name", "recipient*", "sender.name", "buyer.*", "fio", "*.fio", "inn", "*.inn", "iban", "*.iban", "tel", "*.tel", "mobile", "contact",
		"address", "billing*address", "geo.lat*", "geo.lon*", "*.geo.*", "device.id", "session"),
	rules("sql", nil, "db.statement", "db.query.text", "*.sql", "sql", "sql.query", "*sql.text"),
)

func rules(do string, except []string, keys ...string) []Rule {
	list := make([]Rule, len(keys))
	for i, k := range keys {
		list[i] = Rule{Key: k, Do: do, Except: except}
	}
	return list
}

func join(lists ...[]Rule) (all []Rule) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
