package secretariat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/gowebpki/jcs"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/tree"
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

const kindHour = "seal-hour"

// SealHour adds a seal to the log, once in each hour from the day on which the first coalition was made, whether or not anything is under embargo,
// and keeps with each approved version what will open it. Any number of processes may ask; one of them does it. It reports whether this
// one did. Where seal is added and the process ends before that is kept, the version has this hour's seal not; it has those of other hours.
func (o *Office) SealHour(ctx context.Context, list Lister) (bool, error) {
	hour := o.now().UTC().Truncate(time.Hour).Format(time.RFC3339)
	type text struct {
		work, content string
		version       int
		key           [32]byte
	}
	var texts []text
	mine := false
	err := o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		texts, mine = nil, false
		if c, err := tx.Items("coalition", "", 1); err != nil || len(c) == 0 {
			return err
		}
		last, rev, err := get[string](tx, kindHour, "last")
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		if last >= hour {
			return nil
		}
		if _, err := o.put(tx, kindHour, "last", rev, hour); err != nil {
			return err
		}
		mine = true
		works, err := tx.Items(kindWork, "", 0)
		if err != nil {
			return err
		}
		for _, it := range works {
			w, err := getWork(tx, it.ID)
			if err != nil {
				return err
			}
			v := w.Newest()
			if w.State != Approved || v == nil || v.Filing > 0 {
				continue
			}
			with, err := list(tx, w, v)
			if err != nil {
				continue // it cannot be published as it is; another hour
			}
			t := text{work: w.ID, version: v.Number, content: sealedContent(w.Statement, v, with.Hash)}
			rand.Read(t.key[:]) // never fails
			texts = append(texts, t)
		}
		return nil
	})
	if err != nil || !mine {
		return false, err
	}
	texts = texts[:min(len(texts), tree.SealSlots)]
	var commitments [][32]byte
	for _, t := range texts {
		c, err := tree.SealText(t.key, []byte(t.content))
		if err != nil {
			return false, err
		}
		commitments = append(commitments, c)
	}
	slots, places, err := tree.NewSlots(commitments)
	if err != nil {
		return false, err
	}
	leaf, err := o.l.Seal(ctx, slots.Root())
	if err != nil {
		return false, err
	}
	for i, t := range texts {
		open, err := tree.NewOpening(leaf, slots, places[i], t.key, []byte(t.content))
		if err != nil {
			return true, err
		}
		_, err = o.Change(ctx, t.work, func(w *Work) error {
			if v := w.Newest(); v != nil && v.Number == t.version && v.Filing == 0 && w.State == Approved {
				v.Sealed = append(v.Sealed, Sealing{Leaf: open.Leaf, Slot: open.Slot, Key: open.Key, Content: t.content, Proof: open.Proof})
			}
			return nil
		})
		if err != nil {
			return true, err
		}
	}
	return true, nil
}
