package site_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/figures/figurestest"
	"stocktake/internal/publish"
	"stocktake/internal/publish/site"
)

var addresses = regexp.MustCompile(` (href|src|action|data-index|data-shared)="([^"]*)"`)
var anchors = regexp.MustCompile(` id="([^"]*)"`)

// TestLinks follows every link of a copy: all lead to a file that is there, relative to the page, and to a place in it.
func TestLinks(t *testing.T) {
	w := newWorld(t)
	w.statement(t, "Statement on the Compact\n\nGeneva, 5 November 2026 – We recall the Global Compact for Migration. We call on Hungary to return to it.\n\nSigned:\nA society\n")
	figurestest.File(t, w.Ledger, "beside")
	dir := t.TempDir()
	w.write(t, dir, w.options())
	all := contents(t, dir)
	places := map[string]map[string]bool{}
	has := func(name, place string) bool {
		if places[name] == nil {
			places[name] = map[string]bool{}
			for _, m := range anchors.FindAllStringSubmatch(all[name], -1) {
				places[name][html.UnescapeString(m[1])] = true
			}
		}
		return places[name][place]
	}
	links := 0
	for name, text := range all {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, m := range addresses.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(html.UnescapeString(m[2]))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if u.Scheme != "" {
				continue
			}
			links++
			if strings.HasPrefix(m[2], "/") {
				t.Errorf("%s leads to %s, which is not relative", name, m[2])
				continue
			}
			to := name
			if u.Path != "" {
				to = path.Join(path.Dir(name), u.Path)
			}
			if _, ok := all[to]; !ok && to != "log/filings" {
				t.Errorf("%s leads to %s, which is not there", name, to)
			} else if ok && u.Fragment != "" && path.Ext(to) == ".html" && to != "check.html" && !has(to, u.Fragment) {
				t.Errorf("%s leads to %s#%s, and there is no such place", name, to, u.Fragment)
			}
		}
		if t.Failed() && links > 100_000 {
			break
		}
	}
	if links < 50_000 {
		t.Errorf("only %d links were followed", links)
	}
}

// TestManifest compares the manifest with what is there, and sees that a second run touches nothing.
func TestManifest(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	first := w.write(t, dir, w.options())
	all := contents(t, dir)
	var m site.Manifest
	if err := json.Unmarshal([]byte(all["manifest.json"]), &m); err != nil || m.Writing || m.Head != w.Record().Head() || m.Size == 0 || m.Root == "" {
		t.Fatalf("%v: %+v", err, m)
	}
	listed := map[string]bool{}
	var size int64
	for _, p := range m.Parts {
		text := all["manifest/"+p.Name]
		if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != p.SHA256 {
			t.Errorf("manifest/%s is not what the manifest says", p.Name)
		}
		for line := range strings.Lines(text) {
			sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
			if strings.HasPrefix(line, "#") || !ok {
				continue
			}
			if got := sha256.Sum256([]byte(all[name])); hex.EncodeToString(got[:]) != sum {
				t.Errorf("%s is not what manifest/%s says", name, p.Name)
			}
			listed[name] = true
			size += int64(len(all[name]))
		}
	}
	if int64(len(listed)) != m.Files || size != m.Bytes {
		t.Errorf("%d files of %d bytes are listed, the manifest says %d of %d", len(listed), size, m.Files, m.Bytes)
	}
	for name := range pages(all) {
		if !listed[name] && name != "manifest.json" && !strings.HasPrefix(name, "manifest/") {
			t.Errorf("%s is not listed", name)
		}
	}
	if first.Written < int(m.Files) {
		t.Errorf("%d files written, %d listed", first.Written, m.Files)
	}
	before := times(t, dir)
	time.Sleep(20 * time.Millisecond)
	n := w.write(t, dir, w.options())
	if n.Written != 0 || n.Removed != 0 {
		t.Errorf("a second run wrote %d files and removed %d", n.Written, n.Removed)
	}
	for name, at := range times(t, dir) {
		if name != "manifest.json" && !at.Equal(before[name]) {
			t.Errorf("a second run touched %s", name)
		}
	}
}

