package record

import (
	"slices"
	"strings"
	"time"

	"stocktake"
)

// roll is one roll-call in every edition that tells of it.
type roll struct {
	id     string
	claims []rollClaim // in the order of filing
}

// rollClaim is one edition's version of a roll-call.
type rollClaim struct {
	occ, occAbsent int32 // occAbsent: occasion of its absences, which other editions may not have
	instr          uint32
	date           stocktake.Date
	session        int16
	label          string
	symbol         string
	part           string
	issues         []string
	ballots        []byte // by party number: act kind, 0 for none; shared between equal editions
}

// RollCallView is a roll-call as of some known and head. Parties holds what each party did: yes, no, abstain, absent, "not voting".
type RollCallView struct {
	ID         string                       `json:"id"`
	Instrument stocktake.InstrumentID       `json:"instrument"`
	Symbol     string                       `json:"symbol"`
	Session    int                          `json:"session"`
	Date       stocktake.Date               `json:"date"`
	Part       string                       `json:"part,omitempty"`
	Label      string                       `json:"label,omitempty"`
	Issues     []string                     `json:"issues,omitempty"`
	Yes        int                          `json:"yes"`
	No         int                          `json:"no"`
	Abstain    int                          `json:"abstain"`
	Absent     int                          `json:"absent"`
	NotVoting  int                          `json:"not_voting"`         // all members without a yes, no or abstention; absent ones among them
	Derived    bool                         `json:"not_voting_derived"` // from membership, because no source lists absences
	Parties    map[stocktake.PartyID]string `json:"parties,omitempty"`
	Source     stocktake.SourceID           `json:"source"`
	Filing     int64                        `json:"filing"`
	On         string                       `json:"on,omitempty"`
	Known      string                       `json:"known"`
	Head       int64                        `json:"head"`
}

// current returns the claim of a roll-call that counts at the coordinates: the latest known among those visible.
func (r *Record) current(rc *roll, known, head int64) *rollClaim {
	var best *rollClaim
	for i := range rc.claims {
		c := &rc.claims[i]
		o := &r.occs[c.occ]
		if o.filing > head || o.known > known {
			continue
		}
		if best == nil {
			best = c
			continue
		}
		if r.newer(o, &r.occs[best.occ]) {
			best = c
		}
	}
	return best
}

// rollCall adds one edition's version of a roll-call. Where another edition of the series lists the very same votes, they share rows. Where
// the text, the day or the part that was voted on differs, the edition that was known later takes the place of the other; where only votes
// differ, replay brings them together, party by party.
func (r *Record) rollCall(f *stocktake.RollCall, n int64, filed time.Time, mends int64) {
	src := r.source(f.Source)
	num, ok := r.rollByID[f.ID]
	if !ok {
		num = int32(len(r.rolls))
		r.rolls = append(r.rolls, roll{id: f.ID})
		r.rollByID[f.ID] = num
	}
	in := r.instr(f.Instrument, n)
	e := &r.instrs[in]
	if len(e.descs) == 0 && e.implied == nil {
		e.implied = implied(f)
		e.impliedN = n
	}
	if !slices.Contains(e.rolls, num) {
		e.rolls = append(e.rolls, num)
	}
	r.stale = append(r.stale, in)
	occ := r.occasion(n, filed, src, mends)
	r.occs[occ].roll = num
	c := rollClaim{occ: occ, occAbsent: occ, instr: in, date: f.Date, session: int16(f.Session), label: f.Label, symbol: f.Symbol, part: f.Part, issues: f.Issues}
	f.Ballots(func(p stocktake.PartyID, k stocktake.ActKind) {
		i := int(r.party(p))
		for len(c.ballots) <= i {
			c.ballots = append(c.ballots, make([]byte, max(32, i+1-len(c.ballots)))...)
		}
		c.ballots[i] = byte(k)
	})
	c.ballots = slices.Clip(c.ballots)
	if f.Absent != "" || f.NotVoting != "" {
		c.occAbsent = r.occasion(n, filed, src, mends)
		r.occs[c.occAbsent].roll = num
	}
	rc := &r.rolls[num]
	if !slices.ContainsFunc(rc.claims, func(o rollClaim) bool { return o.session == c.session }) {
		if r.bySession == nil {
			r.bySession = map[int16][]int32{}
		}
		r.bySession[c.session] = append(r.bySession[c.session], num)
	}
	votes, absences := false, false // rows that are shared
	for i := range rc.claims {
		o := &rc.claims[i]
		so := &r.occs[o.occ]
		if !r.sameSeries(src, so.source, n) {
			continue
		}
		switch alike := o.instr == in && o.date == c.date && o.part == c.part; {
		case mends > 0 && so.filing == mends:
			r.supersede(o.occ, occ)
			if o.occAbsent != o.occ {
				r.supersede(o.occAbsent, occ)
			}
		case alike && mends == 0:
			if !votes && sameBallots(o.ballots, c.ballots, true) {
				r.chain(o.occ, occ)
				votes = true
			}
			if !absences && o.occAbsent != o.occ && c.occAbsent != occ && sameBallots(o.ballots, c.ballots, false) {
				r.chain(o.occAbsent, c.occAbsent)
				absences = true
			}
			if string(o.ballots) == string(c.ballots) {
				c.ballots = o.ballots
			}
		case alike:
		case r.newer(&r.occs[occ], so):
			r.supersede(o.occ, occ)
			if o.instr != in && o.occAbsent != o.occ {
				r.supersede(o.occAbsent, occ)
			}
		default:
			r.supersede(occ, o.occ)
			if o.instr != in && c.occAbsent != occ {
				r.supersede(c.occAbsent, o.occ)
			}
		}
	}
	for p, b := range c.ballots {
		k := stocktake.ActKind(b)
		o := occ
		switch {
		case k == stocktake.NoAct || cast(k) && votes || !cast(k) && absences:
			continue
		case !cast(k):
			o = c.occAbsent
		}
		w := row{instr: in, party: uint16(p), kind: k, occ: uint32(o), act: actHash(stocktake.BallotID(f.ID, r.parties[p].id)), flags: flagRollCall}
		if f.Part != "" {
			w.flags |= flagPart
		}
		r.add(w, stocktake.PhaseDone, f.Date)
	}
	rc.claims = append(rc.claims, c)
}

