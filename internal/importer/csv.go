package importer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"stocktake"
)

// maxLine is the longest line that is read, and maxRecord the longest record, whose quoted fields may hold lines.
const (
	maxLine   = 1 << 20
	maxRecord = 8 << 20
)

// table reads delimited text (RFC 4180) record by record, without ever holding more than one.
type table struct {
	in      input
	r       *bufio.Reader
	done    func()
	comma   byte
	columns []string // of the header
	line    int      // of the record read last, from 1
	next    int
	buf     []byte
	ends    []int
	fields  [][]byte
}

// openTable opens a file and reads its header. want are the columns that must be there, in any order; col finds them.
func openTable(ctx context.Context, in input, p *pace, comma byte, want ...string) (*table, error) {
	r, done, err := in.open(ctx, p)
	if err != nil {
		return nil, err
	}
	return tableOf(in, r, done, comma, want...)
}

func tableOf(in input, r *bufio.Reader, done func(), comma byte, want ...string) (*table, error) {
	t := &table{in: in, r: r, done: done, comma: comma, next: 1}
	if b, _ := r.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		r.Discard(3)
	}
	head, err := t.read()
	if errors.Is(err, io.EOF) {
		done()
		return nil, stocktake.Invalidf("the file is empty").At(in.name).Hinted("fetch it again")
	}
	if err != nil {
		done()
		return nil, err
	}
	for _, f := range head {
		t.columns = append(t.columns, string(f))
	}
	for _, name := range want {
		if _, err := t.col(name); err != nil {
			done()
			return nil, err
		}
	}
	return t, nil
}

// col returns the place of a column, from 0.
func (t *table) col(name string) (int, error) {
	for i, c := range t.columns {
		if c == name {
			return i, nil
		}
	}
	f := stocktake.Invalidf("there is no column %q", name).At(t.in.name + " line 1")
	if near := nearest(name, t.columns, 3); len(near) > 0 {
		return 0, f.Hinted("the nearest columns are %s", quoted(near))
	}
	return 0, f.Hinted("the columns are %s", quoted(t.columns[:min(len(t.columns), 12)]))
}

// cols returns the places of several columns that openTable has found.
func (t *table) cols(names ...string) []int {
	list := make([]int, len(names))
	for i, n := range names {
		list[i], _ = t.col(n)
	}
	return list
}

// row returns the next record with as many fields as the header has. A record of another length, or one that is not UTF-8, is handed to
// bad and left out. io.EOF is the end. The fields are valid until the next call.
func (t *table) row(bad func(Reject)) ([][]byte, error) {
	for {
		f, err := t.read()
		if err != nil {
			return nil, err
		}
		switch {
		case len(f) == 1 && len(f[0]) == 0: // an empty line
		case len(f) != len(t.columns):
			bad(Reject{File: t.in.name, Line: t.line, Value: clip(string(bytes.Join(f, []byte{t.comma}))), Reason: fmt.Sprintf("the row has %d columns, the header %d", len(f), len(t.columns))})
		case !utf8.Valid(t.buf):
			bad(Reject{File: t.in.name, Line: t.line, Value: clip(strings.ToValidUTF8(string(bytes.Join(f, []byte{t.comma})), "�")), Reason: "the row is not valid UTF-8"})
		default:
			return f, nil
		}
	}
}

// read returns the next record of any length.
func (t *table) read() ([][]byte, error) {
	t.buf, t.ends, t.line = t.buf[:0], t.ends[:0], t.next
	quotedField, any := false, false
	for {
		part, err := t.readLine()
		if err != nil && (!errors.Is(err, io.EOF) || len(part) == 0) {
			if errors.Is(err, io.EOF) {
				if quotedField {
					return nil, stocktake.Invalidf("a quotation mark that is opened here is never closed").At(fmt.Sprintf("%s line %d", t.in.name, t.line)).Hinted("the file may be cut off; fetch it again")
				}
				if !any {
					return nil, io.EOF
				}
				break
			}
			return nil, t.in.broken(err, t.next)
		}
		any = true
		if quotedField = t.split(part, quotedField); !quotedField {
			break
		}
		if len(t.buf) > maxRecord {
			return nil, stocktake.Invalidf("a quotation mark that is opened here is not closed within %d MiB", maxRecord>>20).At(fmt.Sprintf("%s line %d", t.in.name, t.line)).Hinted("mend the quotation marks of this line")
		}
	}
	t.fields = t.fields[:0]
	at := 0
	for _, e := range t.ends {
		t.fields = append(t.fields, t.buf[at:e])
		at = e
	}
	return t.fields, nil
}

// readLine returns the next line with its end. It is valid until the next call.
func (t *table) readLine() ([]byte, error) {
	part, err := t.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := append([]byte(nil), part...)
		for errors.Is(err, bufio.ErrBufferFull) {
			part, err = t.r.ReadSlice('\n')
			long = append(long, part...)
			if len(long) > maxLine {
				return nil, stocktake.Invalidf("the line is longer than %d MiB", maxLine>>20).At(fmt.Sprintf("%s line %d", t.in.name, t.next)).Hinted("this is not a table with one record a line; check the file")
			}
		}
		part = long
	}
	if len(part) > 0 {
		t.next++
	}
	return part, err
}

// split adds the fields of one line to the record. It returns true where a quoted field goes on in the next line.
func (t *table) split(line []byte, inQuotes bool) bool {
	end := len(line)
	if !inQuotes || bytes.IndexByte(line, '"') >= 0 {
		if end > 0 && line[end-1] == '\n' {
			end--
			if end > 0 && line[end-1] == '\r' {
				end--
			}
		}
	}
	i := 0
	if !inQuotes {
		goto field
	}
quotes:
	for {
		q := bytes.IndexByte(line[i:], '"')
		if q < 0 {
			t.buf = append(t.buf, line[i:]...) // with its line end
			return true
		}
		t.buf = append(t.buf, line[i:i+q]...)
		i += q + 1
		if i < len(line) && line[i] == '"' {
			t.buf = append(t.buf, '"')
			i++
			continue
		}
		for i < end && line[i] != t.comma { // what stands after the closing mark belongs to the field, as it is
			t.buf = append(t.buf, line[i])
			i++
		}
		t.ends = append(t.ends, len(t.buf))
		if i >= end {
			return false
		}
		i++
		break
	}
field:
	for {
		if i < end && line[i] == '"' {
			i++
			goto quotes
		}
		c := bytes.IndexByte(line[i:end], t.comma)
		if c < 0 {
			t.buf = append(t.buf, line[i:end]...)
			t.ends = append(t.ends, len(t.buf))
			return false
		}
		t.buf = append(t.buf, line[i:i+c]...)
		t.ends = append(t.ends, len(t.buf))
		i += c + 1
	}
}

func clip(s string) string {
	if len(s) <= 200 {
		return s
	}
	return strings.ToValidUTF8(s[:197], "") + "…"
}

func quoted(list []string) string {
	q := make([]string, len(list))
	for i, s := range list {
		q[i] = fmt.Sprintf("%q", clip(s))
	}
	return strings.Join(q, ", ")
}
