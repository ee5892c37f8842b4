package tree

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

// sealVector is the seal of docs/formats.md: slot i holds 32 bytes of the value i, but for slot 7, which holds a commitment.
func sealVector(t *testing.T) (s *Slots, key [32]byte, text string) {
	t.Helper()
	for i := range key {
		key[i] = byte(i)
	}
	text = `{"en":"We stand for the rights of migrants.","names":["A","É"]}`
	s = new(Slots)
	for i := range s {
		for j := range s[i] {
			s[i][j] = byte(i)
		}
	}
	c, err := SealText(key, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s[7] = c
	return s, key, text
}

// TestSealVector checks the test vector of docs/formats.md.
func TestSealVector(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	s, key, text := sealVector(t)
	want := fmt.Sprintf("    text        %s\n    key         %x\n    commitment  %x\n    seal        %x\n", text, key, s[7], s.Root())
	proof, err := s.Proof(7)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range proof {
		want += fmt.Sprintf("    hash %d      %s\n", i+1, hex.EncodeToString(h[:]))
	}
	if !strings.Contains(string(page), want) {
		t.Errorf("docs/formats.md lacks\n%s", want)
	}
}

func TestOpening(t *testing.T) {
	s, key, text := sealVector(t)
	root := s.Root()
	leaf := Leaf{Kind: KindSeal, Filed: time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC), Seal: hex.EncodeToString(root[:])}
	o, err := NewOpening(5, s, 7, key, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	spaced := o
	spaced.Text = json.RawMessage("{ \"names\": [\"A\", \"\\u00c9\"],\n \"en\": \"We stand for the rights of migrants.\" }")
	for _, good := range []Opening{o, spaced} {
		if err := good.Check(leaf); err != nil {
			t.Error(err)
		}
	}
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back Opening
	if err := json.Unmarshal(b, &back); err != nil || back.Check(leaf) != nil || back.Leaf != 5 {
		t.Errorf("%s comes back as %+v, %v", b, back, err)
	}
	change := func(f func(*Opening)) Opening {
		c := o
		c.Proof = slices.Clone(o.Proof)
		f(&c)
		return c
	}
	for name, bad := range map[string]Opening{
		"another text":       change(func(o *Opening) { o.Text = json.RawMessage(strings.Replace(text, "We", "They", 1)) }),
		"another list":       change(func(o *Opening) { o.Text = json.RawMessage(strings.Replace(text, `"A",`, "", 1)) }),
		"no JSON":            change(func(o *Opening) { o.Text = json.RawMessage("{") }),
		"another key":        change(func(o *Opening) { o.Key = strings.Repeat("ab", 32) }),
		"a short key":        change(func(o *Opening) { o.Key = "ab" }),
		"another slot":       change(func(o *Opening) { o.Slot = 8 }),
		"slot -1":            change(func(o *Opening) { o.Slot = -1 }),
		"slot 256":           change(func(o *Opening) { o.Slot = 256 }),
		"a hash too few":     change(func(o *Opening) { o.Proof = o.Proof[:7] }),
		"a hash too many":    change(func(o *Opening) { o.Proof = append(o.Proof, o.Proof[0]) }),
		"another hash":       change(func(o *Opening) { o.Proof[3] = strings.Repeat("00", 32) }),
		"a hash in capitals": change(func(o *Opening) { o.Proof[3] = strings.ToUpper(o.Proof[3]) }),
	} {
		if err := bad.Check(leaf); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := leaf
	other.Seal = strings.Repeat("00", 32)
	filing := Leaf{Kind: KindFiling, Number: 1, SHA256: leaf.Seal, Seal: leaf.Seal}
	for _, l := range []Leaf{other, filing, {}} {
		if err := o.Check(l); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("against %+v: %v", l, err)
		}
	}
	if _, err := NewOpening(5, s, 8, key, []byte(text)); err == nil {
		t.Error("a slot is opened by what is not in it")
	}
}

// TestSlots puts texts under a seal: each in a slot of its own, none where the order would say it, and every one opens.
func TestSlots(t *testing.T) {
	for _, n := range []int{0, 1, 3, SealSlots} {
		var list [][32]byte
		for i := range n {
			c, err := SealText([32]byte{byte(i)}, []byte("{}"))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		s, at, err := NewSlots(list)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[[32]byte]bool{}
		for i := range s {
			if seen[s[i]] || s[i] == [32]byte{} {
				t.Errorf("slot %d is like another, or empty", i)
			}
			seen[s[i]] = true
		}
		root := s.Root()
		for i, slot := range at {
			proof, err := s.Proof(slot)
			if err != nil || len(proof) != sealHeight || CheckSlot(root, slot, list[i], proof) != nil {
				t.Errorf("text %d of %d does not open in slot %d: %v", i, n, slot, err)
			}
		}
		if n == SealSlots && slices.IsSorted(at) {
			t.Error("the slots are in the order of the texts")
		}
	}
	if _, _, err := NewSlots(make([][32]byte, SealSlots+1)); stocktake.KindOf(err) != stocktake.Conflict {
		t.Errorf("too many texts: %v", err)
	}
	// The tree is that of RFC 6962, made another way.
	s, _, _ := NewSlots(nil)
	f, err := NewFrontier(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s {
		f.Add(tlog.RecordHash(s[i][:]))
	}
	if f.Root() != s.Root() {
		t.Error("the root is another")
	}
}

func TestSealLeaf(t *testing.T) {
	l := Leaf{Kind: KindSeal, Filed: time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC), Seal: strings.Repeat("ab", 32)}
	b := l.Encode()
	if got, err := ParseLeaf(b); err != nil || got != l || got.AboutFiling() {
		t.Errorf("%s is read as %+v, %v", b, got, err)
	}
	for _, bad := range []string{strings.Replace(string(b), "ab", "AB", 1), strings.Replace(string(b), "ab", "", 1), strings.Replace(string(b), "ab", "xy", 1),
		strings.Replace(string(b), `,"seal"`, `,"number":1,"seal"`, 1), strings.Replace(string(b), `"}`, `","sha256":"`+strings.Repeat("11", 32)+`"}`, 1)} {
		if got, err := ParseLeaf([]byte(bad)); err == nil {
			t.Errorf("%s is read as %+v", bad, got)
		}
	}
}
