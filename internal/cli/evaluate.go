package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"stocktake"
	"stocktake/internal/ingest/accuracy"
	"stocktake/internal/secretariat"
)

type evaluateCmd struct {
	Labels string   `arg:"" help:"Folder of labels, one JSON file a text." type:"existingdir"`
	Texts  []string `arg:"" help:"Folders of the labelled texts." type:"existingdir"`
	Split  string   `help:"Which half to measure: train, test or all." enum:"train,test,all," default:"" placeholder:"HALF"`
	Misses bool     `help:"List each entry that was missed and each that is extra; of the test half only where --split=test names it."`
	Write  string   `help:"Write the tables into this Markdown file, between its two marks." placeholder:"FILE"`
}

func (c *evaluateCmd) Help() string {
	return "Reads the labelled texts with the names of the record, as ingest does, and prints precision, recall and F1 for each field, the train half\n" +
		"apart from the test half. Labels must be verbatim: each is held against its text first."
}

// halves are the parts of the labels, in the order of the tables.
var halves = []string{"train", "test"}

// Run measures.
func (c *evaluateCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	names := secretariat.Names(o.Record(), o.Record().Head())
	scores := map[string]accuracy.Score{}
	for _, half := range halves {
		if c.Split != "" && c.Split != "all" && c.Split != half {
			continue
		}
		labels, err := accuracy.Load(c.Labels, c.Texts, half)
		if err != nil {
			return err
		}
		s := accuracy.Of(labels, names)
		if !c.Misses || half == "test" && c.Split != "test" {
			s.Misses = nil
		}
		scores[half] = s
	}
	if c.Write != "" {
		if len(scores) != len(halves) {
			return stocktake.Invalidf("--write needs both halves").Hinted("leave --split out")
		}
		return writeTables(c.Write, scores)
	}
	if e.flags.JSON {
		return e.object(scores)
	}
	for _, half := range halves {
		s, ok := scores[half]
		if !ok {
			continue
		}
		fmt.Fprintf(e.out, "%s, %d texts\n", half, s.Texts)
		w := tabwriter.NewWriter(e.out, 2, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "field\tlabelled\tfound\tright\tprecision\trecall\tF1\ttexts wrong\t")
		for _, f := range accuracy.Fields {
			fmt.Fprintln(w, strings.Join(row(s, f), "\t")+"\t")
		}
		w.Flush()
		for _, m := range s.Misses {
			fmt.Fprintf(e.out, "%s %s %s [%d-%d] %s\n", m.Label, m.Field, m.Kind, m.Start, m.End, strings.Join(strings.Fields(m.Text), " "))
		}
		fmt.Fprintln(e.out)
	}
	return nil
}

// row is one line of a table.
func row(s accuracy.Score, field string) []string {
	n := s.Counts[field]
	wrong := ""
	switch field {
	case "title", "subtitle", "date", "place", "date inferred", "place inferred":
		wrong = fmt.Sprint(s.Wrong[field])
	}
	cell := func(f float64, of int) string {
		if of == 0 {
			return "–"
		}
		return fmt.Sprintf("%.3f", f)
	}
	return []string{field, fmt.Sprint(n.Labelled), fmt.Sprint(n.Found), fmt.Sprint(n.Right),
		cell(n.Precision(), n.Found), cell(n.Recall(), n.Labelled), cell(n.F1(), n.Found+n.Labelled), wrong}
}

const (
	tableStart = "<!-- written by stocktake evaluate --write -->\n"
	tableEnd   = "<!-- end of what is written -->\n"
)

// writeTables puts the tables between the marks of a Markdown file.
func writeTables(path string, scores map[string]accuracy.Score) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(old, []byte(tableStart))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		return stocktake.Invalidf("%s has no place for the tables", path).Hinted("it needs the two lines %s and %s", strings.TrimSpace(tableStart), strings.TrimSpace(tableEnd))
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(tableStart)
	for _, half := range halves {
		s := scores[half]
		fmt.Fprintf(&b, "\n### The %s half: %d texts\n\n", half, s.Texts)
		io.WriteString(&b, "| Field | Labelled | Found | Right | Precision | Recall | F1 | Texts wrong |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
		for _, f := range accuracy.Fields {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row(s, f), " | "))
		}
	}
	b.WriteString("\n")
	b.WriteString(tableEnd)
	b.Write(after)
	return os.WriteFile(path, b.Bytes(), 0o644)
}
