package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"stocktake"
)

// evidence brings a folder of pages that sources of the record name as their archived copies: it checks each against the list in the
// folder's README and hands it over through Options.File. What the pages tell of was written into the record by hand, so there are no acts
// here; quotations can be checked once the pages are in the archive.
type evidence struct {
	set, about string
	publisher  string // of all files, where there is one
	file, date string // columns of index.csv
	address    string
}

var evidenceSets = []evidence{
	{set: "gcm-chronology-evidence", about: "pages behind the chronology of the Global Compact for Migration, for the archive", file: "file", date: "source_date", address: "source_address"},
	{set: "seed-event-evidence", about: "pages on the US leaving the talks in December 2017, for the archive", file: "file", address: "url"},
	{set: "vote-evidence-conflicts", about: "press reports of two recorded votes of December 2018, for the archive", file: "file", date: "published", address: "url"},
	{set: "us-acts-white-house", about: "48 documents of the White House, 2021 to 2026, for the archive", publisher: "The White House", file: "file", date: "date", address: "source_url"},
}

// Copies is what a record may offer besides [Record]: the source whose archived copy has that SHA-256. An evidence importer describes a
// page as a source only where the record says that it has none.
type Copies interface {
	FindCopy(sha256 string) (stocktake.SourceID, bool)
}

func (e evidence) Name() string  { return e.set }
func (e evidence) About() string { return e.about }

// listed is a line of the table of files in a README.
var listed = regexp.MustCompile(`^\|\s*([^|\s]+)\s*\|.*\|\s*([0-9a-f]{64})\s*\|\s*$`)

const maxEvidence = 16 << 20

func (e evidence) Import(ctx context.Context, dir string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	list, err := inspect(dir, "README.md")
	if err != nil {
		return rep, err
	}
	raw, err := list.readAll(ctx, maxEvidence)
	if err != nil {
		return rep, err
	}
	sums := map[string]string{}
	var names []string
	for _, line := range strings.Split(string(raw), "\n") {
		if m := listed.FindStringSubmatch(strings.TrimRight(line, "\r")); m != nil && m[1] != "index.csv" && fs.ValidPath(m[1]) {
			if _, twice := sums[m[1]]; !twice {
				names = append(names, m[1])
			}
			sums[m[1]] = m[2]
		}
	}
	if len(names) == 0 {
		return rep, stocktake.Invalidf("the README lists no files with their SHA-256").At(filepath.Join(dir, "README.md")).Hinted("give the folder %s as it was published", e.set)
	}
	index, err := e.index(ctx, dir, &rep)
	if err != nil {
		return rep, err
	}
	copies, asks := rec.(Copies)
	var fresh []stocktake.Source
	given := 0
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return rep, err
		}
		rep.Rows++
		in, err := inspectExactly(dir, name)
		switch {
		case err != nil && stocktake.KindOf(err) == stocktake.NotFound:
			rep.Rejects = append(rep.Rejects, Reject{File: name, Value: sums[name], Reason: "the README lists the file, and it is not in the folder"})
			continue
		case err != nil:
			return rep, err
		case in.sum != sums[name]:
			rep.Rejects = append(rep.Rejects, Reject{File: name, Value: in.sum, Reason: "the file is not the one that the README lists: its SHA-256 is another"})
			continue
		}
		if opt.Progress != nil && (i%64 == 0 || i == len(names)-1) {
			opt.Progress(int64(i+1), int64(len(names)), name)
		}
		if opt.File != nil {
			m := media(name)
			if err := opt.File(File{SHA256: in.sum, Name: e.set + "/" + name, Media: m, Bytes: in.size, Open: func() (io.ReadCloser, error) { return os.Open(in.path) }}); err != nil {
				return rep, err
			}
		}
		given++
		if !asks {
			continue
		}
		if _, ok := copies.FindCopy(in.sum); !ok {
			fresh = append(fresh, e.source(in, index[name]))
		}
	}
	rep.Rejects = append(rep.Rejects, e.strays(dir, sums)...)
	rep.Notes = append(rep.Notes, fmt.Sprintf("%d files were checked against the README and handed to the archive; what they tell of is entered by hand.", given))
	if len(fresh) == 0 {
		return rep, nil
	}
	rep.Filings++
	return rep, emit(stocktake.Filing{Format: stocktake.Format, Key: e.set + "/sources", Title: "Pages of " + e.set + " that no other filing describes", Sources: fresh,
		Note: "The pages are kept as copies. No act rests on them."})
}

// inspectExactly is inspect without the other spelling with or without .gz.
func inspectExactly(dir, name string) (input, error) {
	in, err := inspect(dir, name)
	if err == nil && in.name != name {
		return in, stocktake.NotFoundf("there is no file %s", name)
	}
	return in, err
}

// strays lists files of the folder that the README does not list.
func (e evidence) strays(dir string, sums map[string]string) (list []Reject) {
	filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if rel = filepath.ToSlash(rel); err == nil && sums[rel] == "" && rel != "README.md" && rel != "index.csv" {
			list = append(list, Reject{File: rel, Reason: "the README does not list the file, so it was left alone"})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Reject) int { return strings.Compare(a.File, b.File) })
	return list
}

// index reads what index.csv says of each file: its address and the day of its publication, where that is one.
func (e evidence) index(ctx context.Context, dir string, rep *Report) (map[string][2]string, error) {
	m := map[string][2]string{}
	in, err := inspect(dir, "index.csv")
	if stocktake.KindOf(err) == stocktake.NotFound && err != nil {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	want := []string{e.file, e.address}
	if e.date != "" {
		want = append(want, e.date)
	}
	t, err := openTable(ctx, in, nil, ',', want...)
	if err != nil {
		return nil, err
	}
	defer t.done()
	c := t.cols(want...)
	for {
		f, err := t.row(func(j Reject) { rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		if _, had := m[string(f[c[0]])]; had {
			continue
		}
		v := [2]string{string(f[c[1]])}
		if len(c) > 2 {
			if d, _, _ := strings.Cut(string(f[c[2]]), " "); !date(d).IsZero() {
				v[1] = d
			}
		}
		m[string(f[c[0]])] = v
	}
}

// source is the least that can be said of a page that nobody described.
func (e evidence) source(in input, about [2]string) stocktake.Source {
	stem := strings.TrimSuffix(path.Base(in.name), path.Ext(in.name))
	s := stocktake.Source{ID: stocktake.SourceID(slug(e.set + "-" + stem)), Title: "Page kept as " + path.Base(in.name), Publisher: e.publisher, Address: about[0], Published: date(about[1]),
		Read: stocktake.MustDate(firstRead), Copy: in.copy(e.set)}
	if e.set == "us-acts-white-house" {
		s.Kind, s.Licence = "official", "CC0-1.0"
	}
	return s
}
