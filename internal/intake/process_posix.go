//go:build linux || darwin

package intake

import (
	"os/exec"
	"syscall"
	"time"
)

// alone puts a child into a process group of its own, so that what it started ends with it.
func alone(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}

// limitProcess sets what the system itself enforces, also on what a child starts. An address space cannot be limited: Go reserves more
// than it uses. A limit that cannot be set is no error, since the watch holds anyway.
func limitProcess(lim Limits) {
	seconds := uint64(lim.Time/time.Second) + 5
	set := func(what int, n uint64) { syscall.Setrlimit(what, &syscall.Rlimit{Cur: n, Max: n}) }
	set(syscall.RLIMIT_CPU, seconds*2) // several threads count together
	set(syscall.RLIMIT_CORE, 0)
	set(syscall.RLIMIT_FSIZE, 0)
}
