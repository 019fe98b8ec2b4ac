package instance

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// maxMessage bounds a message: twice what Linux lets a program be started with.
const maxMessage = 4 << 20

const (
	greeting = "traceview 1\n" // with the version of the messages
	taken    = "taken\n"
	// readWithin is how long whoever connects has to say what it wants; it is on
	// this machine and knew before.
	readWithin = 2 * time.Second
)

// errMessage says that a message is none.
var errMessage = errors.New("not a message of this program")

// encode writes arguments: a greeting, their length in bytes, and the arguments,
// each ended by a zero byte, which no argument has.
func encode(args []string) ([]byte, error) {
	n := 0
	for _, a := range args {
		if strings.IndexByte(a, 0) >= 0 {
			return nil, fmt.Errorf("argument %.30q: %w", a, errMessage)
		}
		n += len(a) + 1
	}
	if n > maxMessage {
		return nil, fmt.Errorf("%d arguments of %d bytes: %w", len(args), n, ErrTooMuch)
	}
	b := make([]byte, 0, len(greeting)+4+n)
	b = append(b, greeting...)
	b = binary.BigEndian.AppendUint32(b, uint32(n))
	for _, a := range args {
		b = append(append(b, a...), 0)
	}
	return b, nil
}

// decode reads a message, whoever wrote it. It takes no more memory than what
// was sent.
func decode(r io.Reader) ([]string, error) {
	var head [len(greeting) + 4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", errMessage, err)
	}
	n := int64(binary.BigEndian.Uint32(head[len(greeting):]))
	if string(head[:len(greeting)]) != greeting || n > maxMessage {
		return nil, errMessage
	}
	data, err := io.ReadAll(io.LimitReader(r, n))
	if err != nil || int64(len(data)) < n {
		return nil, fmt.Errorf("%w: it ends too early", errMessage)
	}
	if n == 0 {
		return nil, nil
	}
	if data[n-1] != 0 {
		return nil, errMessage
	}
	return strings.Split(string(data[:n-1]), "\x00"), nil
}

// send hands a message over and waits until it was taken.
func send(ctx context.Context, socket string, message []byte) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := conn.Write(message); err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, int64(len(taken))))
	if err == nil && string(answer) != taken {
		err = errMessage
	}
	return err
}

// answer takes a message over and says so.
func (i *Instance) answer(conn *net.UnixConn, take func(context.Context, []string) error) {
	ctx, cancel := context.WithTimeout(i.ctx, DefaultPatience)
	defer cancel()
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(readWithin)) != nil {
		return
	}
	args, err := decode(conn)
	if err != nil || conn.SetDeadline(time.Now().Add(DefaultPatience)) != nil {
		return
	}
	go func() { // until conn is closed; the other end says no more, so it gave up if this ends before
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	if take(ctx, args) == nil {
		_, _ = io.WriteString(conn, taken) // it is taken, also if nobody waits any more
	}
}
