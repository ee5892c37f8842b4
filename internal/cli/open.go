package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/builtin"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/tree"
)

const databaseFile = "record.db"

// metaBuiltin is the setting that names the built-in record that a folder holds; "none" where it was made without.
const metaBuiltin = "builtin"

// opened is a record, open.
type opened struct {
	*ledger.Ledger
	dir string
	key *tree.Key // of the log; nil where this folder does not hold it
	of  string    // the site that this record mirrors; empty where it is nobody's mirror
	env *env
}

// Close signs what was filed, where the key of the log is here, and closes the record.
func (o *opened) Close() error {
	err := o.signLog(o.env)
	return errors.Join(err, o.Ledger.Close())
}

// openStore opens the database that the flags name, making the folder where needed.
func (e *env) openStore(ctx context.Context) (store.Store, string, error) {
	dir := e.flags.Data
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, dir, fmt.Errorf("make the folder of the record: %w", err)
	}
	if u := e.flags.Database; u != "" {
		if !strings.HasPrefix(u, "postgres://") && !strings.HasPrefix(u, "postgresql://") {
			return nil, dir, misusef("--database takes a postgres:// address; without it, the record lies in an SQLite file in %s", dir)
		}
		st, err := postgres.Open(ctx, u, store.Options{Program: Version})
		return st, dir, err
	}
	st, err := sqlite.Open(ctx, filepath.Join(dir, databaseFile), store.Options{Program: Version})
	return st, dir, err
}

// open opens the record, and makes it with the built-in one where the folder holds nothing. A newer built-in record adds what is new.
func (e *env) open() (*opened, error) { return e.openWith(true) }

func (e *env) openWith(fill bool) (*opened, error) {
	o, err := e.openBare()
	if err != nil {
		return nil, err
	}
	if o.of, err = o.MirrorOf(e.ctx); err == nil && o.of == "" { // a mirror gets nothing of its own
		if fill {
			err = e.fill(o)
		}
		if err == nil {
			err = e.prepareLog(o)
		}
	}
	if err != nil {
		o.Ledger.Close()
		return nil, err
	}
	return o, nil
}

// openBare opens the record as it is.
func (e *env) openBare() (*opened, error) {
	st, dir, err := e.openStore(e.ctx)
	if err != nil {
		return nil, err
	}
	blobs, err := e.openFiles(e.ctx, st, dir)
	if err != nil {
		st.Close()
		return nil, err
	}
	l, err := ledger.Open(e.ctx, st, blobs, ledger.Options{Now: e.now, Progress: e.progress()})
	if err != nil {
		st.Close()
		return nil, err
	}
	return &opened{Ledger: l, dir: dir, env: e}, nil
}

// fill loads the built-in record into an empty folder, and what is new in it into one that holds an older one.
func (e *env) fill(o *opened) error {
	have, err := o.Store().Meta(e.ctx, metaBuiltin)
	if err != nil {
		return err
	}
	if have == "none" || have == builtin.ID() {
		return nil
	}
	empty := o.Record().Head() == 0
	if empty {
		e.say("Making a record in %s with the built-in facts. This is done once.", o.dir)
	} else if have == "" {
		e.say("The record in %s was not finished. Adding what is missing.", o.dir)
	} else {
		e.say("This version carries a newer built-in record. Adding what is new.")
	}
	r, err := o.LoadExport(e.ctx, builtin.Open(), e.progress())
	if err != nil {
		var f *stocktake.Fault
		if !empty && errors.As(err, &f) && f.Kind == stocktake.Forbidden {
			return nil // read-only folder: answer from what is there
		}
		return err
	}
	e.say("%d filings added, %d were here already.", r.Filed, r.Same)
	return o.Store().Write(e.ctx, func(w store.Writer) error { return w.SetMeta(e.ctx, metaBuiltin, builtin.ID()) })
}

// exists reports whether the folder holds a record.
func (e *env) exists() bool {
	if e.flags.Database != "" {
		return true
	}
	_, err := os.Stat(filepath.Join(e.flags.Data, databaseFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// at reads --on, --known, --head and --head-at.
func (e *env) at(o *opened) (stocktake.At, error) {
	return parseAt(o, e.now().UTC(), e.flags.On, e.flags.Known, e.flags.Head, e.flags.HeadAt)
}

func parseAt(o *opened, now time.Time, on, known string, head *int64, headAt string) (stocktake.At, error) {
	at := stocktake.At{On: today(now), Known: stocktake.EndOfDay(today(now)), Head: o.Record().Head()}
	if on != "" {
		d, err := stocktake.ParseDate(on)
		if err != nil {
			return at, misusef("--on %v", err)
		}
		lo, hi := d.Bounds()
		if lo != hi {
			return at, misusef("--on %s: name one day, such as 2018-12-19", on)
		}
		at.On = lo
	}
	if known != "" {
		t, err := parseMoment(known)
		if err != nil {
			return at, misusef("--known %v", err)
		}
		at.Known = t
	}
	if head != nil {
		if *head < 1 || *head > at.Head {
			return at, misusef("--head %d: this record holds %d filings; the first head is 1", *head, at.Head)
		}
		at.Head = *head
	}
	if headAt != "" {
		t, err := parseMoment(headAt)
		if err != nil {
			return at, misusef("--head-at %v", err)
		}
		at.Head = o.Record().HeadAt(t)
	}
	return at, nil
}

func today(now time.Time) stocktake.Day {
	y, m, d := now.Date()
	return stocktake.DayOf(y, int(m), d)
}

// parseMoment reads a day, meaning its end in UTC, or a moment.
func parseMoment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), nil
	}
	d, err := stocktake.ParseDate(s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%v; write a day (2018-12-19) or a moment (2018-12-19T12:00:00Z)", err)
	}
	t, ok := d.End()
	if !ok {
		return time.Time{}, fmt.Errorf("%s has no end; write a day or a moment", s)
	}
	return t, nil
}

func (e *env) say(format string, args ...any) {
	if !e.flags.Quiet {
		fmt.Fprintf(e.err, format+"\n", args...)
	}
}

// progress draws a bar on standard error.
func (e *env) progress() ledger.Progress {
	if e.flags.Quiet {
		return nil
	}
	b := &bar{w: e.err}
	return b.at
}
