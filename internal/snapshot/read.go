package snapshot

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"

	"traceview/internal/format"
)

// Limits of reading. A view or notes are kilobytes; the manifest has a few
// hundred bytes a trace.
const (
	// MaxMember bounds a member other than the manifest and the traces, in bytes.
	MaxMember   = 16 << 20
	maxAll      = 64 << 20 // all of them together
	maxManifest = 32 << 20 // 150,000 traces
	maxMembers  = 256
	maxRatio    = 1000 // of a member, as far as deflate goes
	// anyRatio, in bytes, is what traces may come to however well they are
	// packed; above it, maxRatio holds for zstd and deflate together.
	anyRatio = 64 << 20
)

// Read reads a snapshot of size bytes. The error wraps one of this package's
// sentinels, format.ErrTooLarge, or that of r or ctx. Where the traces are
// damaged, or reading was ended with format.Options.Keep, the Snapshot holds
// those that could be read; with any other error there is none.
func Read(ctx context.Context, r io.ReaderAt, size int64, o format.Options) (*Snapshot, format.Info, error) {
	info := format.Info{Format: Format}
	z, err := zip.NewReader(r, size)
	if errors.Is(err, zip.ErrFormat) && !beginsAsZIP(r) {
		return nil, info, fmt.Errorf("read ZIP: %w", ErrNotSnapshot)
	}
	if err != nil {
		return nil, info, fmt.Errorf("read ZIP: %w: %w", ErrDamaged, err)
	}
	members, err := index(z)
	if err != nil {
		return nil, info, err
	}
	s := &Snapshot{Members: map[string][]byte{}}
	if err := s.readManifest(members); err != nil {
		return nil, info, err
	}
	if err := s.readMembers(members); err != nil {
		return nil, info, err
	}
	if o.MaxUnpacked == 0 {
		o.MaxUnpacked = format.DefaultMaxUnpacked
	}
	o.MaxUnpacked = min(o.MaxUnpacked, max(anyRatio, size*maxRatio))
	info, err = s.readTraces(ctx, members[tracesName], o)
	if err != nil && len(s.Traces) == 0 {
		return nil, info, err
	}
	return s, info, err
}

// beginsAsZIP tells a ZIP whose end is missing from what never was one.
func beginsAsZIP(r io.ReaderAt) bool {
	var head [4]byte
	n, _ := r.ReadAt(head[:], 0)
	return isZIP(head[:n])
}

// index checks the directory of the ZIP and returns its members by name.
func index(z *zip.Reader) (map[string]*zip.File, error) {
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("ZIP has %d members, more than %d: %w", len(z.File), maxMembers, ErrUnsafe)
	}
	members := map[string]*zip.File{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue // a folder, which some programs add
		}
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		if members[f.Name] != nil {
			return nil, fmt.Errorf("member %q is there twice: %w", f.Name, ErrUnsafe)
		}
		if f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return nil, fmt.Errorf("member %q is packed by more than %d: %w", f.Name, maxRatio, format.ErrTooLarge)
		}
		members[f.Name] = f
	}
	if members[manifestName] == nil {
		return nil, fmt.Errorf("ZIP without %s: %w", manifestName, ErrNotSnapshot)
	}
	if members[tracesName] == nil {
		return nil, fmt.Errorf("%s is missing: %w", tracesName, ErrDamaged)
	}
	return members, nil
}

// checkName refuses names that mean something to a file system. Nothing is ever
// stored under them here, but a snapshot is passed on.
func checkName(name string) error {
	if !fs.ValidPath(name) || len(name) > 255 || strings.ContainsAny(name, "\\:\x00\r\n") {
		return fmt.Errorf("member name %.80q: %w", name, ErrUnsafe)
	}
	return nil
}

