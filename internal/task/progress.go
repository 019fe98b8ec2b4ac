package task

import "sync/atomic"

// A Progress counts how far work has come. The work adds to it from any
// goroutine, the user interface polls it; neither waits for the other. The zero
// Progress is ready and must not be copied.
type Progress struct{ done, total atomic.Int64 }

// Add counts n more units of work as done.
func (p *Progress) Add(n int64) { p.done.Add(n) }

// Set says that n units are done by now.
func (p *Progress) Set(n int64) { p.done.Store(n) }

// Expect says how many units there are in all; 0 stands for not known.
func (p *Progress) Expect(n int64) { p.total.Store(n) }

// Done returns the units done so far.
func (p *Progress) Done() int64 { return p.done.Load() }

// Total returns the units in all, 0 if that is not known.
func (p *Progress) Total() int64 { return p.total.Load() }

// Fraction returns the share done, from 0 to 1, and whether it is known. What
// is done beyond the expected counts as all of it.
func (p *Progress) Fraction() (f float64, known bool) {
	total := p.total.Load()
	if total <= 0 {
		return 0, false
	}
	return min(max(float64(p.done.Load())/float64(total), 0), 1), true
}
