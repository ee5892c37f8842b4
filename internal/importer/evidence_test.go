package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake"
)

// copiesRecord knows the copies in its map.
type copiesRecord struct {
	fakeRecord
	have map[string]stocktake.SourceID
}

func (r *copiesRecord) FindCopy(sum string) (stocktake.SourceID, bool) {
	id, ok := r.have[sum]
	return id, ok
}

func TestEvidence(t *testing.T) {
	for set, n := range map[string]int{"gcm-chronology-evidence": 96, "seed-event-evidence": 8, "vote-evidence-conflicts": 8, "us-acts-white-house": 48} {
		im, ok := Named(set)
		if !ok {
			t.Fatalf("no importer %s", set)
		}
		rec := &copiesRecord{have: map[string]stocktake.SourceID{}}
		var files []File
		opt := Options{File: func(f File) error {
			rc, err := f.Open()
			if err != nil {
				return err
			}
			defer rc.Close()
			b, err := io.ReadAll(rc)
			if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(b)) != f.Bytes || !strings.HasPrefix(f.Name, set+"/") || !strings.HasPrefix(f.Media, "text/") {
				t.Errorf("%+v", f)
			}
			files = append(files, f)
			return err
		}}
		list, rep := imported(t, im, shared(t, set), rec, opt)
		if len(files) != n || len(rep.Rejects) != 0 || len(list) != 1 || len(list[0].Sources) != n || len(list[0].Acts) != 0 {
			t.Errorf("%s: %d files, %d filings, rejects %+v", set, len(files), len(list), rep.Rejects)
		}
		ids := map[stocktake.SourceID]bool{}
		for _, s := range list[0].Sources {
			if ids[s.ID] || s.Title == "" || s.Address == "" {
				t.Errorf("%+v", s)
			}
			ids[s.ID] = true
			rec.have[s.Copy.SHA256] = s.ID
		}
		if list, rep := wellFormed(t, im, shared(t, set), rec, Options{}); len(list) != 0 || rep.Filings != 0 {
			t.Errorf("%s: %d filings where every page is described", set, len(list))
		}
		if list, _ := imported(t, im, shared(t, set), &fakeRecord{}, Options{}); len(list) != 0 {
			t.Errorf("%s: %d filings though the record cannot be asked", set, len(list))
		}
	}
}

func TestEvidenceChanged(t *testing.T) {
	from, dir := shared(t, "vote-evidence-conflicts"), t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(e.Name(), "v1"):
			b = append(b, '.')
		case strings.HasPrefix(e.Name(), "v2"):
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "v9.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	im, _ := Named("vote-evidence-conflicts")
	n := 0
	_, rep := imported(t, im, dir, &fakeRecord{}, Options{File: func(File) error { n++; return nil }})
	var got []string
	for _, j := range rep.Rejects {
		got = append(got, j.File+": "+j.Reason)
	}
	want := "v1-protothema-73-195.txt: the file is not the one that the README lists: its SHA-256 is another\n" +
		"v2-dailysabah-73-195.txt: the README lists the file, and it is not in the folder\n" +
		"v9.txt: the README does not list the file, so it was left alone"
	if strings.Join(got, "\n") != want || n != 6 {
		t.Errorf("%d files handed over, rejects\n%s", n, strings.Join(got, "\n"))
	}
}

func TestNamed(t *testing.T) {
	last := ""
	for _, im := range All() {
		if im.Name() <= last || im.About() == "" {
			t.Errorf("%s after %s, about %q", im.Name(), last, im.About())
		}
		last = im.Name()
		if got, ok := Named(im.Name()); !ok || got.Name() != im.Name() {
			t.Errorf("%s is not found by its name", im.Name())
		}
	}
	if _, ok := Named("nothing"); ok || len(All()) != 16+3 {
		t.Errorf("%d importers", len(All()))
	}
}
