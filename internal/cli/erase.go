package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
)

type eraseCmd struct {
	Names  []string `arg:"" help:"The name, and other words of the person such as a mailbox, each in every spelling that is to go; - reads them from standard input, one a line, so that no shell remembers them."`
	Ground string   `help:"Class of reason: erasure-request, consent-withdrawn, court-order, danger, rights, mistake." placeholder:"CLASS"`
	Note   string   `help:"More on the ground, in public and for good: without the name." placeholder:"TEXT"`
	By     string   `help:"Office that orders it." placeholder:"OFFICE"`
	Copies bool     `help:"Take archived files that hold the name down too, whole, in the same filing."`
	Leave  []string `help:"Leave a place as it is, such as one that names another person: N/PATH as the list has it, or the SHA-256 of a file. May be repeated." placeholder:"PLACE"`
	Yes    bool     `help:"Do it. Without it, places are listed and nothing is done, unless you say yes on a terminal."`
}

func (c *eraseCmd) Help() string {
	return "Looks for whole words, whatever their case and spacing, in the words of all filings, in archived files that are text, and in what cannot go; lists every place; and takes the words away in one filing. A quotation that holds the name goes as a whole.\n" +
		ledger.CopiesElsewhere + "\nExample:\n  stocktake erase \"Ana Ruiz\" ana.ruiz@example.org\n  stocktake erase \"Ana Ruiz\" ana.ruiz@example.org --copies --ground erasure-request --by \"Data protection officer\" --yes"
}

// erasure is what the command answers in JSON.
type erasure struct {
	*ledger.Found
	Left   []ledger.Place `json:"left"`   // left out by --leave
	Filing int64          `json:"filing"` // that took it away; 0: nothing was done
}

// Run finds where a person is named, and takes it away.
func (c *eraseCmd) Run(e *env) error {
	if err := c.read(e); err != nil {
		return err
	}
	names := ledger.NewNames(c.Names...)
	if err := names.Err(); err != nil {
		return misuse{err}
	}
	var why stocktake.Removal
	if c.Yes || c.Ground != "" || c.By != "" || c.Note != "" {
		if c.Ground == "" || c.By == "" {
			return misusef("name --ground and --by: the removal is filed with both")
		}
		var err error
		if why, err = reason(c.Ground, c.Note, c.By); err != nil {
			return err
		}
		if names.In(why.Note) || names.In(why.By) {
			return misusef("--note or --by holds the name that is to go; both are filed, in public and for good: write them without it")
		}
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if o.of != "" {
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "this record is a mirror of " + o.of + ", and only follows it", Hint: "ask for it there; what goes there goes here"}
	}
	found, err := o.FindNames(e.ctx, names, e.progress())
	if err != nil {
		return err
	}
	out := &erasure{Found: found, Left: []ledger.Place{}}
	if err := c.leave(out); err != nil {
		return err
	}
	site, err := o.site(e.ctx)
	if err != nil {
		return err
	}
	inSite := names.In(site.Name) || names.In(site.Address) || names.In(site.Contact)
	if !e.flags.JSON {
		c.list(e, out, inSite)
	}
	going := len(found.Sheets)
	if c.Copies {
		going += len(found.Files)
	}
	if going == 0 {
		if e.flags.JSON {
			return e.object(out)
		}
		fmt.Fprintln(e.out, "Nothing was removed.")
		return nil
	}
	if !c.Yes && (why.Ground == "" || e.flags.JSON || !c.agreed(e, found)) {
		if e.flags.JSON {
			return e.object(out)
		}
		fmt.Fprintln(e.out, "Nothing was removed. To do it, say --yes, with --ground and --by.")
		return nil
	}
	return c.do(e, o, out, why, names)
}

// read takes names from standard input.
func (c *eraseCmd) read(e *env) error {
	if !slices.Equal(c.Names, []string{"-"}) {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(e.in, 1<<16))
	if err != nil {
		return err
	}
	c.Names = nil
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			c.Names = append(c.Names, line)
		}
	}
	return nil
}

// leave takes places out of what goes.
func (c *eraseCmd) leave(out *erasure) error {
	for _, what := range c.Leave {
		n := len(out.Left)
		for _, list := range []*[]ledger.Place{&out.Sheets, &out.Files} {
			*list = slices.DeleteFunc(*list, func(p ledger.Place) bool {
				same := what == placeName(p)
				if same {
					out.Left = append(out.Left, p)
				}
				return same
			})
		}
		if len(out.Left) == n {
			return misusef("--leave %s: no such place was found; write it as the list has it, such as 5/acts/0/quotes/0/exact", what)
		}
	}
	return nil
}

