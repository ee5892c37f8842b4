// Runtessera keeps a log with tessera's POSIX driver and does what it is told on its standard input, one command a line, so that another
// program can compare itself with it.
//
//	runtessera FOLDER KEYFILE BATCH
//
//	add FILE        adds the leaves of a bundle (c2sp.org/tlog-tiles), BATCH at a time, and waits for each batch until it is on disk and
//	                in the tree; answers how many nanoseconds that took by the clock, and how many of processor time
//	head            waits until every leaf stands under a signed head, and answers its size and its root in base64
//	proof I         answers the inclusion proof of leaf I towards the newest signed head, hashes in base64
//	prove I J …     makes a proof for each, with the leaf; answers nanoseconds by the clock and of processor time
//
// It ends when its standard input does. A head is signed every two seconds.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const every = 2 * time.Second

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: runtessera FOLDER KEYFILE BATCH")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "runtessera:", err)
		os.Exit(1)
	}
}

type peer struct {
	*tessera.Appender
	tessera.LogReader
	batch int
}

func run(ctx context.Context, dir, key, batch string) (err error) {
	p := &peer{}
	if p.batch, err = strconv.Atoi(batch); err != nil || p.batch < 1 {
		return fmt.Errorf("BATCH is a number above 0, not %q", batch)
	}
	secret, err := os.ReadFile(key)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return err
	}
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return err
	}
	var shutdown func(context.Context) error
	p.Appender, shutdown, p.LogReader, err = tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).WithBatching(uint(p.batch), 100*time.Millisecond).WithCheckpointInterval(every))
	if err != nil {
		return err
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		answer, err := p.do(ctx, strings.Fields(in.Text()))
		if err != nil {
			return fmt.Errorf("%.40s: %w", in.Text(), err)
		}
		fmt.Println(answer)
	}
	return errors.Join(in.Err(), shutdown(ctx))
}

func (p *peer) do(ctx context.Context, words []string) (string, error) {
	if len(words) == 0 {
		return "", errors.New("no command")
	}
	switch args := words[1:]; {
	case words[0] == "add" && len(args) == 1:
		bundle, err := os.ReadFile(args[0])
		if err != nil {
			return "", err
		}
		return timed(func() error { return p.add(ctx, bundle) })
	case words[0] == "head":
		return p.head(ctx)
	case words[0] == "proof" && len(args) == 1:
		i, err := strconv.ParseUint(args[0], 10, 64)
		if err != nil {
			return "", err
		}
		path, _, err := p.prove(ctx, i)
		var list []string
		for _, h := range path {
			list = append(list, base64.StdEncoding.EncodeToString(h))
		}
		return strings.Join(list, " "), err
	case words[0] == "prove":
		return timed(func() error {
			for _, a := range args {
				i, err := strconv.ParseUint(a, 10, 64)
				if err != nil {
					return err
				}
				if _, _, err := p.prove(ctx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return "", errors.New("unknown command")
}

func (p *peer) add(ctx context.Context, bundle []byte) error {
	var waiting []tessera.IndexFuture
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return errors.New("the bundle is cut off")
		}
		n := 2 + int(binary.BigEndian.Uint16(bundle))
		waiting = append(waiting, p.Add(ctx, tessera.NewEntry(bytes.Clone(bundle[2:n]))))
		bundle = bundle[n:]
		if len(waiting) < p.batch && len(bundle) > 0 {
			continue
		}
		for _, f := range waiting {
			if _, err := f(); err != nil {
				return err
			}
		}
		waiting = waiting[:0]
	}
	return nil
}

// signed reads the newest head that was signed.
func (p *peer) signed(ctx context.Context) (size uint64, root string, err error) {
	text, err := p.ReadCheckpoint(ctx)
	if err != nil {
		return 0, "", err
	}
	lines := strings.SplitN(string(text), "\n", 4)
	if len(lines) < 4 {
		return 0, "", fmt.Errorf("a head of %d lines", len(lines))
	}
	size, err = strconv.ParseUint(lines[1], 10, 64)
	return size, lines[2], err
}

func (p *peer) head(ctx context.Context) (string, error) {
	want, err := p.IntegratedSize(ctx)
	if err != nil {
		return "", err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		size, root, err := p.signed(ctx)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		if err == nil && size == want {
			return fmt.Sprint(size, " ", root), nil
		}
	}
	return "", fmt.Errorf("no head of %d leaves was signed within a minute", want)
}

// prove makes the proof that leaf i stands under the newest signed head, and reads the leaf.
func (p *peer) prove(ctx context.Context, i uint64) (path [][]byte, leaf []byte, err error) {
	size, _, err := p.signed(ctx)
	if err != nil {
		return nil, nil, err
	}
	b, err := client.NewProofBuilder(ctx, size, p.ReadTile)
	if err != nil {
		return nil, nil, err
	}
	if path, err = b.InclusionProof(ctx, i); err != nil {
		return nil, nil, err
	}
	bundle, err := client.GetEntryBundle(ctx, p.ReadEntryBundle, i/256, size)
	if err != nil {
		return nil, nil, err
	}
	return path, bundle.Entries[i%256], nil
}

// timed answers how long f took, in nanoseconds by the clock and of processor time.
func timed(f func() error) (string, error) {
	was, before := time.Now(), used()
	err := f()
	return fmt.Sprint(time.Since(was).Nanoseconds(), " ", used()-before), err
}

func used() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
