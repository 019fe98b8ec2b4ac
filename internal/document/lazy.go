package document

import (
	"context"

	"traceview/internal/task"
)

// A lazy is something computed of the document when it is first looked at, and
// again when the key it was computed for no longer holds. What takes long is
// computed away from the goroutine of the user interface, and what was there
// before stays until then.
type lazy[K comparable, T any] struct {
	doc   *Document
	slot  *task.Slot[T]
	value T
	have  K // what value was computed for, if ready
	ready bool
	want  K       // what is being computed
	share float64 // of that done
	err   error   // of the last computation
}

// fresh says whether the value is that of key.
func (l *lazy[K, T]) fresh(key K) bool {
	if !l.ready || l.have != key {
		return false
	}
	if l.busy() { // what was begun since is not wanted any longer
		l.slot.Stop()
	}
	return true
}

// get sees to it that there will be the value of key, and returns the newest
// there is, which is none before the first is done. long says that it takes more
// than a frame or two. take, on the goroutine of the user interface, is told a
// new value before it takes the place of the old one.
func (l *lazy[K, T]) get(key K, long bool, work func(context.Context, func(float64)) (T, error), take func(T)) (value T, ready bool) {
	if l.fresh(key) || l.busy() && l.want == key {
		return l.value, l.ready
	}
	finish := func(v T, err error) {
		if l.err = err; err == nil {
			take(v)
			l.value = v
		}
		l.have, l.ready = key, true
	}
	if dispatch := l.doc.dispatch; long && dispatch != nil {
		l.start(key, dispatch, work, finish)
	} else {
		l.stop()
		finish(work(context.Background(), nil))
	}
	return l.value, l.ready
}

func (l *lazy[K, T]) start(key K, dispatch task.Dispatch, work func(context.Context, func(float64)) (T, error), finish func(T, error)) {
	if l.slot == nil {
		l.slot = task.NewSlot[T](dispatch)
	}
	l.want, l.share = key, 0
	l.slot.Start(func(ctx context.Context) (T, error) {
		return work(ctx, func(share float64) {
			dispatch(func() {
				if l.want == key && l.busy() {
					l.share = share
					l.doc.tell() // nobody did anything: it is no act
				}
			})
		})
	}, func(v T, err error) {
		finish(v, err)
		l.doc.tell()
	})
}

func (l *lazy[K, T]) busy() bool { return l.slot != nil && l.slot.Busy() }

func (l *lazy[K, T]) stop() {
	if l.busy() {
		l.slot.Stop()
	}
}

// RunIn lets what takes long be computed in the background, its results coming
// through dispatch. Without it everything is computed at once.
func (d *Document) RunIn(dispatch task.Dispatch) { d.dispatch = dispatch }

// Close gives up what is being computed.
func (d *Document) Close() {
	d.stats.lazy.stop()
	d.graph.stop()
	d.eventLog.lazy.stop()
	d.flame.stop()
	d.Merged().lazy.stop()
}
