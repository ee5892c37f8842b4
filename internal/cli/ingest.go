package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/intake"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
)

type ingestCmd struct {
	Files   []string `arg:"" help:"Statements: plain text, Markdown, HTML, PDF, DOCX or e-mail (.eml); - for standard input."`
	File    bool     `help:"Put each on the record as a statement with a page of its own."`
	Address string   `help:"Where the text was published." placeholder:"URL"`
	Text    bool     `help:"Print the text that was read, and no draft of it."`
}

func (c *ingestCmd) Help() string {
	return "Reads a statement and prints what it found, each with its place in the text: title, dateline, instruments, acts, calls, the signers'\nown undertakings, claims of fact, signatories, and what is missing. With --file, puts it on the record, names as printed in the source.\n\nThe kind of a file is told by its bytes, and by its name where they leave it open. What was left out of it is said on standard error, and\nwhat is doubtful stands among the flags; --text shows the text that all places are counted in."
}

// Run reads statements.
func (c *ingestCmd) Run(e *env) error {
	if c.Text {
		if c.File {
			return misusef("--text prints a text and --file puts it on the record: choose one")
		}
		for _, path := range c.Files {
			t, err := c.read(e, path)
			if err != nil {
				return err
			}
			for _, f := range t.Flags {
				fmt.Fprintln(e.err, f)
			}
			if _, err := io.WriteString(e.out, t.Text); err != nil {
				return err
			}
		}
		return nil
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	head := o.Record().Head()
	if c.File {
		if err := o.sayPublic(e); err != nil {
			return err
		}
	}
	for _, path := range c.Files {
		t, err := c.read(e, path)
		if err != nil {
			return err
		}
		d := secretariat.Read(o.Record(), head, t.Text)
		d.Flags = append(d.Flags, flagsOf(t)...)
		if e.flags.JSON {
			if err := e.object(d); err != nil {
				return err
			}
		} else {
			printDraft(e.out, d)
		}
		if !c.File {
			continue
		}
		f, err := secretariat.Filing(o.Record(), head, d, stocktake.DateOf(today(e.now().UTC())), c.Address)
		if err != nil {
			return err
		}
		copies := o.Archive()
		if _, err := copies.Put(e.ctx, d.SHA256, strings.NewReader(d.Text)); err != nil {
			return err
		}
		rs, err := o.File(e.ctx, ledger.FileOptions{Again: true}, f)
		if err != nil {
			return errors.Join(err, copies.Undo(e.ctx))
		}
		fmt.Fprintf(e.err, "On the record as %s, filing %d.\n", f.Instruments[0].ID, rs.List[0].Number)
	}
	return nil
}

// read reads one file, and says on standard error what was left out of it.
func (c *ingestCmd) read(e *env, path string) (intake.Text, error) {
	in := e.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return intake.Text{}, err
		}
		defer f.Close()
		in = f
	}
	t, err := intake.Read(e.ctx, path, "", in, intake.Limits{})
	if err == nil && !e.flags.Quiet {
		for _, n := range t.Notes {
			fmt.Fprintln(e.err, n)
		}
	}
	return t, err
}

// flagsOf are the doubts about a file as flags of its draft. They have no place in the text.
func flagsOf(t intake.Text) []ingest.Flag {
	var list []ingest.Flag
	for i, f := range t.Flags {
		code := ingest.FlagCode("file")
		if t.Replaced > 0 && i == len(t.Flags)-1 {
			code = ingest.FlagNotUTF8
		}
		list = append(list, ingest.Flag{Code: code, Message: f})
	}
	return list
}
