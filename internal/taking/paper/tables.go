package paper

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"stocktake"
)

// A sheet is one table of the stocktake, for CSV, spreadsheets and the data package.
type sheet struct {
	name, title string
	fields      []field
	key         []string
	rows        [][]any // string, int, float64, bool or nil, by field
}

type field struct{ name, kind, about string } // kind as in Table Schema

func (s *sheet) row(cells ...any) { s.rows = append(s.rows, cells) }

func day(d *stocktake.Date) any {
	if d == nil || d.IsZero() {
		return nil
	}
	return d.String()
}

// tables returns everything that the stocktake holds, as tables.
func (m *maker) tables() []*sheet {
	r := m.r
	party, prov := field{"party", "string", "id of the party"}, field{"provision", "string", "id of the provision"}
	ins := field{"instrument", "string", "id of the instrument"}
	standings := &sheet{name: "standings", title: "Where parties stand", key: []string{"party", "instrument"}, fields: []field{party, {"name", "string", "name of the party"}, ins, {"standing", "string", "by the law of standing"},
		{"bound", "boolean", "bound by a treaty; empty where it is none"}, {"since", "string", "since when"}, {"unsure", "boolean", "the dates leave it open"}, {"disputed", "integer", "acts on which sources differ"}, {"before", "string", "on the day of the last stocktake"}, {"moved", "boolean", "other than then"}}}
	acts := &sheet{name: "acts", title: "Acts that count", fields: []field{party, ins, {"act", "string", "id of the act"}, {"kind", "string", "what was done"}, {"date", "string", "when, as precisely as known"}, {"via", "string", "on which text, where it was another"}, {"new", "boolean", "since the last stocktake"}, {"sources", "string", "ids of the sources"}}}
	for _, s := range r.Standings {
		var bound any
		if s.Bound != nil {
			bound = *s.Bound
		}
		standings.row(string(s.Party), m.party(s.Party), string(s.Instrument), s.Word, bound, day(s.Since), s.Unsure, s.Disputed, s.Before, s.Moved)
		for _, a := range s.Acts {
			var src []string
			for _, x := range a.Sources {
				src = append(src, string(x))
			}
			acts.row(string(s.Party), string(s.Instrument), string(a.ID), a.Kind.String(), day(&a.Date), string(a.Via), a.New, strings.Join(src, " "))
		}
	}
	cells := &sheet{name: "cells", title: "Party by provision", key: []string{"party", "provision"}, fields: []field{party, prov, {"measures", "integer", "measures on record that bear on it"}, {"recommendations", "integer", "recommendations on record that bear on it"}, {"assessments", "integer", "assessments on record"},
		{"step", "string", "word of the newest assessment's step"}, {"no_evidence", "boolean", "it says that no evidence is available"}, {"change", "string", "of the assessment since the last stocktake"}, {"gaps", "string", "what is missing"}}}
	measures := &sheet{name: "measures", title: "Measures", fields: []field{party, prov, {"measure", "string", "id of the measure"}, {"kind", "string", "what it is"}, {"title", "string", "in the record's words"}, {"organ", "string", "who took it"}, {"date", "string", "when"}, {"force", "string", "on the day"}, {"new", "boolean", "since the last stocktake"}, {"source", "string", "id of the source"}}}
	assessments := &sheet{name: "assessments", title: "Assessments", fields: []field{party, prov, {"assessment", "string", "id of the assessment"}, {"rubric", "string", "id of the rubric"}, {"period", "string", "what it is about"}, {"step", "string", "id of the step"}, {"word", "string", "word of the step"}, {"by", "string", "who answers for it"}, {"interest", "string", "declared interest"}, {"approved", "string", "by whom"}, {"date", "string", "when it was made"}, {"filing", "string", "SHA-256 of the filing"}}}
	recs := &sheet{name: "recommendations", title: "Recommendations", fields: []field{party, prov, {"recommendation", "string", "id of the recommendation"}, {"cycle", "integer", "cycle of the review"}, {"from", "string", "ids of who recommended"}, {"response", "string", "of the party"}, {"became", "string", "what the ledger says"}, {"when", "string", "since when"}, {"source", "string", "id of the source"}}}
	figures := &sheet{name: "figures", title: "Figures", fields: []field{party, prov, {"series", "string", "id of the series"}, {"unit", "string", "unit"}, {"side", "string", "where the party stands in it"}, {"period", "string", "period"}, {"value", "number", "empty where not reported"}, {"rounded", "integer", "small figures are rounded to multiples of this"}, {"table", "string", "id of the edition"}}}
	none := m.noneSteps()
	for _, c := range r.Cells {
		p, v := string(c.Party), string(c.Provision)
		step, noEvidence := "", false
		if len(c.Assessed) > 0 {
			step, noEvidence = c.Assessed[0].Word, none[c.Assessed[0].Step]
		}
		cells.row(p, v, len(c.Measures), len(c.Recommended), len(c.Assessed), step, noEvidence, c.Change, strings.Join(c.Gaps, " "))
		for _, x := range c.Measures {
			measures.row(p, v, x.ID, x.Kind, x.Title, x.Organ, day(&x.Date), x.Force, x.New, string(x.Source))
		}
		for _, x := range c.Assessed {
			assessments.row(p, v, string(x.ID), string(x.Rubric), x.Period.String(), x.Step, x.Word, x.By, x.Interest, x.Approved, day(&x.Date), x.Filing)
		}
		for _, x := range c.Recommended {
			var from []string
			for _, y := range x.From {
				from = append(from, string(y))
			}
			var cycle any
			if x.Cycle > 0 {
				cycle = x.Cycle
			}
			recs.row(p, v, x.ID, cycle, strings.Join(from, " "), x.Response, x.Became, day(x.When), string(x.Source))
		}
		for _, f := range c.Figures {
			for _, y := range f.Points {
				var value, rounded any
				if y.Value != nil {
					value = *y.Value
				}
				if y.Rounded > 0 {
					rounded = y.Rounded
				}
				figures.row(p, v, string(f.Series), f.Unit, f.Side, y.Period, value, rounded, string(y.Table))
			}
		}
	}
	calls := &sheet{name: "calls", title: "Calls", fields: []field{party, {"call", "string", "id of the call"}, {"statement", "string", "id of the statement"}, {"title", "string", "title of the statement"}, {"status", "string", "what became of it"}, {"unsure", "boolean", "the dates leave it open"}, {"made", "string", "when it was made"}, {"when", "string", "since when it stands so"}}}
	for _, c := range r.Calls {
		calls.row(string(c.Party), c.ID, string(c.Statement), c.Title, c.Status.String(), c.Unsure, day(c.Made), day(c.When))
	}
	newest := &sheet{name: "newest", title: "How old the newest act is", key: []string{"party"}, fields: []field{party, {"act", "string", "id of the newest act"}, {"date", "string", "when"}, {"days", "integer", "days before the day of the stocktake"}}}
	for _, n := range r.Newest {
		var days any
		if n.Days != nil {
			days = *n.Days
		}
		newest.row(string(n.Party), string(n.Act), day(n.Date), days)
	}
	sources := &sheet{name: "sources", title: "Sources", key: []string{"source"}, fields: []field{{"number", "integer", "in the printed document"}, {"source", "string", "id of the source"}, {"title", "string", "title"}, {"publisher", "string", "who published it"}, {"address", "string", "where"}, {"published", "string", "when"}, {"read", "string", "when it was read"}, {"sha256", "string", "of the archived copy"}}}
	for i, s := range r.Sources {
		sources.row(i+1, string(s.ID), s.Title, s.Publisher, s.Address, day(&s.Published), day(&s.Read), s.SHA256)
	}
	return []*sheet{standings, acts, cells, measures, assessments, recs, figures, calls, newest, sources}
}

