package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
)

// CopiesElsewhere is said where somebody decides to publish names, quotations or files, and where somebody takes them away.
const CopiesElsewhere = "What was published can have been copied by anyone, and copies elsewhere cannot be called back: a removal takes words and files away here, and at mirrors that follow."

// Removed is one thing that was taken away: words of a filing, or an archived copy.
type Removed struct {
	Filing     int64                `json:"filing,omitempty"` // whose words went
	Path       string               `json:"path,omitempty"`
	Commitment string               `json:"commitment,omitempty"`
	File       string               `json:"file,omitempty"`    // SHA-256 of the copy that went
	Sources    []stocktake.SourceID `json:"sources,omitempty"` // whose copy it was
	By         int64                `json:"by"`                // filing of the removal
	Ground     string               `json:"ground"`
	Note       string               `json:"note,omitempty"`
	Office     string               `json:"office"`
}

// What names the thing in a sentence.
func (r *Removed) What() string {
	if r.File == "" {
		return fmt.Sprintf("%s of filing %d", r.Path, r.Filing)
	}
	s := "the archived file " + r.File
	if len(r.Sources) > 0 {
		s += " of source " + string(r.Sources[0])
	}
	if n := len(r.Sources) - 1; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// Why says by what filing it went, and on what ground.
func (r *Removed) Why() string {
	x := stocktake.Removal{Ground: r.Ground, Note: r.Note}
	return fmt.Sprintf("by filing %d (%s; %s)", r.By, x.Why(), r.Office)
}

// Removed lists what was taken away from this record, in the order of the filings that did it. Words to which several filings commit stand in
// it once for each. What removals name and this record never held is not among it.
func (l *Ledger) Removed(ctx context.Context) ([]Removed, error) {
	list := []Removed{}
	if l.rec.Removals() == 0 {
		return list, nil
	}
	names := map[string][]stocktake.SourceID{}
	for _, s := range l.rec.Sources(l.rec.Head()) {
		if s.Copy != nil && l.rec.TakenDownBy(s.Copy.SHA256) > 0 {
			names[s.Copy.SHA256] = append(names[s.Copy.SHA256], s.ID)
		}
	}
	why := map[string]Removed{} // by commitment
	err := l.store.Filings(ctx, 0, 0, func(row store.Row) error {
		if !removes(row.Bytes) {
			return nil
		}
		f, err := decode(row.Bytes)
		if err != nil {
			return err
		}
		for i := range f.Removals {
			x := &f.Removals[i]
			r := Removed{By: row.Number, Ground: x.Ground, Note: x.Note, Office: x.By, File: x.File, Commitment: x.Commitment}
			if _, ok := why[x.Commitment]; x.File == "" && !ok {
				why[x.Commitment] = r
			} else if x.File != "" && l.rec.TakenDownBy(x.File) == row.Number {
				r.Sources = names[x.File]
				list = append(list, r)
			}
		}
		return nil
	})
	if err != nil || len(why) == 0 {
		return list, err
	}
	err = l.store.Filings(ctx, 0, 0, func(row store.Row) error {
		if !commitsTo(row.Bytes, why) {
			return nil
		}
		f, err := decode(row.Bytes)
		if err != nil {
			return err
		}
		f.EachSheeted(func(path string, s *stocktake.Sheeted) {
			if r, ok := why[s.Commitment]; ok {
				r.Filing, r.Path = row.Number, path
				list = append(list, r)
			}
		})
		return nil
	})
	slices.SortStableFunc(list, func(a, b Removed) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Filing, b.Filing))
	})
	return list, err
}

// commitsTo reports whether public bytes hold one of these commitments outside of removals.
func commitsTo(public []byte, commitments map[string]Removed) bool {
	const mark = `{"commitment":"`
	for {
		i := bytes.Index(public, []byte(mark))
		if i < 0 || len(public) < i+len(mark)+64 {
			return false
		}
		public = public[i+len(mark):]
		if _, ok := commitments[string(public[:64])]; ok {
			return true
		}
	}
}

// RemovedCopy tells how the archived copy with that SHA-256 was taken down; ok is false where it was not.
func (l *Ledger) RemovedCopy(ctx context.Context, sha256 string) (r Removed, ok bool, err error) {
	n := l.rec.TakenDownBy(sha256)
	if n == 0 {
		return r, false, nil
	}
	f, err := l.Load(ctx, n)
	if err != nil {
		return r, false, err
	}
	for _, x := range f.Removals {
		if x.File == sha256 {
			return Removed{File: sha256, By: n, Ground: x.Ground, Note: x.Note, Office: x.By}, true, nil
		}
	}
	return r, false, nil
}

// MayLeave refuses to let anything out of a record that was restored from a backup, before what was removed since is removed there too.
func (l *Ledger) MayLeave(ctx context.Context) error {
	back, err := l.IsRestored(ctx)
	if err == nil && back {
		err = ErrRestored
	}
	return err
}

