// Package chronology_test checks the filings written by hand in chronology, measures and unknown against the pages that they rest on.
package chronology_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"stocktake"
	"stocktake/internal/draft"
)

// folders holds the filings that are checked, in the order in which they are filed.
var folders = []string{"chronology", "measures", "unknown"}

// elsewhere names sources that other parts of the built-in record describe.
var elsewhere = []stocktake.SourceID{"un-ga-votes-2021-03"}

// claim is an act or a measure, as far as both have the same parts.
type claim struct {
	id, where string
	party     stocktake.PartyID
	source    stocktake.SourceID
	quotes    []stocktake.Quote
}

type written struct {
	filings []stocktake.Filing
	claims  []claim
	sources map[stocktake.SourceID]stocktake.Source
	acts    map[stocktake.ActID][]stocktake.Act
	first   map[stocktake.SourceID]int // filing that describes the source
}

func load(t *testing.T) *written {
	t.Helper()
	r := &written{sources: map[stocktake.SourceID]stocktake.Source{}, acts: map[stocktake.ActID][]stocktake.Act{}, first: map[stocktake.SourceID]int{}}
	for _, dir := range folders {
		names, err := filepath.Glob(filepath.Join("..", dir, "*.yaml"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no filings in %s: %v", dir, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			list, err := draft.Parse(name, data)
			if err != nil {
				t.Fatal(err)
			}
			r.filings = append(r.filings, list...)
		}
	}
	for i, f := range r.filings {
		for _, s := range f.Sources {
			if _, ok := r.sources[s.ID]; ok {
				t.Errorf("%s: source %s is described a second time", f.Key, s.ID)
			}
			r.sources[s.ID], r.first[s.ID] = s, i
		}
		for _, a := range f.Acts {
			r.acts[a.ID] = append(r.acts[a.ID], a)
			r.claims = append(r.claims, claim{string(a.ID), f.Key, a.Party, a.Source, a.Quotes})
		}
		for _, m := range f.Measures {
			r.claims = append(r.claims, claim{m.ID, f.Key, m.Party, m.Source, m.Quotes})
		}
	}
	return r
}

// shared returns the folder with the evidence. Without it the tests that need it are skipped aloud, and fail where it must be there.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = up
	}
	data := filepath.Join(dir, "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatalf("the evidence is missing: %v", err)
		}
		t.Skipf("the evidence is not here, so that quotes cannot be checked: %v", err)
	}
	return data
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestFilings(t *testing.T) {
	r := load(t)
	keys := map[string]bool{}
	for i, f := range r.filings {
		if keys[f.Key] {
			t.Errorf("key %s is used twice", f.Key)
		}
		keys[f.Key] = true
		known := func(what string, id stocktake.SourceID) {
			at, ok := r.first[id]
			if !ok && !slices.Contains(elsewhere, id) {
				t.Errorf("%s: %s rests on source %s, which nothing describes", f.Key, what, id)
			} else if ok && at > i {
				t.Errorf("%s: %s rests on source %s, which is described only in %s", f.Key, what, id, r.filings[at].Key)
			}
		}
		for _, a := range f.Acts {
			known(string(a.ID), a.Source)
			if a.Announced.IsZero() && a.Done.IsZero() && a.Notified.IsZero() && a.Effect.IsZero() && (a.Kind.String() != "meeting" || a.Note == "") {
				t.Errorf("%s: act %s by %s has no day; the record would take it for one that may have been on any day. Only a meeting, which moves nothing, may stand without one, with a note that says why", f.Key, a.ID, a.Source)
			}
			if len(a.Quotes) == 0 {
				t.Errorf("%s: act %s by %s shows no words of its source", f.Key, a.ID, a.Source)
			}
			if !slices.Contains([]string{"high", "medium", "low"}, a.Confidence) {
				t.Errorf("%s: act %s has confidence %q", f.Key, a.ID, a.Confidence)
			}
			if a.Objects != "" && len(r.acts[a.Objects]) == 0 {
				t.Errorf("%s: act %s answers %s, which is not filed", f.Key, a.ID, a.Objects)
			}
			if b := r.acts[a.ID][0]; a.Party != b.Party || a.Instrument != b.Instrument || a.Kind != b.Kind {
				t.Errorf("%s: act %s is %s %s %s here and %s %s %s elsewhere", f.Key, a.ID, a.Party, a.Kind, a.Instrument, b.Party, b.Kind, b.Instrument)
			}
			if p := strings.Split(string(a.ID), "/"); len(p) == 4 && (p[0] != string(a.Instrument) || p[1] != string(a.Party) || p[2] != a.Kind.Class()) {
				t.Errorf("%s: %s is no id for %s by %s towards %s", f.Key, a.ID, a.Kind, a.Party, a.Instrument)
			}
			if strings.HasPrefix(string(a.ID), "rc-") && (!a.Kind.Ballot() || !strings.HasSuffix(string(a.ID), "/"+string(a.Party))) {
				t.Errorf("%s: %s is no id for %s by %s", f.Key, a.ID, a.Kind, a.Party)
			}
		}
		for _, m := range f.Measures {
			known(m.ID, m.Source)
			if !slices.Contains([]string{"announced", "in force", "stayed", "revoked", "unknown"}, m.Force) {
				t.Errorf("%s: measure %s has force %q", f.Key, m.ID, m.Force)
			}
			if m.Revokes != "" && !slices.ContainsFunc(r.claims, func(c claim) bool { return c.id == m.Revokes }) {
				t.Errorf("%s: measure %s ends %s, which is not filed", f.Key, m.ID, m.Revokes)
			}
		}
		for _, c := range f.Coverage {
			known("coverage", c.Source)
			if len(c.CannotShow) == 0 {
				t.Errorf("%s: the coverage of %s does not say what it cannot show", f.Key, c.Source)
			}
		}
		for _, d := range f.Decisions {
			known("a decision", d.Follows)
			if len(r.acts[d.Act]) == 0 {
				t.Errorf("%s: a decision about %s, which is not filed", f.Key, d.Act)
			}
		}
	}
}

