package client

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A target is an endpoint taken apart.
type target struct {
	network string // "tcp" or "unix"
	address string // host:port, or the path of a socket
	host    string // of the address, without brackets; "localhost" for a socket
	base    string // path below which the API lies: "" or "/jaeger/ui"
	scheme  string // "http" or "https" as given, "" if none was
}

// String returns the endpoint as messages and files name it. Without a scheme
// it reads as itself.
func (t target) String() string {
	if t.network == "unix" {
		return "unix://" + t.address
	}
	return t.address + t.base
}

// url returns the address for HTTP.
func (t target) url(tls bool) *url.URL {
	u := &url.URL{Scheme: "http", Host: t.address, Path: t.base}
	if tls {
		u.Scheme = "https"
	}
	if t.network == "unix" {
		u.Host = t.host
	}
	return u
}

// leadsHere says whether the endpoint names this machine.
func (t target) leadsHere() bool {
	ip := net.ParseIP(t.host)
	return t.network == "unix" || t.host == "localhost" || ip != nil && ip.IsLoopback()
}

var schemePorts = map[string]string{"http": "80", "https": "443"}

// errUserinfo keeps passwords out of addresses, which are shown and stored.
var errUserinfo = errors.New("endpoint: a user name or password does not belong in an address: give credentials apart from it")

// parseEndpoint reads HOST:PORT, a path behind it, a URL of http or https, also
// one of a page of Jaeger as browsers show it, and unix:///PATH.
func parseEndpoint(s, defaultPort string) (target, error) {
	s = strings.TrimSpace(s)
	t := target{network: "tcp"}
	if s == "" {
		return t, fmt.Errorf("endpoint is empty: want host:port, such as jaeger.example:%s", DefaultPort)
	}
	if socket, ok := strings.CutPrefix(s, "unix://"); ok {
		if !path.IsAbs(socket) || !printable(socket) {
			return t, fmt.Errorf("endpoint %q: want unix:///PATH", clean(s, nil))
		}
		return target{network: "unix", address: path.Clean(socket), host: "localhost"}, nil
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		t.scheme = strings.ToLower(scheme)
		if defaultPort, ok = schemePorts[t.scheme]; !ok {
			return t, fmt.Errorf("endpoint %q: want host:port, http://…, https://… or unix:///…", clean(s, nil))
		}
		s = rest
	}
	s, _, _ = strings.Cut(s, "#")
	s, _, _ = strings.Cut(s, "?")
	address, base, _ := strings.Cut(s, "/")
	if strings.Contains(address, "@") {
		return t, errUserinfo
	}
	var err error
	if t.host, t.address, err = parseAddress(address, defaultPort); err != nil {
		return t, err
	}
	t.base, err = parseBase(base)
	return t, err
}

func parseAddress(s, defaultPort string) (host, address string, err error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil { // no port, or an IPv6 address without brackets
		host, port = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), defaultPort
	}
	if _, err := netip.ParseAddr(host); err != nil && (strings.ContainsAny(host, ":[]% ") || !printable(host)) {
		return "", "", fmt.Errorf("endpoint %q: want host:port", clean(s, nil))
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" {
		return "", "", fmt.Errorf("endpoint %q: want host:port with a port from 1 to 65535", clean(s, nil))
	}
	return host, net.JoinHostPort(host, port), nil
}

// page is the end of an address that is a page of Jaeger's, or part of its API.
var page = regexp.MustCompile(`^(.*/)(search|dependencies|monitor|trace/[0-9A-Fa-f]{1,32}|api/v3(/.*)?)$`)

// parseBase returns the base path of what follows the first slash.
func parseBase(s string) (string, error) {
	s = path.Clean("/" + s)
	for m := page.FindStringSubmatch(s); m != nil; m = page.FindStringSubmatch(s) {
		s = path.Clean(m[1])
	}
	if s == "/" {
		return "", nil
	}
	if !printable(s) || strings.ContainsAny(s, ` "<>\^{}%`) || strings.Contains(s, "|") {
		return "", fmt.Errorf("endpoint: its path %q holds characters that cannot be sent", clean(s, nil))
	}
	return s, nil
}
