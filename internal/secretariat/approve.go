package secretariat

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gowebpki/jcs"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/store"
)

// A Problem is something that stands in the way of freezing a text, or that a person should know before. Must says that it cannot be overruled.
type Problem struct {
	Must bool
	Lang string
	What string
	Hint string
}

// Ready is what there is to know before a version is frozen: the texts as they would be, what stands in the way, and what changed since the
// version before, by language.
type Ready struct {
	Texts    []Frozen
	Problems []Problem
	Claims   []Claim // of fact, in the authoritative text
	Changed  map[string][]Piece
}

// Claim is a claim of fact with the source that somebody gave for it; Source is empty where none was.
type Claim struct {
	Words  string
	Source string
	Start  int
	End    int
}

// Ready looks at the newest texts of a work.
func (o *Office) Ready(ctx context.Context, id string) (r Ready, err error) {
	err = o.items.ReadPrivate(ctx, func(p store.PrivateReader) error {
		w, err := getWork(p, id)
		if err != nil {
			return err
		}
		r, err = o.ready(p, w)
		return err
	})
	return r, err
}

func (o *Office) ready(p store.PrivateReader, w *Work) (r Ready, err error) {
	bad := func(must bool, lang, what, hint string) {
		r.Problems = append(r.Problems, Problem{must, lang, what, hint})
	}
	order := slices.Clone(w.Languages)
	slices.SortStableFunc(order, func(a, b Tongue) int {
		switch {
		case a.Lang == w.Lang && b.Lang != w.Lang:
			return -1
		case b.Lang == w.Lang && a.Lang != w.Lang:
			return 1
		}
		return 0
	})
	r.Changed = map[string][]Piece{}
	for _, t := range order {
		x, err := textOf(p, w, t.Lang, 0)
		if err != nil {
			return r, err
		}
		if x.Number == 0 || x.Title == "" && x.Body == "" {
			bad(t.Lang == w.Lang, t.Lang, "there is no text in this language", "write it, or leave the language out: it is then shown as missing")
			continue
		}
		f := Frozen{Lang: t.Lang, Title: x.Title, Subtitle: x.Subtitle, Body: x.Body, TranslatedBy: t.TranslatedBy, CheckedBy: t.CheckedBy}
		f.SHA256 = Hash(f.Text())
		switch {
		case f.Title == "":
			bad(true, t.Lang, "the text has no title", "give it one")
		case f.Body == "":
			bad(true, t.Lang, "the text has a title and nothing else", "write it")
		case Unsettled(f.Body):
			bad(true, t.Lang, "two edits of one place are not settled", "keep what is right and take out the lines that begin with <<<<<<<, ======= and >>>>>>>")
		}
		if t.Lang != w.Lang && t.TranslatedBy == "" {
			bad(true, t.Lang, "nobody is named as the translator", "name the office or organisation that translated it")
		}
		if t.Lang != w.Lang && t.CheckedBy == "" {
			bad(false, t.Lang, "nobody is named who compared it with the authoritative text", "its page says so")
		}
		r.Texts = append(r.Texts, f)
		before := ""
		if v := w.Newest(); v != nil {
			for _, old := range v.Texts {
				if old.Lang == t.Lang {
					before = old.Text()
				}
			}
			r.Changed[t.Lang] = Difference(before, f.Text())
		}
		d := Read(o.l.Record(), o.l.Record().Head(), f.Text())
		if len(d.Contacts) > 0 {
			bad(true, t.Lang, "somebody's contact stands in the text: "+clip(d.Contacts[0].Text, 60), "put it into the contact block: the text stays for ever, a contact can be taken away")
		}
		if len(d.Signatories) > 0 {
			bad(false, t.Lang, "names stand beneath the text, such as "+clip(d.Signatories[0].Text, 60), "names come from endorsements; take them out, unless they belong to the text")
		}
		if t.Lang == w.Lang {
			r.Claims = w.claims(d)
			for _, c := range r.Claims {
				if c.Source == "" {
					bad(false, t.Lang, "no source is given for: "+clip(c.Words, 120), "give one; without it the claim goes out marked “no source given”")
				}
			}
			if d.Dateline == nil {
				bad(false, t.Lang, "it does not begin with place and day of issue", "begin the first paragraph with them, such as “Puerto Vallarta, Mexico – December 4, 2017 – ”")
			}
		}
	}
	return r, nil
}

