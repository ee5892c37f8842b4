// Package s3 keeps archived copies of sources in a bucket of an S3 service.
package s3

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"

	"stocktake"
	"stocktake/internal/bucket"
	"stocktake/internal/store/blob"
)

// Store is a blob.Store in a bucket: the file with the hash aabbcc… is aa/bbcc…, as in a folder. The bucket has to be private, since copies are in
// it that may not be shown. What is read is hashed on the way: a damaged file gives an Internal fault in place of its end.
type Store struct{ b *bucket.Bucket }

var _ blob.Store = (*Store)(nil)

// Open returns the store at an address, see bucket.Open. Nothing is asked of the service before it is used.
func Open(address string) (*Store, error) {
	b, err := bucket.Open(address)
	if err != nil {
		return nil, err
	}
	return &Store{b}, nil
}

func (s *Store) String() string { return s.b.String() }

// place returns the name of a file.
func place(h string) (string, error) {
	if b, err := hex.DecodeString(h); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != h {
		return "", stocktake.Invalidf("%q is not a SHA-256: 64 lower-case hexadecimal digits", h)
	}
	return h[:2] + "/" + h[2:], nil
}

// atOnce is up to how many bytes a file is held in memory until its hash is known; a larger one waits in a temporary file.
const atOnce = 4 << 20

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	from, sum := &source{ctx: ctx, r: r}, sha256.New()
	var head bytes.Buffer
	n, err := io.Copy(io.MultiWriter(&head, sum), io.LimitReader(from, atOnce))
	if err != nil {
		return "", 0, cmp.Or(from.err, err)
	}
	var body io.ReadSeeker = bytes.NewReader(head.Bytes())
	if n == atOnce {
		f, err := os.CreateTemp("", "stocktake-file-*") // readable for its owner only
		if err != nil {
			return "", 0, err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		if _, err := f.Write(head.Bytes()); err != nil {
			return "", 0, err
		}
		more, err := io.Copy(io.MultiWriter(f, sum), from)
		if err != nil {
			return "", 0, cmp.Or(from.err, err)
		}
		n += more
		body = f
	}
	h := hex.EncodeToString(sum.Sum(nil))
	name, err := place(h)
	if err != nil {
		return "", 0, err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	err = s.b.Put(ctx, name, body, n, bucket.Kind{Type: "application/octet-stream", Once: true})
	if errors.Is(err, bucket.ErrTaken) {
		whole, rerr := s.intact(ctx, h, n)
		if rerr != nil {
			return "", 0, rerr
		}
		if err = nil; !whole { // a damaged one is replaced
			if _, err := body.Seek(0, io.SeekStart); err != nil {
				return "", 0, err
			}
			err = s.b.Put(ctx, name, body, n, bucket.Kind{Type: "application/octet-stream"})
		}
	}
	if err != nil {
		return "", 0, err
	}
	return h, n, nil
}

// intact reports whether the file is there with its content.
func (s *Store) intact(ctx context.Context, h string, n int64) (bool, error) {
	f, size, err := s.Open(ctx, h)
	if err != nil {
		if stocktake.KindOf(err) == stocktake.NotFound {
			err = nil
		}
		return false, err
	}
	defer f.Close()
	if size != n {
		return false, nil
	}
	_, err = io.Copy(io.Discard, f)
	var d *damaged
	if errors.As(err, &d) {
		return false, nil
	}
	return err == nil, err
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, h string) (io.ReadCloser, int64, error) {
	name, err := place(h)
	if err != nil {
		return nil, 0, err
	}
	f, n, err := s.b.Open(ctx, name)
	if err != nil {
		return nil, 0, absent(h, err)
	}
	return &verified{f, h, sha256.New()}, n, nil
}

// verified is a file that is hashed while it is read.
type verified struct {
	io.ReadCloser
	hash string
	sum  hash.Hash
}

// damaged marks the fault of a file that is not what its name says.
type damaged struct{ *stocktake.Fault }

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(v.sum.Sum(nil)) != v.hash {
		f := &stocktake.Fault{Kind: stocktake.Internal, What: "the archived file " + v.hash + " is damaged", Hint: "put it in again from its source, or from a backup or a mirror"}
		return n, &damaged{f}
	}
	return n, err
}

func (d *damaged) Unwrap() error { return d.Fault }

// Has implements blob.Store.
func (s *Store) Has(ctx context.Context, h string) (bool, error) {
	name, err := place(h)
	if err != nil {
		return false, err
	}
	_, err = s.b.Size(ctx, name)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, h string) error {
	name, err := place(h)
	if err != nil {
		return err
	}
	if _, err := s.b.Size(ctx, name); err != nil {
		return absent(h, err)
	}
	return s.b.Remove(ctx, name)
}

func absent(h string, err error) error {
	if stocktake.KindOf(err) == stocktake.NotFound {
		return stocktake.NotFoundf("there is no archived file %s here", h)
	}
	return err
}

// List implements blob.Store.
func (s *Store) List(ctx context.Context, f func(string, int64) error) error {
	return s.b.List(ctx, "", func(name string, size int64) error {
		if len(name) < 3 || name[2] != '/' {
			return nil
		}
		h := name[:2] + name[3:]
		if _, err := place(h); err != nil {
			return nil // not ours
		}
		return f(h, size)
	})
}

// source reads until ctx is done, and keeps the error, so that it is told apart from one of the disk.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (n int, err error) {
	if err = s.ctx.Err(); err == nil {
		n, err = s.r.Read(p)
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
