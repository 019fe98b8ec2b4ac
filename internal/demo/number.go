package demo

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// firstNumber is the first plain order number of the shop.
const firstNumber = 10400

// exampleNumber is the order the manual tells its example on: storage refused.
const exampleNumber = "10472"

// oddNumbers are orders whose numbers are not plain, with where they come
// from. 1042 is a piece from the old system that came back for repair: a
// prefix of 10420 to 10429, as "A.17/3" is of "A.17/31".
var oddNumbers = []plan{
	{number: "#1042", origin: fromPhone},
	{number: "A.17/3", origin: fromPartner},
	{number: "заказ-7", origin: fromPhone},
	{number: "1042", origin: fromShop},
	{number: "A.17/31", origin: fromPartner},
}

// The shop's past: a fifth of the orders are older than recentDays. All of it
// lies within the seven days that a search looks back unless it is told
// otherwise, with ten hours to spare for a demo that is left running.
const (
	oldestDays = 6.6
	recentDays = 4.6
	oldShare   = 0.2
	// settled is the age at which an order's life is over, see lives.
	settled = 3 * 24 * time.Hour
	// bespokeAge is the age at which also an order that waited for a stone is over.
	bespokeAge = 135 * time.Hour
)

// plans settles numbers, ages and troubles of a shop's orders, oldest first.
func plans(o Options) []plan {
	n := o.Orders
	d := newDice(o.Seed, 1<<40) // apart from the dice of the orders
	list := make([]plan, 0, n)
	next := cmp.Or(o.First, firstNumber)
	for i := range n {
		p := plan{index: i, age: age(d, i, n)}
		if k := oddAt(i, n); k >= 0 && o.First == 0 {
			p.number, p.origin, p.odd = oddNumbers[k].number, oddNumbers[k].origin, true
		} else {
			p.number = strconv.Itoa(next)
			next++
		}
		list = append(list, p)
	}
	assignTroubles(d, list)
	return list
}

// oddAt says which odd number the i-th of n orders has, -1 for none. They lie
// spread over the finished orders of the last days.
func oddAt(i, n int) int {
	if n < 40 {
		return -1
	}
	for k := range oddNumbers {
		if i == n*(44+4*k)/100 {
			return k
		}
	}
	return -1
}

// age draws how long ago the i-th of n orders was placed; a later order is
// never older.
func age(d dice, i, n int) time.Duration {
	const day = float64(24 * time.Hour)
	f := (float64(i) + 0.1 + 0.8*d.Float64()) / float64(n)
	if f < oldShare {
		return time.Duration(day * (oldestDays - (oldestDays-recentDays)*f/oldShare))
	}
	return time.Duration(day*recentDays*(1-f)/(1-oldShare)) + 20*time.Minute
}

// assignTroubles gives two settled orders of the last days to each kind of
// trouble, then an older one to every other kind; at most a seventh of all
// orders, so that healthy ones prevail.
func assignTroubles(d dice, list []plan) {
	var recent, old []int
	for i, p := range list {
		switch {
		case p.odd || p.age < settled:
		case p.age.Hours() < recentDays*24:
			recent = append(recent, i)
		default:
			old = append(old, i)
		}
	}
	shuffle := func(l []int) { d.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] }) }
	shuffle(recent)
	shuffle(old)
	if k := slices.IndexFunc(recent, func(i int) bool { return list[i].number == exampleNumber }); k > 0 {
		recent[0], recent[k] = recent[k], recent[0]
	}
	given := 0
	give := func(from []int, kinds []Trouble, variant int) {
		for k, i := range from[:min(len(from), len(kinds))] {
			if given < max(1, len(list)/7) {
				list[i].trouble, list[i].variant = kinds[k], variant
				given++
			}
		}
	}
	give(recent, Troubles, 0)
	give(recent[min(len(recent), len(Troubles)):], Troubles, 1)
	var others []Trouble
	for k := 0; k < len(Troubles); k += 2 {
		others = append(others, Troubles[k])
	}
	give(old, others, 2)
}
