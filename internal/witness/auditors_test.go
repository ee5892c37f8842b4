package witness

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"stocktake"
	"stocktake/internal/auditortest"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/tree"
	"stocktake/internal/web"
)

func TestMain(m *testing.M) {
	code := m.Run()
	auditortest.Remove()
	os.Exit(code)
}

// record is a small record with its log, published into a folder and served.
type record struct {
	*ledger.Ledger
	key *tree.Key
	out string
	url string
	at  time.Time
}

func newRecord(t *testing.T, filings int) *record {
	t.Helper()
	k, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	r := &record{key: k, out: t.TempDir(), at: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	r.Ledger, err = ledger.Open(t.Context(), st, files, ledger.Options{Now: func() time.Time { r.at = r.at.Add(time.Second); return r.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	text, err := os.ReadFile("../cli/testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
	r.grow(t, len(list), filings)
	srv := httptest.NewServer(http.FileServer(http.Dir(r.out)))
	t.Cleanup(srv.Close)
	r.url = srv.URL
	return r
}

// grow files, signs and publishes.
func (r *record) grow(t *testing.T, from, to int) store.Checkpoint {
	t.Helper()
	var list []stocktake.Filing
	for n := from; n < to; n++ {
		src := stocktake.SourceID(fmt.Sprintf("page-%d", n))
		list = append(list, stocktake.Filing{Key: fmt.Sprintf("k/%d", n), Title: "A filing", Sources: []stocktake.Source{{ID: src, Title: "A page", Read: stocktake.MustDate("2026-10-01")}},
			Acts: []stocktake.Act{{ID: stocktake.ActID(fmt.Sprintf("a-%d", n)), Party: "MEX", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: src}}})
	}
	if _, err := r.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
	c, err := r.SignLog(t.Context(), r.key)
	if err != nil {
		t.Fatal(err)
	}
	r.publish(t)
	return c
}

func (r *record) publish(t *testing.T) {
	t.Helper()
	if _, err := publish.Log(t.Context(), r.Ledger, filepath.Join(r.out, "log"), nil); err != nil {
		t.Fatal(err)
	}
}

// TestAuditors has torchwood and tessera read a published log, whole and with one byte changed in each kind of file.
func TestAuditors(t *testing.T) {
	r := newRecord(t, 530)
	site := httptest.NewServer(web.New(r.Ledger, web.Options{Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)}))
	defer site.Close()
	for _, url := range []string{r.url, site.URL} { // the folder, and the site itself
		if err := auditortest.Torchwood(t, url, r.key.VKey, 530); err != nil {
			t.Error(url, err)
		}
		if err := auditortest.Fsck(t, url, r.key.VKey); err != nil {
			t.Error(url, err)
		}
	}
	other, err := tree.NewKey("example.org/record")
	if err != nil {
		t.Fatal(err)
	}
	if auditortest.Torchwood(t, r.url, other.VKey, 530) == nil || auditortest.Fsck(t, r.url, other.VKey) == nil {
		t.Error("another key is believed")
	}
	var files []string
	dir := filepath.Join(r.out, "log")
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if name = filepath.ToSlash(name); err == nil && !d.IsDir() && (name == "checkpoint" || strings.HasPrefix(name, "tile/")) {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"checkpoint", "tile/0/000", "tile/0/002.p/18", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/18"} {
		if !slices.Contains(files, want) {
			t.Errorf("there is no %s among %v", want, files)
		}
	}
	for _, name := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(was)
		bad[len(bad)/2] ^= 1
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if auditortest.Torchwood(t, r.url, r.key.VKey, 530) == nil {
			t.Errorf("torchwood does not see the changed byte of %s", name)
		}
		if auditortest.Fsck(t, r.url, r.key.VKey) == nil {
			t.Errorf("fsck does not see the changed byte of %s", name)
		}
		if err := os.WriteFile(path, was, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLitewitness has litewitness sign the log of a record as it grows, stores its signatures, and shows it a forged history.
func TestLitewitness(t *testing.T) {
	r := newRecord(t, 300)
	cmd := exec.Command(auditortest.Program(t, "runwitness"), auditortest.Program(t, "litewitness"), "witness.example.net", r.key.VKey)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("litewitness: %v\n%s", err, said.String())
		}
	}()
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	vkey := lines.Text()
	lines.Scan()
	url := lines.Text()
	if url == "" {
		t.Fatal("litewitness did not start")
	}
	p, err := tree.ParsePolicy(fmt.Sprintf("log %s\nwitness lite %s %s\nquorum lite\n", r.key.VKey, vkey, url))
	if err != nil {
		t.Fatal(err)
	}
	w := p.Witnesses[0]
	var client Client
	sign := func(old int64) {
		t.Helper()
		c, ok, err := r.Checkpoint(t.Context())
		if err != nil || !ok {
			t.Fatal(err)
		}
		got, err := client.Ask(t.Context(), w, old, c.Note, r.HashReader(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Cosign(t.Context(), got.Note, ledger.Witnessed{Origin: r.key.Name(), Name: w.Name, VKey: vkey, Size: got.Size, At: got.At}); err != nil {
			t.Fatal(err)
		}
		if c, _, err = r.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, n, err := p.Open(c.Note); err != nil || len(n.Sigs) != 2 {
			t.Errorf("%s: %v", c.Note, err)
		}
		list, err := r.Witnessed(t.Context())
		if err != nil || len(list) != 1 || list[0].Size != c.Size || time.Since(list[0].At) > time.Minute {
			t.Errorf("%+v %v", list, err)
		}
	}
	sign(0)
	first, _, err := r.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.grow(t, 300, 310)
	sign(300)
	r.grow(t, 310, 600)
	sign(0) // forgotten: it says so itself
	sign(600)
	if size, err := client.LastSize(t.Context(), w, first.Note); err != nil || size != 600 {
		t.Errorf("%d %v", size, err)
	}
	var ahead *Ahead
	if _, err := client.Ask(t.Context(), w, 300, first.Note, r.HashReader(t.Context())); !errors.As(err, &ahead) || ahead.Size != 600 {
		t.Errorf("an older head: %v", err)
	}
	forged := newForest(t, r.key.Name()).grow(t, 700, "forged")
	forged.key = r.key
	var forked *Forked
	for _, size := range []int64{600, 700} {
		if _, err := client.Ask(t.Context(), w, 0, forged.head(t, size), forged); !errors.As(err, &forked) {
			t.Errorf("a forged history of %d: %v", size, err)
		}
	}
	// Others read the head with two signatures as well.
	r.publish(t)
	if err := auditortest.Torchwood(t, r.url, r.key.VKey, 600); err != nil {
		t.Error(err)
	}
	if err := auditortest.Fsck(t, r.url, r.key.VKey); err != nil {
		t.Error(err)
	}
}

// TestTessera has a log of tessera ask our witness, which it needs to publish anything.
func TestTessera(t *testing.T) {
	secret, vkey, err := note.GenerateKey(rand.Reader, "example.org/tessera")
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, "witness.example.net", newForest(t, "example.org/record"))
	b.Server.Close()
	list, err := ParseList("vkey " + vkey)
	if err != nil {
		t.Fatal(err)
	}
	if b.Server, err = Open(b.dir, b.signer, list, b.opt); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := put("key", secret)
	policy := put("policy", fmt.Sprintf("log %s\nwitness ours %s %s/\nquorum ours\n", vkey, b.VKey(), b.web.URL))
	// The second run has forgotten what the witness signed, and is told.
	for i, size := range []int64{3, 5} {
		entries := filepath.Join(dir, fmt.Sprintf("entries-%d", i))
		if err := os.Mkdir(entries, 0o700); err != nil {
			t.Fatal(err)
		}
		for n := range []int64{3, 2}[i] {
			put(fmt.Sprintf("entries-%d/%d", i, n), fmt.Sprintf("run %d, entry %d", i, n))
		}
		out, err := auditortest.Run(t, "posix-oneshot", "--storage_dir", filepath.Join(dir, "log"), "--entries", entries+"/*",
			"--private_key", key, "--witness_policy_file", policy, "--logtostderr")
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		signed, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		p, err := tree.ParsePolicy(fmt.Sprintf("log %s\nwitness ours %s\nquorum ours\n", vkey, b.VKey()))
		if err != nil {
			t.Fatal(err)
		}
		if h, _, err := p.Open(signed); err != nil || h.Size != size {
			t.Errorf("%s%v\n%s", signed, err, out)
		}
		st, err := readState(b.dir, v.Name())
		if err != nil || st.Size != size {
			t.Errorf("%+v %v", st, err)
		}
	}
}

// TestAuditorsAreVetted looks at the module of the auditors, which `go vet ./...` of ours does not reach.
func TestAuditorsAreVetted(t *testing.T) {
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = "../../tools/auditors"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
