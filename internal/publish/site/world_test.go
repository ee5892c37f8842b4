package site_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/publish/site"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/tree"
	"stocktake/internal/web"
)

// world is a record of real filings, filed over some days, with the key of its log.
type world struct {
	*ledger.Ledger
	dir string
	key *tree.Key
	now time.Time
}

const byHand = "../../builtin/record/"

// filings reads filings written by hand.
func filings(t testing.TB, patterns ...string) (list []stocktake.Filing) {
	t.Helper()
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(names))
		}
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			part, err := draft.Parse(filepath.Base(n), b)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, part...)
		}
	}
	return list
}

// emptyWorld makes a record without a filing.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	k, err := tree.NewKey("example.org/copies")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{dir: t.TempDir(), key: k, now: time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC)}
	st, err := sqlite.Open(t.Context(), filepath.Join(w.dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(w.dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	if w.Ledger, err = ledger.Open(t.Context(), st, blobs, ledger.Options{Now: func() time.Time { return w.now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// newWorld makes a record. Names and law come first, acts some days later.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := emptyWorld(t)
	votes := filings(t, "../../web/testdata/votes.yaml", "../../web/testdata/treaties.yaml")
	acts := filings(t, byHand+"chronology/*.yaml", byHand+"measures/*.yaml", byHand+"unknown/*.yaml")
	provisions := filings(t, byHand+"instruments/provisions.yaml")
	states := fewer(filings(t, byHand+"parties/states.yaml", byHand+"parties/others.yaml"), votes, acts)
	w.file(t, filings(t, byHand+"law/*.yaml")...)
	w.file(t, states...)
	w.file(t, filings(t, byHand+"instruments/core.yaml")...)
	w.file(t, needed(filings(t, byHand+"instruments/untc.yaml"), votes, acts, provisions)...)
	w.file(t, provisions...)
	w.now = w.now.AddDate(0, 0, 3)
	w.file(t, votes...)
	w.now = w.now.AddDate(0, 0, 2)
	w.file(t, acts...)
	return w
}

// fewer leaves out parties of which nothing but votes is told, and their votes: with them a copy has thrice as many files.
func fewer(parties []stocktake.Filing, lists ...[]stocktake.Filing) []stocktake.Filing {
	want := map[string]bool{}
	for _, id := range strings.Fields("USA HUN CHL FRA MEX DEU AUS AUT BRA CHE CZE ISR POL DOM SVK") {
		want[id] = true
	}
	for _, list := range lists {
		for _, f := range list {
			for _, a := range f.Acts {
				want[string(a.Party)] = true
			}
			for _, u := range f.Unknowns {
				want[u.About] = true
			}
			for _, m := range f.Measures {
				want[string(m.Party)] = true
			}
			for _, c := range f.Coverage {
				for _, p := range c.Parties {
					want[string(p)] = true
				}
			}
		}
	}
	for i := range parties {
		for _, p := range parties[i].Parties {
			if p.Kind != "state" {
				want[string(p.ID)] = true
			}
			if want[string(p.ID)] {
				for _, l := range p.Links {
					want[string(l.To)] = true
				}
			}
		}
	}
	for i := range parties {
		parties[i].Parties = slices.DeleteFunc(parties[i].Parties, func(p stocktake.Party) bool { return !want[string(p.ID)] })
	}
	for _, list := range lists {
		for i := range list {
			for j := range list[i].RollCalls {
				r := &list[i].RollCalls[j]
				for _, s := range []*string{&r.Yes, &r.No, &r.Abstain, &r.Absent, &r.NotVoting} {
					*s = strings.Join(slices.DeleteFunc(strings.Fields(*s), func(id string) bool { return !want[id] }), " ")
				}
			}
		}
	}
	return parties
}

// needed leaves out the treaties of a register towards which nothing is told: with them a copy has five times as many files.
func needed(register []stocktake.Filing, lists ...[]stocktake.Filing) []stocktake.Filing {
	want := map[stocktake.InstrumentID]bool{}
	for _, list := range lists {
		for _, f := range list {
			for _, a := range f.Acts {
				want[a.Instrument] = true
			}
			for _, p := range f.Provisions {
				want[p.Instrument] = true
			}
			for _, u := range f.Unknowns {
				want[stocktake.InstrumentID(u.About)] = true
			}
			for _, m := range f.Measures {
				want[m.Instrument] = true
				for _, p := range m.Provisions {
					in, _, _ := strings.Cut(string(p), "/")
					want[stocktake.InstrumentID(in)] = true
				}
			}
		}
	}
	for i := range register {
		register[i].Instruments = slices.DeleteFunc(register[i].Instruments, func(in stocktake.Instrument) bool { return !want[in.ID] })
	}
	return register
}

func (w *world) file(t testing.TB, list ...stocktake.Filing) {
	t.Helper()
	if _, err := w.File(t.Context(), ledger.FileOptions{Again: true}, list...); err != nil {
		t.Fatal(err)
	}
}

// statement files a text of somebody as a statement.
func (w *world) statement(t testing.TB, text string) {
	t.Helper()
	d := secretariat.Read(w.Record(), w.Record().Head(), text)
	f, err := secretariat.Filing(w.Record(), w.Record().Head(), d, stocktake.DateOf(w.day()), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Blobs().Put(t.Context(), strings.NewReader(d.Text)); err != nil {
		t.Fatal(err)
	}
	w.file(t, f)
}

// printed files the statement of the built-in record whose calls acts answer.
func (w *world) printed(t testing.TB) {
	t.Helper()
	name := filepath.Join("..", "..", "builtin", "record", "statements", "pv-2017.yaml")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse(name, b)
	if err != nil {
		t.Fatal(err)
	}
	w.file(t, list...)
}

func (w *world) day() stocktake.Day {
	y, m, d := w.now.Date()
	return stocktake.DayOf(y, int(m), d)
}

func (w *world) options() site.Options {
	return site.Options{CopyOptions: web.CopyOptions{Version: "test", Day: w.day(), Site: web.Site{Name: "A coalition", Address: "https://example.org/copy"}}}
}

// write publishes into a folder.
func (w *world) write(t testing.TB, dir string, opt site.Options) publish.Counts {
	t.Helper()
	n, err := w.tryWrite(t.Context(), publish.OpenDir(dir), opt)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) tryWrite(ctx context.Context, to publish.Target, opt site.Options) (publish.Counts, error) {
	if _, err := w.SignLog(ctx, w.key); err != nil {
		return publish.Counts{}, err
	}
	return site.Write(ctx, w.Ledger, to, opt)
}

// contents reads a folder.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// differ lists what two folders do not have alike, at most so many.
func differ(a, b map[string]string) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for name, x := range a {
		y, ok := b[name]
		switch {
		case !ok:
			add("%s is in the first alone", name)
		case x != y:
			i := 0
			for i < min(len(x), len(y)) && x[i] == y[i] {
				i++
			}
			cut := func(s string) string { return s[max(0, i-60):min(len(s), i+60)] }
			add("%s: %q, and in the other %q", name, cut(x), cut(y))
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			add("%s is in the second alone", name)
		}
	}
	return list[:min(len(list), 12)]
}

// pages are the names of what is no log and no manifest.
func pages(all map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range all {
		if !strings.HasPrefix(name, "log/") {
			out[name] = text
		}
	}
	return out
}
