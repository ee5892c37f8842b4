package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/tree"
)

const (
	appends = 150  // durable ones, in each of three rounds
	proofs  = 1000 // in each of three rounds
)

// logs compares the log with tessera's, at two sizes ten apart.
func (b *bench) logs() error {
	for _, n := range []int{b.entries / 10, b.entries} {
		if err := b.logOf(n); err != nil {
			return fmt.Errorf("%d entries: %w", n, err)
		}
	}
	return nil
}

// logged is a record with a log of filings that each tell of one act, beside a database that holds the same rows and nothing else.
type logged struct {
	*ledger.Ledger
	key  *tree.Key
	bare store.Store
	next int // number of the next filing
}

func actFiling(n int) stocktake.Filing {
	r := mathrand.New(mathrand.NewPCG(seed, uint64(n)))
	p, in := r.IntN(parties), r.IntN(500)
	day := stocktake.DayOf(1950, 1, 1) + stocktake.Day(r.IntN(25_000))
	return stocktake.Filing{Key: fmt.Sprintf("bench/act/%d", n), Title: fmt.Sprintf("An act of %s towards %s", partyID(p), instrumentID(in)),
		Note: "Made for the comparison, with a note about as long as people write who enter one act by hand from a page that they read.",
		Acts: []stocktake.Act{{ID: stocktake.ActID(fmt.Sprintf("act-%d", n)), Party: partyID(p), Instrument: instrumentID(in), Kind: kindsUsed[r.IntN(len(kindsUsed))], Done: stocktake.DateOf(day), Source: "bench-1"}}}
}

