//go:build e2e

package e2e

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"traceview/internal/demo"
)

// asBrowser makes the program of the tests a browser; it names the file in which
// the addresses visited are noted.
const asBrowser = "E2E_BROWSER"

// A person has a browser and a password at the issuer.
type person struct{ client *http.Client }

func newPerson() (*person, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &person{&http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}, nil
}

// read returns where a request led and the page there.
func (p *person) read(resp *http.Response, err error) (*url.URL, string, error) {
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Request.URL.Path, resp.Status)
	}
	return resp.Request.URL, string(page), err
}

// name and password are those of a user of the issuer.
func login(more url.Values) url.Values {
	more.Set("username", "test-user@127.0.0.1")
	more.Set("password", "verysecure")
	return more
}

var hidden = regexp.MustCompile(`name="id" value="([^"]+)"`)

// signIn fills in the form that an address leads to and returns the last page.
func (p *person) signIn(address string) (string, error) {
	at, page, err := p.read(p.client.Get(address))
	if err != nil {
		return "", err
	}
	id := hidden.FindStringSubmatch(page)
	if id == nil {
		return "", fmt.Errorf("%s has no form to sign in", at.Path)
	}
	_, page, err = p.read(p.client.PostForm(at.ResolveReference(&url.URL{Path: "/login/username"}).String(), login(url.Values{"id": {id[1]}})))
	return page, err
}

// enter types a code at an issuer and says yes or no.
func (p *person) enter(issuer, code, answer string) error {
	if _, _, err := p.read(p.client.PostForm(issuer+"device/login", login(url.Values{"user_code": {code}}))); err != nil {
		return err
	}
	_, _, err := p.read(p.client.Get(issuer + "device/confirm?action=" + answer))
	return err
}

// browse is the browser that the program opens.
func browse(address string) int {
	p, err := newPerson()
	var page string
	if err == nil {
		page, err = p.signIn(address)
	}
	if err == nil && !strings.Contains(page, "You are signed in") {
		err = fmt.Errorf("the last page is %s", page)
	}
	if noteErr := os.WriteFile(os.Getenv(asBrowser), []byte(fmt.Sprintln(address, err)), 0o600); err != nil || noteErr != nil {
		return 1
	}
	return 0
}

var buildIssuer = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "issuer")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".")
	cmd.Dir = "issuer"
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
})

// startIssuer runs a real OpenID provider until the end of the test and returns
// its address.
func startIssuer(t *testing.T, company *authority, more ...string) string {
	t.Helper()
	bin, err := buildIssuer()
	if err != nil {
		t.Fatalf("build issuer: %v", err)
	}
	cert, key := company.issue(t, "issuer")
	p := start(t, exec.Command(bin, append([]string{"--cert", cert, "--key", key}, more...)...))
	var address string
	until(time.Minute, 20*time.Millisecond, func() bool {
		line, _, whole := strings.Cut(p.stdout.String(), "\n")
		address, _ = strings.CutPrefix(line, "listening on ")
		return whole || !p.running()
	})
	if address == "" || !p.running() {
		t.Fatalf("the issuer printed %q", p.output.String())
	}
	return address
}

// A gatekeeper asks the issuer about each token, as a company's proxy does.
type gatekeeper struct {
	issuer string
	client *http.Client

	mu      sync.Mutex
	last    string          // token that was let in
	expired map[string]bool // tokens that are treated so
	refused int
}

