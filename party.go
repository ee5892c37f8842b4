package stocktake

// PartyID is ISO 3166-1 alpha-3 for states, and a readable id of our own for others: x-frg, EUU, un-members, nnirr.org.
type PartyID string

// A Party is whoever can stand towards an instrument. A later description of the same ID takes the place of the earlier one.
type Party struct {
	ID          PartyID           `json:"id"`
	Kind        string            `json:"kind"`              // state, former-state, seat, territory, observer, union, organ, group, organisation
	Names       map[string]string `json:"names"`             // short name by language, UN usage
	Formal      map[string]string `json:"formal,omitempty"`  // formal name by language
	Aliases     []string          `json:"aliases,omitempty"` // other names that texts and files use
	Codes       map[string]string `json:"codes,omitempty"`   // iso2, iso3, m49, cow, wikidata, domain, ...
	From        Date              `json:"from,omitzero"`     // existed from; not stated: no standing is withheld for it
	To          Date              `json:"to,omitzero"`       // last day of its existence; not stated: exists
	Memberships []Membership      `json:"memberships,omitempty"`
	Links       []PartyLink       `json:"links,omitempty"`
	Notes       []string          `json:"notes,omitempty"`
	Sources     []SourceID        `json:"sources,omitempty"`
}

// Membership is one span in a group of parties, such as "un-members". To is the last day of it, not stated while it lasts.
type Membership struct {
	Group PartyID `json:"group"`
	From  Date    `json:"from,omitzero"`
	To    Date    `json:"to,omitzero"`
	Basis string  `json:"basis,omitempty"` // resolution or act, as the source gives it
}

// PartyLink ties parties that are not one: Rel is successor-of, predecessor-of, part-of, chapter-of.
type PartyLink struct {
	Rel string  `json:"rel"`
	To  PartyID `json:"to"`
}

// Existed reports whether p existed on day: Yes where nothing says otherwise.
func (p Party) Existed(day Date) Truth {
	t := Yes
	if !p.From.IsZero() {
		t = p.From.OnOrBefore(day)
	}
	if !p.To.IsZero() {
		t = t.And(day.OnOrBefore(p.To))
	}
	return t
}

// MemberOf reports whether p belonged to group on day.
func (p Party) MemberOf(group PartyID, day Date) Truth {
	t := No
	for _, m := range p.Memberships {
		if m.Group != group {
			continue
		}
		in := Yes
		if !m.From.IsZero() {
			in = m.From.OnOrBefore(day)
		}
		if !m.To.IsZero() {
			in = in.And(day.OnOrBefore(m.To))
		}
		t = t.Or(in)
	}
	return t
}
