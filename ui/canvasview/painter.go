// Package canvasview holds the one custom widget that shows a Painter: pixels
// drawn by our own raster, with input handed on free of any toolkit.
package canvasview

import "image"

// Mods is the set of modifier keys held.
type Mods uint8

// The modifier keys. Ctrl stands for the platform's shortcut key, which is
// Command on macOS.
const (
	Shift Mods = 1 << iota
	Ctrl
	Alt
	Space // held while dragging: the picture moves with the pointer
)

// A Button is a mouse button.
type Button uint8

// The mouse buttons.
const (
	NoButton Button = iota
	Primary
	Secondary
	Middle
)

// A Cursor is the shape of the mouse pointer.
type Cursor uint8

// The shapes of the pointer.
const (
	Arrow Cursor = iota
	Hand
	ResizeH
	Crosshair
	TextCursor
)

// An EventKind says what a person did.
type EventKind uint8

// The kinds of Event and the fields they use.
const (
	Hover   EventKind = iota // X, Y, Mods
	Leave                    // no field
	Press                    // X, Y, Button, Mods, Clicks
	Drag                     // X, Y, Button, Mods
	Release                  // X, Y, Button, Mods
	Scroll                   // X, Y, DX, DY, Mods
	KeyDown                  // Key, Mods
	Rune                     // Rune
	Focus                    // no field
	Blur                     // no field
)

// An Event is one thing a person did. X and Y are device pixels from the left
// upper corner of the picture; DX and DY are the wheel's way in Fyne's units of
// 25 a notch, positive up and left.
type Event struct {
	Kind   EventKind
	X, Y   float32
	DX, DY float32
	Button Button
	Mods   Mods
	Clicks int    // presses in quick succession at one place, from 1
	Key    string // the toolkit's name of the key: "Up", "Return", "A"
	Rune   rune
}

// A Painter is the toolkit-free half of a view. All methods are called on the
// UI goroutine.
type Painter interface {
	// Paint draws the view into dst, which is in device pixels; scale is the
	// number of device pixels a dp.
	Paint(dst *image.RGBA, scale float32)
	// Handle takes input and says whether the picture changed.
	Handle(e Event) bool
	// Cursor returns the shape of the pointer where it was last seen.
	Cursor() Cursor
}
