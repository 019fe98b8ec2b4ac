package look

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"traceview/internal/scene"
)

// eachPalette runs f on both themes.
func eachPalette(t *testing.T, f func(t *testing.T, p *Palette)) {
	for _, p := range []*Palette{Light(), Dark()} {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
}

// over returns what a colour that lets light through looks like on another.
func over(c, under scene.Color) scene.Color { return under.Mix(c, int(c.A)*256/255) }

// TestTextContrast holds text at 4.5 : 1 or more on everything it stands on.
func TestTextContrast(t *testing.T) {
	eachPalette(t, func(t *testing.T, p *Palette) {
		selected, hovered := over(p.Wash(), p.Paper), over(p.Hover(), p.Paper)
		for _, tc := range []struct {
			name     string
			text, on scene.Color
			least    float64
		}{
			{"text on paper", p.Text, p.Paper, 7},
			{"text on panel", p.Text, p.Panel, 7},
			{"text on selected", p.Text, selected, 7},
			{"text on hovered", p.Text, hovered, 7},
			{"secondary on paper", p.Secondary, p.Paper, 4.5},
			{"secondary on panel", p.Secondary, p.Panel, 4.5},
			{"secondary on zebra", p.Secondary, p.Zebra, 4.5},
			{"secondary on selected", p.Secondary, selected, 4.5},
			{"secondary on hovered", p.Secondary, hovered, 4.5},
			{"text on accent", p.OnAccent, p.Accent, 4.5},
			{"text on tip", p.OnTip, p.Tip, 7},
			{"mark on error", p.OnError, p.Error, 4.5},
			{"error on paper", p.Error, p.Paper, 4.5},
			{"accent on paper", p.Accent, p.Paper, 4.4},
			{"thumb on paper", p.Thumb, p.Paper, 1.8},
		} {
			if got := Contrast(tc.text, tc.on); got < tc.least {
				t.Errorf("%s: %.2f, want at least %.1f", tc.name, got, tc.least)
			}
		}
	})
}

// eachSeries runs f on all colours of both themes.
func eachSeries(t *testing.T, f func(t *testing.T, p *Palette, s *Series)) {
	eachPalette(t, func(t *testing.T, p *Palette) {
		for _, name := range SeriesNames() {
			t.Run(name, func(t *testing.T) { f(t, p, p.Series(name)) })
		}
	})
}

// TestServiceContrast holds bars at 3 : 1 with the paper, the strong ones at
// 4.5 : 1, and the text on them and on their tints at 4.5 : 1.
func TestServiceContrast(t *testing.T) {
	eachSeries(t, func(t *testing.T, p *Palette, s *Series) {
		least := 3.0
		if s.Name == "strong" {
			least = 4.5
		}
		check := func(name string, c ServiceColor) {
			if got := Contrast(c.Bar, p.Paper); got < least {
				t.Errorf("%s: bar on paper %.2f, want at least %v", name, got, least)
			}
			if got := Contrast(c.Ink, c.Bar); got < 4.5 {
				t.Errorf("%s: text on bar %.2f, want at least 4.5", name, got)
			}
			if got := Contrast(p.Text, c.Tint); got < 4.5 {
				t.Errorf("%s: text on tint %.2f, want at least 4.5", name, got)
			}
			if got := Contrast(c.Bar, c.Tint); got < 1.3 {
				t.Errorf("%s: bar and its tint %.2f, want at least 1.3", name, got)
			}
			if f := p.Faded(c); Contrast(f.Ink, f.Bar) < 4.5 || Contrast(f.Ink, f.Tint) < 4.5 {
				t.Errorf("%s: text on faded bar %.2f, want at least 4.5", name, Contrast(f.Ink, f.Bar))
			}
		}
		for i := range s.Len() {
			check(fmt.Sprint("colour ", i), s.At(i))
		}
		least = 3
		check("neutral", s.Neutral)
	})
}

// lab is a colour in OKLab (Ottosson, 2020).
type lab [3]float64

func oklab(r, g, b float64) lab {
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return lab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// The matrices of Machado, Oliveira and Fernandes (2009), severity 1.
var sights = []struct {
	name string
	m    [3][3]float64
}{
	{"normal sight", [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
	{"protanopia", [3][3]float64{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
	{"deuteranopia", [3][3]float64{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
}

// seen returns a colour as somebody with that sight sees it.
func seen(c scene.Color, m [3][3]float64) lab {
	in := [3]float64{linear(c.R), linear(c.G), linear(c.B)}
	var out [3]float64
	for i := range out {
		for j := range in {
			out[i] += m[i][j] * in[j]
		}
		out[i] = min(max(out[i], 0), 1)
	}
	return oklab(out[0], out[1], out[2])
}

func distance(a, b lab) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// TestServicesTellApart holds all pairs of colours apart, for every sight they
// are made for, and all of them away from the red of errors. 0.02 is what is
// just noticeable.
func TestServicesTellApart(t *testing.T) {
	eachSeries(t, func(t *testing.T, p *Palette, s *Series) {
		for _, sight := range sights {
			least := 0.05
			if sight.name == "normal sight" {
				least = 0.08
			} else if s.Name == "many" {
				continue
			}
			for i := range s.Len() {
				for j := range i {
					if d := distance(seen(s.At(i).Bar, sight.m), seen(s.At(j).Bar, sight.m)); d < least {
						t.Errorf("%s: colours %d and %d are %.3f apart, want %.2f", sight.name, i, j, d, least)
					}
				}
			}
		}
		for i := range s.Len() {
			if d := distance(seen(s.At(i).Bar, sights[0].m), seen(p.Error, sights[0].m)); d < 0.15 {
				t.Errorf("colour %d is %.3f from the red of errors, want 0.15", i, d)
			}
		}
	})
}

// TestSeries holds that a name there is none of gives the usual colours, and
// that a theme may use any.
func TestSeries(t *testing.T) {
	p := Light()
	if got := p.Series("no such").Name; got != SeriesNames()[0] {
		t.Errorf("an unknown name gives %q", got)
	}
	for _, name := range SeriesNames() {
		q := p.Using(name)
		if q.Usual().Name != name || q.Service(0) != p.Series(name).At(0) || p.Usual().Name != SeriesNames()[0] {
			t.Errorf("using %s: %s", name, q.Usual().Name)
		}
	}
	if len(SeriesNames()) < 4 {
		t.Errorf("series %v", SeriesNames())
	}
}

// assign is Assign without a memory, among twelve colours.
func assign(names []string) []int { return (*Colours)(nil).Assign(12, "", names) }

func TestAssign(t *testing.T) {
	names := []string{"crm-api", "files-storage", "internet-shop", "mes", "mes-api", "shop-api"}
	all := assign(names)
	for i, name := range names {
		if alone := assign([]string{name}); name != "shop-api" && alone[0] != all[i] {
			t.Errorf("%s has colour %d alone and %d in a trace", name, alone[0], all[i])
		}
	}
	distinct := map[int]bool{}
	for _, n := range all {
		distinct[n] = true
	}
	if len(distinct) != len(names) {
		t.Errorf("%d services have %d colours: %v", len(names), len(distinct), all)
	}
}

// TestColoursKeep holds that a service looks in a trace as in the list it was
// opened from, although other services are in one than in the other.
func TestColoursKeep(t *testing.T) {
	order := []string{"crm", "crm-api", "files-storage", "internet-shop", "mes", "mes-api", "messages", "shop-api"}
	var c Colours
	first := c.Assign(12, "", order)
	for _, trace := range [][]string{{"shop-api"}, {"files-storage", "shop-api"}, {"messages", "new-service", "shop-api"}} {
		for i, n := range c.Assign(12, "", trace) {
			if at := slices.Index(order, trace[i]); at >= 0 && first[at] != n {
				t.Errorf("%s has colour %d in the list, %d in %v", trace[i], first[at], n, trace)
			}
		}
	}
	if got := c.Assign(12, "", order); !slices.Equal(got, first) {
		t.Errorf("asked again: %v, want %v", got, first)
	}
}

func TestAssignMany(t *testing.T) {
	for _, size := range []int{8, 9, 12, 24} {
		for _, n := range []int{0, 1, 12, 13, 24, 500} {
			names := make([]string, n)
			for i := range names {
				names[i] = fmt.Sprintf("service-%04d", i)
			}
			used := make([]int, size)
			for _, c := range (*Colours)(nil).Assign(size, "", names) {
				used[c]++
			}
			for c, k := range used {
				if k > (n+size-1)/size || k < n/size {
					t.Errorf("%d services: colour %d of %d is used %d times", n, c, size, k)
				}
			}
		}
	}
}

// TestColoursApartByKind holds that an operation called like a service, or in
// a palette of another size, does not take that one's colour.
func TestColoursApartByKind(t *testing.T) {
	var c Colours
	first := c.Assign(12, "", []string{"a", "b"})
	c.Assign(12, "operation", []string{"b", "a"})
	c.Assign(8, "", []string{"b", "a"})
	if got := c.Assign(12, "", []string{"b", "a"}); got[0] != first[1] || got[1] != first[0] {
		t.Errorf("colours %v became %v", first, got)
	}
}

func TestContrast(t *testing.T) {
	for _, tc := range []struct {
		name string
		a, b uint32
		want float64
	}{
		{"black on white", 0x000000, 0xFFFFFF, 21},
		{"white on black", 0xFFFFFF, 0x000000, 21},
		{"alike", 0x123456, 0x123456, 1},
		{"mid grey on white", 0x777777, 0xFFFFFF, 4.48},
	} {
		if got := Contrast(scene.RGB(tc.a), scene.RGB(tc.b)); math.Abs(got-tc.want) > 0.01 {
			t.Errorf("%s: %.2f, want %.2f", tc.name, got, tc.want)
		}
	}
}
