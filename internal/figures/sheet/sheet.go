// Package sheet reads a file of figures, row by row, in the way that its filing says. It is the one reader of such files: importers check
// with it what answers are later read from.
package sheet

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"stocktake"
)

// Most is how many bytes of a file are read, unpacked.
const Most = 2 << 30

// A Reader reads one file. It is for one goroutine.
type Reader struct {
	csv     *csv.Reader
	heading []string
	rows    int64
}

// Open reads the heading of a file of figures, comma-separated or as comma says, gzipped where form is csv.gz. A file that is none is an
// Invalid fault.
func Open(form, comma string, r io.Reader) (*Reader, error) {
	if form == "csv.gz" {
		z, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
		if err != nil {
			return nil, broken(err, 1)
		}
		r = z
	}
	b := bufio.NewReaderSize(&limited{r: r, left: Most}, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		b.Discard(3)
	}
	c := csv.NewReader(b)
	if comma != "" {
		c.Comma, _ = utf8.DecodeRuneInString(comma)
	}
	heading, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, stocktake.Invalidf("the file is empty").Hinted("get it again")
	}
	if err != nil {
		return nil, broken(err, 1)
	}
	for i, h := range heading {
		heading[i] = strings.TrimSpace(h)
		if !utf8.ValidString(h) {
			return nil, stocktake.Invalidf("the heading is not valid UTF-8").At("line 1").Hinted("save the file as UTF-8")
		}
	}
	c.ReuseRecord = true
	return &Reader{csv: c, heading: slices.Clone(heading)}, nil
}

// Heading returns the columns, in order. It is the reader's own.
func (r *Reader) Heading() []string { return r.heading }

// Column returns the place of a column, from 0. One that is not there, or there twice, is an Invalid fault.
func (r *Reader) Column(name string) (int, error) {
	at := slices.Index(r.heading, name)
	if at < 0 {
		return 0, stocktake.Invalidf("there is no column %q", name).At("line 1").Hinted("the columns are %s", strings.Join(r.heading[:min(len(r.heading), 20)], ", "))
	}
	if slices.Contains(r.heading[at+1:], name) {
		return 0, stocktake.Invalidf("there are two columns %q", name).At("line 1").Hinted("a column is found by its heading; give each its own")
	}
	return at, nil
}

// Row returns the next row, with as many cells as the heading. io.EOF is the end. The slice is valid until the next call; its strings stay.
func (r *Reader) Row() ([]string, error) {
	cells, err := r.csv.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, broken(err, r.Line())
	}
	r.rows++
	for i, c := range cells {
		if !utf8.ValidString(c) {
			return nil, stocktake.Invalidf("the cell is not valid UTF-8").At(fmt.Sprintf("line %d column %d", r.Line(), i+1)).Hinted("save the file as UTF-8")
		}
	}
	return cells, nil
}

// Line is the line on which the row read last begins, from 1.
func (r *Reader) Line() int {
	line, _ := r.csv.FieldPos(0)
	return line
}

// Rows is how many rows were read so far, the heading not counted.
func (r *Reader) Rows() int64 { return r.rows }

// broken puts an error of reading into words.
func broken(err error, line int) error {
	var f *stocktake.Fault
	if errors.As(err, &f) {
		return err
	}
	var p *csv.ParseError
	switch {
	case errors.As(err, &p):
		f = stocktake.Invalidf("this is no row of the table: %v", p.Err).At(fmt.Sprintf("line %d", p.StartLine)).Hinted("each row has as many cells as the heading; quotation marks come in pairs")
	case errors.Is(err, io.ErrUnexpectedEOF):
		f = stocktake.Invalidf("the file is cut off: its compressed data end too early").At(fmt.Sprintf("after line %d", line)).Hinted("get it again and compare its SHA-256")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), strings.HasPrefix(err.Error(), "flate:"):
		f = stocktake.Invalidf("the compressed data are damaged").At(fmt.Sprintf("after line %d", line)).Hinted("get it again and compare its SHA-256")
	default:
		return err
	}
	f.Err = err
	return f
}

// limited ends in a fault after so many bytes: a small archive may unpack to a very large file.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, stocktake.Invalidf("the file unpacks to more than %d GiB", Most>>30).Hinted("part it into several files")
	}
	n, err := l.r.Read(b[:min(int64(len(b)), l.left)])
	l.left -= int64(n)
	return n, err
}
