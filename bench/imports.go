package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
)

// imports compares taking in acts, checked, sealed, hashed, durable and indexed for both times, with `sqlite3 .import` and three indexes, and
// with PostgreSQL's COPY and the same indexes. Each runs in a process of its own.
func (b *bench) imports() error {
	bin, err := exec.LookPath("sqlite3")
	if err != nil {
		b.add("Import", "sqlite3 is not installed", "-", "-", "≤ 2.0")
		return nil
	}
	pg, err := b.startPostgres()
	if err != nil {
		return err
	}
	defer pg.stop()
	var cost []time.Duration
	for _, n := range []int{b.n / 10, b.n} {
		list := generate(n)
		path := filepath.Join(b.dir, fmt.Sprintf("acts-%d.csv", n))
		if err := writeCSV(path, list); err != nil {
			return err
		}
		var ours, peer, other []time.Duration
		peak := int64(0)
		for i := range 3 {
			d, err := b.peerImport(bin, path, filepath.Join(b.dir, fmt.Sprintf("peer-%d-%d.db", n, i)), len(list))
			if err != nil {
				return err
			}
			peer = append(peer, d)
			d, rss, err := b.self("import", filepath.Join(b.dir, fmt.Sprintf("ours-%d-%d", n, i)), path)
			if err != nil {
				return err
			}
			ours, peak = append(ours, d), max(peak, rss)
			if pg.url != "" {
				if d, err = pg.importCSV(path, len(list)); err != nil {
					return err
				}
				other = append(other, d)
			}
		}
		x, y := median(peer), median(ours)
		cost = append(cost, y)
		b.add(fmt.Sprintf("Import of %d acts from CSV", n), "sqlite3 .import and 3 indexes, "+short(x), short(y), times(y, x), "≤ 2.0")
		if len(other) > 0 {
			z := median(other)
			b.add("the same", "PostgreSQL COPY and 3 indexes, "+short(z), short(y), times(y, z), "-")
		} else {
			b.add("the same", pg.missing, "-", "-", "-")
		}
		b.add("the same, most memory", "-", fmt.Sprintf("%d MiB", peak>>20), "-", "≤ 512 MiB")
	}
	b.add("Ten times the acts", "-", fmt.Sprintf("%.1f times the cost", float64(cost[1])/float64(cost[0])), "-", "≤ 13")
	return nil
}

// self runs one piece of our work in a process of its own, and returns its CPU time and the most memory that it held.
func (b *bench) self(args ...string) (time.Duration, int64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	c := exec.Command(self, append([]string{"-child"}, args...)...)
	out, err := c.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w: %s", args[0], err, out)
	}
	rss, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", args[0], err)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), rss << 10, nil
}

// peak is the most memory that a process ever held, in KiB.
func peak(pid int) (kib int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib
		}
	}
	return 0
}

func writeCSV(path string, list []act) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	for i := range list {
		a := &list[i]
		w.Write([]string{a.ID, string(partyID(a.Party)), string(instrumentID(a.Instrument)), a.Kind.String(), stocktake.DateOf(a.Day).String(), strconv.Itoa(a.Edition)})
	}
	w.Flush()
	return errors.Join(w.Error(), f.Close())
}

func (b *bench) peerImport(bin, path, db string, want int) (time.Duration, error) {
	c := exec.Command(bin, db)
	c.Stdin = strings.NewReader("PRAGMA journal_mode=wal;\nCREATE TABLE act (id TEXT, party TEXT, instrument TEXT, kind TEXT, day TEXT, edition INTEGER);\n.mode csv\n.import '" + path + "' act\n" +
		"CREATE INDEX i1 ON act (instrument, party, day);\nCREATE INDEX i2 ON act (party, instrument, day);\nCREATE INDEX i3 ON act (day);\nSELECT count(*) FROM act;\n")
	out, err := c.CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), strconv.Itoa(want)) {
		return 0, fmt.Errorf("sqlite3: %w: %s", err, out)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
}

func (b *bench) openLedger(dir string) (*ledger.Ledger, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	st, err := sqlite.Open(b.ctx, filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		return nil, err
	}
	files, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	return ledger.Open(b.ctx, st, files, ledger.Options{})
}

// importCSV reads the CSV and files it, as an importer does.
func (b *bench) importCSV(dir, path string) error {
	l, err := b.openLedger(dir)
	if err != nil {
		return err
	}
	defer l.Close()
	list, err := readCSV(path)
	if err != nil {
		return err
	}
	_, err = l.FileFrom(b.ctx, ledger.FileOptions{}, func(emit func(stocktake.Filing) error) error {
		if err := emit(frame()); err != nil {
			return err
		}
		return filings(list, emit)
	})
	if err != nil {
		return err
	}
	if n := l.Record().Size().Rows; n != len(list) {
		return fmt.Errorf("%d rows indexed, %d acts filed", n, len(list))
	}
	return nil
}

func readCSV(path string) ([]act, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kinds := map[string]stocktake.ActKind{}
	for _, k := range kindsUsed {
		kinds[k.String()] = k
	}
	r := csv.NewReader(f)
	r.ReuseRecord = true
	var list []act
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		d, err := stocktake.ParseDate(rec[4])
		if err != nil {
			return nil, err
		}
		p, err1 := strconv.Atoi(rec[1][2:])
		in, err2 := strconv.Atoi(rec[2][2:])
		ed, err3 := strconv.Atoi(rec[5])
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		lo, _ := d.Bounds()
		list = append(list, act{ID: strings.Clone(rec[0]), Party: p, Instrument: in, Kind: kinds[rec[3]], Day: lo, Edition: ed})
	}
}

// open measures opening a record until it can answer.
func (b *bench) open() error {
	dir, path := filepath.Join(b.dir, "open"), filepath.Join(b.dir, "open.csv")
	if err := writeCSV(path, generate(b.n)); err != nil {
		return err
	}
	if _, _, err := b.self("import", dir, path); err != nil {
		return err
	}
	var d []time.Duration
	var heap uint64
	for range 3 {
		var err error
		var l *ledger.Ledger
		var was, is runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&was)
		d = append(d, cpu(func() { l, err = b.openLedger(dir) }))
		if err != nil {
			return err
		}
		runtime.GC()
		runtime.ReadMemStats(&is)
		heap = is.HeapAlloc - was.HeapAlloc
		if l.Record().Size().Rows < b.n {
			return fmt.Errorf("%d rows", l.Record().Size().Rows)
		}
		l.Close()
	}
	b.add(fmt.Sprintf("Open a record of %d acts, ready to answer", b.n), "-", fmt.Sprintf("%s, %d bytes an act in memory, catalogues included", short(median(d)), heap/uint64(b.n)), "-", "≤ 1.5 s, ≤ 64 bytes")
	return nil
}
