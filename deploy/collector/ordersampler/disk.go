package ordersampler

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Kinds of keys. Batches and lists of kept traces are numbered; bounds has the
// numbers in use, since a storage cannot be listed.
const (
	batchKind = 'b'
	keptKind  = 'k'
	boundsKey = "bounds"
)

// A disk holds what must survive the process: batches with spans that are not
// judged yet, and which traces were kept. It may be used by any goroutine.
type disk struct {
	client storage.Client

	mu                  sync.Mutex
	firstBatch, batches uint64 // numbers from firstBatch to batches-1 may be there
	firstKept, lists    uint64
	open                map[uint64]bool // batches there
	kept                []keptList
}

// A keptList is the traces kept at one moment.
type keptList struct {
	at  time.Time
	ids []byte // 16 bytes each
}

// openDisk returns the disk of a storage extension, or one in memory.
func openDisk(ctx context.Context, host component.Host, of component.ID, ext *component.ID) (*disk, error) {
	d := &disk{client: storage.NewNopClient(), open: map[uint64]bool{}}
	if ext == nil {
		return d, nil
	}
	s, ok := host.GetExtensions()[*ext].(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("order_sampler: %s is no storage extension of this collector", ext)
	}
	var err error
	if d.client, err = s.GetClient(ctx, component.KindProcessor, of, "order_sampler"); err != nil {
		return nil, fmt.Errorf("order_sampler: open storage %s: %w", ext, err)
	}
	bounds, err := d.client.Get(ctx, boundsKey)
	if err != nil {
		return nil, fmt.Errorf("order_sampler: read storage %s: %w", ext, err)
	}
	if len(bounds) == 32 {
		d.firstBatch, d.batches = binary.BigEndian.Uint64(bounds), binary.BigEndian.Uint64(bounds[8:])
		d.firstKept, d.lists = binary.BigEndian.Uint64(bounds[16:]), binary.BigEndian.Uint64(bounds[24:])
	}
	return d, nil
}

// bounds is the operation that writes the numbers in use. The caller holds mu.
func (d *disk) bounds() *storage.Operation {
	b := make([]byte, 0, 32)
	for _, n := range []uint64{d.firstBatch, d.batches, d.firstKept, d.lists} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return storage.SetOperation(boundsKey, b)
}

// put writes a batch. When it returns without an error, the batch is there also
// after a crash.
func (d *disk) put(ctx context.Context, td ptrace.Traces) (batch uint64, err error) {
	data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	if err != nil {
		return 0, fmt.Errorf("order_sampler: encode batch: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	batch = d.batches
	d.batches++
	if err := d.client.Batch(ctx, storage.SetOperation(key(batchKind, batch), data), d.bounds()); err != nil {
		d.batches--
		return 0, fmt.Errorf("order_sampler: write batch: %w", err)
	}
	d.open[batch] = true
	return batch, nil
}

// settle forgets batches that were judged, remembers the traces kept, and
// returns the lists of those kept before oldest, which it forgets as well. After
// an error the storage may still have what was judged.
func (d *disk) settle(ctx context.Context, done []uint64, kept []byte, now, oldest time.Time) (forgotten []keptList, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ops []*storage.Operation
	for _, batch := range done {
		ops = append(ops, storage.DeleteOperation(key(batchKind, batch)))
		delete(d.open, batch)
	}
	for d.firstBatch < d.batches && !d.open[d.firstBatch] {
		d.firstBatch++
	}
	if len(kept) > 0 {
		list := append(binary.BigEndian.AppendUint64(nil, uint64(now.Unix())), kept...)
		ops = append(ops, storage.SetOperation(key(keptKind, d.lists), list))
		d.kept = append(d.kept, keptList{now, kept})
		d.lists++
	}
	for len(d.kept) > 0 && d.kept[0].at.Before(oldest) {
		ops = append(ops, storage.DeleteOperation(key(keptKind, d.firstKept)))
		forgotten = append(forgotten, d.kept[0])
		d.kept = d.kept[1:]
		d.firstKept++
	}
	if len(ops) == 0 {
		return nil, nil
	}
	if err := d.client.Batch(ctx, append(ops, d.bounds())...); err != nil {
		return forgotten, fmt.Errorf("order_sampler: forget what was judged: %w", err)
	}
	return forgotten, nil
}

// restore hands over what an earlier process left: the traces it kept, then its
// batches.
func (d *disk) restore(ctx context.Context, keep func(pcommon.TraceID, time.Time), add func(uint64, ptrace.Traces)) error {
	for n := d.firstKept; n < d.lists; n++ {
		list, err := d.client.Get(ctx, key(keptKind, n))
		if err != nil {
			return fmt.Errorf("order_sampler: read traces kept: %w", err)
		}
		l := keptList{} // an empty one keeps the numbers without a gap
		if len(list) > 8 {
			l = keptList{time.Unix(int64(binary.BigEndian.Uint64(list)), 0), list[8:]}
		}
		d.kept = append(d.kept, l)
		for ids := l.ids; len(ids) >= 16; ids = ids[16:] {
			keep(pcommon.TraceID(ids[:16]), l.at)
		}
	}
	for n := d.firstBatch; n < d.batches; n++ {
		data, err := d.client.Get(ctx, key(batchKind, n))
		if err != nil {
			return fmt.Errorf("order_sampler: read batch: %w", err)
		}
		if data == nil {
			continue
		}
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
		if err != nil {
			return fmt.Errorf("order_sampler: batch on disk: %w", err)
		}
		d.open[n] = true
		add(n, td)
	}
	return nil
}
