// Package opening checks what a published statement says of the seal under which it lay before: that its text, and the list of names beneath
// it, were fixed when the seal was added to the log. It needs the statement as filed and two facts of the log; no database, no network.
package opening

import (
	"encoding/json"
	"maps"
	"time"

	"stocktake"
	"stocktake/internal/tree"
)

// Fixed says what an opening shows.
type Fixed struct {
	Entry  int64     `json:"entry"` // of the seal, from 0
	At     time.Time `json:"at"`    // when the seal was added, as its entry says
	List   bool      `json:"list"`  // the list was fixed too, and not the text alone
	Before int64     `json:"before"`
}

// content is what lay under the seal.
type content struct {
	Statement stocktake.InstrumentID `json:"statement"`
	Version   int                    `json:"version"`
	Texts     map[string]string      `json:"texts"` // SHA-256 by language
	List      string                 `json:"list"`
}

// Check reports what the opening of a statement shows. seal is the entry of the log that it names, and before the index of the entry of the filing
// that published the statement. An Invalid fault says what does not hold; a statement without an opening is NotFound.
func Check(s *stocktake.Statement, seal tree.Leaf, before int64) (Fixed, error) {
	o := s.Opens
	if o == nil {
		return Fixed{}, stocktake.NotFoundf("the statement opens no seal of the log")
	}
	f := Fixed{Entry: o.Leaf, At: seal.Filed, Before: before}
	if o.Leaf >= before {
		return f, stocktake.Invalidf("the seal is entry %d of the log and the statement entry %d: it does not come before", o.Leaf, before)
	}
	if err := (tree.Opening{Leaf: o.Leaf, Slot: o.Slot, Key: o.Key, Proof: o.Proof, Text: json.RawMessage(o.Content)}).Check(seal); err != nil {
		return f, err
	}
	var c content
	if err := json.Unmarshal([]byte(o.Content), &c); err != nil {
		return f, stocktake.Invalidf("what lay under the seal names no statement: %v", err)
	}
	texts := map[string]string{}
	for _, x := range s.Languages {
		texts[x.Lang] = x.TextSHA256
	}
	switch {
	case c.Statement != s.Instrument || c.Version != s.Version:
		return f, stocktake.Invalidf("what lay under the seal is version %d of %s, and not version %d of %s", c.Version, c.Statement, s.Version, s.Instrument)
	case !maps.Equal(c.Texts, texts):
		return f, stocktake.Invalidf("the texts that lay under the seal are not those that were published")
	}
	f.List = c.List == s.ListHash && c.List != ""
	return f, nil
}