// A source that is described is used, or left-out.md says why not.
func TestSourcesUsed(t *testing.T) {
	r := load(t)
	used := map[stocktake.SourceID]bool{}
	for _, c := range r.claims {
		used[c.source] = true
		for _, q := range c.quotes {
			used[q.Source] = true
		}
	}
	for _, f := range r.filings {
		for _, c := range f.Coverage {
			if s := r.sources[c.Source]; s.Copy == nil {
				used[c.Source] = true // a set of pages
			}
		}
	}
	out := leftOut(t)
	for id, s := range r.sources {
		if !used[id] && !out[filepath.Base(s.Copy.Name)] {
			t.Errorf("source %s is described and not used; use it, or say in left-out.md why not", id)
		}
	}
}

func TestQuotes(t *testing.T) {
	r, data := load(t), shared(t)
	pages := map[stocktake.SourceID]string{}
	for id, s := range r.sources {
		if s.Copy == nil {
			continue
		}
		b, err := os.ReadFile(filepath.Join(data, filepath.FromSlash(s.Copy.Name)))
		if err != nil {
			t.Errorf("source %s: %v", id, err)
			continue
		}
		sum := sha256.Sum256(b)
		if s.Copy.State != "private" || s.Copy.SHA256 != hex.EncodeToString(sum[:]) || s.Copy.Bytes != int64(len(b)) {
			t.Errorf("source %s: the copy of %s is not what the filing says of it", id, s.Copy.Name)
		}
		pages[id] = fold(string(b))
	}
	n := 0
	for _, c := range r.claims {
		for _, q := range c.quotes {
			id := q.Source
			if id == "" {
				id = c.source
			}
			n++
			switch words := fold(q.Exact.Text); {
			case !strings.Contains(pages[id], words):
				t.Errorf("%s: %s does not contain %q", c.where, id, words)
			case utf8.RuneCountInString(words) > 300:
				t.Errorf("%s: the quote of %s has %d characters: %q", c.where, id, utf8.RuneCountInString(words), words)
			case q.Own && q.By == "":
				t.Errorf("%s: own words in %s without the office that spoke: %q", c.where, id, words)
			}
		}
	}
	if n < 400 {
		t.Errorf("only %d quotes were checked", n)
	}
}

