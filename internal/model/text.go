package model

// A Place is where a text is stored: n bytes of a piece. It lets a search look
// through the pieces once instead of through every value.
type Place struct{ Piece, From, N int }

// TextPieces returns all the text stored: names and values, of all traces of
// the Builder, without anything between one and the next.
func (a *Arena) TextPieces() []string {
	list := make([]string, len(a.text.list))
	for i := range list {
		list[i] = a.text.str(uint64(i)<<(textBits+24) | wholeText)
	}
	return list
}

// StrPlace returns where an interned string is stored; "" has no bytes.
func (a *Arena) StrPlace(id StringID) Place { return a.text.place(a.strs[id]) }

// RawPlace returns where the bytes of a ValueString or ValueBytes are stored.
func (a *Arena) RawPlace(at Attr) Place { return a.text.place(at.data) }

func (t *text) place(ref uint64) Place {
	piece, n := int(ref>>(textBits+24)), int(ref&wholeText)
	if n == wholeText {
		return Place{piece, 0, len(t.list[piece])}
	}
	return Place{piece, int(ref >> 24 & (1<<textBits - 1)), n}
}
