package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/importer"
	"stocktake/internal/ledger"
)

type importCmd struct {
	As        string `required:"" help:"A data set's name, such as un-ga-votes, or a mapping file." placeholder:"NAME|MAPPING.yaml"`
	Path      string `arg:"" help:"The data set's folder, or the file."`
	DryRun    bool   `help:"Show ten rows as they would be filed, and file nothing."`
	Read      string `help:"The day the file was fetched; today where it is left out." placeholder:"DATE"`
	Edition   string `help:"Name of the edition, for files that are not known by their hash." placeholder:"TEXT"`
	Published string `help:"When the edition was published." placeholder:"DATE"`
	NoTexts   bool   `help:"Leave the texts of reservations and declarations out."`
	Rejects   string `help:"Write what could not be taken to this CSV file." placeholder:"FILE"`
}

func (c *importCmd) Help() string {
	var b strings.Builder
	b.WriteString("Importing the same file twice files nothing. What could not be taken is listed with line, column, value and reason.\n\nData sets:\n")
	for _, i := range importer.All() {
		fmt.Fprintf(&b, "  %-30s %s\n", i.Name(), i.About())
	}
	b.WriteString("\nExamples:\n  stocktake import --as un-ga-votes un-ga-votes/vintage-2016-07\n  stocktake import --as my-table.yaml page.html --dry-run")
	return b.String()
}

// Run imports.
func (c *importCmd) Run(e *env) error {
	im, ok := importer.Named(c.As)
	if !ok {
		if !strings.HasSuffix(c.As, ".yaml") && !strings.HasSuffix(c.As, ".yml") {
			var names []string
			for _, i := range importer.All() {
				names = append(names, i.Name())
			}
			return misusef("--as %s: no such data set; known are %s; or name a mapping file that ends in .yaml", c.As, strings.Join(names, ", "))
		}
		data, err := os.ReadFile(c.As)
		if err != nil {
			return err
		}
		if im, err = importer.Mapping(c.As, data); err != nil {
			return err
		}
	}
	opt := importer.Options{Now: e.now().UTC(), Edition: c.Edition, Published: c.Published, NoTexts: c.NoTexts, Read: stocktake.DateOf(today(e.now().UTC()))}
	if c.Read != "" {
		d, err := stocktake.ParseDate(c.Read)
		if err != nil {
			return misusef("--read %v", err)
		}
		opt.Read = d
	}
	if p := e.progress(); p != nil {
		opt.Progress = func(done, total int64, what string) { p(done, total, "reading "+what) }
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	copies := o.Archive()
	opt.File = func(f importer.File) error {
		if c.DryRun {
			return nil
		}
		rc, err := f.Open()
		if err != nil {
			return err
		}
		defer rc.Close()
		_, err = copies.Put(e.ctx, f.SHA256, rc)
		return err
	}
	var rep importer.Report
	var sample []stocktake.Filing
	before := o.Record().Head()
	rs, err := o.FileFrom(e.ctx, ledger.FileOptions{DryRun: c.DryRun, Again: true}, func(emit func(stocktake.Filing) error) error {
		once := onceSources{}
		var err error
		rep, err = im.Import(e.ctx, c.Path, names{o}, opt, func(f stocktake.Filing) error {
			if c.DryRun && len(sample) < 10 {
				sample = append(sample, f)
			}
			return emit(once.strip(f))
		})
		return err
	})
	if err != nil {
		if c.Rejects != "" && len(rep.Rejects) > 0 {
			err = errors.Join(err, writeRejects(c.Rejects, rep.Rejects))
		}
		return errors.Join(err, copies.Undo(e.ctx))
	}
	if c.Rejects != "" {
		if err := writeRejects(c.Rejects, rep.Rejects); err != nil {
			return err
		}
	}
	if c.DryRun {
		for _, f := range sample {
			b, err := draft.Print(f)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "---\n%s", b)
		}
		fmt.Fprintf(e.out, "\nNothing was filed. %d rows were read; they would make %d new filings, and %d are here already.\n", rep.Rows, rs.Filed, rs.Same)
		for _, n := range rep.Notes {
			fmt.Fprintln(e.out, "-", n)
		}
		return c.tellRejects(e, rep)
	}
	return c.tell(e, o, rep, rs, before)
}

