//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/config"
	"traceview/internal/demo"
)

// says returns a condition on the text of a picture: that all of the words are in it.
func says(words ...string) func(string) bool {
	return func(text string) bool {
		text = strings.Join(strings.Fields(text), " ")
		for _, w := range words {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	}
}

// TestNewcomer goes from the first start, with nothing kept, to the first order found,
// with a Jaeger on a port of its own behind TLS, whose authority only the company
// knows. The address is all that the newcomer has been told. There is a picture of
// each step.
func TestNewcomer(t *testing.T) {
	company := newAuthority(t)
	cert, key := company.issue(t, "jaeger")
	showAuthority(t, company, cert)
	tls := lines("extensions::jaeger_query::grpc::tls", "cert_file: "+cert, "key_file: "+key)
	shop := demo.New(demo.Options{})
	order := troubled(t, shop)
	srv := startShop(t, shop, "memory", tls...)

	k := newKeeper(t)
	w := k.launch(program(t))
	k.waitFor("the question for the address", "newcomer-1-start", time.Minute, says("Where is your Jaeger"))
	k.typeText(srv.query)
	k.key("Return")
	k.waitFor("what is in the way", "newcomer-2-authority", time.Minute, says("signed by an authority this computer does", "Companies often have"))
	k.key("Return") // looks at the certificate
	k.waitFor("the certificate", "newcomer-3-certificate", time.Minute, says("Company CA", "Fingerprint", "compared it"))
	k.key("shift+Tab", "Return") // trusts it: the other way is what Enter does at first
	k.waitFor("the connection that works", "newcomer-4-works", time.Minute, says("The connection works", "order.id"))
	k.typeText("Production") // in place of the name proposed
	k.key("Return")
	k.waitFor("the question for the order", "newcomer-5-ready", time.Minute, says("Where did the order go wrong", "Production"))
	k.typeText(order.number)
	k.key("Return")
	k.waitFor("the order", "newcomer-6-order", time.Minute, func(text string) bool { return mentions(text, order.services) })
	if !w.running() {
		t.Error("the program has ended")
	}
	kept, err := os.ReadFile(filepath.Join(k.desk.home, "traceview", "connections.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file config.Connections
	own, errOwn := os.ReadFile(company.file)
	if err := json.Unmarshal(kept, &file); err != nil || errOwn != nil || len(file.List) != 1 || file.List[0].Name != "Production" || file.List[0].CA != string(own) {
		t.Errorf("what is kept is %s (%v, %v), want it to trust the company's authority and nobody else's", kept, err, errOwn)
	}
	k.desk.hides("never-planted") // which looks at who may read what was kept
}

// showAuthority has a server show the certificate of its authority beside its own.
func showAuthority(t *testing.T, company *authority, cert string) {
	t.Helper()
	own, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	above, err := os.ReadFile(company.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cert, append(own, above...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestHandedOver has the lead of a team make a connection with single sign-on and give
// it to the others as a file. A colleague opens the file, signs in and searches.
func TestHandedOver(t *testing.T) {
	need(t, "nginx")
	shop := demo.New(demo.Options{})
	order := troubled(t, shop)
	srv := startShop(t, shop, "memory")
	company := newAuthority(t)
	issuer := startIssuer(t, company)
	addr, gate := startGuarded(t, company, issuer, srv.query)

	lead := newDesk(t)
	lead.must("", "connection", "add", "Prod", "--endpoint", addr, "--ca", company.file, "--issuer", strings.TrimSuffix(issuer, "/"), "--client-id", "traceview", "--color", "red")
	file := filepath.Join(t.TempDir(), "connections-of-the-shop.json")
	lead.must("", "connection", "export", "Prod", "-o", file)
	if err := os.Remove(company.file); err != nil { // the file brings the authority along
		t.Fatal(err)
	}

	k := newKeeper(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	k.env = append(k.env, "BROWSER="+self, asBrowser+"="+filepath.Join(t.TempDir(), "visited"))
	w := k.launch(program(t), file)
	k.waitFor("the sign-in", "handover-1-sign-in", time.Minute, says("Prod wants to know who you are"))
	k.key("Return")
	k.waitFor("the question for the order", "handover-2-ready", time.Minute, says("Where did the order go wrong"))
	k.typeText(order.number)
	k.key("Return")
	k.waitFor("the order", "handover-3-order", time.Minute, func(text string) bool { return mentions(text, order.services) })
	if !w.running() {
		t.Error("the program has ended")
	}
	k.desk.hides(gate.last)
}
