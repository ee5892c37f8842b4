package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
)

type fileCmd struct {
	File    string   `arg:"" optional:"" help:"A filing written by hand (YAML or JSON); - for standard input."`
	DryRun  bool     `help:"Check it, show every standing that would move, and file nothing."`
	Copy    []string `help:"Archived copy of a source: a file whose quotes are checked. May be repeated." placeholder:"FILE"`
	By      string   `help:"Whose account proposes, approves or refuses, where two persons are needed." placeholder:"EMAIL"`
	Waiting bool     `help:"List what waits for a second person."`
	Show    string   `help:"Show a proposal, and what it would move." placeholder:"ID"`
	Approve string   `help:"File a proposal that waits for a second person." placeholder:"ID"`
	Refuse  string   `help:"Refuse one, with --reason." placeholder:"ID"`
	Reason  string   `help:"Why it is refused, for those who wrote it." placeholder:"TEXT"`
}

func (c *fileCmd) Help() string {
	return "The format is described in docs/filing-format.md. Errors name line and column, and nothing is filed unless all of it can be.\nWhere the desk of the record wants two persons (`stocktake user rule two-persons`), nothing is filed at once: a proposal is made that waits, and somebody else approves it, here or in the browser. docs/desk.md tells more.\nExamples:\n  stocktake file new-act.yaml --dry-run\n  stocktake file new-act.yaml --by ana@example.org\n  stocktake file --approve k7x2m --by ben@example.org"
}

// Run files what is written by hand, or decides on what waits.
func (c *fileCmd) Run(e *env) error {
	ways := 0
	for _, is := range []bool{c.File != "", c.Waiting, c.Show != "", c.Approve != "", c.Refuse != ""} {
		if is {
			ways++
		}
	}
	switch {
	case ways != 1:
		return misusef("name a file, or one of --waiting, --show, --approve and --refuse")
	case c.Refuse != "" && c.Reason == "":
		return misusef("--refuse needs --reason")
	case c.File == "":
		return c.decide(e)
	}
	return c.file(e)
}

// deskRule says whether the desk of the record wants two persons, and who acts: the account that is named, or whoever sits at this computer.
func (c *fileCmd) deskRule(e *env, o *opened) (two bool, by people.Person, p *people.People, err error) {
	if p, _, err = o.people(e.ctx); err != nil {
		return false, by, nil, err
	}
	desk, err := p.Coalition(e.ctx, people.RecordDesk)
	if err != nil {
		return false, by, nil, err
	}
	by = people.Local()
	if c.By != "" {
		by, err = p.ByEmail(e.ctx, c.By)
	}
	return desk.Rules.TwoPersons, by, p, err
}

