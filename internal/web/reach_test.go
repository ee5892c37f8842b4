package web

import (
	"html"
	"strings"
	"testing"
	"time"

	"stocktake/internal/ledger"
	"stocktake/internal/tree"
	"stocktake/internal/verify/verifytest"
)

// TestReach shows how far witnesses signed, for the record and for one filing, and when signing was stopped.
func TestReach(t *testing.T) {
	w := verifytest.New(t, "..", 300)
	h := handlerOf(t, w.Ledger, Options{})
	says := func(path string, want ...string) {
		t.Helper()
		page := html.UnescapeString(get(t, h, path))
		for _, x := range want {
			if no, ok := strings.CutPrefix(x, "!"); ok == strings.Contains(page, strings.TrimPrefix(x, "!")) {
				t.Errorf("%s: %q (not: %v)", path, no, ok)
			}
		}
	}
	says("/check", "nobody. Without witnesses", "!How far witnesses signed")
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	witness := func(name string, seed byte) *tree.Cosigner {
		c, err := tree.NewCosigner(name, append(make([]byte, 31), seed), func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	near, own := witness("witness.example.net", 1), witness("own.example.org", 2)
	asked := []ledger.Witnessed{{Origin: w.Key.Name(), Name: near.Name(), VKey: near.String()}, {Origin: w.Key.Name(), Name: own.Name(), VKey: own.String(), Own: true}}
	if err := w.Asked(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	says("/check", "How far witnesses signed", "nothing yet", "no witness yet", "!none of them is independent")
	says("/check/123", "none yet. Nothing waits")
	sign := func(c *tree.Cosigner, of ledger.Witnessed) {
		t.Helper()
		head, _, err := w.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h, n, err := tree.OpenHead(head.Note, w.Key.Verifier)
		if err != nil || n == nil {
			t.Fatal(err)
		}
		signed, err := tree.Sign(h, w.Key, c)
		if err != nil {
			t.Fatal(err)
		}
		of.Size, of.At = h.Size, at
		if err := w.Cosign(t.Context(), signed, of); err != nil {
			t.Fatal(err)
		}
	}
	sign(near, asked[0])
	w.Fill(t, 300, 310)
	w.Publish(t)
	sign(own, asked[1])
	says("/check", "witness.example.net</span>: the first 300 entries, 1 November 2026, 12:00:00 UTC</li>", "own.example.org</span>: the first 310 entries, 1 November 2026, 12:00:00 UTC. It is kept by those who keep this record, so not independent</li>")
	says("/check/300", "witness.example.net</span>, under the first 300 entries", "own.example.org</span>, under the first 310 entries")
	says("/check/301", "!witness.example.net</span>, under", "own.example.org</span>, under the first 310 entries", "so not independent")

	// The log goes on under another name: what was covered stays so.
	next, err := tree.NewKey("example.org/record-2")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.TurnLog(t.Context(), w.Key, next); err != nil {
		t.Fatal(err)
	}
	w.Key = next
	says("/check/300", "witness.example.net</span>, under the first 300 entries") // nobody is asked under the new name
	if err := w.Asked(t.Context(), []ledger.Witnessed{{Origin: next.Name(), Name: own.Name(), VKey: own.String(), Own: true}}); err != nil {
		t.Fatal(err)
	}
	says("/check/300", "witness.example.net</span>, under the first 300 entries")
	says("/check", "own.example.org</span>: nothing yet", "none of them is independent")

	stop := ledger.Stop{By: []string{own.Name()}, Says: "too few witnesses are left"}
	if err := w.Stop(t.Context(), stop); err != nil {
		t.Fatal(err)
	}
	says("/check", "The signing of this log is paused.", "too few witnesses are left (own.example.org)", "It disputes what is here")
	stop.Proof, stop.Says = true, "its key signed 400 entries"
	if err := w.Stop(t.Context(), stop); err != nil {
		t.Fatal(err)
	}
	if err := w.EndPause(t.Context()); err != nil {
		t.Fatal(err)
	}
	says("/check", "This log is not signed any more.", "its key signed 400 entries")
	w.Fill(t, 310, 311)
	if _, err := w.SignLog(t.Context(), next); !ledger.IsStopped(err) {
		t.Errorf("a log that was stopped is signed: %v", err)
	}
	if err := w.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Publish(t)
	says("/check", "!not signed any more", "!paused")
}
