package client

import (
	"testing"
	"testing/synctest"
	"time"

	"traceview/internal/model"
)

// TestPreviewsOfASlowStream receives ten spans every 60 ms.
func TestPreviewsOfASlowStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var spans []int
		k := newCollector(func(p Progress) {
			if p.Preview != nil {
				if len(p.Preview.Spans) != p.Spans || p.Preview.ID != traceOne {
					t.Errorf("a preview of %d of %d spans", len(p.Preview.Spans), p.Spans)
				}
				spans = append(spans, p.Spans)
			}
		})
		k.shows = &model.Previewer{}
		for i := range 20 {
			if err := k.messageV3(chain(traceOne, 10*i, 10*i+10)); err != nil {
				t.Fatal(err)
			}
			<-time.After(60 * time.Millisecond) // by the clock of the bubble
		}
		got := k.build(nil)
		if len(got) != 1 || len(got[0].Spans) != 200 {
			t.Errorf("got %d traces, want one of 200 spans", len(got))
		}
		if len(spans) < 3 || len(spans) > 5 {
			t.Errorf("previews of %v spans, want four a second", spans)
		}
	})
}
