package verify

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/bucket"
)

// A Source is where a published log is read from: paths such as "checkpoint" and "tile/0/000", beneath the log. What is not there is
// fs.ErrNotExist.
type Source interface {
	Read(ctx context.Context, path string) ([]byte, error)
	Name() string // for messages
	Close() error
}

// largest is how many bytes one file of a log may have.
const largest = 256 << 20

// Open opens a target: an address, a bucket (s3://BUCKET/PREFIX, see bucket.Open), a folder or a zip file. Each may hold the log itself, or a site with a folder log.
func Open(ctx context.Context, target string) (Source, error) {
	if strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://") {
		u, err := url.Parse(target)
		if err != nil {
			return nil, stocktake.Invalidf("%q is no address: %v", target, err)
		}
		w := &web{base: u, client: &http.Client{Timeout: 5 * time.Minute}}
		return w, findLog(ctx, w, &w.prefix)
	}
	if strings.HasPrefix(target, bucket.Scheme) {
		b, err := bucket.Open(target)
		if err != nil {
			return nil, err
		}
		s := &stored{b: b}
		return s, findLog(ctx, s, &s.prefix)
	}
	st, err := os.Stat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, stocktake.NotFoundf("there is no %s", target).Hinted("name the address of a site, a folder that `stocktake log` wrote, a zip file of it, or a file .tlog-proof")
	}
	if err != nil {
		return nil, err
	}
	f := &files{name: target}
	if st.IsDir() {
		f.fs = os.DirFS(target)
	} else {
		z, err := zip.OpenReader(target)
		if err != nil {
			return nil, stocktake.Invalidf("%s is neither a folder nor a zip file nor a proof: %v", target, err)
		}
		f.fs, f.closer = z, z
		if list, err := fs.ReadDir(z, "."); err == nil && len(list) == 1 && list[0].IsDir() && list[0].Name() != "log" { // a zip of one folder
			if f.fs, err = fs.Sub(z, list[0].Name()); err != nil {
				return nil, err
			}
		}
	}
	if err := findLog(ctx, f, &f.prefix); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// findLog finds out whether the log lies at the target itself or in its folder log.
func findLog(ctx context.Context, s Source, prefix *string) error {
	var first error
	for _, p := range []string{"log/", ""} {
		*prefix = p
		_, err := s.Read(ctx, "checkpoint")
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		first = err
	}
	return stocktake.NotFoundf("%s holds no log: neither log/checkpoint nor checkpoint is there (%v)", s.Name(), first)
}

type files struct {
	fs     fs.FS
	closer io.Closer
	name   string
	prefix string
}

func (f *files) Name() string { return f.name }

func (f *files) Close() error {
	if f.closer != nil {
		return f.closer.Close()
	}
	return nil
}

func (f *files) Read(_ context.Context, p string) ([]byte, error) {
	in, err := f.fs.Open(path.Clean(f.prefix + p))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return all(in, p)
}

func all(r io.Reader, p string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err == nil && len(b) > largest {
		err = stocktake.Invalidf("%s is larger than %d MiB", p, largest>>20)
	}
	return b, err
}

type web struct {
	base   *url.URL
	prefix string
	client *http.Client
}

func (w *web) Name() string { return w.base.String() }
func (w *web) Close() error { w.client.CloseIdleConnections(); return nil }

func (w *web) Read(ctx context.Context, p string) ([]byte, error) {
	u := *w.base
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + w.prefix + p
	u.RawQuery, u.Fragment = "", ""
	for try := 0; ; try++ {
		b, again, err := w.get(ctx, u.String(), p)
		if err == nil || !again || try == 3 {
			return b, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second << try):
		}
	}
}

// get fetches one file; again reports whether it may be there later.
func (w *web) get(ctx context.Context, address, p string) (b []byte, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, false, err
	}
	r, err := w.client.Do(req)
	if err != nil {
		return nil, ctx.Err() == nil, fmt.Errorf("fetch %s: %w", p, err)
	}
	defer r.Body.Close()
	switch {
	case r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusGone:
		return nil, false, &fs.PathError{Op: "fetch", Path: p, Err: fs.ErrNotExist}
	case r.StatusCode != http.StatusOK:
		return nil, r.StatusCode >= 500 || r.StatusCode == http.StatusTooManyRequests, fmt.Errorf("fetch %s: the server answers %s", p, r.Status)
	}
	b, err = all(r.Body, p)
	return b, err != nil && ctx.Err() == nil, err
}
