package verify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/tree"
)

// removal is a filing that took a text or a file away.
type removal struct {
	by     int64
	ground string
	note   string
	office string
}

// place is where a text stands.
type place struct {
	filing int64
	path   string
}

// words checks the filings behind the leaves: their bytes, the texts that open their commitments, and quotations.
type words struct {
	r       *Report
	s       Source
	removed map[string]removal // by commitment
	taken   map[string]removal // by SHA-256 of an archived copy
	served  map[string]place   // texts that are given out
	missing []missing          // commitments whose text is not
	sources map[stocktake.SourceID]*stocktake.Source
	texts   map[string]string // of copies, by hash, white space folded; "" where it cannot be had
	held    int               // bytes of texts
	seals   map[int64]tree.Leaf
}

type missing struct {
	place
	commitment string
}

// behindTile is the address of what lies behind a bundle of leaves: "filings/000", "sheets/x001/234.p/5".
func behindTile(what string, t tlog.Tile) string {
	return what + "/" + strings.TrimPrefix(tree.TilePath(t), "tile/entries/")
}

// bundle checks the filings behind one bundle of leaves.
func (w *words) bundle(ctx context.Context, t tlog.Tile, from int64, leaves []tree.Leaf) error {
	name := behindTile("filings", t)
	lines, err := w.lines(ctx, name, len(leaves))
	if err != nil || lines == nil {
		return err
	}
	beside := behindTile("sheets", t)
	sheets, err := w.lines(ctx, beside, len(leaves))
	if err != nil || sheets == nil {
		return err
	}
	for i := range leaves {
		leaf := &leaves[i]
		if !leaf.AboutFiling() {
			if leaf.Kind == tree.KindSeal {
				w.seals[from+int64(i)] = *leaf
			}
			if leaf.Kind != "" && (len(lines[i]) > 0 || !bytes.Equal(sheets[i], noSheets)) {
				w.r.bad(fmt.Sprintf("entry %d (%s, line %d)", from+int64(i), name, i+1), meansChanged, "it is about no filing, and something is given out behind it")
			}
			continue
		}
		where := fmt.Sprintf("filing %d, entry %d (%s, line %d)", leaf.Number, from+int64(i), name, i+1)
		if why := canonical(lines[i], leaf.SHA256); why != "" {
			w.r.bad(where, meansChanged, "%s", why)
			continue
		}
		if leaf.Kind == tree.KindFiling && bytes.Equal(sheets[i], noSheets) && !holds(lines[i]) {
			continue
		}
		f, err := decode(lines[i])
		if err != nil {
			w.r.bad(where, meansChanged, "%v", err)
			continue
		}
		if (len(f.Removals) > 0) != (leaf.Kind == tree.KindRemoval) {
			w.r.bad(where, meansForged, "the entry calls it a %s, and it takes %d texts or files away", leaf.Kind, len(f.Removals))
		}
		if f.Statement != nil && f.Statement.Opens != nil {
			w.opened(leaf.Number, from+int64(i), f.Statement, where)
		}
		if err := w.filing(ctx, leaf.Number, f, sheets[i], fmt.Sprintf("filing %d (%s, line %d)", leaf.Number, beside, i+1)); err != nil {
			return err
		}
	}
	return nil
}

// noSheets is the line beside a filing that has no sheets.
var noSheets = []byte("[]")

// holds reports whether the canonical bytes of a filing may hold a commitment, a quotation, a removal or a source with a copy: only then is
// there something in it to check against what lies elsewhere; or an opening of a seal. A member's name stands in canonical JSON as it is.
func holds(b []byte) bool {
	if !bytes.Contains(b, []byte(`"format":"`+stocktake.Format+`"`)) {
		return true // let the decoder say what it is
	}
	for _, name := range [...]string{`"commitment":`, `"quotes":`, `"removals":`, `"copy":`, `"opens":`} {
		if bytes.Contains(b, []byte(name)) {
			return true
		}
	}
	return false
}

func (w *words) lines(ctx context.Context, name string, want int) ([][]byte, error) {
	b, err := w.s.Read(ctx, name)
	if err != nil {
		return nil, w.r.unreadable(name, err)
	}
	list := bytes.Split(b, []byte("\n"))
	if len(list) != want+1 || len(list[want]) != 0 {
		w.r.bad(name, meansChanged, "it has %d lines, not %d", len(list)-1, want)
		return nil, nil
	}
	return list[:want], nil
}

// filing opens the commitments of one filing and checks its quotations.
func (w *words) filing(ctx context.Context, number int64, f *stocktake.Filing, line []byte, where string) error {
	var sheets []stocktake.Sheet
	if err := json.Unmarshal(line, &sheets); err != nil {
		w.r.bad(where, meansChanged, "the line is no list of sheets: %v", err)
		return nil
	}
	text := map[string]string{}
	for _, s := range sheets {
		if !s.Opens() {
			w.r.bad(where, meansChanged, "the text at %s does not fit its commitment", s.Path)
			continue
		}
		text[s.Commitment] = s.Text
	}
	used := map[string]bool{}
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		if s.Commitment == "" {
			return
		}
		used[s.Commitment] = true
		if t, ok := text[s.Commitment]; ok {
			s.Text = t
			w.serve(s.Commitment, place{number, path})
		} else {
			w.missing = append(w.missing, missing{place{number, path}, s.Commitment})
		}
	})
	for _, s := range sheets {
		if !used[s.Commitment] {
			w.r.bad(where, meansChanged, "the text at %s belongs to nothing in the filing", s.Path)
		}
	}
	for _, x := range f.Removals {
		y := removal{number, x.Ground, x.Note, x.By}
		if x.File == "" {
			w.removed[x.Commitment] = y
		} else if _, ok := w.taken[x.File]; !ok {
			if w.taken == nil {
				w.taken = map[string]removal{}
			}
			w.taken[x.File] = y
		}
	}
	for i := range f.Sources {
		w.sources[f.Sources[i].ID] = &f.Sources[i]
	}
	return w.quotes(ctx, number, f)
}

