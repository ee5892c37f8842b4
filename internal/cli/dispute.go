package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/tree"
	"stocktake/internal/verify"
	"stocktake/internal/witness"
)

// contradicted compares a head of this log that somebody shows with what is here. Where it proves another history, signing stops at once, and
// both heads are kept in the folder evidence. A head that the log's key did not sign says nothing.
func (o *opened) contradicted(ctx context.Context, signed []byte, by string) (says string, err error) {
	says, err = o.Contradicts(ctx, signed)
	if err != nil || says == "" {
		if stocktake.KindOf(err) == stocktake.Invalid {
			err = nil
		}
		return says, err
	}
	s := ledger.Stop{Proof: true, By: []string{by}, Says: says}
	if s.Evidence, err = o.keepEvidence(ctx, signed, by, says); err != nil {
		o.env.say("The evidence could not be kept: %v", err) // to stop matters more
	}
	return says, o.Stop(ctx, s)
}

// keepEvidence writes a head that proves another history, and the newest one here, into a file that is named by the first.
func (o *opened) keepEvidence(ctx context.Context, signed []byte, by, says string) (string, error) {
	c, _, err := o.Checkpoint(ctx)
	if err != nil {
		return "", err
	}
	name := filepath.Join("evidence", "log-"+ledger.Hash(signed)[:12]+".json")
	path := filepath.Join(o.dir, name)
	if _, err := os.Stat(path); err == nil {
		return name, nil
	}
	b, err := json.MarshalIndent(map[string]string{"says": says, "by": by, "at": o.env.now().UTC().Format(time.RFC3339), "shown": string(signed), "here": string(c.Note)}, "", "  ")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	return name, os.WriteFile(path, append(b, '\n'), 0o600)
}

// gathering asks witnesses to sign, and stops or pauses the signing of the log where they give reason to. The Gatherer tells it one thing at
// a time.
type gathering struct {
	*witness.Gatherer
	o         *opened
	policy    *tree.Policy
	log       *slog.Logger
	disputing map[string]string // what a witness says against the log, by the name of its key
}

// begin takes up a pause of an earlier run: witnesses that disputed then do so until they sign.
func (g *gathering) begin(ctx context.Context) error {
	var list []ledger.Witnessed
	for _, w := range g.policy.Witnesses {
		list = append(list, ledger.Witnessed{Origin: g.policy.Log.Name(), Name: w.Key.Name(), VKey: fmt.Sprint(w.Key), Own: g.policy.Own(w)})
	}
	if err := g.o.Asked(ctx, list); err != nil {
		return err
	}
	stop, err := g.o.Stopped(ctx)
	if err != nil || stop == nil || stop.Proof {
		return err
	}
	for _, w := range list {
		if slices.Contains(stop.By, w.Name) {
			g.disputing[w.Name] = ""
		}
	}
	return g.settle(ctx)
}

// judged takes what a witness said of the newest head.
func (g *gathering) judged(ctx context.Context, w tree.Witness, by error, shows [][]byte) {
	name := w.Key.Name()
	if err := g.weigh(ctx, name, by, shows); err != nil && ctx.Err() == nil {
		g.log.Error("what a witness says could not be weighed", "witness", name, "err", err)
	}
}

func (g *gathering) weigh(ctx context.Context, name string, by error, shows [][]byte) error {
	was, disputed := g.disputing[name]
	if by == nil {
		if err := g.o.Agreed(ctx, name); err != nil || !disputed {
			return err
		}
		delete(g.disputing, name)
		g.log.Info("the witness signs again", "witness", name)
		return g.settle(ctx)
	}
	if s := by.Error(); s != was {
		g.disputing[name] = s
		g.log.Error("THIS LOG IS NOT THE ONE THAT A WITNESS SIGNED", "witness", name, "err", by)
	}
	for _, head := range shows {
		if says, err := g.o.contradicted(ctx, head, "the witness "+name); err != nil || says != "" {
			return err
		}
	}
	return g.settle(ctx)
}

