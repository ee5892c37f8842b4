package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"text/tabwriter"

	"stocktake"
)

// list writes a JSON array as its elements come, or CSV, or a table.
type list struct {
	w     *bufio.Writer
	json  bool
	csv   *csv.Writer
	tab   *tabwriter.Writer
	n     int
	heads []string
}

func (e *env) list(heads ...string) *list {
	l := &list{w: bufio.NewWriterSize(e.out, 1<<16), heads: heads}
	switch {
	case e.flags.JSON:
		l.json = true
	case e.flags.CSV:
		l.csv = csv.NewWriter(l.w)
		l.csv.Write(heads)
	default:
		l.tab = tabwriter.NewWriter(l.w, 2, 0, 2, ' ', 0)
		io.WriteString(l.tab, strings.ToUpper(strings.Join(heads, "\t"))+"\n")
	}
	return l
}

// add writes one element: v in JSON, cells elsewhere.
func (l *list) add(v any, cells ...string) error {
	switch {
	case l.json:
		sep := "[\n"
		if l.n > 0 {
			sep = ","
		}
		l.n++
		l.w.WriteString(sep)
		enc := json.NewEncoder(l.w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	case l.csv != nil:
		l.n++
		for i, c := range cells {
			cells[i] = harmless(c)
		}
		return l.csv.Write(cells)
	}
	l.n++
	_, err := io.WriteString(l.tab, strings.Join(cells, "\t")+"\n")
	return err
}

func (l *list) end() error {
	switch {
	case l.json && l.n == 0:
		l.w.WriteString("[]\n")
	case l.json:
		l.w.WriteString("]\n")
	case l.csv != nil:
		l.csv.Flush()
		if err := l.csv.Error(); err != nil {
			return err
		}
	default:
		l.tab.Flush()
	}
	return l.w.Flush()
}

// harmless keeps a spreadsheet from taking a cell for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// object prints one value as JSON.
func (e *env) object(v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
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

func dateText(d *stocktake.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}
