package ledger_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
)

const page = "A page that was archived.\nWords that a publisher wants back stand in it.\n"

// archived is a filing with a source of which the record holds a copy.
func archived(t testing.TB, key, state string) []stocktake.Filing {
	return parse(t, `
		key: `+key+`
		title: An act with an archived source
		sources: [{id: `+key+`, title: A page, published: 2019-01-01, read: 2026-11-01, copy: {state: `+state+`, sha256: `+ledger.Hash([]byte(page))+`, media: text/plain}}]
		acts: [{id: act-`+key+`, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, quotes: [{exact: a publisher wants back}]}]
		`)
}

// keep archives the page.
func keep(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	if _, err := l.Archive().Put(t.Context(), ledger.Hash([]byte(page)), strings.NewReader(page)); err != nil {
		t.Fatal(err)
	}
}

// onDisk reports whether the page lies in a file of the folder.
func onDisk(t testing.TB, p *place) (where []string) {
	t.Helper()
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("publisher wants back stand")) {
			where = append(where, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

var takedown = stocktake.Removal{Ground: "rights", Note: "its publisher asks", By: "Keepers of this record"}

func TestTakedown(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		sum := ledger.Hash([]byte(page))
		l := p.open(t)
		file(t, l, base(t)...)
		keep(t, l)
		file(t, l, archived(t, "one", "public")...)
		file(t, l, archived(t, "two", "public")...)
		before := export(t, l, 0)
		other := p.open(t) // a second process
		if len(onDisk(t, p)) != 1 || holds(t, l).Quotes != 2 {
			t.Fatal("the page is not there")
		}

		r, err := l.TakeAway(t.Context(), takedown, stocktake.Removal{File: sum})
		if err != nil || r.Filed != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if where := onDisk(t, p); where != nil {
			t.Errorf("the page is still in %v", where)
		}
		f, err := l.Load(t.Context(), r.Head)
		if err != nil || f.Title != "Removal of one archived file" || !slices.Equal(f.Removals, []stocktake.Removal{{File: sum, Ground: "rights", Note: "its publisher asks", By: "Keepers of this record"}}) {
			t.Errorf("%+v, %v", f, err)
		}
		a := holds(t, l)
		if a.Down != 1 || a.Gone != 0 || a.Quotes != 0 || a.NotHere != 2 {
			t.Errorf("%+v", a)
		}
		if len(a.Removed) != 1 || a.Removed[0].What() != "the archived file "+sum+" of source one and 1 more" || a.Removed[0].Why() != fmt.Sprintf("by filing %d (rights: its publisher asks; Keepers of this record)", r.Head) {
			t.Errorf("%+v", a.Removed)
		}
		leaf := ""
		if err := l.Store().Leaves(t.Context(), r.Head-1, r.Head, func(_ int64, b []byte) error { leaf = string(b); return nil }); err != nil || !strings.Contains(leaf, `"kind":"removal"`) {
			t.Errorf("leaf %s, %v", leaf, err)
		}

		// It does not come back: not by archiving it, not by whoever knows only the bytes, not in another process, not with another source.
		if _, err := l.Archive().Put(t.Context(), sum, strings.NewReader(page)); stocktake.KindOf(err) != stocktake.Conflict || !strings.Contains(err.Error(), fmt.Sprintf("was taken down by filing %d", r.Head)) {
			t.Errorf("archived again: %v", err)
		}
		if _, _, err := l.Blobs().Put(t.Context(), strings.NewReader(page)); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("put again: %v", err)
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := other.Blobs().Put(t.Context(), strings.NewReader(page)); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("put by another process: %v", err)
		}
		refused(t, l, stocktake.Conflict, "was taken down by filing", archived(t, "three", "public")...)
		file(t, l, archived(t, "three", "private")...) // its hash alone
		if rc := file(t, l, archived(t, "one", "public")...)[0]; !rc.Same {
			t.Errorf("entered again: %+v", rc)
		}
		rs, err := l.LoadExport(t.Context(), bytes.NewReader(before), nil)
		if err != nil || rs.Filed != 0 || !slices.Equal(rs.Out, []string{sum}) {
			t.Errorf("an older export: %+v, %v", rs, err)
		}
		if where := onDisk(t, p); where != nil {
			t.Errorf("the page came back: %v", where)
		}
		if _, err := l.TakeAway(t.Context(), takedown, stocktake.Removal{File: sum}); stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("taken down again: %v", err)
		}

		// Others: who loads the record has no page, who had it loses it.
		after := export(t, l, 0)
		had := folder(t)
		h := had.open(t)
		if _, err := h.LoadExport(t.Context(), bytes.NewReader(before), nil); err != nil || len(onDisk(t, had)) != 1 {
			t.Fatal(err)
		}
		if _, err := h.LoadExport(t.Context(), bytes.NewReader(after), nil); err != nil || onDisk(t, had) != nil {
			t.Errorf("a record that had the page keeps it in %v: %v", onDisk(t, had), err)
		}
		holds(t, h)
		fresh := folder(t)
		m := fresh.open(t)
		if _, err := m.LoadExport(t.Context(), bytes.NewReader(after), nil); err != nil || onDisk(t, fresh) != nil {
			t.Error(err)
		}
		if !bytes.Equal(export(t, m, 0), after) {
			t.Error("exported again, the bytes differ")
		}
	})
}

