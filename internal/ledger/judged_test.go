package ledger_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stocktake/internal/draft"
	"stocktake/internal/ledger"
)

// TestExportOfJudgementsGoesBackIn loads, in one go, judgements with the acts that they rest on: what an earlier filing of the same batch brought counts.
func TestExportOfJudgementsGoesBackIn(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		for _, name := range []string{filepath.Join("..", "cli", "testdata", "small.yaml"), filepath.Join("..", "builtin", "record", "rubrics", "five-steps.yaml"), filepath.Join("..", "taking", "testdata", "judged.yaml")} {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			list, err := draft.Parse(name, b)
			if err == nil {
				_, err = l.File(t.Context(), ledger.FileOptions{}, list...)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := l.Export(t.Context(), &out, 0, nil); err != nil {
			t.Fatal(err)
		}
		back := folder(t).open(t)
		rc, err := back.LoadExport(t.Context(), &out, nil)
		if err != nil {
			t.Fatal(err)
		}
		if rc.Head != l.Record().Head() {
			t.Errorf("head %d, not %d", rc.Head, l.Record().Head())
		}
	})
}