// noneSteps are the steps of the rubric that say that no evidence is available.
func (m *maker) noneSteps() map[string]bool {
	none := map[string]bool{}
	if m.r.Rubric != nil {
		for _, s := range m.r.Rubric.Steps {
			none[s.ID] = s.None
		}
	}
	return none
}

// csv writes the table (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula begins with an apostrophe.
func (s *sheet) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	row := make([]string, len(s.fields))
	for i, f := range s.fields {
		row[i] = f.name
	}
	if err := w.Write(row); err != nil {
		return nil, err
	}
	for _, cells := range s.rows {
		for i, c := range cells {
			switch c := c.(type) {
			case nil:
				row[i] = ""
			case string:
				row[i] = harmless(c)
			default:
				row[i] = fmt.Sprint(c)
			}
			if f, ok := c.(float64); ok {
				b, err := json.Marshal(f)
				if err != nil {
					return nil, err
				}
				row[i] = string(b)
			}
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless puts an apostrophe before what a spreadsheet might take for a formula.
func harmless(s string) string {
	if t := strings.TrimLeft(s, " \u00a0\u200b\u200e\u200f"); t != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

// column returns the letters of column n, from 0, of a sheet that has this field.
func (s *sheet) column(name string) string {
	for i, f := range s.fields {
		if f.name == name {
			c, err := excelize.ColumnNumberToName(i + 1)
			if err == nil {
				return c
			}
		}
	}
	return "A"
}

// cells is the range of a field's cells: Standings!$J$2:$J$11. A table without rows has one empty row.
func (s *sheet) cells(name string) string {
	c := s.column(name)
	return fmt.Sprintf("'%s'!$%s$2:$%s$%d", s.name, c, c, max(2, len(s.rows)+1))
}

// workbook writes the tables as sheets, with a first one whose every number is a formula over the others.
func (m *maker) workbook(list []*sheet) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "about"); err != nil {
		return nil, err
	}
	by := map[string]*sheet{}
	for _, s := range list {
		by[s.name] = s
		if _, err := f.NewSheet(s.name); err != nil {
			return nil, err
		}
		w, err := f.NewStreamWriter(s.name)
		if err != nil {
			return nil, err
		}
		if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return nil, err
		}
		head := make([]any, len(s.fields))
		for i, x := range s.fields {
			head[i] = x.name
		}
		if err := w.SetRow("A1", head); err != nil {
			return nil, err
		}
		for i, row := range s.rows {
			row := append([]any(nil), row...)
			if s.name == "newest" && row[2] != nil && len(row[2].(string)) == 10 {
				row[3] = excelize.Cell{Formula: fmt.Sprintf("DATEVALUE(about!$B$4)-DATEVALUE(C%d)", i+2)}
			}
			if err := w.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
				return nil, err
			}
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	r := m.r
	about := [][2]any{{"Title", r.Scope.Title}, {"Scope", r.Scope.ID}, {"By", r.Scope.By}, {"As of", r.On}, {"As known on", r.Known}, {"Head", r.Head}, {"Rubric", string(r.Scope.Rubric)}, {"SHA-256 of stocktake.json", m.sum}, {"", ""}}
	for i, a := range about {
		for j, c := range a {
			cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellValue("about", cell, c); err != nil {
				return nil, err
			}
		}
	}
	at := len(about) + 1
	for _, x := range m.derived(by) {
		if err := f.SetCellValue("about", fmt.Sprintf("A%d", at), x.label); err != nil {
			return nil, err
		}
		if err := f.SetCellFormula("about", fmt.Sprintf("B%d", at), x.formula); err != nil {
			return nil, err
		}
		at++
	}
	if err := f.SetColWidth("about", "A", "B", 42); err != nil {
		return nil, err
	}
	yes := true
	if err := f.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &yes}); err != nil {
		return nil, err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: r.Scope.Title, Creator: r.Scope.By, Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z", Language: "en"}); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// A derived number and its formula; value is what the stocktake itself counted.
type derived struct {
	label, formula string
	value          int
}

func (m *maker) derived(by map[string]*sheet) []derived {
	c := m.r.Counts
	sumOf := func(s, f string) string { return "SUM(" + by[s].cells(f) + ")" }
	countIf := func(s, f, x string) string { return "COUNTIF(" + by[s].cells(f) + "," + x + ")" }
	list := []derived{
		{"Parties", "COUNTA(" + by["newest"].cells("party") + ")", len(m.r.Parties)},
		{"Pairs of party and provision", "COUNTA(" + by["cells"].cells("party") + ")", c.Cells},
		{"Pairs with an assessment", countIf("cells", "assessments", `">0"`), c.Assessed},
		{"of them: no evidence available", countIf("cells", "no_evidence", "TRUE"), c.NoEvidence},
		{"Mentions of measures", sumOf("cells", "measures"), c.Measures},
		{"Open calls", countIf("calls", "status", `"open"`), c.OpenCalls},
	}
	if m.r.Scope.Since != "" {
		list = append(list, derived{"New acts", countIf("acts", "new", "TRUE"), c.NewActs}, derived{"Standings that moved", countIf("standings", "moved", "TRUE"), c.Moved})
	}
	return list
}