func (c *fileCmd) file(e *env) error {
	var data []byte
	var err error
	if c.File == "-" {
		data, err = allOf("standard input", e.in, 64<<20)
	} else {
		data, err = readLimited(c.File, 64<<20)
	}
	if err != nil {
		return err
	}
	list, err := draft.Parse(filepath.Base(c.File), data)
	if err != nil {
		return err
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	two, by, p, err := c.deskRule(e, o)
	if err != nil {
		return err
	}
	if c.By != "" && !c.DryRun {
		if err := p.May(e.ctx, by, people.RecordDesk, people.WriteRecord); err != nil {
			return err
		}
	}
	copies := o.Archive()
	for _, path := range c.Copy {
		if err := c.archive(e, copies, path); err != nil {
			return errors.Join(err, copies.Undo(e.ctx))
		}
	}
	if err := o.sayPublic(e); err != nil {
		return errors.Join(err, copies.Undo(e.ctx))
	}
	if two || c.DryRun {
		v, err := secretariat.Foresee(e.ctx, o.Ledger, list...)
		if err == nil && len(v.Faults) > 0 {
			err = v.Faults[0]
		}
		if err != nil || c.DryRun {
			if err = errors.Join(err, copies.Undo(e.ctx)); err != nil {
				return err
			}
			return e.foreseen(v)
		}
		if len(v.New) > 0 {
			return c.propose(e, o, by, data, copies)
		}
	}
	rs, err := o.File(e.ctx, ledger.FileOptions{}, list...)
	if err != nil {
		return errors.Join(err, copies.Undo(e.ctx))
	}
	if e.flags.JSON {
		return e.object(rs.List)
	}
	for _, r := range rs.List {
		if r.Same {
			fmt.Fprintf(e.out, "%s: filing %d says the same; nothing was filed.\n", r.Key, r.Number)
		} else {
			fmt.Fprintf(e.out, "%s: filing %d, %s\n", r.Key, r.Number, r.SHA256)
		}
	}
	return nil
}

func (c *fileCmd) archive(e *env, copies *ledger.Archive, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	n, err := copies.Put(e.ctx, sum, f)
	if err == nil && !c.DryRun {
		e.say("%s is archived as %s (%d bytes).", path, sum, n)
	}
	return err
}

// propose makes a proposal of what was to be filed, since a second person is needed.
func (c *fileCmd) propose(e *env, o *opened, by people.Person, data []byte, copies *ledger.Archive) error {
	office := secretariat.NewOffice(o.Ledger, o.Store(), e.now)
	p, err := office.Propose(e.ctx, string(by.ID), "yaml", string(data), "")
	if err == nil {
		p, err = office.Ask(e.ctx, p.ID)
	}
	if err != nil {
		return errors.Join(err, copies.Undo(e.ctx))
	}
	if e.flags.JSON {
		return e.object(map[string]any{"proposal": p.ID, "state": p.State, "filed": false})
	}
	fmt.Fprintf(e.out, "%s: the desk of this record wants two persons, so that nothing was filed. Proposal %s waits for somebody else, at /desk/record or with `stocktake file --approve %s --by EMAIL`.\n", p.Title, p.ID, p.ID)
	return nil
}

// decide lists, shows, approves and refuses what waits for a second person.
func (c *fileCmd) decide(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	office := secretariat.NewOffice(o.Ledger, o.Store(), e.now)
	if c.Waiting {
		list, err := office.Proposals(e.ctx, secretariat.ProposalWaiting)
		if err != nil {
			return err
		}
		if e.flags.JSON {
			if list == nil {
				list = []*secretariat.Proposal{}
			}
			return e.object(list)
		}
		if len(list) == 0 {
			fmt.Fprintln(e.out, "Nothing waits for a second person.")
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for _, p := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.ID, p.Changed, p.Title)
		}
		return w.Flush()
	}
	id := c.Show + c.Approve + c.Refuse
	p, err := office.Proposal(e.ctx, id)
	if err != nil {
		return err
	}
	v, err := office.Preview(e.ctx, p.Draft)
	if err != nil {
		return err
	}
	if c.Show != "" {
		if !e.flags.JSON {
			fmt.Fprintf(e.out, "%s\nProposal %s, %s, last changed %s.\n\n%s\n", p.Title, p.ID, p.State, p.Changed, p.Draft)
		}
		if len(v.Faults) > 0 {
			return v.Faults[0]
		}
		return e.foreseen(v)
	}
	two, by, accounts, err := c.deskRule(e, o)
	if err != nil {
		return err
	}
	if err := accounts.MayApproveRecord(e.ctx, by, personIDs(p.Authors)); err != nil {
		return err
	}
	if c.Refuse != "" {
		if _, err := office.Refuse(e.ctx, id, string(by.ID), c.Reason); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "Refused. Nothing was filed; those who wrote it see the reason at the desk.")
		return nil
	}
	if len(v.Faults) > 0 {
		return v.Faults[0]
	}
	if !e.flags.JSON {
		if err := e.foreseen(v); err != nil {
			return err
		}
	}
	p, err = office.FileProposal(e.ctx, id, string(by.ID), v.Sum, two)
	if errors.Is(err, secretariat.ErrMoved) {
		return (&stocktake.Fault{Kind: stocktake.Conflict, What: "the record moved this very moment, so that the proposal would do something else"}).Hinted("look at it again with --show, and approve it once more")
	}
	if err != nil {
		return err
	}
	if e.flags.JSON {
		return e.object(map[string]any{"proposal": p.ID, "state": p.State, "filed": true, "filings": p.Filings})
	}
	for _, n := range p.Filings {
		fmt.Fprintf(e.out, "%s: filing %d\n", p.Title, n)
	}
	return nil
}

func personIDs(list []string) (ids []people.PersonID) {
	for _, s := range list {
		ids = append(ids, people.PersonID(s))
	}
	return ids
}

// foreseen prints what filings would do.
func (e *env) foreseen(v secretariat.Preview) error {
	same := map[string]int64{}
	for _, r := range v.Same {
		same[r.Key] = r.Number
	}
	rows := v.Rows()
	if e.flags.JSON {
		type filing struct {
			Key  string `json:"key"`
			Acts int    `json:"acts"`
			Same int64  `json:"same,omitempty"` // the filing that says it already
		}
		list := []filing{}
		for _, f := range v.Filings {
			list = append(list, filing{f.Key, len(f.Acts) + len(f.RollCalls), same[f.Key]})
		}
		return e.object(map[string]any{"head": v.Head, "filings": list, "moves": rows, "opened": v.Opened(), "closed": v.Closed()})
	}
	for _, f := range v.Filings {
		if n := same[f.Key]; n > 0 {
			fmt.Fprintf(e.out, "%s: filing %d says the same; nothing was filed.\n", f.Key, n)
		} else {
			fmt.Fprintf(e.out, "%s: can be filed (%d acts). Nothing was filed.\n", f.Key, len(f.Acts)+len(f.RollCalls))
		}
	}
	if len(v.New) == 0 {
		return nil
	}
	if len(rows) == 0 {
		fmt.Fprintln(e.out, "No standing would move.")
	} else {
		fmt.Fprintln(e.out, "What would move:")
	}
	const most = 100
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for i, r := range rows {
		if i == most {
			fmt.Fprintf(w, "  … and %d more; --json prints them all\n", len(rows)-most)
			break
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s -> %s\n", r.Party, r.Instrument, daysWords(r.From, r.To), r.Words[0], r.Words[1])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range v.Opened() {
		fmt.Fprintf(e.out, "Sources would disagree about the %s of %s (%s, %s).\n", d.About, d.Act, d.Party, d.Instrument)
	}
	for _, d := range v.Closed() {
		fmt.Fprintf(e.out, "Sources would disagree no more about the %s of %s (%s, %s).\n", d.About, d.Act, d.Party, d.Instrument)
	}
	return nil
}

func daysWords(from, to string) string {
	switch {
	case from == "" && to == "":
		return "on every day"
	case from == "":
		return "until " + to
	case to == "":
		return "from " + from
	case from == to:
		return "on " + from
	}
	return from + " to " + to
}