func times(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		st, err := d.Info()
		if err == nil {
			name, _ := filepath.Rel(dir, path)
			all[filepath.ToSlash(name)] = st.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOneStepAtATime files one thing after another, on the same day and on others, and publishes after each: the folder is the same, byte for
// byte, as one that is published afresh, and pages on which nothing bore are not touched. It is compared after each sixth step: a page that should have
// changed and did not stays wrong.
func TestOneStepAtATime(t *testing.T) { stepByStep(t, 6) }

// TestSoakOneStepAtATime compares after each step, so that it says which one it was.
func TestSoakOneStepAtATime(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		return // the same steps, seldom compared, are in TestOneStepAtATime
	}
	stepByStep(t, 1)
}

func stepByStep(t *testing.T, every int) {
	t.Helper()
	w := newWorld(t)
	dir := t.TempDir()
	w.write(t, dir, w.options())
	pages := len(contents(t, dir))
	list := steps(t, w)
	for i, step := range list {
		step.do()
		n := w.write(t, dir, w.options())
		if step.few && n.Written > pages/4 {
			t.Errorf("after step %d, %s, %d of %d files were written", i, step.what, n.Written, pages)
		}
		if i%every != every-1 && i < len(list)-1 {
			continue
		}
		fresh := t.TempDir()
		w.write(t, fresh, w.options())
		if list := differ(contents(t, dir), contents(t, fresh)); len(list) > 0 {
			t.Fatalf("after step %d, %s, or one of those before it, what grew is not what is made afresh:\n%s", i, step.what, strings.Join(list, "\n"))
		}
	}
}

type step struct {
	what string
	few  bool // bears on few pages
	do   func()
}

func steps(t *testing.T, w *world) []step {
	source := func(id string) stocktake.Source {
		return stocktake.Source{ID: stocktake.SourceID(id), Title: "A page called " + id, Publisher: "A ministry", Published: stocktake.MustDate("2026-12-06"), Read: stocktake.MustDate("2026-12-07")}
	}
	act := func(key, party, instrument string, kind stocktake.ActKind, done string) stocktake.Filing {
		return stocktake.Filing{Key: key, Title: "An act, " + key, Sources: []stocktake.Source{source(key)}, Acts: []stocktake.Act{{ID: stocktake.ActID(instrument + "/" + party + "/" + kind.Class() + "/" + key), Party: stocktake.PartyID(party),
			Instrument: stocktake.InstrumentID(instrument), Kind: kind, Done: stocktake.MustDate(done), Source: stocktake.SourceID(key), Quotes: []stocktake.Quote{{Exact: stocktake.Plain("We said this of " + key)}}}}}
	}
	next := func(days int) { w.now = w.now.AddDate(0, 0, days) }
	list := []step{
		{"a statement, and which acts would answer its calls", false, func() { w.printed(t) }},
		{"an act on the same day", true, func() { w.file(t, act("one", "HUN", "gcm", stocktake.SupportStated, "2026-12-05")) }},
		{"another day without a filing", true, func() { next(1) }},
		{"an act of a treaty that takes effect later", true, func() {
			f := act("two", "MEX", "paris", stocktake.Withdrawal, "2026-12-06")
			f.Acts[0].Notified, f.Acts[0].Effect = stocktake.MustDate("2026-12-06"), stocktake.MustDate("2026-12-20")
			w.file(t, f)
		}},
		{"the day before it takes effect", true, func() { w.now = time.Date(2026, 12, 19, 9, 0, 0, 0, time.UTC) }},
		{"the day on which it takes effect", true, func() { next(1) }},
		{"an act that nobody dated exactly", true, func() { w.file(t, act("three", "BRA", "gcm", stocktake.Remark, "2026-12")) }},
		{"a measure", true, func() {
			w.file(t, stocktake.Filing{Key: "measure", Title: "A measure", Sources: []stocktake.Source{source("measure")}, Measures: []stocktake.Measure{{ID: "a-measure", Party: "MEX", Kind: "law", Title: "A law", Date: stocktake.MustDate("2026-12-01"),
				Force: "in force", Source: "measure", Provisions: []stocktake.ProvisionID{"gcm/obj-13"}}}})
		}},
		{"what was not found", true, func() {
			w.file(t, stocktake.Filing{Key: "unknown", Title: "Something not found", Unknowns: []stocktake.Unknown{{About: "gcm", What: "What somebody said is not known."}, {About: "CHE", What: "Where it stands is not known."}}})
		}},
		{"a new instrument", false, func() {
			w.file(t, stocktake.Filing{Key: "instrument", Title: "An instrument", Instruments: []stocktake.Instrument{{ID: "a-new-one", Kind: stocktake.Declaration, Title: "A new declaration", Links: []stocktake.InstrumentLink{{Rel: "follows", To: "gcm"}}}},
				Provisions: []stocktake.Provision{{ID: "a-new-one/1", Instrument: "a-new-one", Number: "1", Title: "Its first part"}}})
		}},
		{"an act on it", true, func() { w.file(t, act("four", "FRA", "a-new-one", stocktake.Endorsement, "2026-12-10")) }},
		{"a recorded vote", false, func() {
			w.file(t, stocktake.Filing{Key: "vote", Title: "A vote", Sources: []stocktake.Source{source("vote")}, RollCalls: []stocktake.RollCall{{ID: "9001", Instrument: "a-res-81-1", Symbol: "R/81/1", Session: 81, Date: stocktake.MustDate("2026-12-12"),
				Label: "A LABEL", Yes: "FRA MEX", No: "HUN", Abstain: "BRA", Source: "vote"}}, Instruments: nil})
		}},
		{"a statement", false, func() {
			w.statement(t, "Statement on a matter\n\nGeneva, 18 November 2026 – We recall the Global Compact for Migration and the Paris Agreement. We call on Hungary to return to the Compact.\n\nSigned:\nA society\nAnother society\n")
		}},
		{"what somebody reads as an answer", true, func() {
			w.file(t, stocktake.Filing{Key: "answer", Title: "An answer", Sources: []stocktake.Source{source("answer")}, Answers: []stocktake.Reading{{Call: "pv-2017/own-2", Status: "met", Date: stocktake.MustDate("2026-12-05"), Source: "answer",
				Quotes: []stocktake.Quote{{Exact: stocktake.Plain("They urged it")}}, Reason: "They wrote to it.", By: "the secretariat"}}})
		}},
		{"an answer in a month that is not over", true, func() {
			w.file(t, stocktake.Filing{Key: "answer-2", Title: "An answer", Answers: []stocktake.Reading{{Call: "pv-2017/call-2", Status: "met", Party: "HUN", Date: stocktake.MustDate("2026-12"), Source: "answer", Reason: "It wrote.", By: "the secretariat"}}})
		}},
		{"the month after", true, func() { w.now = time.Date(2027, 1, 2, 9, 0, 0, 0, time.UTC) }},
		{"a return to the talks", true, func() { w.file(t, act("back", "USA", "gcm-process", stocktake.Return, "2027-01-01")) }},
		{"a party's name", false, func() {
			w.file(t, stocktake.Filing{Key: "party", Title: "A party", Parties: []stocktake.Party{{ID: "x-new-body", Kind: "organ", Names: map[string]string{"en": "A new body"}}}})
		}},
		{"words taken away", true, func() {
			n := w.Record().ByKey("one")
			row, err := w.Raw(t.Context(), n[len(n)-1])
			if err != nil {
				t.Fatal(err)
			}
			f, err := w.Load(t.Context(), row.Number)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Remove(t.Context(), row.SHA256, f.Acts[0].Quotes[0].Exact.Commitment, "rights", "the secretariat"); err != nil {
				t.Fatal(err)
			}
		}},
		{"an archived text taken down", true, func() {
			for _, s := range w.Record().Statements(w.Record().Head()) {
				w.file(t, stocktake.Filing{Key: "down", Title: "A copy taken down", Removals: []stocktake.Removal{{File: s.TextSHA256, Ground: "rights", By: "the secretariat"}}})
				return
			}
			t.Fatal("there is no statement")
		}},
		{"an instrument described anew", false, func() {
			in, _ := w.Record().Instrument("gcm", w.Record().Head())
			x := *in
			x.Notes = append([]string{"A note of these days."}, x.Notes...)
			w.file(t, stocktake.Filing{Key: "described", Title: "Described anew", Instruments: []stocktake.Instrument{x}})
		}},
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	parties := []string{"USA", "HUN", "CHL", "FRA", "MEX", "DEU", "AUS", "AUT"}
	for i := range 4 {
		key := fmt.Sprintf("random-%d", i)
		f := act(key, parties[rnd.IntN(len(parties))], []string{"gcm", "paris", "nyd", "gcm-process"}[rnd.IntN(4)], []stocktake.ActKind{stocktake.SupportStated, stocktake.Remark, stocktake.StaysOutStated}[rnd.IntN(3)], fmt.Sprintf("2026-12-%02d", 1+rnd.IntN(20)))
		list = append(list, step{key, true, func() {
			if rnd.IntN(2) == 0 {
				next(1)
			}
			w.file(t, f)
		}})
	}
	return list
}

// faulty is a target that fails after some files.
type faulty struct {
	publish.Target
	left int
}

var errFull = errors.New("the disk is full")

func (f *faulty) Put(ctx context.Context, name string, body []byte, k publish.Kind) error {
	if f.left--; f.left < 0 {
		return errFull
	}
	return f.Target.Put(ctx, name, body, k)
}

// TestInterrupted breaks off runs at many places. What is there is never taken for finished, and the next run goes on from it.
func TestInterrupted(t *testing.T) {
	w := newWorld(t)
	fresh := t.TempDir()
	w.write(t, fresh, w.options())
	want := contents(t, fresh)
	dir := t.TempDir()
	written := 0
	for _, left := range []int{0, 1, 5, 40, 200, 500} {
		f := &faulty{publish.OpenDir(dir), left}
		n, err := w.tryWrite(t.Context(), f, w.options())
		if !errors.Is(err, errFull) {
			t.Fatalf("with room for %d files: %v", left, err)
		}
		written += n.Written
		if b, err := os.ReadFile(filepath.Join(dir, "manifest.json")); err == nil && !strings.Contains(string(b), `"writing": true`) {
			t.Errorf("after %d files the manifest calls the copy finished: %s", left, b)
		}
	}
	// Somebody, or a power cut, damaged what was written meanwhile.
	damaged := filepath.Join(dir, "about.html")
	if err := os.WriteFile(damaged, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	n := w.write(t, dir, w.options())
	if list := differ(contents(t, dir), want); len(list) > 0 {
		t.Fatalf("what was gone on with is not what is made in one go:\n%s", strings.Join(list, "\n"))
	}
	if n.Same < written/2 {
		t.Errorf("%d files were there, and the last run kept %d", written, n.Same)
	}
	// A finished copy that was damaged is mended when that is asked for.
	if err := os.WriteFile(damaged, []byte("something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	opt := w.options()
	opt.Check = true
	if n := w.write(t, dir, opt); n.Written != 1 {
		t.Errorf("one file was damaged, and %d were written", n.Written)
	}
	if list := differ(contents(t, dir), want); len(list) > 0 {
		t.Errorf("after a check: %s", strings.Join(list, "\n"))
	}
}

// TestSomebodyElsesFolder refuses to write over another site.
func TestSomebodyElsesFolder(t *testing.T) {
	w := newWorld(t)
	for name, text := range map[string]string{"index.html": "<p>Mine", "manifest.json": `{"name":"an app"}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := w.tryWrite(t.Context(), publish.OpenDir(dir), w.options())
		if stocktake.KindOf(err) != stocktake.Conflict {
			t.Errorf("%s: %v", name, err)
		}
		if all := contents(t, dir); len(all) != 1 || all[name] != text {
			t.Errorf("%s: the folder was changed: %d files", name, len(all))
		}
	}
	// What is somebody's own stays.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "CNAME"), []byte("example.org"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.write(t, dir, w.options())
	w.now = w.now.AddDate(0, 0, 1)
	w.write(t, dir, w.options())
	if b, err := os.ReadFile(filepath.Join(dir, "CNAME")); err != nil || string(b) != "example.org" {
		t.Errorf("%q, %v", b, err)
	}
}
