package config

import "slices"

// The bounds of Learned.
const (
	maxServers  = 64
	maxCarriers = 32 // of a server
)

// Learned is what searches found out about servers. It holds names of services and
// addresses, and is never handed over.
type Learned struct {
	Servers []LearnedServer `json:"servers"` // the one used last first
}

// A LearnedServer is what is known of one server.
type LearnedServer struct {
	Key      string   `json:"server"`
	Carriers []string `json:"carriers"` // services seen to record orders
}

// OpenLearned reads learned.json in dir, the folder of the data. The File is usable
// even where the error is not nil: see *NewerError and *DamagedError.
func OpenLearned(dir string) (*File[Learned], error) {
	return open(dir, schema[Learned]{name: "learned.json", defaults: func() Learned { return Learned{} }, settle: (*Learned).settle})
}

func (l *Learned) settle() {
	l.Servers = l.Servers[:min(len(l.Servers), maxServers)]
	for i := range l.Servers {
		s := &l.Servers[i]
		s.Carriers = s.Carriers[:min(len(s.Carriers), maxCarriers)]
	}
}

// Carriers returns the services of a server that record orders.
func (l *Learned) Carriers(key string) []string {
	for _, s := range l.Servers {
		if s.Key == key {
			return slices.Clone(s.Carriers)
		}
	}
	return nil
}

// Learn notes the services of a server that record orders, in place of those known
// before, and says whether that changed anything. A search that found none says
// nothing about it.
func (l *Learned) Learn(key string, carriers []string) bool {
	carriers = carriers[:min(len(carriers), maxCarriers)]
	if len(carriers) == 0 || slices.Equal(l.Carriers(key), carriers) {
		return false
	}
	l.Servers = slices.DeleteFunc(l.Servers, func(s LearnedServer) bool { return s.Key == key })
	l.Servers = slices.Insert(l.Servers, 0, LearnedServer{key, slices.Clone(carriers)})
	l.settle()
	return true
}
