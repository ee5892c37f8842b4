package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
)

type verifyCmd struct {
	Target string `arg:"" help:"Address of a site, a folder or zip file of one, or a file .tlog-proof."`
	Policy string `help:"File that says which log and which witnesses to believe (c2sp.org/tlog-policy)." placeholder:"FILE" type:"existingfile"`
	Filing string `help:"With a proof: the file of the filing's public bytes, to be compared too." placeholder:"FILE" type:"existingfile"`
	Memory string `help:"Folder in which this machine keeps what it saw of each log." env:"STOCKTAKE_SEEN" placeholder:"DIR"`
}

func (c *verifyCmd) Help() string {
	return "Checks signatures, tree, every entry against its filing, every text against its commitment, every quotation against the copy of its source and every statement against the seal under which it lay before, without trusting whoever publishes it. A folder, a zip file and a proof are checked without a network. Exit code 0: all of it holds. 1: it does not."
}

// Run checks a published log, or one proof.
func (c *verifyCmd) Run(e *env) error {
	var policy *tree.Policy
	if c.Policy != "" {
		text, err := os.ReadFile(c.Policy)
		if err != nil {
			return err
		}
		if policy, err = tree.ParsePolicy(string(text)); err != nil {
			return misuse{err}
		}
	}
	dir := c.Memory
	if dir == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return misusef("this system names no folder for what was seen of logs; name one by --memory: %v", err)
		}
		dir = filepath.Join(base, "stocktake", "seen")
	}
	memory := &verify.Memory{Dir: dir, Now: e.now}
	if strings.HasSuffix(c.Target, ".tlog-proof") {
		return c.proof(e, policy, memory)
	}
	if c.Filing != "" {
		return misusef("--filing goes with a file .tlog-proof")
	}
	s, err := verify.Open(e.ctx, c.Target)
	if err != nil {
		if stocktake.KindOf(err) == stocktake.NotFound {
			return misuse{err}
		}
		return err
	}
	defer s.Close()
	r, err := verify.Log(e.ctx, s, verify.Options{Policy: policy, Seen: memory, Progress: e.progress()})
	if err != nil {
		return err
	}
	if e.flags.JSON {
		if err := e.object(r); err != nil {
			return err
		}
	} else {
		c.print(e, r)
	}
	if !r.True() {
		return failed{}
	}
	return nil
}

// failed is exit code 1 with nothing more to say.
type failed struct{}

func (failed) Error() string { return "" }

func (c *verifyCmd) print(e *env, r *verify.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(e.out, "NOT TRUE: %s: %s\n  %s\n", f.Where, f.What, f.Means)
	}
	if r.More > 0 {
		fmt.Fprintf(e.out, "and %d more\n", r.More)
	}
	for _, g := range r.Gone {
		why := stocktake.Removal{Ground: g.Ground, Note: g.Note}
		fmt.Fprintf(e.out, "Gone: %s of filing %d, removed by filing %d (%s; %s)\n", g.Path, g.Filing, g.By, why.Why(), g.Office)
	}
	for _, g := range r.Files {
		why := stocktake.Removal{Ground: g.Ground, Note: g.Note}
		fmt.Fprintf(e.out, "Gone: file %s was taken down by filing %d (%s; %s)\n", g.SHA256, g.By, why.Why(), g.Office)
	}
	if !r.True() {
		fmt.Fprintf(e.out, "%s does not hold.\n", r.Target)
		return
	}
	fmt.Fprintf(e.out, "%s holds: the log %s has %d entries, about %d filings, the newest of %s.\n", r.Target, r.Origin, r.Size, r.Filings, r.Newest)
	fmt.Fprintf(e.out, "%d quotations stand in the copies of their sources; %d are not checkable here, as the copy is private or absent.\n", r.Quotes, r.Unchecked)
	if r.Pages > 0 {
		fmt.Fprintf(e.out, "%d files of the copy are as its manifest lists them. Nobody signs pages: to see that they say what the log holds, make them anew from it (stocktake mirror, stocktake publish).\n", r.Pages)
	}
	for _, o := range r.Openings {
		what := "its text and the list of names beneath it were fixed by then"
		if !o.List {
			what = "its text was fixed by then, and the list of names beneath it was not"
		}
		fmt.Fprintf(e.out, "Version %d of the statement %s (filing %d) lay under the seal that is entry %d, of %s: %s.\n", o.Version, o.Statement, o.Filing, o.Entry, o.At.Format(time.RFC3339), what)
	}
	for _, w := range r.Cosigned {
		fmt.Fprintf(e.out, "Witnessed by %s at %s.\n", w.Witness, w.At.Format(time.RFC3339))
	}
	for _, t := range r.Turned {
		fmt.Fprintf(e.out, "With entry %d, which the key of %s signed, the log went on as %s under a new key.\n", t.Size-1, t.From, t.Origin)
	}
	switch {
	case r.KeyFrom == "target":
		fmt.Fprintln(e.out, "This machine sees this log for the first time and took its key from the target itself; from now on it remembers both.")
	case r.Seen != nil:
		fmt.Fprintf(e.out, "It goes on from the %d entries that this machine saw on %s.\n", r.Seen.Size, r.Seen.At.Format("2 January 2006"))
	}
	fmt.Fprintln(e.out, "This does not prove that a fact is true, only that the record has said so since the day of its filing, and on which source.")
}

// proof checks one file .tlog-proof.
func (c *verifyCmd) proof(e *env, policy *tree.Policy, memory *verify.Memory) error {
	text, err := os.ReadFile(c.Target)
	if err != nil {
		return misuse{err}
	}
	var filing []byte
	if c.Filing != "" {
		if filing, err = os.ReadFile(c.Filing); err != nil {
			return misuse{err}
		}
	}
	r, err := verify.Proof(text, filing, policy, memory)
	if err != nil {
		var m *verify.NoKey
		if errors.As(err, &m) {
			return misuse{err}
		}
		fmt.Fprintf(e.out, "NOT TRUE: %s: %v\n", c.Target, err)
		return failed{}
	}
	if e.flags.JSON {
		return e.object(r)
	}
	switch r.Kind {
	case tree.KindSeal:
		fmt.Fprintf(e.out, "%s holds: entry %d of the log %s is a seal, of %s: %s.\n", c.Target, r.Index, r.Origin, r.Filed, r.Seal)
	case tree.KindKey:
		fmt.Fprintf(e.out, "%s holds: entry %d of the log %s names another key, from %s on.\n", c.Target, r.Index, r.Origin, r.Filed)
	default:
		fmt.Fprintf(e.out, "%s holds: entry %d of the log %s is about filing %d, filed %s, SHA-256 %s.\n", c.Target, r.Index, r.Origin, r.Number, r.Filed, r.SHA256)
	}
	for _, w := range r.Cosigned {
		fmt.Fprintf(e.out, "Witnessed by %s at %s.\n", w.Witness, w.At.Format(time.RFC3339))
	}
	if filing != nil {
		fmt.Fprintf(e.out, "%s is that filing, byte for byte.\n", c.Filing)
	}
	fmt.Fprintln(e.out, "This does not prove that a fact is true, only that the record has said so since that moment.")
	return nil
}
