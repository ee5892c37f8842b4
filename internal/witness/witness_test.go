package witness

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/tree"
)

// TestProtocol goes through the answers of c2sp.org/tlog-witness.
func TestProtocol(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 400, "a")
	other := newForest(t, "example.org/other").grow(t, 5, "a")
	imposter := newForest(t, "example.org/record").grow(t, 400, "a")
	b := newBench(t, "witness.example.net", l)
	signed := func(size int64, body []byte) {
		t.Helper()
		code, _, text := b.post(t, body)
		w := b.witness(t)
		c, err := cosigned(w, size, l.head(t, size), l.head(t, size), []byte(text))
		if code != 200 || err != nil || !c.At.Equal(b.time.now()) {
			t.Fatalf("%d %q: %v", code, text, err)
		}
		if text != fmt.Sprintf("— %s %s\n", c.Sig.Name, c.Sig.Base64) {
			t.Errorf("the answer is %q", text)
		}
	}
	signed(100, l.request(t, 0, 100))
	b.time.add(time.Minute)
	signed(100, l.request(t, 100, 100)) // again, with a later time
	signed(300, l.request(t, 100, 300))

	proof := func(old, size int64) tlog.TreeProof {
		p, err := tlog.ProveTree(size, old, l)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	head := l.head(t, 400)
	damaged := bytes.Replace(head, []byte("\n400\n"), []byte("\n399\n"), 1)
	empty := newForest(t, "example.org/record")
	empty.key = l.key
	for _, c := range []struct {
		what string
		body []byte
		code int
		text string // of a size
	}{
		{"nothing", nil, 400, ""},
		{"no empty line", []byte("old 300\n"), 400, ""},
		{"no old", append([]byte("new 300\n\n"), head...), 400, ""},
		{"a zero before", append([]byte("old 0300\n\n"), head...), 400, ""},
		{"below zero", append([]byte("old -1\n\n"), head...), 400, ""},
		{"two spaces", append([]byte("old  300\n\n"), head...), 400, ""},
		{"a damaged hash", append([]byte("old 300\nAAAA\n\n"), head...), 400, ""},
		{"too many hashes", request(300, make(tlog.TreeProof, 64), head), 400, ""},
		{"from more to less", request(500, nil, head), 400, ""},
		{"no note", []byte("old 300\n\nexample.org/record\n"), 400, ""},
		{"another log", other.request(t, 0, 5), 404, ""},
		{"another key", imposter.request(t, 300, 400), 403, ""},
		{"no signature", []byte("old 300\n\n" + strings.SplitAfter(string(head), "\n\n")[0] + "— example.net AAAAAAA=\n"), 403, ""},
		{"a changed head", request(300, proof(300, 400), damaged), 403, ""},
		{"from nothing", l.request(t, 0, 400), 409, "300\n"},
		{"from less", l.request(t, 100, 400), 409, "300\n"},
		{"from more", l.request(t, 350, 400), 409, "300\n"},
		{"back", l.request(t, 100, 200), 409, "300\n"},
		{"no proof", request(300, nil, head), 422, ""},
		{"a proof of other sizes", request(300, proof(200, 400), head), 422, ""},
		{"a hash too many", request(300, append(proof(300, 400), tlog.Hash{}), head), 422, ""},
		{"a proof of the same", request(300, tlog.TreeProof{{}}, l.head(t, 300)), 422, ""},
		{"too large", append(l.request(t, 300, 400), make([]byte, MaxRequest)...), 413, ""},
	} {
		code, kind, text := b.post(t, c.body)
		if code != c.code || c.text != "" && (text != c.text || kind != "text/x.tlog.size") || c.text == "" && (kind != "text/plain; charset=utf-8" || text == "") {
			t.Errorf("%s: %d %s %q, not %d %q", c.what, code, kind, text, c.code, c.text)
		}
	}
	signed(400, l.request(t, 300, 400))
	if res, err := http.Get(b.web.URL + "/add-checkpoint"); err != nil || res.StatusCode != 405 {
		t.Error(res.StatusCode, err)
	}
	res, err := http.Get(b.web.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(page), b.VKey()) || !strings.Contains(string(page), "signed 400 entries at 2026-11-23T12:01:00Z") {
		t.Errorf("%s %v", page, err)
	}
}