// settle pauses the signing while so many witnesses dispute the log that the quorum cannot be met without them, and ends the pause else. What
// a witness says without a signed head is no proof, and one alone must not be able to silence a log.
func (g *gathering) settle(ctx context.Context) error {
	over, err := g.o.Overruled(ctx)
	if err != nil {
		return err
	}
	var by []string
	for name := range g.disputing {
		if !slices.Contains(over, name) {
			by = append(by, name)
		}
	}
	slices.Sort(by)
	if !g.policy.Reachable(func(w tree.Witness) bool { return slices.Contains(by, w.Key.Name()) }) {
		return g.o.Stop(ctx, ledger.Stop{By: by, Says: "so many witnesses say that they signed more of this log than is here, or another history of it, that no head can have the signatures which its policy asks for"})
	}
	stop, err := g.o.Stopped(ctx)
	if err != nil || stop == nil || stop.Proof {
		return err
	}
	g.log.Info("the log is signed again: enough witnesses are left that do not dispute it")
	return g.o.EndPause(ctx)
}

type keyCompareCmd struct {
	Shown string `arg:"" help:"Signed head, evidence of a witness or mirror, or proof, as a file; or the address or folder of a copy of this record." placeholder:"TARGET"`
}

func (c *keyCompareCmd) Help() string {
	return "A head that the key of this log signed, and that is not one of its history here, proves two histories under one name: the log is not signed any more until `key resume`, and both heads are kept in the folder evidence. Anything else changes nothing. Exit code 0: no contradiction. 1: there is one."
}

// Run compares what somebody shows with this log.
func (c *keyCompareCmd) Run(e *env) error {
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
		return stocktake.NotFoundf("the log of this record was never signed")
	}
	heads, err := shown(e.ctx, c.Shown, origin)
	if err != nil {
		return err
	}
	if len(heads) == 0 {
		return stocktake.Invalidf("%s holds no signed head of the log %s", c.Shown, origin)
	}
	ours := 0
	for _, h := range heads {
		says, err := o.Contradicts(e.ctx, h)
		if stocktake.KindOf(err) == stocktake.Invalid {
			continue
		}
		if err != nil {
			return err
		}
		if says != "" {
			if _, err := o.contradicted(e.ctx, h, c.Shown); err != nil {
				return err
			}
			stop, err := o.Stopped(e.ctx)
			if err != nil {
				return err
			}
			return stop.Fault()
		}
		ours++
	}
	if ours == 0 {
		return stocktake.Invalidf("no head in %s is signed by the key of this log, so that it says nothing about it", c.Shown)
	}
	fmt.Fprintf(e.out, "%s shows a head of this log's own history.\n", c.Shown)
	return nil
}

// shown finds the signed heads of a log in a file, in whatever form, or in a copy of the record.
func shown(ctx context.Context, target, origin string) ([][]byte, error) {
	if st, err := os.Stat(target); err == nil && st.Mode().IsRegular() && !strings.HasSuffix(target, ".zip") {
		text, err := os.ReadFile(target)
		if err != nil {
			return nil, err
		}
		list := witness.Heads(string(text), origin)
		var fields map[string]json.RawMessage
		if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) && json.Unmarshal(text, &fields) == nil {
			for _, raw := range fields { // evidence holds notes as texts, the memory of a reader as bytes
				var s string
				var b []byte
				if json.Unmarshal(raw, &s) == nil {
					list = append(list, witness.Heads(s, origin)...)
				}
				if json.Unmarshal(raw, &b) == nil {
					list = append(list, witness.Heads(string(b), origin)...)
				}
			}
		}
		return list, nil
	}
	s, err := verify.Open(ctx, target)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	signed, err := s.Read(ctx, "checkpoint")
	if err != nil {
		return nil, err
	}
	return [][]byte{signed}, nil
}
