// Package mirror makes a folder follow a published record: fetched, verified, and kept as a record that can be served, asked and published
// again by anybody.
package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
)

// Progress is told how far the work has come.
type Progress func(done, total int64, what string)

// A Mirror follows one record.
type Mirror struct {
	Ledger   *ledger.Ledger
	Source   verify.Source
	Of       string         // the address to be named as the origin
	Policy   *tree.Policy   // nil: the key that was seen first
	Seen     *verify.Memory // what this mirror saw; evidence of forks is kept there
	Progress Progress
}

// Took is what one round brought.
type Took struct {
	Origin  string
	Size    int64 // of the log now
	Entries int64 // that were new
	Files   int   // archived copies that were new
	Removed int   // texts and files that went, here too
}

// Round fetches what is new, checks it, and takes it in: all of it, or nothing.
func (m *Mirror) Round(ctx context.Context) (Took, error) {
	signed, err := m.Source.Read(ctx, "checkpoint")
	if err != nil {
		return Took{}, err
	}
	text, _, _ := strings.Cut(string(signed), "\n\n")
	says, err := tree.ParseHead(text + "\n") // not believed yet
	if err != nil {
		return Took{}, err
	}
	origin := says.Origin
	policy, err := m.policy(ctx, origin, says.Size)
	if err != nil {
		return Took{}, err
	}
	head, _, err := policy.Open(signed)
	if err != nil {
		return Took{}, m.evidence(origin, signed, err)
	}
	have, err := m.Ledger.Store().LogSize(ctx)
	if err != nil {
		return Took{}, err
	}
	took := Took{Origin: head.Origin, Size: head.Size, Entries: max(head.Size-have, 0)}
	removed := m.Ledger.Record().Removals()
	if c, ok, err := m.Ledger.Store().Checkpoint(ctx, head.Origin); err != nil {
		return took, err
	} else if !ok || head.Size != have || !bytes.Equal(c.Note, signed) {
		_, err := m.Ledger.TakeLog(ctx, m.Of, signed, policy, func(emit func(ledger.Copied) error) error { return m.entries(ctx, have, head.Size, head.Size, emit) })
		if err != nil {
			if stocktake.KindOf(err) == stocktake.Conflict {
				err = m.evidence(origin, signed, err)
			}
			return took, err
		}
	}
	if took.Removed = m.Ledger.Record().Removals() - removed; took.Removed > 0 {
		if err := m.Ledger.Sweep(ctx); err != nil {
			return took, err
		}
	}
	if err := m.Seen.Keep(head.Origin, policy.LogKey, signed); err != nil {
		return took, err
	}
	if err := m.heads(ctx); err != nil {
		return took, err
	}
	took.Files, err = m.files(ctx)
	return took, err
}

// policy is the one that was given, or believes the key that was seen first. A log that goes on under another key says so in its last entry, and
// never goes back to an earlier one.
func (m *Mirror) policy(ctx context.Context, origin string, size int64) (*tree.Policy, error) {
	if m.Policy != nil {
		return m.Policy, nil
	}
	was, key, err := m.Ledger.LogName(ctx)
	if err != nil {
		return nil, err
	}
	if of, err := m.Ledger.MirrorOf(ctx); err != nil || of == "" {
		if err != nil {
			return nil, err
		}
		was, key = "", "" // a record of its own, which is told of when it comes to that
	}
	if was != "" && was != origin {
		return m.turned(ctx, was, key, origin, size)
	}
	seen, err := m.Seen.Last(origin)
	switch {
	case err != nil:
		return nil, err
	case seen != nil:
		key = seen.Key
	case was == "":
		b, err := m.Source.Read(ctx, "key")
		if err != nil {
			return nil, fmt.Errorf("the site does not say what its key is; name it by --policy: %w", err)
		}
		key = string(b)
	}
	return tree.PolicyOf(key)
}