func newGatekeeper(issuer string) *gatekeeper {
	return &gatekeeper{issuer: issuer, expired: map[string]bool{},
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
}

// ServeHTTP answers nginx's auth_request.
func (g *gatekeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	g.mu.Lock()
	expired := g.expired[token]
	g.mu.Unlock()
	good := !expired && g.good(token)
	g.mu.Lock()
	defer g.mu.Unlock()
	if !good {
		g.refused++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	g.last = token
}

// good asks the issuer whether a token is.
func (g *gatekeeper) good(token string) bool {
	req, err := http.NewRequest(http.MethodGet, g.issuer+"userinfo", nil)
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := g.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// expire makes the last token worthless before its time.
func (g *gatekeeper) expire() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expired[g.last] = true
	return g.last
}

// startGuarded puts a proxy before the gRPC port of a server, which asks the issuer
// about each token, and returns where it is.
func startGuarded(t *testing.T, company *authority, issuer, server string) (string, *gatekeeper) {
	t.Helper()
	gate := newGatekeeper(issuer)
	checks := httptest.NewServer(gate)
	t.Cleanup(checks.Close)
	return startNginx(t, company, fmt.Sprintf(`
		auth_request /check;
		location = /check { internal; proxy_pass %s; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
		location / { grpc_pass grpc://%s; }`, checks.URL, server)), gate
}

// entered looks for a code to sign in with in what was said, and enters it with an
// answer.
func entered(issuer, answer string, said *lockedBuffer) error {
	code := regexp.MustCompile(`enter the code (\S+)`)
	var found []string
	until(time.Minute, 50*time.Millisecond, func() bool {
		found = code.FindStringSubmatch(said.String())
		return found != nil
	})
	if found == nil {
		return fmt.Errorf("no code is shown: %s", said.String())
	}
	p, err := newPerson()
	if err != nil {
		return err
	}
	return p.enter(issuer, found[1], answer)
}

// TestSingleSignOn signs in at a real OpenID provider, by browser and by code,
// to a real Jaeger behind nginx, which asks the provider about each token.
func TestSingleSignOn(t *testing.T) {
	need(t, "nginx")
	shop := demo.New(demo.Options{Seed: 1, Orders: 4})
	o := shop.Orders()[0]
	srv := startShop(t, shop, "memory")
	company := newAuthority(t)
	issuer := startIssuer(t, company)
	addr, gate := startGuarded(t, company, issuer, srv.query)

	lead := newDesk(t)
	lead.must("", "connection", "add", "Prod", "--endpoint", addr, "--ca", company.file, "--issuer", strings.TrimSuffix(issuer, "/"), "--client-id", "traceview")
	file := filepath.Join(lead.home, "prod.json")
	lead.must("", "connection", "export", "Prod", "-o", file)

	t.Run("browser", func(t *testing.T) {
		d := newDesk(t)
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		visited := filepath.Join(d.home, "visited")
		d.env = append(d.env, "BROWSER="+self, asBrowser+"="+visited)
		d.must("", "connection", "import", file)
		d.refused("Sign-in of connection Prod is missing", "", "search", o.Number, "--connection", "Prod")
		d.must("", "connection", "login", "Prod")
		d.finds(o.Number, o.Traces, "--connection", "Prod")

		first := gate.expire()
		d.finds(o.Number, o.Traces, "--connection", "Prod")
		second := gate.last
		if second == first || gate.refused == 0 {
			t.Errorf("after %d refusals the token is another: %v", gate.refused, second != first)
		}
		d.hides(first, second, "verysecure")
		d.must("", "connection", "logout", "Prod")
		if gate.good(second) {
			t.Error("after signing out the issuer still knows the token")
		}
		d.refused("is missing", "", "search", o.Number, "--connection", "Prod")
	})

	for answer, words := range map[string]string{"allowed": "signed in as", "denied": "did not let you in"} {
		t.Run("code, "+answer, func(t *testing.T) {
			d := newDesk(t)
			d.must("", "connection", "import", file)
			code, errs := make(chan error, 1), &lockedBuffer{}
			d.watch = errs
			go func() { code <- entered(issuer, answer, errs) }()
			_, said, err := d.try("", "connection", "login", "Prod", "--device")
			if entry := <-code; entry != nil {
				t.Fatal(entry)
			}
			if (err == nil) != (answer == "allowed") || !strings.Contains(said, words) {
				t.Fatalf("%v: %s; want %q", err, said, words)
			}
			if err == nil {
				d.finds(o.Number, o.Traces, "--connection", "Prod")
			}
		})
	}
}
