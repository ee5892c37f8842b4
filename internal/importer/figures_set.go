package importer

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"stocktake"
)

// figureSet is a data set of files of figures, one filing each. All files are read through before anything is filed; one slip, and nothing is.
type figureSet struct {
	name, about string
	files       []figureFile
	left        []string // files of the folder that are left out, and why
}

// figureFile is one file of a set.
type figureFile struct {
	figureSpec
	file   string           // in the folder
	set    string           // series of editions; ids of sources and tables begin with it
	source stocktake.Source // what every edition repeats
	public bool             // whether its licence lets the archived copy be part of the record
	known  []edition
}

func (s figureSet) Name() string  { return s.name }
func (s figureSet) About() string { return s.about }

// Import reads the folder of a set.
func (s figureSet) Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	var ins []input
	var files []*figureFile
	for i := range s.files {
		f := &s.files[i]
		in, err := inspect(path, f.file)
		if stocktake.KindOf(err) == stocktake.NotFound && err != nil {
			rep.Notes = append(rep.Notes, fmt.Sprintf("%s is not in the folder.", f.file))
			continue
		}
		if err != nil {
			return rep, err
		}
		ins, files = append(ins, in), append(files, f)
	}
	if len(files) == 0 {
		_, err := inspect(path, s.files[0].file)
		return rep, err
	}
	r := figureRun{set: s.name, files: files, ins: ins}
	done, err := r.run(ctx, rec, opt, emit)
	if err == nil {
		done.Notes = append(append(rep.Notes, done.Notes...), s.left...)
	}
	return done, err
}

// figureRun is one import of files of figures.
type figureRun struct {
	set, id, series string // id of the table and series of the source, where they are stated
	files           []*figureFile
	ins             []input
}

// run reads every file through, and files them where nothing is wrong.
func (r *figureRun) run(ctx context.Context, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	p := newPace(opt, r.ins...)
	var list []checkedFile
	var sources []stocktake.Source
	for i, f := range r.files {
		e, err := theEdition(f.set, f.known, opt, r.ins[i])
		if err != nil {
			return rep, err
		}
		spec := f.figureSpec
		src := f.from(e, r.set, r.ins[i])
		if r.series != "" {
			src.Series = r.series
		}
		spec.table.ID, spec.table.Source = stocktake.TableID(e.id), src.ID
		if r.id != "" {
			spec.table.ID = stocktake.TableID(r.id + "-" + e.name)
		}
		if !spec.ahead {
			spec.until = yearOf(src)
		}
		c, rejects, err := spec.check(ctx, r.ins[i], rec, p)
		rep.Rejects = append(rep.Rejects, rejects...)
		rep.Rows += int(c.table.Rows)
		if err != nil {
			return rep, err
		}
		list, sources = append(list, c), append(sources, src)
	}
	if len(rep.Rejects) > 0 {
		return rep, wrong(rep.Rejects)
	}
	for i, c := range list {
		if err := c.archive(r.set, opt); err != nil {
			return rep, err
		}
		rep.Filings++
		if err := emit(figureFiling(r.set, c.table, sources[i])); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// from makes the source of an edition. In a set, ids carry the set's own series, and copies lie in the set's folder.
func (f *figureFile) from(e edition, folder string, in input) stocktake.Source {
	if e.folder == "" {
		e.folder = folder
	}
	src := e.source(f.source, f.set, in)
	if f.public {
		src.Copy.State = "public"
	}
	return src
}

// figureFiling is the filing of one table.
func figureFiling(set string, t stocktake.FigureTable, src stocktake.Source) stocktake.Filing {
	return stocktake.Filing{Format: stocktake.Format, Key: set + "/" + string(t.ID), Title: "Figures: " + src.Title + ", edition " + src.Edition, Sources: []stocktake.Source{src}, Tables: []stocktake.FigureTable{t}}
}

// archive hands the file over, for its rows are read from the archive from now on.
func (c checkedFile) archive(folder string, opt Options) error {
	if opt.File == nil {
		return nil
	}
	return opt.File(File{SHA256: c.sum, Name: folder + "/" + c.name, Media: media(c.name), Bytes: c.size, Open: func() (io.ReadCloser, error) { return os.Open(c.path) }})
}

// yearOf is the year in which a source was published, or else read: figures do not lie later. 0 where neither is stated.
func yearOf(src stocktake.Source) int {
	for _, d := range []stocktake.Date{src.Published, src.Read} {
		if t, ok := d.End(); ok {
			return t.Year()
		}
	}
	return 0
}

// series makes the series of one table that are read in the same way but for their columns. Each line is "id | column | title", and a note
// after a fourth bar.
func series(like stocktake.TableSeries, lines string) (list []stocktake.TableSeries) {
	for line := range strings.Lines(lines) {
		part := strings.Split(strings.TrimSpace(line), " | ")
		if len(part) < 3 {
			continue
		}
		s := like
		s.Series, s.Value, s.Title = stocktake.SeriesID(part[0]), part[1], part[2]
		if len(part) > 3 {
			s.Note = strings.TrimSpace(part[3] + " " + s.Note)
		}
		list = append(list, s)
	}
	return list
}

// dashes writes the name of a column or file as ids have it.
func dashes(s string) string { return strings.ReplaceAll(s, "_", "-") }