// TestTakedownCutOff ends between the filing and the deletion: whoever opens the record next deletes the file. A file that lies there all the
// same is neither given out nor counted, and the check names it.
func TestTakedownCutOff(t *testing.T) {
	p := folder(t)
	l := p.open(t)
	file(t, l, base(t)...)
	keep(t, l)
	file(t, l, archived(t, "one", "public")...)
	sum := ledger.Hash([]byte(page))
	if _, err := l.TakeAway(t.Context(), takedown, stocktake.Removal{File: sum}); err != nil {
		t.Fatal(err)
	}
	raw, err := blob.OpenDir(filepath.Join(p.dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := raw.Put(t.Context(), strings.NewReader(page)); err != nil {
		t.Fatal(err)
	}
	if has, err := l.Blobs().Has(t.Context(), sum); err != nil || has {
		t.Errorf("has %v, %v", has, err)
	}
	if _, _, err := l.Blobs().Open(t.Context(), sum); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("%v", err)
	}
	if err := l.Blobs().List(t.Context(), func(h string, _ int64) error { t.Error(h); return nil }); err != nil {
		t.Error(err)
	}
	if a, err := l.Check(t.Context(), nil); err != nil || len(a.Problems) != 1 || !strings.Contains(a.Problems[0].What, "that is still here") {
		t.Errorf("%+v, %v", a.Problems, err)
	}
	again := p.open(t)
	if where := onDisk(t, p); where != nil {
		t.Errorf("opened again, the page is still in %v", where)
	}
	holds(t, again)
}

// TestRemovalRules refuses removals that say nothing, or repeat what goes.
func TestRemovalRules(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, base(t)...)
	file(t, l, secretive(t)...)
	filing, commitment := sheetOf(t, l, "Somebody Important")
	sum := strings.Repeat("0", 64)
	for _, c := range []struct {
		why, what stocktake.Removal
		kind      stocktake.FaultKind
		words     string
	}{
		{stocktake.Removal{Ground: "dislike", By: "tests"}, stocktake.Removal{Filing: filing, Commitment: commitment}, stocktake.Invalid, `"dislike" is no ground of a removal`},
		{stocktake.Removal{Ground: "danger"}, stocktake.Removal{Filing: filing, Commitment: commitment}, stocktake.Invalid, "a removal needs a ground and the office that orders it"},
		{stocktake.Removal{Ground: "danger", By: "tests", Note: "for SOMEBODY  important"}, stocktake.Removal{Filing: filing, Commitment: commitment}, stocktake.Invalid, "would repeat the words that it takes away"},
		{stocktake.Removal{Ground: "danger", By: "Somebody Important"}, stocktake.Removal{Filing: filing, Commitment: commitment}, stocktake.Invalid, "would repeat the words that it takes away"},
		{stocktake.Removal{Ground: "danger", By: "tests"}, stocktake.Removal{Filing: filing, Commitment: commitment, File: sum}, stocktake.Invalid, "and this one names both"},
		{stocktake.Removal{Ground: "danger", By: "tests"}, stocktake.Removal{File: "nothing"}, stocktake.Invalid, `file "nothing" is no SHA-256`},
		{stocktake.Removal{Ground: "danger", By: "tests"}, stocktake.Removal{File: sum}, stocktake.NotFound, "no source of this record has an archived copy"},
	} {
		head := l.Record().Head()
		_, err := l.TakeAway(t.Context(), c.why, c.what)
		if stocktake.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.words) || l.Record().Head() != head {
			t.Errorf("%+v, %+v: %v", c.why, c.what, err)
		}
	}
	if _, err := l.TakeAway(t.Context(), stocktake.Removal{Ground: "danger", By: "tests"}); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := l.TakeAway(t.Context(), stocktake.Removal{Ground: "Erasure request", Note: "the person wrote to us", By: "tests"}, stocktake.Removal{Filing: filing, Commitment: commitment}); err != nil {
		t.Error(err)
	}
}

