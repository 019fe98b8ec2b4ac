package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"traceview/assets"
	"traceview/internal/scene"
)

// A Theme dresses Fyne's own widgets in the colours and type of a Palette, so
// that they sit beside the painted views without a seam.
type Theme struct {
	Palette *Palette
	regular fyne.Resource
	bold    fyne.Resource
}

var _ fyne.Theme = (*Theme)(nil)

// NewTheme returns the theme of p.
func NewTheme(p *Palette) *Theme {
	return &Theme{
		Palette: p,
		regular: fyne.NewStaticResource("Inter-Regular.otf", assets.InterRegular),
		bold:    fyne.NewStaticResource("Inter-SemiBold.otf", assets.InterSemiBold),
	}
}

// Color implements fyne.Theme. The variant of the system is not asked: the
// palette was chosen by the program.
func (t *Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	p := t.Palette
	switch name {
	case theme.ColorNameBackground, theme.ColorNameHeaderBackground, theme.ColorNameButton:
		return rgba(p.Panel)
	case theme.ColorNameInputBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return rgba(p.Paper)
	case theme.ColorNameInputBorder, theme.ColorNameSeparator:
		return rgba(p.Line.Mix(p.Secondary, 40))
	case theme.ColorNameForeground:
		return rgba(p.Text)
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return rgba(p.Secondary)
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return rgba(p.Accent)
	case theme.ColorNameForegroundOnPrimary:
		return rgba(p.OnAccent)
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return rgba(p.Accent.Alpha(72))
	case theme.ColorNameHover, theme.ColorNamePressed:
		return rgba(p.Hover())
	case theme.ColorNameError:
		return rgba(p.Error)
	case theme.ColorNameScrollBar:
		return rgba(p.Thumb)
	}
	return theme.DefaultTheme().Color(name, t.variant())
}

func (t *Theme) variant() fyne.ThemeVariant {
	if t.Palette.Dark {
		return theme.VariantDark
	}
	return theme.VariantLight
}

func rgba(c scene.Color) color.Color { return color.NRGBA{R: c.R, G: c.G, B: c.B, A: c.A} }

// NRGBA returns a palette's colour for the toolkit's own shapes.
func NRGBA(c scene.Color) color.Color { return rgba(c) }

// Font implements fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace || style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Bold:
		return t.bold
	}
	return t.regular
}

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements fyne.Theme: a dense instrument, on a grid of 4 dp.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 13
	case theme.SizeNameCaptionText:
		return 11
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 4
	case theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder:
		return 1
	}
	return theme.DefaultTheme().Size(name)
}
