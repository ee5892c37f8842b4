package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/browsertest"
	"stocktake/internal/tree"
)

// modulesPage loads the modules of the checking script one by one, as they are written, and puts what they export where a test can reach it.
const modulesPage = `<!doctype html><title>modules</title><script type="module">
import * as log from "./check-log.js";
import * as filing from "./check-filing.js";
globalThis.S = {...log, ...filing};
globalThis.fails = async (f) => { try { await f(); return ""; } catch (e) { return e.constructor.name + ": " + e.message; } };
</script>`

// TestCheckingScript runs the parts of the script against what this program computes: the vectors of docs/formats.md, proofs, tiles, signatures, policies
// and commitments.
func TestCheckingScript(t *testing.T) {
	const size = 66000 // three levels of tiles
	hashes := make(tlogHashes, 0, 2*size)
	for i := range int64(size) {
		h, err := tlog.StoredHashes(i, fmt.Appendf(nil, "leaf %d", i), &hashes)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, h...)
	}
	assets, err := fs.Sub(checkFiles, "assets")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /modules.html", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, modulesPage)
	})
	mux.HandleFunc("GET /tile/", func(w http.ResponseWriter, r *http.Request) {
		tile, err := tree.ParseTilePath(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			t.Error(err)
		}
		b, err := tlog.ReadTileData(tile, &hashes)
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		w.Write(b)
	})
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/", http.FileServerFS(assets))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	ctx := browsertest.New(t)
	w := browsertest.Watch(t, ctx)
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/modules.html")); err != nil {
		t.Fatal(err)
	}
	run := func(script string) string {
		t.Helper()
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(async () => String(await (async () => { "+script+" })()))()", chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatalf("%v\n%s", err, script)
		}
		return s
	}

	// The vectors, as the page has them.
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	vectors := regexp.MustCompile(`(?m)^    leaf (\d+)  (.+)\n    hash    (\S+)\n    root    (\S+)$`).FindAllStringSubmatch(string(page), -1)
	if len(vectors) != 4 {
		t.Fatalf("docs/formats.md has %d vectors", len(vectors))
	}
	got := run(`const leaves = ` + js(vectors) + `.map((v) => S.leafHash(S.bytesOf(v[2])));
		const [a, b, c, d] = leaves;
		return [...leaves, a, S.nodeHash(a, b), S.nodeHash(S.nodeHash(a, b), c), S.nodeHash(S.nodeHash(a, b), S.nodeHash(c, d))].map(S.base64).join(" ")`)
	want := []string{}
	for column := 3; column <= 4; column++ {
		for _, v := range vectors {
			want = append(want, v[column])
		}
	}
	if want := strings.Join(want, " "); got != want {
		t.Errorf("the vectors give\n%s, not\n%s", got, want)
	}
	if got := run(`return ` + js(vectors) + `.slice(0, 2).map((v) => { const l = S.parseLeaf(S.bytesOf(v[2])); return l.kind + l.number }).join(" ")`); got != "filing1 removal2" {
		t.Errorf("the leaves of the vectors read as %s", got)
	}
	if got := run(`return ` + js(vectors) + `.map((v) => { const l = S.parseEntry(S.bytesOf(v[2])); return l.kind + (l.number ?? "") }).join(" ")`); got != "filing1 removal2 key seal" {
		t.Errorf("the leaves of the vectors read as %s", got)
	}
	for _, entry := range []string{strings.Replace(vectors[3][2], `"seal":"9`, `"seal":"`, 1), strings.Replace(vectors[3][2], `,"seal"`, `,"more":1,"seal"`, 1), strings.Replace(vectors[2][2], `"vkey":"`, `"vkey":1,"x":"`, 1)} {
		if got := run(`return fails(() => S.parseEntry(S.bytesOf(` + js(entry) + `)))`); !strings.HasPrefix(got, "Wrong: ") {
			t.Errorf("the leaf %q: %q", entry, got)
		}
	}
	for _, bad := range []string{"", "{}", vectors[2][2], vectors[3][2], " " + vectors[0][2], strings.Replace(vectors[0][2], `"number":1`, `"number":01`, 1), strings.Replace(vectors[0][2], `,"sha256"`, `,"more":1,"sha256"`, 1)} {
		if got := run(`return fails(() => S.parseLeaf(S.bytesOf(` + js(bad) + `)))`); !strings.HasPrefix(got, "Wrong: ") {
			t.Errorf("the leaf %q: %q", bad, got)
		}
	}

	// Every proof of small trees, and of a larger one.
	root := func(n int64) string {
		h, err := tlog.TreeHash(n, &hashes)
		if err != nil {
			t.Fatal(err)
		}
		return h.String()
	}
	type proof struct {
		Index, Size int64
		Leaf, Root  string
		Path        []string
	}
	var proofs []proof
	add := func(i, n int64) {
		path, err := tlog.ProveRecord(n, i, &hashes)
		if err != nil {
			t.Fatal(err)
		}
		p := proof{i, n, fmt.Sprintf("leaf %d", i), root(n), []string{}}
		for _, h := range path {
			p.Path = append(p.Path, h.String())
		}
		proofs = append(proofs, p)
	}
	for n := int64(1); n <= 17; n++ {
		for i := range n {
			add(i, n)
		}
	}
	for _, i := range []int64{0, 255, 256, 32768, 65535, 65536, size - 1} {
		add(i, size)
	}
	got = run(`let wrong = [];
		for (const p of ` + js(proofs) + `) {
			const path = p.Path.map(S.unbase64), leaf = S.leafHash(S.bytesOf(p.Leaf));
			const is = (index, size, hash, path) => { const r = S.rootFrom(index, size, hash, path); return r !== null && S.base64(r) === p.Root; };
			if (!is(p.Index, p.Size, leaf, path)) wrong.push(p.Index + " of " + p.Size);
			if (is(p.Index + 1, p.Size, leaf, path) || is(p.Index, p.Size, S.leafHash(S.bytesOf("other")), path) || is(p.Index, p.Size, leaf, [...path, leaf]) || path.length && is(p.Index, p.Size, leaf, path.slice(1))) wrong.push("not refused: " + p.Index + " of " + p.Size);
		}
		return wrong.join("; ")`)
	if got != "" {
		t.Errorf("proofs: %s", got)
	}

	// The same proofs made from tiles.
	got = run(`const read = async (path) => new Uint8Array(await (await fetch("/" + path)).arrayBuffer());
		const wrong = [];
		for (const p of ` + js(proofs) + `) {
			const path = (await S.pathOf(p.Index, p.Size, S.treeOf(p.Size, read))).map(S.base64);
			if (path.join() !== p.Path.join()) wrong.push(p.Index + " of " + p.Size + ": " + path);
		}
		return wrong.join("; ")`)
	if got != "" {
		t.Errorf("proofs from tiles: %s", got)
	}
	for _, bad := range []string{"0001", "00", "0003616263", "0001610002"} {
		if got := run(`return fails(() => S.leavesOf(Uint8Array.from(` + js(bad) + `.match(/../g), (x) => parseInt(x, 16)), "tile/entries/000", 2))`); !strings.HasPrefix(got, "Wrong: the file tile/entries/000 ") {
			t.Errorf("the bundle %s: %q", bad, got)
		}
	}

	// Roots of several sizes from the tiles of the last.
	for _, sizes := range [][]int64{{1}, {1, 2}, {3, 5}, {7, 8, 9}, {255, 256, 257}, {1, 300, 301}, {256, 65536}, {65535, 65536, 65537}, {12427, 40000, 65999}, {size}} {
		var want []string
		for _, n := range sizes {
			want = append(want, root(n))
		}
		got := run(`const read = async (path) => new Uint8Array(await (await fetch("/" + path)).arrayBuffer()); return (await S.roots(` + js(sizes) + `, read)).map(S.base64).join(" ")`)
		if got != strings.Join(want, " ") {
			t.Errorf("the roots at %v are %s, not %s", sizes, got, want)
		}
	}
	if got := run(`return fails(() => S.roots([300], async () => new Uint8Array(32)))`); !strings.HasPrefix(got, "Wrong: the tile ") {
		t.Errorf("a tile that is cut off: %q", got)
	}

	// Keys, signed heads, cosignatures and policies.
	key, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	other, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var wit []*tree.Cosigner
	for i, name := range []string{"one.example", "two.example", "three.example"} {
		c, err := tree.NewCosigner(name, []byte(strings.Repeat(string(rune('a'+i)), 32)), func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		wit = append(wit, c)
	}
	h, err := tlog.TreeHash(5, &hashes)
	if err != nil {
		t.Fatal(err)
	}
	head := tree.Head{Origin: "example.org/record", Size: 5, Root: h}
	signed, err := tree.Sign(head, key.Signer, wit[0], wit[1])
	if err != nil {
		t.Fatal(err)
	}
	note := "const head = S.parseHead(S.bytesOf(" + js(string(signed)) + "));"
	if got := run(note + `return head.origin + " " + head.size + " " + S.base64(head.root) + " " + head.sigs.length`); got != "example.org/record 5 "+h.String()+" 3" {
		t.Errorf("the head reads as %s", got)
	}
	for vkey, want := range map[string]string{key.VKey: "log", wit[0].String(): "2026-11-23T12:00:00.000Z", wit[2].String(): "null", other.VKey: "null"} {
		if got := run(note + `const s = S.signedBy(head, S.parseKey(` + js(vkey) + `)); return s && (s.at?.toISOString() ?? "log")`); got != want {
			t.Errorf("%s signed: %s, not %s", vkey, got, want)
		}
	}
	forged, err := tree.Sign(tree.Head{Origin: head.Origin, Size: 6, Root: h}, key.Signer, wit[0])
	if err != nil {
		t.Fatal(err)
	}
	sigs := func(b []byte) string { _, s, _ := strings.Cut(string(b), "\n\n"); return s }
	mixed := head.String() + "\n" + sigs(forged)
	for _, vkey := range []string{key.VKey, wit[0].String()} {
		if got := run(`return fails(() => S.signedBy(S.parseHead(S.bytesOf(` + js(mixed) + `)), S.parseKey(` + js(vkey) + `)))`); !strings.HasPrefix(got, "Wrong: the signature of ") {
			t.Errorf("a signature under another head: %q", got)
		}
	}
	for _, bad := range []string{key.VKey[1:], key.VKey[:len(key.VKey)-4] + "AAAA", "words", "a+b+c", strings.Replace(key.VKey, "+A", "+B", 1), key.Secret()} {
		if got := run(`return fails(() => S.parseKey(` + js(bad) + `))`); !strings.HasPrefix(got, "Wrong: ") {
			t.Errorf("the key %q: %q", bad, got)
		}
	}
	policy := func(quorum string) string {
		return fmt.Sprintf("# a policy\nlog %s https://example.org\nwitness a %s https://a.example\nwitness b %s\nwitness c %s\ngroup two 2 a b c\ngroup all all a b c\ngroup nested any all two\n%s\n", key.VKey, wit[0], wit[1], wit[2], quorum)
	}
	for quorum, want := range map[string]bool{"quorum none": true, "quorum a": true, "quorum c": false, "quorum two": true, "quorum all": false, "quorum nested": true} {
		p, err := tree.ParsePolicy(policy(quorum))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.Open(signed); (err == nil) != want {
			t.Fatalf("%s: %v", quorum, err)
		}
		if got := run(note + `const t = S.parseTrust(` + js(policy(quorum)) + `); return t.met(new Set(t.witnesses.filter((w) => S.signedBy(head, w)).map((w) => w.text)))`); got != fmt.Sprint(want) {
			t.Errorf("%s: %s", quorum, got)
		}
	}
	for _, bad := range []string{policy(""), policy("quorum d"), policy("quorum a\nquorum b"), policy("nonsense"), policy("group x 4 a b c\nquorum a"), policy("group a any b\nquorum a"), policy("group x any a a\nquorum x"), "witness a " + wit[0].String() + "\nquorum a", "log " + wit[0].String() + "\nquorum none", key.VKey + "\n" + other.VKey, "witness a " + key.VKey + " https://a\nquorum none\nlog " + key.VKey} {
		_, err := tree.ParsePolicy(bad)
		if got := run(`return fails(() => S.parseTrust(` + js(bad) + `))`); err == nil || !strings.HasPrefix(got, "Wrong: ") {
			t.Errorf("the policy %q: %v, %q", bad, err, got)
		}
	}
	if got := run(`const t = S.parseTrust(` + js("\n"+key.VKey+"\n  "+wit[1].String()+" # by telephone\n") + `); return t.log.name + " " + t.witnesses.map((w) => w.name)`); got != "example.org/record two.example" {
		t.Errorf("a list of keys reads as %s", got)
	}

	// Every changed byte of a proof is refused, whichever it is.
	leaf := tree.Leaf{Kind: tree.KindFiling, Number: 4, Filed: at, SHA256: strings.Repeat("ab", 32)}.Encode()
	var small tlogHashes
	for i, b := range [][]byte{[]byte("a"), []byte("b"), []byte("c"), leaf, []byte("e")} {
		h, err := tlog.StoredHashes(int64(i), b, &small)
		if err != nil {
			t.Fatal(err)
		}
		small = append(small, h...)
	}
	p := tree.Proof{Index: 3, Extra: leaf}
	if p.Path, err = tlog.ProveRecord(5, 3, &small); err != nil {
		t.Fatal(err)
	}
	if head.Root, err = tlog.TreeHash(5, &small); err != nil {
		t.Fatal(err)
	}
	if p.Note, err = tree.Sign(head, key.Signer); err != nil {
		t.Fatal(err)
	}
	got = run(`const good = S.unbase64(` + js(base64.StdEncoding.EncodeToString(p.Encode())) + `), key = S.parseKey(` + js(key.VKey) + `);
		const check = (bytes) => { const p = S.parseProof(bytes); S.parseLeaf(p.leaf); const r = S.rootFrom(p.index, p.head.size, S.leafHash(p.leaf), p.path); if (!r || !S.same(r, p.head.root)) S.wrong("path"); if (p.head.origin !== key.name || !S.signedBy(p.head, key)) S.wrong("signature"); };
		check(good);
		const passed = [];
		for (let i = 0; i < good.length; i++) for (const bit of [1, 32]) {
			const b = good.slice(); b[i] ^= bit;
			const said = await fails(() => check(b));
			if (!said.startsWith("Wrong: ")) passed.push(i + " " + said);
		}
		for (const b of [good.slice(1), good.slice(0, -1), S.join(good, Uint8Array.of(10)), S.join(good, good), new Uint8Array()]) if (!(await fails(() => check(b))).startsWith("Wrong: ")) passed.push("length " + b.length);
		return passed.join("; ")`)
	if got != "" {
		t.Errorf("changed bytes that were not refused: %s", got)
	}

	// Commitments: where each kind of them stands, and what opens them.
	f := stocktake.Filing{Key: "k", Title: "t", Acts: []stocktake.Act{{Person: stocktake.Plain("Ada"), Quotes: []stocktake.Quote{{Exact: stocktake.Plain("“Größe” 日本 \u2028")}}, Text: &stocktake.ActText{Words: stocktake.Plain("words")}}},
		Measures:  []stocktake.Measure{{Quotes: []stocktake.Quote{{}, {Exact: stocktake.Plain("m")}}}},
		Statement: &stocktake.Statement{Cites: []stocktake.Mention{{Quote: stocktake.Plain("c")}}, Calls: []stocktake.Call{{Quote: stocktake.Plain("d")}}, Signatories: []stocktake.NamePrinted{{Name: stocktake.Plain("e")}}}}
	var sheets []stocktake.Sheet
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if s.Text == "" {
			return
		}
		salt := []byte(strings.Repeat("s", 31) + fmt.Sprint(len(sheets)))
		s.Commitment = stocktake.Commit(salt, s.Text)
		sheets = append(sheets, stocktake.Sheet{Path: path, Commitment: s.Commitment, Salt: fmt.Sprintf("%x", salt), Text: s.Text})
		s.Text = ""
	})
	both := "const filing = " + js(f) + ", sheets = " + js(sheets) + ";"
	if got := run(both + `const o = S.open(filing, sheets); return [...o.opened.keys()].sort().join(" ") + " " + o.closed.length`); got != "acts/0/person acts/0/quotes/0/exact acts/0/text/words measures/0/quotes/1/exact statement/calls/0/quote statement/cites/0/quote statement/signatories/0/name 0" {
		t.Errorf("opened: %s", got)
	}
	if got := run(both + `return S.open(filing, sheets.slice(1)).closed.join(" ")`); got != "acts/0/person" {
		t.Errorf("not opened: %s", got)
	}
	for _, change := range []string{`sheets[0].text = "Ado"`, `sheets[1].salt = "00" + sheets[1].salt.slice(2)`, `sheets[0].path = "acts/0/text/words"`, `sheets[2].commitment = sheets[1].commitment`, `sheets[0].salt = "zz"`, `delete sheets[0].text`, `sheets.push({})`} {
		if got := run(both + change + `; return fails(() => S.open(filing, sheets))`); !strings.HasPrefix(got, "Wrong: the sheet for ") {
			t.Errorf("%s: %q", change, got)
		}
	}
	w.Quiet(t)
	w.Only(t, srv.URL)
}

// tlogHashes are the stored hashes of a tree in memory.
type tlogHashes []tlog.Hash

func (h *tlogHashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(places))
	for i, p := range places {
		out[i] = (*h)[p]
	}
	return out, nil
}

// js is a value as script has it.
func js(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
