package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"stocktake"
)

// FuzzTable: where the standard library reads delimited text without complaint, table reads the same records.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a,b\r\n\"x\"\"y\",\"line\nbreak\"\r\n", "\"a\"\n", "a\n\n\nb", "a,\"b,c\",d\n,,\n", "a\n\"", "\"a\nb\r\nc\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		std := csv.NewReader(strings.NewReader(s))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || strings.Contains(strings.ReplaceAll(s, "\r\n", ""), "\r") || strings.HasPrefix(s, "\xef\xbb\xbf") {
			return // the standard library changes lone \r and is stricter with quotation marks
		}
		var keep [][]string // empty lines are left out by the standard library, and by row
		for _, w := range want {
			if len(w) != 1 || w[0] != "" {
				keep = append(keep, w)
			}
		}
		tb := &table{in: input{name: "f"}, r: bufio.NewReader(strings.NewReader(s)), comma: ',', next: 1}
		for i := 0; ; {
			rec, err := tb.read()
			if errors.Is(err, io.EOF) {
				if i != len(keep) {
					t.Fatalf("%q: %d records, want %d", s, i, len(keep))
				}
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			if len(rec) == 1 && len(rec[0]) == 0 {
				continue
			}
			if i >= len(keep) || len(rec) != len(keep[i]) {
				t.Fatalf("%q: record %d is %q", s, i, rec)
			}
			for j := range rec {
				if got := strings.ReplaceAll(string(rec[j]), "\r\n", "\n"); got != keep[i][j] {
					t.Fatalf("%q: field %d,%d is %q, want %q", s, i, j, got, keep[i][j])
				}
			}
			i++
		}
	})
}

// FuzzReadDate: a date that is read is one that the record can write, and no order is ever guessed.
func FuzzReadDate(f *testing.F) {
	for _, s := range []string{"04/12/2017", "4 Dec 2017", "2017-12-04T00:00:00Z", "31.12.1999", "December 4, 2017", "43073", "2017", "99/99/9999", "setiembre 2020"} {
		f.Add(s)
	}
	var all []dateForm
	for _, n := range dateNames() {
		d := dateForms[n]
		d.name = n
		all = append(all, d)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, reason := readDate(s, all, false)
		if (reason == "") == d.IsZero() {
			t.Fatalf("%q is %s, and %q", s, d, reason)
		}
		if reason == "" {
			if back, err := stocktake.ParseDate(d.String()); err != nil || back != d {
				t.Fatalf("%q is %s, which reads back as %s, %v", s, d, back, err)
			}
		}
	})
}

func TestNearest(t *testing.T) {
	names := []string{"Country", "Ratified", "Signature", "State", "Date of signature"}
	for s, want := range map[string]string{"country": "Country", "Signatur": "Signature,Date of signature", "zzz": "", "": "", "signature": "Signature,Date of signature"} {
		if got := strings.Join(nearest(s, names, 3), ","); got != want {
			t.Errorf("nearest(%q) = %s, want %s", s, got, want)
		}
	}
}
