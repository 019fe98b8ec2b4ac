package demo

import (
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// A plan is what is settled about an order before its life is told.
type plan struct {
	index   int
	number  string
	trouble Trouble
	variant int           // of the orders with the same trouble
	age     time.Duration // from placing to the shop's present
	origin  origin        // for odd numbers; drawn otherwise
	odd     bool
}

// A life tells one order from placing to shipping, as traces.
type life struct {
	plan
	studio *studio
	dice   dice
	now    time.Time // how far the story has come
	end    time.Time // the shop's present: nothing happens after it
	named  bool      // spans carry the order's number; background jobs do not know it

	conversation string // the correlation id of all messages about the order
	stones       int
	model        object // the 3D file
	uploads      bool   // the customer sends a file; otherwise the design is from the catalogue
	bespoke      bool   // waits two or three days for a stone that must be bought
	shopper      *instance
	seller       *instance
	operator     *instance
	partner      *instance

	blamed  *act
	stopped bool
}

// A stage is a part of an order's life, told after a pause.
type stage struct {
	median, longest time.Duration // of the pause before it
	tell            func(*life)
}

// The longest pauses of a life sum up to less than 2.6 days, so that an order
// three days old has come to its end, whatever the dice say.
var (
	making = []stage{
		{90 * time.Minute, 6 * time.Hour, (*life).review},
		{3 * time.Minute, 15 * time.Minute, (*life).confirm},
		{3 * time.Hour, 10 * time.Hour, (*life).take},
		{5 * time.Hour, 10 * time.Hour, (*life).cast},
		{5 * time.Hour, 10 * time.Hour, (*life).setStones},
		{25 * time.Minute, 2 * time.Hour, (*life).checkQuality},
		{4 * time.Hour, 12 * time.Hour, (*life).ship},
	}
	lives = map[origin][]stage{
		fromShop: append([]stage{
			{0, 0, (*life).placeInShop},
			{20 * time.Second, time.Minute, (*life).handOver},
			{2 * time.Second, 10 * time.Second, (*life).price},
			{40 * time.Minute, 6 * time.Hour, (*life).acceptPrice},
		}, making...),
		fromPhone: append([]stage{
			{0, 0, (*life).placeByPhone},
			{20 * time.Second, time.Minute, (*life).handOver},
			{2 * time.Second, 10 * time.Second, (*life).price},
		}, making...),
		fromPartner: append([]stage{
			{0, 0, (*life).placeByPartner},
			{30 * time.Second, 5 * time.Minute, (*life).priceForPartner},
		}, making...),
	}
)

// newLife settles what the dice decide once for an order.
func newLife(s *studio, p plan, end time.Time) *life {
	d := s.dice
	if !p.odd {
		p.origin = originOf(p.trouble, d)
	}
	l := &life{plan: p, studio: s, dice: d, now: end.Add(-p.age), end: end, named: true}
	l.conversation = d.uuid()
	l.stones = d.between(1, 9)
	l.uploads = p.origin != fromShop || d.chance(0.7) || p.trouble == StorageRefused || p.trouble == Straggler
	l.model = object{modelBucket, "models/" + d.uuid() + ".stl", d.between(900_000, 9_000_000)}
	if !l.uploads {
		l.model = object{modelBucket, "catalogue/ring-" + strconv.Itoa(d.between(100, 480)) + ".stl", 1_400_000}
	}
	if p.trouble == Straggler {
		l.model.size = d.between(24_000_000, 38_000_000)
	}
	l.bespoke = p.age > bespokeAge && p.trouble == "" && d.chance(0.25)
	l.shopper, l.seller, l.operator = pick(d, shoppers), pick(d, sellers), pick(d, operators)
	l.partner = partners[0]
	if p.trouble == "" && d.chance(0.3) {
		l.partner = partners[1]
	}
	return l
}

// tell tells the whole life, or as much of it as has happened by now.
func (l *life) tell() {
	for _, s := range lives[l.origin] {
		l.now = l.now.Add(l.dice.wait(s.median, s.longest))
		// The longest trace of a healthy stage takes under two minutes.
		if l.stopped || l.now.After(l.end.Add(-2*time.Minute)) {
			return
		}
		s.tell(l)
	}
}

// orderAttr names an order the way the service does.
func (s *service) orderAttr(number string) attribute.KeyValue {
	if s.numeric {
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			return attribute.Int64(s.orderKey, n)
		}
	}
	return attribute.String(s.orderKey, number)
}

func (l *life) shopAPI() *instance { return pick(l.dice, shopAPIs) }
func (l *life) crmAPI() *instance  { return pick(l.dice, crmAPIs) }
func (l *life) mesAPI() *instance  { return pick(l.dice, mesAPIs) }

// session names the visit of a person to a web application.
func (l *life) session() attribute.KeyValue { return semconv.SessionID(l.dice.hex(32)) }
