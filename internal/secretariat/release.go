package secretariat

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Listed is what goes out with a version beside its texts: the endorsements in the order in which they are shown, the hash of the list, and
// who issues it.
type Listed struct {
	Endorsed  []stocktake.Endorsed
	Hash      string
	Coalition stocktake.Party
}

// Lister gives what goes out with a version. It reads in the transaction that fixes it.
type Lister func(r store.PrivateReader, w *Work, v *Version) (Listed, error)

// Open publishes every statement whose embargo has passed, and goes on with those that another process began to publish. Any number of
// processes may do it at once: the first fixes what is filed, each may file it, and the record holds it once. It returns what was published.
//
//  1. In one private transaction the text, the list and the instant are fixed; a crash before it leaves the embargo as it was.
//  2. The texts are put into the archive and the filing is filed. A crash before it leaves a statement that is opening: step 2 is done again,
//     by anyone, with the same bytes.
//  3. The work is noted as published. A crash before it leaves one that is opening and on the record: the filing is recognised as filed.
func (o *Office) Open(ctx context.Context, list Lister) ([]*Work, error) {
	now := o.now().UTC()
	var ids []string
	err := o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		due, err := r.Between(kindWork, "opens", "", now.Add(time.Second).Format(time.RFC3339), 0)
		if err != nil {
			return err
		}
		begun, err := r.Find(kindWork, "opening", "1")
		ids = append(due, begun...)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	var out []*Work
	var failed []error
	for _, id := range slices.Compact(ids) {
		w, err := o.open(ctx, id, false, list)
		switch {
		case err != nil:
			failed = append(failed, err)
		case w != nil:
			out = append(out, w)
		}
	}
	return out, errors.Join(failed...)
}

// NextOpening is the next instant at which an embargo passes; zero where there is none.
func (o *Office) NextOpening(ctx context.Context) (at time.Time, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		at = time.Time{}
		ids, err := r.Between(kindWork, "opens", "", "", 1)
		if err != nil || len(ids) == 0 {
			return err
		}
		w, err := getWork(r, ids[0])
		if err == nil && w.Embargo != nil {
			at = w.Embargo.At
		}
		return err
	})
	return at, err
}

// Release publishes the newest version now, for everybody at once, whatever its embargo says.
func (o *Office) Release(ctx context.Context, id string, list Lister) (*Work, error) {
	w, err := o.open(ctx, id, true, list)
	if err == nil && w == nil {
		return nil, conflict("there is nothing to publish: no version is approved beyond those on the record")
	}
	return w, err
}

// open publishes one work; nil where there is nothing to publish (yet).
func (o *Office) open(ctx context.Context, id string, now bool, list Lister) (w *Work, err error) {
	again := false
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		again = false
		if w, err = getWork(tx, id); err != nil {
			return err
		}
		v := w.Newest()
		switch {
		case w.State == Opening:
			again = true
			return nil
		case w.State == Withdrawn || w.State == Drafting || v == nil || v.Filing > 0:
			return nil
		case !now && (w.Embargo == nil || w.Embargo.At.After(o.now())):
			return nil // set anew meanwhile
		}
		v.At = o.now().UTC().Truncate(time.Microsecond)
		with, err := list(tx, w, v)
		if err != nil {
			return err
		}
		f, err := o.filing(w, v, with)
		if err != nil {
			return err
		}
		if v.Filed, err = json.Marshal(f); err != nil {
			return err
		}
		w.State, again = Opening, true
		return o.putWork(tx, w)
	})
	if err != nil || !again {
		return nil, err
	}
	v := w.Newest()
	var f stocktake.Filing
	if err := json.Unmarshal(v.Filed, &f); err != nil {
		return nil, err
	}
	archive := o.l.Archive()
	for _, t := range v.Texts {
		if _, err := archive.Put(ctx, t.SHA256, strings.NewReader(t.Text())); err != nil {
			return nil, err
		}
	}
	rs, err := o.l.File(ctx, ledger.FileOptions{}, f)
	if err != nil {
		return nil, err // texts stay in the archive, where nobody can ask for them: the next try files it
	}
	number := rs.List[0].Number
	return o.Change(ctx, id, func(w *Work) error {
		if v := w.Newest(); v.Filing == 0 {
			v.Filing, v.Filed = number, nil
		}
		if w.State == Opening {
			w.State, w.Embargo = Published, nil
		}
		return nil
	})
}

