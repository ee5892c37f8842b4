// Package figures answers from tables of figures. Rows stand in no filing: they are read from the archived copy that a table's filing names
// by its hash, packed into memory when they are first asked for, and let go again when others need the room.
//
// A series may have several vintages. The newest that could be known answers for its periods, and an older one for those that it does not
// cover. What was not reported, a figure of 0, and a figure that the publisher rounded are three things, and stay three.
package figures

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/record"
)

// Room is how many bytes of packed tables are kept in memory, unless told otherwise: 200 MiB.
const Room = 200 << 20

// Files is where archived copies lie. Open of a file that is not there is a NotFound fault.
type Files interface {
	Open(ctx context.Context, sha256 string) (io.ReadCloser, int64, error)
}

// Figures answers from the tables of one record. All methods may be called from many goroutines.
type Figures struct {
	rec   *record.Record
	files Files
	shelf *shelf
}

// New answers from the tables of rec, whose copies lie in files. room is how many bytes of tables are kept in memory; 0 means [Room].
func New(rec *record.Record, files Files, room int64) *Figures {
	return &Figures{rec: rec, files: files, shelf: newShelf(cmp.Or(room, Room))}
}

// A Series is what a series is, as its newest table says, with its vintages, the newest first.
type Series struct {
	Series      stocktake.SeriesID `json:"series"`
	Title       string             `json:"title"`
	Unit        string             `json:"unit"`
	Times       string             `json:"times"`
	Adds        string             `json:"adds"`
	Party       bool               `json:"party"`       // whether it tells of where people are, or whom the figure is about
	Counterpart bool               `json:"counterpart"` // whether it tells of where they came from, or of the other side
	Rounded     int                `json:"rounded,omitempty"`
	Note        string             `json:"note,omitempty"`
	Publisher   string             `json:"publisher"`
	Vintages    []Vintage          `json:"vintages"`
}

// A Vintage is one table from which a series is read.
type Vintage struct {
	Table   stocktake.TableID  `json:"table"`
	Title   string             `json:"title"`
	Edition string             `json:"edition"` // as its publisher names it; the table's id where it has no name
	Source  stocktake.SourceID `json:"source"`
	Known   time.Time          `json:"known"` // the moment from which it counts as known
	Licence string             `json:"licence,omitempty"`
	Copy    string             `json:"copy"` // public, private, absent
	SHA256  string             `json:"sha256"`
	Rows    int64              `json:"rows"` // of the file
	Faults  []string           `json:"faults,omitempty"`
}

// List returns every series that could be known, by id. No file is read for it.
func (f *Figures) List(at stocktake.At) []Series {
	seen := map[stocktake.SeriesID]bool{}
	list := []Series{}
	for _, t := range f.rec.Tables(at) {
		for i := range t.Series {
			if id := t.Series[i].Series; !seen[id] {
				seen[id] = true
				s, _ := f.Series(id, at)
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b Series) int { return cmp.Compare(a.Series, b.Series) })
	return list
}

// Series returns one series. One that is not in the record, or could not be known, is a NotFound fault.
func (f *Figures) Series(id stocktake.SeriesID, at stocktake.At) (Series, error) {
	tables := f.rec.TablesOf(id, at)
	if len(tables) == 0 {
		return Series{}, f.noSeries(id, at)
	}
	s := seriesOf(tables[0].FigureTable, id)
	out := Series{Series: id, Title: s.Title, Unit: s.Unit, Times: s.Times, Adds: s.Adds, Party: s.Party != "", Counterpart: s.Counterpart != "", Rounded: s.Rounded, Note: s.Note}
	for i, t := range tables {
		v := f.vintage(t, at)
		if src, _, ok := f.rec.Source(t.Source, at.Head); ok && i == 0 {
			out.Publisher = src.Publisher
		}
		out.Vintages = append(out.Vintages, v)
	}
	return out, nil
}

func (f *Figures) vintage(t record.Table, at stocktake.At) Vintage {
	v := Vintage{Table: t.ID, Title: t.Title, Edition: string(t.ID), Source: t.Source, Known: t.Known, Rows: t.Rows, Faults: t.Faults}
	if src, _, ok := f.rec.Source(t.Source, at.Head); ok {
		v.Licence, v.Edition = src.Licence, cmp.Or(src.Edition, v.Edition)
		if src.Copy != nil {
			v.Copy, v.SHA256 = src.Copy.State, src.Copy.SHA256
		}
	}
	return v
}

func (f *Figures) noSeries(id stocktake.SeriesID, at stocktake.At) error {
	e := stocktake.NotFoundf("there is no series %q in this record, as known by then", id)
	var near []string
	_, name, ok := strings.Cut(string(id), "/")
	if !ok {
		name = string(id)
	}
	for _, s := range f.List(at) {
		_, column, _ := strings.Cut(string(s.Series), "/")
		if len(name) >= 3 && (strings.Contains(column, name) || strings.Contains(name, column) || strings.HasPrefix(column, name[:min(len(name), max(3, len(name)-2))])) {
			near = append(near, string(s.Series))
		}
	}
	if len(near) > 0 {
		return e.Hinted("did you mean %s? `stocktake figures --list` lists them", strings.Join(near[:min(3, len(near))], ", "))
	}
	return e.Hinted("`stocktake figures --list` lists them; `stocktake import` brings tables in")
}

func seriesOf(t *stocktake.FigureTable, id stocktake.SeriesID) *stocktake.TableSeries {
	for i := range t.Series {
		if t.Series[i].Series == id {
			return &t.Series[i]
		}
	}
	return nil
}
