package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stocktake"
)

// recommendedAt is what the index keeps of a recommendation; the rest is read back from its filing.
type recommendedAt struct {
	filing  int64
	known   int64
	id      string
	list    *recommendedList // what many have in common
	party   stocktake.PartyID
	answer  *stocktake.Answer
	at      int32 // place in its filing
	cycle   int16
	session int16
}

// recommendedList is what recommendations of one kind share, kept once.
type recommendedList struct {
	review     string
	from       []stocktake.PartyID
	labels     []string
	provisions []stocktake.ProvisionID
	response   string
	date       stocktake.Date
	source     stocktake.SourceID
}

// Recommended is a recommendation as the index knows it, without its words. Its lists are not the caller's.
type Recommended struct {
	ID         string
	Review     string
	Cycle      int
	Session    int
	Party      stocktake.PartyID
	From       []stocktake.PartyID
	Labels     []string
	Provisions []stocktake.ProvisionID
	Response   string
	Date       stocktake.Date
	Answer     *stocktake.Answer
	Source     stocktake.SourceID
	Filing     int64
}

// RecommendedFilter says which recommendations are meant; what is empty means all.
type RecommendedFilter struct {
	ID        string
	Party     stocktake.PartyID
	From      stocktake.PartyID
	Review    string
	Cycle     int
	Provision stocktake.ProvisionID
	Label     string
}

func (r *Record) recommend(f *stocktake.Filing, n int64, known func(stocktake.SourceID) int64) {
	if len(f.Recommended) == 0 {
		return
	}
	if r.recommendedBy == nil {
		r.recommendedBy = map[stocktake.PartyID][]int32{}
	}
	shared := map[string]*recommendedList{}
	answers := map[string]*stocktake.Answer{}
	for i := range f.Recommended {
		x := &f.Recommended[i]
		k := strings.Join([]string{x.Review, joined(x.From), strings.Join(x.Labels, "\x01"), joined(x.Provisions), x.Response, x.Date.String(), string(x.Source)}, "\x00")
		l := shared[k]
		if l == nil {
			l = &recommendedList{review: strings.Clone(x.Review), from: slices.Clone(x.From), labels: slices.Clone(x.Labels), provisions: slices.Clone(x.Provisions),
				response: strings.Clone(x.Response), date: x.Date, source: x.Source}
			shared[k] = l
		}
		a := x.Answer
		if a != nil {
			k := answerKey(a)
			if answers[k] == nil {
				answers[k] = a
			}
			a = answers[k]
		}
		num := int32(len(r.recommended))
		r.recommended = append(r.recommended, recommendedAt{filing: n, known: known(x.Source), id: strings.Clone(x.ID), list: l, party: r.parties[r.party(x.Party)].id,
			answer: a, at: int32(i), cycle: int16(x.Cycle), session: int16(x.Session)})
		r.recommendedBy[x.Party] = append(r.recommendedBy[x.Party], num)
	}
}

func joined[T ~string](list []T) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(string(x))
		b.WriteByte(1)
	}
	return b.String()
}

// answerKey is the same for answers that say the same.
func answerKey(a *stocktake.Answer) string {
	var b strings.Builder
	b.WriteString(a.By + "\x00" + a.Note + "\x00" + a.Until.String())
	a.EachRule(func(role stocktake.Role, x *stocktake.AnswerRule) {
		b.WriteString("\x00" + role.String() + "\x01" + string(x.Party) + "\x01" + x.Standing + "\x01" + joined(x.Instruments))
		for _, k := range x.Kinds {
			b.WriteString(k.String() + "\x01")
		}
	})
	return b.String()
}

// Recommendations returns what was recommended, as far as it could be known and was recommended by the day: by party, cycle, session, then id. One
// that was filed again under its id is as it was filed last.
func (r *Record) Recommendations(at stocktake.At, fl RecommendedFilter) []Recommended {
	r.mu.RLock()
	defer r.mu.RUnlock()
	places := r.recommendedBy[fl.Party]
	all := fl.Party == ""
	n := len(places)
	if all {
		n = len(r.recommended)
	}
	last := map[string]int{}
	var list []Recommended
	for i := range n {
		if !all {
			i = int(places[i])
		}
		x := &r.recommended[i]
		l := x.list
		if x.known > micros(at.Known) || !r.told(x.filing, at.Head) || fl.ID != "" && x.id != fl.ID || fl.Review != "" && l.review != fl.Review || fl.Cycle != 0 && int(x.cycle) != fl.Cycle ||
			fl.From != "" && !slices.Contains(l.from, fl.From) || fl.Provision != "" && !slices.Contains(l.provisions, fl.Provision) || fl.Label != "" && !slices.Contains(l.labels, fl.Label) {
			continue
		}
		if lo, _ := l.date.Reach(); !l.date.IsZero() && lo > at.On {
			continue
		}
		out := x.out()
		if j, ok := last[x.id]; ok {
			list[j] = out
			continue
		}
		last[x.id] = len(list)
		list = append(list, out)
	}
	slices.SortStableFunc(list, func(a, b Recommended) int {
		return cmp.Or(cmp.Compare(a.Party, b.Party), cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(a.Session, b.Session), naturally(a.ID, b.ID))
	})
	return list
}

