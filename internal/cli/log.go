package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"stocktake"
	"stocktake/internal/mirror"
	"stocktake/internal/publish"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/witness"
)

// keyFile is where the key of the log lies, in the folder of the record and outside the database.
const keyFile = "keys/log.key"

// prepareLog makes the log ready: what was filed before there was one joins it, a record without a key gets one, and the newest head is
// signed. A folder that may only be read stays as it is.
func (e *env) prepareLog(o *opened) error {
	err := o.JoinLog(e.ctx)
	if isForbidden(err) {
		return nil
	}
	if err != nil {
		return err
	}
	path := filepath.Join(o.dir, filepath.FromSlash(keyFile))
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		origin, _, err := o.LogName(e.ctx)
		if err != nil || origin != "" { // the key is elsewhere: another process signs
			return err
		}
		if o.key, err = e.makeKey(path, ""); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
			return nil // may only be read
		}
		if err != nil {
			return err
		}
	case errors.Is(err, fs.ErrPermission): // a reader who is not its owner
		return nil
	case err != nil:
		return fmt.Errorf("read the key of the log: %w", err)
	default:
		if o.key, err = tree.ParseKey(string(text)); err != nil {
			return err
		}
	}
	if back, err := o.IsRestored(e.ctx); err != nil || back {
		return err
	}
	if err := o.CheckKey(e.ctx, o.key); err != nil {
		next, nerr := os.ReadFile(path + ".next") // the log was turned over, and the program ended before the file was
		if nerr != nil {
			return err
		}
		k, nerr := tree.ParseKey(string(next))
		if nerr != nil || o.CheckKey(e.ctx, k) != nil {
			return err
		}
		if err := takeNext(path); err != nil {
			return err
		}
		o.key = k
	}
	return o.signLog(e)
}

// signLog signs the newest head, where this process has the key.
func (o *opened) signLog(e *env) error {
	if o.key == nil || o.Record().Head() == 0 {
		return nil
	}
	if back, err := o.IsRestored(e.ctx); err != nil || back {
		return err
	}
	if _, err := o.SignLog(e.ctx, o.key); err != nil && !isForbidden(err) {
		return err
	}
	return nil
}

// signEvery is how often the newest head is signed, where it is newer than the signed one.
const signEvery = 2 * time.Second

// keepSigned signs what is filed, by this and other processes, until ctx ends, and has witnesses sign it too where there are any.
func (o *opened) keepSigned(ctx context.Context, e *env, witnesses *witness.Gatherer, failed func(error)) {
	if o.key == nil {
		return
	}
	t := time.NewTicker(signEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			c, err := o.SignLog(ctx, o.key)
			if err == nil {
				o.offer(ctx, witnesses, c)
			} else if ctx.Err() == nil {
				failed(err)
			}
		}
	}
}

func isForbidden(err error) bool { return err != nil && stocktake.KindOf(err) == stocktake.Forbidden }

// makeKey makes a key for a log and keeps it in a file that only its owner reads. origin "" is a name that no other log has.
func (e *env) makeKey(path, origin string) (*tree.Key, error) {
	if origin == "" {
		b := make([]byte, 8)
		rand.Read(b) // never fails
		origin = "stocktake.invalid/" + hex.EncodeToString(b)
	}
	k, err := tree.NewKey(origin)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for keys: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return tree.ParseKey(string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("keep the key of the log: %w", err)
	}
	_, err = f.WriteString(k.Secret() + "\n")
	return k, errors.Join(err, f.Sync(), f.Close())
}

type verifyCmd struct {
	Target string `arg:"" help:"Address of a site, a folder or zip file of one, or a file .tlog-proof."`
	Policy string `help:"File that says which log and which witnesses to believe (c2sp.org/tlog-policy)." placeholder:"FILE" type:"existingfile"`
	Filing string `help:"With a proof: the file of the filing's public bytes, to be compared too." placeholder:"FILE" type:"existingfile"`
	Memory string `help:"Folder in which this machine keeps what it saw of each log." env:"STOCKTAKE_SEEN" placeholder:"DIR"`
}

