package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"stocktake"
)

// input is one file that an importer reads. name is how rejects and faults call it: relative to the folder that was given.
type input struct {
	path, name, sum string
	size            int64
}

// inspect hashes one file of a folder. Where base is not there, base+".gz" is taken, and the other way round.
func inspect(dir, base string) (input, error) {
	other := base + ".gz"
	if s, ok := strings.CutSuffix(base, ".gz"); ok {
		other = s
	}
	for _, name := range []string{base, other} {
		in := input{path: filepath.Join(dir, filepath.FromSlash(name)), name: name}
		f, err := os.Open(in.path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			continue
		}
		if err != nil {
			return input{}, unreadable(name, err)
		}
		h := sha256.New()
		in.size, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return input{}, unreadable(name, err)
		}
		if in.size == 0 {
			return input{}, stocktake.Invalidf("the file is empty").At(name).Hinted("fetch it again")
		}
		in.sum = hex.EncodeToString(h.Sum(nil))
		return in, nil
	}
	switch st, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return input{}, stocktake.NotFoundf("there is no such folder").At(dir).Hinted("give the folder that holds %s", base)
	case err == nil && !st.IsDir():
		return input{}, stocktake.NotFoundf("this is a file, and not the folder that holds %s", base).At(dir).Hinted("give the folder; a table of your own needs a mapping, and its file is given then")
	}
	return input{}, stocktake.NotFoundf("there is no file %s in the folder", base).At(dir).Hinted("give the folder that holds it")
}

// inspectFile hashes one file that a person named by its path.
func inspectFile(path string) (input, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return input{}, stocktake.Invalidf("this is a folder, and one file is read").At(path).Hinted("give the table or page itself")
	}
	in, err := inspect(filepath.Dir(path), filepath.Base(path))
	if stocktake.KindOf(err) == stocktake.NotFound {
		return input{}, stocktake.NotFoundf("there is no such file").At(path).Hinted("check how its name is written, and in which folder it lies")
	}
	return in, err
}

func exists(dir, base string) bool {
	for _, name := range []string{base, strings.TrimSuffix(base, ".gz")} {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			return true
		}
	}
	return false
}

func unreadable(name string, err error) *stocktake.Fault {
	f := stocktake.Invalidf("the file cannot be read").At(name).Hinted("check that it is there and that you may read it")
	f.Err = err
	return f
}

// open returns the file's bytes, unpacked where it is a gzip file (by its first bytes, not its name), and a function that closes it.
func (in input) open(ctx context.Context, p *pace) (*bufio.Reader, func(), error) {
	f, err := os.Open(in.path)
	if err != nil {
		return nil, nil, unreadable(in.name, err)
	}
	raw := bufio.NewReaderSize(&counted{r: f, ctx: ctx, p: p, name: in.name}, 1<<16)
	head, _ := raw.Peek(2)
	if !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return raw, func() { f.Close() }, nil
	}
	z, err := gzip.NewReader(raw)
	if err != nil {
		f.Close()
		return nil, nil, in.broken(err, 0)
	}
	return bufio.NewReaderSize(z, 1<<16), func() { f.Close() }, nil
}

// readAll returns the whole of a small file, unpacked; a file of more than limit bytes is a fault.
func (in input) readAll(ctx context.Context, limit int64) ([]byte, error) {
	r, done, err := in.open(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer done()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, in.broken(err, 0)
	}
	if int64(len(b)) > limit {
		return nil, stocktake.Invalidf("the file is larger than %d MiB", limit>>20).At(in.name).Hinted("it is not what this importer reads; check the file")
	}
	return b, nil
}

// broken turns an error of reading into what a person can act on. The end of a context stays what it is.
func (in input) broken(err error, line int) error {
	var f *stocktake.Fault
	if errors.As(err, &f) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	where := in.name
	if line > 0 {
		where = fmt.Sprintf("%s line %d", in.name, line)
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		f = stocktake.Invalidf("the file is cut off: its compressed data end too early").At(where).Hinted("fetch it again and compare its SHA-256")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		f = stocktake.Invalidf("the compressed data are damaged").At(where).Hinted("fetch it again and compare its SHA-256")
	default:
		if strings.HasPrefix(err.Error(), "flate:") {
			f = stocktake.Invalidf("the compressed data are damaged").At(where).Hinted("fetch it again and compare its SHA-256")
		} else {
			f = unreadable(where, err)
		}
	}
	f.Err = err
	return f
}

// pace calls Options.Progress, at most 20 times a second. The clock it reads goes into no filing.
type pace struct {
	call        func(done, total int64, what string)
	done, total int64
	last        time.Time
}

func newPace(opt Options, files ...input) *pace {
	if opt.Progress == nil {
		return nil
	}
	p := &pace{call: opt.Progress}
	for _, in := range files {
		p.total += in.size
	}
	return p
}

func (p *pace) add(n int, what string) {
	if p == nil {
		return
	}
	p.done += int64(n)
	if now := time.Now(); now.Sub(p.last) >= 50*time.Millisecond {
		p.last = now
		p.call(p.done, p.total, what)
	}
}

// counted passes reads on, tells the pace of them, and ends when ctx does.
type counted struct {
	r    io.Reader
	ctx  context.Context
	p    *pace
	name string
}

func (c *counted) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(b)
	c.p.add(n, c.name)
	return n, err
}
