package publish

import (
	"bytes"
	"context"
	"errors"

	"stocktake"
	"stocktake/internal/bucket"
)

// S3 is a Target in a bucket. The service puts a file whole or not at all, and durably, before it says so. A file that never changes is put on
// the condition that there is none, where the service knows conditions; the same content is no error.
type S3 struct{ b *bucket.Bucket }

// OpenS3 opens the target at an address s3://BUCKET/PREFIX, see bucket.Open. Nothing is asked of the service before it is used.
func OpenS3(address string) (*S3, error) {
	b, err := bucket.Open(address)
	if err != nil {
		return nil, err
	}
	return &S3{b}, nil
}

func (s *S3) String() string { return s.b.String() }

// Close implements Target.
func (s *S3) Close() error { return s.b.Close() }

// Sync implements Target: there is nothing to do.
func (s *S3) Sync(ctx context.Context) error { return ctx.Err() }

// Put implements Target.
func (s *S3) Put(ctx context.Context, name string, body []byte, k Kind) error {
	if err := checkName(name); err != nil {
		return err
	}
	if k.Type == "" {
		k.Type = "application/octet-stream"
	}
	err := s.b.Put(ctx, name, bytes.NewReader(body), int64(len(body)), bucket.Kind{Type: k.Type, Cache: k.Cache, Encoding: k.Encoding, Once: k.Once})
	if !errors.Is(err, bucket.ErrTaken) {
		return err
	}
	old, err := s.Get(ctx, name) // an earlier try, whose answer was lost, or somebody else
	if err == nil && !bytes.Equal(old, body) {
		err = taken(s.String(), name)
	}
	return err
}

// largest is how many bytes a published file may have: as many as `verify` reads.
const largest = 256 << 20

// Get implements Target.
func (s *S3) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	b, err := s.b.Get(ctx, name, largest)
	if stocktake.KindOf(err) == stocktake.NotFound {
		err = stocktake.NotFoundf("%s holds no %s", s, name)
	}
	return b, err
}

// Remove implements Target.
func (s *S3) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return s.b.Remove(ctx, name)
}

// List implements Target, in order of names.
func (s *S3) List(ctx context.Context, prefix string, each func(string, int64) error) error {
	return s.b.List(ctx, prefix, each)
}
