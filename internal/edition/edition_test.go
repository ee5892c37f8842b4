package edition_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/edition"
	"stocktake/internal/edition/editiontest"
	"stocktake/internal/forms"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
)

const day = "2026-12-02"

// open makes a record with a few things in it.
func open(t testing.TB) *ledger.Ledger {
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
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{Now: func() time.Time { return time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	b, err := os.ReadFile(filepath.Join("..", "cli", "testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", b)
	if err == nil {
		_, err = l.File(t.Context(), ledger.FileOptions{}, list...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func now(l *ledger.Ledger) stocktake.At {
	d := stocktake.DayOf(2026, 12, 2)
	return stocktake.At{On: d, Known: stocktake.EndOfDay(d), Head: l.Record().Head()}
}

func read(t testing.TB, s *editiontest.Story, number int) *edition.Edition {
	t.Helper()
	e, err := edition.Read(t.Context(), s.L, now(s.L), s.ID, number)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// line is what there is of the names of an edition, on one line.
func line(e *edition.Edition) string {
	var list []string
	for i := range e.Names {
		n := &e.Names[i]
		x := n.In("en")
		switch {
		case !n.Withdrew.IsZero():
			x += " left"
		case !n.Joined.IsZero():
			x += " joined"
		case !n.Confirmed.IsZero():
			x += " again"
		}
		list = append(list, x)
	}
	return fmt.Sprintf("%s; %d stand, %d withheld, %d taken, %d wait, %d lapsed, %d left, %v", strings.Join(list, ", "), e.Stand, e.Withheld, e.Taken, e.Waiting, e.Lapsed, e.Left, e.Struck)
}

// TestNames follows the names of a statement through what may become of them.
func TestNames(t *testing.T) {
	s := editiontest.Start(t, open(t), "Statement on Brazil and the Compact", "Ana Example\npress@example.org", true)
	if _, err := edition.Read(t.Context(), s.L, now(s.L), "st-nothing", 0); stocktake.KindOf(err) != stocktake.NotFound {
		t.Error(err)
	}
	s.List = editiontest.Usual(day)
	s.Publish(t)
	e := read(t, s, 0)
	if got, want := line(e), "Example International, Example Legal Centre, Example Parish, Example Sheet Society, Ana Example; 6 stand, 1 withheld, 0 taken, 0 wait, 0 lapsed, 0 left, map[]"; got != want {
		t.Errorf("%s\nnot %s", got, want)
	}
	if n := e.Names[1]; n.In("es") != "Centro Jurídico de Ejemplo" || n.In("fr") != "Example Legal Centre" || n.How != forms.Verified || n.Office != "Director" || n.Status != "special" {
		t.Errorf("%+v", n)
	}
	if x, err := e.Sealed(t.Context()); err != nil || x == nil || x.Why != "" || !x.List {
		t.Errorf("%+v, %v", x, err)
	}
	if !e.Main().Here() || !strings.HasPrefix(e.Main().Body, "GENEVA") || e.Text("es").TranslatedBy != "Example Translators" || e.Issuer != "Example Coalition" || !e.S.Rehearsal {
		t.Errorf("%+v", e.Texts)
	}
	// Some join, withdraw, are struck, or are named no more.
	left, struck, hidden := editiontest.Named("e3", "Example Parish", stocktake.TierSignatory, stocktake.AuthorityConvenor, day), s.List[3], s.List[5]
	left.State, struck.State, struck.Ground = stocktake.EndorsementWithdrew, stocktake.EndorsementStruck, "no authority"
	hidden.State, hidden.Names = stocktake.EndorsementWithheld, nil
	s.Later(t, 1, left, struck, hidden, editiontest.Named("e7", "Late Joiners", stocktake.TierSignatory, stocktake.AuthorityMailbox, day))
	if err := s.Office.HideNames(t.Context(), s.ID, []string{"e6"}); err != nil {
		t.Fatal(err)
	}
	if got, want := line(read(t, s, 1)), "Example International, Example Legal Centre, Example Parish left, Late Joiners joined; 5 stand, 2 withheld, 0 taken, 0 wait, 0 lapsed, 0 left, map[no authority:1]"; got != want {
		t.Errorf("%s\nnot %s", got, want)
	}
	lists, more, err := read(t, s, 1).Lists(t.Context())
	if err != nil || more != 0 || len(lists) != 2 || !lists[0].First || lists[0].Listed != 6 || lists[1].Withdrew != 1 || lists[1].Other != 1 {
		t.Errorf("%+v, %d, %v", lists, more, err)
	}
	// A substantive change: who gave it again stands under it, the others wait, and then lapse. Version 1 keeps who stood under it.
	s.Write(t, "en", "Statement on Brazil and the Compact", editiontest.English+"\n\nWe ask for a date.")
	s.Approve(t, stocktake.Substantive, "A paragraph was added.", "2026-12-20")
	s.List = []stocktake.Endorsed{editiontest.Named("e1", "Example International", stocktake.TierAuthor, stocktake.AuthorityMailbox, day)}
	s.Publish(t)
	if got, want := line(read(t, s, 2)), "Example International; 1 stand, 0 withheld, 0 taken, 4 wait, 0 lapsed, 0 left, map[]"; got != want {
		t.Errorf("%s\nnot %s", got, want)
	}
	s.Later(t, 2, editiontest.Named("e2", "Example Legal Centre", stocktake.TierSignatory, stocktake.AuthorityMailbox, day))
	lapsed := editiontest.Named("e7", "Late Joiners", stocktake.TierSignatory, stocktake.AuthorityMailbox, day)
	lapsed.State = stocktake.EndorsementLapsed
	s.Later(t, 1, lapsed)
	if got, want := line(read(t, s, 2)), "Example International, Example Legal Centre again; 2 stand, 0 withheld, 0 taken, 2 wait, 1 lapsed"; !strings.HasPrefix(got, want) {
		t.Errorf("%s\nnot %s", got, want)
	}
	if got := line(read(t, s, 1)); !strings.Contains(got, "Example Parish left, Late Joiners joined; 5 stand, 2 withheld") {
		t.Errorf("version 1: %s", got)
	}
	if v := read(t, s, 1); v.Newest().Number != 2 || v.Newest().Note != "A paragraph was added." || v.Before() != nil {
		t.Errorf("%+v", v.Versions)
	}
	// A typographic one: everybody stands.
	s.Write(t, "en", "Statement on Brazil and the Compact", editiontest.English+"\n\nWe ask for a day.")
	s.Approve(t, stocktake.Typographic, "A word.", "")
	s.List = nil
	s.Publish(t)
	if got := line(read(t, s, 3)); !strings.HasPrefix(got, "Example International, Example Legal Centre; 2 stand") {
		t.Error(got)
	}
	// Taken back: nothing of it is there any more.
	if _, err := s.Office.Withdraw(t.Context(), s.Work, stocktake.Retraction{Ground: "mistake", Note: "It was sent too early."}, true, "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	e = read(t, s, 2)
	if e.Back == nil || len(e.Names) > 0 || e.Main().Here() || len(e.Forms()) > 0 || e.BackWords() == "" {
		t.Errorf("%+v", e)
	}
}

// site is where the files of the tests come from.
var site = edition.Site{Name: "Example record", At: func(p string) string { return "https://record.example.org" + p }}

func title(id string) (string, string) { return "The text " + id, "/i/" + id }

// TestShelf gives files out as they were, until a name in them is taken away.
func TestShelf(t *testing.T) {
	s := editiontest.Start(t, open(t), "Statement on Brazil and the Compact", "press@example.org", false)
	s.List = editiontest.Usual(day)
	s.Publish(t)
	shelf := edition.NewShelf(s.L)
	e := read(t, s, 1)
	v := e.Value(site, title)
	if err := v.Check(); err != nil {
		t.Fatal(err)
	}
	kept := map[string]edition.Kept{}
	for _, f := range e.Forms() {
		if f.Each {
			continue
		}
		k, err := shelf.File(t.Context(), e, v, f)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		again, err := shelf.File(t.Context(), e, v, f)
		if err != nil || again != k {
			t.Errorf("%+v, then %+v, %v", k, again, err)
		}
		x, b, err := shelf.Bytes(t.Context(), s.ID, 1, k.SHA256, f.Name)
		if err != nil || x != k || ledger.Hash(b) != k.SHA256 {
			t.Errorf("%s: %+v, %v", f.Name, x, err)
		}
		kept[f.Name] = k
	}
	if want := []string{"en.txt", "es.docx", "en_es.docx", "en_es.html", "all.ninjs.json", "all.jsonld", "names.csv", "names.xlsx", "en.un.docx"}; slices.ContainsFunc(want, func(n string) bool { _, ok := kept[n]; return !ok }) {
		t.Errorf("of %q not all are among %v", want, kept)
	}
	if _, ok := e.Form("es_en.docx"); !ok {
		t.Error("two languages cannot be asked for the other way round")
	}
	if _, ok := e.Form("fr.txt"); ok {
		t.Error("there is a file in French")
	}
	have, err := shelf.Have(t.Context(), v)
	if err != nil || len(have) != len(kept) {
		t.Errorf("%d files are there, not %d, %v", len(have), len(kept), err)
	}
	for _, x := range []struct {
		id        stocktake.InstrumentID
		number    int
		sum, name string
	}{{s.ID, 2, kept["en.txt"].SHA256, "en.txt"}, {"gcm", 1, kept["en.txt"].SHA256, "en.txt"}, {s.ID, 1, strings.Repeat("0", 64), "en.txt"}, {s.ID, 1, "../x", "en.txt"}, {s.ID, 1, kept["en.txt"].SHA256, "es.txt"}} {
		if _, _, err := shelf.Bytes(t.Context(), x.id, x.number, x.sum, x.name); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("%+v: %v", x, err)
		}
	}
	// Who joins gets a new edition; the files of the old one stay.
	s.Later(t, 1, editiontest.Named("e7", "Late Joiners", stocktake.TierSignatory, stocktake.AuthorityMailbox, day))
	e2 := read(t, s, 1)
	f, _ := e2.Form("en.txt")
	k2, err := shelf.File(t.Context(), e2, e2.Value(site, title), f)
	if err != nil || k2.SHA256 == kept["en.txt"].SHA256 {
		t.Fatalf("%+v, %v", k2, err)
	}
	if _, _, err := shelf.Bytes(t.Context(), s.ID, 1, kept["en.txt"].SHA256, "en.txt"); err != nil {
		t.Error(err)
	}
	// A name is kept back and taken away: both editions go, and nothing of the name is left in the database.
	hidden := s.List[2]
	hidden.State, hidden.Names = stocktake.EndorsementWithheld, nil
	s.Later(t, 1, hidden)
	if err := s.Office.HideNames(t.Context(), s.ID, []string{"e3"}); err != nil {
		t.Fatal(err)
	}
	for _, k := range append(edition.Sorted(kept), k2) {
		if _, _, err := shelf.Bytes(t.Context(), s.ID, 1, k.SHA256, k.Name); stocktake.KindOf(err) != stocktake.Gone || !strings.Contains(err.Error(), "taken away by filing") && !strings.Contains(err.Error(), "kept back since filing") {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
	for _, kind := range []string{"edition", "edition-file", "edition-bytes"} {
		if err := s.L.Store().ReadPrivate(t.Context(), func(r store.PrivateReader) error {
			list, err := r.Items(kind, "", 0)
			if len(list) > 0 {
				t.Errorf("%d items of the kind %s are left", len(list), kind)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	e3 := read(t, s, 1)
	k3, err := shelf.File(t.Context(), e3, e3.Value(site, title), f)
	if err != nil {
		t.Fatal(err)
	}
	if _, b, err := shelf.Bytes(t.Context(), s.ID, 1, k3.SHA256, "en.txt"); err != nil || strings.Contains(string(b), "Example Parish") || !strings.Contains(string(b), "Names withheld for safety: 2") {
		t.Errorf("%s, %v", b, err)
	}
	// Taken back: all go, at a sweep that nobody asked for.
	if _, err := s.Office.Withdraw(t.Context(), s.Work, stocktake.Retraction{Ground: "withdrawn by its issuers"}, false, "Keepers of a test"); err != nil {
		t.Fatal(err)
	}
	if n, err := shelf.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("%d files went, %v", n, err)
	}
	if _, _, err := shelf.Bytes(t.Context(), s.ID, 1, k3.SHA256, "en.txt"); stocktake.KindOf(err) != stocktake.Gone || !strings.Contains(err.Error(), "taken back") {
		t.Error(err)
	}
}
