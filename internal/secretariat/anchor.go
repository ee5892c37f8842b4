package secretariat

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"stocktake"
	"stocktake/internal/store"
)

// An Anchor is a place in a text that is found again after edits: the exact words and what stands around them (W3C Web Annotation:
// TextQuoteSelector with TextPositionSelector).
type Anchor struct {
	Lang   string `json:"lang"`
	Exact  string `json:"exact"`
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	Start  int    `json:"start"` // code points, in the text where it was set
}

// around is how many code points of what stands around are kept.
const around = 40

// NewAnchor marks [start, end) of a text, in code points.
func NewAnchor(lang, text string, start, end int) (Anchor, error) {
	r := []rune(text)
	if start < 0 || end > len(r) || start >= end {
		return Anchor{}, stocktake.Invalidf("the place from %d to %d is not in the text", start, end)
	}
	return Anchor{Lang: lang, Exact: string(r[start:end]), Prefix: string(r[max(0, start-around):start]), Suffix: string(r[end:min(len(r), end+around)]), Start: start}, nil
}

// Find returns where the anchor's words stand now, in code points: of several places the one whose surroundings fit best, then the one nearest to where
// it was. ok is false where the words are not there any more.
func (a Anchor) Find(text string) (start, end int, ok bool) {
	if a.Exact == "" {
		return 0, 0, false
	}
	best, score := -1, -1<<30
	for from := 0; ; {
		i := strings.Index(text[from:], a.Exact)
		if i < 0 {
			break
		}
		i += from
		p := utf8.RuneCountInString(text[:i])
		s := 1000*(commonEnd(text[:i], a.Prefix)+commonStart(text[i+len(a.Exact):], a.Suffix)) - max(p-a.Start, a.Start-p)
		if s > score {
			best, score = p, s
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		from = i + n
	}
	if best < 0 {
		return 0, 0, false
	}
	return best, best + utf8.RuneCountInString(a.Exact), true
}

func commonStart(a, b string) int {
	x, y := []rune(a[:min(len(a), 4*around)]), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

func commonEnd(a, b string) int {
	x, y := []rune(a[max(0, len(a)-4*around):]), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}

// A Citation ties words of a text to a provision or an instrument of the record.
type Citation struct {
	Anchor
	ID string `json:"id"` // of a provision (gcm/obj-13) or an instrument
}

// A Note is what a person says of something that the reader of texts found, or of a claim of fact.
type Note struct {
	Anchor
	Kind   string `json:"kind"`             // instrument, state, act, call, undertaking, claim
	Struck bool   `json:"struck,omitempty"` // it is no such thing
	Source string `json:"source,omitempty"` // of a claim: an address or the id of a source on the record
	By     string `json:"by"`
}

// Cite ties words to something on the record; words that are cited already are tied anew, and an empty id unties them.
func (o *Office) Cite(ctx context.Context, work string, a Anchor, id string) (*Work, error) {
	if id != "" {
		rec, head := o.l.Record(), o.l.Record().Head()
		if _, ok := rec.Provision(stocktake.ProvisionID(id), head); !ok {
			if _, ok := rec.Instrument(stocktake.InstrumentID(id), head); !ok {
				return nil, stocktake.NotFoundf("the record has no provision or instrument %q", id).Hinted("search for it by words")
			}
		}
	}
	return o.Change(ctx, work, func(w *Work) error {
		w.Cites = slices.DeleteFunc(w.Cites, func(c Citation) bool { return c.Lang == a.Lang && c.Exact == a.Exact && c.Start == a.Start })
		if id != "" {
			w.Cites = append(w.Cites, Citation{a, id})
		}
		return nil
	})
}

// Annotate stores what a person says of a finding, in place of what was said of the same words before.
func (o *Office) Annotate(ctx context.Context, work string, n Note) (*Work, error) {
	return o.Change(ctx, work, func(w *Work) error {
		w.Notes = slices.DeleteFunc(w.Notes, func(x Note) bool { return x.Kind == n.Kind && x.Lang == n.Lang && x.Exact == n.Exact })
		if n.Struck || n.Source != "" {
			w.Notes = append(w.Notes, n)
		}
		return nil
	})
}

// noteOn returns what was said of words of a kind.
func (w *Work) noteOn(kind, lang, exact string) (Note, bool) {
	for _, n := range w.Notes {
		if n.Kind == kind && n.Lang == lang && n.Exact == exact {
			return n, true
		}
	}
	return Note{}, false
}

// A Remark is what somebody says about a place in a text, or about the whole, to those who write it.
type Remark struct {
	ID      string  `json:"id"`
	Work    string  `json:"work"`
	At      *Anchor `json:"at,omitempty"` // nil: about the whole
	By      string  `json:"by"`           // person
	Day     string  `json:"day"`
	Words   string  `json:"words"`
	Settled bool    `json:"settled,omitempty"`
	Answers string  `json:"answers,omitempty"` // id of the remark that it answers
	Seq     int64   `json:"seq"`               // order within the work
}

const kindRemark = "remark"

// Say adds a remark.
func (o *Office) Say(ctx context.Context, r Remark) (Remark, error) {
	if r.Words = strings.TrimSpace(r.Words); r.Words == "" || len(r.Words) > 10_000 {
		return r, stocktake.Invalidf("a remark has between 1 and 10,000 bytes")
	}
	err := o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if _, err := getWork(tx, r.Work); err != nil {
			return err
		}
		ids, err := tx.Find(kindRemark, "work", r.Work)
		if err != nil {
			return err
		}
		r.ID, r.Day, r.Seq = newID(), o.day(), int64(len(ids)+1)
		_, err = o.put(tx, kindRemark, r.ID, 0, r, store.Key{Name: "work", Value: r.Work})
		return err
	})
	return r, err
}

// Settle marks a remark as settled, or not.
func (o *Office) Settle(ctx context.Context, id string, settled bool) error {
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		r, rev, err := get[Remark](tx, kindRemark, id)
		if err != nil {
			return err
		}
		r.Settled = settled
		_, err = o.put(tx, kindRemark, id, rev, r, store.Key{Name: "work", Value: r.Work})
		return err
	})
}

// Remarks returns the remarks on a work, in the order in which they were made.
func (o *Office) Remarks(ctx context.Context, work string) ([]Remark, error) {
	var list []Remark
	err := o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find(kindRemark, "work", work)
		if err != nil {
			return err
		}
		for _, id := range ids {
			x, _, err := get[Remark](r, kindRemark, id)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Remark) int { return int(a.Seq - b.Seq) })
	return list, err
}

func (o *Office) dropRemarks(tx store.PrivateTx, work string) error {
	ids, err := tx.Find(kindRemark, "work", work)
	for _, id := range ids {
		if err == nil {
			err = tx.Drop(kindRemark, id)
		}
	}
	return err
}
