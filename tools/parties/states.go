package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
)

const (
	codesFile    = "country-reference/country-codes.csv"
	codelistFile = "country-reference/countrycode_codelist_without_cldr.csv"
	spansFile    = "country-reference/cow_state_year_spans.csv"
	membersFile  = "country-reference/un_membership_dates_untc_2015.csv"
	unMembers    = stocktake.PartyID("un-members")
)

// builder holds the states while they are made.
type builder struct {
	over    overrides
	parties map[stocktake.PartyID]*stocktake.Party
	iso2    map[string]stocktake.PartyID
	cow     map[string]stocktake.PartyID
	folded  map[string]stocktake.PartyID // who has a spelling, by its fold
	remarks []string
}

// states makes the filing of the states, territories and observers of ISO 3166-1.
func states(data string) (stocktake.Filing, []string, error) {
	over, err := readOverrides()
	if err != nil {
		return stocktake.Filing{}, nil, err
	}
	b := &builder{over: over, parties: map[stocktake.PartyID]*stocktake.Party{}, iso2: map[string]stocktake.PartyID{},
		cow: map[string]stocktake.PartyID{}, folded: map[string]stocktake.PartyID{}}
	f := stocktake.Filing{Format: stocktake.Format, Key: "parties/states", Title: "States, territories and observers, with their names, codes and dates of admission",
		Note: "Names are the short names of UN usage; pt and de, and what UN usage lacks, are CLDR's. Other spellings are those of the tables that the record is filled from. " +
			"A state's first year stands only where the list of states has one after 1945 and no register date, vote or admission is earlier."}
	if f.Sources, err = stateSources(data); err != nil {
		return f, nil, err
	}
	for _, step := range []func(string) error{b.codes, b.numbers, b.formalAndExtra, b.memberships, b.cldrNames, b.spell, b.firstYears} {
		if err := step(data); err != nil {
			return f, b.remarks, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.parties)) {
		p := b.parties[id]
		slices.SortFunc(p.Aliases, func(x, y string) int { return cmp.Or(cmp.Compare(fold(x), fold(y)), cmp.Compare(x, y)) })
		p.Aliases = slices.Compact(p.Aliases)
		f.Parties = append(f.Parties, *p)
	}
	return f, b.remarks, nil
}

// codes makes one party for each row of the table of country codes, with the names of UN usage.
func (b *builder) codes(data string) error {
	short := map[string]string{"en": "UNTERM English Short", "es": "UNTERM Spanish Short", "fr": "UNTERM French Short", "ar": "UNTERM Arabic Short", "ru": "UNTERM Russian Short", "zh": "UNTERM Chinese Short"}
	formal := map[string]string{"en": "UNTERM English Formal", "es": "UNTERM Spanish Formal", "fr": "UNTERM French Formal", "ar": "UNTERM Arabic Formal", "ru": "UNTERM Russian Formal", "zh": "UNTERM Chinese Formal"}
	m49 := map[string]string{"en": "official_name_en", "es": "official_name_es", "fr": "official_name_fr"} // the others have slips: ru in the genitive, ar garbled
	langs := []string{"en", "es", "fr", "ar", "ru", "zh"}
	cols := []string{"ISO3166-1-Alpha-3", "ISO3166-1-Alpha-2", "M49", "wikidata_id"}
	for _, l := range langs {
		cols = append(cols, short[l], formal[l])
	}
	cols = append(cols, m49["en"], m49["es"], m49["fr"])
	return each(data, codesFile, cols, func(c []string) error {
		id := stocktake.PartyID(c[0])
		p := &stocktake.Party{ID: id, Kind: "territory", Names: map[string]string{}, Formal: map[string]string{}, Sources: []stocktake.SourceID{srcCodes, srcCLDR}}
		n, err := strconv.Atoi(c[2])
		if err == nil {
			p.Codes = map[string]string{"iso2": c[1], "iso3": c[0], "m49": fmt.Sprintf("%03d", n)}
		} else {
			p.Codes = map[string]string{"iso2": c[1], "iso3": c[0]}
		}
		if i := strings.LastIndex(c[3], "/Q"); i >= 0 {
			p.Codes["wikidata"] = c[3][i+1:]
		}
		for i, l := range langs {
			if s := unterm(c[4+2*i]); s != "" {
				p.Names[l] = strings.Clone(s)
			}
			if s := untermFormal(c[5+2*i], l); s != "" && s != p.Names[l] {
				p.Formal[l] = strings.Clone(s)
			}
		}
		for i, l := range langs[:3] {
			if p.Names[l] == "" {
				p.Names[l] = strings.Clone(c[4+2*len(langs)+i])
			}
		}
		for k, v := range p.Codes {
			p.Codes[k] = strings.Clone(v)
		}
		p.ID = stocktake.PartyID(strings.Clone(c[0]))
		b.parties[p.ID] = p
		b.iso2[p.Codes["iso2"]] = p.ID
		return nil
	})
}