func (c *verifyCmd) Help() string {
	return "Checks signatures, tree, every entry against its filing, every text against its commitment and every quotation against the copy of its source, without trusting whoever publishes it. A folder, a zip file and a proof are checked without a network. Exit code 0: all of it holds. 1: it does not."
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
		fmt.Fprintf(e.out, "Gone: %s of filing %d, removed by filing %d (%s; %s)\n", g.Path, g.Filing, g.By, g.Ground, g.Office)
	}
	if !r.True() {
		fmt.Fprintf(e.out, "%s does not hold.\n", r.Target)
		return
	}
	fmt.Fprintf(e.out, "%s holds: the log %s has %d entries, about %d filings, the newest of %s.\n", r.Target, r.Origin, r.Size, r.Filings, r.Newest)
	fmt.Fprintf(e.out, "%d quotations stand in the copies of their sources; %d are not checkable here, as the copy is private or absent.\n", r.Quotes, r.Unchecked)
	for _, w := range r.Cosigned {
		fmt.Fprintf(e.out, "Witnessed by %s at %s.\n", w.Witness, w.At.Format(time.RFC3339))
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
	fmt.Fprintf(e.out, "%s holds: entry %d of the log %s is about filing %d, filed %s, SHA-256 %s.\n", c.Target, r.Index, r.Origin, r.Number, r.Filed, r.SHA256)
	for _, w := range r.Cosigned {
		fmt.Fprintf(e.out, "Witnessed by %s at %s.\n", w.Witness, w.At.Format(time.RFC3339))
	}
	if filing != nil {
		fmt.Fprintf(e.out, "%s is that filing, byte for byte.\n", c.Filing)
	}
	fmt.Fprintln(e.out, "This does not prove that a fact is true, only that the record has said so since that moment.")
	return nil
}

type proofCmd struct {
	Filing int64  `arg:"" help:"Number of the filing."`
	To     string `help:"File to write; the default is filing-N.tlog-proof." placeholder:"FILE"`
}

// Run writes the proof that a filing stands in the log.
func (c *proofCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	p, err := o.Prove(e.ctx, c.Filing)
	if err != nil {
		return err
	}
	if c.To == "-" {
		_, err := e.out.Write(p.Encode())
		return err
	}
	if c.To == "" {
		c.To = fmt.Sprintf("filing-%d.tlog-proof", c.Filing)
	}
	if err := os.WriteFile(c.To, p.Encode(), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s shows that filing %d is entry %d of the log.\n", c.To, c.Filing, p.Index)
	return nil
}

type logCmd struct {
	To string `arg:"" help:"Folder to write to; the log comes into its folder log."`
}

func (c *logCmd) Help() string {
	return "Writes what a site serves beneath /log/ as plain files, for any web host, a memory stick or a zip file: the signed log, the filings and sheets behind it, and public copies. Whoever gets them can verify them, or make a mirror of them. Written again, only what changed is touched; what was removed goes."
}

// Run writes the log as plain files.
func (c *logCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	var progress publish.Progress
	if p := e.progress(); p != nil {
		progress = publish.Progress(p)
	}
	n, err := publish.Log(e.ctx, o.Ledger, filepath.Join(c.To, "log"), progress)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s: %d files written, %d unchanged, %d removed.\n", filepath.Join(c.To, "log"), n.Written, n.Same, n.Removed)
	return nil
}

type keyCmd struct {
	Show   keyShowCmd   `cmd:"" default:"1" help:"Print the key of the log that others check signatures with."`
	Turn   keyTurnCmd   `cmd:"" help:"End the log under its key and go on under a new one."`
	Resume keyResumeCmd `cmd:"" help:"Go on with a record that was restored from a backup."`
}

type keyShowCmd struct{}

// Run prints origin and key of the log.
func (c *keyShowCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	origin, vkey, err := o.LogName(e.ctx)
	if err != nil {
		return err
	}
	if vkey == "" {
		return stocktake.NotFoundf("the log of this record was never signed").Hinted("a folder that may be written gets a key by itself")
	}
	if e.flags.JSON {
		return e.object(map[string]any{"origin": origin, "vkey": vkey, "here": o.key != nil})
	}
	fmt.Fprintln(e.out, vkey)
	if o.key == nil {
		e.say("The secret part is not in this folder: another process signs.")
	}
	return nil
}

// takeNext puts the new key in the place of the old one, which stays beside it: with it, the old log can be shown to have ended.
func takeNext(path string) error {
	for n := 1; ; n++ {
		old := fmt.Sprintf("%s.old-%d", path, n)
		if _, err := os.Lstat(old); errors.Is(err, fs.ErrNotExist) {
			if err := os.Rename(path, old); err != nil {
				return err
			}
			return os.Rename(path+".next", path)
		}
	}
}

type keyResumeCmd struct {
	From  []string `help:"Site, mirror or published folder that may hold more of this record. May be repeated." placeholder:"TARGET"`
	Alone bool     `help:"Nobody can have seen more of this record than the backup holds."`
	// Witnesses are asked how much they signed; what they cannot do is bring it.
	Witnesses string `help:"File that names witnesses with their addresses (c2sp.org/tlog-policy): each is asked how much of this record it signed." placeholder:"FILE" type:"existingfile"`
}

func (c *keyResumeCmd) Help() string {
	return "A backup may be older than what was signed and shown since. To sign again from there would fork the log: two histories under one name. This brings back what others kept, removals among it, and only then lets the record be signed and served."
}

// Run brings back what others kept of a restored record, and lets it be signed and served again.
func (c *keyResumeCmd) Run(e *env) error {
	if c.Alone == (len(c.From) > 0 || c.Witnesses != "") {
		return misusef("name who may have seen more with --from and --witnesses, or say --alone")
	}
	o, err := e.openBare()
	if err != nil {
		return err
	}
	defer o.Ledger.Close()
	if back, err := o.IsRestored(e.ctx); err != nil || !back {
		if err == nil {
			err = &stocktake.Fault{Kind: stocktake.Conflict, What: "this record was not restored from a backup, or goes on already", Hint: "there is nothing to do"}
		}
		return err
	}
	_, vkey, err := o.LogName(e.ctx)
	if err != nil {
		return err
	}
	policy, err := tree.PolicyOf(vkey)
	if err != nil {
		return err
	}
	seen := &verify.Memory{Dir: filepath.Join(o.dir, "seen"), Now: e.now}
	for _, target := range c.From {
		if err := o.bring(e, target, policy, seen); err != nil {
			return err
		}
	}
	if c.Witnesses != "" {
		if err := o.askWitnesses(e, c.Witnesses, vkey); err != nil {
			return err
		}
	}
	if err := o.Resume(e.ctx); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "The record goes on from filing %d.\n", o.Record().Head())
	return nil
}

