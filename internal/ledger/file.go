package ledger

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/record"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

// Receipt says what became of one draft.
type Receipt struct {
	Key    string `json:"key"`
	Number int64  `json:"number"` // its number, or that of the filing that already says the same
	SHA256 string `json:"sha256"`
	Filed  string `json:"filed,omitempty"`
	Same   bool   `json:"same"` // it was here already; nothing was filed
	Acts   int    `json:"acts"`
}

// FileOptions say how drafts are taken in.
type FileOptions struct {
	// DryRun does everything but store.
	DryRun bool
	// Again allows a draft with the key of an earlier filing and other content: it takes the place of that one, as an erratum does. Without
	// it such a draft is refused, so that nobody overwrites by accident.
	Again bool
	// After, where it is set, files only while the record holds so many filings: a Conflict fault says that it moved.
	After    *int64
	Progress Progress
}

// Receipts is what File did.
type Receipts struct {
	List  []Receipt
	Filed int // how many were new
	Same  int
	Out   []string // of LoadExport: hashes of archived copies that stay away, as they were taken down here
	From  int64    // the head before
	Head  int64    // the head after
}

// File takes drafts in, all of them or none, in one transaction. What the record already holds is recognised and not filed again.
// When it returns nil, everything is on disk and every later answer of this process sees it.
func (l *Ledger) File(ctx context.Context, opt FileOptions, drafts ...stocktake.Filing) (Receipts, error) {
	return l.FileFrom(ctx, opt, func(emit func(stocktake.Filing) error) error {
		for i := range drafts {
			if err := emit(drafts[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// flushed is how many filings are stored at once inside a transaction.
const flushed = 1000

var errDryRun = fmt.Errorf("dry run")

// FileFrom is File for drafts that come one by one, such as those of an importer.
func (l *Ledger) FileFrom(ctx context.Context, opt FileOptions, drafts func(emit func(stocktake.Filing) error) error) (Receipts, error) {
	var out Receipts
	report := ticker(opt.Progress)
	err := l.store.Write(ctx, func(w store.Writer) error {
		in, err := l.beginOwn(ctx, w)
		if err != nil {
			return err
		}
		out.From = in.head.Number
		if opt.After != nil && *opt.After != out.From {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the record holds %d filings by now, and not %d", out.From, *opt.After), Hint: "look again at what the filing would do"}
		}
		err = drafts(func(f stocktake.Filing) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, err := in.draft(f, opt.Again)
			if err != nil {
				return err
			}
			out.List = append(out.List, r)
			if r.Same {
				out.Same++
			} else {
				out.Filed++
			}
			report(int64(len(out.List)), 0, "filing")
			return nil
		})
		if err != nil {
			return err
		}
		if opt.DryRun {
			out.Head = in.head.Number
			return errDryRun
		}
		out.Head = in.head.Number
		return in.flush()
	})
	if err == errDryRun {
		return out, nil
	}
	if err != nil {
		return Receipts{}, err
	}
	return out, l.Refresh(ctx)
}

// intake is one write transaction in progress.
type intake struct {
	l      *Ledger
	ctx    context.Context
	w      store.Writer
	b      *batch
	head   store.Head
	rows   []store.Row
	sheets []store.Sheet
	drop   []store.Sheet // sheets that removals take away, after the rows are in
	leaves [][]byte      // of the rows
	edge   *tree.Frontier
}

// begin brings the index up to what is committed, now that nobody else can write, and opens the intake.
func (l *Ledger) begin(ctx context.Context, w store.Writer) (*intake, error) {
	if err := l.follow(ctx, w, nil); err != nil {
		return nil, err
	}
	h, err := w.Head(ctx)
	if err != nil {
		return nil, err
	}
	in := &intake{l: l, ctx: ctx, w: w, b: l.newBatch(), head: h}
	return in, in.openLog()
}

// beginOwn is begin for filings of this record's own, which a mirror has none of.
func (l *Ledger) beginOwn(ctx context.Context, w store.Writer) (*intake, error) {
	of, err := w.Meta(ctx, metaMirror)
	if err != nil {
		return nil, err
	}
	if of != "" {
		return nil, &stocktake.Fault{Kind: stocktake.Forbidden, What: "this record is a mirror of " + of + ", and only follows it", Hint: "file it there; or make a record of your own from an export of this one"}
	}
	return l.begin(ctx, w)
}

// slack is how far the clock may lie behind the last filing before it is refused: a large import gives its filings a microsecond each.
const slack = 5 * time.Second

// moment returns the time of the next filing: the machine's clock, and always later than the last one.
func (in *intake) moment() (time.Time, error) {
	now := in.l.Now().Truncate(time.Microsecond)
	if in.head.Number == 0 || now.After(in.head.Filed) {
		return now, nil
	}
	if in.head.Filed.Sub(now) > slack {
		return time.Time{}, &stocktake.Fault{Kind: stocktake.Conflict,
			What: fmt.Sprintf("this machine's clock says %s, but filing %d was made at %s", now.Format(time.RFC3339), in.head.Number, in.head.Filed.Format(time.RFC3339)),
			Hint: "set the clock right; times of filing only ever rise"}
	}
	return in.head.Filed.Add(time.Microsecond), nil
}

// draft checks and seals one draft and puts it in line.
func (in *intake) draft(f stocktake.Filing, again bool) (Receipt, error) {
	l := in.l
	filed, err := in.moment()
	if err != nil {
		return Receipt{}, err
	}
	if err := in.b.check(&f, filed); err != nil {
		return Receipt{}, err
	}
	earlier := l.rec.ByKey(f.Key)
	var sheets []stocktake.Sheet
	for _, n := range earlier {
		info, _ := l.rec.Info(n)
		err := in.w.Sheets(in.ctx, []string{info.SHA256}, func(s store.Sheet) error {
			sheets = append(sheets, stocktake.Sheet{Path: s.Path, Commitment: s.Commitment, Salt: s.Salt, Text: s.Text})
			return nil
		})
		if err != nil {
			return Receipt{}, err
		}
	}
	sheets = append(sheets, in.b.sheets[f.Key]...)
	for _, n := range earlier {
		if same, err := in.sameButRemoved(f, n, sheets); err != nil || same {
			info, _ := l.rec.Info(n)
			return Receipt{Key: f.Key, Number: n, SHA256: info.SHA256, Same: true, Acts: len(f.Acts) + len(f.RollCalls)}, err
		}
	}
	salts := RandomSalts
	if len(sheets) > 0 {
		salts = keptSalts(sheets)
	}
	sealed, err := Seal(f, salts)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Key: f.Key, SHA256: sealed.SHA256, Acts: len(f.Acts) + len(f.RollCalls)}
	if n := l.rec.ByHash(sealed.SHA256); n > 0 {
		r.Number, r.Same = n, true
		return r, nil
	}
	if in.b.hashes[sealed.SHA256] {
		r.Number, r.Same = in.head.Number, true
		return r, nil
	}
	if (len(earlier) > 0 || in.b.keys[f.Key] != "") && f.Mends == nil && !again {
		return Receipt{}, (&stocktake.Fault{Kind: stocktake.Conflict, What: "a filing with this key is in the record and says something else",
			Hint: "give it a key of its own, or say with mends: what it puts right"}).At("filing " + f.Key)
	}
	if err := in.quotes(&f); err != nil {
		return Receipt{}, err
	}
	if err := in.ownRemovals(&f); err != nil {
		return Receipt{}, err
	}
	return r, in.take(sealed, filed, &r)
}

// sameButRemoved reports whether filing n says what the draft says, but for words that were removed from it: they do not come back by
// being entered again.
func (in *intake) sameButRemoved(f stocktake.Filing, n int64, sheets []stocktake.Sheet) (bool, error) {
	if in.l.rec.Removals() == 0 {
		return false, nil
	}
	filed, err := in.l.Load(in.ctx, n)
	if err != nil {
		return false, err
	}
	info, _ := in.l.rec.Info(n)
	gone := map[string]string{}
	filed.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if in.l.rec.RemovedBy(s.Commitment) > 0 {
			gone[path] = s.Commitment
		}
	})
	if len(gone) == 0 {
		return false, nil
	}
	b, err := marshal(f)
	if err != nil {
		return false, err
	}
	g, err := decode(b)
	if err != nil {
		return false, err
	}
	g.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if c, ok := gone[path]; ok {
			*s = stocktake.Sheeted{Commitment: c}
		}
	})
	sealed, err := Seal(*g, keptSalts(sheets))
	return sealed.SHA256 == info.SHA256, err
}

