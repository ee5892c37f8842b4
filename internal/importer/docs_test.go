package importer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumented: docs/importing.md names every data set, every key of a mapping, every form of a date and every letter of the register, and the
// mapping that it shows can be used.
func TestDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "importing.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, im := range All() {
		if !strings.Contains(text, "`"+im.Name()+"`") {
			t.Errorf("docs/importing.md does not name %s", im.Name())
		}
	}
	for _, k := range mappingKeys {
		if !strings.Contains(text, "`"+k) && !strings.Contains(text, k+"`") && !strings.Contains(text, "\n"+k+":") && !strings.Contains(text, k+":") {
			t.Errorf("docs/importing.md does not explain the key %s", k)
		}
	}
	for _, f := range dateNames() {
		if !strings.Contains(text, "`"+f+"`") {
			t.Errorf("docs/importing.md does not show the form %q", f)
		}
	}
	for l, k := range untcLetters {
		if !strings.Contains(text, "| "+l+" ") || !strings.Contains(text, "`"+k.String()+"`") {
			t.Errorf("docs/importing.md does not explain the letter %s, %s", l, k)
		}
	}
	for h := range untcNoActs {
		if !strings.Contains(text, h) {
			t.Errorf("docs/importing.md does not name the heading %q", h)
		}
	}
	_, rest, _ := strings.Cut(text, "```yaml\n")
	shown, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/importing.md shows no mapping")
	}
	im, err := Mapping("shown.yaml", []byte(shown))
	if err != nil {
		t.Fatal(err)
	}
	list, rep := imported(t, im, put(t, "t.csv", []byte("Country,Signed,Ratified,In force\nNorthland,4/12/2017,5/12/2018 a,1/3/2019\n")), demo, demoOptions)
	if got, want := facts(list, rep), "icrmw/x-north/signature/1 signature done=2017-12-04\nicrmw/x-north/consent/1 accession done=2018-12-05 effect=2019-03-01\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