// TestFindNames looks for a person in sheets, files and public bytes, and takes everything that can go away in one filing.
func TestFindNames(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		file(t, l, base(t)...)
		text := "<html><p>Said by <b>Zébulon</b>&nbsp;Quixwright.</p></html>"
		binary := "PK\x00\x01"
		for _, s := range []string{text, binary} {
			if _, err := l.Archive().Put(t.Context(), ledger.Hash([]byte(s)), strings.NewReader(s)); err != nil {
				t.Fatal(err)
			}
		}
		list := parse(t, `
		key: found
		title: What Zébulon Quixwright did
		sources:
		  - {id: s, title: A page, published: 2019-01-01, read: 2026-11-01, copy: {state: private, sha256: `+ledger.Hash([]byte(text))+`}}
		  - {id: z, title: A packed file, read: 2026-11-01, copy: {state: public, sha256: `+ledger.Hash([]byte(binary))+`, media: application/zip}}
		acts:
		  - {id: a, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, source: s, person: ZÉBULON  Quixwright, quotes: [{exact: "Zébulon Quixwright said so", source: z}, {exact: "Zebulon Quixwright said no", source: z}, {exact: "words that may stay", source: z}]}
		`)
		n := file(t, l, list...)[0].Number
		names := ledger.NewNames("Zébulon Quixwright")
		found, err := l.FindNames(t.Context(), names, nil)
		if err != nil {
			t.Fatal(err)
		}
		show := func(list []ledger.Place) (s []string) {
			for _, x := range list {
				if x.Filing != 0 && x.Filing != n {
					t.Errorf("%+v", x)
				}
				s = append(s, x.Path+strings.TrimSpace(" "+x.State)+" "+x.Around)
			}
			return s
		}
		for _, c := range []struct {
			what string
			list []ledger.Place
			want []string
		}{
			{"sheets", found.Sheets, []string{"acts/0/person ‹ZÉBULON Quixwright›", "acts/0/quotes/0/exact ‹Zébulon Quixwright› said so"}},
			{"near", found.Near, []string{"acts/0/quotes/1/exact ‹Zebulon Quixwright› said no"}},
			{"public", found.Public, []string{"title What ‹Zébulon Quixwright› did"}},
			{"files", found.Files, []string{"private Said by ‹Zébulon Quixwright›."}},
			{"unread", found.Unread, []string{"public "}},
		} {
			if got := show(c.list); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", c.what, got, c.want)
			}
		}
		var going []stocktake.Removal
		for _, x := range found.Sheets {
			going = append(going, stocktake.Removal{Filing: x.SHA256, Commitment: x.Commitment})
		}
		going = append(going, stocktake.Removal{File: found.Files[0].File})
		r, err := l.TakeAway(t.Context(), stocktake.Removal{Ground: "erasure-request", By: "tests"}, going...)
		if err != nil || r.Filed != 1 {
			t.Fatal(err)
		}
		f, err := l.Load(t.Context(), r.Head)
		if err != nil || f.Title != "Removal of 2 texts from one filing and one archived file" || names.In(f.Key) {
			t.Errorf("%+v, %v", f, err)
		}
		found, err = l.FindNames(t.Context(), names, nil)
		if err != nil || len(found.Sheets)+len(found.Files) > 0 || len(found.Public) != 1 {
			t.Errorf("%+v, %v", found, err)
		}
		a := holds(t, l)
		if a.Gone != 2 || a.Down != 1 || len(a.Removed) != 3 {
			t.Errorf("%+v", a)
		}
		if where := somewhere(t, p, l, "ZÉBULON"); len(where) > 0 {
			t.Errorf("still in %v", where)
		}
		if _, err := l.FindNames(t.Context(), ledger.NewNames("a"), nil); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%v", err)
		}
	})
}

// TestRestoredLetsNothingOut restores a backup from before removals of words and of a file: no export before both went there too.
func TestRestoredLetsNothingOut(t *testing.T) {
	p := folder(t)
	l := p.open(t)
	if err := l.Store().Write(t.Context(), ledger.MarkRestored(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := l.Export(t.Context(), &bytes.Buffer{}, 0, nil); err != nil {
		t.Errorf("a record whose log was never signed waits: %v", err)
	}
	if err := l.Store().Write(t.Context(), func(w store.Writer) error {
		if err := w.SetMeta(t.Context(), "log/origin", "example.org/record"); err != nil {
			return err
		}
		return ledger.MarkRestored(t.Context())(w)
	}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := l.Export(t.Context(), &out, 0, nil); err != ledger.ErrRestored || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if err := l.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Export(t.Context(), &out, 0, nil); err != nil {
		t.Error(err)
	}
}