func (w *words) serve(commitment string, p place) {
	if w.served == nil {
		w.served = map[string]place{}
	}
	w.served[commitment] = p
}

func (w *words) quotes(ctx context.Context, number int64, f *stocktake.Filing) error {
	check := func(at string, list []stocktake.Quote, def stocktake.SourceID) error {
		for i := range list {
			q := &list[i]
			if q.Exact.Text == "" {
				continue // removed
			}
			copy, err := w.copy(ctx, cmp.Or(q.Source, def))
			if err != nil {
				return err
			}
			if copy == "" {
				w.r.Unchecked++
				continue
			}
			w.r.Quotes++
			if !strings.Contains(copy, fold(q.Exact.Text)) {
				w.r.bad(fmt.Sprintf("filing %d, %s/quotes/%d", number, at, i), meansQuote, "the copy of source %s does not contain it", cmp.Or(q.Source, def))
			}
		}
		return nil
	}
	for i := range f.Acts {
		if err := check("acts/"+strconv.Itoa(i), f.Acts[i].Quotes, f.Acts[i].Source); err != nil {
			return err
		}
	}
	for i := range f.Measures {
		if err := check("measures/"+strconv.Itoa(i), f.Measures[i].Quotes, f.Measures[i].Source); err != nil {
			return err
		}
	}
	return f.EachQuoted(func(path string, q stocktake.Quote, def stocktake.SourceID) error {
		return check(path, []stocktake.Quote{q}, def)
	})
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// copy returns the text of a source's copy in one line, "" where the copy is private or absent, or no text.
func (w *words) copy(ctx context.Context, id stocktake.SourceID) (string, error) {
	src := w.sources[id]
	if src == nil || src.Copy == nil || src.Copy.State != "public" || src.Copy.SHA256 == "" || src.Copy.Media != "" && !strings.HasPrefix(src.Copy.Media, "text/") {
		return "", nil
	}
	sum := src.Copy.SHA256
	if t, ok := w.texts[sum]; ok {
		return t, nil
	}
	b, err := w.s.Read(ctx, "file/"+sum)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	t := ""
	if err == nil {
		if h := hash(b); h != sum {
			w.r.bad("file/"+sum, meansChanged, "its SHA-256 is %s", h)
		} else {
			t = fold(string(b))
		}
	}
	if w.held += len(t); w.held > 64<<20 {
		clear(w.texts)
		w.held = len(t)
	}
	w.texts[sum] = t
	return t, nil
}

// end sets what is gone against the removals on the log.
func (w *words) end(ctx context.Context, opt Options) error {
	for _, m := range w.missing {
		x, ok := w.removed[m.commitment]
		if !ok {
			w.r.bad(fmt.Sprintf("filing %d, %s", m.filing, m.path), meansSilent, "the text is not given out, and no filing removed it")
			continue
		}
		w.r.Gone = append(w.r.Gone, Gone{m.filing, m.path, m.commitment, x.by, x.ground, x.note, x.office})
	}
	slices.SortFunc(w.r.Gone, func(a, b Gone) int { return cmp.Or(cmp.Compare(a.Filing, b.Filing), cmp.Compare(a.Path, b.Path)) })
	var still []string
	for c := range w.removed {
		if _, ok := w.served[c]; ok {
			still = append(still, c)
		}
	}
	slices.Sort(still)
	for _, c := range still {
		p := w.served[c]
		w.r.bad(fmt.Sprintf("filing %d, %s", p.filing, p.path), meansWithdraw, "filing %d removed this text (%s)", w.removed[c].by, w.removed[c].ground)
	}
	return w.files(ctx)
}

// files names archived copies that were taken down, and looks whether they are given out all the same.
func (w *words) files(ctx context.Context) error {
	for _, sum := range slices.Sorted(maps.Keys(w.taken)) {
		x := w.taken[sum]
		g := GoneFile{SHA256: sum, Sources: []stocktake.SourceID{}, By: x.by, Ground: x.ground, Note: x.note, Office: x.office}
		for _, s := range w.sources {
			if s.Copy != nil && s.Copy.SHA256 == sum {
				g.Sources = append(g.Sources, s.ID)
			}
		}
		slices.Sort(g.Sources)
		w.r.Files = append(w.r.Files, g)
		_, err := w.s.Read(ctx, "file/"+sum)
		switch {
		case err == nil:
			w.r.bad("file/"+sum, meansWithdraw, "file %s was taken down by filing %d (%s), and is here", sum, x.by, x.ground)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return ctx.Err()
}
