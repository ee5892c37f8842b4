//go:build unix

package forms

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the process the head of a group, so that all that it starts can be ended together.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup kills the group of a process that was started.
func endGroup(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) } // an error says that nothing is left of it
