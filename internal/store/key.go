package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"lukechampine.com/adiantum"
)

// keyName is what the key is called in the keyring. All libraries of a user
// share it: a folder may be moved, and a key is never overwritten by another.
const keyName = "library"

// pageSize is that of SQLite and of what is encrypted at a time, in bytes.
const pageSize = 4096

// key encrypts the library.
type key [32]byte

var errKeyUnlikeKey = errors.New("what the keyring holds is no key of a library")

// findKey returns the key of the keyring, and whether there is one. The error
// wraps ErrNoKeyring.
func findKey(ctx context.Context, keys Keyring) (k key, found bool, err error) {
	if keys == nil {
		return k, false, ErrNoKeyring
	}
	text, found, err := keys.Get(ctx, keyName)
	if err != nil {
		return k, false, fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	if !found {
		return k, false, nil
	}
	if n, err := hex.Decode(k[:], []byte(text)); err != nil || n != len(k) || len(text) != 2*len(k) {
		return k, false, fmt.Errorf("%w: %w", ErrNoKeyring, errKeyUnlikeKey) // not wrapped: err may quote it
	}
	return k, true, nil
}

// makeKey puts a new key into the keyring and reads it back, since some accept
// what they do not keep.
func makeKey(ctx context.Context, keys Keyring) (k key, err error) {
	rand.Read(k[:])
	if err := keys.Set(ctx, keyName, hex.EncodeToString(k[:])); err != nil {
		return k, fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	if kept, found, err := findKey(ctx, keys); err != nil || !found || kept != k {
		return k, errors.Join(fmt.Errorf("%w: it does not keep what it is given", ErrNoKeyring), err)
	}
	return k, nil
}

// A pageReader reads a library as SQLite wrote it, decrypted. With first, that
// is its first page.
type pageReader struct {
	file  io.ReaderAt
	size  int64
	key   key
	first []byte
}

// ReadAt implements io.ReaderAt.
func (r *pageReader) ReadAt(p []byte, off int64) (n int, err error) {
	cipher := adiantum.New(r.key[:])
	var block [pageSize]byte
	for n < len(p) {
		at := (off + int64(n)) / pageSize * pageSize
		if at == 0 && r.first != nil {
			copy(block[:], r.first)
		} else {
			if m, err := r.file.ReadAt(block[:], at); m < pageSize {
				if err == nil || errors.Is(err, io.EOF) {
					err = io.EOF
				}
				return n, err
			}
			var tweak [8]byte
			for i := range tweak {
				tweak[i] = byte(at >> (8 * i))
			}
			cipher.Decrypt(block[:], tweak[:])
		}
		n += copy(p[n:], block[off+int64(n)-at:])
	}
	return n, nil
}

// Size returns the bytes of whole pages.
func (r *pageReader) Size() (int64, error) { return r.size / pageSize * pageSize, nil }

// fits says whether the key decrypts any of up to 64 pages of the file, spread
// over all of it, into one of a B-tree.
func (k key) fits(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false
	}
	pages := info.Size() / pageSize
	r := pageReader{file: f, size: info.Size(), key: k}
	var page [pageSize]byte
	for i, n := int64(0), min(pages, 64); i < n; i++ {
		if _, err := r.ReadAt(page[:], pages*i/n*pageSize); err == nil && (plausible(page[:]) || plausible(page[100:])) {
			return true
		}
	}
	return false
}

// plausible says whether page begins with the header of a B-tree page, as in
// section 1.6 of the SQLite file format. Of random bytes one page in four
// million does.
func plausible(page []byte) bool {
	switch page[0] {
	case 2, 5, 10, 13:
	default:
		return false
	}
	free, cells, content := int(page[1])<<8|int(page[2]), int(page[3])<<8|int(page[4]), int(page[5])<<8|int(page[6])
	return free < pageSize && cells < pageSize/4 && content > 0 && content <= pageSize && page[7] <= 60
}
