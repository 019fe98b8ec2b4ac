package axis

import (
	"strings"
	"testing"
	"unicode/utf8"

	"traceview/internal/model"
	"traceview/internal/scene"
)

// even measures every rune as ten pixels.
type even struct{}

func (even) Width(_ scene.Font, s string) float32 { return 10 * float32(utf8.RuneCountInString(s)) }

func (even) Line(scene.Font) (float32, float32) { return 10, 3 }

// shownName returns a name as fitted to room for n runes.
func shownName(name string, n int) string {
	var e Elider
	fit := e.Fit(even{}, scene.Font{Px: 10}, 7, name, float32(10*n))
	if fit.whole {
		return name
	}
	if fit.Width == 0 {
		return ""
	}
	return name[:fit.head] + "…" + name[len(name)-int(fit.tail):]
}

func TestElide(t *testing.T) {
	for _, tc := range []struct {
		name string
		text string
		room int
		want string
	}{
		{"fits", "GET /price", 10, "GET /price"},
		{"path", "GET /api/v1/customers/10472/price", 20, "GET /api/v1/…/price"},
		{"method", "com.shop.orders.OrderRepository.find", 20, "com.shop…sitory.find"},
		{"sentence", "process order status changed", 20, "process orde…changed"},
		{"word", "abcdefghijklmnopqrstuvwxyz", 11, "abcde…vwxyz"},
		{"cyrillic", "обработатьсообщение", 11, "обраб…щение"},
		{"one rune of room", "abcdef", 1, "…"},
		{"no room", "abcdef", 0, ""},
		{"empty", "", 5, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := shownName(tc.text, tc.room); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func FuzzElide(f *testing.F) {
	f.Add("GET /api/v1/customers/10472/price", 20)
	f.Add("обработать заказ", 7)
	f.Add("\xff\xfe\x80", 2)
	f.Add(strings.Repeat("x/", 5000), 30)
	f.Fuzz(func(t *testing.T, name string, room int) {
		room = min(max(room, 0), 200)
		got := shownName(name, room)
		if n := utf8.RuneCountInString(got); n > room {
			t.Errorf("%q takes %d runes of %d", got, n, room)
		}
		if head, tail, ok := strings.Cut(got, Ellipsis); ok && utf8.ValidString(name) {
			if !utf8.ValidString(head) || !utf8.ValidString(tail) {
				t.Errorf("%q cuts a rune of %q", got, name)
			}
		}
	})
}

// TestEliderRemembers holds that the cache tells names, rooms and weights apart.
func TestEliderRemembers(t *testing.T) {
	var e Elider
	texts := []string{"alpha", "a much longer name", "beta/gamma/delta/epsilon"}
	for range 3 {
		for id, text := range texts {
			for room := range 40 {
				for _, w := range []scene.Weight{scene.Regular, scene.SemiBold} {
					f := scene.Font{Px: 10, Weight: w}
					want := elide(even{}, f, text, float32(10*room))
					got := *e.Fit(even{}, f, model.StringID(id), text, float32(10*room))
					if got.whole != want.whole || got.head != want.head || got.tail != want.tail || got.Width != want.Width {
						t.Fatalf("%q in %d: %+v, want %+v", text, room, got, want)
					}
				}
			}
		}
	}
}