// turned takes in the end of the log under its old name, which the old key signed, and finds there under which key it goes on; so over each turn
// up to the present name.
func (m *Mirror) turned(ctx context.Context, was, key, origin string, size int64) (*tree.Policy, error) {
	first := was
	contradicts := func(why string) error {
		err := &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the log was %s, and calls itself %s now, %s", first, origin, why), Hint: "nothing was taken in; ask whoever runs the site"}
		signed, rerr := m.Source.Read(ctx, "checkpoint")
		if rerr != nil {
			return err
		}
		return m.evidence(first, signed, err)
	}
	for turns := 0; was != origin; turns++ {
		old, err := tree.PolicyOf(key)
		if err != nil {
			return nil, err
		}
		signed, err := m.Source.Read(ctx, "heads/"+ledger.HeadName(was))
		if errors.Is(err, fs.ErrNotExist) || turns == 1000 {
			return nil, contradicts("without a last head under the name " + was)
		}
		if err != nil {
			return nil, err
		}
		head, _, err := old.Open(signed)
		if err != nil {
			return nil, contradicts(fmt.Sprintf("and the last head under the name %s is not one of that log: %v", was, err))
		}
		have, err := m.Ledger.Store().LogSize(ctx)
		if err != nil {
			return nil, err
		}
		if have < head.Size {
			_, err := m.Ledger.TakeLog(ctx, m.Of, signed, old, func(emit func(ledger.Copied) error) error { return m.entries(ctx, have, head.Size, size, emit) })
			if err != nil {
				return nil, err
			}
		}
		list, err := m.Ledger.Turns(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(list, func(t ledger.Turn) bool { return t.From == was && t.Index == head.Size-1 })
		if i < 0 {
			return nil, contradicts("and its last entry under the name " + was + " does not say so")
		}
		if err := m.Seen.End(was, key, signed, list[i].Origin); err != nil {
			return nil, err
		}
		was, key = list[i].Origin, list[i].VKey
	}
	return tree.PolicyOf(key)
}

// heads fetches last heads under earlier names that are not here, as the origin has them. Who remembers the key of one follows the log by it.
func (m *Mirror) heads(ctx context.Context) error {
	list, err := m.Ledger.Turns(ctx)
	if err != nil {
		return err
	}
	for i, t := range list {
		if t.From == "" {
			continue // it began under a later name, and the log does not tell the first
		}
		name := ledger.HeadName(t.From)
		if _, err := m.Ledger.LastHead(ctx, name); stocktake.KindOf(err) != stocktake.NotFound {
			if err != nil {
				return err
			}
			continue
		}
		signed, err := m.Source.Read(ctx, "heads/"+name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if i > 0 { // the key of the first name is not on the log
			p, err := tree.PolicyOf(list[i-1].VKey)
			if err != nil {
				return err
			}
			if _, _, err := p.Open(signed); err != nil {
				return fmt.Errorf("heads/%s: %w", name, err)
			}
		}
		if err := m.Ledger.TakeHead(ctx, t, signed); err != nil {
			return err
		}
	}
	return nil
}

// entries emits the leaves from one index up to another, with what lies behind them, of a log that has size leaves by now: plain files hold
// only the widest bundle of each.
func (m *Mirror) entries(ctx context.Context, from, to, size int64, emit func(ledger.Copied) error) error {
	for n := from / tree.Width; n*tree.Width < to; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		t := tree.Tile(-1, n, int(min(tree.Width, size-n*tree.Width)))
		name := tree.TilePath(t)
		rest := strings.TrimPrefix(name, "tile/entries/")
		b, err := m.Source.Read(ctx, name)
		if err != nil {
			return err
		}
		leaves, err := tree.Leaves(b, t.W)
		if err != nil {
			return err
		}
		filings, err := m.lines(ctx, "filings/"+rest, t.W)
		if err != nil {
			return err
		}
		sheets, err := m.lines(ctx, "sheets/"+rest, t.W)
		if err != nil {
			return err
		}
		for i, leaf := range leaves {
			if at := n*tree.Width + int64(i); at < from || at >= to {
				continue
			}
			c := ledger.Copied{Leaf: leaf, Bytes: filings[i]}
			if err := json.Unmarshal(sheets[i], &c.Sheets); err != nil {
				return fmt.Errorf("sheets/%s, line %d: %w", rest, i+1, err)
			}
			if err := emit(c); err != nil {
				return err
			}
		}
		if m.Progress != nil {
			m.Progress(min((n+1)*tree.Width, to)-from, to-from, "entries")
		}
	}
	return nil
}

func (m *Mirror) lines(ctx context.Context, name string, want int) ([][]byte, error) {
	b, err := m.Source.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	list := bytes.Split(b, []byte("\n"))
	if len(list) != want+1 {
		return nil, stocktake.Invalidf("%s has %d lines, not %d", name, len(list)-1, want)
	}
	return list[:want], nil
}

// files fetches archived copies that are public and not here yet. One that is not given out is no failure.
func (m *Mirror) files(ctx context.Context) (n int, err error) {
	rec := m.Ledger.Record()
	for _, s := range rec.Sources(rec.Head()) {
		if s.Copy == nil || s.Copy.State != "public" || s.Copy.SHA256 == "" || rec.TakenDownBy(s.Copy.SHA256) > 0 {
			continue
		}
		has, err := m.Ledger.Blobs().Has(ctx, s.Copy.SHA256)
		if err != nil {
			return n, err
		}
		if has {
			continue
		}
		b, err := m.Source.Read(ctx, "file/"+s.Copy.SHA256)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return n, err
		}
		if got := ledger.Hash(b); got != s.Copy.SHA256 {
			return n, stocktake.Invalidf("the copy of source %s has the SHA-256 %s, not %s", s.ID, got, s.Copy.SHA256).Hinted("it was changed or damaged; it was not kept")
		}
		if _, _, err := m.Ledger.Blobs().Put(ctx, bytes.NewReader(b)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// evidence keeps a signed head that contradicts what is here, and adds where it lies to the error.
func (m *Mirror) evidence(origin string, signed []byte, err error) error {
	if kerr := m.Seen.Evidence(origin, signed); kerr != nil {
		return errors.Join(err, kerr)
	}
	return fmt.Errorf("%w; both signed heads are kept in %s", err, m.Seen.Dir)
}

// Follow goes round every interval until ctx ends. told gets what was new. silent is called when the origin cannot be reached for longer than
// patience, and again each time as long passes; a history that contradicts what is here ends it.
func (m *Mirror) Follow(ctx context.Context, interval, patience time.Duration, told func(Took), silent func(since time.Time, err error)) error {
	last := time.Now()
	warned := last
	for {
		took, err := m.Round(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			last, warned = time.Now(), time.Now()
			told(took)
		case stocktake.KindOf(err) == stocktake.Conflict || stocktake.KindOf(err) == stocktake.Invalid || stocktake.KindOf(err) == stocktake.Forbidden:
			return err
		case time.Since(warned) >= patience:
			warned = time.Now()
			silent(last, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(interval):
		}
	}
}
