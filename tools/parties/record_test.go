package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"stocktake"
	"stocktake/internal/draft"
	lookup "stocktake/internal/record"
)

// root returns the folder of the module.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// shared returns the folder of the public tables. Without it the test is skipped, or fails where the tables must be there.
func shared(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(root(t), "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the public tables are not at %s, and this run needs them: %v", dir, err)
		}
		t.Skipf("SKIPPED: the public tables are not at %s; nothing about them was tested", dir)
	}
	return dir
}

// noFilings are the files of the record that are lists beside the filings.
var noFilings = map[string]bool{"parties/seats.yaml": true, "instruments/themes.yaml": true}

// record reads the reference part of the built-in record: one filing a file, by its path.
func record(t testing.TB) map[string]stocktake.Filing {
	t.Helper()
	base := filepath.Join(root(t), "internal", "builtin", "record")
	m := map[string]stocktake.Filing{}
	for _, part := range []string{"parties", "instruments"} {
		files, err := filepath.Glob(filepath.Join(base, part, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files (%v)", part, err)
		}
		for _, path := range files {
			name := part + "/" + filepath.Base(path)
			if noFilings[name] {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			list, err := draft.Parse(name, text)
			if err != nil {
				t.Fatalf("%v", err)
			}
			if len(list) != 1 {
				t.Fatalf("%s holds %d filings, want 1", name, len(list))
			}
			if want := strings.TrimSuffix(name, ".yaml"); list[0].Key != want {
				t.Errorf("%s: key %q, want %q", name, list[0].Key, want)
			}
			m[name] = list[0]
		}
	}
	return m
}

// parties returns every party of the record by id, and fails on one that is described twice.
func parties(t testing.TB, rec map[string]stocktake.Filing) map[stocktake.PartyID]stocktake.Party {
	m := map[stocktake.PartyID]stocktake.Party{}
	for _, name := range slices.Sorted(maps.Keys(rec)) {
		for _, p := range rec[name].Parties {
			if _, twice := m[p.ID]; twice {
				t.Errorf("%s: party %s is described twice", name, p.ID)
			}
			m[p.ID] = p
		}
	}
	return m
}

func instruments(t testing.TB, rec map[string]stocktake.Filing) map[stocktake.InstrumentID]stocktake.Instrument {
	m := map[stocktake.InstrumentID]stocktake.Instrument{}
	for _, name := range slices.Sorted(maps.Keys(rec)) {
		for _, in := range rec[name].Instruments {
			if _, twice := m[in.ID]; twice {
				t.Errorf("%s: instrument %s is described twice", name, in.ID)
			}
			m[in.ID] = in
		}
	}
	return m
}

// Every source that a filing names stands in it, and is used; a source that several filings carry has one text.
func TestSources(t *testing.T) {
	seen := map[stocktake.SourceID]stocktake.Source{}
	for name, f := range record(t) {
		used := map[stocktake.SourceID]bool{}
		need := func(what string, ids []stocktake.SourceID) {
			if len(ids) == 0 {
				t.Errorf("%s: %s names no source", name, what)
			}
			for _, id := range ids {
				used[id] = true
			}
		}
		for _, p := range f.Parties {
			need(string(p.ID), p.Sources)
		}
		for _, in := range f.Instruments {
			need(string(in.ID), in.Sources)
		}
		for _, p := range f.Provisions {
			need(string(p.ID), p.Sources)
		}
		for _, s := range f.Sources {
			if !used[s.ID] {
				t.Errorf("%s: nothing names source %s", name, s.ID)
			}
			delete(used, s.ID)
			if old, ok := seen[s.ID]; ok && !reflect.DeepEqual(old, s) {
				t.Errorf("%s: source %s differs from another filing's:\n%+v\n%+v", name, s.ID, old, s)
			}
			seen[s.ID] = s
		}
		for id := range used {
			t.Errorf("%s: source %s is named and not there", name, id)
		}
	}
}

// A spelling means one party; an alias, symbol or title means one instrument.
func TestNamesAreUnique(t *testing.T) {
	rec := record(t)
	owner := map[string]string{}
	claim := func(kind, id, s string) {
		if fold(s) == "" {
			t.Errorf("%s: %q has no letter or digit", id, s)
		}
		for _, k := range []string{kind + " " + fold(s), "as the record compares " + kind + " " + lookup.Fold(s)} {
			if other, taken := owner[k]; taken && other != id {
				t.Errorf("%q means %s and %s", s, other, id)
			}
			owner[k] = id
		}
	}
	for id, p := range parties(t, rec) {
		if p.Names["en"] == "" {
			t.Errorf("%s has no English name", id)
		}
		for _, m := range []map[string]string{p.Names, p.Formal} {
			for _, s := range m {
				claim("party", string(id), s)
			}
		}
		for _, s := range p.Aliases {
			claim("party", string(id), s)
		}
		claim("party", string(id), string(id))
		for k, v := range p.Codes {
			claim(k, string(id), v)
			if k == "iso2" || k == "iso3" { // a reader may type them
				claim("party", string(id), v)
			}
		}
	}
	for id, in := range instruments(t, rec) {
		claim("instrument", string(id), string(id))
		claim("instrument", string(id), in.Title)
		for _, list := range [][]string{in.Aliases, in.Symbols, slices.Collect(maps.Values(in.Official)), {in.Symbol}} {
			for _, s := range list {
				if s != "" && !sharedNames[s] {
					claim("instrument", string(id), s)
				}
			}
		}
	}
}

// sharedNames are official names that the register gives to more than one treaty.
var sharedNames = map[string]bool{
	"Amendment to the Convention on Environmental Impact Assessment in a Transboundary Context":                      true,
	"Amendment to the Montreal Protocol on Substances that Deplete the Ozone Layer":                                  true,
	"Amendments to articles 24 and 25 of the Constitution of the World Health Organization":                          true,
	"Convention for Limiting the Manufacture and Regulating the Distribution of Narcotic Drugs":                      true,
	"Convention for limiting the Manufacture and regulating the Distribution of Narcotic Drugs":                      true,
	"Convention for the Suppression of the Traffic in Persons and of the Exploitation of the Prostitution of Others": true,
	"Customs Convention on the International Transport of Goods under Cover of TIR Carnets (TIR Convention)":         true,
	"International Opium Convention": true,
	"Protocol":                       true,
	"Protocol of Signature":          true,
}

// What is linked is there, and links between parties stand on both sides.
func TestLinks(t *testing.T) {
	rec := record(t)
	ps, ins := parties(t, rec), instruments(t, rec)
	has := func(p stocktake.Party, rel string, to stocktake.PartyID) bool {
		return slices.Contains(p.Links, stocktake.PartyLink{Rel: rel, To: to})
	}
	for id, p := range ps {
		for _, l := range p.Links {
			other, ok := ps[l.To]
			if !ok {
				t.Errorf("%s is linked to %s, which is not there", id, l.To)
			}
			if l.Rel == "successor-of" && !has(other, "predecessor-of", id) || l.Rel == "predecessor-of" && !has(other, "successor-of", id) {
				t.Errorf("%s %s %s, and %s does not say so", id, l.Rel, l.To, l.To)
			}
		}
		for _, m := range p.Memberships {
			if ps[m.Group].Kind != "group" {
				t.Errorf("%s is a member of %s, which is no group", id, m.Group)
			}
		}
	}
	for id, in := range ins {
		if in.Parties != "" && ps[in.Parties].Kind != "group" {
			t.Errorf("%s is addressed to %s, which is no group", id, in.Parties)
		}
		for _, l := range in.Links {
			if _, ok := ins[l.To]; !ok {
				t.Errorf("%s %s %s, which is not there", id, l.Rel, l.To)
			}
		}
		if c := in.Clause; c != nil && (c.Threshold < 1 || (c.DelayDays > 0) == (c.DelayMonths > 0) || c.Article == "") {
			t.Errorf("%s: clause %+v", id, *c)
		}
	}
	seen := map[stocktake.ProvisionID]bool{}
	for name, f := range rec {
		for _, p := range f.Provisions {
			if seen[p.ID] {
				t.Errorf("%s: %s is described twice", name, p.ID)
			}
			seen[p.ID] = true
			if _, ok := ins[p.Instrument]; !ok {
				t.Errorf("%s: %s belongs to %s, which is not there", name, p.ID, p.Instrument)
			}
		}
	}
	for i := 1; i <= 23; i++ {
		if id := stocktake.ProvisionID("gcm/obj-" + itoa(i)); !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

// The themes in use are those of themes.yaml.
func TestThemes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "internal", "builtin", "record", "instruments", "themes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Themes []struct{ ID, Title string } }
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	uses := map[string]int{}
	for _, th := range list.Themes {
		if _, twice := uses[th.ID]; twice || th.Title == "" {
			t.Errorf("theme %s stands twice or has no title", th.ID)
		}
		uses[th.ID] = 0
	}
	count := func(of string, themes []string) {
		for _, th := range themes {
			if _, ok := uses[th]; !ok {
				t.Errorf("%s: %q is no theme of themes.yaml", of, th)
			}
			uses[th]++
		}
	}
	for _, f := range record(t) {
		for _, in := range f.Instruments {
			count(string(in.ID), in.Themes)
		}
		for _, p := range f.Provisions {
			count(string(p.ID), p.Themes)
		}
	}
	for th, n := range uses {
		if n == 0 {
			t.Errorf("nothing has the theme %s", th)
		}
	}
}
