package ledger

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gowebpki/jcs"

	"stocktake"
	"stocktake/internal/record"
	"stocktake/internal/store"
)

func sortStrings(s []string) { slices.Sort(s) }

// Problem is something that does not hold and should.
type Problem struct {
	Filing int64  `json:"filing"`
	What   string `json:"what"`
}

// Audit is what Check found.
type Audit struct {
	Filings  int64     `json:"filings"`
	Quotes   int       `json:"quotes"`        // checked against their archived copy
	NotHere  int       `json:"not_checkable"` // the copy is private or absent here: no failure
	Gone     int       `json:"sheets_gone"`   // removed by a filing
	Down     int       `json:"files_gone"`    // archived copies that were taken down by a filing
	Removed  []Removed `json:"removed"`       // what both were
	Problems []Problem `json:"problems"`
}

// Check goes over the whole record and tests what must always hold: numbers and times rise, bytes have their hash and are canonical, every
// commitment is open or its removal is filed, every fact has a source and every reference a target, quotes stand in their copies, and an
// index made anew from the filings is of the same size as the one that answers.
func (l *Ledger) Check(ctx context.Context, progress Progress) (Audit, error) {
	var out Audit
	out.Problems, out.Removed = []Problem{}, []Removed{}
	report := ticker(progress)
	head, err := l.store.Head(ctx)
	if err != nil {
		return out, err
	}
	bad := func(n int64, format string, args ...any) {
		if len(out.Problems) < 1000 {
			out.Problems = append(out.Problems, Problem{n, fmt.Sprintf(format, args...)})
		}
	}
	sheets := map[string]store.Sheet{}
	err = l.store.Sheets(ctx, nil, func(s store.Sheet) error {
		sheets[s.Filing+s.Commitment] = s
		return nil
	})
	if err != nil {
		return out, err
	}
	fresh := record.New(l)
	last := int64(0)
	var lastFiled time.Time
	sources := map[stocktake.SourceID]bool{}
	texts := map[string]string{}
	copies := map[stocktake.SourceID]*stocktake.Source{}
	err = l.store.Filings(ctx, 0, 0, func(row store.Row) error {
		n := row.Number
		if n != last+1 {
			bad(n, "number %d follows %d", n, last)
		}
		if n > 1 && !row.Filed.After(lastFiled) {
			bad(n, "was filed at %s, not after the one before it", row.Filed)
		}
		last, lastFiled = n, row.Filed
		if Hash(row.Bytes) != row.SHA256 {
			bad(n, "the bytes do not have the stored hash")
		}
		if c, err := jcs.Transform(row.Bytes); err != nil || !bytes.Equal(c, row.Bytes) {
			bad(n, "the bytes are not canonical")
		}
		f, err := decode(row.Bytes)
		if err != nil {
			bad(n, "cannot be read: %v", err)
			return nil
		}
		f.EachSheeted(func(path string, s *stocktake.Sheeted) {
			if s.Commitment == "" {
				bad(n, "%s stands in the public bytes in clear", path)
				return
			}
			x, ok := sheets[row.SHA256+s.Commitment]
			switch {
			case !ok && l.rec.RemovedBy(s.Commitment) > 0:
				out.Gone++
			case !ok:
				bad(n, "the sheet of %s is gone, and no filing says that it was removed", path)
			case l.rec.RemovedBy(s.Commitment) > 0:
				bad(n, "filing %d removed the words of %s, and they are still here", l.rec.RemovedBy(s.Commitment), path)
			case !(stocktake.Sheet{Salt: x.Salt, Text: x.Text, Commitment: x.Commitment}).Opens():
				bad(n, "the sheet of %s does not open its commitment", path)
			default:
				s.Text = x.Text
			}
		})
		for i := range f.Sources {
			sources[f.Sources[i].ID] = true
			copies[f.Sources[i].ID] = &f.Sources[i]
		}
		fact := func(where string, id stocktake.SourceID) {
			if !sources[id] {
				bad(n, "%s rests on source %q, which no filing up to this one describes", where, id)
			}
		}
		quotes := func(where string, list []stocktake.Quote, def stocktake.SourceID) error {
			for i := range list {
				q := &list[i]
				id := q.Source
				if id == "" {
					id = def
				}
				s := copies[id]
				if s == nil || s.Copy == nil || q.Exact.Text == "" {
					continue
				}
				text, ok := texts[s.Copy.SHA256]
				if !ok {
					var err error
					if text, err = l.copyText(ctx, s); err != nil {
						return err
					}
					if len(texts) >= 64 { // long ones need not all be kept
						clear(texts)
					}
					texts[s.Copy.SHA256] = text
				}
				if text == "" {
					out.NotHere++
					continue
				}
				out.Quotes++
				if !bytes.Contains([]byte(text), []byte(oneLine(q.Exact.Text))) {
					bad(n, "%s: the archived copy of %s does not contain the quote", where, id)
				}
			}
			return nil
		}
		for i := range f.Acts {
			fact("act "+string(f.Acts[i].ID), f.Acts[i].Source)
			if err := quotes("act "+string(f.Acts[i].ID), f.Acts[i].Quotes, f.Acts[i].Source); err != nil {
				return err
			}
		}
		for i := range f.RollCalls {
			fact("roll-call "+f.RollCalls[i].ID, f.RollCalls[i].Source)
		}
		for i := range f.Measures {
			fact("measure "+f.Measures[i].ID, f.Measures[i].Source)
			if err := quotes("measure "+f.Measures[i].ID, f.Measures[i].Quotes, f.Measures[i].Source); err != nil {
				return err
			}
		}
		for i := range f.Answers {
			at := "answer to " + f.Answers[i].Call
			fact(at, f.Answers[i].Source)
			if err := quotes(at, f.Answers[i].Quotes, f.Answers[i].Source); err != nil {
				return err
			}
		}
		for i := range f.Tables {
			fact("table "+string(f.Tables[i].ID), f.Tables[i].Source)
		}
		for i := range f.Replies {
			fact("reply "+f.Replies[i].ID, f.Replies[i].Source)
		}
		for i := range f.Recommended {
			fact("recommendation "+f.Recommended[i].ID, f.Recommended[i].Source)
		}
		if err := f.EachQuoted(func(path string, q stocktake.Quote, def stocktake.SourceID) error {
			return quotes(path, []stocktake.Quote{q}, def)
		}); err != nil {
			return err
		}
		if f.Statement != nil {
			fact("the statement", f.Statement.Source)
			if err := quotes("the statement", printed(f), f.Statement.Source); err != nil {
				return err
			}
		}
		report(n, head.Number, "checking")
		return fresh.Stage(record.Applied{Number: n, Filed: row.Filed, SHA256: row.SHA256, Filing: f})
	})
	if err != nil {
		return out, err
	}
	out.Filings = last
	if out.Removed, err = l.Removed(ctx); err != nil {
		return out, err
	}
	for _, sum := range l.rec.TakenDown() {
		out.Down++
		has, err := l.blobs.Store.Has(ctx, sum)
		if err != nil {
			return out, err
		}
		if n := l.rec.TakenDownBy(sum); has {
			bad(n, "it took the archived file %s down, and that is still here", sum)
		}
	}
	fresh.End()
	if a, b := fresh.Size(), l.rec.Size(); a != b {
		bad(0, "the index holds %+v, one made anew %+v", b, a)
	}
	return out, nil
}

// Rebuild drops everything that was made from the filings and makes it anew.
func (l *Ledger) Rebuild(ctx context.Context, progress Progress) error {
	if err := l.store.Write(ctx, func(w store.Writer) error { return w.DropProjections(ctx) }); err != nil {
		return err
	}
	head, err := l.store.Head(ctx)
	if err != nil {
		return err
	}
	report := ticker(progress)
	l.forget()
	l.following.Lock()
	l.rec = record.New(l)
	l.following.Unlock()
	return l.follow(ctx, l.store, func(n int64) { report(n, head.Number, "rebuilding") })
}