// sealedFiling puts one filing that was sealed elsewhere in line, such as one of an export. Its hash and sheets were checked.
func (in *intake) sealedFiling(s Sealed) (Receipt, error) {
	r := Receipt{Key: s.Filing.Key, SHA256: s.SHA256, Acts: len(s.Filing.Acts) + len(s.Filing.RollCalls)}
	if n := in.l.rec.ByHash(s.SHA256); n > 0 {
		r.Number, r.Same = n, true
		return r, nil
	}
	filed, err := in.moment()
	if err != nil {
		return r, err
	}
	if err := in.b.check(&s.Filing, filed); err != nil {
		return r, err
	}
	s.Sheets = slices.DeleteFunc(s.Sheets, func(x stocktake.Sheet) bool { return in.l.rec.RemovedBy(x.Commitment) > 0 }) // removed here
	return r, in.take(s, filed, &r)
}

// take puts one filing in line, and stores what is in line once it is much.
func (in *intake) take(s Sealed, filed time.Time, r *Receipt) error {
	if err := in.queue(s, filed, r); err != nil {
		return err
	}
	return in.flushFull()
}

func (in *intake) flushFull() error {
	if len(in.leaves) >= flushed { // at least as many as rows
		return in.flush()
	}
	return nil
}

func (in *intake) queue(s Sealed, filed time.Time, r *Receipt) error {
	size := len(s.Bytes)
	for _, x := range s.Sheets {
		size += len(x.Text) + 256
	}
	if size > longest/2 { // in an export some characters take more room
		sheets, err := Canonical(s.Sheets)
		if err != nil {
			return err
		}
		if len(s.Bytes)+len(sheets)+256 > longest {
			return (&stocktake.Fault{Kind: stocktake.Invalid, What: fmt.Sprintf("the filing is larger than %d MiB", longest>>20), Hint: "part it into several; nothing was filed"}).At("filing " + s.Filing.Key)
		}
	}
	in.head = store.Head{Number: in.head.Number + 1, Filed: filed}
	r.Number, r.Filed = in.head.Number, filed.Format("2006-01-02T15:04:05.000000Z")
	in.b.hashes[s.SHA256] = true
	in.b.keys[s.Filing.Key] = s.SHA256
	if len(s.Sheets) > 0 {
		in.b.sheets[s.Filing.Key] = append(in.b.sheets[s.Filing.Key], s.Sheets...)
	}
	in.rows = append(in.rows, store.Row{Number: in.head.Number, Filed: filed, Key: s.Filing.Key, SHA256: s.SHA256, Bytes: s.Bytes})
	in.leaves = append(in.leaves, leafOf(in.head.Number, filed, s.SHA256, len(s.Filing.Removals) > 0))
	for _, x := range s.Sheets {
		in.sheets = append(in.sheets, store.Sheet{Filing: s.SHA256, Path: x.Path, Commitment: x.Commitment, Salt: x.Salt, Text: x.Text})
	}
	for _, x := range s.Filing.Removals {
		if x.File == "" {
			in.drop = append(in.drop, store.Sheet{Filing: x.Filing, Commitment: x.Commitment})
		}
	}
	return nil
}

