package client

import (
	"io"
	"net"
	"syscall"
	"testing"
)

// TestProbesFindDeadConnections reads back what the system was told: a machine
// that vanishes cannot be had on loopback.
func TestProbesFindDeadConnections(t *testing.T) {
	c := dial(t, plain(listen(t, func(nc net.Conn) { io.Copy(io.Discard, nc) })))
	nc, err := c.reach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name                string
		level, option, want int
	}{
		{"on", syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{"after s", syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15},
		{"every s", syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 5},
		{"times", syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 4},
	} {
		var got int
		if err := raw.Control(func(fd uintptr) { got, err = syscall.GetsockoptInt(int(fd), tt.level, tt.option) }); err != nil || got != tt.want {
			t.Errorf("%s: got %d, %v; want %d", tt.name, got, err, tt.want)
		}
	}
}
