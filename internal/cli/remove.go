package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
)

type removeCmd struct {
	Filing     string `arg:"" help:"SHA-256 of the filing."`
	Commitment string `arg:"" help:"The commitment whose sheet goes, as in the filing's public bytes."`
	Ground     string `required:"" help:"Class of reason: erasure-request, consent-withdrawn, court-order, danger, rights, mistake." placeholder:"CLASS"`
	Note       string `help:"More on the ground, in public and for good: without the words that go." placeholder:"TEXT"`
	By         string `required:"" help:"Office that orders it." placeholder:"OFFICE"`
}

func (c *removeCmd) Help() string {
	return "Deletes the words for good and files that it was done. The commitment stays, so that every hash still holds.\n" + ledger.CopiesElsewhere + "\nA person's name in all places: stocktake erase. An archived file: stocktake takedown."
}

// Run takes a sheet away.
func (c *removeCmd) Run(e *env) error {
	why, err := reason(c.Ground, c.Note, c.By)
	if err != nil {
		return err
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	r, err := o.TakeAway(e.ctx, why, stocktake.Removal{Filing: c.Filing, Commitment: c.Commitment})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Removed, by filing %d. %s\n", r.Head, ledger.CopiesElsewhere)
	return o.tellRest(e)
}

type takedownCmd struct {
	What   string `arg:"" help:"SHA-256 of the file, or the id of a source." placeholder:"SHA256|SOURCE"`
	Ground string `required:"" help:"Class of reason: erasure-request, consent-withdrawn, court-order, danger, rights, mistake." placeholder:"CLASS"`
	Note   string `help:"More on the ground, in public and for good." placeholder:"TEXT"`
	By     string `required:"" help:"Office that orders it." placeholder:"OFFICE"`
}

func (c *takedownCmd) Help() string {
	return "Deletes the archived file here and files that it was done. Mirrors that follow delete theirs. The source and its hash stay on the record, with who took the copy down and why. A takedown stands: the same bytes are not taken again.\n" + ledger.CopiesElsewhere
}

// Run takes an archived copy down.
func (c *takedownCmd) Run(e *env) error {
	why, err := reason(c.Ground, c.Note, c.By)
	if err != nil {
		return err
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	sum := c.What
	if s, _, ok := o.Record().Source(stocktake.SourceID(c.What), o.Record().Head()); ok {
		if s.Copy == nil || s.Copy.SHA256 == "" {
			return stocktake.NotFoundf("source %s has no archived copy", s.ID)
		}
		sum = s.Copy.SHA256
	} else if len(sum) != 64 {
		return stocktake.NotFoundf("no source %q in this record", c.What).Hinted("`stocktake sources` lists them; or name the file by its SHA-256")
	}
	r, err := o.TakeAway(e.ctx, why, stocktake.Removal{File: sum})
	if err != nil {
		return err
	}
	gone, err := o.Removed(e.ctx)
	if err != nil {
		return err
	}
	for i := range gone {
		if gone[i].File == sum {
			fmt.Fprintf(e.out, "Taken down: %s, by filing %d. %s\n", gone[i].What(), r.Head, ledger.CopiesElsewhere)
		}
	}
	return o.tellRest(e)
}

// reason reads why something is taken away.
func reason(ground, note, by string) (stocktake.Removal, error) {
	g, ok := stocktake.ParseGround(ground)
	if !ok {
		return stocktake.Removal{}, misusef("--ground %s: write one of %s; what more is to be said goes into --note", ground, strings.Join(stocktake.RemovalGrounds(), ", "))
	}
	if strings.TrimSpace(by) == "" {
		return stocktake.Removal{}, misusef("--by: name the office that orders it")
	}
	return stocktake.Removal{Ground: g, Note: strings.TrimSpace(note), By: strings.TrimSpace(by)}, nil
}

// told is how many removals are listed one by one.
const told = 20

// tellRemoved lists what was taken away from the record.
func (e *env) tellRemoved(w io.Writer, before string, gone []ledger.Removed) {
	for i := range gone {
		if i == told && len(gone) > told+1 {
			fmt.Fprintf(w, "%s%d more; `stocktake check --json` lists them all\n", before, len(gone)-told)
			return
		}
		fmt.Fprintf(w, "%s%s, %s\n", before, gone[i].What(), gone[i].Why())
	}
}

// sayPublic says that copies cannot be called back, where what is filed is public at once: the record has the address of a site.
func (o *opened) sayPublic(e *env) error {
	address, err := o.Store().Meta(e.ctx, metaSiteAddress)
	if err == nil && address != "" {
		e.say("This record is public at %s. %s", address, ledger.CopiesElsewhere)
	}
	return err
}

// metaBackups is the setting that lists backups of this record that were made with the command.
const metaBackups = "backups"

// madeBackup is a backup, so that it can be named when something is removed that it holds.
type madeBackup struct {
	Path string    `json:"path"`
	At   time.Time `json:"at"`
	Head int64     `json:"head"`
}

const mostBackups = 100 // that are remembered

// noteBackup remembers a backup that was made.
func (o *opened) noteBackup(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	return o.Store().Write(ctx, func(w store.Writer) error {
		list, err := backups(ctx, w)
		if err != nil {
			return err
		}
		list = append(list, madeBackup{path, o.Now().Truncate(time.Second), o.Record().Head()})
		b, err := json.Marshal(list[max(0, len(list)-mostBackups):])
		if err != nil {
			return err
		}
		return w.SetMeta(ctx, metaBackups, string(b))
	})
}

// backups returns those that are remembered and still there.
func backups(ctx context.Context, r store.Reader) (list []madeBackup, err error) {
	text, err := r.Meta(ctx, metaBackups)
	if err != nil || text == "" {
		return nil, err
	}
	var all []madeBackup
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("the setting %s: %w", metaBackups, err)
	}
	for _, b := range all {
		if _, err := os.Stat(filepath.Join(b.Path, databaseFile)); err == nil {
			list = append(list, b)
		}
	}
	return list, nil
}

// tellRest says what a person has to do after a removal, where this program cannot.
func (o *opened) tellRest(e *env) error {
	list, err := backups(e.ctx, o.Store())
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, "What is left to do:")
	if len(list) > 0 {
		fmt.Fprintln(e.out, "- Delete these backups, which still hold it, and make a new one:")
		for _, b := range list {
			fmt.Fprintf(e.out, "    %s  (of %s, filing %d)\n", b.Path, b.At.Format("2 January 2006 15:04"), b.Head)
		}
	}
	fmt.Fprintln(e.out, "- Delete backups that were copied elsewhere, and exports made before now. One that is restored all the same is not served before `stocktake key resume` has replayed the removals.")
	fmt.Fprintln(e.out, "- Write published folders again: `stocktake log DIR` takes away from them what went.")
	fmt.Fprintln(e.out, "- Ask the mirrors: `stocktake mirrors URL...` names those that still give it out.")
	if o.Store().Name() == "postgres" {
		fmt.Fprintln(e.out, "- PostgreSQL's own logs, standbys and base backups are the server's: docs/operating.md says what stays there, and until when.")
	}
	return nil
}
