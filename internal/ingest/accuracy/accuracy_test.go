package accuracy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake/internal/ingest"
)

// TestLabelsAreVerbatim holds every label against its text: hash, and each span.
func TestLabelsAreVerbatim(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	statements := filepath.Join(root, "shared", "data", "statements")
	if _, err := os.Stat(statements); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
			t.Fatal("../shared/data/statements is not there, and must be in this run")
		}
		t.Skip("../shared/data/statements is not there: the data lies beside the repository, and this test needs it")
	}
	labels, err := Load(filepath.Join("..", "testdata", "labels"), []string{statements, filepath.Join(root, "shared", "seed")}, "all")
	if err != nil {
		t.Fatal(err)
	}
	halves := map[string]int{}
	for _, l := range labels {
		halves[l.Split]++
	}
	if len(labels) != 28 || halves["train"] != 14 || halves["test"] != 14 {
		t.Errorf("%d labels, %v", len(labels), halves)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	text := "Crews call for quays\n\nWe call on Kenya to open the quays.\n"
	write := func(name, s string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", text)
	const sum = "SUM"
	good := `{"file":"a.txt","sha256":"` + sum + `","split":"train","title":{"start":0,"end":20,"text":"Crews call for quays"}}`
	hash := ingest.Read(text, nil).SHA256 // the text is normal already
	for _, tt := range []struct{ name, label, want string }{
		{"good", strings.Replace(good, sum, hash, 1), ""},
		{"hash", good, "SHA-256 differs"},
		{"words", strings.Replace(strings.Replace(good, sum, hash, 1), "quays\"}", "piers\"}", 1), "not what the label has"},
		{"place", strings.Replace(strings.Replace(good, sum, hash, 1), `"end":20`, `"end":2000`, 1), "no place"},
		{"split", strings.Replace(strings.Replace(good, sum, hash, 1), "train", "dev", 1), "split"},
		{"text", strings.Replace(strings.Replace(good, sum, hash, 1), "a.txt", "b.txt", 1), "in none of"},
	} {
		write("x.json", tt.label)
		_, err := Load(dir, []string{dir}, "all")
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestScore(t *testing.T) {
	a := found{"call on Kenya to open the quays", 0, 31}
	for _, tt := range []struct {
		b    string
		want bool
	}{{"call on Kenya to open the quays", true}, {"call on Kenya to open", true}, {"call on Kenya", false}, {"open the quays now and do it at once", false}} {
		if got := halfTheWords(a, found{tt.b, 0, len(tt.b)}) > 0; got != tt.want {
			t.Errorf("%q: %v", tt.b, got)
		}
	}
	s := Score{Counts: map[string]Count{}, Wrong: map[string]int{}}
	l := &Label{Name: "x"}
	s.list(l, "states", []found{{"Kenya", 0, 5}, {"Malta", 10, 15}}, []found{{"Kenya", 0, 5}, {"Malta", 30, 35}, {"Peru", 40, 44}}, sameWords)
	if got := s.Counts["states"]; got != (Count{Labelled: 2, Found: 3, Right: 1}) || got.F1() != 0.4 {
		t.Errorf("count %+v, F1 %v", got, got.F1())
	}
	if len(s.Misses) != 3 {
		t.Errorf("misses %+v", s.Misses)
	}
}
