package opening

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/tree"
)

// sealed is a statement whose text and list lay under a seal that is entry 4 of a log.
func sealed(t *testing.T, list string) (*stocktake.Statement, tree.Leaf) {
	t.Helper()
	s := &stocktake.Statement{Instrument: "st-example", Version: 2, ListHash: strings.Repeat("c", 64), Languages: []stocktake.Expression{{Lang: "en", TextSHA256: strings.Repeat("a", 64)}, {Lang: "es", TextSHA256: strings.Repeat("b", 64)}}}
	text, err := json.Marshal(map[string]any{"statement": s.Instrument, "version": 2, "list": list, "texts": map[string]string{"en": strings.Repeat("a", 64), "es": strings.Repeat("b", 64)}})
	if err != nil {
		t.Fatal(err)
	}
	key := [32]byte{1, 2, 3}
	c, err := tree.SealText(key, text)
	if err != nil {
		t.Fatal(err)
	}
	slots, at, err := tree.NewSlots([][32]byte{c})
	if err != nil {
		t.Fatal(err)
	}
	o, err := tree.NewOpening(4, slots, at[0], key, text)
	if err != nil {
		t.Fatal(err)
	}
	s.Opens = &stocktake.Opening{Leaf: 4, Slot: o.Slot, Key: o.Key, Content: string(text), Proof: o.Proof}
	root := slots.Root()
	return s, tree.Leaf{Kind: tree.KindSeal, Filed: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC), Seal: hex.EncodeToString(root[:])}
}

// TestCheck opens a seal, and changes one thing after another.
func TestCheck(t *testing.T) {
	s, leaf := sealed(t, strings.Repeat("c", 64))
	if f, err := Check(s, leaf, 9); err != nil || !f.List || f.Entry != 4 || f.Before != 9 || f.At != leaf.Filed {
		t.Fatalf("%+v, %v", f, err)
	}
	if f, err := Check(&stocktake.Statement{}, leaf, 9); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("%+v, %v", f, err)
	}
	for what, change := range map[string]func(*stocktake.Statement, *tree.Leaf){
		"another text": func(s *stocktake.Statement, _ *tree.Leaf) { s.Languages[1].TextSHA256 = strings.Repeat("d", 64) },
		"one text more": func(s *stocktake.Statement, _ *tree.Leaf) {
			s.Languages = append(s.Languages, stocktake.Expression{Lang: "fr"})
		},
		"another version":   func(s *stocktake.Statement, _ *tree.Leaf) { s.Version = 1 },
		"another statement": func(s *stocktake.Statement, _ *tree.Leaf) { s.Instrument = "st-other" },
		"another key":       func(s *stocktake.Statement, _ *tree.Leaf) { s.Opens.Key = strings.Repeat("0", 64) },
		"another content": func(s *stocktake.Statement, _ *tree.Leaf) {
			s.Opens.Content = strings.Replace(s.Opens.Content, "2", "3", 1)
		},
		"another seal":  func(_ *stocktake.Statement, l *tree.Leaf) { l.Seal = strings.Repeat("0", 64) },
		"no seal":       func(_ *stocktake.Statement, l *tree.Leaf) { l.Kind = tree.KindFiling },
		"a later entry": func(s *stocktake.Statement, _ *tree.Leaf) { s.Opens.Leaf = 9 },
	} {
		s, leaf := sealed(t, strings.Repeat("c", 64))
		change(s, &leaf)
		if f, err := Check(s, leaf, 9); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: %+v, %v", what, f, err)
		}
	}
	s, leaf = sealed(t, strings.Repeat("e", 64))
	if f, err := Check(s, leaf, 9); err != nil || f.List {
		t.Errorf("a list that was not fixed: %+v, %v", f, err)
	}
}
