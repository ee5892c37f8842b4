package importer

import (
	"strings"

	"stocktake"
)

// edition is what is known of one edition of a data set: how it is called, when it was published and read, and the hashes of its files.
type edition struct {
	id        stocktake.SourceID
	name      string // in keys of filings
	published string // EDTF
	known     string // RFC 3339
	title     string
	folder    string // where its files lie, if not in a folder named like the set
	read      string
	sums      []string
}

// firstRead is the day on which the editions that importers know by their hashes were fetched.
const firstRead = "2026-11-23"

// theEdition returns the edition that the files are by their hashes, or makes one up from the options: its name is Options.Edition, else
// the day of publication, else the day it was read.
func theEdition(set string, known []edition, opt Options, files ...input) (edition, error) {
	for _, e := range known {
		same := len(e.sums) == len(files)
		for i := 0; same && i < len(files); i++ {
			same = e.sums[i] == files[i].sum
		}
		if same {
			if e.read == "" {
				e.read = firstRead
			}
			return e, nil
		}
	}
	e := edition{name: opt.Edition, published: opt.Published, read: opt.Read.String()}
	if e.published != "" {
		if _, err := stocktake.ParseDate(e.published); err != nil {
			return e, stocktake.Invalidf("the day of publication: %v", err).Hinted("give it as 2026-11-23, 2026-11 or 2026")
		}
	}
	if e.name == "" {
		if e.name = e.published; e.name == "" {
			e.name = e.read
		}
	}
	if e.name == "" {
		return e, stocktake.Invalidf("these files are of no edition that is known by its hash").At(files[0].name).Hinted("name the edition, or give the day on which they were published or read")
	}
	if slug(e.name) != e.name {
		return e, stocktake.Invalidf("%q cannot name an edition", e.name).Hinted("use small letters, digits and hyphens, such as %q", slug(e.name))
	}
	e.id = stocktake.SourceID(set + "-" + e.name)
	return e, nil
}

// source returns what every filing of the edition repeats. The first file is the archived copy; the hashes of others stand in the note.
func (e edition) source(base stocktake.Source, set string, files ...input) stocktake.Source {
	s := base
	s.ID, s.Series, s.Edition, s.Known = e.id, set, e.name, e.known
	if e.title != "" {
		s.Title = e.title
	}
	s.Published, s.Read = date(e.published), date(e.read)
	if len(files) > 0 {
		folder := e.folder
		if folder == "" {
			folder = set
		}
		s.Copy = files[0].copy(folder)
		for _, in := range files[1:] {
			if s.Note != "" {
				s.Note += " "
			}
			s.Note += "File " + in.name + ": SHA-256 " + in.sum + "."
		}
	}
	return s
}

// copy returns the archived copy that a source names: private, because the licences of data sets differ.
func (in input) copy(folder string) *stocktake.Copy {
	return &stocktake.Copy{State: "private", SHA256: in.sum, Bytes: in.size, Media: media(in.name), Name: folder + "/" + in.name}
}

func media(name string) string {
	for _, m := range [...][2]string{{".gz", "application/gzip"}, {".csv", "text/csv"}, {".tsv", "text/tab-separated-values"}, {".txt", "text/plain"},
		{".html", "text/html"}, {".htm", "text/html"}, {".json", "application/json"}, {".pdf", "application/pdf"},
		{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, {".md", "text/markdown"}} {
		if strings.HasSuffix(strings.ToLower(name), m[0]) {
			return m[1]
		}
	}
	return "application/octet-stream"
}

// date parses a date that was checked before; "" is the zero date.
func date(s string) stocktake.Date {
	d, _ := stocktake.ParseDate(s)
	return d
}

// slug makes a readable id of s: small letters and digits, everything else a single hyphen.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