// Remove takes one sheet away, for a reason that is filed: the words are deleted, the commitment stays.
func (l *Ledger) Remove(ctx context.Context, filing, commitment, ground, by string) (Receipts, error) {
	return l.TakeAway(ctx, stocktake.Removal{Ground: ground, By: by}, stocktake.Removal{Filing: filing, Commitment: commitment})
}

// TakeAway takes sheets and archived copies away in one filing, for one reason: why holds ground, note and office, list what goes. When it
// returns nil, all of it is gone from here.
func (l *Ledger) TakeAway(ctx context.Context, why stocktake.Removal, list ...stocktake.Removal) (Receipts, error) {
	if g, ok := stocktake.ParseGround(why.Ground); ok {
		why.Ground = g
	}
	d := stocktake.Filing{}
	var names []string
	filings, texts, files, kind := map[string]bool{}, 0, 0, ""
	for _, x := range list {
		x.Ground, x.Note, x.By = why.Ground, why.Note, why.By
		if x.File == "" {
			path, err := l.standing(ctx, x.Filing, x.Commitment)
			if err != nil {
				return Receipts{}, err
			}
			kind = kindOf(path)
			filings[x.Filing] = true
			texts++
			names = append(names, x.Commitment)
		} else {
			if n := l.rec.TakenDownBy(x.File); n > 0 {
				return Receipts{}, downAlready(n)
			}
			files++
			names = append(names, x.File)
		}
		d.Removals = append(d.Removals, x)
	}
	if len(names) == 0 {
		return Receipts{}, stocktake.Invalidf("nothing is named that is to go")
	}
	slices.Sort(names)
	d.Key = "removal/" + names[0][:min(16, len(names[0]))]
	if len(names) > 1 {
		d.Key = "removal/" + Hash([]byte(strings.Join(names, "\n")))[:16]
	}
	d.Title = "Removal of " + removalOf(texts, len(filings), kind, files)
	r, err := l.File(ctx, FileOptions{}, d)
	if err != nil {
		return r, err
	}
	if err := l.Sweep(ctx); err != nil {
		return r, fmt.Errorf("the removal is on the record as filing %d, but not all files could be deleted here: %w", r.Head, err)
	}
	return r, nil
}

// standing returns the path of a sheet that is still here.
func (l *Ledger) standing(ctx context.Context, filing, commitment string) (string, error) {
	n := l.rec.ByHash(filing)
	if n == 0 {
		return "", stocktake.NotFoundf("no filing %s in this record", filing)
	}
	f, err := l.Load(ctx, n)
	if err != nil {
		return "", err
	}
	at, gone := "", false
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if s.Commitment == commitment {
			at, gone = path, s.Gone()
		}
	})
	switch {
	case at == "":
		return "", stocktake.NotFoundf("filing %d holds no commitment %s", n, commitment)
	case gone:
		return "", &stocktake.Fault{Kind: stocktake.Conflict, What: "that sheet is gone already", Hint: "`stocktake show` names the filing that removed it"}
	}
	return at, nil
}

// kindOf says what a sheet at that path holds.
func kindOf(path string) string {
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "person", "name":
		return "name"
	case "words":
		return "text"
	}
	return "quotation"
}

// removalOf says in a title what goes: no word of it, and no number of a filing, which is each record's own.
func removalOf(texts, filings int, kind string, files int) string {
	var s []string
	switch {
	case texts == 1:
		s = append(s, "one "+kind)
	case texts > 1 && filings == 1:
		s = append(s, fmt.Sprintf("%d texts from one filing", texts))
	case texts > 1:
		s = append(s, fmt.Sprintf("%d texts from %d filings", texts, filings))
	}
	switch {
	case files == 1:
		s = append(s, "one archived file")
	case files > 1:
		s = append(s, fmt.Sprintf("%d archived files", files))
	}
	return strings.Join(s, " and ")
}

