package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const votePage = `<!doctype html><title>A vote · Stocktake</title><header><p>not of the page</p></header><main><h1>A vote</h1>
<p class="lede">On a day, <a href="../p/BRA.html">Brasilia</a>
 and others voted.</p>
<figure><div><svg class="worldmap"><title>Map</title><desc>Who did what</desc><defs><pattern id="k-2"/></defs><g>
<g class="at" data-id="GRL"><title>Greenland</title><use class="k-territory" href="w.svg#GRL"/></g>
<a href="../i/x/BRA.html" data-id="BRA"><title>Party BRA: yes</title><use class="k-8" href="w.svg#BRA"/></a>
<a href="../i/x/PER.html" data-id="PER"><title>Party PER: no</title><use class="k-2 p" fill="url(#k-2)" href="w.svg#PER"/></a></g></svg></div>
<figcaption><ul><li><a href="#y"><svg class="worldmap-swatch"><rect/></svg> yes <b>1</b></a></li></ul></figcaption></figure>
<dl><dt>Day</dt><dd>1 May 1990, <a href="../s/1.html">source</a></dd></dl>
<table><caption>Votes</caption><thead><tr><th>Party</th><th>Vote</th><th>Since</th></tr></thead>
<tbody id="y"><tr class="group"><th scope="rowgroup">yes 1</th></tr><tr id="BRA"><th scope="row"><a href="../p/BRA.html">Party BRA</a></th><td>yes</td><td>1990</td></tr></tbody>
<tbody id="n"><tr class="group"><th scope="rowgroup">no 1</th></tr><tr id="PER"><th scope="row"><a href="../p/PER.html">Party PER</a></th><td>no</td><td><a href="../v/1.html">1991</a>, then 1992</td></tr></tbody></table>
<details><summary>Bytes</summary><pre>{
  "a": "&lt;b&gt;"
}</pre></details></main>`

// TestReadPage reads a page, and sees what differs in another.
func TestReadPage(t *testing.T) {
	p, err := readPage(strings.NewReader(votePage))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, b := range p.Blocks {
		kinds = append(kinds, b.Kind)
	}
	if got := strings.Join(kinds, " "); got != "h1 p map ul dl table p pre" || p.Title != "A vote" || p.Lede != "On a day, Brasilia and others voted." {
		t.Fatalf("%s: %+v", got, p)
	}
	if m := p.Blocks[2]; len(m.Areas) != 3 || m.Areas[2] != (place{"PER", "k-2 p", "k-2", "../i/x/PER.html", "Party PER: no"}) || m.Desc != "Who did what" {
		t.Errorf("%+v", m)
	}
	if tb := p.Blocks[5]; len(tb.Groups) != 2 || tb.Groups[1].Title != "no 1" || tb.Groups[1].Rows[0].ID != "PER" || len(tb.Groups[1].Rows[0].Data[1].Spans) != 2 {
		t.Errorf("%+v", tb)
	}
	if _, err := readPage(strings.NewReader("<p>moved")); err != errNoMain {
		t.Error(err)
	}
	for was, is := range map[string]string{"A vote ·": "The vote ·", "../p/PER": "../p/BRA", ">yes<": ">no<", `"k-8"`: `"k-7"`, "1990,": "1991,", "Greenland": "Iceland", `"a"`: `"b"`, `id="n"`: `id="m"`, "then 1992": "then 1993"} {
		q, err := readPage(strings.NewReader(strings.Replace(votePage, was, is, 1)))
		if err != nil || p.differs(q) == nil {
			t.Errorf("%s for %s is not seen: %v", is, was, err)
		}
	}
}

// TestHugo has Hugo make the same pages, where it is installed.
func TestHugo(t *testing.T) {
	if _, err := exec.LookPath("hugo"); err != nil {
		t.Skip("Hugo is not installed: ./test installs it")
	}
	p := &published{out: t.TempDir()}
	for name, text := range map[string]string{"v/1.html": votePage, "v/2.html": strings.ReplaceAll(votePage, `<a href="../v/1.html">1991</a>, then 1992`, "1990"), "moved.html": "<p>moved"} {
		path := filepath.Join(p.out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	site, err := newHugoSite(filepath.Join(t.TempDir(), "source"), map[string]string{"BRA": "Party BRA", "PER": "Party PER"})
	if err != nil {
		t.Fatal(err)
	}
	urls, err := p.pagesInto(site)
	if err != nil || len(urls) != 2 || len(site.shapes) != 2 {
		t.Fatalf("%v, %d shapes: %v", urls, len(site.shapes), err)
	}
	out := filepath.Join(t.TempDir(), "out")
	x, err := site.build(out)
	if err != nil || x.cpu == 0 || x.peak == 0 {
		t.Fatal(x, err)
	}
	if err := p.same(out, urls); err != nil {
		t.Error(err)
	}
}

// TestVotes makes the votes twice and gets the same, with every party in each.
func TestVotes(t *testing.T) {
	ids := voterIDs()
	if len(ids) != voters {
		t.Fatal(len(ids))
	}
	differ := 0
	for i := range 300 {
		a, b, c := voteFiling(i, 0, ids).RollCalls[0], voteFiling(i, 0, ids).RollCalls[0], voteFiling(i, 1, ids).RollCalls[0]
		if a.Yes != b.Yes || a.Absent != b.Absent || a.Instrument != c.Instrument {
			t.Errorf("%+v %+v", a, b)
		}
		if a.No != c.No {
			differ++
		}
		if n := len(strings.Fields(a.Yes + " " + a.No + " " + a.Abstain + " " + a.Absent)); n != voters {
			t.Errorf("%d parties", n)
		}
	}
	if differ == 0 || differ > 20 {
		t.Errorf("%d of 300 differ", differ)
	}
}
