package edition

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"stocktake"
	"stocktake/internal/forms"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
	"stocktake/internal/store"
)

// A Shelf keeps files that were given out, in the private items of the record's database, which all processes share and a backup has. It may be
// used from many goroutines.
type Shelf struct {
	l       *ledger.Ledger
	printer *forms.Printer
	making  singleflight.Group

	mu    sync.Mutex
	swept [2]int64 // head and removals at the last sweep
	first bool
}

// The kinds of item. Of an edition its id is the SHA-256 of its value; of bytes, their own; of what is gone, the SHA-256 of that.
const (
	kindEdition = "edition"
	kindFile    = "edition-file"
	kindBytes   = "edition-bytes"
	kindGone    = "edition-gone"
)

// mostBytes is how large a file may be to be kept and served.
const mostBytes = 24 << 20

// Kept is a file that is on the shelf.
type Kept struct {
	Statement stocktake.InstrumentID `json:"statement"`
	Version   int                    `json:"version"`
	Edition   string                 `json:"edition"`
	Name      string                 `json:"name"`
	Media     string                 `json:"media"`
	SHA256    string                 `json:"sha256"`
	Bytes     int                    `json:"bytes"`
	Made      string                 `json:"made"` // the day
}

// held says which words the files of an edition hold, so that they go with them.
type held struct {
	Statement stocktake.InstrumentID `json:"statement"`
	Version   int                    `json:"version"`
	Sheets    []string               `json:"sheets"` // commitments
	Copies    []string               `json:"copies"` // SHA-256 of archived texts
	Named     []string               `json:"named"`  // endorsements that are shown by name
}

type keptBytes struct {
	Bytes []byte `json:"bytes"`
}

type gone struct {
	Why string `json:"why"`
}

// NewShelf returns the shelf of a record.
func NewShelf(l *ledger.Ledger) *Shelf {
	p := forms.FindPrinter()
	p.Output = mostBytes
	return &Shelf{l: l, printer: p}
}

// Prints reports whether PDF files can be made here.
func (s *Shelf) Prints() bool { return s.printer.Path != "" }

// HashOf names an edition by what is in it.
func HashOf(v forms.Statement) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("name an edition: %w", err)
	}
	return hash(b), nil
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// File returns a file of an edition: as it was when it was first asked for, or else made now and kept.
func (s *Shelf) File(ctx context.Context, e *Edition, v forms.Statement, f Form) (Kept, error) {
	if err := s.sweep(ctx); err != nil {
		return Kept{}, err
	}
	id, err := HashOf(v)
	if err != nil {
		return Kept{}, err
	}
	if k, ok, err := s.find(ctx, id, f.Name); err != nil || ok {
		return k, err
	}
	ctx = context.WithoutCancel(ctx) // others may wait for the same file
	x, err, _ := s.making.Do(id+"/"+f.Name, func() (any, error) {
		if k, ok, err := s.find(ctx, id, f.Name); err != nil || ok {
			return k, err
		}
		b, err := Make(ctx, v, f, s.printer)
		if err != nil {
			return Kept{}, err
		}
		if len(b) > mostBytes {
			return Kept{}, stocktake.Invalidf("the file has %d bytes, and at most %d are given out", len(b), mostBytes).Hinted("take the list of names apart from the text, as CSV or XLSX")
		}
		return s.keep(ctx, e, id, f, b)
	})
	k, _ := x.(Kept)
	return k, err
}

func (s *Shelf) find(ctx context.Context, edition, name string) (k Kept, ok bool, err error) {
	err = s.l.Store().ReadPrivate(ctx, func(r store.PrivateReader) error {
		k, ok = Kept{}, false
		i, err := r.Item(kindFile, edition+"/"+name)
		if stocktake.KindOf(err) == stocktake.NotFound {
			return nil
		}
		if err == nil {
			ok, err = true, json.Unmarshal(i.Body, &k)
		}
		return err
	})
	return k, ok, err
}

