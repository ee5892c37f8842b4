package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"stocktake"
	"stocktake/internal/mirror"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/witness"
)

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
