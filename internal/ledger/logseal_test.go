package ledger_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

func addSeal(t testing.TB, l *ledger.Ledger, root [32]byte) int64 {
	t.Helper()
	i, err := l.Seal(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// A text that is sealed, published long after among other filings, and opened: by whoever has the log alone.
func TestSealAndOpening(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		key, err := tree.NewKey("example.org/record")
		if err != nil {
			t.Fatal(err)
		}
		empty, _, err := tree.NewSlots(nil)
		if err != nil {
			t.Fatal(err)
		}
		if i := addSeal(t, l, empty.Root()); i != 0 { // before the first filing
			t.Errorf("the first seal is entry %d", i)
		}
		file(t, l, base(t)...)
		filings := l.Record().Head()
		text := []byte(`{"text":"We stand for the rights of migrants.","names":["One organisation","Another"]}`)
		salt := [32]byte{1, 2, 3}
		c, err := tree.SealText(salt, text)
		if err != nil {
			t.Fatal(err)
		}
		slots, at, err := tree.NewSlots([][32]byte{c})
		if err != nil {
			t.Fatal(err)
		}
		leaf := addSeal(t, l, slots.Root())
		if leaf != filings+1 {
			t.Errorf("behind %d filings and a seal it is entry %d", filings, leaf)
		}
		addSeal(t, l, empty.Root())
		if head := l.Record().Head(); head != filings {
			t.Errorf("a seal moves the record from %d to %d filings", filings, head)
		}
		signed, err := l.SignLog(t.Context(), key)
		if err != nil || signed.Size != filings+3 {
			t.Fatal(signed.Size, err)
		}
		o, err := tree.NewOpening(leaf, slots, at[0], salt, text)
		if err != nil {
			t.Fatal(err)
		}

		// Somebody has the opening, and the log.
		proof, err := l.ProveEntry(t.Context(), o.Leaf)
		if err != nil {
			t.Fatal(err)
		}
		policy, err := tree.PolicyOf(key.VKey)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := proof.Check(proof.Extra, policy); err != nil {
			t.Error(err)
		}
		entry, err := tree.ParseLeaf(proof.Extra)
		if err != nil || o.Check(entry) != nil {
			t.Errorf("the opening: %v, %v", err, o.Check(entry))
		}
		if again, err := l.Entry(t.Context(), o.Leaf); err != nil || again != entry {
			t.Errorf("Entry = %+v, %v", again, err)
		}
		if _, err := l.Entry(t.Context(), filings+3); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("an entry that there is not: %v", err)
		}
		for _, i := range []int64{-1, filings + 3} {
			if _, err := l.ProveEntry(t.Context(), i); stocktake.KindOf(err) != stocktake.NotFound {
				t.Errorf("the proof of entry %d: %v", i, err)
			}
		}
		before, err := l.Entry(t.Context(), 0)
		if err != nil || o.Check(before) == nil {
			t.Errorf("it opens another seal: %v", err)
		}
		w := tree.Tile(-1, 0, int(filings+3))
		lines, err := l.Filings(t.Context(), w)
		if err != nil || bytes.Count(lines, []byte("\n")) != int(filings+3) || lines[0] != '\n' || !bytes.HasSuffix(lines, []byte("\n\n\n")) {
			t.Errorf("the filings behind the leaves: %q, %v", lines, err)
		}
		sheets, err := l.Sheets(t.Context(), w)
		if err != nil || !bytes.HasPrefix(sheets, []byte("[]\n")) || !bytes.HasSuffix(sheets, []byte("\n[]\n[]\n")) {
			t.Errorf("the sheets behind the leaves: %q, %v", sheets, err)
		}
		again := p.open(t) // and the record opens, with the same
		if a, err := again.Check(t.Context(), nil); err != nil || len(a.Problems) > 0 || a.Filings != filings {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

// Filings, seals and turns of keys in any order: each filing is found where it stands.
func TestWhereFilingsStand(t *testing.T) {
	backends(t, func(t *testing.T, p *place) {
		l := p.open(t)
		key, err := tree.NewKey("example.org/record")
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		file(t, l, base(t)...)
		var at []int64 // of each filing
		for n := range l.Record().Head() {
			at = append(at, n)
		}
		size, turns := l.Record().Head(), 0
		for n := range 60 {
			switch k := random.IntN(6); {
			case k < 3:
				src := stocktake.SourceID(fmt.Sprintf("page-%d", n))
				file(t, l, stocktake.Filing{Key: fmt.Sprintf("k/%d", n), Title: "A filing", Sources: []stocktake.Source{{ID: src, Title: "A page", Read: stocktake.MustDate("2026-10-01")}},
					Acts: []stocktake.Act{{ID: stocktake.ActID(fmt.Sprintf("a-%d", n)), Party: "MEX", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: src}}})
				at = append(at, size)
				size++
			case k == 3 && turns < 3:
				turns++
				next, err := tree.NewKey(fmt.Sprintf("example.org/record-%d", turns))
				if err != nil {
					t.Fatal(err)
				}
				if err := l.TurnLog(t.Context(), key, next); err != nil {
					t.Fatal(err)
				}
				key = next
				size++
			default: // some, or more than are looked at at once
				for range 1 + random.IntN(3)*random.IntN(20) {
					addSeal(t, l, [32]byte{byte(n)})
					size++
				}
			}
		}
		if _, err := l.SignLog(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		policy, err := tree.PolicyOf(key.VKey)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range at {
			number := int64(i + 1)
			if got, err := l.LeafIndex(t.Context(), number); got != want || err != nil {
				t.Errorf("filing %d stands at %d, %v, not at %d", number, got, err, want)
			}
			proof, err := l.Prove(t.Context(), number)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := proof.Check(proof.Extra, policy); err != nil {
				t.Errorf("filing %d: %v", number, err)
			}
		}
		for _, number := range []int64{int64(len(at)) + 1, size + 5} {
			if got, err := l.LeafIndex(t.Context(), number); got < size || err != nil {
				t.Errorf("filing %d, which is not there, stands at %d of %d, %v", number, got, size, err)
			}
		}
		if _, err := l.Prove(t.Context(), int64(len(at))+1); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("a proof of a filing that is not there: %v", err)
		}
		if _, err := l.Prove(t.Context(), 0); stocktake.KindOf(err) != stocktake.NotFound {
			t.Errorf("a proof of filing 0: %v", err)
		}
	})
}

// Who may not add to the log adds no seal.
func TestSealRefused(t *testing.T) {
	l := folder(t).open(t)
	file(t, l, base(t)...)
	addSeal(t, l, [32]byte{1})
	refuses := func(kind stocktake.FaultKind, setting, value, off string) {
		t.Helper()
		set := func(v string) {
			if err := l.Store().Write(t.Context(), func(w store.Writer) error { return w.SetMeta(t.Context(), setting, v) }); err != nil {
				t.Fatal(err)
			}
		}
		set(value)
		before, _ := l.Store().LogSize(t.Context())
		if _, err := l.Seal(t.Context(), [32]byte{2}); stocktake.KindOf(err) != kind {
			t.Errorf("%s: %v", setting, err)
		}
		if after, err := l.Store().LogSize(t.Context()); after != before || err != nil {
			t.Errorf("%s: the log grew from %d to %d, %v", setting, before, after, err)
		}
		set(off)
	}
	refuses(stocktake.Forbidden, "mirror/of", "https://example.net/", "")
	refuses(stocktake.Conflict, "log/restored", "1", "")
	stop, err := json.Marshal(ledger.Stop{Proof: true, By: []string{"a"}, Says: "another history"})
	if err != nil {
		t.Fatal(err)
	}
	refuses(stocktake.Conflict, "log/stopped", string(stop), "")
	addSeal(t, l, [32]byte{3})
	if e, err := l.Entry(t.Context(), l.Record().Head()+1); err != nil || e.Seal != hex.EncodeToString(append([]byte{3}, make([]byte, 31)...)) {
		t.Errorf("the last seal is %+v, %v", e, err)
	}
	root, err := tlog.TreeHash(l.Record().Head()+2, l.HashReader(t.Context()))
	if err != nil || root == (tlog.Hash{}) {
		t.Error(err)
	}
}
