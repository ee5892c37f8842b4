//go:build !unix

package blob

import (
	"errors"
	"syscall"
)

// syncDir does nothing where folders cannot be synced.
func syncDir(string) error { return nil }

func isFull(err error) bool { return errors.Is(err, syscall.Errno(112)) } // ERROR_DISK_FULL
