package importer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFiguresAreDocumented: docs/figures.md names every series and every key of a mapping of figures, and the mapping that it shows can be used.
func TestFiguresAreDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "figures.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, im := range all {
		set, ok := im.(figureSet)
		if !ok {
			continue
		}
		if !strings.Contains(text, "`"+set.name+"`") {
			t.Errorf("docs/figures.md does not name %s", set.name)
		}
		for i := range set.files {
			for _, s := range set.files[i].table.Series {
				id := string(s.Series)
				if !strings.Contains(text, "`"+strings.TrimSuffix(id, "-cases")+"`") && !strings.HasPrefix(id, "unhcr/demographics-") {
					t.Errorf("docs/figures.md does not name %s", id)
				}
			}
		}
	}
	for _, k := range figureKeys {
		if !strings.Contains(text, "`"+k+"`") {
			t.Errorf("docs/figures.md does not explain the key %s", k)
		}
	}
	_, rest, _ := strings.Cut(text, "```yaml\n")
	shown, _, _ := strings.Cut(rest, "```")
	list, rep, err := figuresOf(t, shown, "country;origin;origin_name;district;sex;year;people\nDEU;SYR;Syrian Arab Republic;North;all;2025;12\nDEU;SYR;Syrian Arab Republic;South;all;2025;..\nDEU;EUR;;South;f;2025;7\n")
	if err != nil || len(list) != 1 || rep.Rows != 3 || list[0].Tables[0].ID != "city-shelters-2026" || list[0].Sources[0].Copy.State != "public" {
		t.Errorf("%+v %+v %v", list, rep, err)
	}
}
