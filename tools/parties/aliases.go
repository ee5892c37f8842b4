package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"stocktake"
)

// spell gives each party the spellings of the tables, CLDR's other names, and those of the overrides. A spelling that would mean two parties
// is an error, unless the overrides take it from one of them.
func (b *builder) spell(data string) error {
	ids := slices.Sorted(maps.Keys(b.parties))
	for _, id := range ids {
		p := b.parties[id]
		for _, m := range []map[string]string{p.Names, p.Formal} {
			for _, lang := range slices.Sorted(maps.Keys(m)) {
				if err := b.claim(id, m[lang]); err != nil {
					return err
				}
			}
		}
	}
	for _, id := range ids {
		for _, a := range b.over.Parties[id].Aliases {
			if err := b.alias(id, a, true); err != nil {
				return err
			}
		}
	}
	names, err := cldr()
	if err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(b.iso2)) {
		for _, n := range names[code] {
			if err := b.alias(b.iso2[code], n.text, false); err != nil {
				return err
			}
		}
	}
	for _, col := range []string{"country.name.en", "country.name.es", "country.name.fr", "country.name.de", "cow.name", "iso.name.en", "un.name.en", "un.name.es", "un.name.fr"} {
		err := each(data, codelistFile, []string{"iso3c", col}, func(c []string) error {
			name := bracketArticle.ReplaceAllString(c[1], "")
			if b.parties[stocktake.PartyID(c[0])] == nil || name == "NA" {
				return nil
			}
			return b.alias(stocktake.PartyID(c[0]), strings.Clone(name), false)
		})
		if err != nil {
			return err
		}
	}
	list, err := spellings(data)
	if err != nil {
		return err
	}
	for _, s := range list {
		if _, leave := b.over.Leave[s.name]; leave {
			continue
		}
		id := stocktake.PartyID(s.iso3)
		if s.iso2 != "" {
			id = b.iso2[s.iso2]
		}
		if b.parties[id] == nil {
			var ok bool
			if id, ok = b.folded[fold(s.name)]; !ok {
				if strings.HasPrefix(s.file, "gdp-population/") {
					continue // sums over regions and income groups
				}
				b.remarks = append(b.remarks, fmt.Sprintf("%s: %q is nobody's name", s.file, s.name))
				continue
			}
		}
		if err := b.alias(id, s.name, false); err != nil {
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	return nil
}

// alias gives id a spelling. Two letters are no name unless a person says so.
func (b *builder) alias(id stocktake.PartyID, s string, byHand bool) error {
	s = strings.TrimSpace(s)
	p := b.parties[id]
	if s == "" || !byHand && utf8.RuneCountInString(s) < 3 && s[0] < utf8.RuneSelf || slices.Contains(b.over.Parties[id].Not, s) {
		return nil
	}
	if err := b.claim(id, s); err != nil {
		return err
	}
	for _, n := range p.Names {
		if n == s {
			return nil
		}
	}
	for _, n := range p.Formal {
		if n == s {
			return nil
		}
	}
	if !slices.Contains(p.Aliases, s) {
		p.Aliases = append(p.Aliases, s)
	}
	return nil
}

// claim notes that a spelling is id's, and fails where it is somebody else's.
func (b *builder) claim(id stocktake.PartyID, s string) error {
	k := fold(s)
	if other, taken := b.folded[k]; taken && other != id {
		return fmt.Errorf("%q would mean %s and %s; say under `not` in overrides.yaml which of them does not get it", s, other, id)
	}
	b.folded[k] = id
	return nil
}
