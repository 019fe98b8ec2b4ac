package look

import "traceview/internal/scene"

// DivergeSteps is how many colours there are to either side of no difference.
const DivergeSteps = 4

// divergeShares are how far each step is on the way from no difference to the end,
// of 256: the first is seen beside none at once.
var divergeShares = [DivergeSteps + 1]int{0, 98, 150, 203, 256}

// divergeEnds are the ends of the scale by theme, light and dark: less, none, more.
// Blue and orange are told apart with protanopia and deuteranopia alike, and neither
// is taken for the red of errors.
var divergeEnds = [2][3]uint32{
	{0x1B6CB8, 0xDCE1E7, 0xC26A00},
	{0x62AEF0, 0x39424D, 0xF0A23A},
}

// Diverge returns the colour of a difference: from -DivergeSteps, much less, by 0, none,
// to DivergeSteps, much more.
func (p *Palette) Diverge(step int) ServiceColor {
	ends := divergeEnds[0]
	if p.Dark {
		ends = divergeEnds[1]
	}
	end := ends[2]
	if step < 0 {
		step, end = -step, ends[0]
	}
	step = min(step, DivergeSteps)
	return p.serviceColor(scene.RGB(ends[1]).Mix(scene.RGB(end), divergeShares[step]))
}
