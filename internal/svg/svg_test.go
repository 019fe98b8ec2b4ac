package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/scene"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing")

// everyOp has every kind of op, with the fractions and opacities that views use.
func everyOp() *scene.Scene {
	var s scene.Scene
	s.Reset(240, 160, scene.RGB(0xffffff))
	blue, dark := scene.RGB(0x2f6feb), scene.RGB(0x1b1f24)
	s.Rect(0, 0, 240, 20, scene.RGB(0xf6f7f9))
	s.RoundRect(10.25, 30, 100.333, 14, 3, blue)
	s.RoundRect(10, 50, 60, 14, 99, blue.Alpha(90))
	s.Frame(120, 30, 100, 14, 3, 1, dark)
	s.Frame(120, 50, 10, 10, 0, 9, dark)
	s.Hatch(140, 50, 60, 14, 6, 1, dark.Alpha(128))
	s.Line(0, 20.5, 240, 20.5, 1, dark)
	s.Line(20, 70, 60, 100, 1.5, blue)
	s.Poly(dark, scene.Point{X: 70, Y: 70}, scene.Point{X: 78, Y: 70}, scene.Point{X: 74, Y: 76})
	s.Text(8, 14, scene.Font{Px: 13}, dark, "GET /заказ?id=1&x=<b>")
	s.Clip(100, 80, 60.4, 40)
	s.Rect(80, 70, 100, 100, blue.Alpha(40))
	s.Text(104, 100, scene.Font{Px: 12, Weight: scene.SemiBold}, dark, "cut off at the edge")
	s.Clip(10, 120, 50, 30)
	s.Rect(0, 0, 240, 160, blue)
	s.Unclip()
	s.Text(100, 150, scene.Font{Px: 11}, dark, "1,84 мс")
	return &s
}

func TestGolden(t *testing.T) {
	got := Append(nil, everyOp())
	file := filepath.Join("testdata", "every-op.svg")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read golden file (make it with -update): %v", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("drawing differs from %s:\n%s", file, got)
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	s := everyOp()
	plain := Append(nil, s)
	if got := Append([]byte("before"), s); string(got) != "before"+string(plain) {
		t.Error("Append changed the bytes it was given, or drew differently the second time")
	}
}

// texts parses a drawing and returns its elements' names and its text.
func texts(t *testing.T, drawing []byte) (names map[string]int, text string) {
	t.Helper()
	names = map[string]int{}
	d := xml.NewDecoder(bytes.NewReader(drawing))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, text
		}
		if err != nil {
			t.Fatalf("parse drawing: %v\n%s", err, drawing)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			names[tok.Name.Local]++
		case xml.CharData:
			text += string(tok)
		}
	}
}

func TestHostileText(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"markup", `</text><script>alert(1)</script>`, `</text><script>alert(1)</script>`},
		{"cdata end", `]]>`, `]]>`},
		{"entity", `&lt;&#0;&xxe;`, `&lt;&#0;&xxe;`},
		{"control", "a\x00b\x1bc", "a\ufffdb\ufffdc"},
		{"line ends", "a\r\n\tb", "a   b"},
		{"not utf-8", "a\xff\xed\xa0\x80", "a\ufffd\ufffd\ufffd\ufffd"},
		{"noncharacter", "\ufffe\uffff", "\ufffd\ufffd"},
		{"quotes", `"'`, `"'`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var s scene.Scene
			s.Reset(10, 10, scene.Color{})
			s.Text(0, 8, scene.Font{Px: 8}, scene.RGB(0), row.in)
			names, got := texts(t, Append(nil, &s))
			if got = strings.Trim(got, "\n"); got != row.want {
				t.Errorf("text %q, want %q", got, row.want)
			}
			if len(names) != 2 || names["svg"] != 1 || names["text"] != 1 {
				t.Errorf("elements %v, want one svg and one text", names)
			}
		})
	}
}

