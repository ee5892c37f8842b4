package verify

import (
	"context"
	"io/fs"

	"stocktake"
	"stocktake/internal/bucket"
)

// stored is a log in a bucket, read through the interface of its service. Whoever has no credentials reads its public address instead.
type stored struct {
	b      *bucket.Bucket
	prefix string
}

func (s *stored) Name() string { return s.b.String() }
func (s *stored) Close() error { return s.b.Close() }

func (s *stored) Read(ctx context.Context, p string) ([]byte, error) {
	b, err := s.b.Get(ctx, s.prefix+p, largest)
	if stocktake.KindOf(err) == stocktake.NotFound {
		err = &fs.PathError{Op: "fetch", Path: p, Err: fs.ErrNotExist}
	}
	return b, err
}
