package demo

// A Trouble is a kind of thing that goes wrong in an order's life; "" for a
// healthy order.
type Trouble string

// The kinds of trouble. docs/DEMO.md tells each of them.
const (
	StorageRefused  Trouble = "storage-refused"
	PriceTimeout    Trouble = "price-timeout"
	Deadlock        Trouble = "db-deadlock"
	SlowQuery       Trouble = "slow-query"
	PoisonMessage   Trouble = "poison-message"
	LostMessage     Trouble = "lost-message"
	DoubleTake      Trouble = "double-take"
	RetryStorm      Trouble = "retry-storm"
	RepeatedQueries Trouble = "n-plus-one"
	WrongClock      Trouble = "wrong-clock"
	UntracedService Trouble = "untraced-service"
	HarmlessError   Trouble = "harmless-error"
	QueueBacklog    Trouble = "queue-backlog"
	ServiceDown     Trouble = "service-down"
	Straggler       Trouble = "straggler"
	ProcessPause    Trouble = "process-pause"
)

// Troubles lists all kinds, in the order of docs/DEMO.md.
var Troubles = []Trouble{
	StorageRefused, PriceTimeout, Deadlock, SlowQuery, PoisonMessage, LostMessage, DoubleTake, RetryStorm,
	RepeatedQueries, WrongClock, UntracedService, HarmlessError, QueueBacklog, ServiceDown, Straggler, ProcessPause,
}

// origin is where an order comes from.
type origin int

const (
	fromShop    origin = iota // a customer in the Internet Shop
	fromPhone                 // a seller types it into the CRM
	fromPartner               // an outside program calls MES API
)

// originOf is where an order must come from to meet a trouble; most do not care.
func originOf(t Trouble, d dice) origin {
	switch t {
	case PriceTimeout:
		return fromPartner
	case StorageRefused, Straggler, PoisonMessage:
		return fromShop
	}
	switch x := d.Float64(); {
	case x < 0.80:
		return fromShop
	case x < 0.89:
		return fromPhone
	}
	return fromPartner
}

// has says whether the order meets the trouble t.
func (l *life) has(t Trouble) bool { return l.trouble == t }

// blame records a as the true place of the order's trouble. The last call
// counts: of several failed tries the place is the one after which the system
// gave up.
func (l *life) blame(a *act) { l.blamed = a }

// stop ends the order's life: what should come next never does.
func (l *life) stop() { l.stopped = true }
