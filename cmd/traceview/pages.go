package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"traceview/internal/config"
	"traceview/internal/i18n"
	"traceview/internal/weblink"
)

// placesOf returns where pages about the traces of a connection are. What makes no
// sense was told when it was kept; one that was changed by hand since has none.
func placesOf(c config.Connection) *weblink.Places {
	k, f := c.Kibana.Pages(), c.Logs.Fields
	k.Fields = weblink.Fields{ // the same as Elasticsearch is asked by
		Trace: cmp.Or(k.Fields.Trace, f.Trace), Span: cmp.Or(k.Fields.Span, f.Span), Time: f.Time, Service: f.Service, Level: f.Level, Message: f.Message,
	}
	p, err := weblink.NewPlaces(c.JaegerUI, k, c.Links)
	if err != nil {
		slog.Warn("links of a connection", "name", c.Name, "error", err)
	}
	return p
}

// Places makes a source one whose traces have pages elsewhere.
func (s *source) Places() *weblink.Places { return s.places }

// Places is that of a source.
func (l *linked) Places() *weblink.Places { return l.places }

// readTemplates reads the link templates of a configuration file of Jaeger UI. Those
// that make no sense are in refused.
func readTemplates(path string) (good []weblink.Template, refused []error, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read link templates: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, weblink.MaxFile+1))
	if err == nil {
		good, refused, err = weblink.ReadJaegerUI(data)
	}
	if err == nil && len(good) > config.MaxLinks {
		err = fmt.Errorf("%d are too many, want up to %d", len(good), config.MaxLinks)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read link templates %s: %w", path, err)
	}
	return good, refused, nil
}

// noLinks is what --links says to have none any longer.
const noLinks = "none"

// linksOf puts what the flags say of pages elsewhere into a connection.
func linksOf(e *env, c *call, p *config.Connection) error {
	for name, to := range map[string]*string{"kibana": &p.Kibana.Address, "kibana-space": &p.Kibana.Space, "kibana-data-view": &p.Kibana.DataView} {
		if c.text(name) != "" {
			*to = c.text(name)
		}
	}
	switch path := c.text("links"); path {
	case "":
	case noLinks:
		p.Links = nil
	default:
		good, refused, err := readTemplates(path)
		if err != nil {
			return err
		}
		for _, err := range refused {
			fmt.Fprintln(e.err, e.words().T("connection.links.refused", "why", err.Error()))
		}
		p.Links = good
		fmt.Fprintln(e.err, e.words().N("connection.links.taken", len(good)))
	}
	return nil
}

// linkHosts says how many templates there are and where they lead.
func linkHosts(w *i18n.Printer, list []weblink.Template) string {
	if len(list) == 0 {
		return ""
	}
	return w.N("connection.links.count", len(list), "hosts", strings.Join(weblink.Hosts(list), ", "))
}
