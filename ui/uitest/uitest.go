// Package uitest holds what the tests of painted views share: a kit to draw
// with, pictures compared with golden ones, the words of a picture, a queue run
// until something is so, and small traces.
package uitest

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"traceview/assets"
	"traceview/internal/i18n"
	"traceview/internal/raster"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing")

// text is shared by all tests of a package, since the fonts take 10 ms to read.
var text = sync.OnceValues(func() (*raster.Text, error) {
	return raster.NewText(assets.InterRegular, assets.InterSemiBold)
})

// Kit returns a Kit of our own fonts, in UTC.
func Kit(tb testing.TB, lang string, dark bool) *xwidget.Kit {
	tb.Helper()
	t, err := text()
	if err != nil {
		tb.Fatal(err)
	}
	p := look.Light()
	if dark {
		p = look.Dark()
	}
	return &xwidget.Kit{Drawer: raster.New(t), Metrics: t, Look: p, Words: i18n.For(lang), Zone: time.UTC}
}

// Paint returns a picture of w × h device pixels.
func Paint(p canvasview.Painter, w, h int, scale float32) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Paint(img, scale)
	return img
}

// PaintTable returns a picture of w × h device pixels of a list of rows.
func PaintTable(p interface{ Paint(dst *image.RGBA) }, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Paint(img)
	return img
}

// Words returns the texts of a scene in the order drawn, one a line.
func Words(s *scene.Scene) string { return strings.Join(s.Strings, "\n") }

// Press presses and releases the first mouse button at a point in device pixels.
func Press(p canvasview.Painter, x, y float32) {
	p.Handle(canvasview.Event{Kind: canvasview.Press, X: x, Y: y, Button: canvasview.Primary, Clicks: 1})
	p.Handle(canvasview.Event{Kind: canvasview.Release, X: x, Y: y, Button: canvasview.Primary})
}

// Find returns the middle of the first text drawn that contains part, in
// device pixels, and fails the test if there is none.
func Find(tb testing.TB, m scene.Metrics, s *scene.Scene, part string) (x, y float32) {
	tb.Helper()
	for _, op := range s.Ops {
		if op.Kind == scene.OpText && strings.Contains(s.Strings[op.From], part) {
			return op.X + m.Width(op.Font, s.Strings[op.From])/2, op.Y - op.Font.Px/3
		}
	}
	tb.Fatalf("nothing says %q in:\n%s", part, Words(s))
	return 0, 0
}

// patience is how long Until waits before it gives up, far beyond what a slow
// machine needs.
const patience = 20 * time.Second

// Until runs the queue on this goroutine until ready, and fails the test
// instead of hanging.
func Until(tb testing.TB, q *task.Queue, what string, ready func() bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := q.Wait(ctx, ready); err != nil {
		tb.Fatalf("%s did not come: %v", what, err)
	}
}

// Golden compares img with testdata/name.png, pixel for pixel. With the flag
// -update it writes the file, which is then to be looked at.
func Golden(tb testing.TB, name string, img image.Image) {
	tb.Helper()
	file := filepath.Join("testdata", name+".png")
	if *update {
		writeGolden(tb, file, img)
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatalf("%v; draw it with -update and look at it", err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		tb.Fatalf("decode %s: %v", file, err)
	}
	if got := img.Bounds(); got != want.Bounds() {
		tb.Fatalf("%s: size %v, want %v", name, got, want.Bounds())
	}
	differ := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, a := img.At(x, y).RGBA()
			wr, wg, wb, wa := want.At(x, y).RGBA()
			if r>>8 != wr>>8 || g>>8 != wg>>8 || b>>8 != wb>>8 || a>>8 != wa>>8 {
				differ++
			}
		}
	}
	if differ > 0 {
		tb.Errorf("%s: %d pixels differ; draw it with -update and look at it", name, differ)
	}
}

func writeGolden(tb testing.TB, file string, img image.Image) {
	tb.Helper()
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&buf, img); err != nil {
		tb.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		tb.Fatal(err)
	}
}
