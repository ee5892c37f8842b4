package record

import (
	"context"
	"slices"
	"strings"

	"stocktake"
)

// Undertaking is one provision that a party stands towards. Its JSON is fixed.
type Undertaking struct {
	Instrument   stocktake.InstrumentID `json:"instrument"`
	Provision    stocktake.ProvisionID  `json:"provision"`
	Number       string                 `json:"number"`
	Title        string                 `json:"title"`
	Text         *string                `json:"text"` // official words, where the text was imported
	Lang         string                 `json:"lang,omitempty"`
	Standing     string                 `json:"standing"`
	Bound        *bool                  `json:"bound"`
	InForce      *bool                  `json:"in_force"`
	Unsure       bool                   `json:"unsure"`
	Reservations []Reservation          `json:"reservations"`
	Since        *stocktake.Date        `json:"since"`
	Ends         *stocktake.Date        `json:"ends"`
	Sources      []stocktake.SourceID   `json:"sources"`
	On           string                 `json:"on"`
	Known        string                 `json:"known"`
	Head         int64                  `json:"head"`
}

// Reservation is a reservation or declaration of the party to the instrument.
type Reservation struct {
	ID     stocktake.ActID    `json:"id"`
	Kind   stocktake.ActKind  `json:"kind"`
	Date   stocktake.Date     `json:"date"`
	Text   *string            `json:"text"` // null: not carried, or gone
	Source stocktake.SourceID `json:"source"`
	Filing int64              `json:"filing"`
}

// Undertakings returns, for a party, the provisions with a theme (all when empty) of the instruments that it stands towards, or of those
// named, with official number, our short title, and the official words where the text was imported.
func (r *Record) Undertakings(ctx context.Context, at stocktake.At, p stocktake.PartyID, theme string, only []stocktake.InstrumentID) ([]Undertaking, error) {
	var want []*stocktake.Provision
	r.mu.RLock()
	for id := range r.provisions {
		d, ok := r.provision(id, at.Head)
		if !ok || theme != "" && !slices.Contains(d.Themes, theme) {
			continue
		}
		if len(only) > 0 && !slices.Contains(only, d.Instrument) {
			continue
		}
		want = append(want, d)
	}
	r.mu.RUnlock()
	slices.SortFunc(want, func(a, b *stocktake.Provision) int {
		if c := strings.Compare(string(a.Instrument), string(b.Instrument)); c != 0 {
			return c
		}
		return naturally(string(a.ID), string(b.ID))
	})
	list := []Undertaking{}
	standings := map[stocktake.InstrumentID]stocktake.Standing{}
	reserved := map[stocktake.InstrumentID][]Reservation{}
	for _, d := range want {
		st, ok := standings[d.Instrument]
		if !ok {
			var err error
			st, err = r.Standing(ctx, at, p, d.Instrument)
			if err != nil {
				if stocktake.KindOf(err) == stocktake.NotFound {
					continue
				}
				return nil, err
			}
			standings[d.Instrument] = st
			if reserved[d.Instrument], err = r.reservations(ctx, &st); err != nil {
				return nil, err
			}
		}
		if st.Standing == stocktake.NoActKnown && len(only) == 0 && !st.Unsure {
			continue
		}
		u := Undertaking{Instrument: d.Instrument, Provision: d.ID, Number: d.Number, Title: d.Title, Standing: st.Standing, Bound: st.Bound, InForce: st.InForce, Unsure: st.Unsure,
			Reservations: reserved[d.Instrument], Since: st.Since, Ends: st.Ends, Sources: []stocktake.SourceID{}, On: st.On, Known: st.Known, Head: st.Head}
		for _, a := range st.Acts {
			u.Sources = union(u.Sources, a.Sources)
		}
		texts, err := r.Texts(ctx, d.ID, at.Head)
		if err != nil {
			return nil, err
		}
		for i := range texts {
			if texts[i].Lang == "en" || u.Text == nil {
				u.Text, u.Lang = &texts[i].Words, texts[i].Lang
			}
		}
		list = append(list, u)
	}
	return list, nil
}

