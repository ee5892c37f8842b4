package secretariat_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

const made = `BRASÍLIA, 4 February 2019 – We regret that Brazil has withdrawn from the Global Compact for Migration.

We call on Brazil to return to the Global Compact for Migration.

We will continue to work with governments on safe and regular pathways.`

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

func office(t *testing.T) (*secretariat.Office, *ledger.Ledger, *clock) {
	t.Helper()
	l := open(t)
	c := &clock{t: time.Now().UTC().Add(-time.Hour)}
	return secretariat.NewOffice(l, l.Store(), c.now), l, c
}

func nobody(store.PrivateReader, *secretariat.Work, *secretariat.Version) (secretariat.Listed, error) {
	return secretariat.Listed{Coalition: stocktake.Party{ID: "example-coalition", Kind: "organisation", Names: map[string]string{"en": "Example Coalition"}}, Hash: strings.Repeat("ab", 32)}, nil
}

// approved makes a work whose first version is frozen.
func approved(t *testing.T, o *secretariat.Office) *secretariat.Work {
	t.Helper()
	w, err := o.Make(t.Context(), "c1", "ana", "On Brazil", "en", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Save(t.Context(), w.ID, "en", "ana", 0, "Statement on Brazil and the Compact", "", made); err != nil {
		t.Fatal(err)
	}
	r, err := o.Ready(t.Context(), w.ID)
	if err != nil {
		t.Fatal(err)
	}
	w, err = o.Approve(t.Context(), w.ID, "ana", false, map[string]string{"en": r.Texts[0].SHA256}, "", "", "")
	if err != nil || len(w.Versions) != 1 || w.State != secretariat.Approved {
		t.Fatalf("%+v, %v", w, err)
	}
	return w
}

// TestMergeLosesNothing edits one text twice and brings both together: every word that either put in is there, unless the merge says that it
// could not, and then all of both are.
func TestMergeLosesNothing(t *testing.T) {
	for _, x := range []struct{ base, theirs, mine, want string }{
		{"one two three four", "one 2 three four", "one two three 4", "one 2 three 4"},
		{"a\n\nb\n\nc", "a\n\nb\n\nc\n\nd", "x\n\nb\n\nc", "x\n\nb\n\nc\n\nd"},
		{"same", "same", "other", "other"},
		{"same", "other", "other", "other"},
		{"", "first", "", "first"},
	} {
		if got, ok := secretariat.Merge(x.base, x.theirs, x.mine); !ok || got != x.want {
			t.Errorf("%q + %q + %q = %q, %v", x.base, x.theirs, x.mine, got, ok)
		}
	}
	if got, ok := secretariat.Merge("the end", "the very end", "the other end"); ok || !strings.Contains(got, "very") || !strings.Contains(got, "other") || !secretariat.Unsettled(got) {
		t.Errorf("%q, %v", got, ok)
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-d]{1,2}`), 0, 14).Draw(t, "base")
		edit := func(who string) ([]string, []string) {
			var out, put []string
			for i, w := range words {
				switch rapid.IntRange(0, 9).Draw(t, who) {
				case 0: // goes
				case 1:
					n := fmt.Sprintf("%s%d", who, i)
					out, put = append(out, n, w), append(put, n)
				case 2:
					n := fmt.Sprintf("%s%dx", who, i)
					out, put = append(out, n), append(put, n)
				default:
					out = append(out, w)
				}
			}
			return out, put
		}
		a, pa := edit("THEIRS")
		b, pb := edit("MINE")
		got, ok := secretariat.Merge(strings.Join(words, " "), strings.Join(a, " "), strings.Join(b, " "))
		for _, w := range append(pa, pb...) {
			if !strings.Contains(got, w) {
				t.Errorf("%q is lost in %q (settled %v)", w, got, ok)
			}
		}
	})
}

// TestTwoEditorsLoseNothing saves from many hands over old revisions; every word of every one is in the end.
func TestTwoEditorsLoseNothing(t *testing.T) {
	o, _, _ := office(t)
	w, err := o.Make(t.Context(), "c1", "ana", "Many hands", "en", false)
	if err != nil {
		t.Fatal(err)
	}
	var paragraphs []string
	const hands = 12
	for i := range hands {
		paragraphs = append(paragraphs, fmt.Sprintf("Paragraph %d of the text.", i))
	}
	s, err := o.Save(t.Context(), w.ID, "en", "ana", 0, "Title", "", strings.Join(paragraphs, "\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range hands {
		wg.Go(func() {
			mine := append([]string(nil), paragraphs...)
			mine[i] = fmt.Sprintf("Paragraph %d of the text, by hand%d.", i, i)
			got, err := o.Save(t.Context(), w.ID, "en", fmt.Sprint("hand", i), s.Base, "Title", "", strings.Join(mine, "\n\n"))
			if err != nil || got.Clash {
				t.Errorf("hand %d: %+v, %v", i, got, err)
			}
		})
	}
	wg.Wait()
	end, err := o.Text(t.Context(), w.ID, "en", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range hands {
		if !strings.Contains(end.Body, fmt.Sprintf("by hand%d.", i)) {
			t.Errorf("hand %d was lost: %s", i, end.Body)
		}
	}
	if list, err := o.History(t.Context(), w.ID, "en"); err != nil || len(list) != hands+1 {
		t.Errorf("%d revisions, %v", len(list), err)
	}
	// Two write over the same words: nothing is saved, and both come back.
	first, _ := o.Save(t.Context(), w.ID, "en", "b", end.Number, "Title", "", strings.Replace(end.Body, "Paragraph 0", "Clause 0", 1))
	second, err := o.Save(t.Context(), w.ID, "en", "c", end.Number, "Title", "", strings.Replace(end.Body, "Paragraph 0", "Section 0", 1))
	if err != nil || first.Clash || !second.Clash || !strings.Contains(second.Text.Body, "Clause") || !strings.Contains(second.Text.Body, "Section") {
		t.Fatalf("%+v\n%+v\n%v", first, second, err)
	}
	if _, err := o.Save(t.Context(), w.ID, "en", "c", second.Base, "Title", "", second.Text.Body); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("an unsettled text was saved: %v", err)
	}
}

func TestApproval(t *testing.T) {
	o, _, _ := office(t)
	ctx := t.Context()
	w, err := o.Make(ctx, "c1", "ana", "On Brazil", "en", false)
	if err != nil {
		t.Fatal(err)
	}
	seen := func() map[string]string {
		r, err := o.Ready(ctx, w.ID)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		for _, f := range r.Texts {
			m[f.Lang] = f.SHA256
		}
		return m
	}
	if _, err := o.Approve(ctx, w.ID, "ana", false, seen(), "", "", ""); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("nothing was approved: %v", err)
	}
	s, _ := o.Save(ctx, w.ID, "en", "ana", 0, "Statement on Brazil", "", made+"\n\nContact: Ana Example, +1 555 0100, ana@example.org")
	if _, err := o.Approve(ctx, w.ID, "ana", false, seen(), "", "", ""); err == nil || !strings.Contains(err.Error(), "contact block") {
		t.Errorf("a contact went into the text: %v", err)
	}
	before := seen()
	s, _ = o.Save(ctx, w.ID, "en", "ana", s.Base, "Statement on Brazil", "", made)
	if _, err := o.Approve(ctx, w.ID, "ana", false, before, "", "", ""); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("a text was approved that nobody saw: %v", err)
	}
	// Two persons, and the very same texts.
	w, err = o.Approve(ctx, w.ID, "ana", true, seen(), "", "", "")
	if err != nil || len(w.Versions) != 0 {
		t.Fatalf("%+v, %v", w, err)
	}
	if w, err = o.Approve(ctx, w.ID, "ana", true, seen(), "", "", ""); err != nil || len(w.Versions) != 0 {
		t.Fatalf("one person approved twice: %+v, %v", w, err)
	}
	if s, err = o.Save(ctx, w.ID, "en", "ben", s.Base, "Statement on Brazil", "", made+"\n\nOne more."); err != nil {
		t.Fatal(err)
	}
	if w, err = o.Approve(ctx, w.ID, "ben", true, seen(), "", "", ""); err != nil || len(w.Versions) != 0 {
		t.Fatalf("two persons approved two texts: %+v, %v", w, err)
	}
	if w, err = o.Approve(ctx, w.ID, "ana", true, seen(), "", "", ""); err != nil || len(w.Versions) != 1 || len(w.Versions[0].By) != 2 {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := o.Approve(ctx, w.ID, "ana", false, seen(), stocktake.Substantive, "x", "2999-01-01"); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("the same version twice: %v", err)
	}
	if _, err = o.Save(ctx, w.ID, "en", "ben", s.Base, "Statement on Brazil", "", made+"\n\nOne other."); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		class      stocktake.ChangeClass
		note, till string
	}{{"", "x", ""}, {stocktake.Substantive, "x", ""}, {stocktake.Substantive, "x", "2001-01-01"}, {stocktake.Typographic, " ", ""}} {
		if _, err := o.Approve(ctx, w.ID, "ana", false, seen(), bad.class, bad.note, bad.till); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestEmbargoNamesItsZone(t *testing.T) {
	o, _, c := office(t)
	w := approved(t, o)
	c.set(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	for _, x := range [][3]string{{"2026-03-09", "00:01", ""}, {"2026-03-09", "00:01", "Local"}, {"2026-03-09", "9", "UTC"}, {"2026-02-01", "09:00", "UTC"}, {"2026-03-08", "02:30", "America/New_York"}, {"2026-03-09", "00:01", "Nowhere/Else"}} {
		if _, err := o.SetEmbargo(t.Context(), w.ID, x[0], x[1], x[2]); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%v: %v", x, err)
		}
	}
	w, err := o.SetEmbargo(t.Context(), w.ID, "2026-03-09", "00:01", "America/New_York")
	if err != nil || w.Embargo.At.Format(time.RFC3339) != "2026-03-09T04:01:00Z" || !strings.Contains(w.Embargo.Shown(), "America/New_York") || !strings.Contains(w.Embargo.Shown(), "04:01 UTC") {
		t.Fatalf("%+v, %v", w.Embargo, err)
	}
	if at, err := o.NextOpening(t.Context()); err != nil || !at.Equal(w.Embargo.At) {
		t.Errorf("%v, %v", at, err)
	}
}

// TestOpensOnce opens one statement from many hands at once, before and after its instant: it is on the record once, and only after.
func TestOpensOnce(t *testing.T) {
	o, l, c := office(t)
	w := approved(t, o)
	day := c.now().Add(10 * time.Minute)
	if _, err := o.SetEmbargo(t.Context(), w.ID, day.Format(time.DateOnly), day.Format("15:04"), "UTC"); err != nil {
		t.Fatal(err)
	}
	head := l.Record().Head()
	if list, err := o.Open(t.Context(), nobody); err != nil || len(list) != 0 || l.Record().Head() != head {
		t.Fatalf("opened before its hour: %v, %v", list, err)
	}
	if ok, _ := l.Blobs().Has(t.Context(), w.Versions[0].Texts[0].SHA256); ok {
		t.Fatal("the text lies in the archive before its hour")
	}
	c.set(day.Add(time.Minute))
	var wg sync.WaitGroup
	var mu sync.Mutex
	opened := 0
	for range 8 {
		wg.Go(func() {
			list, err := o.Open(t.Context(), nobody)
			if err != nil && stocktake.KindOf(err) != stocktake.Conflict && stocktake.KindOf(err) != stocktake.Busy {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			opened += len(list)
		})
	}
	wg.Wait()
	if _, err := o.Open(t.Context(), nobody); err != nil {
		t.Fatal(err)
	}
	if l.Record().Head() != head+1 || opened == 0 {
		t.Fatalf("%d filings, opened %d times", l.Record().Head()-head, opened)
	}
	w, err := o.Of(t.Context(), w.Statement)
	if err != nil || w.State != secretariat.Published || w.Versions[0].Filing != head+1 || w.Embargo != nil {
		t.Fatalf("%+v, %v", w, err)
	}
	f, err := l.Load(context.Background(), head+1)
	if err != nil || f.Statement == nil || f.Statement.Coalition != "example-coalition" || len(f.Statement.Calls) != 1 || len(f.Statement.Languages) != 1 || f.Statement.ListHash == "" {
		t.Fatalf("%+v, %v", f, err)
	}
	if a, err := l.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 {
		t.Errorf("%v, %v", a.Problems, err)
	}
	// A correction is a new version under the same id.
	if _, err := o.Save(t.Context(), w.ID, "en", "ana", 1, "Statement on Brazil and the Compact", "", strings.Replace(made, "regret", "note", 1)); err != nil {
		t.Fatal(err)
	}
	r, _ := o.Ready(t.Context(), w.ID)
	if w, err = o.Approve(t.Context(), w.ID, "ana", false, map[string]string{"en": r.Texts[0].SHA256}, stocktake.Substantive, "One verb.", "2999-01-01"); err != nil {
		t.Fatal(err)
	}
	if w, err = o.Release(t.Context(), w.ID, nobody); err != nil || w.Versions[1].Filing != head+2 {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := o.Release(t.Context(), w.ID, nobody); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("published twice: %v", err)
	}
	if err := o.Drop(t.Context(), w.ID); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("deleted from the record: %v", err)
	}
	if w, err = o.Withdraw(t.Context(), w.ID, stocktake.Retraction{Ground: "withdrawn by its issuers", Note: "Replaced."}, true, "secretariat"); err != nil || w.State != secretariat.Withdrawn {
		t.Fatalf("%+v, %v", w, err)
	}
	if a, err := l.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 {
		t.Errorf("%v, %v", a.Problems, err)
	}
}

func TestAnchorsSurviveEdits(t *testing.T) {
	text := "We recall the Compact. The Compact calls on all. We call on Brazil to join the Compact."
	at := strings.LastIndex(text, "Compact")
	a, err := secretariat.NewAnchor("en", text, at, at+7)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []string{text, "Preface of some length, with the Compact in it. " + text, strings.Replace(text, "We recall", "All of us recall", 1), strings.Replace(text, "all.", "all. And the Compact was praised.", 1)} {
		start, end, ok := a.Find(x)
		if r := []rune(x); !ok || !strings.HasSuffix(string(r[:start]), "to join the ") || string(r[start:end]) != "Compact" {
			t.Errorf("%q: %d-%d %v", x, start, end, ok)
		}
	}
	if _, _, ok := a.Find("nothing of it"); ok {
		t.Error("found what is not there")
	}
}

// TestSealBeforehand seals every hour, with and without anything under embargo, and opens what was published: the text and the list lay in
// the log before.
func TestSealBeforehand(t *testing.T) {
	o, l, c := office(t)
	if did, err := o.SealHour(t.Context(), nobody); err != nil || did {
		t.Fatalf("sealed without any coalition: %v, %v", did, err)
	}
	err := l.Store().ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
		_, err := tx.Put(store.Item{Kind: "coalition", ID: "c1", Changed: c.now().Truncate(time.Microsecond), Body: []byte(`{"id":"c1"}`)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		n, err := l.Store().LogSize(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := size()
	for range 3 {
		if _, err := o.SealHour(t.Context(), nobody); err != nil {
			t.Fatal(err)
		}
	}
	if size() != before+1 {
		t.Fatalf("%d seals in one hour with nothing under embargo", size()-before)
	}
	w := approved(t, o)
	c.set(c.now().Add(time.Hour))
	if did, err := o.SealHour(t.Context(), nobody); err != nil || !did || size() != before+2 {
		t.Fatalf("%v, %v", did, err)
	}
	if w, err = o.Release(t.Context(), w.ID, nobody); err != nil {
		t.Fatal(err)
	}
	f, err := l.Load(t.Context(), w.Versions[0].Filing)
	if err != nil || f.Statement.Opens == nil {
		t.Fatalf("%+v, %v", f.Statement, err)
	}
	x := f.Statement.Opens
	leaf, err := l.Entry(t.Context(), x.Leaf)
	if err != nil {
		t.Fatal(err)
	}
	open := tree.Opening{Leaf: x.Leaf, Slot: x.Slot, Key: x.Key, Proof: x.Proof, Text: []byte(x.Content)}
	if err := open.Check(leaf); err != nil {
		t.Error(err)
	}
	if !strings.Contains(x.Content, f.Statement.TextSHA256) || !strings.Contains(x.Content, f.Statement.ListHash) {
		t.Errorf("%s does not name the text and the list", x.Content)
	}
	open.Text = []byte(strings.Replace(x.Content, f.Statement.TextSHA256, strings.Repeat("0", 64), 1))
	if open.Check(leaf) == nil {
		t.Error("another text opens the seal")
	}
}
