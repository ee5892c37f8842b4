package signon

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// SafeCell returns text that no spreadsheet takes for a formula: where it begins with = + - @, a tab or a return, also behind spaces and in their
// wide forms, an apostrophe stands in front. Line breaks become spaces.
func SafeCell(s string) string {
	if t := strings.TrimLeft(s, " \u00a0\u3000\u200b\ufeff"); t != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(t)[0]) {
		s = "'" + s
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ", "\x00", "").Replace(s)
}

// A Table is what goes into a spreadsheet: its head and its rows.
type Table [][]string

// Table returns the list as it is public: one row a name. What is kept back says so.
func (l List) Table(lang string) Table {
	t := Table{{"name", "country", "tier", "state", "id"}}
	for _, e := range l.Names {
		name := In(e.Names, lang)
		if len(e.Names) == 0 {
			name = "(name kept back)"
		}
		t = append(t, []string{name, e.Country, string(e.Tier), string(e.State), e.ID})
	}
	return t
}

// Table returns the board for its convenors.
func (b *Board) Table() Table {
	t := Table{{"organisation", "country", "stands", "waits for", "tier", "authority", "entered", "version", "invited", "reminders", "joined later"}}
	for _, r := range b.Rows {
		late, version := "", ""
		if r.Late {
			late = "yes"
		}
		if r.Version > 0 {
			version = itoa(r.Version)
		}
		t = append(t, []string{r.Name, r.Country, string(r.Standing), string(r.Missing), string(r.Tier), string(r.Class), r.Agreement, version, string(r.Invited), itoa(r.Reminded), late})
	}
	return t
}

// WriteCSV writes the table in UTF-8 with a byte order mark, by which spreadsheets know it, and lines as RFC 4180 has them.
func (t Table) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range t {
		out := make([]string, len(row))
		for i, s := range row {
			out[i] = SafeCell(s)
		}
		if err := c.Write(out); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// WriteXLSX writes the table as a workbook of one sheet. All cells are text.
func (t Table) WriteXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for i, row := range t {
		cells := make([]any, len(row))
		for j, x := range row {
			cells[j] = SafeCell(x)
		}
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := s.SetRow(name, cells); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
