// Package blob keeps archived copies of sources by their SHA-256.
package blob

import (
	"context"
	"io"
)

// Store holds files by the SHA-256 of their content, in lower-case hexadecimal. All methods may be called from many goroutines, and many
// processes may use one store. A hash that is none is an Invalid fault.
type Store interface {
	// Put stores what r holds and returns its hash and length in bytes. When it returns nil, the file is on disk; where it fails, is cut
	// off or dies, nothing is. The same content is stored once. An error of r comes back as it is.
	Put(ctx context.Context, r io.Reader) (sha256 string, n int64, err error)
	// Open returns the file and its length. Absence is a NotFound fault. The caller closes it.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, int64, error)
	// Has reports whether the file is here.
	Has(ctx context.Context, sha256 string) (bool, error)
	// Delete removes the file, for good when it returns nil. Absence is a NotFound fault.
	Delete(ctx context.Context, sha256 string) error
	// List calls f for each file with its length, by hash. Files that come or go meanwhile may be among them or not. A cut-off list is an
	// error, and an error of f ends it and comes back as it is.
	List(ctx context.Context, f func(sha256 string, size int64) error) error
}