// placeName names a place for --leave.
func placeName(p ledger.Place) string {
	if p.File != "" {
		return p.File
	}
	return fmt.Sprintf("%d/%s", p.Filing, p.Path)
}

// list says what was found, and what would become of it.
func (c *eraseCmd) list(e *env, out *erasure, inSite bool) {
	section := func(head string, list []ledger.Place, after string) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(e.out, "%s (%d):\n", head, len(list))
		for _, p := range list {
			name := placeName(p)
			if len(p.Sources) > 0 {
				name += " (" + string(p.Sources[0]) + ", " + p.State + ")"
			} else if p.File != "" {
				name += " (named by no source)"
			}
			if p.Around != "" {
				name += ": " + p.Around
			}
			fmt.Fprintf(e.out, "  %s\n", name)
		}
		if after != "" {
			fmt.Fprintln(e.out, " ", after)
		}
		fmt.Fprintln(e.out)
	}
	section("Words on sheets, which go", out.Sheets, "")
	if c.Copies {
		section("Archived files, which are taken down whole", out.Files, "Quotations from them stay, and are then not checkable here.")
	} else {
		section("Archived files that hold it, which stay", out.Files, "--copies takes them down too, whole, in the same filing.")
	}
	section("In public bytes, which cannot go", out.Public, "The hash of these bytes is the filing's identity, and the log is made of such hashes. An erratum can mend what pages say; the bytes stay.")
	section("Left as it is, as you said", out.Left, "")
	section("Something like it, which stays", out.Near, "Where it is the same person, name this spelling too.")
	section("Archived files that are no text, into which nobody looked", out.Unread, "Open them; `stocktake takedown` takes one away.")
	if inSite {
		fmt.Fprintf(e.out, "It stands at the foot of every page: `stocktake site` changes that.\n\n")
	}
	if len(out.Sheets)+len(out.Files)+len(out.Public)+len(out.Near)+len(out.Left) == 0 && !inSite {
		fmt.Fprintln(e.out, "It stands nowhere in this record. Other spellings may: names are looked for as whole words.")
	}
}

// agreed asks on a terminal.
func (c *eraseCmd) agreed(e *env, found *ledger.Found) bool {
	f, ok := e.in.(*os.File)
	if !ok {
		return false
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	what := fmt.Sprintf("%d texts", len(found.Sheets))
	if c.Copies && len(found.Files) > 0 {
		what += fmt.Sprintf(" and %d files", len(found.Files))
	}
	fmt.Fprintf(e.out, "%s\nTake %s away for good? Type yes: ", ledger.CopiesElsewhere, what)
	line, err := bufio.NewReader(f).ReadString('\n')
	return err == nil && strings.TrimSpace(line) == "yes"
}

// do takes away what was found.
func (c *eraseCmd) do(e *env, o *opened, out *erasure, why stocktake.Removal, names *ledger.Names) error {
	var list []stocktake.Removal
	seen := map[string]bool{}
	for _, p := range out.Sheets {
		if !seen[p.Commitment] { // a later version of a filing commits to the same
			list = append(list, stocktake.Removal{Filing: p.SHA256, Commitment: p.Commitment})
		}
		seen[p.Commitment] = true
	}
	texts, files := len(list), 0
	if c.Copies {
		for _, p := range out.Files {
			if files++; len(p.Sources) > 0 {
				list = append(list, stocktake.Removal{File: p.File})
			} else if err := o.Blobs().Delete(e.ctx, p.File); err != nil { // no part of the record
				return err
			}
		}
	}
	if len(list) > 0 {
		r, err := o.TakeAway(e.ctx, why, list...)
		if err != nil {
			return err
		}
		out.Filing = r.Head
	}
	again, err := o.FindNames(e.ctx, names, nil)
	if err != nil {
		return err
	}
	came := slices.DeleteFunc(again.Sheets, func(p ledger.Place) bool {
		return slices.ContainsFunc(out.Left, func(q ledger.Place) bool { return placeName(p) == placeName(q) })
	})
	if e.flags.JSON {
		if err := e.object(out); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(e.out, "Removed, by filing %d: %d texts and %d archived files. %s\n", out.Filing, texts, files, ledger.CopiesElsewhere)
		if err := o.tellRest(e); err != nil {
			return err
		}
		if n := len(out.Public); n > 0 {
			fmt.Fprintf(e.out, "- Tell whoever asked that the name stays in the public bytes of %d places, which are listed above.\n", n)
		}
	}
	if len(came) > 0 {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the name came into %d more places meanwhile", len(came)), Hint: "run the same command again"}
	}
	return nil
}
