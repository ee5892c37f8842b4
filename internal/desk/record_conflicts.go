package desk

import (
	"cmp"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/people"
	"stocktake/internal/record"
)

// recordEntry is one source's entry of an act.
type recordEntry = record.ActEntry

func init() {
	add("GET /desk/record/conflicts", account, showConflicts)
	add("GET /desk/record/merges", account, showMerges)
}

type conflictsPage struct {
	page
	List     []conflictRow
	Open     int
	From     int
	Next     int // offset of the next page; 0 where there is none
	MayWrite bool
	Which    string
}

type conflictRow struct {
	Party, Title, Act, About string
	Address                  string // of the standing
	Says                     []conflictSays
	Follows, Reason          string
}

type conflictSays struct {
	Source, Value, Settle string
	Filing                int64
}

const conflictsShown = 50

// showConflicts lists what sources disagree about and nothing settles, each with a link to the form that settles it.
func showConflicts(q *request) (*answer, error) {
	if err := q.mayRecord(people.SeeRecordDesk); err != nil {
		return nil, err
	}
	p := &conflictsPage{page: q.view("record", "Where sources disagree", "Choose the source that the record follows, and say why. All of them stay readable."), MayWrite: q.canRecord(people.WriteRecord)}
	rec := q.d.opt.Ledger.Record()
	at := q.newest()
	at.On = stocktake.DayOf(9999, 12, 31)
	type pair struct {
		in stocktake.InstrumentID
		p  stocktake.PartyID
	}
	described := map[stocktake.InstrumentID]bool{}
	for _, in := range rec.Instruments(at.Head, true) {
		described[in.ID] = true
	}
	var pairs []pair
	rec.Everything(at, func(s *record.PartyState) {
		if described[s.Instrument] {
			pairs = append(pairs, pair{s.Instrument, s.Party})
		}
	})
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(strings.Compare(string(a.in), string(b.in)), strings.Compare(string(a.p), string(b.p)))
	})
	for n := 0; n < len(q.form("from")) && n < 6 && q.form("from")[n] >= '0' && q.form("from")[n] <= '9'; n++ {
		p.From = p.From*10 + int(q.form("from")[n]-'0')
	}
	for _, x := range pairs {
		st, err := rec.Standing(q.ctx, at, x.p, x.in)
		if err != nil {
			return nil, err
		}
		for _, c := range st.Conflicts {
			if c.Follows != "" {
				continue
			}
			if p.Open++; p.Open <= p.From || p.Open > p.From+conflictsShown {
				continue
			}
			row := conflictRow{Party: q.partyName(x.p), Title: q.instrumentTitle(x.in), Act: string(c.Act), About: c.About, Address: "/i/" + string(x.in) + "/" + string(x.p)}
			for _, s := range c.Says {
				row.Says = append(row.Says, conflictSays{Source: string(s.Source), Value: s.Value, Filing: s.Filing,
					Settle: "/desk/record/new/decision" + query("act", string(c.Act), "follows", string(s.Source), "title", "Which source the record follows on "+string(c.Act))})
			}
			p.List = append(p.List, row)
		}
	}
	if p.Open > p.From+conflictsShown {
		p.Next = p.From + conflictsShown
	}
	return &answer{template: "record_conflicts.html", view: p}, nil
}

type mergesPage struct {
	page
	List     []mergeRow
	MayWrite bool
}

type mergeRow struct {
	stocktake.Merge
	Filing int64
	Undo   string // address of the form that takes it back; empty where it was taken back
}

// showMerges lists the merges that hold, each with a link to the form that takes it back.
func showMerges(q *request) (*answer, error) {
	if err := q.mayRecord(people.SeeRecordDesk); err != nil {
		return nil, err
	}
	p := &mergesPage{page: q.view("record", "Ids that mean one thing", "A merge can be taken back: then each id stands for itself again."), MayWrite: q.canRecord(people.WriteRecord)}
	rec := q.d.opt.Ledger.Record()
	for _, m := range rec.MergesAt(rec.Head()) {
		p.List = append(p.List, mergeRow{m.Merge, m.Filing, "/desk/record/new/merge" + query("of", m.Of, "from", m.From, "into", m.Into, "undo", "yes", "title", "Takes the merge of "+m.From+" into "+m.Into+" back")})
	}
	return &answer{template: "record_merges.html", view: p}, nil
}
