package ledger_test

import (
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/ledger"
)

// TestEndorsements files a statement with who endorses it, a withdrawal, a name that is kept back and a retraction, and reads them for three days.
func TestEndorsements(t *testing.T) {
	l := folder(t).open(t)
	sum := strings.Repeat("ab", 32)
	src := stocktake.Source{ID: "text-e", Kind: "civil-society", Title: "Text", Read: stocktake.MustDate("2026-01-01")}
	e := func(id, state, on, name string) stocktake.Endorsed {
		x := stocktake.Endorsed{ID: id, Statement: "st-e", Version: 1, TextSHA256: sum, State: stocktake.EndorsementState(state), On: stocktake.MustDate(on), Tier: stocktake.TierSignatory}
		if name != "" {
			x.Org, x.Names = stocktake.Plain(id+".example.org"), []stocktake.LangName{{Lang: "en", Name: stocktake.Plain(name)}}
		}
		return x
	}
	st := stocktake.Filing{Key: "statement/st-e", Title: "Statement", Sources: []stocktake.Source{src},
		Instruments: []stocktake.Instrument{{ID: "st-e", Kind: stocktake.StatementKind, Title: "A statement"}},
		Statement: &stocktake.Statement{Instrument: "st-e", Version: 1, Lang: "en", TextSHA256: sum, Source: "text-e",
			Languages: []stocktake.Expression{{Lang: "en", Title: "A statement", TextSHA256: sum, Source: "text-e", Authoritative: true}}},
		Endorsements: []stocktake.Endorsed{e("a", "listed", "2026-01-02", "Example A"), e("b", "listed", "2026-01-03", "Example B")}}
	later := stocktake.Filing{Key: "statement/st-e/endorsements/1", Title: "One withdraws, one is named no more, one joins",
		Endorsements: []stocktake.Endorsed{e("a", "withdrew", "2026-02-01", ""), e("b", "withheld", "2026-02-02", ""), e("c", "listed", "2026-02-03", "Example C")}}
	back := stocktake.Filing{Key: "statement/st-e/withdrawn", Title: "Withdrawn", Retractions: []stocktake.Retraction{{Statement: "st-e", On: stocktake.MustDate("2026-03-01"), Ground: "withdrawn by its issuers"}}}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, st, later, back); err != nil {
		t.Fatal(err)
	}
	head := l.Record().Head()
	read := func(head int64, y, m, d int) string {
		var out []string
		for _, x := range l.Record().Endorsements(stocktake.At{On: stocktake.DayOf(y, m, d), Known: stocktake.EndOfDay(stocktake.DayOf(2100, 1, 1)), Head: head}, "st-e") {
			out = append(out, x.ID+" "+string(x.State))
		}
		return strings.Join(out, ", ")
	}
	for _, x := range []struct {
		head    int64
		y, m, d int
		want    string
	}{{head, 2026, 3, 1, "a withdrew, b withheld, c listed"}, {head - 2, 2026, 3, 1, "a listed, b listed"}, {head, 2026, 2, 1, "a withdrew, b listed"}, {head, 2026, 1, 2, "a listed"}, {head, 2025, 1, 1, ""}} {
		if got := read(x.head, x.y, x.m, x.d); got != x.want {
			t.Errorf("%+v: %s", x, got)
		}
	}
	if list := l.Record().Retracted("st-e", head); len(list) != 1 || len(l.Record().Retracted("st-e", head-1)) != 0 {
		t.Errorf("%+v", list)
	}
	if v := l.Record().Versions("st-e", head); len(v) != 1 || v[0].Version != 1 {
		t.Errorf("%+v", v)
	}
	// The public bytes hold no name and no domain.
	row, err := l.Raw(t.Context(), head-2)
	if err != nil || strings.Contains(string(row.Bytes), "Example A") || strings.Contains(string(row.Bytes), "example.org") {
		t.Errorf("%s, %v", row.Bytes, err)
	}
	for what, f := range map[string]stocktake.Filing{
		"another text": {Key: "x1", Title: "x", Endorsements: []stocktake.Endorsed{func() stocktake.Endorsed {
			x := e("d", "listed", "2026-01-02", "D")
			x.TextSHA256 = strings.Repeat("cd", 32)
			return x
		}()}},
		"another version":   {Key: "x2", Title: "x", Endorsements: []stocktake.Endorsed{func() stocktake.Endorsed { x := e("d", "listed", "2026-01-02", "D"); x.Version = 2; return x }()}},
		"no name":           {Key: "x3", Title: "x", Endorsements: []stocktake.Endorsed{e("d", "listed", "2026-01-02", "")}},
		"no state":          {Key: "x4", Title: "x", Endorsements: []stocktake.Endorsed{e("d", "signed", "2026-01-02", "D")}},
		"struck, no ground": {Key: "x5", Title: "x", Endorsements: []stocktake.Endorsed{e("d", "struck", "2026-01-02", "")}},
		"no statement":      {Key: "x6", Title: "x", Retractions: []stocktake.Retraction{{Statement: "st-none", On: stocktake.MustDate("2026-01-01"), Ground: "mistake"}}},
	} {
		if _, err := l.File(t.Context(), ledger.FileOptions{}, f); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if a, err := l.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 {
		t.Errorf("%v, %v", a.Problems, err)
	}
}
