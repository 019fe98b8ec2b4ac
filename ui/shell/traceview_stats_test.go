package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
)

// TestARowOfStatisticsFiltersAllViews goes from the statistics to a filter, back,
// and to the longest span and the error of a row.
func TestARowOfStatisticsFiltersAllViews(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	draw := func() { b.Window.Canvas().Capture() }
	b.ctrl(fyne.Key4)
	if draw(); p.view != viewStats || b.focused() != fyne.Focusable(p.panes[viewStats].View()) {
		t.Fatalf("Ctrl+4 shows view %d with the keyboard at %T", p.view, b.focused())
	}
	choose := func(service string) {
		b.key(fyne.KeyHome)
		for row := range p.doc.Trace().Spans {
			s := p.doc.Stats()
			if st, _ := s.At(row); st.Service == service {
				return
			}
			b.key(fyne.KeyDown)
		}
		t.Fatalf("no row of %s", service)
	}
	choose("files-storage")
	for _, button := range p.buttons(p.view) {
		if button.tip == "0" {
			t.Errorf("%q is offered in a view without a time axis", button.label)
		}
	}
	b.key(fyne.KeyReturn)
	if want := `service=files-storage name="PUT 3d-files/{order}/{file}" kind=server`; p.find.box.Text != want || p.doc.Matches() != 1 {
		t.Fatalf("Enter looks for %s, want %s; %d matches", p.find.box.Text, want, p.doc.Matches())
	}
	if p.find.box.CursorColumn != 0 {
		t.Errorf("the caret is at %d, want the beginning of the filter in sight", p.find.box.CursorColumn)
	}
	if !strings.Contains(b.notice, "Backspace") || b.focused() != fyne.Focusable(p.panes[viewStats].View()) {
		t.Errorf("it says %q, the keyboard is at %T", b.notice, b.focused())
	}
	b.ctrl(fyne.Key1)
	if b.key(fyne.KeyBackspace); p.doc.Finding() || p.find.box.Text != "" {
		t.Errorf("Backspace in the waterfall leaves %q", p.find.box.Text)
	}
	if b.notice != "" {
		t.Errorf("it still says %q", b.notice)
	}
	b.ctrl(fyne.Key4)
	draw()
	choose("shop-db")
	b.write("l")
	if p.view != viewWaterfall || p.doc.Trace().ServiceName(p.doc.Selected()) != "shop-db" {
		t.Errorf("L shows span %d in view %d", p.doc.Selected(), p.view)
	}
	b.ctrl(fyne.Key4)
	draw()
	choose("files-storage")
	b.write("у") // on a Russian layout
	if p.view != viewWaterfall || !p.doc.Trace().Spans[p.doc.Selected()].Failed() {
		t.Errorf("E shows span %d in view %d", p.doc.Selected(), p.view)
	}
}

// TestEventsLeadToTheWaterfall chooses an event, reads its span beside, and goes
// there.
func TestEventsLeadToTheWaterfall(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	p.doc.Select(model.NoSpan)
	b.ctrl(fyne.Key5)
	b.Window.Canvas().Capture()
	if p.view != viewEvents {
		t.Fatalf("Ctrl+5 shows view %d", p.view)
	}
	b.key(fyne.KeyDown)
	if i := p.doc.Selected(); i == model.NoSpan || !strings.Contains(b.says(), "AccessDenied") {
		t.Fatalf("span %d is selected", i)
	}
	b.key(fyne.KeyReturn)
	if p.view != viewWaterfall || b.focused() != fyne.Focusable(p.panes[viewWaterfall].View()) {
		t.Errorf("Enter shows view %d", p.view)
	}
}