func TestBadNumbers(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for kind := scene.OpRect; kind <= scene.OpClip+1; kind++ {
		for _, v := range []float32{nan, inf, -inf, 1e30, -1e30, -3} {
			s := scene.Scene{W: 100, H: 50, Points: []scene.Point{{X: v}, {Y: v}, {X: 1, Y: 2}}, Strings: []string{"x"}}
			for _, op := range []scene.Op{
				{X: v, Y: 1, W: 20, H: 20, R: 5, T: 1, N: 3},
				{X: 1, Y: v, W: 20, H: 20, R: v, T: 1, N: 3},
				{X: 1, Y: 1, W: v, H: 20, R: 5, T: v, N: 99},
				{X: 1, Y: 1, W: 20, H: v, R: 5, T: 1, From: -1, N: 3},
			} {
				op.Kind, op.Color, op.Font = kind, scene.RGB(1), scene.Font{Px: v}
				s.Ops = append(s.Ops, op)
			}
			got := Append(nil, &s)
			texts(t, got)
			if bytes.Contains(got, []byte("NaN")) || bytes.Contains(got, []byte("Inf")) {
				t.Errorf("op %d with %v gives a number no viewer reads:\n%s", kind, v, got)
			}
			if len(got) > 1<<16 {
				t.Errorf("op %d with %v gives %d bytes, want a bounded drawing", kind, v, len(got))
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("<&>\"'\x00")
	f.Add("заказ-7")
	f.Fuzz(func(t *testing.T, text string) {
		var s scene.Scene
		s.Reset(10, 10, scene.RGB(0))
		s.Text(0, 8, scene.Font{Px: 8}, scene.RGB(0), text)
		names, _ := texts(t, Append(nil, &s))
		if names["svg"] != 1 || names["rect"] != 1 || names["text"] > 1 || len(names) > 3 {
			t.Errorf("text %q became elements: %v", text, names)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	s := everyOp()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = Append(buf[:0], s)
	}
}

func TestOps(t *testing.T) {
	black := scene.RGB(0)
	for _, row := range []struct {
		name string
		draw func(s *scene.Scene)
		want string // the lines of the ops
	}{
		{"whole numbers", func(s *scene.Scene) { s.Rect(1, 2, 3, 4, black) },
			`<rect x="1" y="2" width="3" height="4" fill="#000000"/>`},
		{"hundredths, no negative zero", func(s *scene.Scene) { s.Rect(-0.001, 1.005, 0.333, 1e9, black) },
			`<rect x="0" y="1" width="0.33" height="10000000" fill="#000000"/>`},
		{"radius at most half the size", func(s *scene.Scene) { s.RoundRect(0, 0, 10, 4, 9, black) },
			`<rect x="0" y="0" width="10" height="4" rx="2" fill="#000000"/>`},
		{"opacity", func(s *scene.Scene) { s.Line(0, 1, 2, 3, 1.5, scene.RGB(0xff8000).Alpha(51)) },
			`<line x1="0" y1="1" x2="2" y2="3" stroke-width="1.5" stroke="#ff8000" stroke-opacity="0.2"/>`},
		{"invisible", func(s *scene.Scene) { s.Line(0, 1, 2, 3, 1, scene.Color{}) }, ``},
		{"no width", func(s *scene.Scene) {
			s.Line(0, 1, 2, 3, 0, black)
			s.Frame(0, 0, 9, 9, 0, 0, black)
			s.Hatch(0, 0, 9, 9, 4, 0, black)
		}, ``},
		{"hatch outside the picture", func(s *scene.Scene) { s.Hatch(500, 0, 9, 9, 4, 1, black) }, ``},
		{"clip with nothing in it", func(s *scene.Scene) { s.Clip(1, 2, 3, 4) },
			`<svg x="1" y="2" width="3" height="4" viewBox="1 2 3 4">` + "\n</svg>"},
		{"unclip without clip", func(s *scene.Scene) { s.Unclip() }, ``},
		{"text of a known width", func(s *scene.Scene) {
			s.Text(1, 2, scene.Font{Px: 11}, black, "x")
			s.Ops[0].W = 6.5
		}, `<text x="1" y="2" font-size="11" textLength="6.5" lengthAdjust="spacingAndGlyphs" fill="#000000" xml:space="preserve">x</text>`},
		{"text of no size", func(s *scene.Scene) { s.Text(1, 2, scene.Font{}, black, "x") }, ``},
	} {
		t.Run(row.name, func(t *testing.T) {
			var s scene.Scene
			s.Reset(100, 50, scene.Color{})
			row.draw(&s)
			_, got, _ := strings.Cut(string(Append(nil, &s)), "\n")
			got = strings.TrimSuffix(strings.TrimSuffix(got, "</svg>\n"), "\n")
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}