// filing is what puts a version on the record.
func (o *Office) filing(w *Work, v *Version, with Listed) (stocktake.Filing, error) {
	rec, head := o.l.Record(), o.l.Record().Head()
	main := v.Texts[0]
	d := Read(rec, head, main.Text())
	f, err := Filing(rec, head, d, stocktake.DateOf(stocktake.DayOf(v.At.Year(), int(v.At.Month()), v.At.Day())), "")
	if err != nil {
		return f, err
	}
	s, in := f.Statement, &f.Instruments[0]
	s.Instrument, in.ID = w.Statement, w.Statement
	f.Key = "statement/" + string(w.Statement)
	if v.Number > 1 {
		f.Key += "/" + itoa(v.Number)
	}
	s.Version, s.Lang, s.Change, s.Note, s.Rehearsal = v.Number, main.Lang, v.Change, v.Note, w.Rehearsal
	s.Coalition = with.Coalition.ID
	s.ListHash, s.Published = with.Hash, v.At.Format(time.RFC3339Nano)
	if v.Confirm != "" {
		if s.Confirm, err = stocktake.ParseDate(v.Confirm); err != nil {
			return f, err
		}
	}
	if v.Contacts != "" {
		s.Contacts = stocktake.Plain(v.Contacts)
	}
	s.Missing = nil
	if w.Rehearsal {
		f.Title = "Rehearsal: " + strings.TrimPrefix(f.Title, "Statement: ")
		in.Notes = append(in.Notes, "A rehearsal: a demonstration with stand-in organisations. Nobody issued or signed it.")
	}
	in.Official = map[string]string{}
	f.Sources = nil
	for i, t := range v.Texts {
		src := stocktake.Source{ID: stocktake.SourceID("text-" + t.SHA256[:16]), Kind: "civil-society", Title: "Text of the statement, as published here", Lang: t.Lang,
			Known: s.Published, Read: stocktake.DateOf(stocktake.DayOf(v.At.Year(), int(v.At.Month()), v.At.Day())),
			Copy: &stocktake.Copy{State: "public", SHA256: t.SHA256, Bytes: int64(len(t.Text())), Media: "text/plain; charset=utf-8"}}
		f.Sources = append(f.Sources, src)
		s.Languages = append(s.Languages, stocktake.Expression{Lang: t.Lang, Title: t.Title, Subtitle: t.Subtitle, TextSHA256: t.SHA256, Source: src.ID, Authoritative: i == 0, TranslatedBy: t.TranslatedBy, CheckedBy: t.CheckedBy})
		in.Official[t.Lang] = t.Title
	}
	s.Source, s.TextSHA256 = f.Sources[0].ID, main.SHA256
	in.Sources = []stocktake.SourceID{s.Source}
	if p, ok := rec.Party(with.Coalition.ID, head); !ok || !reflect.DeepEqual(*p, with.Coalition) {
		f.Parties = []stocktake.Party{with.Coalition}
	}
	w.settle(s, in)
	for i := range with.Endorsed {
		with.Endorsed[i].Statement, with.Endorsed[i].Version, with.Endorsed[i].TextSHA256 = w.Statement, v.Number, main.SHA256
	}
	f.Endorsements = with.Endorsed
	s.Opens = v.opening(w.Statement, with.Hash)
	return f, nil
}

// settle puts what people said of the findings in the place of what rules found.
func (w *Work) settle(s *stocktake.Statement, in *stocktake.Instrument) {
	struck := func(kind, words string) bool { n, ok := w.noteOn(kind, w.Lang, words); return ok && n.Struck }
	drop := func(kind string, list []stocktake.Mention) []stocktake.Mention {
		return slices.DeleteFunc(list, func(m stocktake.Mention) bool { return struck(kind, m.Quote.Text) })
	}
	s.Cites, s.States, s.Recounts, s.Claims = drop("instrument", s.Cites), drop("state", s.States), drop("act", s.Recounts), drop("claim", s.Claims)
	s.Calls = slices.DeleteFunc(s.Calls, func(c stocktake.Call) bool { return struck("call", c.Quote.Text) })
	s.Undertakes = slices.DeleteFunc(s.Undertakes, func(u stocktake.Undertaking) bool { return struck("undertaking", u.Quote.Text) })
	text := w.Newest().Texts[0].Text()
	for i := range s.Claims {
		if n, ok := w.noteOn("claim", w.Lang, s.Claims[i].Quote.Text); ok {
			s.Claims[i].ID = n.Source // empty: no source given
		}
	}
	for i := range s.Calls {
		s.Calls[i].ID = string(s.Instrument) + "/call-" + itoa(i+1)
		s.Calls[i].AnsweredBy = w.Calls[s.Calls[i].Quote.Text]
	}
	for i := range s.Undertakes {
		s.Undertakes[i].ID = string(s.Instrument) + "/undertaking-" + itoa(i+1)
	}
	for _, c := range w.Cites { // what people tied goes before what rules found in the same place
		if c.Lang != w.Lang {
			continue
		}
		start, end, ok := c.Find(text)
		if !ok {
			continue
		}
		s.Cites = slices.DeleteFunc(s.Cites, func(m stocktake.Mention) bool { return m.Start < end && start < m.End })
		s.Cites = append(s.Cites, stocktake.Mention{ID: c.ID, Start: start, End: end, Quote: stocktake.Plain(c.Exact)})
	}
	slices.SortStableFunc(s.Cites, func(a, b stocktake.Mention) int { return a.Start - b.Start })
	in.Links = nil
	for _, m := range s.Cites {
		to, _, _ := strings.Cut(m.ID, "/")
		l := stocktake.InstrumentLink{Rel: "rests-on", To: stocktake.InstrumentID(to)}
		if to != "" && !slices.Contains(in.Links, l) {
			in.Links = append(in.Links, l)
		}
	}
}

