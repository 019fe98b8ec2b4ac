//go:build unix

package crash

import "syscall"

// stepBack has a process run only when nothing else wants to. A watcher takes
// 70 ms of a core to start, just when the window opens what it was asked for.
func stepBack(pid int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, 19) }
