package layout

import (
	"testing"
)

func TestListScroll(t *testing.T) {
	l := List{Rows: 1000, RowPx: 22, ViewPx: 440} // 20 rows on screen
	end := Scroll{980, 0}
	for _, tc := range []struct {
		name      string
		got, want Scroll
	}{
		{"down a little", l.By(Scroll{}, 30), Scroll{1, 8}},
		{"back", l.By(Scroll{1, 8}, -30), Scroll{}},
		{"past the top", l.By(Scroll{3, 3}, -1e6), Scroll{}},
		{"past the end", l.By(Scroll{3, 3}, 1e9), end},
		{"clamp", l.Clamp(Scroll{5000, 7}), end},
		{"show what is on screen", l.Show(Scroll{10, 5}, 15, 2), Scroll{10, 5}},
		{"show above", l.Show(Scroll{10, 5}, 4, 2), Scroll{2, 0}},
		{"show below", l.Show(Scroll{10, 5}, 50, 2), Scroll{33, 0}},
		{"show the first", l.Show(Scroll{10, 5}, 0, 2), Scroll{}},
		{"show the last", l.Show(Scroll{10, 5}, 999, 2), end},
		{"show none", l.Show(Scroll{10, 5}, -1, 2), Scroll{10, 5}},
		{"short list", List{Rows: 3, RowPx: 22, ViewPx: 440}.By(Scroll{}, 50), Scroll{}},
		{"no list", List{}.By(Scroll{}, 50), Scroll{}},
		{"low view", List{Rows: 50, RowPx: 22, ViewPx: 10}.Show(Scroll{}, 9, 2), Scroll{9, 12}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("%+v, want %+v", tc.got, tc.want)
			}
		})
	}
}

// TestListMillion holds that every row of a long list is where it should be.
func TestListMillion(t *testing.T) {
	l := List{Rows: 1e6, RowPx: 44, ViewPx: 1000}
	for _, row := range []int{0, 1, 499_999, 777_777, 999_999} {
		s := l.Show(Scroll{}, row, 2)
		y := l.Y(s, row)
		if y < 0 || y+l.RowPx > l.ViewPx {
			t.Errorf("row %d is at %d px, not on screen", row, y)
		}
		for _, dy := range []int{0, l.RowPx - 1} {
			if got := l.RowAt(s, y+dy); got != row {
				t.Errorf("row at %d px is %d, want %d", y+dy, got, row)
			}
		}
	}
}

func TestListThumb(t *testing.T) {
	for _, l := range []List{
		{Rows: 100, RowPx: 22, ViewPx: 400}, {Rows: 1e6, RowPx: 22, ViewPx: 900}, {Rows: 41, RowPx: 10, ViewPx: 400},
	} {
		const track, least = 400, 24
		first, size := l.Thumb(Scroll{}, track, least)
		last, _ := l.Thumb(l.By(Scroll{}, 1<<40), track, least)
		if first != 0 || last != track-size || size < least {
			t.Errorf("%+v: thumb of %d px goes from %d to %d on %d", l, size, first, last, track)
		}
		for pos := 0; pos <= track-size; pos++ {
			if got, _ := l.Thumb(l.Dragged(pos, track, least), track, least); got > pos || got < pos-1 {
				t.Errorf("%+v: thumb dragged to %d is at %d", l, pos, got)
			}
		}
		if l.Dragged(1e6, track, least) != l.By(Scroll{}, 1<<40) {
			t.Errorf("%+v: dragging past the end does not end there", l)
		}
	}
	if _, size := (List{Rows: 5, RowPx: 22, ViewPx: 400}).Thumb(Scroll{}, 400, 24); size != 0 {
		t.Errorf("thumb of %d px where all rows are on screen", size)
	}
}
