package forms

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// table returns the list of names: a row of headings, then the names in the order of every form.
func (f *Form) table() [][]string {
	head := []string{"number", "group", "name"}
	for _, t := range f.texts {
		head = append(head, "name_"+t.Lang)
	}
	head = append(head, "note", "country", "consultative_status", "how", "joined", "withdrew")
	rows := [][]string{head}
	if f.s.status() != Usable {
		return rows
	}
	for i, n := range f.s.inOrder() {
		row := []string{strconv.Itoa(i + 1), n.groupID(), f.shown(n)}
		for _, t := range f.texts {
			row = append(row, n.in(t.Lang))
		}
		how := n.How
		if how == unknownHow {
			how = Imported
		}
		note := line(n.Note)
		if f.s.Rehearsal {
			note = join("; ", strings.TrimSuffix(f.w.rehearsal, "."), note)
		}
		rows = append(rows, append(row, note, line(n.Country), n.Status, string(how), n.Joined.String(), n.Withdrew.String()))
	}
	return rows
}

// groupID says in what capacity a name stands there, in English, for files.
func (n Name) groupID() string { return groupIDs[n.group()] }

// NamesCSV writes the list of names as CSV (RFC 4180, UTF-8): one row a name, with a row of headings, in the order of every form. A cell that a
// spreadsheet would take for a formula begins with an apostrophe.
func (f *Form) NamesCSV() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range f.table() {
		cells := slices.Clone(row)
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("write the list of names: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless puts an apostrophe before what a spreadsheet might take for a formula: = + - @ in both widths, also after white space, and tab and return.
func harmless(cell string) string {
	if t := strings.TrimLeft(cell, " \u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u202a\u202b"); t != "" && strings.ContainsAny(firstRune(t), "=+-@\t\r\n＝＋－＠") {
		return "'" + cell
	}
	return cell
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// NamesXLSX writes the same rows as a workbook. Every cell is text, so nothing in it is a formula, and names stand as they are.
func (f *Form) NamesXLSX() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	const sheet = "Sheet1"
	if dir(f.lang) == "rtl" {
		yes := true
		if err := book.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &yes}); err != nil {
			return nil, fmt.Errorf("write the list of names: %w", err)
		}
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("write the list of names: %w", err)
	}
	w, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, fmt.Errorf("write the list of names: %w", err)
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, fmt.Errorf("write the list of names: %w", err)
	}
	for i, row := range f.table() {
		cells := make([]any, len(row))
		for j, c := range row {
			if i == 0 {
				cells[j] = excelize.Cell{StyleID: bold, Value: c}
			} else {
				cells[j] = c
			}
		}
		if err := w.SetRow("A"+strconv.Itoa(i+1), cells); err != nil {
			return nil, fmt.Errorf("write the list of names: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("write the list of names: %w", err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		return nil, fmt.Errorf("write the list of names: %w", err)
	}
	return b.Bytes(), nil
}