// ownRemovals checks what a filing of this record's own takes away, and that it does not bring back what was taken down.
func (in *intake) ownRemovals(f *stocktake.Filing) error {
	at := "filing " + f.Key
	for i := range f.Sources {
		if c := f.Sources[i].Copy; c != nil && c.State == "public" { // private is the hash alone
			if err := in.l.mayKeep(c.SHA256); err != nil {
				return faultAt(err, fmt.Sprintf("%s: sources/%d", at, i))
			}
		}
	}
	if len(f.Removals) == 0 {
		return nil
	}
	var from []string
	going := map[string]bool{}
	for i := range f.Removals {
		x, where := &f.Removals[i], fmt.Sprintf("%s: removals/%d", at, i)
		if g, _ := stocktake.ParseGround(x.Ground); g != x.Ground {
			return stocktake.Invalidf("%q is no ground of a removal", x.Ground).Hinted("write one of %s; what more is to be said goes into the note", strings.Join(stocktake.RemovalGrounds(), ", ")).At(where)
		}
		if x.File != "" {
			if n := in.l.rec.TakenDownBy(x.File); n > 0 {
				return downAlready(n).At(where)
			}
			if !in.describes(x.File) {
				return stocktake.NotFoundf("no source of this record has an archived copy with the SHA-256 %s", x.File).At(where)
			}
			continue
		}
		if n := in.l.rec.RemovedBy(x.Commitment); n > 0 {
			return (&stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("that sheet is gone already, by filing %d", n)}).At(where)
		}
		from = append(from, x.Filing)
		going[x.Commitment] = true
	}
	if len(from) == 0 {
		return nil
	}
	says := []string{f.Key, f.Title, f.Note}
	for i := range f.Removals {
		says = append(says, f.Removals[i].Note, f.Removals[i].By)
	}
	var bad error
	err := in.w.Sheets(in.ctx, from, func(s store.Sheet) error {
		if n := NewNames(s.Text); bad == nil && going[s.Commitment] && n.Err() == nil && slices.ContainsFunc(says, n.In) {
			bad = stocktake.Invalidf("the filing of the removal would repeat the words that it takes away, in public and for good").
				Hinted("say who orders it and why without them; nothing was filed").At(at)
		}
		return nil
	})
	return cmp.Or(err, bad)
}

func downAlready(n int64) *stocktake.Fault {
	return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("that file was taken down already, by filing %d", n), Hint: fmt.Sprintf("`stocktake show %d` says on what ground", n)}
}

func faultAt(err error, where string) error {
	var f *stocktake.Fault
	if errors.As(err, &f) {
		return f.At(where)
	}
	return err
}

// describes reports whether a source of the record has that copy.
func (in *intake) describes(sha256 string) bool {
	for _, s := range in.l.rec.Sources(in.l.rec.Head()) {
		if s.Copy != nil && s.Copy.SHA256 == sha256 {
			return true
		}
	}
	return false
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && strings.ToLower(s) == s
}

// removeSheets takes away what removals name, in every filing that commits to the same: a later version of a filing may.
func (in *intake) removeSheets() error {
	gone := map[string]bool{}
	for _, x := range in.drop {
		gone[x.Commitment] = true
	}
	var list []store.Sheet
	err := in.w.Sheets(in.ctx, nil, func(s store.Sheet) error {
		if gone[s.Commitment] {
			list = append(list, store.Sheet{Filing: s.Filing, Commitment: s.Commitment})
		}
		return nil
	})
	for _, s := range list {
		if err == nil {
			err = in.w.RemoveSheet(in.ctx, s.Filing, s.Commitment)
		}
	}
	return err
}

// mayKeep refuses an archived copy that was taken down. A takedown stands: the same bytes do not come back.
func (l *Ledger) mayKeep(sha256 string) error {
	n := l.rec.TakenDownBy(sha256)
	if n == 0 {
		return nil
	}
	return (&stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("this file was taken down by filing %d, so that the same bytes are not taken again", n),
		Hint: fmt.Sprintf("`stocktake show %d` says on what ground; nothing was stored", n)}).At("files/" + sha256)
}

// Sweep deletes archived copies that were taken down and are still on disk here, because whoever took them down was cut off, or they came
// from a backup.
func (l *Ledger) Sweep(ctx context.Context) error {
	var failed []error
	for _, sum := range l.rec.TakenDown() {
		has, err := l.blobs.Store.Has(ctx, sum)
		if err == nil && has {
			err = l.blobs.Store.Delete(ctx, sum)
		}
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// copies are the archived copies without those that were taken down.
type copies struct {
	blob.Store
	l *Ledger
}

func (c *copies) down(sha256 string) bool { return c.l.rec.TakenDownBy(sha256) > 0 }

// Put implements blob.Store. A file that was taken down is a Conflict fault, and does not stay.
func (c *copies) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	h, n, err := c.Store.Put(ctx, r)
	if err != nil {
		return h, n, err
	}
	if err := c.l.mayKeep(h); err != nil {
		return "", 0, errors.Join(err, c.Store.Delete(context.WithoutCancel(ctx), h))
	}
	return h, n, nil
}

// Open implements blob.Store.
func (c *copies) Open(ctx context.Context, sha256 string) (io.ReadCloser, int64, error) {
	if c.down(sha256) {
		return nil, 0, stocktake.NotFoundf("the archived file %s was taken down by filing %d", sha256, c.l.rec.TakenDownBy(sha256))
	}
	return c.Store.Open(ctx, sha256)
}

// Has implements blob.Store.
func (c *copies) Has(ctx context.Context, sha256 string) (bool, error) {
	if c.down(sha256) {
		return false, nil
	}
	return c.Store.Has(ctx, sha256)
}

// List implements blob.Store.
func (c *copies) List(ctx context.Context, f func(string, int64) error) error {
	return c.Store.List(ctx, func(sum string, size int64) error {
		if c.down(sum) {
			return nil
		}
		return f(sum, size)
	})
}
