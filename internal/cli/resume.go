package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/mirror"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/witness"
)

type keyResumeCmd struct {
	From  []string `help:"Site, mirror or published folder that may hold more of this record. May be repeated." placeholder:"TARGET"`
	Alone bool     `help:"Nobody can have seen more of this record than is here; or this is the history to go on with, whatever others saw."`
	// Witnesses are asked how much they signed; what they cannot do is bring it.
	Witnesses string `help:"File that names witnesses with their addresses (c2sp.org/tlog-policy): each is asked how much of this record it signed." placeholder:"FILE" type:"existingfile"`
}

func (c *keyResumeCmd) Help() string {
	return "A backup may be older than what was signed and shown since. To sign again from there would fork the log: two histories under one name. This brings back what others kept, removals among it, and only then lets the record be signed and served. The same holds where signing stopped because another history was shown, or is paused because witnesses dispute this one."
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
	back, err := o.IsRestored(e.ctx)
	if err != nil {
		return err
	}
	stop, err := o.Stopped(e.ctx)
	if err != nil {
		return err
	}
	if !back && stop == nil {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: "this record was not restored from a backup, or goes on already", Hint: "there is nothing to do"}
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
	if c.Alone && stop != nil && stop.Proof {
		fmt.Fprintln(e.out, "Whoever saw the other history refuses this one under its present name, witnesses among them. Give it a new one, before it is served: stocktake key turn ORIGIN")
	}
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
	back, err := o.IsRestored(e.ctx)
	if err != nil {
		return err
	}
	var client witness.Client
	for _, w := range p.Witnesses {
		if w.URL == "" {
			continue
		}
		for _, head := range client.Shows(e.ctx, w, c.Origin) {
			says, err := o.Contradicts(e.ctx, head)
			if err == nil && says != "" {
				if !back { // else it is not signed anyway, and a backup is behind
					_, err = o.contradicted(e.ctx, head, "the witness "+w.Key.Name())
				}
				err = errors.Join(&stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the witness %s shows another history of this log: %s", w.Name, says), Hint: "name a mirror that holds it with --from; nothing was signed"}, err)
			}
			if err != nil && stocktake.KindOf(err) != stocktake.Invalid {
				return err
			}
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
	back, err := o.IsRestored(e.ctx)
	if err != nil {
		return err
	}
	if head.Size <= have || !back { // that others hold more than a backup is what was expected
		says, err := o.contradicted(e.ctx, signed, target)
		if err != nil {
			return err
		}
		if head.Size <= have && says != "" {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("%s shows another history of this log: %s", target, says), Hint: "both heads are kept in the folder evidence; docs/operating.md says what to do"}
		}
	}
	if head.Size <= have {
		fmt.Fprintf(e.out, "%s holds %d entries, no more than are here.\n", target, head.Size)
		return nil
	}
	took, err := (&mirror.Mirror{Ledger: o.Ledger, Source: s, Policy: policy, Seen: seen}).Round(e.ctx)
	if err == nil {
		fmt.Fprintf(e.out, "%s brought what was missing here: entries, %d in all.\n", target, took.Entries)
	} else if stocktake.KindOf(err) == stocktake.Conflict { // both went on
		s := ledger.Stop{Proof: true, By: []string{target}, Says: "its key signed another history than the one here, of " + fmt.Sprint(head.Size) + " entries"}
		var kept error
		s.Evidence, kept = o.keepEvidence(e.ctx, signed, target, s.Says)
		err = errors.Join(err, kept, o.Stop(e.ctx, s))
	}
	return err
}
