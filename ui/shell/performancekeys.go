package shell

import (
	"traceview/internal/analysis/traffic"
	"traceview/ui/canvasview"
)

// key handles keys that the part with the keyboard did not take.
func (p *performancePage) key(e canvasview.Event) bool {
	switch name := e.Name(); {
	case e.Kind == canvasview.Rune && name == "/":
		p.shell.Window.Canvas().Focus(p.box)
		p.box.selectAll()
		return true
	case e.Kind == canvasview.Rune && p.letter(name), e.Kind == canvasview.KeyDown && p.named(name):
		return true
	}
	return p.shell.pageKey(e)
}

// letter acts on a letter: what is below the plot, and the time in sight.
func (p *performancePage) letter(name string) bool {
	switch name {
	case "o":
		p.show(partOperations)
	case "s":
		p.show(partServices)
	case "g":
		p.show(partGraph)
	case "+", "=", "-", "0":
		return p.plot.Key(name, 0)
	default:
		return false
	}
	return true
}

// named acts on a key: Esc and Backspace go back to all operations, Esc then empties
// the box before it goes back further.
func (p *performancePage) named(name string) bool {
	back := name == "Escape" || name == "BackSpace"
	switch {
	case back && !p.of.IsZero():
		p.focusOn(traffic.Target{})
	case back && !p.plot.Whole():
		p.plot.ShowAll()
	case name == "Escape" && p.box.Text != "":
		p.box.set("")
	default:
		return false
	}
	return true
}
