//go:build linux

package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"stocktake"
)

// TestKill kills `file` and `import` at random moments. What they acknowledged is there afterwards; what they did not is there whole or not
// at all; and everything that must always hold does.
func TestKill(t *testing.T) { killCommands(t, 20) }

// TestSoakKill is the long form; without STOCKTAKE_SOAK=1 it only shows that it would run.
func TestSoakKill(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		killCommands(t, 1)
		return
	}
	killCommands(t, 300)
}

var (
	filedAs  = regexp.MustCompile(`(?m)^([^ ]+): filing \d+, ([0-9a-f]{64})$`)
	imported = regexp.MustCompile(`(?m)^\d+ rows read; (\d+) new filings`)
)

func killCommands(t *testing.T, kills int) {
	dir := copyOf(t, smallRecord(t))
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	took := map[string]time.Duration{}  // by command, when nobody kills it
	acknowledged := map[string]string{} // key to hash
	var editions []string
	died, done := 0, 0
	for n := range kills {
		key := fmt.Sprintf("kill/%d", n)
		edition := fmt.Sprintf("kill-%d", n)
		page := write(t, "page.txt", fmt.Sprintf("Page %d says that a state did something.\n", n))
		var args []string
		switch n % 4 {
		case 0, 1: // a filing with an archived copy
			args = []string{"file", write(t, "act.yaml", fmt.Sprintf("key: %s\ntitle: A filing\nsources: [{id: s-%d, title: A page, read: 2026-11-01, copy: {state: public, sha256: %s, media: text/plain}}]\nacts: [{id: a-%d, party: USA, instrument: gcm, kind: remark, done: 2018-12-10, quotes: [{exact: a state did something}]}]\n",
				key, n, sumOf(t, page), n)), "--copy", page}
		case 2: // many at once
			var b strings.Builder
			for i := range 400 {
				fmt.Fprintf(&b, "---\nkey: %s/%d\ntitle: A filing\nsources: [{id: s-%d-%d, title: A page, read: 2026-11-01}]\nacts: [{id: a-%d-%d, party: MEX, instrument: gcm, kind: remark, done: 2018-12-10, quotes: [{exact: some words}]}]\n", key, i, n, i, n, i)
			}
			args = []string{"file", write(t, "acts.yaml", b.String())}
		case 3:
			args = []string{"import", "--as", "un-ga-votes", filepath.Join(scratch, "votes", "2021"), "--edition", edition, "--published", "2022-01-01", "--read", "2026-11-01"}
			editions = append(editions, edition)
		}
		kind := fmt.Sprint(n % 4 / 2 * 2)
		if took[kind] == 0 {
			began := time.Now()
			probe := copyOf(t, smallRecord(t))
			process(t, nil, append([]string{"-q", "--data", probe}, args...)...)
			took[kind] = time.Since(began)
		}
		c := exec.Command(binary, append([]string{"-q", "--data", dir}, args...)...)
		c.Env = append(os.Environ(), childMode+"=1")
		var out bytes.Buffer
		c.Stdout = &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(rand.N(took[kind]*11/10), func() { c.Process.Kill() })
		if err := c.Wait(); err != nil {
			died++
		} else {
			done++
		}
		timer.Stop()
		for _, m := range filedAs.FindAllStringSubmatch(out.String(), -1) {
			acknowledged[m[1]] = m[2]
		}
		if imported.MatchString(out.String()) {
			acknowledged["un-ga-votes/"+edition+"/6140"] = ""
		}

		// Open it as the next command would, and look.
		e := &env{ctx: t.Context(), in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}, now: time.Now, flags: &globals{Data: dir, Quiet: true}}
		o, err := e.open()
		if err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		rec := o.Record()
		for k, sum := range acknowledged {
			if len(rec.ByKey(k)) == 0 || sum != "" && rec.ByHash(sum) == 0 {
				t.Fatalf("kill %d (%s): %s was acknowledged and is not there", n, args[0], k)
			}
		}
		// Whole or not at all.
		count := func(prefix string, of int, keys func(int) string) {
			here := 0
			for i := range of {
				here += len(rec.ByKey(keys(i)))
			}
			if here != 0 && here != of {
				t.Fatalf("kill %d: %d of %d filings of %s are there", n, here, of, prefix)
			}
		}
		if n%4 == 2 {
			count(key, 400, func(i int) string { return fmt.Sprintf("%s/%d", key, i) })
		}
		for _, ed := range editions {
			all := []string{"coverage", "4592", "5300", "6135", "6140"}
			count(ed, len(all), func(i int) string { return "un-ga-votes/" + ed + "/" + all[i] })
		}
		if n%5 == 4 || n == kills-1 {
			a, err := o.Check(t.Context(), nil)
			if err != nil || len(a.Problems) > 0 {
				t.Fatalf("kill %d: %v %v", n, a.Problems, err)
			}
		}
		if s, err := rec.Standing(t.Context(), stocktake.At{On: stocktake.DayOf(2018, 1, 1), Known: stocktake.EndOfDay(stocktake.DayOf(2100, 1, 1)), Head: rec.Head()}, "USA", "gcm-process"); err != nil || s.Standing != "out of the talks" {
			t.Fatalf("kill %d: %+v, %v", n, s, err)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d commands killed, %d ended before; %d filings acknowledged", died, done, len(acknowledged))
	if kills >= 20 && died < kills/4 {
		t.Errorf("only %d of %d were killed: this tests little", died, kills)
	}
	// What is left goes to others whole.
	exported := must(t, dir, "export", "-")
	fresh := t.TempDir()
	if a := runAt(time.Now, strings.NewReader(exported), "-q", "--data", fresh, "load", "-"); a.code != exitDone {
		t.Fatal(a.err)
	}
	if must(t, fresh, "export", "-") != exported {
		t.Error("loaded elsewhere, the record exports other bytes")
	}
}