func (x *recommendedAt) out() Recommended {
	l := x.list
	return Recommended{ID: x.id, Review: l.review, Cycle: int(x.cycle), Session: int(x.session), Party: x.party, From: l.from, Labels: l.labels, Provisions: l.provisions,
		Response: l.response, Date: l.date, Answer: x.answer, Source: l.source, Filing: x.filing}
}

// Recommendation returns one recommendation with its words, where they are still here.
func (r *Record) Recommendation(ctx context.Context, id string, at stocktake.At) (x stocktake.Recommendation, filing int64, ok bool, err error) {
	list := r.Recommendations(at, RecommendedFilter{ID: id})
	if len(list) == 0 {
		return x, 0, false, nil
	}
	words, err := r.RecommendationWords(ctx, list[:1])
	if err != nil {
		return x, 0, false, err
	}
	return *words[0], list[0].Filing, true, nil
}

// RecommendationWords reads recommendations back from their filings, in the order given. Each filing is read once where they stand together.
func (r *Record) RecommendationWords(ctx context.Context, list []Recommended) ([]*stocktake.Recommendation, error) {
	out := make([]*stocktake.Recommendation, len(list))
	filings := map[int64]map[string]*stocktake.Recommendation{}
	for i := range list {
		by := filings[list[i].Filing]
		if by == nil {
			f, err := r.loader.Load(ctx, list[i].Filing)
			if err != nil {
				return nil, err
			}
			by = make(map[string]*stocktake.Recommendation, len(f.Recommended))
			for j := range f.Recommended {
				by[f.Recommended[j].ID] = &f.Recommended[j]
			}
			filings[list[i].Filing] = by
		}
		x := by[list[i].ID]
		if x == nil {
			return nil, stocktake.NotFoundf("filing %d does not hold recommendation %s", list[i].Filing, list[i].ID)
		}
		out[i] = x
	}
	return out, nil
}

// Done is what the ledger says of a recommendation: what became of it since, and whether what it asks had been done before.
type Done struct {
	CallState
	Before stocktake.CallStatus // by the day of the review
}

// RecommendationBecame works out, by its rules, whether what a recommendation asks was done, as for a call: from acts of the state under review after
// the review. ok is false where nothing says which acts would do it.
func (r *Record) RecommendationBecame(ctx context.Context, at stocktake.At, x *Recommended) (d Done, ok bool, err error) {
	if x.Answer == nil {
		return d, false, nil
	}
	d.CallState, err = r.doneBy(ctx, at, x, x.Date)
	if err != nil {
		return d, false, err
	}
	before := at
	if lo, _ := x.Date.Bounds(); lo != stocktake.MinDay {
		before.On = min(at.On, lo)
		early, err := r.doneBy(ctx, before, x, stocktake.DateOf(stocktake.DayOf(1900, 1, 1)))
		if err != nil {
			return d, false, err
		}
		d.Before = early.Status
	} else {
		d.Before = stocktake.CallCannotTell
	}
	return d, true, nil
}

// doneBy works out what became of it, counting acts from a day on.
func (r *Record) doneBy(ctx context.Context, at stocktake.At, x *Recommended, from stocktake.Date) (CallState, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	q := r.query(at)
	defer q.done()
	s := &statementAt{filing: x.Filing}
	s.Date = from
	c := caller{r: r, q: q, at: at, s: s, rows: map[uint32]*instrRows{}}
	id := x.Party
	st := CallState{Call: x.ID, Kind: "recommendation", AddresseeID: &id, Answer: x.Answer, Day: c.s.made(), On: at.OnString(), Known: at.KnownString(), Head: at.Head, Filing: x.Filing,
		Note: x.Answer.Note, ReadBy: x.Answer.By}
	_, err := c.became(ctx, &st, []stocktake.PartyID{x.Party}, -1)
	return st, err
}
