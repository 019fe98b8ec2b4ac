package main

import (
	"cmp"
	"slices"
	"time"

	"traceview/internal/order"
	"traceview/ui/shell"
	orderview "traceview/ui/view/order"
)

// tellEvery spaces what the window is told while answers pour in.
const tellEvery = 60 * time.Millisecond

// A liveResult gathers hits as they arrive and tells the window of them.
// Package order calls its methods one at a time.
type liveResult struct {
	source *source
	on     func(shell.Found)
	found  shell.Found
	told   time.Time
}

func (l *liveResult) hit(h order.Hit) {
	row := l.source.row(&h)
	if i := slices.IndexFunc(l.found.Rows, func(r orderview.Row) bool { return r.ID == row.ID }); i >= 0 {
		l.found.Rows[i] = row
	} else {
		i, _ := slices.BinarySearchFunc(l.found.Rows, row.Start, func(r orderview.Row, start int64) int { return cmp.Compare(start, r.Start) })
		l.found.Rows = slices.Insert(l.found.Rows, i, row)
	}
	l.tell()
}

func (l *liveResult) progress(p order.Progress) {
	if p.Stage == order.AskingServices {
		l.found.Asked, l.found.Answered = p.Total, p.Answered
	}
	l.tell()
}

// tell passes on a copy, since the window reads it on its own goroutine.
func (l *liveResult) tell() {
	if now := time.Now(); now.Sub(l.told) >= tellEvery {
		l.told = now
		f := l.found
		f.Rows = slices.Clone(f.Rows)
		l.on(f)
	}
}