// claims are the claims of fact in a text that nobody struck, with the sources that were given.
func (w *Work) claims(d ingest.Draft) []Claim {
	var list []Claim
	for _, c := range d.Claims {
		n, ok := w.noteOn("claim", w.Lang, c.Text)
		if ok && n.Struck {
			continue
		}
		list = append(list, Claim{Words: c.Text, Source: n.Source, Start: c.Start, End: c.End})
	}
	return list
}

// Approve is one person's yes to the newest texts. With the rule of two persons it freezes a version once a second one has said yes to the
// very same texts, else at once. seen are the hashes of the texts that the person had before the eyes, by language.
func (o *Office) Approve(ctx context.Context, id, by string, two bool, seen map[string]string, change stocktake.ChangeClass, note, confirm string) (w *Work, err error) {
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if w, err = getWork(tx, id); err != nil {
			return err
		}
		if w.State == Opening || w.State == Withdrawn {
			return conflict("the statement is " + string(w.State) + ", so that nothing can be approved")
		}
		r, err := o.ready(tx, w)
		if err != nil {
			return err
		}
		for _, p := range r.Problems {
			if p.Must {
				return stocktake.Invalidf("%s", p.What).At(p.Lang).Hinted("%s", p.Hint)
			}
		}
		hashes := map[string]string{}
		for _, f := range r.Texts {
			hashes[f.Lang] = f.SHA256
			if seen[f.Lang] != f.SHA256 {
				return conflict("the " + f.Lang + " text was changed since you opened the page").Hinted("open it again and read what changed")
			}
		}
		last := w.Newest()
		if last != nil {
			same := len(last.Texts) == len(r.Texts) && last.Contacts == w.Contacts
			for i := range last.Texts {
				same = same && i < len(r.Texts) && last.Texts[i].SHA256 == r.Texts[i].SHA256
			}
			if same {
				return conflict("this is version " + itoa(last.Number) + " already, word for word")
			}
			if change != stocktake.Typographic && change != stocktake.Substantive {
				return stocktake.Invalidf("it is not said whether the change is typographic or substantive").Hinted("a substantive change lapses endorsements until they are given again")
			}
			if change == stocktake.Substantive {
				if d, err := stocktake.ParseDate(confirm); err != nil || !d.Exact() || confirm <= o.day() {
					return stocktake.Invalidf("a substantive change needs a day until which endorsements can be given again").Hinted("write a day to come, such as 2026-12-01")
				}
			}
			if strings.TrimSpace(note) == "" {
				return stocktake.Invalidf("it is not said what was changed").Hinted("write one sentence; it stands on the page of the new version")
			}
		} else {
			change, note, confirm = "", "", ""
		}
		w.Approvals = slices.DeleteFunc(w.Approvals, func(a Approval) bool { return a.By == by || !sameHashes(a.Hashes, hashes) })
		w.Approvals = append(w.Approvals, Approval{By: by, Day: o.day(), Hashes: hashes})
		if two && len(w.Approvals) < 2 {
			return o.putWork(tx, w)
		}
		v := Version{Number: len(w.Versions) + 1, Day: o.day(), Change: change, Note: strings.TrimSpace(note), Confirm: confirm, Texts: r.Texts, Contacts: w.Contacts}
		for _, a := range w.Approvals {
			v.By = append(v.By, a.By)
		}
		v.Hash = v.hash()
		w.Versions, w.Approvals = append(w.Versions, v), nil
		if w.Statement == "" {
			w.Statement = slug(Read(o.l.Record(), o.l.Record().Head(), v.Texts[0].Text()))
		}
		w.State = Approved
		return o.putWork(tx, w)
	})
	return w, err
}

func sameHashes(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// hash is the SHA-256 of the version's texts by language, as RFC 8785 JSON: what an endorsement is given to.
func (v Version) hash() string {
	texts := map[string]string{}
	for _, t := range v.Texts {
		texts[t.Lang] = t.SHA256
	}
	b, _ := json.Marshal(map[string]any{"authoritative": v.Texts[0].Lang, "texts": texts}) // never fails
	if c, err := jcs.Transform(b); err == nil {
		b = c
	}
	return Hash(string(b))
}
