package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
)

// mostRows is how many rows one address gives. Answers are made whole in memory, so that a limit protects whoever serves them; the command
// line streams any number.
const mostRows = 120_000

func tooMany(n int) error {
	return stocktake.Invalidf("this answer has %s rows; one address gives %s at most", thousands(n), thousands(mostRows)).
		Hinted("narrow it by days, party or instrument; the command line prints any number, and `stocktake export` writes the whole record")
}

// encodeJSON writes a value as canonical JSON (RFC 8785) with a line feed at the end. A slice has one element a line, as the command line
// prints it; an empty one is [].
func encodeJSON(v any) ([]byte, error) { return encodeBy(v, ledger.Canonical) }

// encodePlain is encodeJSON without the order of RFC 8785, at a quarter of its cost: for files that nobody hashes.
func encodePlain(v any) ([]byte, error) { return encodeBy(v, json.Marshal) }

func encodeBy(v any, encode func(any) ([]byte, error)) ([]byte, error) {
	var b bytes.Buffer
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
		if rv.Len() > mostRows {
			return nil, tooMany(rv.Len())
		}
		if rv.Len() == 0 {
			return []byte("[]\n"), nil
		}
		for i := range rv.Len() {
			one, err := encode(rv.Index(i).Interface())
			if err != nil {
				return nil, err
			}
			if i == 0 {
				b.WriteString("[\n")
			} else {
				b.WriteString(",\n")
			}
			b.Write(one)
		}
		b.WriteString("\n]\n")
		return b.Bytes(), nil
	}
	one, err := encode(v)
	if err != nil {
		return nil, err
	}
	return append(one, '\n'), nil
}

// table is a page as rows of text.
type table struct {
	heads []string
	rows  [][]string
}

func newTable(heads ...string) *table { return &table{heads: heads} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// encode writes CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.
func (t *table) encode() ([]byte, error) {
	if len(t.rows) > mostRows {
		return nil, tooMany(len(t.rows))
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(t.heads); err != nil {
		return nil, err
	}
	for _, row := range t.rows {
		for i, c := range row {
			row[i] = harmless(c)
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func truth(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func dateText(d *stocktake.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}
