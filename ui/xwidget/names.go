package xwidget

// namesKept bounds what Names remember.
const namesKept = 1 << 15

// Names are what the window calls services and operations. The zero pointer calls
// them by their own names. They are used by the UI goroutine; what was asked once
// costs a look in a map.
type Names struct {
	system  func(service string) string
	step    func(service, operation string) string
	systems map[string]string
	steps   map[[2]string]string
}

// NewNames returns names as system and step tell them: a service always, an operation
// where that is known, else "".
func NewNames(system func(service string) string, step func(service, operation string) string) *Names {
	return &Names{system, step, map[string]string{}, map[[2]string]string{}}
}

// System returns what a service is called.
func (n *Names) System(service string) string {
	if n == nil || service == "" {
		return service
	}
	name, ok := n.systems[service]
	if !ok {
		if len(n.systems) >= namesKept {
			clear(n.systems)
		}
		name = n.system(service)
		n.systems[service] = name
	}
	return name
}

// Step returns what an operation of a service is called, its own name where nothing
// better is known.
func (n *Names) Step(service, operation string) string {
	if n == nil || operation == "" {
		return operation
	}
	key := [2]string{service, operation}
	name, ok := n.steps[key]
	if !ok {
		if len(n.steps) >= namesKept {
			clear(n.steps)
		}
		if name = n.step(service, operation); name == "" {
			name = operation
		}
		n.steps[key] = name
	}
	return name
}