func (s *Snapshot) readManifest(members map[string]*zip.File) error {
	data, err := readMember(members[manifestName], maxManifest)
	if err != nil {
		return err
	}
	var version struct{ Version int }
	if err := json.Unmarshal(data, &version); err != nil {
		return fmt.Errorf("%s: %w: %w", manifestName, ErrDamaged, err)
	}
	if version.Version > Version {
		return fmt.Errorf("layout version %d: %w", version.Version, ErrNewer)
	}
	if err := json.Unmarshal(data, &s.Manifest); err != nil {
		return fmt.Errorf("%s: %w: %w", manifestName, ErrDamaged, err)
	}
	if version.Version < 1 {
		return fmt.Errorf("%s without a version: %w", manifestName, ErrNotSnapshot)
	}
	for name := range s.Manifest.Files {
		if members[name] == nil {
			return fmt.Errorf("%.80q is missing: %w", name, ErrDamaged)
		}
	}
	return nil
}

// readMembers reads what is neither manifest nor traces.
func (s *Snapshot) readMembers(members map[string]*zip.File) error {
	total := 0
	for name, f := range members {
		if name == manifestName || name == tracesName {
			continue
		}
		data, err := readMember(f, min(MaxMember, int64(maxAll-total)))
		if err != nil {
			return err
		}
		total += len(data)
		sum := &summer{w: io.Discard, h: sha256.New()}
		_, _ = sum.Write(data) // neither part can fail
		if err := sum.check(name, s.Manifest.Files); err != nil {
			return err
		}
		if name == logsName {
			if s.Logs, err = unpackLogs(data); err != nil {
				return err
			}
			continue
		}
		s.Members[name] = data
	}
	return nil
}

// readMember reads a small member; what the directory says of its size is not
// relied on.
func readMember(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("member %q: %w: %w", f.Name, ErrDamaged, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("member %q has more than %d bytes: %w", f.Name, limit, format.ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("member %q: %w: %w", f.Name, ErrDamaged, err)
	}
	if strings.HasSuffix(f.Name, ".json") {
		err = checkDensity(f.Name, data)
	}
	return data, err
}

// readTraces decodes the traces as they are unpacked, checking the sum of what
// is stored on the way.
func (s *Snapshot) readTraces(ctx context.Context, f *zip.File, o format.Options) (format.Info, error) {
	r, err := f.Open()
	if err != nil {
		return format.Info{Format: Format}, fmt.Errorf("%s: %w: %w", tracesName, ErrDamaged, err)
	}
	defer r.Close()
	sum := &summer{w: io.Discard, h: sha256.New()}
	o.Size = int64(min(f.UncompressedSize64, 1<<62))
	tee := io.TeeReader(r, sum)
	traces, info, err := format.Decode(ctx, tee, o)
	inner := info.Format
	info.Format = Format
	if errors.Is(err, format.ErrUnknown) && len(s.Manifest.Traces) == 0 {
		err, inner = nil, format.OTLPProto // nothing in it, as stated
	}
	if errors.Is(err, format.ErrTooLarge) {
		return info, fmt.Errorf("%s: %w", tracesName, err)
	}
	if inner == format.OTLPProto {
		s.Traces = traces
	}
	if ctx.Err() != nil {
		return info, fmt.Errorf("%s: %w", tracesName, err)
	}
	if _, copyErr := io.Copy(io.Discard, tee); copyErr != nil {
		err = errors.Join(err, copyErr)
	}
	if err != nil {
		return info, fmt.Errorf("%s: %w: %w", tracesName, ErrDamaged, err)
	}
	if inner != format.OTLPProto {
		return info, fmt.Errorf("%s holds %s: %w", tracesName, inner, ErrDamaged)
	}
	return info, sum.check(tracesName, s.Manifest.Files)
}

// summer passes on what is written and sums it.
type summer struct {
	w io.Writer
	h hash.Hash
	n int64
}

func (s *summer) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.h.Write(p[:n])
	s.n += int64(n)
	return n, err
}

// check compares with the sum in the manifest. A member without one was added
// by a person, and is taken as it is; the traces must have one.
func (s *summer) check(name string, sums map[string]Sum) error {
	want, ok := sums[name]
	if !ok && name != tracesName {
		return nil
	}
	if s.n != want.Size || hex.EncodeToString(s.h.Sum(nil)) != want.SHA256 {
		return fmt.Errorf("%.80q does not match its sum in the manifest: %w", name, ErrDamaged)
	}
	return nil
}
