package redact

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// cleaned returns a text as the safe rules leave it as the value of a key, with
// the letters of tokens taken out.
func cleaned(s, key string) string {
	r := New(Safe(), []byte("fixed"))
	out, _ := r.text(s, r.plan(key), place{inSpan, key})
	for _, l := range labels {
		if l == "" {
			continue
		}
		for from := 0; ; {
			n := strings.Index(out[from:], "["+l+":")
			if n < 0 {
				break
			}
			from += n + len(l) + 1
			if end := from + 1 + tokenLength; end < len(out) && out[end] == ']' {
				out = out[:from] + out[end:]
			}
		}
	}
	return out
}

func TestScan(t *testing.T) {
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	for _, tt := range []struct{ name, in, want string }{
		{"e-mail", "mail to ivan.petrov+shop@mail.example.ru, please", "mail to [email], please"},
		{"e-mail in angle brackets", "Ivan <ivan@x.ru>", "Ivan <[email]>"},
		{"e-mail of another script", "почта иван@почта.рф тут", "почта [email] тут"},
		{"e-mail escaped in an address", "/find?q=ivan%40x.ru&page=2", "/find?q=[email]&page=2"},
		{"no e-mail: image, module, object", "img@sha256:abc com.Bar@1a2b3c pkg@v1.2.3", "img@sha256:abc com.Bar@1a2b3c pkg@v1.2.3"},
		{"ru phone, formatted", "call +7 (916) 123-45-67 now", "call [phone] now"},
		{"ru phone with 8", "8 916 123 45 67", "[phone]"},
		{"ru phone, bare", "tel=89161234567;", "tel=[phone];"},
		{"ru phone, nbsp", "8\u00a0916\u00a0123\u201145\u201167", "[phone]"},
		{"phone in ten digits", "(916) 123-45-67", "([phone]"},
		{"international", "+49 30 901820, +442079460958", "[phone], [phone]"},
		{"american", "415-555-2671 and (415) 555.2671", "[phone] and ([phone]"},
		{"with 00", "0049 151 12345678", "[phone]"},
		{"behind another number", "code 12 89161234567", "code 12 [phone]"},
		{"no phone: times, ids, addresses", "2024-05-06 07:08:09 1714979289123456789 192.168.100.200 83.149.212.123 4bf92f3577b34da6a3ce929d0e0e4736", "2024-05-06 07:08:09 1714979289123456789 192.168.100.200 83.149.212.123 4bf92f3577b34da6a3ce929d0e0e4736"},
		{"no phone: uuid", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"},
		{"no phone: fraction", "0.79161234567 0.4111111111111111", "0.79161234567 0.4111111111111111"},
		{"card", "paid by 4111 1111 1111 1111.", "paid by [card]."},
		{"card, bare", "5555555555554444", "[card]"},
		{"card, mir", "2200-0000-0000-0053", "[card]"},
		{"amex", "3782 822463 10005", "[card]"},
		{"card in an address", "/pay?n=4111%201111%201111%201111", "/pay?n=[card]"},
		{"no card: wrong check digit", "4111111111111112", "4111111111111112"},
		{"jwt", "got " + jwt + " back", "got [token] back"},
		{"bearer", "Authorization: Bearer abcdefgh", "Authorization: [password]"},
		{"bearer alone", "bearer s3cr3tvalue", "bearer [token]"},
		{"basic", "sent Basic aXZhbjpwYXNz", "sent Basic [token]"},
		{"sentence of authentication", "Bearer authentication failed", "Bearer authentication failed"},
		{"stripe", "key sk_live_4eC39HqLyjWDarjtT1zdp7dc", "key [token]"},
		{"github", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[token]"},
		{"aws id", "AKIAIOSFODNN7EXAMPLE", "[token]"},
		{"aws secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[token]"},
		{"google", "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "[token]"},
		{"private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "[token]"},
		{"names of code", "com.jewelry.shop.orders.OrderServiceImpl2Controller.handleRequestInternal", "com.jewelry.shop.orders.OrderServiceImpl2Controller.handleRequestInternal"},
		{"password pair", "user=ivan password=hunter2 host=db", "user=ivan password=[password] host=db"},
		{"password in JSON", `{"login":"x","password":"hun\"ter2","n":1}`, `{"login":"x","password":"[password]","n":1}`},
		{"password in JSON in JSON", `{"b":"{\"password\":\"hunter2\",\"n\":1}"}`, `{"b":"{\"password\":\"[password]\",\"n\":1}"}`},
		{"password in XML", "<password>hunter2</password>", "<password>[password]</password>"},
		{"password in an object", "User{name='a', password='hunter2'}", "User{name='a', password='[password]'}"},
		{"password of an option", "run --password hunter2 --verbose", "run --password [password] --verbose"},
		{"password in Russian", "пароль: хантер2", "пароль: [password]"},
		{"api key in a header", "X-Api-Key: 12345abcdef", "X-Api-Key: [password]"},
		{"cookie", "Cookie: sid=abc; theme=dark\r\nHost: x", "Cookie: [password]\r\nHost: x"},
		{"camel case", "clientSecret=abc&x=1", "clientSecret=[password]&x=1"},
		{"arrow", `"token" => "abc"`, `"token" => "[password]"`},
		{"no secret", "max_tokens: 5, token: null, bypass=1", "max_tokens: 5, token: null, bypass=1"},
		{"userinfo", "postgres://shop:s3cret@db:5432/shop", "postgres://[secret]@db:5432/shop"},
		{"userinfo with a slash", "amqp://u:a/b@mq/v", "amqp://[secret]@mq/v"},
		{"data source", "dial root:pw@tcp(db:3306)/shop", "dial [secret]@tcp(db:3306)/shop"},
		{"port and at sign in a path", "http://h:80/pkg/@scope/x", "http://h:80/pkg/@scope/x"},
		{"query", "https://x/cb?code=abc123&state=9&page=2#access_token=zz", "https://x/cb?code=[secret]&state=[secret]&page=2#access_token=[password]"},
		{"signed address", "https://s3/f?X-Amz-Signature=00ff&X-Amz-Date=2024", "https://s3/f?X-Amz-Signature=[password]&X-Amz-Date=2024"},
		{"sql", "SELECT * FROM users WHERE name = 'O''Hara' AND age > 33 AND id=$1", "SELECT * FROM users WHERE name = ? AND age > ? AND id=$1"},
		{"sql in a message", "failed [insert into t (a) values ('secret', 5)]", "failed [insert into t (a) values (?, ?)]"},
		{"sql with dollars", "UPDATE t SET a = $x$it's$x$ WHERE b1 = 0x1F", "UPDATE t SET a = ? WHERE b1 = ?"},
		{"sql with backslash", `SELECT 1 FROM t WHERE a='it\'s secret' AND b='x'`, `SELECT ? FROM t WHERE a=?`},
		{"sql in double quotes", `INSERT INTO "Orders" ("Id") VALUES ("secret")`, `INSERT INTO "Orders" ("Id") VALUES (?)`},
		{"sql unfinished", "DELETE FROM t WHERE a='secr", "DELETE FROM t WHERE a=?"},
		{"sentence with words of sql", "Please select 2 items and update order 5", "Please select 2 items and update order 5"},
		{"password in a list", `{"password":["a1","b2"],"n":1}`, `{"password":[password],"n":1}`},
		{"password in an object", `{"password":{"value":"a1"},"n":1}`, `{"password":[password],"n":1}`},
		{"passwords", `{"passwords":["a1"]}`, `{"passwords":[password]}`},
		{"password of an index", `password[0]=a1&x=2`, `password[0]=[password]&x=2`},
		{"name that holds password", "passwordHash=a1 new_password_again=b2", "passwordHash=[password] new_password_again=[password]"},
		{"password in quotes", "with password 's3 cr' and so on", "with password '[password]' and so on"},
		{"password behind a blank", "password hunter2, пароль a1b2", "password [password], пароль [password]"},
		{"no password: a sentence", "Password is wrong, password reset failed, token 5 of 7", "Password is wrong, password reset failed, token 5 of 7"},
		{"password in braces", "jdbc:sqlserver://h;password={a;b};x=1", "jdbc:sqlserver://h;password=[password];x=1"},
		{"element with attributes", `<ns:Password type="s">a1</ns:Password>`, `<ns:Password type="s">[password]</ns:Password>`},
		{"header in a table", `[{"name":"Cookie","value":"a1"},{"name":"Host","value":"h"}]`, `[{"name":"Cookie","value":"[password]"},{"name":"Host","value":"h"}]`},
		{"setting in XML", `<add key="DbPassword" value="a1"/>`, `<add key="DbPassword" value="[password]"/>`},
		{"header in a list", `["Host","h","X-Api-Key","a1"]`, `["Host","h","X-Api-Key","[password]"]`},
		{"names in a list", `{"password","value":1}`, `{"password","value":1}`},
		{"digest", `Authorization: Digest username="ivan", response="66"`, "Authorization: [password]"},
		{"phone by its name", `{"phone":"9161234567","tel": 4951234567}`, `{"phone":"[phone]","tel": [phone]}`},
		{"phone in Russian", "тел.: 916 1234567, позвонить", "тел.: [phone], позвонить"},
		{"no phone by name", "phone: none, mobile=true, tel=12", "phone: none, mobile=true, tel=12"},
		{"documents with their name", "паспорт 4509 123456, СНИЛС 112-233-445 95", "паспорт [password], СНИЛС [password]"},
		{"card code", "CVV 123", "CVV [password]"},
		{"parameters without an address", "email=ivan&page=2", "email=[secret]&page=2"},
		{"no parameters", "state=ready, code=404", "state=ready, code=404"},
		{"key of a duplicate", `duplicate key; Key (name, n)=(Petrov (old), 5) already exists`, `duplicate key; Key (name, n)=(?) already exists`},
		{"row of an error", "Failing row contains (1, Petrov, null).", "Failing row contains (?)."},
		{"logged parameters", "parameters: $1 = 'Petrov', $2 = '5'", "parameters: $1 = ?, $2 = ?"},
		{"parameters of Hibernate", "binding parameter (1:VARCHAR) <- [Petrov]\nbinding parameter [2] as [INTEGER] - [5]", "binding parameter (1:VARCHAR) <- [?]\nbinding parameter [2] as [INTEGER] - [?]"},
		{"form", "q=%2B7+%28916%29+123-45-67&n=4111+1111+1111+1111&h=Bearer+s3cr3tvalue&x=a+b", "q=[phone]&n=[card]&h=Bearer+[token]&x=a+b"},
		{"sql in a form", "q=SELECT+a+FROM+t+WHERE+n+%3D+%27x%27", "q=SELECT+a+FROM+t+WHERE+n+%3D+?"},
		{"e-mail with a plus in a form", "to=ivan+shop@x.ru&cc=anna%2Bshop%40x.ru", "to=[email]&cc=[email]"},
		{"e-mail in quotes", "to 'ivan@x.ru' and `o'neil@x.ru`", "to '[email]' and `[email]`"},
		{"hook of Slack", "POST https://hooks.slack.com/services/T0/B0/XXab12 failed", "POST https://hooks.slack.com/services/[token] failed"},
		{"ours already", "password=[password] a [email:bcdfghjkmnpqrs]", "password=[password] a [email]"},
		{"not utf-8", "\xff\xfe ivan@x.ru \xff", "\xff\xfe [email] \xff"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := cleaned(tt.in, "note"); got != tt.want {
				t.Errorf("%q\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct{ key, in, want string }{
		{"order.id", "89161234567", "89161234567"},
		{"order.id", "ivan@x.ru", "[email]"},
		{"http.request.header.authorization", "x", "[masked]"},
		{"X-Api-Key", "x", "[masked]"},
		{"user.id", "17", "[id]"},
		{"user.email", "Ivan@x.ru", "[email]"},
		{"customerPhone", "8 916 123-45-67", "[phone]"},
		{"user_agent.original", "Mozilla/5.0", "Mozilla/5.0"},
		{"http.request.body.size", "4111111111111111", "4111111111111111"},
		{"db.statement", "SET user:1 hunter2", "SET ?"},
		{"db.statement", "HSET cart 1 hunter2", "HSET ?"},
		{"db.statement", `{"find":"users","filter":{"name":"Ivan","n":5}}`, `{"find":?,"filter":{"name":?,"n":?}}`},
		{"db.query.text", "GET", "GET"},
		{"gen_ai.usage.input_tokens", "12", "12"},
		{"server.address", "db.internal", "db.internal"},
		{"process.command_args", "hunter2", "[masked]"},
		{"graphql.variables", `{"name":"Petrov"}`, "[masked]"},
		{"card.number", "41", "[masked]"},
		{"sms.code", "4821", "[masked]"},
		{"recipient.name", "Petrov", "[id]"},
		{"fio", "Petrov", "[id]"},
		{"customer.inn", "500100732259", "[id]"},
		{"user_agent.mobile", "true", "true"},
	} {
		if got := cleaned(tt.in, tt.key); got != tt.want {
			t.Errorf("%s=%q: got %q, want %q", tt.key, tt.in, got, tt.want)
		}
	}
}

func TestEqualStaysEqual(t *testing.T) {
	r := New(Safe(), nil)
	of := func(s, key string) string { out, _ := r.text(s, r.plan(key), place{inSpan, key}); return out }
	token := of("ivan@x.ru", "user.email")
	for _, tt := range []struct{ in, key string }{{"ivan@x.ru", "note"}, {"IVAN@x.ru", "note"}, {"ivan%40x.ru", "note"}, {"note~ivan@x.ru", "note"}} {
		if got := of(tt.in, tt.key); got != token {
			t.Errorf("%q as %s: got %s, want %s", tt.in, tt.key, got, token)
		}
	}
	if a, b := of("+7 916 123-45-67", "note"), of("89161234567", "phone"); a != b {
		t.Errorf("one number: %s and %s", a, b)
	}
	if a, b := of("tel: 9161234567", "note"), of("tel: +7 916 123-45-67", "note"); a != b {
		t.Errorf("one number without its code: %s and %s", a, b)
	}
	if a, b := of("a@x.ru", "note"), of("b@x.ru", "note"); a == b {
		t.Errorf("two addresses: both %s", a)
	}
	if other, _ := New(Safe(), nil).text("ivan@x.ru", plan{Scan, allKinds}, place{}); other == token {
		t.Errorf("two exports: both %s", other)
	}
	same := func() string {
		s, _ := New(Safe(), []byte("one secret")).text("ivan@x.ru", plan{Scan, allKinds}, place{})
		return s
	}
	if a, b := same(), same(); a != b {
		t.Errorf("one secret: %s and %s", a, b)
	}
}

// TestLongTextTakesNoLongerByTheByte scans texts made to be looked at again and
// again; one that did would take minutes.
func TestLongTextTakesNoLongerByTheByte(t *testing.T) {
	for _, s := range []string{"@", "a@", ":@", "a:b@", "WHERE ", "SELECT ", "1 ", "12345 ", "4111 ", "password=", "password='", "cookie:", " : ", "    ", "--a ", "$a", "$a$", "\"", "'", "\\\"", "%25", "%", "eyJ",
		"eyJ/", "Bearer ", "-----BEGIN", "-----BEGIN PRIVATE KEY", "<password>", "://", "a://b@", "token=null ", "token='x", "=>", "= \"", "é", "aB1", "VALUES(\"a\",", "[(", "{\"a\":",
		"password:[", "password {", "pin [", "phone=[", "name=cookie ", "\"cookie\",\"", "<a ", "pin 1 1 ", ")=(", "binding parameter - [", "$1 = ", "parameters $1 = ", "password[0]", "=\"", "authorization:=\"", "hooks.slack.com/services/"} {
		text := strings.Repeat(s, 1<<19/len(s))
		find(nil, text, allKinds)
		findStatement(nil, text)
	}
}

// FuzzScan looks for faults: hits within the text, in order, and nothing found
// again in what was made.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"a@b.ru", "%40%2540 %", "password=\\\"x", "SELECT $a$ FROM '", "+7(916)123-45-67", "Bearer ", "<password>", "u:p@h", "eyJ.a.b", "-----BEGIN PRIVATE KEY", "::=>=>\"", "{\"a\":\"b\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		hits := find(nil, s, allKinds)
		for _, h := range hits {
			if h.from < last || h.to <= h.from || h.to > len(s) {
				t.Fatalf("%q: hits %v", s, hits)
			}
			last = h.to
		}
		r := New(Safe(), []byte("k"))
		for _, do := range []Action{Scan, SQL, Hash, Mask} {
			out, _ := r.text(s, plan{do, allKinds}, place{inSpan, "k"})
			if utf8.ValidString(s) && !utf8.ValidString(out) {
				t.Fatalf("%q became %q, no UTF-8", s, out)
			}
		}
		for k := Email; k <= Hashed; k++ {
			Example(k, s)
		}
		if !match(s, s) {
			t.Fatalf("%q does not match itself", s)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	for _, s := range []string{"GET /api/orders/10472?expand=items", "connection refused: dial tcp 10.0.0.5:5432: host is down", "SELECT o.id, o.state FROM orders o WHERE o.id = $1 LIMIT 20"} {
		b.Run(s[:6], func(b *testing.B) {
			var hits []hit
			b.ReportAllocs()
			for b.Loop() {
				hits = find(hits[:0], s, allKinds)
			}
		})
	}
}
