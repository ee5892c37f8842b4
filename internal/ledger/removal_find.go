package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"stocktake"
	"stocktake/internal/store"
)

// A Place is where a person is named: in words on a sheet, in the public bytes of a filing, or in an archived file.
type Place struct {
	Filing     int64                `json:"filing,omitempty"`
	SHA256     string               `json:"sha256,omitempty"` // of the filing
	Path       string               `json:"path,omitempty"`
	Commitment string               `json:"commitment,omitempty"`
	File       string               `json:"file,omitempty"` // SHA-256
	Sources    []stocktake.SourceID `json:"sources,omitempty"`
	State      string               `json:"state,omitempty"` // of the file: public or private
	Around     string               `json:"around"`
}

// Found is where names stand in a record.
type Found struct {
	Sheets []Place `json:"sheets"` // can go
	Files  []Place `json:"files"`  // can be taken down
	Public []Place `json:"public"` // cannot go: it stands in bytes whose hash is the filing's identity
	// Near are places where something like a name stands, with other accents or in another order.
	Near []Place `json:"near"`
	// Unread are files that are no text, so that nobody looked into them.
	Unread []Place `json:"unread"`
}

// largestSearched is how much of a file is searched, in bytes.
const largestSearched = 256 << 20

// FindNames looks for names in everything that this record holds: sheets, public bytes of filings, archived files. It files nothing.
func (l *Ledger) FindNames(ctx context.Context, names *Names, progress Progress) (*Found, error) {
	if err := names.Err(); err != nil {
		return nil, err
	}
	out := &Found{Sheets: []Place{}, Files: []Place{}, Public: []Place{}, Near: []Place{}, Unread: []Place{}}
	add := func(list *[]Place, p Place, text string, h hit) {
		if p.Around = around(text, h); h.near {
			list = &out.Near
		}
		*list = append(*list, p)
	}
	err := l.store.Sheets(ctx, nil, func(s store.Sheet) error {
		text := norm.NFC.String(s.Text)
		if h, ok := names.find(text); ok {
			add(&out.Sheets, Place{Filing: l.rec.ByHash(s.Filing), SHA256: s.Filing, Path: s.Path, Commitment: s.Commitment}, text, h)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	report := ticker(progress)
	head := l.rec.Head()
	err = l.store.Filings(ctx, 0, head, func(row store.Row) error {
		report(row.Number, head, "searching filings")
		if !names.mayHold(bareText(string(row.Bytes))) {
			return nil
		}
		var v any
		d := json.NewDecoder(bytes.NewReader(row.Bytes))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return err
		}
		eachText("", v, func(path, text string) {
			text = norm.NFC.String(text)
			if h, ok := names.find(text); ok {
				add(&out.Public, Place{Filing: row.Number, SHA256: row.SHA256, Path: path}, text, h)
			}
		})
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return out, l.findInFiles(ctx, names, report, out, add)
}

func (l *Ledger) findInFiles(ctx context.Context, names *Names, report Progress, out *Found, add func(*[]Place, Place, string, hit)) error {
	sources := map[string]*Place{}
	for _, s := range l.rec.Sources(l.rec.Head()) {
		if s.Copy == nil || s.Copy.SHA256 == "" {
			continue
		}
		p := sources[s.Copy.SHA256]
		if p == nil {
			p = &Place{File: s.Copy.SHA256, State: s.Copy.State}
			sources[s.Copy.SHA256] = p
		}
		p.Sources = append(p.Sources, s.ID)
	}
	n := int64(0)
	return l.blobs.List(ctx, func(sum string, size int64) error {
		n++
		report(n, 0, "searching files")
		p := Place{File: sum}
		if of := sources[sum]; of != nil {
			p = *of
		}
		rc, _, err := l.blobs.Open(ctx, sum)
		if stocktake.KindOf(err) == stocktake.NotFound {
			return nil // gone meanwhile
		}
		if err != nil {
			return err
		}
		b, err := io.ReadAll(io.LimitReader(rc, largestSearched))
		if err = cmp.Or(err, rc.Close()); err != nil {
			return err
		}
		if size > largestSearched || bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b) {
			out.Unread = append(out.Unread, p)
			return nil
		}
		var near *hit
		nearText := ""
		for _, text := range readings(norm.NFC.String(string(b))) {
			h, ok := names.find(text)
			switch {
			case ok && !h.near:
				add(&out.Files, p, text, h)
				return nil
			case ok && near == nil:
				near, nearText = &h, text
			}
		}
		if near != nil {
			add(&out.Files, p, nearText, *near)
		}
		return nil
	})
}

// eachText calls f with every text of decoded JSON, by its path, in the order of the paths' names.
func eachText(path string, v any, f func(path, text string)) {
	at := func(step string) string {
		if path == "" {
			return step
		}
		return path + "/" + step
	}
	switch v := v.(type) {
	case string:
		f(path, v)
	case []any:
		for i := range v {
			eachText(at(strconv.Itoa(i)), v[i], f)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			eachText(at(k), v[k], f)
		}
	}
}
