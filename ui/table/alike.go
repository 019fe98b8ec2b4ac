package table

// Alike are rows by what they are called, a name and that of the system: whether several
// are called so, and each needs its own name beside it. The nil Alike has not compared
// them, and takes all for such.
type Alike map[[2]string]bool

// Compare returns what n rows are called alike, nil if there are more than most.
func Compare(n, most int, called func(row int) [2]string) Alike {
	if n > most {
		return nil
	}
	a := make(Alike, n)
	for row := range n {
		key := called(row)
		_, several := a[key]
		a[key] = several
	}
	return a
}

// Several says whether more rows than one are called so.
func (a Alike) Several(called [2]string) bool { return a == nil || a[called] }