// leftOut returns what left-out.md names in the first column of its first table.
func leftOut(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile("left-out.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	list, _, _ := strings.Cut(string(b), "\n## ")
	for line := range strings.Lines(list) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			out[strings.TrimSpace(cells[1])] = true
		}
	}
	return out
}

func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	list := make([]map[string]string, 0, len(rows)-1)
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, h := range rows[0] {
			m[h] = row[i]
		}
		list = append(list, m)
	}
	return list
}

// Every row of the index of evidence became an act whose quote holds words of that row, or left-out.md gives the reason why not.
func TestEveryRow(t *testing.T) {
	r, data := load(t), shared(t)
	became := map[string]string{}
	for _, row := range table(t, filepath.Join("testdata", "rows.csv")) {
		became[row["row"]] = row["act"]
	}
	out := leftOut(t)
	index := table(t, filepath.Join(data, "gcm-chronology-evidence", "index.csv"))
	if len(index) < 140 {
		t.Fatalf("the index has %d rows", len(index))
	}
	for _, row := range index {
		id, act := row["id"], became[row["id"]]
		if out[id] == (act != "") {
			t.Errorf("row %s (%s): became %q, left out: %v; it must be one of the two", id, row["act"], act, out[id])
			continue
		}
		if act == "" {
			continue
		}
		file := "gcm-chronology-evidence/" + row["file"]
		if rest, ok := strings.CutPrefix(row["file"], "../"); ok {
			file = rest
		}
		shown := slices.ContainsFunc(r.claims, func(c claim) bool {
			return c.id == act && (row["party"] == "" || row["party"] == string(c.party) || strings.HasPrefix(string(c.party), "x-")) &&
				slices.ContainsFunc(c.quotes, func(q stocktake.Quote) bool {
					s := r.sources[q.Source]
					if q.Source == "" {
						s = r.sources[c.source]
					}
					return s.Copy != nil && s.Copy.Name == file && overlap(fold(q.Exact.Text), fold(row["quote"]))
				})
		})
		if !shown {
			t.Errorf("row %s (%s): %s shows no words of %s", id, row["act"], act, row["file"])
		}
		delete(became, id)
	}
	for id := range became {
		if !out[id] {
			t.Errorf("rows.csv names row %s, which the index does not have", id)
		}
	}
}

// overlap reports whether one holds the other, or the first or last 40 bytes of it.
func overlap(a, b string) bool {
	if strings.Contains(b, a) || strings.Contains(a, b) {
		return true
	}
	return len(a) > 40 && (strings.Contains(b, a[:40]) || strings.Contains(b, a[len(a)-40:]))
}

// Every other file of the evidence is a source, or left-out.md gives the reason why not.
func TestEveryFile(t *testing.T) {
	r, data := load(t), shared(t)
	have := map[string]bool{}
	for _, s := range r.sources {
		if s.Copy != nil {
			have[s.Copy.Name] = true
		}
	}
	out := leftOut(t)
	for _, pattern := range []string{"gcm-chronology-evidence/c*.txt", "seed-event-evidence/e*.txt", "vote-evidence-conflicts/v*.txt", "us-acts-white-house/docs/*.md"} {
		names, err := filepath.Glob(filepath.Join(data, filepath.FromSlash(pattern)))
		if err != nil || len(names) == 0 {
			t.Fatalf("nothing fits %s: %v", pattern, err)
		}
		for _, name := range names {
			full := filepath.ToSlash(filepath.Join(filepath.Dir(filepath.FromSlash(pattern)), filepath.Base(name)))
			if !have[full] && !out[filepath.Base(name)] {
				t.Errorf("%s is neither a source nor named in left-out.md", full)
			}
		}
	}
}