// fill files the frame and n-1 acts in one transaction, and copies the rows.
func (x *logged) fill(ctx context.Context, n int) error {
	_, err := x.FileFrom(ctx, ledger.FileOptions{}, func(emit func(stocktake.Filing) error) error {
		if err := emit(frameOf(500)); err != nil {
			return err
		}
		for x.next = 2; x.next <= n; x.next++ {
			if err := emit(actFiling(x.next)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := x.SignLog(ctx, x.key); err != nil {
		return err
	}
	return x.copyRows(ctx, func(rows []store.Row) error {
		return x.bare.Write(ctx, func(w store.Writer) error { return w.Append(ctx, rows) })
	})
}

// copyRows hands out the rows that the bare database does not have yet.
func (x *logged) copyRows(ctx context.Context, put func([]store.Row) error) error {
	h, err := x.bare.Head(ctx)
	if err != nil {
		return err
	}
	var rows []store.Row
	err = x.Store().Filings(ctx, h.Number, 0, func(r store.Row) error {
		r.Bytes = slices.Clone(r.Bytes)
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		return err
	}
	return put(rows)
}

// appended is how long one durable append takes by the clock: the row alone, a filing with its leaf, and a filing with a signed head of its own.
type appended struct{ row, leaf, head time.Duration }

// round takes turns between the three, so that whatever else the disk does meets all of them alike.
func (x *logged) round(ctx context.Context) (d appended, err error) {
	timed := func(d *time.Duration, f func() error) error {
		was := time.Now()
		err := f()
		*d += time.Since(was)
		return err
	}
	row := func() error {
		return x.copyRows(ctx, func(rows []store.Row) error {
			return timed(&d.row, func() error { return x.bare.Write(ctx, func(w store.Writer) error { return w.Append(ctx, rows) }) })
		})
	}
	for range appends {
		one, two := actFiling(x.next), actFiling(x.next+1)
		x.next += 2
		err := timed(&d.leaf, func() error {
			_, err := x.File(ctx, ledger.FileOptions{}, one)
			return err
		})
		if err == nil {
			err = row()
		}
		if err == nil {
			err = timed(&d.head, func() error {
				if _, err := x.File(ctx, ledger.FileOptions{}, two); err != nil {
					return err
				}
				_, err := x.SignLog(ctx, x.key)
				return err
			})
		}
		if err == nil {
			err = row()
		}
		if err != nil {
			return d, err
		}
	}
	return appended{d.row / (2 * appends), d.leaf / appends, d.head / appends}, nil
}

// leaves writes the leaves from one index on into a file, as a bundle.
func (x *logged) leaves(ctx context.Context, path string, from int64) error {
	size, err := x.Store().LogSize(ctx)
	if err != nil {
		return err
	}
	var bundle []byte
	err = x.Store().Leaves(ctx, from, size, func(_ int64, leaf []byte) error {
		bundle = tree.AppendLeaf(bundle, leaf)
		return nil
	})
	if err != nil {
		return err
	}
	return os.WriteFile(path, bundle, 0o600)
}

func (x *logged) close() error { return errors.Join(x.Close(), x.bare.Close()) }

// newLogged opens a record in a folder, on stores that open gives.
func (b *bench) newLogged(dir string, key *tree.Key, n int, open func(name string) (store.Store, error)) (*logged, error) {
	x := &logged{key: key}
	st, err := open("record")
	if err != nil {
		return nil, err
	}
	files, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	if x.Ledger, err = ledger.Open(b.ctx, st, files, ledger.Options{}); err != nil {
		return nil, err
	}
	if x.bare, err = open("bare"); err != nil {
		return nil, err
	}
	return x, x.fill(b.ctx, n)
}

func (b *bench) logOf(n int) error {
	dir, err := b.freshDir("log")
	if err != nil {
		return err
	}
	secret, vkey, err := note.GenerateKey(rand.Reader, "bench.invalid/log")
	if err != nil {
		return err
	}
	key, err := tree.ParseKey(secret)
	if err != nil {
		return err
	}
	keys := filepath.Join(dir, "keys")
	if err := errors.Join(os.Mkdir(keys, 0o700), os.WriteFile(filepath.Join(keys, "log.key"), []byte(secret+"\n"), 0o600), os.WriteFile(filepath.Join(dir, "vkey"), []byte(vkey), 0o600)); err != nil {
		return err
	}
	x, err := b.newLogged(dir, key, n, func(name string) (store.Store, error) {
		return sqlite.Open(b.ctx, filepath.Join(dir, name+".db"), store.Options{})
	})
	if err != nil {
		return err
	}
	defer x.close()
	if err := noBuiltin(b, x.Ledger); err != nil {
		return err
	}
	// tessera gets the same leaves.
	peer := func(batch int) (*tessera, error) {
		return b.startTessera(filepath.Join(dir, "tessera"), filepath.Join(keys, "log.key"), batch)
	}
	t, err := peer(4096)
	if err != nil {
		return err
	}
	bundle := filepath.Join(dir, "leaves")
	if err := x.leaves(b.ctx, bundle, 0); err != nil {
		return err
	}
	if _, _, err := t.took("add %s", bundle); err != nil {
		return err
	}
	if err := errors.Join(x.sameHead(b.ctx, t), t.stop()); err != nil {
		return err
	}
	if t, err = peer(1); err != nil {
		return err
	}
	defer t.stop()
	if err := b.proofs(x, t, n); err != nil {
		return err
	}
	if err := b.audits(dir, n); err != nil { // before more is added
		return err
	}
	if err := b.appends(x, t, n, bundle); err != nil {
		return err
	}
	return b.appendsOnPostgres(dir, key, n)
}

// sameHead checks that both trees are one.
func (x *logged) sameHead(ctx context.Context, t *tessera) error {
	c, err := x.SignLog(ctx, x.key)
	if err != nil {
		return err
	}
	text, _, _ := strings.Cut(string(c.Note), "\n\n")
	ours, err := tree.ParseHead(text + "\n")
	if err != nil {
		return err
	}
	theirs, err := t.head()
	if err == nil && (ours.Size != theirs.Size || ours.Root != theirs.Root) {
		err = fmt.Errorf("the trees differ: %d %s here, %d %s of tessera", ours.Size, ours.Root, theirs.Size, theirs.Root)
	}
	return err
}

// proofs compares making the proof that a filing's leaf stands in the log: signed head, path and leaf.
func (b *bench) proofs(x *logged, t *tessera, n int) error {
	r := mathrand.New(mathrand.NewPCG(seed, uint64(n)))
	for range 50 {
		i := int64(r.IntN(n))
		ours, err := x.Prove(b.ctx, i+1)
		if err != nil {
			return err
		}
		theirs, err := t.proof(i)
		if err != nil {
			return err
		}
		if ours.Index != i || !slices.Equal(ours.Path, theirs) {
			return fmt.Errorf("the proofs of leaf %d differ", i)
		}
	}
	var peer, ours []time.Duration
	for range 3 {
		list := make([]int, proofs)
		var words strings.Builder
		for i := range list {
			list[i] = r.IntN(n)
			words.WriteString(" " + strconv.Itoa(list[i]))
		}
		_, d, err := t.took("prove%s", words.String())
		if err != nil {
			return err
		}
		peer = append(peer, d/proofs)
		d = cpu(func() {
			for _, i := range list {
				if _, err = x.Prove(b.ctx, int64(i)+1); err != nil {
					return
				}
			}
		})
		if err != nil {
			return err
		}
		ours = append(ours, d/proofs)
	}
	p, o := median(peer), median(ours)
	b.add(fmt.Sprintf("Proof that a filing is in a log of %d entries", n), "tessera POSIX, "+short(p), short(o), times(o, p), met("0.3 ms or less", o <= 300*time.Microsecond))
	return nil
}

// appends compares durable appends, by the clock: most of an append is waiting for the disk.
func (b *bench) appends(x *logged, t *tessera, n int, bundle string) error {
	var peer, row, leaf, head []time.Duration
	for range 3 {
		from, err := x.Store().LogSize(b.ctx)
		if err != nil {
			return err
		}
		d, err := x.round(b.ctx)
		if err != nil {
			return err
		}
		row, leaf, head = append(row, d.row), append(leaf, d.leaf), append(head, d.head)
		if err := x.leaves(b.ctx, bundle, from); err != nil {
			return err
		}
		clock, _, err := t.took("add %s", bundle)
		if err != nil {
			return err
		}
		peer = append(peer, clock/(2*appends))
	}
	if err := x.sameHead(b.ctx, t); err != nil {
		return err
	}
	p := median(peer)
	b.addAppends("SQLite", n, appended{median(row), median(leaf), median(head)}, "tessera POSIX, one leaf, "+short(p), p)
	return nil
}

func (b *bench) appendsOnPostgres(dir string, key *tree.Key, n int) error {
	pg, err := b.startPostgres()
	if err != nil {
		return err
	}
	defer pg.stop()
	if pg.url == "" {
		b.add("Durable append, PostgreSQL", pg.missing, "-", "-", "-")
		return nil
	}
	x, err := b.newLogged(dir, key, n, func(name string) (store.Store, error) {
		if _, _, err := pg.psql("CREATE DATABASE " + name + ";"); err != nil {
			return nil, err
		}
		return postgres.Open(b.ctx, strings.Replace(pg.url, "/postgres?", "/"+name+"?", 1), store.Options{})
	})
	if err != nil {
		return err
	}
	defer x.close()
	if _, _, err := pg.psql("\\c record\nANALYZE;\n\\c bare\nANALYZE;\n"); err != nil { // as the server does by itself within a minute
		return err
	}
	var row, leaf, head []time.Duration
	for range 3 {
		d, err := x.round(b.ctx)
		if err != nil {
			return err
		}
		row, leaf, head = append(row, d.row), append(leaf, d.leaf), append(head, d.head)
	}
	b.addAppends("PostgreSQL", n, appended{median(row), median(leaf), median(head)}, "-", 0)
	return nil
}

// addAppends adds the lines of durable appends. The ratio is that of what the log adds to the row, to one leaf of the peer.
func (b *bench) addAppends(where string, n int, d appended, peer string, p time.Duration) {
	const most = 2 * time.Millisecond
	target := func(d time.Duration) string {
		if where != "SQLite" {
			return "-"
		}
		return met("2 ms or less beyond the row", d <= most)
	}
	b.add(fmt.Sprintf("Durable row of one filing and nothing else, %s with %d", where, n), "-", short(d.row), "-", "-")
	b.add("the same, the filing checked and indexed, with its leaf", peer, fmt.Sprintf("%s, %s beyond the row", short(d.leaf), short(d.leaf-d.row)), times(d.leaf-d.row, p), target(d.leaf-d.row))
	b.add("the same, and a signed head for it alone", peer, fmt.Sprintf("%s, %s beyond the row", short(d.head), short(d.head-d.row)), times(d.head-d.row, p), target(d.head-d.row))
}

// audits compares checking a published log, and measures a mirror of it.
func (b *bench) audits(dir string, n int) error {
	bin, err := b.program()
	if err != nil {
		return err
	}
	out := filepath.Join(dir, "published")
	if _, _, err := measured(exec.Command(bin, "-q", "--data", dir, "log", out)); err != nil {
		return err
	}
	var peer, ours, mirror []cost
	for i := range 3 {
		x, err := b.fsck(filepath.Join(out, "log"), filepath.Join(dir, "vkey"), int64(n))
		if err != nil {
			return err
		}
		peer = append(peer, x)
		said, x, err := measured(exec.Command(bin, "-q", "verify", "--memory", filepath.Join(dir, fmt.Sprintf("seen-%d", i)), out))
		if err == nil && !strings.Contains(said, fmt.Sprintf(" has %d entries, about %d filings", n, n)) {
			err = fmt.Errorf("verify does not find what it must: %s", said)
		}
		if err != nil {
			return err
		}
		ours = append(ours, x)
		to := filepath.Join(dir, fmt.Sprintf("mirror-%d", i))
		said, x, err = measured(exec.Command(bin, "-q", "mirror", out, to))
		if err == nil && !strings.Contains(said, fmt.Sprintf(" has %d entries; %d were new", n, n)) {
			err = fmt.Errorf("the mirror is not what it must be: %s", said)
		}
		if err != nil {
			return err
		}
		mirror = append(mirror, x)
		os.RemoveAll(to)
	}
	p, o, m := medianOf(peer), medianOf(ours), medianOf(mirror)
	b.add(fmt.Sprintf("Audit of %d published entries", n), "tessera fsck, "+short(p.cpu), fmt.Sprintf("%s, filings checked too, %s", short(o.cpu), mib(o.peak)), times(o.cpu, p.cpu), "≤ 0.5")
	b.add(fmt.Sprintf("Mirror of %d published entries", n), "-", fmt.Sprintf("%s, %s an entry, %s", short(m.cpu), short(m.cpu/time.Duration(n)), mib(m.peak)), "-", "-")
	return nil
}
