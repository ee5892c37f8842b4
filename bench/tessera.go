package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
)

// auditors builds tessera's fsck, and the program that keeps a log of tessera, and returns their folder.
func (b *bench) auditors() (string, error) {
	dir := filepath.Join(b.dir, "auditors")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	c := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "./runtessera", "github.com/transparency-dev/tessera/cmd/fsck")
	c.Dir = "tools/auditors"
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build tessera: %w: %s", err, out)
	}
	return dir, nil
}

// tesseraVersion is the version of tessera that tools/auditors names.
func tesseraVersion() string {
	text, _ := os.ReadFile("tools/auditors/go.mod")
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "github.com/transparency-dev/tessera" {
			return "tessera " + f[1]
		}
	}
	return "tessera"
}

// tessera is a log of tessera's POSIX driver, in a process of its own.
type tessera struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startTessera opens the log in a folder; leaves are added batch at a time.
func (b *bench) startTessera(dir, key string, batch int) (*tessera, error) {
	bin, err := b.auditors()
	if err != nil {
		return nil, err
	}
	t := &tessera{cmd: exec.Command(filepath.Join(bin, "runtessera"), dir, key, strconv.Itoa(batch))}
	t.cmd.Stderr = io.Discard
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	t.out = bufio.NewReader(out)
	return t, t.cmd.Start()
}

func (t *tessera) stop() error {
	return errors.Join(t.in.Close(), t.cmd.Wait())
}

func (t *tessera) ask(format string, args ...any) (string, error) {
	if _, err := fmt.Fprintf(t.in, format+"\n", args...); err != nil {
		return "", err
	}
	line, err := t.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("tessera: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// took asks for something that is measured, and returns the time by the clock and of the processor.
func (t *tessera) took(format string, args ...any) (clock, cpu time.Duration, err error) {
	line, err := t.ask(format, args...)
	if err == nil {
		_, err = fmt.Sscan(line, (*int64)(&clock), (*int64)(&cpu))
	}
	return clock, cpu, err
}

// head is that of the newest signed head, once it is about every leaf.
func (t *tessera) head() (h tree.Head, err error) {
	line, err := t.ask("head")
	if err != nil {
		return h, err
	}
	var root string
	if _, err := fmt.Sscan(line, &h.Size, &root); err != nil {
		return h, err
	}
	h.Root, err = tlog.ParseHash(root)
	return h, err
}

func (t *tessera) proof(index int64) (tlog.RecordProof, error) {
	line, err := t.ask("proof %d", index)
	if err != nil {
		return nil, err
	}
	var p tlog.RecordProof
	for _, w := range strings.Fields(line) {
		h, err := base64.StdEncoding.DecodeString(w)
		if err != nil || len(h) != tlog.HashSize {
			return nil, fmt.Errorf("tessera: the hash %q of a proof", w)
		}
		p = append(p, tlog.Hash(h))
	}
	return p, nil
}

// fsck has tessera's fsck check a published log of size leaves. It ends with 0 whatever it finds, and may hang: what counts is its line of
// success, within a time.
func (b *bench) fsck(log, key string, size int64) (cost, error) {
	bin, err := b.auditors()
	if err != nil {
		return cost{}, err
	}
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Minute)
	defer cancel()
	out, x, err := measured(exec.CommandContext(ctx, filepath.Join(bin, "fsck"), "--storage_url", "file://"+log, "--public_key", key, "-N", "4", "--ui=false", "--logtostderr"))
	if err == nil && (!strings.Contains(out, fmt.Sprintf("Successfully fsck'd log with size %d", size)) || strings.Contains(out, "fsck failed")) {
		err = fmt.Errorf("fsck does not find what it must: %s", out)
	}
	return x, err
}
