package elastic

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"traceview/internal/format/jsonpull"
	"traceview/internal/logs"
)

// errNoSearch says that JSON is no answer to a search.
var errNoSearch = errors.New("the answer is no search result of Elasticsearch")

// A page is what one answer to a search held. Lines go to the fetch as they arrive, so
// that those before a fault are not lost.
type page struct {
	f     *fetch
	blind bool // documents were not asked for

	hits        int
	after       json.RawMessage // of the last hit
	pit         string
	total       int64
	totalSaid   bool
	atLeast     bool
	failed      int // shards
	shards      int
	timedOut    bool
	reason      string
	contextLost bool // the server has forgotten the point in time
}

// read reads the answer to a search.
func (p *page) read(r io.Reader) error {
	in := jsonpull.New(r)
	found := false
	if in.Enter(jsonpull.Object) {
		for key, ok := in.Field(); ok; key, ok = in.Field() {
			switch string(key) {
			case "pit_id":
				p.pit = string(in.Text())
			case "timed_out":
				p.timedOut = string(in.Text()) == "true"
			case "_shards":
				p.readShards(in)
			case "hits":
				found = true
				p.readHits(in)
			default:
				in.Skip()
			}
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	if !found {
		return errNoSearch
	}
	return nil
}

// eachField calls read with each key of an object.
func eachField(in *jsonpull.Parser, read func(key string)) {
	if !in.Enter(jsonpull.Object) {
		return
	}
	for key, ok := in.Field(); ok; key, ok = in.Field() {
		read(string(key))
	}
}

func number(text []byte) int64 {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// readShards reads how many parts of the indices answered, and why others did not.
func (p *page) readShards(in *jsonpull.Parser) {
	eachField(in, func(key string) {
		switch key {
		case "total":
			p.shards = int(number(in.Text()))
		case "failed":
			p.failed = int(number(in.Text()))
		case "failures":
			if !in.Enter(jsonpull.Array) {
				return
			}
			for in.Elem() {
				p.readFailure(in)
			}
		default:
			in.Skip()
		}
	})
}

func (p *page) readFailure(in *jsonpull.Parser) {
	eachField(in, func(key string) {
		if key != "reason" || p.reason != "" {
			in.Skip()
			return
		}
		var kind, reason string
		eachField(in, func(key string) {
			switch key {
			case "type":
				kind = string(in.Text())
			case "reason":
				reason = string(in.Text())
			default:
				in.Skip()
			}
		})
		p.reason = kind + ": " + reason
	})
}

func (p *page) readHits(in *jsonpull.Parser) {
	eachField(in, func(key string) {
		switch key {
		case "total":
			p.readTotal(in)
		case "hits":
			if !in.Enter(jsonpull.Array) {
				return
			}
			for in.Elem() {
				p.readHit(in)
			}
		default:
			in.Skip()
		}
	})
}

// readTotal reads how many match: an object, or a number before version 7.
func (p *page) readTotal(in *jsonpull.Parser) {
	if in.Next() == jsonpull.Number {
		p.total, p.totalSaid = number(in.Text()), true
		return
	}
	eachField(in, func(key string) {
		switch key {
		case "value":
			p.total, p.totalSaid = number(in.Text()), true
		case "relation":
			p.atLeast = string(in.Text()) == "gte"
		default:
			in.Skip()
		}
	})
}

// readHit reads one document and adds its line.
func (p *page) readHit(in *jsonpull.Parser) {
	var index, id string
	var sorted []byte
	var doc *document
	eachField(in, func(key string) {
		switch key {
		case "_index":
			index = string(in.Text())
		case "_id":
			id = string(in.Text())
		case "sort":
			sorted = slices.Clone(in.Raw())
		case "_source":
			doc = readDocument(in)
		default:
			in.Skip()
		}
	})
	if in.Err() != nil {
		return // cut off: it is asked for again
	}
	p.hits++
	if sorted != nil {
		p.after = sorted
	}
	p.add(doc, index+"/"+id, sorted)
}

// add makes a line of a document and hands it to the fetch, unless it has it.
func (p *page) add(doc *document, uid string, sorted []byte) {
	f := p.f
	if f.knows(uid) {
		return
	}
	if doc == nil || p.blind {
		f.broken++
		return
	}
	line, ok := doc.line(&f.c.roles, f.q.Trace, sorted)
	if !ok {
		f.broken++
		return
	}
	line.UID = uid
	line.Bound()
	f.lines = append(f.lines, line)
	f.bytes += line.Bytes()
	f.newer = line.Time
}

// sortTime returns the instant that a hit was sorted by, as the server gives it.
func sortTime(sorted []byte) (ns int64, ok bool) {
	in := jsonpull.NewBytes(sorted)
	if len(sorted) == 0 || !in.Enter(jsonpull.Array) || !in.Elem() {
		return 0, false
	}
	return instant(string(in.Text()))
}

// levelOf reads a level from its name and its number, either of which may be missing.
func levelOf(name, num string) logs.Level {
	level := logs.LevelOf(name)
	if n, err := strconv.Atoi(num); err == nil && level.Severity == logs.Unknown {
		level.Severity = logs.SeverityOf(n)
	}
	return level
}