// newer reports whether one occasion goes before another of its series: known later; where both were known at once, by the id of the source,
// so that the order of filing does not show; of one source, filed later.
func (r *Record) newer(a, b *occasion) bool {
	switch {
	case a.known != b.known:
		return a.known > b.known
	case a.source != b.source:
		return r.sources[a.source].id > r.sources[b.source].id
	}
	return a.filing > b.filing
}

// sameBallots reports whether two editions list the same votes, or the same absences.
func sameBallots(a, b []byte, votes bool) bool {
	for i := range max(len(a), len(b)) {
		var x, y stocktake.ActKind
		if i < len(a) {
			x = stocktake.ActKind(a[i])
		}
		if i < len(b) {
			y = stocktake.ActKind(b[i])
		}
		if x != y && (x != stocktake.NoAct && cast(x) == votes || y != stocktake.NoAct && cast(y) == votes) {
			return false
		}
	}
	return true
}

// sameSeries reports whether two sources are one, or editions of one series, at head.
func (r *Record) sameSeries(a, b uint32, head int64) bool {
	if a == b {
		return true
	}
	s := r.sources[a].series(head)
	return s != "" && s == r.sources[b].series(head)
}

func (r *Record) chain(first, next int32) {
	for r.occs[first].also >= 0 {
		first = r.occs[first].also
	}
	r.occs[first].also = next
}

func (r *Record) supersede(old, by int32) {
	r.occs[old].super = append(r.occs[old].super, by)
	r.replaced[old/64] |= 1 << (old % 64)
}

func implied(f *stocktake.RollCall) *stocktake.Instrument {
	in := &stocktake.Instrument{ID: f.Instrument, Kind: stocktake.Resolution, Title: "Proposal voted on by the General Assembly (roll-call " + f.ID + ")", Parties: "un-members"}
	if !strings.HasPrefix(string(f.Instrument), "ga-rc-") && f.Symbol != "" {
		in.Title = "Proposal voted on by the General Assembly (" + f.Symbol + ")"
	}
	if strings.HasPrefix(string(f.Instrument), "a-res-") {
		in.Symbol = ResolutionSymbol(f.Symbol)
		in.Title = "General Assembly resolution " + strings.TrimPrefix(in.Symbol, "A/RES/")
	}
	return in
}

// ResolutionSymbol returns the UN symbol of a resolution from the short form of the roll-call files: "R/73/195" gives "A/RES/73/195",
// and "R/20/2106", of a time when resolutions were numbered through, "A/RES/2106 (XX)".
func ResolutionSymbol(s string) string {
	parts := strings.Split(s, "/")
	if len(parts) == 3 && parts[0] == "R" {
		if n := atoi(parts[1]); n > 0 && n <= 30 {
			return "A/RES/" + parts[2] + " (" + roman(n) + ")"
		}
		return "A/RES/" + parts[1] + "/" + parts[2]
	}
	return s
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func roman(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		v int
		s string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= d.v {
			b.WriteString(d.s)
			n -= d.v
		}
	}
	return b.String()
}
