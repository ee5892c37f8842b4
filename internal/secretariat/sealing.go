package secretariat

import (
	"encoding/json"

	"github.com/gowebpki/jcs"

	"stocktake"
)

// Sealing is a seal of the log in which a version lay before it was published.
type Sealing struct {
	Leaf    int64    `json:"leaf"`
	Slot    int      `json:"slot"`
	Key     string   `json:"key"`
	Content string   `json:"content"`
	Proof   []string `json:"proof"`
}

// sealedContent is what is committed to: the statement, its version, its texts and its list.
func sealedContent(id stocktake.InstrumentID, v *Version, listHash string) string {
	texts := map[string]string{}
	for _, t := range v.Texts {
		texts[t.Lang] = t.SHA256
	}
	b, _ := json.Marshal(map[string]any{"statement": id, "version": v.Number, "texts": texts, "list": listHash}) // never fails
	if c, err := jcs.Transform(b); err == nil {
		return string(c)
	}
	return string(b)
}

// opening is the earliest seal with the very text and list that are published, else the earliest with the text; nil where there is none.
func (v *Version) opening(id stocktake.InstrumentID, listHash string) *stocktake.Opening {
	want := sealedContent(id, v, listHash)
	var best *Sealing
	for i := range v.Sealed {
		if v.Sealed[i].Content == want {
			best = &v.Sealed[i]
			break
		}
	}
	if best == nil && len(v.Sealed) > 0 {
		best = &v.Sealed[0]
	}
	if best == nil {
		return nil
	}
	return &stocktake.Opening{Leaf: best.Leaf, Slot: best.Slot, Key: best.Key, Content: best.Content, Proof: best.Proof}
}