// flush writes what is in line. A crash before the transaction commits leaves nothing of it.
func (in *intake) flush() error {
	if err := in.w.Append(in.ctx, in.rows); err != nil {
		return err
	}
	if err := in.w.PutSheets(in.ctx, in.sheets); err != nil {
		return err
	}
	if err := in.appendLeaves(in.leaves); err != nil {
		return err
	}
	if len(in.drop) > 0 {
		if err := in.removeSheets(); err != nil {
			return err
		}
		in.l.forget()
	}
	in.rows, in.sheets, in.leaves, in.drop = in.rows[:0], in.sheets[:0], in.leaves[:0], nil
	return nil
}

// quotes checks that each quote still occurs in the archived copy of its source, where this record holds one.
func (in *intake) quotes(f *stocktake.Filing) error {
	texts := map[stocktake.SourceID]string{}
	check := func(where string, list []stocktake.Quote, def stocktake.SourceID) error {
		for i := range list {
			q := &list[i]
			id := q.Source
			if id == "" {
				id = def
			}
			text, ok := texts[id]
			if !ok {
				s, _ := in.b.source(id)
				var err error
				if text, err = in.l.copyText(in.ctx, s); err != nil {
					return err
				}
				texts[id] = text
			}
			if text != "" && !strings.Contains(text, oneLine(q.Exact.Text)) {
				return (&stocktake.Fault{Kind: stocktake.Invalid, What: fmt.Sprintf("the archived copy of source %s does not contain the quote %q", id, shorten(q.Exact.Text, 80)),
					Hint: "quote the exact words; nothing was filed"}).At(fmt.Sprintf("filing %s: %s/quotes/%d", f.Key, where, i))
			}
		}
		return nil
	}
	for i := range f.Acts {
		if err := check(fmt.Sprintf("acts/%d", i), f.Acts[i].Quotes, f.Acts[i].Source); err != nil {
			return err
		}
	}
	for i := range f.Measures {
		if err := check(fmt.Sprintf("measures/%d", i), f.Measures[i].Quotes, f.Measures[i].Source); err != nil {
			return err
		}
	}
	for i := range f.Answers {
		if err := check(fmt.Sprintf("answers/%d", i), f.Answers[i].Quotes, f.Answers[i].Source); err != nil {
			return err
		}
	}
	if err := f.EachQuoted(func(path string, q stocktake.Quote, def stocktake.SourceID) error {
		return check(path, []stocktake.Quote{q}, def)
	}); err != nil {
		return err
	}
	if f.Statement != nil {
		return check("statement", printed(f), f.Statement.Source)
	}
	return nil
}

// printed returns what a statement is said to print: mentions, calls and names.
func printed(f *stocktake.Filing) (list []stocktake.Quote) {
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if strings.HasPrefix(path, "statement/") && path != "statement/contacts" { // contacts go out beside the text, not in it
			list = append(list, stocktake.Quote{Exact: *s})
		}
	})
	return list
}

// copyText returns the text of a source's archived copy in one line, "" where this record does not hold it or it is no text.
func (l *Ledger) copyText(ctx context.Context, s *stocktake.Source) (string, error) {
	if s == nil || s.Copy == nil || s.Copy.SHA256 == "" || s.Copy.Media != "" && !strings.HasPrefix(s.Copy.Media, "text/") {
		return "", nil
	}
	has, err := l.blobs.Has(ctx, s.Copy.SHA256)
	if err != nil || !has {
		return "", err
	}
	rc, _, err := l.blobs.Open(ctx, s.Copy.SHA256)
	if err != nil {
		return "", err
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, 32<<20))
	if err != nil {
		return "", err
	}
	return oneLine(string(b)), nil
}

// oneLine folds white space, which wrapping changes and quoting keeps no track of.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

var _ record.Loader = (*Ledger)(nil)
