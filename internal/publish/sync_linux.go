package publish

import (
	"os"

	"golang.org/x/sys/unix"
)

const canSyncAll = true

// syncAll makes durable whatever was written to the file system of a folder.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
