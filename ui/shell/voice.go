package shell

import (
	"cmp"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/verdict"
	"traceview/internal/voice"
	"traceview/ui/view/order"
	"traceview/ui/xwidget"
)

// voice returns what calls things by the steps of the business, nil where they go by
// their own names.
func (s *Shell) voice() *voice.Voice {
	return s.tongue
}

// speak has the window speak of steps or of spans, in the language chosen.
func (s *Shell) speak() {
	s.kit.Words, s.kit.Names, s.tongue = i18n.For(s.Prefs.Language), nil, nil
	if len(s.Steps) > 0 && !s.Prefs.Spans {
		s.kit.Words = s.kit.Words.Steps()
		v := voice.New(s.kit.Words, s.Steps...)
		s.tongue = v
		s.kit.Names = xwidget.NewNames(v.System, func(service, operation string) string { return voice.Capital(v.Step(service, operation)) })
	}
}

// toggleVoice changes between steps of the business and spans. What is selected stays.
func (s *Shell) toggleVoice() {
	if len(s.Steps) == 0 {
		s.say(s.kit.Words.T("voice.none"))
		return
	}
	s.Prefs.Spans = !s.Prefs.Spans
	s.Save(s.Prefs)
	s.speak()
	s.redrawAll()
	key := "voice.now.steps"
	if s.Prefs.Spans {
		key = "voice.now.spans"
	}
	s.say(s.kit.Words.T(key))
}

// spoken is of which document the spans are called, and by which voice.
type spoken struct {
	doc *document.Document
	by  *voice.Voice
}

// speak has the spans of the page called by the voice chosen.
func (p *tracePage) speak() {
	v := p.shell.voice()
	if p.spoken.doc == p.doc && p.spoken.by == v {
		return
	}
	p.spoken = spoken{p.doc, v}
	if v == nil {
		p.doc.SetNames(nil)
		return
	}
	p.doc.SetNames(v.Of(p.doc.Trace()))
}

// named gives rows the names of the voice chosen.
func (s *Shell) named(rows []order.Row) []order.Row {
	v := s.voice()
	if v == nil {
		return rows
	}
	out := make([]order.Row, len(rows))
	for k, r := range rows {
		r.Step, r.System = voice.Capital(v.Step(r.Service, r.Operation)), v.System(r.Service)
		services := make([]order.Service, len(r.Services))
		for n, svc := range r.Services {
			svc.System = v.System(svc.Name)
			services[n] = svc
		}
		r.Services = services
		out[k] = r
	}
	return out
}

// speakers call the spans of several traces, for the words of findings.
type speakers struct {
	voice *voice.Voice
	of    map[*model.Trace]*voice.Speaker
}

// names returns who calls the spans of findings, nil for their own names.
func (s *Shell) names() verdict.Names {
	v := s.voice()
	if v == nil {
		return nil
	}
	return &speakers{v, map[*model.Trace]*voice.Speaker{}}
}

func (s *speakers) speaker(t *model.Trace) *voice.Speaker {
	if s.of[t] == nil {
		s.of[t] = s.voice.Of(t)
	}
	return s.of[t]
}

// Service implements verdict.Names.
func (s *speakers) Service(t *model.Trace, i model.SpanIndex) string {
	_, name := s.speaker(t).System(i)
	return name
}

// Span implements verdict.Names.
func (s *speakers) Span(t *model.Trace, i model.SpanIndex) string { return s.speaker(t).Span(i) }

// drawVoice draws the switch between steps and spans, ending at x, and returns its
// left end.
func (s *Shell) drawVoice(c *xwidget.Canvas, x float32) float32 {
	if len(s.Steps) == 0 {
		return x
	}
	w, h, y := s.kit.Words, c.D(30), c.D((topHeight-30)/2)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	parts := []string{w.T("voice.steps"), w.T("voice.spans")}
	total := float32(0)
	for _, p := range parts {
		total += c.Metrics.Width(f, p) + c.D(20)
	}
	x -= total
	from := x
	for k, p := range parts {
		pw := c.Metrics.Width(f, p) + c.D(20)
		chosen := (k == 1) == s.Prefs.Spans
		font, ink := c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary
		if chosen {
			c.RoundRect(x, y, pw, h, c.D(4), c.Look.Wash())
			font, ink = f, c.Look.Text
		} else if c.Hot(x, y, pw, h) {
			c.RoundRect(x, y, pw, h, c.D(4), c.Look.Hover())
		}
		c.Label(x+(pw-c.Metrics.Width(font, p))/2, y, h, pw, font, ink, p)
		c.Spot(x, y, pw, h, w.T("voice.tip"), func() {
			if !chosen {
				s.toggleVoice()
			}
		})
		x += pw
	}
	c.Frame(from, y, total, h, c.D(4), max(1, c.D(1)), c.Look.Line.Mix(c.Look.Secondary, 40))
	return from
}

// askSteps lets a person choose a file of step names, which is kept from then on.
func (s *Shell) askSteps() {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close() // it was only opened to learn the name
		s.importSteps(path)
	}, s.Window)
	s.choose(d, s.kit.Words.T("command.importsteps"))
}

// importSteps takes over the step names of a file.
func (s *Shell) importSteps(path string) {
	list, err := s.ImportSteps(path)
	if err != nil {
		title, hint := s.Explain(s.kit.Words, err)
		s.say(strings.TrimSuffix(title+". "+hint, ". "))
		return
	}
	s.Steps, s.Prefs.Spans = list, false
	s.speak()
	s.redrawAll()
	s.say(s.kit.Words.T("voice.imported", "title", cmp.Or(list[0].Title, filepath.Base(path))))
}
