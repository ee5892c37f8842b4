package importer

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"stocktake"
)

// shared returns a folder of the data sets that tests read, ../shared/data beside the module.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		t.Fatal("no go.mod above the package")
	}
	path := filepath.Join(dir, "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the shared data are needed and not there: %v", err)
		}
		t.Skipf("NOT TESTED: the shared data are not there: %v", err)
	}
	return path
}

// fakeRecord knows names of parties and instruments and nothing else.
type fakeRecord struct {
	parties     map[string]stocktake.PartyID
	instruments map[string]stocktake.InstrumentID
}

func (r *fakeRecord) FindParty(name string) (stocktake.PartyID, bool) {
	id, ok := r.parties[fold(name)]
	return id, ok
}

func (r *fakeRecord) FindInstrument(name string) (stocktake.InstrumentID, bool) {
	id, ok := r.instruments[name]
	return id, ok
}

func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("’", "'", "‘", "'").Replace(s))), " ")
}

var readCountries = sync.OnceValues(func() (map[string]stocktake.PartyID, error) {
	m := map[string]stocktake.PartyID{}
	for _, src := range []struct {
		file, id string
		names    []string
	}{
		{"country-codes.csv", "ISO3166-1-Alpha-3", []string{"ISO3166-1-Alpha-3", "ISO3166-1-Alpha-2", "UNTERM English Short", "official_name_en", "CLDR display name"}},
		{"countrycode_codelist_without_cldr.csv", "iso3c", []string{"country.name.en", "un.name.en", "iso.name.en"}},
	} {
		f, err := os.Open(filepath.Join(sharedDir, src.file))
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			return nil, err
		}
		at := map[string]int{}
		for i, c := range rows[0] {
			at[strings.TrimPrefix(c, "\ufeff")] = i
		}
		for _, row := range rows[1:] {
			id := row[at[src.id]]
			if len(id) != 3 {
				continue
			}
			for _, n := range src.names {
				name := fold(row[at[n]])
				if _, had := m[name]; name != "" && !had {
					m[name] = stocktake.PartyID(id)
				}
			}
		}
	}
	for name, id := range map[string]stocktake.PartyID{
		"East Timor": "TLS", "Yugoslavia": "YUG", "Czechoslovakia": "CSK", "German Democratic Republic": "DDR", "Serbia and Montenegro": "SCG", "Holy See": "VAT", "State of Palestine": "PSE",
		"Cook Islands": "COK", "Niue": "NIU", "European Union": "EUU", "European Community": "EUU", "Türkiye": "TUR", "Turkey": "TUR", "Swaziland": "SWZ", "Cabo Verde": "CPV", "Cape Verde": "CPV",
		"The former Yugoslav Republic of Macedonia": "MKD", "Côte d'Ivoire": "CIV", "Democratic People's Republic of Korea": "PRK", "Lao People's Democratic Republic": "LAO", "Czech Republic": "CZE",
		"United Kingdom of Great Britain and Northern Ireland": "GBR", "United Kingdom": "GBR", "United States of America": "USA", "Bolivia (Plurinational State of)": "BOL", "Venezuela (Bolivarian Republic of)": "VEN",
		"Iran (Islamic Republic of)": "IRN", "Micronesia (Federated States of)": "FSM", "Republic of Korea": "KOR", "Republic of Moldova": "MDA", "Viet Nam": "VNM", "Syrian Arab Republic": "SYR", "Russian Federation": "RUS",
		"United Republic of Tanzania": "TZA", "Democratic Republic of the Congo": "COD", "Congo": "COG", "Netherlands": "NLD", "St. Vincent and the Grenadines": "VCT", "St. Kitts and Nevis": "KNA", "St. Lucia": "LCA",
	} {
		m[fold(name)], m[fold(string(id))] = id, id
	}
	return m, nil
})

var sharedDir string

// record returns a fake record that knows the countries of the reference lists by their names and codes.
func record(t testing.TB) *fakeRecord {
	t.Helper()
	sharedDir = shared(t, "country-reference")
	parties, err := readCountries()
	if err != nil {
		t.Fatal(err)
	}
	return &fakeRecord{parties: parties, instruments: map[string]stocktake.InstrumentID{}}
}

// imported runs an importer and returns its filings.
func imported(t testing.TB, im Importer, path string, rec Record, opt Options) ([]stocktake.Filing, Report) {
	t.Helper()
	var list []stocktake.Filing
	rep, err := im.Import(context.Background(), path, rec, opt, func(f stocktake.Filing) error {
		list = append(list, f)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", im.Name(), err)
	}
	return list, rep
}

// wellFormed checks what must hold of every filing of every importer, and that a second run gives the same bytes.
func wellFormed(t *testing.T, im Importer, path string, rec Record, opt Options) ([]stocktake.Filing, Report) {
	t.Helper()
	list, rep := imported(t, im, path, rec, opt)
	again, _ := imported(t, im, path, rec, opt)
	if len(list) != rep.Filings || len(again) != len(list) {
		t.Errorf("%d filings, then %d; the report says %d", len(list), len(again), rep.Filings)
	}
	keys, acts, sources := map[string]bool{}, 0, map[stocktake.SourceID]string{}
	for i, f := range list {
		a, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := json.Marshal(again[i]); string(a) != string(b) {
			t.Errorf("filing %s differs in a second run", f.Key)
		}
		if f.Format != stocktake.Format || f.Title == "" {
			t.Errorf("filing %s has format %q, title %q", f.Key, f.Format, f.Title)
		}
		if keys[f.Key] {
			t.Errorf("two filings have the key %s", f.Key)
		}
		keys[f.Key] = true
		have := map[stocktake.SourceID]bool{}
		for _, s := range f.Sources {
			have[s.ID] = true
			b, _ := json.Marshal(s)
			if was, ok := sources[s.ID]; ok && was != string(b) {
				t.Errorf("source %s is described in two ways", s.ID)
			}
			sources[s.ID] = string(b)
			if _, ok := s.KnownBy(); !ok {
				t.Errorf("source %s does not say from when it counts as known", s.ID)
			}
		}
		ids := map[stocktake.ActID]bool{}
		for _, a := range f.Acts {
			acts++
			if !have[a.Source] {
				t.Errorf("filing %s does not carry source %s of act %s", f.Key, a.Source, a.ID)
			}
			if a.ID == "" || a.Party == "" || a.Instrument == "" || a.Kind == stocktake.NoAct {
				t.Errorf("filing %s has an act that is not whole: %+v", f.Key, a)
			}
			if ids[a.ID+stocktake.ActID(" "+a.Source)] {
				t.Errorf("filing %s says twice what act %s was", f.Key, a.ID)
			}
			ids[a.ID+stocktake.ActID(" "+a.Source)] = true
		}
		for _, r := range f.RollCalls {
			if !have[r.Source] {
				t.Errorf("filing %s does not carry source %s of roll-call %s", f.Key, r.Source, r.ID)
			}
			r.Ballots(func(stocktake.PartyID, stocktake.ActKind) { acts++ })
		}
		for _, c := range f.Coverage {
			if !have[c.Source] || len(c.CannotShow) == 0 {
				t.Errorf("filing %s: coverage of %s is not whole", f.Key, c.Source)
			}
		}
	}
	if acts != rep.Acts {
		t.Errorf("%d acts, the report says %d", acts, rep.Acts)
	}
	return list, rep
}
