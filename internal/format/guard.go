package format

import (
	"fmt"
	"runtime"
	"runtime/metrics"
)

// Limits on what is made of the input. Data that say nothing grow in memory, however
// they are stored: three bytes of JSON make a span or a link of 100. So reading ends
// where the heap has grown by more than freeHeap and more than honest data of that
// size take. A million spans of the shop, 257 MB or 41 MB packed, make it grow by
// 250 MB while they are read; the least an honest span takes is some 55 bytes of
// protobuf, for 96 in memory.
const (
	freeHeap     = 128 << 20
	perUnpacked  = 3  // bytes of heap a byte of data
	perStored    = 32 // bytes of heap a byte of the file
	lookEvery    = 1 << 20
	buildBytes   = 136 // of heap that Build takes a span
	heapInUse    = "/memory/classes/heap/objects:bytes"
	heapLive     = "/gc/heap/live:bytes"
	bytesPerMega = 1 << 20
)

// A guard watches the heap while a file is read. Other work of the program counts
// as well, so it is not exact; a file refused by mistake can be read again.
type guard struct {
	sample   [1]metrics.Sample
	before   int64 // heap at the beginning, without garbage
	looked   int64 // bytes of data at the last look
	clean    int64 // growth without garbage, at a close look
	building int64 // heap that is going to be taken
}

func newGuard() guard {
	g := guard{sample: [1]metrics.Sample{{Name: heapLive}}}
	g.before = g.heap() // what the last collection found alive
	g.sample[0].Name = heapInUse
	return g
}

func (g *guard) heap() int64 {
	metrics.Read(g.sample[:])
	return int64(g.sample[0].Value.Uint64())
}

// check looks now and then.
func (g *guard) check(done, stored int64) error {
	if done-g.looked < lookEvery {
		return nil
	}
	return g.look(done, stored)
}

// look says whether what was made of done bytes of data, stored in so many, is out
// of proportion. What only waits to be collected does not count; to find out takes
// a while, and is not done again before the heap has grown by a quarter.
func (g *guard) look(done, stored int64) error {
	g.looked = done
	allowed := freeHeap + min(perStored*stored, perUnpacked*done)
	grown := g.heap() - g.before + g.building
	if grown <= allowed || g.building == 0 && grown < g.clean+allowed/4 {
		return nil
	}
	runtime.GC()
	if grown = g.heap() - g.before + g.building; grown <= allowed {
		g.clean = grown
		return nil
	}
	return fmt.Errorf("%d bytes of data, stored in %d, take more than %d MB of memory: %w", done, stored, allowed/bytesPerMega, ErrTooLarge)
}

// look says whether to go on where nothing is read.
func (u *unpacked) look() error {
	if err := u.in.ctx.Err(); err != nil {
		return err
	}
	return u.guard.look(u.done, u.in.done.Load())
}

// roomToBuild says whether there is memory for what Build makes of the records.
func (u *unpacked) roomToBuild(spans int) error {
	u.guard.building = int64(spans) * buildBytes
	return u.look()
}
