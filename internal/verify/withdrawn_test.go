package verify_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/verify"
	"stocktake/internal/verify/verifytest"
)

// TestFileTakenDown takes an archived copy down. The log holds and names it; whoever gives the file out all the same is told so, and so is
// who asks a copy of the log that did not follow.
func TestFileTakenDown(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(w.Out)); err != nil {
		t.Fatal(err)
	}
	s, _, _ := w.Record().Source("page-20", w.Record().Head())
	sum := s.Copy.SHA256
	f, err := w.Load(t.Context(), 21)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := w.Record().Info(21)
	quote := f.Acts[0].Quotes[0].Exact.Commitment
	r, err := w.TakeAway(t.Context(), stocktake.Removal{Ground: "rights", Note: "its publisher asks", By: "Keepers of a test"},
		stocktake.Removal{File: sum}, stocktake.Removal{Filing: info.SHA256, Commitment: quote})
	if err != nil {
		t.Fatal(err)
	}
	w.Publish(t)
	rep := check(t, w.Out, verify.Options{})
	if !rep.True() || len(rep.Files) != 1 || len(rep.Gone) != 1 || rep.Quotes != 0 || rep.Unchecked == 0 {
		t.Fatalf("%+v", rep)
	}
	g := rep.Files[0]
	if g.SHA256 != sum || g.By != r.Head || g.Ground != "rights" || g.Note != "its publisher asks" || g.Office != "Keepers of a test" || !slices.Contains(g.Sources, "page-20") {
		t.Errorf("%+v", g)
	}

	list := []verify.Withdrawn{{File: sum, By: r.Head - 1}, {Entry: 20, Commitment: quote, By: r.Head - 1}}
	ask := func(dir string) verify.Copy {
		t.Helper()
		src, err := verify.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		c, err := verify.Withdrawals(t.Context(), src, []string{"example.org/record"}, list)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verify.Withdrawals(t.Context(), src, []string{"example.org/other"}, list); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("a copy of another log: %v", err)
		}
		return c
	}
	if c := ask(w.Out); len(c.Still) > 0 || c.Size != r.Head {
		t.Errorf("%+v", c)
	}
	if c := ask(before); !slices.Equal(c.Still, []int{0, 1}) || c.Size != 300 {
		t.Errorf("%+v", c)
	}
	// It has the newest log, and keeps the file.
	b, err := os.ReadFile(filepath.Join(before, "log", "file", sum))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(w.Out, "log", "file"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.Out, "log", "file", sum), b, 0o644); err != nil {
		t.Fatal(err)
	}
	if c := ask(w.Out); !slices.Equal(c.Still, []int{0}) {
		t.Errorf("%+v", c)
	}
	rep = check(t, w.Out, verify.Options{})
	if rep.True() || rep.Findings[0].Where != "file/"+sum || !strings.Contains(rep.Findings[0].What, "was taken down by filing 301") {
		t.Errorf("%+v", rep.Findings)
	}
}
