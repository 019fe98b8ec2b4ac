package secret

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// A Keyring keeps short secrets by name, as System and Memory do.
type Keyring interface {
	Get(ctx context.Context, name string) (value string, found bool, err error)
	Set(ctx context.Context, name, value string) error
	Delete(ctx context.Context, name string) error
}

// maxValue bounds what is kept in one entry, in bytes. Windows takes 2,560; on
// macOS a command of 4,096 holds the value in base64 with its names.
const maxValue = 2000

// maxParts bounds what a damaged entry makes Parts read: 2 MB, far more than a
// secret has.
const maxParts = 1000

// Parts keeps secrets of any length in a keyring that takes short ones: a long
// one lies in several entries, and the entry of its name says which. A secret is
// replaced as a whole: what breaks off midway leaves the one before.
type Parts struct{ Keyring Keyring }

// head marks an entry that says where the parts are.
const head = "traceview-parts:"

// layout is what the entry of a name says of the parts: in which of two sets
// they are, how many, and the sum of the whole.
type layout struct {
	set   byte // 'a' or 'b'
	count int
	sum   string
}

func (l layout) String() string { return fmt.Sprintf("%s%c:%d:%s", head, l.set, l.count, l.sum) }

func parseLayout(value string) (l layout, ok bool) {
	rest, ok := strings.CutPrefix(value, head)
	fields := strings.Split(rest, ":")
	if !ok || len(fields) != 3 || fields[0] != "a" && fields[0] != "b" {
		return l, false
	}
	n, err := strconv.Atoi(fields[1])
	return layout{fields[0][0], n, fields[2]}, err == nil && n > 0 && n <= maxParts
}

func partName(name string, set byte, i int) string { return fmt.Sprintf("%s#%c%d", name, set, i+1) }

func sumOf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

// Get returns the secret of a name, and whether there is one. One of which parts
// are missing counts as none.
func (p Parts) Get(ctx context.Context, name string) (string, bool, error) {
	value, found, err := p.Keyring.Get(ctx, name)
	l, split := parseLayout(value)
	if err != nil || !found || !split {
		return value, found, err
	}
	var whole strings.Builder
	for i := range l.count {
		part, found, err := p.Keyring.Get(ctx, partName(name, l.set, i))
		if err != nil || !found {
			return "", false, err
		}
		whole.WriteString(part)
	}
	if sumOf(whole.String()) != l.sum {
		return "", false, nil
	}
	return whole.String(), true, nil
}

// Set keeps a secret under a name, in place of the one before.
func (p Parts) Set(ctx context.Context, name, value string) error {
	before, _, err := p.Keyring.Get(ctx, name)
	if err != nil {
		return err
	}
	was, split := parseLayout(before)
	now := layout{'a', (len(value) + maxValue - 1) / maxValue, sumOf(value)}
	if split && was.set == 'a' {
		now.set = 'b'
	}
	entry := value
	// A short value that looks like a layout is kept in parts as well.
	if len(value) > maxValue || strings.HasPrefix(value, head) {
		if now.count > maxParts {
			return fmt.Errorf("keep secret %q: %d bytes are too many", name, len(value))
		}
		for i := range now.count {
			part := value[i*maxValue : min((i+1)*maxValue, len(value))]
			if err := p.Keyring.Set(ctx, partName(name, now.set, i), part); err != nil {
				return err
			}
		}
		entry = now.String()
	}
	if err := p.Keyring.Set(ctx, name, entry); err != nil {
		return err
	}
	if !split {
		return nil
	}
	return p.clear(ctx, name, was.set, was.count)
}

// Delete removes the secret of a name with all its parts; it is no error if
// there is none.
func (p Parts) Delete(ctx context.Context, name string) error {
	value, _, err := p.Keyring.Get(ctx, name)
	if err != nil {
		return err
	}
	l, _ := parseLayout(value)
	for _, set := range []byte{'a', 'b'} { // one may be left of a Set that broke off
		known := 0
		if l.set == set {
			known = l.count
		}
		if err := p.clear(ctx, name, set, known); err != nil {
			return err
		}
	}
	return p.Keyring.Delete(ctx, name)
}

// clear removes the parts of a set: as many as are known, and what follows.
func (p Parts) clear(ctx context.Context, name string, set byte, known int) error {
	for i := 0; ; i++ {
		part := partName(name, set, i)
		if i >= known {
			if _, found, err := p.Keyring.Get(ctx, part); err != nil || !found {
				return err
			}
		}
		if err := p.Keyring.Delete(ctx, part); err != nil {
			return err
		}
	}
}
