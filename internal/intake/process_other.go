//go:build !linux && !darwin

package intake

import "os/exec"

// alone leaves a child as it is: it is killed by itself, and what it started ends when their pipe does.
func alone(*exec.Cmd) {}

// limitProcess sets nothing: here the watch alone holds the limits.
func limitProcess(Limits) {}