// numbers adds the Correlates of War numbers.
func (b *builder) numbers(data string) error {
	return each(data, codelistFile, []string{"iso3c", "cown"}, func(c []string) error {
		if p := b.parties[stocktake.PartyID(c[0])]; p != nil && c[1] != "" && c[1] != "NA" {
			p.Codes["cow"] = strings.Clone(c[1])
			p.Sources = append(p.Sources, srcCodes2)
		}
		return nil
	})
}

// formalAndExtra applies the overrides.
func (b *builder) formalAndExtra(string) error {
	for id, o := range b.over.Parties {
		p := b.parties[id]
		if p == nil {
			return fmt.Errorf("overrides.yaml: %s is in no row of the table of country codes", id)
		}
		if o.Kind != "" {
			p.Kind = o.Kind
		}
		maps.Copy(p.Names, o.Names)
		maps.Copy(p.Formal, o.Formal)
		for k, v := range o.Codes {
			if p.Codes[k] = v; v == "" {
				delete(p.Codes, k)
			}
		}
		for _, l := range o.Links {
			p.Links = append(p.Links, stocktake.PartyLink{Rel: l.Rel, To: stocktake.PartyID(l.To)})
		}
		p.Notes = o.Notes
	}
	for id, p := range b.parties {
		if n := p.Codes["cow"]; n != "" {
			if other, taken := b.cow[n]; taken {
				return fmt.Errorf("Correlates of War number %s is %s's and %s's", n, other, id)
			}
			b.cow[n] = id
		}
	}
	return nil
}

// misprinted resolutions of admission, as the table has them and as they are.
var misprinted = map[string]string{"21 75 (XXI)": "2175 (XXI)", "57 (I)": "57/1", "3051 (XXVII)": "3051 (XXVIII)", "11/1 (S-XI)": "S-11/1"}

// memberships adds the spans in the United Nations, and makes their holders states.
func (b *builder) memberships(data string) error {
	byName := map[string]stocktake.PartyID{}
	for id, p := range b.parties {
		byName[fold(p.Names["en"])] = id
		for _, a := range b.over.Parties[id].Aliases {
			byName[fold(a)] = id
		}
	}
	err := each(data, membersFile, []string{"participant", "kind", "date", "resolution"}, func(c []string) error {
		id, ok := byName[fold(c[0])]
		if !ok {
			return fmt.Errorf("%q is nobody's name; add it to the aliases in overrides.yaml", c[0])
		}
		p := b.parties[id]
		if p.Kind == "territory" {
			p.Kind = "state"
		}
		p.Sources = append(p.Sources, srcMembers)
		if len(b.over.Parties[id].Memberships) > 0 {
			return nil
		}
		day, err := time.Parse("2 Jan 2006", c[2])
		if err != nil {
			return fmt.Errorf("%s: %w", c[0], err)
		}
		m := stocktake.Membership{Group: unMembers, From: stocktake.MustDate(day.Format(time.DateOnly)), Basis: "admission"}
		if strings.HasPrefix(c[1], "original") {
			m.Basis = "original member; ratification of the Charter deposited that day"
		} else if r := c[3]; r != "" {
			if mended, ok := misprinted[r]; ok {
				r = mended
			}
			m.Basis = "A/RES/" + strings.Clone(r)
		}
		p.Memberships = append(p.Memberships, m)
		return nil
	})
	if err != nil {
		return err
	}
	for id, o := range b.over.Parties {
		for _, m := range o.Memberships {
			s := stocktake.Membership{Group: unMembers, Basis: m.Basis}
			if m.From != "" {
				s.From = stocktake.MustDate(m.From)
			}
			if m.To != "" {
				s.To = stocktake.MustDate(m.To)
			}
			b.parties[id].Memberships = append(b.parties[id].Memberships, s)
		}
	}
	return nil
}

// cldrNames fills the languages that have no name yet.
func (b *builder) cldrNames(string) error {
	names, err := cldr()
	if err != nil {
		return err
	}
	for code, id := range b.iso2 {
		for _, n := range names[code] {
			if p := b.parties[id]; n.form == "name" && p.Names[n.lang] == "" && !strings.Contains(n.lang, "-") {
				p.Names[n.lang] = n.text
			}
		}
	}
	return nil
}
