package secretariat_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
)

const text = `Statement on Brazil and the Global Compact for Migration

BRASÍLIA, 4 February 2019 – We, the undersigned organizations, regret that Brazil has withdrawn from the Global Compact for Migration.

We call on Brazil to return to the Global Compact for Migration.

We will continue to work with governments on safe and regular pathways.

Example Network for Movement
Example Centre for Rights
`

// open makes a record of the small fixture that the scripts of the command line use.
func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	b, err := os.ReadFile(filepath.Join("..", "cli", "testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
	return l
}

func statement(t *testing.T, l *ledger.Ledger, text string) stocktake.Filing {
	t.Helper()
	head := l.Record().Head()
	f, err := secretariat.Filing(l.Record(), head, secretariat.Read(l.Record(), head, text), stocktake.MustDate("2026-11-01"), "https://example.org/statement")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestStatementGoesOnTheRecord(t *testing.T) {
	l := open(t)
	f := statement(t, l, text)
	if f.Statement == nil || len(f.Instruments) != 1 || len(f.Sources) != 1 {
		t.Fatalf("%+v", f)
	}
	s, in := f.Statement, f.Instruments[0]
	if in.Kind != stocktake.StatementKind || !strings.HasPrefix(string(in.ID), "st-2019-02-04-statement-brazil-and-the-") || in.Adopted.String() != "2019-02-04" || in.Place != s.Place {
		t.Errorf("%+v", in)
	}
	if !slices.ContainsFunc(in.Links, func(l stocktake.InstrumentLink) bool { return l.Rel == "rests-on" && l.To == "gcm" }) {
		t.Errorf("links %v", in.Links)
	}
	if len(s.Calls) != 1 || s.Calls[0].AddresseeID != "BRA" || len(s.Undertakes) != 1 || len(s.Signatories) != 2 || len(s.Recounts) != 1 || s.Recounts[0].ID != "BRA withdrawal gcm" {
		t.Errorf("%+v", s)
	}
	if c := f.Sources[0].Copy; c == nil || c.State != "public" || c.SHA256 != s.TextSHA256 || f.Sources[0].Published.String() != "2019-02-04" {
		t.Errorf("source %+v", f.Sources[0])
	}

	// Every quote is what stands at its place, in code points of the text that its hash names.
	d := secretariat.Read(l.Record(), l.Record().Head(), text)
	if ledger.Hash([]byte(d.Text)) != s.TextSHA256 {
		t.Error("the hash is not that of the text")
	}
	runes := []rune(d.Text)
	n := 0
	at := func(start, end int, words stocktake.Sheeted) {
		if n++; start < 0 || end > len(runes) || start >= end || string(runes[start:end]) != words.Text {
			t.Errorf("[%d-%d] is not %q", start, end, words.Text)
		}
	}
	for _, list := range [][]stocktake.Mention{s.Cites, s.States, s.Recounts, s.Claims} {
		for _, m := range list {
			at(m.Start, m.End, m.Quote)
		}
	}
	for _, c := range s.Calls {
		at(c.Start, c.End, c.Quote)
	}
	for _, u := range s.Undertakes {
		at(u.Start, u.End, u.Quote)
	}
	for _, g := range s.Signatories {
		at(g.Start, g.End, g.Name)
	}
	if n < 7 {
		t.Errorf("only %d places", n)
	}

	if _, _, err := l.Blobs().Put(t.Context(), strings.NewReader(d.Text)); err != nil {
		t.Fatal(err)
	}
	rs, err := l.File(t.Context(), ledger.FileOptions{}, f)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := l.File(t.Context(), ledger.FileOptions{}, statement(t, l, text)); err != nil || again.Same != 1 {
		t.Errorf("filed again: %+v, %v", again, err)
	}
	// Names lie on sheets, as printed; the public bytes do not hold them.
	row, err := l.Raw(t.Context(), rs.List[0].Number)
	if err != nil || strings.Contains(string(row.Bytes), "Example Network") {
		t.Errorf("the public bytes hold a name: %v", err)
	}
	back, err := l.Load(context.Background(), rs.List[0].Number)
	if err != nil || back.Statement.Signatories[0].Name.Text != "Example Network for Movement" {
		t.Errorf("%v, %v", back.Statement.Signatories, err)
	}
	if a, err := l.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 {
		t.Errorf("%+v, %v", a.Problems, err)
	}
	// What a statement says moves nobody.
	at2 := stocktake.At{On: stocktake.DayOf(2019, 3, 1), Known: stocktake.EndOfDay(stocktake.DayOf(2100, 1, 1)), Head: l.Record().Head()}
	if st, err := l.Record().Standing(t.Context(), at2, "BRA", in.ID); err != nil || st.Standing != stocktake.NoActKnown || len(st.Acts) > 0 {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestNoTitle(t *testing.T) {
	l := open(t)
	head := l.Record().Head()
	_, err := secretariat.Filing(l.Record(), head, secretariat.Read(l.Record(), head, ""), stocktake.MustDate("2026-11-01"), "")
	if stocktake.KindOf(err) != stocktake.Invalid || !strings.Contains(err.Error(), "put the title on the first line") {
		t.Error(err)
	}
}

// TestTwoTexts gives texts with the same title and day ids of their own, and texts in other scripts an id that can be typed.
func TestTwoTexts(t *testing.T) {
	l := open(t)
	ids := map[stocktake.InstrumentID]string{}
	for _, x := range []string{text, strings.Replace(text, "regret", "note", 1), strings.Replace(text, "Statement on Brazil and the Global Compact for Migration", "إعلان بشأن الهجرة", 1), "A / B \\ C: 100%\n\nText.\n"} {
		f := statement(t, l, x)
		id := f.Instruments[0].ID
		if ids[id] != "" {
			t.Errorf("two texts share the id %s", id)
		}
		ids[id] = x
		for _, c := range id {
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
				t.Errorf("id %s has %q", id, c)
			}
		}
		if _, err := l.File(t.Context(), ledger.FileOptions{}, f); err != nil {
			t.Error(err)
		}
	}
}

// TestNames knows what a text may mention, and not what would be found by mistake.
func TestNames(t *testing.T) {
	l := open(t)
	if _, err := l.File(t.Context(), ledger.FileOptions{}, statement(t, l, text)); err != nil {
		t.Fatal(err)
	}
	head := l.Record().Head()
	read := func(s string) (parties, instruments []string) {
		d := secretariat.Read(l.Record(), head, "Title of it\n\n"+s+"\n")
		for _, x := range d.States {
			if x.ID != nil {
				parties = append(parties, *x.ID)
			}
		}
		for _, x := range d.Instruments {
			if x.ID != nil {
				instruments = append(instruments, *x.ID)
			}
		}
		return parties, instruments
	}
	if p, in := read("Mexico and the United Mexican States joined the Marrakech Compact and ICERD."); !slices.Equal(slices.Compact(p), []string{"MEX"}) || !slices.Contains(in, "gcm") || !slices.Contains(in, "icerd") {
		t.Errorf("%v, %v", p, in)
	}
	// Not groups and organs, not another statement by its title, not a code of two letters inside a word or "us".
	if p, in := read("Members of the United Nations told us of the Statement on Brazil; the General Assembly of the United Nations met."); len(in) > 0 || slices.Contains(p, "un-members") || slices.Contains(p, "un-ga") || slices.Contains(p, "USA") {
		t.Errorf("%v, %v", p, in)
	}
}
