package shell

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/query"
	"traceview/ui/view/search"
)

// maxRecent is how many orders searched for are remembered.
const maxRecent = 15

// suggest shows the orders that match what is typed so far, those of the library
// as soon as they are found.
func (s *Shell) suggest() {
	s.lookForOrders(strings.TrimSpace(s.box.Text))
	s.showSuggestions()
}

// lookForOrders finds orders of the library that begin with what is typed.
func (s *Shell) lookForOrders(text string) {
	s.shelf.looks.Stop()
	if text == "" || s.Library == nil {
		s.shelf.orders = nil
		return
	}
	s.shelf.looks.Start(func(ctx context.Context) ([]string, error) { return s.Library.Orders(ctx, text, maxSuggested) }, func(list []string, err error) {
		if err == nil && s.Window.Canvas().Focused() == s.box && strings.TrimSpace(s.box.Text) == text {
			s.shelf.orders = list
			s.showSuggestions()
		}
	})
}

// maxSuggested is how many orders are suggested at most.
const maxSuggested = 8

func (s *Shell) showSuggestions() {
	text := strings.TrimSpace(s.box.Text)
	var rows []search.Suggestion
	if text != "" {
		all := slices.Concat(s.Prefs.Recent, s.Known, s.shelf.orders)
		for _, m := range query.Suggest(text, all, maxSuggested) {
			rows = append(rows, search.Suggestion{Order: m.Text, Runes: m.Runes, Recent: m.Index < len(s.Prefs.Recent), Kept: slices.Contains(s.shelf.orders, m.Text)})
		}
	}
	if len(rows) == 0 || len(rows) == 1 && rows[0].Order == text {
		s.hideSuggestions()
		return
	}
	s.list.Set(rows)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.box)
	s.listView.Move(at.AddXY(0, s.box.Size().Height+2))
	s.listView.Resize(fyne.NewSize(s.box.Size().Width, s.list.HeightDp()))
	s.listView.Show()
	s.listView.Redraw()
}

func (s *Shell) hideSuggestions() {
	if s.listView.Visible() {
		s.listView.Hide()
	}
	if s.waysView.Visible() {
		s.waysView.Hide()
	}
	if s.menu != nil {
		s.menu.close()
	}
}

// moveSuggestion moves the choice among the suggestions; without any, Down
// leads on to the page.
func (s *Shell) moveSuggestion(step int) {
	if !s.listView.Visible() {
		if step > 0 {
			s.pages[s.current].Focus()
		}
		return
	}
	s.list.Move(step)
	s.listView.Redraw()
}

// escape closes the suggestions, then empties the box, then leaves it.
func (s *Shell) escape() {
	if s.listView.Visible() {
		s.hideSuggestions()
		return
	}
	if s.box.Text != "" {
		s.box.set("")
		return
	}
	s.pages[s.current].Focus()
}

// enter searches for the suggestion chosen, else for the text typed.
func (s *Shell) enter(text string) {
	if s.listView.Visible() && s.list.ChosenOrder() != "" {
		text = s.list.ChosenOrder()
	}
	s.search(text)
}

// remember puts an order in front of those searched for lately.
func (s *Shell) remember(order string) {
	recent := []string{order}
	for _, o := range s.Prefs.Recent {
		if o != order && len(recent) < maxRecent {
			recent = append(recent, o)
		}
	}
	s.Prefs.Recent = recent
	s.Save(s.Prefs)
	s.home.refill()
}