// Endorse files what became of endorsements after publication: who joined, withdrew, was struck, lapsed, or is to be named no more. It returns
// the filing's number.
func (o *Office) Endorse(ctx context.Context, title string, list ...stocktake.Endorsed) (int64, error) {
	if len(list) == 0 {
		return 0, nil
	}
	b, err := json.Marshal(list)
	if err != nil {
		return 0, err
	}
	f := stocktake.Filing{Key: "statement/" + string(list[0].Statement) + "/endorsements/" + Hash(string(b))[:16], Title: title, Endorsements: list}
	rs, err := o.l.File(ctx, ledger.FileOptions{}, f)
	if err != nil {
		return 0, err
	}
	return rs.List[0].Number, nil
}

// Withdraw takes a published statement back: its page says so and since when. The text goes from the archive where take is set; proofs hold.
func (o *Office) Withdraw(ctx context.Context, id string, r stocktake.Retraction, take bool, by string) (*Work, error) {
	w, err := o.Work(ctx, id)
	if err != nil {
		return nil, err
	}
	v := w.Newest()
	if w.State != Published || v == nil {
		return nil, conflict("only a published statement can be withdrawn").Hinted("one that was not published can be deleted")
	}
	if !slices.Contains(stocktake.RetractionGrounds(), r.Ground) {
		return nil, stocktake.Invalidf("%q is no ground", r.Ground).Hinted("write one of: %s", strings.Join(stocktake.RetractionGrounds(), ", "))
	}
	r.Statement, r.On = w.Statement, stocktake.DateOf(stocktake.DayOf(o.now().UTC().Year(), int(o.now().UTC().Month()), o.now().UTC().Day()))
	f := stocktake.Filing{Key: "statement/" + string(w.Statement) + "/withdrawn", Title: "Withdrawn: " + clip(v.Texts[0].Title, 140), Retractions: []stocktake.Retraction{r}}
	if _, err := o.l.File(ctx, ledger.FileOptions{}, f); err != nil {
		return nil, err
	}
	if take {
		ground := r.Ground
		if _, ok := stocktake.ParseGround(ground); !ok {
			ground = "rights"
		}
		var gone []stocktake.Removal
		for _, v := range w.Versions {
			for _, t := range v.Texts {
				if v.Filing > 0 {
					gone = append(gone, stocktake.Removal{File: t.SHA256})
				}
			}
		}
		if _, err := o.l.TakeAway(ctx, stocktake.Removal{Ground: ground, By: by, Note: r.Note}, gone...); err != nil {
			return nil, err
		}
	}
	return o.Change(ctx, id, func(w *Work) error { w.State = Withdrawn; return nil })
}

// HideNames takes the names of endorsements away from every filing that holds them, on the ground of danger. The endorsements stay.
func (o *Office) HideNames(ctx context.Context, statement stocktake.InstrumentID, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	rec := o.l.Record()
	var gone []stocktake.Removal
	for n := int64(1); n <= rec.Head(); n++ {
		info, ok := rec.Info(n)
		if !ok || !strings.HasPrefix(info.Key, "statement/"+string(statement)) {
			continue
		}
		f, err := o.l.Load(ctx, n)
		if err != nil {
			return err
		}
		for _, e := range f.Endorsements {
			if !slices.Contains(ids, e.ID) {
				continue
			}
			sheets := []stocktake.Sheeted{e.Org, e.Office}
			for _, x := range e.Names {
				sheets = append(sheets, x.Name)
			}
			for _, s := range sheets {
				if s.Commitment != "" && !s.Gone() && rec.RemovedBy(s.Commitment) == 0 {
					gone = append(gone, stocktake.Removal{Filing: info.SHA256, Commitment: s.Commitment})
				}
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	_, err := o.l.TakeAway(ctx, stocktake.Removal{Ground: "danger", By: "secretariat of the coalition"}, gone...)
	return err
}
