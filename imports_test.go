package stocktake_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the picture of ARCHITECTURE.md: which packages of ours each may import.
var mayImport = map[string][]string{
	"stocktake":                          {},
	"stocktake/internal/record":          {"stocktake"},
	"stocktake/internal/tree":            {"stocktake"},
	"stocktake/internal/store":           {"stocktake"},
	"stocktake/internal/store/blob":      {"stocktake"},
	"stocktake/internal/bucket":          {"stocktake"},
	"stocktake/internal/store/blob/s3":   {"stocktake", "stocktake/internal/bucket", "stocktake/internal/store/blob"},
	"stocktake/internal/store/migrate":   {"stocktake", "stocktake/internal/store"},
	"stocktake/internal/store/sqlite":    {"stocktake", "stocktake/internal/store", "stocktake/internal/store/migrate"},
	"stocktake/internal/store/postgres":  {"stocktake", "stocktake/internal/store", "stocktake/internal/store/migrate"},
	"stocktake/internal/store/storetest": {"stocktake", "stocktake/internal/store"},
	"stocktake/internal/ledger":          {"stocktake", "stocktake/internal/record", "stocktake/internal/store", "stocktake/internal/store/blob", "stocktake/internal/tree"},
	"stocktake/internal/draft":           {"stocktake"},
	"stocktake/internal/figures":         {"stocktake", "stocktake/internal/figures/sheet", "stocktake/internal/record", "stocktake/internal/taking"},
	"stocktake/internal/figures/sheet":   {"stocktake"},
	"stocktake/internal/importer":        {"stocktake", "stocktake/internal/figures/sheet"},
	"stocktake/internal/mailer":          {"stocktake", "stocktake/internal/mailer/address", "stocktake/internal/store"},
	"stocktake/internal/people":          {"stocktake", "stocktake/internal/mailer/address", "stocktake/internal/store"},
	"stocktake/internal/mailer/address":  {"stocktake"},
	"stocktake/internal/signon":          {"stocktake", "stocktake/internal/mailer/address", "stocktake/internal/store"},
	"stocktake/internal/ingest":          {"stocktake"},
	"stocktake/internal/intake":          {"stocktake"},
	"stocktake/internal/forms":           {"stocktake"},
	"stocktake/internal/opening":         {"stocktake", "stocktake/internal/tree"},
	"stocktake/internal/edition":         {"stocktake", "stocktake/internal/forms", "stocktake/internal/ledger", "stocktake/internal/opening", "stocktake/internal/record", "stocktake/internal/store"},
	"stocktake/internal/ingest/accuracy": {"stocktake", "stocktake/internal/ingest"},
	"stocktake/internal/worldmap":        {},
	"stocktake/internal/secretariat":     {"stocktake", "stocktake/internal/draft", "stocktake/internal/mailer/address", "stocktake/internal/ingest", "stocktake/internal/record", "stocktake/internal/ledger", "stocktake/internal/store", "stocktake/internal/tree"},
	"stocktake/internal/builtin":         {},
	"stocktake/internal/web":             {"stocktake", "stocktake/internal/edition", "stocktake/internal/figures", "stocktake/internal/forms", "stocktake/internal/ingest", "stocktake/internal/intake", "stocktake/internal/ledger", "stocktake/internal/record", "stocktake/internal/secretariat", "stocktake/internal/tree", "stocktake/internal/worldmap"},
	"stocktake/internal/desk": {"stocktake", "stocktake/internal/edition", "stocktake/internal/forms", "stocktake/internal/ingest", "stocktake/internal/intake", "stocktake/internal/ledger", "stocktake/internal/mailer", "stocktake/internal/mailer/address", "stocktake/internal/people",
		"stocktake/internal/record", "stocktake/internal/secretariat", "stocktake/internal/signon", "stocktake/internal/store", "stocktake/internal/tree"},
	"stocktake/internal/verify":       {"stocktake", "stocktake/internal/bucket", "stocktake/internal/opening", "stocktake/internal/tree"},
	"stocktake/internal/mirror":       {"stocktake", "stocktake/internal/ledger", "stocktake/internal/tree", "stocktake/internal/verify"},
	"stocktake/internal/witness":      {"stocktake", "stocktake/internal/tree"},
	"stocktake/internal/publish":      {"stocktake", "stocktake/internal/bucket", "stocktake/internal/ledger", "stocktake/internal/tree"},
	"stocktake/internal/publish/site": {"stocktake", "stocktake/internal/ledger", "stocktake/internal/publish", "stocktake/internal/tree", "stocktake/internal/web"},
	"stocktake/internal/taking":       {"stocktake", "stocktake/internal/record"},
	"stocktake/internal/flows":        {"stocktake"},
	"stocktake/internal/taking/paper": {"stocktake", "stocktake/internal/forms", "stocktake/internal/record", "stocktake/internal/taking", "stocktake/internal/worldmap"},
	"stocktake/internal/journey":      {},
	"stocktake/cmd/stocktake":         {"stocktake/internal/cli"},
}

// thirdParty lists packages that may import nothing but the standard library and ours.
var noThirdParty = []string{"stocktake", "stocktake/internal/worldmap", "stocktake/internal/builtin"}

func TestImportsMatchThePicture(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		allowed, listed := mayImport[p.ImportPath]
		for _, in := range p.Imports {
			ours := in == "stocktake" || strings.HasPrefix(in, "stocktake/")
			if listed && ours && !slices.Contains(allowed, in) {
				t.Errorf("%s imports %s, which the picture does not show", p.ImportPath, in)
			}
			if slices.Contains(noThirdParty, p.ImportPath) && !ours && strings.Contains(strings.Split(in, "/")[0], ".") {
				t.Errorf("%s imports %s; it is to need the standard library alone", p.ImportPath, in)
			}
		}
		if !listed && strings.HasPrefix(p.ImportPath, "stocktake/internal/") && p.ImportPath != "stocktake/internal/cli" &&
			!strings.HasSuffix(p.ImportPath, "test") && p.ImportPath != "stocktake/internal/builtin/build" && !strings.Contains(p.ImportPath, "builtin/record") {
			t.Errorf("%s is not in the picture: put it into ARCHITECTURE.md and into this test", p.ImportPath)
		}
	}
}
