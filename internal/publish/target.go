package publish

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"stocktake"
	"stocktake/internal/bucket"
)

// A Target is where published files go: a folder, or a bucket of an S3 service. Names are slash paths beneath it, such as "tile/0/000",
// without empty parts, "." or "..". All methods may be called from many goroutines; one process at a time writes to a target.
type Target interface {
	// Put writes a file whole or not at all, in the place of what is there. One that readers may meet is never half-written, also when the
	// process is killed. It is durable after Sync. Where k.Once is set and something else is there already, it is a Conflict fault.
	Put(ctx context.Context, name string, body []byte, k Kind) error
	// Get returns a file. Absence is a NotFound fault.
	Get(ctx context.Context, name string) ([]byte, error)
	// Remove takes a file away; what is not there is no error.
	Remove(ctx context.Context, name string) error
	// List calls each for the files beneath the folder prefix ("" for all of them), in no certain order, with their length in bytes. An error
	// of each ends it and comes back as it is.
	List(ctx context.Context, prefix string, each func(name string, size int64) error) error
	// Sync makes durable what was put and removed. A power cut before it may leave files empty or cut off: whoever writes many of them calls
	// it, and then puts the file that says which ones count (the signed head, the manifest) as the last, with Kind.Last.
	Sync(ctx context.Context) error
	// String names the target for people. It holds no credentials.
	String() string
	Close() error
}

// Kind says how a file is served, where the target can tell its readers, and how it is written.
type Kind struct {
	Type     string // media type; "" is that of octets
	Cache    string // Cache-Control; "" says nothing
	Encoding string // Content-Encoding of the bytes as they are: "" or "gzip"
	Once     bool   // what is written under this name never changes: it is not written over
	Last     bool   // the content is durable before readers see it
}

// OpenTarget opens a folder, which is made with the first file, or a bucket by an address s3://BUCKET/PREFIX?endpoint=URL&region=NAME, of
// which nothing is asked before it is used. What it is opened with stands in the environment, see package bucket.
func OpenTarget(ctx context.Context, address string) (Target, error) {
	if strings.HasPrefix(address, bucket.Scheme) {
		s, err := OpenS3(address)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if strings.Contains(address, "://") {
		return nil, stocktake.Invalidf("files are written to a folder or to an address s3://BUCKET/PREFIX, and to no other kind of address")
	}
	return OpenDir(address), nil
}

// Beneath is a folder of a target, as a target. To close it closes the target.
func Beneath(t Target, folder string) Target { return &beneath{t, folder} }

type beneath struct {
	Target
	folder string
}

func (b *beneath) Put(ctx context.Context, name string, body []byte, k Kind) error {
	if err := checkName(name); err != nil {
		return err
	}
	return b.Target.Put(ctx, b.folder+"/"+name, body, k)
}

func (b *beneath) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	return b.Target.Get(ctx, b.folder+"/"+name)
}

func (b *beneath) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return b.Target.Remove(ctx, b.folder+"/"+name)
}

func (b *beneath) List(ctx context.Context, prefix string, each func(string, int64) error) error {
	return b.Target.List(ctx, path.Join(b.folder, prefix), func(name string, size int64) error {
		return each(strings.TrimPrefix(name, b.folder+"/"), size)
	})
}

func (b *beneath) String() string { return strings.TrimSuffix(b.Target.String(), "/") + "/" + b.folder }

// Update puts a file where the target does not hold the same, and reports whether it did.
func Update(ctx context.Context, t Target, name string, body []byte, k Kind) (bool, error) {
	old, err := t.Get(ctx, name)
	if err == nil && bytes.Equal(old, body) {
		return false, nil
	}
	if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
		return false, err
	}
	k.Once = false // somebody damaged it
	return true, t.Put(ctx, name, body, k)
}

// checkName refuses what is no name of a published file.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.HasPrefix(path.Base(name), fresh) || strings.ContainsAny(name, "\\\x00") {
		return stocktake.Invalidf("%q is no name of a published file", name)
	}
	return nil
}