// askWitnesses asks each witness of a policy how much of this log it signed. One that signed more than is here stands in the way.
func (o *opened) askWitnesses(e *env, file, vkey string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	p, err := tree.ParsePolicy(string(text))
	if err != nil {
		return misuse{err}
	}
	if p.LogKey != vkey {
		return misusef("%s is about another log than this record's", file)
	}
	c, ok, err := o.Checkpoint(e.ctx)
	if err != nil || !ok {
		return err // never signed, so that no witness can have seen it
	}
	have, err := o.Store().LogSize(e.ctx)
	if err != nil {
		return err
	}
	var client witness.Client
	for _, w := range p.Witnesses {
		if w.URL == "" {
			continue
		}
		size, err := client.LastSize(e.ctx, w, c.Note)
		if err != nil {
			return fmt.Errorf("ask the witness %s: %w", w.Name, err)
		}
		if size > have {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the witness %s signed a head of %d entries, and %d are here", w.Name, size, have), Hint: "name a mirror that holds them with --from; nothing was signed"}
		}
		fmt.Fprintf(e.out, "The witness %s signed %d entries, no more than are here.\n", w.Name, size)
	}
	return nil
}

// bring takes in what a target holds beyond this record. One that holds less brings nothing.
func (o *opened) bring(e *env, target string, policy *tree.Policy, seen *verify.Memory) error {
	s, err := verify.Open(e.ctx, target)
	if err != nil {
		return err
	}
	defer s.Close()
	signed, err := s.Read(e.ctx, "checkpoint")
	if err != nil {
		return err
	}
	head, _, err := policy.Open(signed)
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	have, err := o.Store().LogSize(e.ctx)
	if err != nil {
		return err
	}
	if head.Size <= have {
		fmt.Fprintf(e.out, "%s holds %d entries, no more than are here.\n", target, head.Size)
		return nil
	}
	took, err := (&mirror.Mirror{Ledger: o.Ledger, Source: s, Policy: policy, Seen: seen}).Round(e.ctx)
	if err == nil {
		fmt.Fprintf(e.out, "%s brought what was missing here: entries, %d in all.\n", target, took.Entries)
	}
	return err
}

type keyTurnCmd struct {
	Origin string `arg:"" help:"New name of the log, such as stocktake.example.org/record."`
}

func (c *keyTurnCmd) Help() string {
	return "The old log gets a last entry that names the new origin and key, and a last signed head. The tree stays the same, so that nothing has to be filed or checked anew. Use it to give a record its public name, or when a key may have been seen by others."
}

// Run turns the log over to a new key.
func (c *keyTurnCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	if o.key == nil {
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "the key of the log is not in this folder", Hint: "run this where the file " + keyFile + " is"}
	}
	path := filepath.Join(o.dir, filepath.FromSlash(keyFile))
	fresh := path + ".next"
	next, err := e.makeKey(fresh, c.Origin)
	if err != nil {
		return err
	}
	if next.Name() != c.Origin { // left by a turn that did not end, towards another name
		if err := os.Remove(fresh); err != nil {
			return err
		}
		if next, err = e.makeKey(fresh, c.Origin); err != nil {
			return err
		}
	}
	if err := o.TurnLog(e.ctx, o.key, next); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	if err := takeNext(path); err != nil {
		return err
	}
	o.key = next
	fmt.Fprintf(e.out, "The log goes on as %s. Its key:\n%s\n", next.Name(), next.VKey)
	return nil
}
