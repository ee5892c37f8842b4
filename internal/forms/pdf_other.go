//go:build !unix

package forms

import "os/exec"

func ownGroup(*exec.Cmd) {}

// endGroup kills the process; Chromium's helpers end when it does.
func endGroup(c *exec.Cmd) { _ = c.Process.Kill() }