// TestEmptyLog signs an empty tree, and what grows from it.
func TestEmptyLog(t *testing.T) {
	l := newForest(t, "example.org/record")
	b := newBench(t, "witness.example.net", l)
	zero := l.head(t, 0)
	if code, _, text := b.post(t, request(0, tlog.TreeProof{{}}, zero)); code != 422 {
		t.Error(code, text)
	}
	wrong, err := tree.Sign(tree.Head{Origin: l.key.Name(), Size: 0, Root: tlog.Hash{1}}, l.key)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, text := b.post(t, request(0, nil, wrong)); code != 422 {
		t.Error(code, text)
	}
	if code, _, text := b.post(t, request(0, nil, zero)); code != 200 {
		t.Error(code, text)
	}
	if code, _, text := b.post(t, request(0, nil, wrong)); code != 409 || len(b.evidence(t, Fork)) != 1 {
		t.Error(code, text)
	}
	l.grow(t, 3, "a")
	if code, _, text := b.post(t, l.request(t, 0, 3)); code != 200 {
		t.Error(code, text)
	}
}

// TestForgedHistory shows an older backup that went on another way, before and past the size that was signed.
func TestForgedHistory(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 320, "true")
	b := newBench(t, "witness.example.net", l)
	if code, _, text := b.post(t, l.request(t, 0, 320)); code != 200 {
		t.Fatal(code, text)
	}
	forged := l.branch(300).grow(t, 500, "forged")
	for _, c := range []struct {
		kind      string
		old, size int64
		code      int
	}{
		{Older, 0, 301, 409},
		{Older, 320, 310, 400},
		{Fork, 0, 320, 409},
		{Fork, 320, 320, 409},
		{Broken, 320, 450, 422},
		{Broken, 320, 500, 422},
	} {
		body := forged.request(t, c.old, c.size)
		before := len(b.evidence(t, c.kind))
		for range 2 { // the second time nothing is added
			if code, _, text := b.post(t, body); code != c.code {
				t.Errorf("%+v: %d %s", c, code, text)
			}
		}
		list := b.evidence(t, c.kind)
		if exp := before + 1; len(list) != exp && !(c.kind == Fork && before == 1) { // both forks show one head
			t.Errorf("%+v: %d pieces of evidence, not %d", c, len(list), exp)
		}
		for _, e := range list { // both heads are signed by the log, and say which they are
			was, _, err := tree.OpenHead([]byte(e.Signed), l.key.Verifier)
			if err != nil || was.Size != 320 {
				t.Errorf("%+v: %v", e, err)
			}
			shown, _, err := tree.OpenHead([]byte(e.Shown), l.key.Verifier)
			if err != nil || shown == was || e.Says == "" || e.Key != l.key.VKey {
				t.Errorf("%+v: %v", e, err)
			}
		}
	}
	if said := b.said.String(); strings.Count(said, "A HEAD WAS REFUSED") != 5 {
		t.Errorf("it said:\n%s", said)
	}
	// Whoever goes on as before is signed for.
	if code, _, text := b.post(t, l.grow(t, 400, "true").request(t, 320, 400)); code != 200 {
		t.Error(code, text)
	}
}

// TestRestart opens a folder again: what was signed is known, the key the same, and two at once are refused.
func TestRestart(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 50, "a")
	m := newForest(t, "example.org/second").grow(t, 9, "a")
	b := newBench(t, "witness.example.net", l)
	if code, _, text := b.post(t, l.request(t, 0, 40)); code != 200 {
		t.Fatal(code, text)
	}
	vkey := b.VKey()
	key, err := OpenKey(b.dir, "", b.time.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b.dir, key, nil, Options{Now: b.time.now, Log: slog.New(slog.DiscardHandler)}); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("a second one on the same folder: %v", err)
	}
	b.Server.Close()
	b.open(t, "", l, m)
	if b.VKey() != vkey {
		t.Error("another key")
	}
	if code, _, text := b.post(t, l.request(t, 0, 50)); code != 409 || text != "40\n" {
		t.Error(code, text)
	}
	if code, _, text := b.post(t, m.request(t, 0, 9)); code != 200 {
		t.Error(code, text)
	}
	if _, err := OpenKey(b.dir, "witness.example.org", b.time.now); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("another name: %v", err)
	}
	b.Server.Close()
	// A witness that cannot read what it signed does not sign, nor does one whose key is gone.
	path := filepath.Join(b.dir, stateDir, name("example.org/record")+".json")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := ParseList("vkey " + l.key.VKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b.dir, key, list, Options{Now: b.time.now, Log: slog.New(slog.DiscardHandler)}); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("damaged: %v", err)
	}
	if err := os.Remove(filepath.Join(b.dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKey(b.dir, "witness.example.net", b.time.now); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("without a key: %v", err)
	}
	if _, err := OpenKey(t.TempDir(), "", b.time.now); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("without a name: %v", err)
	}
}

