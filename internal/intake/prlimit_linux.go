package intake

import "golang.org/x/sys/unix"

// limitOther bounds the address space of another process that we started.
func limitOther(pid int, bytes int64) {
	n := uint64(bytes)
	unix.Prlimit(pid, unix.RLIMIT_AS, &unix.Rlimit{Cur: n, Max: n}, nil)
}