func (r *Record) reservations(ctx context.Context, st *stocktake.Standing) ([]Reservation, error) {
	out := []Reservation{}
	for _, a := range st.Acts {
		switch a.Kind {
		case stocktake.ReservationAct, stocktake.DeclarationAct, stocktake.DeclarationOrReservation:
		default:
			continue
		}
		entries, err := r.Act(ctx, stocktake.At{On: stocktake.MaxDay, Known: stocktake.EndOfDay(100000), Head: st.Head}, a.ID)
		if err != nil {
			return nil, err
		}
		x := Reservation{ID: a.ID, Kind: a.Kind, Date: a.Date, Filing: a.Filing}
		for _, e := range entries {
			x.Source = e.Source
			if e.Text != nil && e.Text.Words.Text != "" {
				t := e.Text.Words.Text
				x.Text = &t
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// ActEntry is one source's entry of an act, with where it stands in the record.
type ActEntry struct {
	stocktake.Act
	Filing int64  `json:"filing"`
	Known  string `json:"known"`
	// Retracted says that an erratum took the entry out, Replaced that a later one of the same source took its place: neither counts.
	Retracted bool `json:"-"`
	Replaced  bool `json:"-"`
}

// Act returns what every source says of one act, oldest filing first. A ballot is found by its id too. No entry is no error.
func (r *Record) Act(ctx context.Context, at stocktake.At, id stocktake.ActID) ([]ActEntry, error) {
	return r.entries(ctx, at, id, "", "")
}

// ActOf is Act where it is known whose act it is and towards what: it need not look through the whole record for an id that says neither.
func (r *Record) ActOf(ctx context.Context, at stocktake.At, id stocktake.ActID, party stocktake.PartyID, in stocktake.InstrumentID) ([]ActEntry, error) {
	return r.entries(ctx, at, id, party, in)
}

func (r *Record) entries(ctx context.Context, at stocktake.At, id stocktake.ActID, party stocktake.PartyID, in stocktake.InstrumentID) ([]ActEntry, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	h := actHash(id)
	q := r.query(at)
	var rows []row
	look := func(list []row) {
		for i := range list {
			if list[i].act == h {
				rows = append(rows, list[i])
			}
		}
	}
	if rest, ok := strings.CutPrefix(string(id), "rc-"); ok {
		roll, party, _ := strings.Cut(rest, "/")
		n, ok := r.rollByID[roll]
		p, ok2 := r.partyByID[stocktake.PartyID(party)]
		if ok && ok2 {
			for _, c := range r.rolls[n].claims {
				look(run(r.base.ofInstr(c.instr), p))
				look(run(r.delta.ofInstr(c.instr), p))
			}
		}
	} else if parts := strings.Split(string(id), "/"); len(parts) == 4 {
		n, ok := r.instrByID[stocktake.InstrumentID(parts[0])]
		p, ok2 := r.partyByID[stocktake.PartyID(parts[1])]
		if ok && ok2 {
			look(run(r.base.ofInstr(n), p))
			look(run(r.delta.ofInstr(n), p))
		}
	}
	known := false
	if n, ok := r.instrByID[in]; ok && rows == nil {
		if p, ok := r.partyByID[party]; ok {
			s := r.rowsOf(q.instr(n), q)
			for _, x := range append([]uint16{p}, q.oneParty[p]...) {
				look(run(s.base, x))
				look(run(s.new, x))
				for i := range s.also { // what a merge made one with it
					look(run(s.also[i].base, x))
					look(run(s.also[i].new, x))
				}
			}
			known = strings.HasPrefix(string(id), "rc-") // a vote that no source lists, derived from membership, has no rows at all
		}
	}
	if rows == nil && !known {
		look(r.base.instr)
		look(r.delta.instr)
	}
	var out []ActEntry
	seen := map[uint32]bool{}
	for i := range rows {
		w := &rows[i]
		if seen[w.occ] || !r.visible(w.occ, q) {
			continue
		}
		seen[w.occ] = true
		for o := int32(w.occ); o >= 0; o = r.occs[o].also {
			oc := &r.occs[o]
			if oc.filing > at.Head || oc.known > micros(at.Known) {
				continue
			}
			x := *w
			x.occ = uint32(o)
			a, err := r.detail(ctx, &x)
			if err != nil {
				return nil, err
			}
			if a.ID != id {
				continue
			}
			out = append(out, ActEntry{Act: *a, Filing: oc.filing, Known: stocktake.At{Known: microsTime(oc.known)}.KnownString(), Retracted: len(r.retractH) > 0 && r.gone(&x, q)})
		}
	}
	slices.SortStableFunc(out, func(a, b ActEntry) int { return int(a.Filing - b.Filing) })
	last := map[stocktake.SourceID]int{}
	for i := range out {
		if out[i].Retracted {
			continue
		}
		if n, ok := last[out[i].Source]; ok {
			out[n].Replaced = true
		}
		last[out[i].Source] = i
	}
	return out, nil
}

// Themes returns the themes of provisions described by head, in the order of their names.
func (r *Record) Themes(head int64) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []string
	for _, versions := range r.provisions {
		for _, v := range versions {
			if v.filing <= head {
				list = append(list, v.value.Themes...)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
