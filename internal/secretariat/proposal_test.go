package secretariat_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/pgtest"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/postgres"
	"stocktake/internal/store/sqlite"
)

// onBoth runs a test on a record in each database.
func onBoth(t *testing.T, do func(t *testing.T, o *secretariat.Office, l *ledger.Ledger, c *clock)) {
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var st store.Store
			var err error
			if name == "sqlite" {
				st, err = sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
			} else {
				st, err = postgres.Open(t.Context(), pgtest.DSN(t), store.Options{})
			}
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
			c := &clock{t: time.Now().UTC()}
			do(t, secretariat.NewOffice(l, l.Store(), c.now), l, c)
		})
	}
}

const joins = `key: example/brazil-joins
title: An example of an endorsement
sources:
  - {id: example-note, title: A note, published: 2019-03-01}
acts:
  - {id: bra-on-gcm-2019, party: BRA, instrument: gcm, kind: endorsement, done: 2019-03-01}
`

const other = `key: example/other
title: Something else
sources:
  - {id: example-other, title: Another note, published: 2019-04-01}
acts:
  - {id: bra-on-gcm-2019-04, party: BRA, instrument: gcm, kind: withdrawal, done: 2019-04-01}
`

func TestProposalIsSeenBeforeItIsFiled(t *testing.T) {
	onBoth(t, func(t *testing.T, o *secretariat.Office, l *ledger.Ledger, _ *clock) {
		ctx := t.Context()
		head := l.Record().Head()
		p, err := o.Propose(ctx, "ana", "yaml", joins, "")
		if err != nil {
			t.Fatal(err)
		}
		v, err := o.Preview(ctx, p.Draft)
		if err != nil || len(v.Faults) > 0 || len(v.Moves.List) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		m := v.Moves.List[0]
		if m.Party != "BRA" || m.Instrument != "gcm" || m.Stretches[0].From != stocktake.DayOf(2019, 3, 1) || m.Stretches[0].To <= stocktake.DayOf(2019, 3, 31) || m.Stretches[0].Before.Word == m.Stretches[0].After.Word {
			t.Errorf("%+v", m)
		}
		if l.Record().Head() != head {
			t.Error("looking filed something")
		}

		// What is on the record moves meanwhile, and with it what the proposal would do: it has to be looked at again.
		q, err := o.Propose(ctx, "ben", "yaml", other, "")
		if err != nil {
			t.Fatal(err)
		}
		w, err := o.Preview(ctx, q.Draft)
		if err != nil {
			t.Fatal(err)
		}
		if q, err = o.FileProposal(ctx, q.ID, "ben", w.Sum, false); err != nil || q.State != secretariat.ProposalFiled || len(q.Filings) != 1 || q.Filings[0] != head+1 {
			t.Fatalf("%+v, %v", q, err)
		}
		if _, err := o.FileProposal(ctx, p.ID, "ana", v.Sum, false); !errors.Is(err, secretariat.ErrMoved) {
			t.Fatalf("filed by what was seen before: %v", err)
		}
		if v, err = o.Preview(ctx, p.Draft); err != nil || v.Moves.List[0].Stretches[0].To != stocktake.DayOf(2019, 3, 31) {
			t.Fatalf("%+v, %v", v.Moves, err)
		}
		// A filing that changes nothing about it asks for no other look.
		if _, err := l.File(ctx, ledger.FileOptions{}, stocktake.Filing{Key: "example/unknown", Title: "What is not known", Unknowns: []stocktake.Unknown{{About: "gcm", What: "Something."}}}); err != nil {
			t.Fatal(err)
		}
		if p, err = o.FileProposal(ctx, p.ID, "ana", v.Sum, false); err != nil || p.State != secretariat.ProposalFiled {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := o.FileProposal(ctx, p.ID, "ana", v.Sum, false); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("filed twice: %v", err)
		}
	})
}

func TestTwoPersons(t *testing.T) {
	onBoth(t, func(t *testing.T, o *secretariat.Office, l *ledger.Ledger, _ *clock) {
		ctx := t.Context()
		head := l.Record().Head()
		p, err := o.Propose(ctx, "ana", "yaml", joins, "")
		if err != nil {
			t.Fatal(err)
		}
		v, _ := o.Preview(ctx, p.Draft)
		if _, err := o.FileProposal(ctx, p.ID, "ben", v.Sum, true); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("filed before anybody was asked: %v", err)
		}
		if p, err = o.Ask(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := o.FileProposal(ctx, p.ID, "ana", v.Sum, true); stocktake.KindOf(err) != stocktake.Forbidden {
			t.Errorf("filed by who wrote it: %v", err)
		}
		// Who changes a word of it is an author, and it does not wait any more.
		if p, err = o.Rewrite(ctx, p.ID, "ben", strings.Replace(joins, "A note", "A note of example.org", 1), p.Rev); err != nil || p.State != secretariat.ProposalOpen || !p.Author("ben") {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := o.Rewrite(ctx, p.ID, "ana", joins, p.Rev-1); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("an edit of an older revision was taken: %v", err)
		}
		if p, err = o.Ask(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
		if v, err = o.Preview(ctx, p.Draft); err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"ana", "ben"} {
			if _, err := o.FileProposal(ctx, p.ID, who, v.Sum, true); stocktake.KindOf(err) != stocktake.Forbidden {
				t.Errorf("filed by %s, who wrote a part of it: %v", who, err)
			}
		}
		if p, err = o.Refuse(ctx, p.ID, "eva", "The source is not named well."); err != nil || p.State != secretariat.ProposalRefused {
			t.Fatalf("%+v, %v", p, err)
		}
		if p, err = o.Ask(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
		// Several at once: it is on the record once.
		var wg sync.WaitGroup
		for _, who := range []string{"eva", "eli", "emma"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := o.FileProposal(ctx, p.ID, who, v.Sum, true); err != nil && !errors.Is(err, secretariat.ErrMoved) && stocktake.KindOf(err) != stocktake.Conflict {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if p, err = o.Proposal(ctx, p.ID); err != nil || p.State != secretariat.ProposalFiled || l.Record().Head() != head+1 || p.Filings[0] != head+1 {
			t.Errorf("%+v at head %d after %d, %v", p, l.Record().Head(), head, err)
		}
	})
}

func TestMistakesOfAProposal(t *testing.T) {
	o, l, _ := office(t)
	if _, err := o.Propose(t.Context(), "ana", "yaml", "key: [", ""); len(secretariat.Mistakes(err)) == 0 {
		t.Errorf("%v", err)
	}
	p, err := o.Propose(t.Context(), "ana", "yaml", strings.Replace(joins, "BRA", "XYZ", 1), "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := o.Preview(t.Context(), p.Draft)
	if err != nil || len(v.Faults) != 1 || !strings.Contains(v.Faults[0].What, `party "XYZ" is not known`) {
		t.Fatalf("%+v, %v", v.Faults, err)
	}
	if _, err := o.FileProposal(t.Context(), p.ID, "ana", v.Sum, false); stocktake.KindOf(err) != stocktake.Invalid {
		t.Error(err)
	}
	// What is on the record already moves nothing.
	list, err := draft.Parse("x", []byte(joins))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
	if v, err = o.Preview(t.Context(), joins); err != nil || len(v.Same) != 1 || len(v.New)+len(v.Moves.List) != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}