// onceSources keeps a source's description in the first filing of a run that carries it.
type onceSources map[stocktake.SourceID]bool

func (o onceSources) strip(f stocktake.Filing) stocktake.Filing {
	var keep []stocktake.Source
	for _, s := range f.Sources {
		if !o[s.ID] {
			o[s.ID] = true
			keep = append(keep, s)
		}
	}
	f.Sources = keep
	return f
}

// names lets an importer look up names at the newest head.
type names struct{ o *opened }

func (n names) FindParty(s string) (stocktake.PartyID, bool) {
	return n.o.Record().FindParty(s, n.o.Record().Head())
}

func (n names) FindInstrument(s string) (stocktake.InstrumentID, bool) {
	return n.o.Record().FindInstrument(s, n.o.Record().Head())
}

// Members returns who certainly belonged to a group on a day, so that an importer can tell a partial list of votes.
func (n names) Members(group stocktake.PartyID, on stocktake.Date) (list []stocktake.PartyID) {
	for _, p := range n.o.Record().Parties(n.o.Record().Head()) {
		if p.MemberOf(group, on) == stocktake.Yes {
			list = append(list, p.ID)
		}
	}
	return list
}

// tell reports what changed at this import.
func (c *importCmd) tell(e *env, o *opened, rep importer.Report, rs ledger.Receipts, before int64) error {
	if e.flags.JSON {
		return e.object(map[string]any{"report": rep, "filed": rs.Filed, "same": rs.Same, "from_head": before, "head": o.Record().Head()})
	}
	fmt.Fprintf(e.out, "%d rows read; %d new filings, %d were here already. The record holds %d.\n", rep.Rows, rs.Filed, rs.Same, o.Record().Head())
	for _, n := range rep.Notes {
		fmt.Fprintln(e.out, "-", n)
	}
	if rs.Filed > 0 && rep.Acts > 0 {
		d := o.Record().Differences(before)
		fmt.Fprintf(e.out, "What changed at this import: %d acts were new (the world, or what the record had not seen); %d were told already and are confirmed; %d are revised by a newer edition of the same source; %d are as an earlier edition had them, and the newer one stays; %d are told differently by another source and stand as conflicts; %d put right what had been entered wrongly.\n",
			d.New, d.Confirmed, d.Revised, d.Earlier, d.Conflicts, d.Errata)
		for _, x := range d.Examples {
			fmt.Fprintf(e.out, "  %s\n", x)
		}
		fmt.Fprintf(e.out, "`stocktake learned --from-head %d` lists the filings; with --standing, the standings that differ.\n", before)
	}
	return c.tellRejects(e, rep)
}

func (c *importCmd) tellRejects(e *env, rep importer.Report) error {
	if len(rep.Rejects) == 0 {
		return nil
	}
	fmt.Fprintf(e.out, "%d things could not be taken:\n", len(rep.Rejects))
	for i, r := range rep.Rejects {
		if i == 20 {
			fmt.Fprintf(e.out, "  … and %d more; --rejects FILE writes them all\n", len(rep.Rejects)-20)
			break
		}
		fmt.Fprintf(e.out, "  %s:%d:%d: %q: %s\n", r.File, r.Line, r.Column, r.Value, r.Reason)
	}
	return nil
}

func writeRejects(path string, list []importer.Reject) error {
	return whole(path, func(w io.Writer) error {
		cw := csv.NewWriter(w)
		cw.Write([]string{"file", "line", "column", "value", "reason"})
		for _, r := range list {
			cw.Write([]string{r.File, strconv.Itoa(r.Line), strconv.Itoa(r.Column), harmless(r.Value), r.Reason})
		}
		cw.Flush()
		return cw.Error()
	})
}

func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return allOf(path, f, limit)
}

func allOf(name string, r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, stocktake.Invalidf("%s is larger than %d MiB", name, limit>>20).Hinted("part it into several files")
	}
	return b, err
}