// TestAtOnce has many ask at once. What is signed only ever grows.
func TestAtOnce(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 200, "a")
	b := newBench(t, "witness.example.net", l)
	var all sync.WaitGroup
	for i := range int64(8) {
		all.Go(func() {
			old := int64(0)
			for size := i + 1; size <= 40; size += 3 {
				for range 20 {
					if old > size {
						break
					}
					lines, err := b.Add(t.Context(), l.request(t, old, size))
					if err == nil {
						old = size
						if len(lines) == 0 {
							t.Error("no signature")
						}
						break
					}
					a, ok := err.(*answer)
					if !ok || a.code != 409 {
						t.Error(err)
						return
					}
					was := old
					if _, err := fmt.Sscan(a.body, &old); err != nil || old < was {
						t.Errorf("after %d it says %q", was, a.body)
						return
					}
				}
			}
		})
	}
	all.Wait()
	st, err := readState(b.dir, l.key.Name())
	if err != nil || st.Size != 40 {
		t.Errorf("%+v %v", st, err)
	}
	if len(b.evidence(t, Fork))+len(b.evidence(t, Broken)) > 0 {
		t.Error("evidence against an honest log")
	}
}

// TestDisk has a disk that takes nothing: no signature is given out, and what was signed before stays known.
func TestDisk(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 20, "a")
	b := newBench(t, "witness.example.net", l)
	if code, _, text := b.post(t, l.request(t, 0, 10)); code != 200 {
		t.Fatal(code, text)
	}
	away := filepath.Join(b.dir, "away")
	if err := os.Rename(filepath.Join(b.dir, stateDir), away); err != nil {
		t.Fatal(err)
	}
	if code, _, text := b.post(t, l.request(t, 10, 20)); code != 500 || strings.Contains(text, "—") {
		t.Error(code, text)
	}
	if err := os.Rename(away, filepath.Join(b.dir, stateDir)); err != nil {
		t.Fatal(err)
	}
	if st, err := readState(b.dir, l.key.Name()); err != nil || st.Size != 10 {
		t.Errorf("%+v %v", st, err)
	}
	if code, _, text := b.post(t, l.request(t, 10, 20)); code != 200 {
		t.Error(code, text)
	}
}

// TestRate signs so many new heads a day and no more; asking again for one costs nothing.
func TestRate(t *testing.T) {
	l := newForest(t, "example.org/record").grow(t, 200, "a")
	b := newBench(t, "witness.example.net", l)
	add := func(old, size int64) int { code, _, _ := b.post(t, l.request(t, old, size)); return code }
	for n := range int64(burst) {
		if code := add(n, n+1); code != 200 {
			t.Fatal(n, code)
		}
	}
	if code := add(burst, burst+1); code != 429 {
		t.Error(code)
	}
	if code := add(burst, burst); code != 200 {
		t.Error(code)
	}
	b.time.add(2 * time.Second)
	if code := add(burst, burst+1); code != 200 {
		t.Error(code)
	}
	if code := add(burst+1, burst+2); code != 429 {
		t.Error(code)
	}
}

func TestList(t *testing.T) {
	k := newForest(t, "example.org/record").key.VKey
	j := newForest(t, "example.org/second").key.VKey
	w, err := tree.NewCosigner("w", make([]byte, 32), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseList("# mine\nlogs/v0\r\n\n\tvkey " + k + "\n qpd 24\ncontact a b\n\nvkey " + j + "\norigin example.org/else\n")
	if err != nil || len(list) != 2 || list[0].PerDay != 24 || list[0].Contact != "a b" || list[0].Origin != "example.org/record" || list[1].Origin != "example.org/else" || list[1].PerDay != DefaultPerDay {
		t.Errorf("%+v %v", list, err)
	}
	for _, text := range []string{"", "logs/v0\n", "logs/v1\n", "vkey\n", "vkey x\n", "vkey " + w.String(), "qpd 1\nvkey " + k, "vkey " + k + "\nvkey " + k, "vkey " + k + "\nqpd 0", "vkey " + k + "\nqpd 01",
		"vkey " + k + "\nqpd 5\nqpd 5", "vkey " + k + "\nother x", "vkey " + k + "\nvkey " + j + "\norigin example.org/record"} {
		if _, err := ParseList(text); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte("old 0\n\nexample.org\n1\n"))
	f.Add(request(7, tlog.TreeProof{{1}, {2}}, []byte("x\n\ny")))
	f.Add([]byte("old 18446744073709551616\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		old, proof, signed, err := parseRequest(body)
		if err == nil && !bytes.Equal(request(old, proof, signed), body) {
			t.Errorf("%q is printed as %q", body, request(old, proof, signed))
		}
	})
}