// keep puts a file on the shelf. Where another process was faster, its file is the one that counts.
func (s *Shelf) keep(ctx context.Context, e *Edition, id string, f Form, b []byte) (k Kept, err error) {
	now := s.l.Now().Truncate(1000)
	k = Kept{Statement: e.S.Instrument, Version: e.S.Version, Edition: id, Name: f.Name, Media: f.Media, SHA256: hash(b), Bytes: len(b), Made: dayOf(now).String()}
	err = s.l.Store().ChangePrivate(ctx, func(tx store.PrivateTx) error {
		put := func(kind, id string, v any, keys ...store.Key) error {
			body, err := json.Marshal(v)
			if err == nil {
				_, err = tx.Put(store.Item{Kind: kind, ID: id, Changed: now, Body: body}, keys...)
			}
			return err
		}
		switch i, err := tx.Item(kindFile, id+"/"+f.Name); {
		case err == nil:
			return json.Unmarshal(i.Body, &k)
		case stocktake.KindOf(err) != stocktake.NotFound:
			return err
		}
		if _, err := tx.Item(kindEdition, id); stocktake.KindOf(err) == stocktake.NotFound {
			if err := put(kindEdition, id, e.held()); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		if _, err := tx.Item(kindBytes, k.SHA256); stocktake.KindOf(err) == stocktake.NotFound {
			if err := put(kindBytes, k.SHA256, keptBytes{b}); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		return put(kindFile, id+"/"+f.Name, k, store.Key{Name: "sha256", Value: k.SHA256}, store.Key{Name: "edition", Value: id})
	})
	return k, err
}

// held lists what the files of an edition hold.
func (e *Edition) held() held {
	h := held{Statement: e.S.Instrument, Version: e.S.Version, Sheets: []string{}, Copies: []string{}, Named: []string{}}
	sheet := func(x stocktake.Sheeted) {
		if x.Text != "" && x.Commitment != "" {
			h.Sheets = append(h.Sheets, x.Commitment)
		}
	}
	for i := range e.S.Cites {
		sheet(e.S.Cites[i].Quote)
	}
	for i := range e.S.Calls {
		sheet(e.S.Calls[i].Quote)
	}
	sheet(e.S.Contacts)
	for i := range e.Names {
		h.Sheets = append(h.Sheets, e.Names[i].commitments...)
		h.Named = append(h.Named, e.Names[i].ID)
	}
	for i := range e.Texts {
		if e.Texts[i].Here() {
			h.Copies = append(h.Copies, e.Texts[i].TextSHA256)
		}
	}
	return h
}

// Have lists the files of an edition that are on the shelf, by name.
func (s *Shelf) Have(ctx context.Context, v forms.Statement) (map[string]Kept, error) {
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	id, err := HashOf(v)
	if err != nil {
		return nil, err
	}
	var all map[string]Kept
	err = s.l.Store().ReadPrivate(ctx, func(r store.PrivateReader) error {
		all = map[string]Kept{}
		ids, err := r.Find(kindFile, "edition", id)
		if err != nil {
			return err
		}
		for _, x := range ids {
			i, err := r.Item(kindFile, x)
			if err != nil {
				return err
			}
			var k Kept
			if err := json.Unmarshal(i.Body, &k); err != nil {
				return err
			}
			all[k.Name] = k
		}
		return nil
	})
	return all, err
}

// Bytes returns a file of a statement by its SHA-256, as it was given out. One that held words which were taken away is a Gone fault that says why.
func (s *Shelf) Bytes(ctx context.Context, id stocktake.InstrumentID, number int, sum, name string) (k Kept, b []byte, err error) {
	if err := s.sweep(ctx); err != nil {
		return k, nil, err
	}
	if h, err := hex.DecodeString(sum); err != nil || len(h) != 32 || strings.ToLower(sum) != sum {
		return k, nil, stocktake.NotFoundf("%q is no SHA-256", sum)
	}
	err = s.l.Store().ReadPrivate(ctx, func(r store.PrivateReader) error {
		ids, err := r.Find(kindFile, "sha256", sum)
		if err != nil {
			return err
		}
		found := false
		for _, x := range ids {
			i, err := r.Item(kindFile, x)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(i.Body, &k); err != nil {
				return err
			}
			if found = k.Statement == id && k.Version == number && k.Name == name; found {
				break
			}
		}
		if !found {
			i, err := r.Item(kindGone, hash([]byte(sum)))
			if err == nil {
				var g gone
				if err := json.Unmarshal(i.Body, &g); err != nil {
					return err
				}
				return &stocktake.Fault{Kind: stocktake.Gone, What: "this file was given out here and is not any more: " + g.Why, Hint: "the version's page has the files as they are now"}
			}
			if stocktake.KindOf(err) == stocktake.NotFound {
				err = stocktake.NotFoundf("no file with that SHA-256 was given out here").Hinted("the version's page has the files as they are now")
			}
			return err
		}
		i, err := r.Item(kindBytes, sum)
		if err != nil {
			return err
		}
		var x keptBytes
		if err := json.Unmarshal(i.Body, &x); err != nil {
			return err
		}
		b = x.Bytes
		return nil
	})
	return k, b, err
}

// Sweep drops every file that holds what was taken away since: a name, a contact, a text, or the statement itself. It returns how many went. It is
// done before anything is given out, too.
func (s *Shelf) Sweep(ctx context.Context) (n int, err error) {
	rec := s.l.Record()
	at := stocktake.At{On: stocktake.DayOf(9999, 12, 31), Known: stocktake.EndOfDay(stocktake.DayOf(9999, 12, 31)), Head: rec.Head()}
	why := map[string]string{}
	err = s.l.Store().ReadPrivate(ctx, func(r store.PrivateReader) error {
		clear(why)
		list, err := r.Items(kindEdition, "", 0)
		if err != nil {
			return err
		}
		states := map[stocktake.InstrumentID]map[string]record.Endorsement{}
		for _, i := range list {
			var h held
			if err := json.Unmarshal(i.Body, &h); err != nil {
				return err
			}
			if states[h.Statement] == nil {
				states[h.Statement] = map[string]record.Endorsement{}
				for _, x := range rec.Endorsements(at, h.Statement) {
					states[h.Statement][x.ID] = x
				}
			}
			if w := outdated(rec, &h, states[h.Statement], at.Head); w != "" {
				why[i.ID] = w
			}
		}
		return nil
	})
	if err != nil || len(why) == 0 {
		return 0, err
	}
	err = s.l.Store().ChangePrivate(ctx, func(tx store.PrivateTx) error {
		n = 0
		for id, w := range why {
			k, err := s.drop(tx, id, w)
			if err != nil {
				return err
			}
			n += k
		}
		return nil
	})
	return n, err
}

// outdated says why the files of an edition may not be given out any more; empty where they may.
func outdated(rec *record.Record, h *held, states map[string]record.Endorsement, head int64) string {
	for _, r := range rec.Retracted(h.Statement, head) {
		if r.Version == 0 || r.Version == h.Version {
			return "the statement was taken back on " + r.On.String()
		}
	}
	for _, c := range h.Copies {
		if n := rec.TakenDownBy(c); n > 0 {
			return fmt.Sprintf("its text was taken down by filing %d", n)
		}
	}
	for _, c := range h.Sheets {
		if n := rec.RemovedBy(c); n > 0 {
			return fmt.Sprintf("it held a name or other words that were taken away by filing %d", n)
		}
	}
	for _, id := range h.Named {
		if x, ok := states[id]; ok && x.State == stocktake.EndorsementWithheld {
			return fmt.Sprintf("it held a name that is kept back since filing %d", x.Filing)
		}
	}
	return ""
}

// drop takes an edition off the shelf, with all its files.
func (s *Shelf) drop(tx store.PrivateTx, id, why string) (n int, err error) {
	ids, err := tx.Find(kindFile, "edition", id)
	if err != nil {
		return 0, err
	}
	now := s.l.Now().Truncate(1000)
	for _, x := range ids {
		i, err := tx.Item(kindFile, x)
		if err != nil {
			return 0, err
		}
		var k Kept
		if err := json.Unmarshal(i.Body, &k); err != nil {
			return 0, err
		}
		if err := tx.Drop(kindFile, x); err != nil {
			return 0, err
		}
		n++
		if others, err := tx.Find(kindFile, "sha256", k.SHA256); err != nil || len(others) > 0 {
			if err != nil {
				return 0, err
			}
			continue
		}
		if err := tx.Drop(kindBytes, k.SHA256); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return 0, err
		}
		body, err := json.Marshal(gone{why})
		if err != nil {
			return 0, err
		}
		if _, err := tx.Item(kindGone, hash([]byte(k.SHA256))); stocktake.KindOf(err) == stocktake.NotFound {
			if _, err := tx.Put(store.Item{Kind: kindGone, ID: hash([]byte(k.SHA256)), Changed: now, Body: body}); err != nil {
				return 0, err
			}
		} else if err != nil {
			return 0, err
		}
	}
	if err := tx.Drop(kindEdition, id); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
		return 0, err
	}
	return n, nil
}

// sweep is Sweep where something was filed or taken away since the last time.
func (s *Shelf) sweep(ctx context.Context) error {
	rec := s.l.Record()
	now := [2]int64{rec.Head(), int64(rec.Removals())}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first && s.swept == now {
		return nil
	}
	if _, err := s.Sweep(ctx); err != nil {
		return err
	}
	s.first, s.swept = true, now
	return nil
}

// Keep sweeps the shelf soon after something was filed or taken away, whoever did it, until ctx ends. failed is told of what goes wrong.
func (s *Shelf) Keep(ctx context.Context, interval time.Duration, failed func(error)) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Sorted lists kept files by name.
func Sorted(all map[string]Kept) []Kept {
	list := make([]Kept, 0, len(all))
	for _, k := range all {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b Kept) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
