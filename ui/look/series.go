package look

import "traceview/internal/scene"

// A ServiceColor is how one service, or whatever else colours tell apart, looks.
type ServiceColor struct {
	Bar  scene.Color // own work
	Tint scene.Color // waiting for children
	Ink  scene.Color // text on Bar
}

// A Series is the colours among which a theme tells names apart.
type Series struct {
	Name    string
	Neutral ServiceColor // of what has no name to go by
	colours []ServiceColor
}

// Len returns how many colours there are.
func (s *Series) Len() int { return len(s.colours) }

// At returns a colour by the number Assign gave; past the end they repeat.
func (s *Series) At(n int) ServiceColor { return s.colours[uint(n)%uint(len(s.colours))] }

// SeriesNames returns the names of all Series, the usual one first.
func SeriesNames() []string {
	out := make([]string, len(seriesColours))
	for k := range seriesColours {
		out[k] = seriesColours[k].name
	}
	return out
}

// seriesOf returns the place of a Series, that of the usual one for a name
// there is none of.
func seriesOf(name string) int {
	for k := range seriesColours {
		if seriesColours[k].name == name {
			return k
		}
	}
	return 0
}

// Series returns the colours of that name, the usual ones if there are none.
func (p *Palette) Series(name string) *Series { return &p.series[seriesOf(name)] }

// Using returns the theme with another Series for what Service returns.
func (p *Palette) Using(name string) *Palette {
	q := *p
	q.usual = seriesOf(name)
	return &q
}

// Usual returns the Series that Service speaks of.
func (p *Palette) Usual() *Series { return &p.series[p.usual] }

// Service returns a service's colour by the number Assign gave it.
func (p *Palette) Service(n int) ServiceColor { return p.Usual().At(n) }

// seriesColours are the Series by name, for the light and the dark theme.
//
// The usual ones began as those of Okabe and Ito (2008) and of Paul Tol's muted
// scheme (2021), without their reds, and were then moved apart by hill climbing:
// for each pair the smallest distance in OKLab as seen with normal sight, and
// 1.5 times that with protanopia and deuteranopia (matrices of Machado et al.,
// 2009), is as large as it goes while each keeps its contrast with the paper and
// its distance to the red of errors. Their order gives the systems of the shop,
// whose names decide their places, colours that go together.
//
// The others were found the same way from random ones. The muted are as calm as
// Tol's, chroma 0.085 at most, with no hue near red; the strong have a contrast of 4.5 with light
// paper and 6 with dark; the many are told apart with normal sight only, since
// no twenty-four are with others, and have no hue near red either.
var seriesColours = [...]struct {
	name    string
	colours [2][]uint32
}{
	{"usual", [2][]uint32{{
		0x9F5094, 0x4E5BB7, 0x7B7F5E, 0x259CC6, 0x467603, 0x1E6E75,
		0x56A24A, 0x087BB7, 0x09A390, 0x8C83F1, 0xD27B0C, 0x785E4D,
	}, {
		0xF0A2E0, 0x6E79CB, 0xC4BB96, 0x6AC6FC, 0x7A9D64, 0x79BFBD,
		0xACC262, 0x5397BB, 0x04AC90, 0xB18EE2, 0xC1A13A, 0xB3751A,
	}}},
	{"muted", [2][]uint32{{
		0x434275, 0xB08754, 0x54A18F, 0x633F03, 0x848FC6, 0x2A7B6B, 0x866330, 0x61679D, 0x005648,
	}, {
		0xC5C5FC, 0x9E8B4D, 0x5EB3B4, 0xD4AD76, 0x5A6290, 0x98DBBA, 0x7C613A, 0x8887C0, 0x318B84,
	}}},
	{"strong", [2][]uint32{{
		0x005479, 0xA930FF, 0x008526, 0x010591, 0x7F6BA7, 0x0A3B00, 0x5D02CA, 0x4A0E4D,
	}, {
		0x669CC8, 0xFFB914, 0x00ED8A, 0xFFB2FF, 0xB39910, 0x7ECABC, 0xFF67FF, 0x00AB7F,
	}}},
	{"many", [2][]uint32{{
		0x0F5DA0, 0xE77304, 0x13A49B, 0xA330A5, 0x35A92F, 0x7E51DA, 0x74420C, 0x039AEF,
		0x00565A, 0xA49218, 0xC45BD3, 0x527FA7, 0x035C02, 0xAE7A68, 0x382CB0, 0x746B00,
		0x206DE7, 0x6B0E8F, 0x037B69, 0x9F8ABB, 0x008300, 0x825882, 0x8A7FFF, 0x5C3A5D,
	}, {
		0x00B1FF, 0xDA9900, 0x00BFB0, 0xC358C2, 0x98C000, 0x767FF7, 0xBC5103, 0x00E794,
		0xDCBDFF, 0x786400, 0x078EB9, 0xFFB48E, 0x8249C5, 0x00AC43, 0xF0CA00, 0x0362D2,
		0xAFD6B3, 0x926078, 0x11736A, 0xDA87FF, 0x78926E, 0xA59AC4, 0x008000, 0x00E1FF,
	}}},
}

// setSeries makes the colours of a theme, which is the n-th of seriesColours.
func (p *Palette) setSeries(n int) {
	for k, c := range seriesColours {
		s := Series{Name: c.name, Neutral: p.serviceColor(p.Secondary.Mix(p.Paper, neutralShare))}
		for _, v := range c.colours[n] {
			s.colours = append(s.colours, p.serviceColor(scene.RGB(v)))
		}
		p.series[k] = s
	}
}

// neutralShare makes the grey of what has no name stand back behind colours.
const neutralShare = 60

// serviceColor returns a colour with its tint and the text that is read on it.
func (p *Palette) serviceColor(bar scene.Color) ServiceColor {
	white, black := scene.RGB(0xFFFFFF), scene.RGB(0x0B0E12)
	c := ServiceColor{Bar: bar, Tint: bar.Mix(p.Paper, tintShare), Ink: black}
	if Contrast(white, bar) > Contrast(black, bar) {
		c.Ink = white
	}
	return c
}
