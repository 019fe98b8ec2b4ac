package look

import (
	"bytes"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"traceview/assets"
	"traceview/internal/scene"
)

// names are the colours that the toolkit asks a theme for.
var names = []fyne.ThemeColorName{
	theme.ColorNameBackground, theme.ColorNameButton, theme.ColorNameDisabled, theme.ColorNameDisabledButton, theme.ColorNameError,
	theme.ColorNameFocus, theme.ColorNameForeground, theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnPrimary,
	theme.ColorNameHeaderBackground, theme.ColorNameHover, theme.ColorNameHyperlink, theme.ColorNameInputBackground,
	theme.ColorNameInputBorder, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNamePlaceHolder,
	theme.ColorNamePressed, theme.ColorNamePrimary, theme.ColorNameScrollBar, theme.ColorNameSelection, theme.ColorNameSeparator,
	theme.ColorNameShadow, theme.ColorNameSuccess, theme.ColorNameWarning,
}

func TestThemeKnowsEveryColour(t *testing.T) {
	test.NewTempApp(t)
	for _, p := range []*Palette{Light(), Dark()} {
		th := NewTheme(p)
		for _, n := range names {
			for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
				c := th.Color(n, v)
				if c == nil || c != th.Color(n, 1-v) {
					t.Errorf("dark %v: %s is %v, and other for another variant of the system", p.Dark, n, c)
				}
			}
		}
	}
}

// TestThemeIsReadable measures text on the grounds it stands on in the
// toolkit's own widgets.
func TestThemeIsReadable(t *testing.T) {
	for _, p := range []*Palette{Light(), Dark()} {
		th := NewTheme(p)
		at := func(n fyne.ThemeColorName) scene.Color {
			c := color.NRGBAModel.Convert(th.Color(n, 0)).(color.NRGBA)
			return scene.Color{R: c.R, G: c.G, B: c.B, A: c.A}
		}
		for _, pair := range [][2]fyne.ThemeColorName{
			{theme.ColorNameForeground, theme.ColorNameBackground}, {theme.ColorNameForeground, theme.ColorNameInputBackground},
			{theme.ColorNameForeground, theme.ColorNameButton}, {theme.ColorNamePlaceHolder, theme.ColorNameInputBackground},
			{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameError, theme.ColorNameInputBackground},
		} {
			if got := Contrast(at(pair[0]), at(pair[1])); got < 4.5 {
				t.Errorf("dark %v: %s on %s has a contrast of %.2f, want 4.5 or more", p.Dark, pair[0], pair[1], got)
			}
		}
	}
}

func TestThemeFonts(t *testing.T) {
	test.NewTempApp(t)
	th := NewTheme(Light())
	for _, tt := range []struct {
		name  string
		style fyne.TextStyle
		want  []byte
	}{
		{"regular", fyne.TextStyle{}, assets.InterRegular}, {"bold", fyne.TextStyle{Bold: true}, assets.InterSemiBold},
		{"italic", fyne.TextStyle{Italic: true}, assets.InterRegular},
	} {
		if got := th.Font(tt.style); !bytes.Equal(got.Content(), tt.want) {
			t.Errorf("%s: %s, want our own", tt.name, got.Name())
		}
	}
	if th.Font(fyne.TextStyle{Monospace: true}) == nil || th.Icon(theme.IconNameSearch) == nil {
		t.Error("no monospace font or icon")
	}
}

func TestThemeSizes(t *testing.T) {
	test.NewTempApp(t)
	th := NewTheme(Dark())
	for n, want := range map[fyne.ThemeSizeName]float32{theme.SizeNameText: 13, theme.SizeNamePadding: 4, theme.SizeNameInputBorder: 1} {
		if got := th.Size(n); got != want {
			t.Errorf("%s is %v, want %v", n, got, want)
		}
	}
	if got := th.Size(theme.SizeNameScrollBar); got <= 0 {
		t.Errorf("scroll bar is %v, want the toolkit's own size", got)
	}
}
