package cli

import (
	"fmt"
	"io"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type callsCmd struct {
	Party        string   `help:"Calls upon this party, and its part of calls upon a group to which it belonged." placeholder:"NAME"`
	Statement    string   `help:"Calls of this statement." placeholder:"ID"`
	Status       []string `help:"Only those that stand so: open, happened, in-part, refused, undone, cannot-be-told. May be repeated." placeholder:"STATUS"`
	Undertakings bool     `help:"What the signers of statements said that they themselves would do, instead of what they asked."`
}

func (c *callsCmd) Help() string {
	return `Says what became of what statements ask: by which act, on which day, as far as the record reaches.
That what was asked for happened does not say that the call caused it.
Examples:
  stocktake calls --party USA --status open --json
  stocktake calls --statement pv-2017 --on 2018-12-20
  stocktake calls --statement pv-2017 --undertakings`
}

// Run prints calls and what became of them.
func (c *callsCmd) Run(e *env) error {
	fl := record.CallFilter{Which: record.CallsOnly}
	if c.Undertakings {
		fl.Which = record.UndertakingsOnly
	}
	for _, s := range c.Status {
		for part := range strings.SplitSeq(s, ",") {
			x, err := stocktake.ParseCallStatus(part)
			if err != nil {
				return misusef("--status: %v", err)
			}
			fl.Status = append(fl.Status, x)
		}
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	if c.Party != "" {
		if fl.Party, err = o.party(c.Party, at.Head); err != nil {
			return err
		}
	}
	if c.Statement != "" {
		if fl.Statement, err = o.instrument(c.Statement, at.Head); err != nil {
			return err
		}
	}
	list, err := o.Record().Calls(e.ctx, at, fl)
	if err != nil {
		return err
	}
	if e.flags.JSON || e.flags.CSV {
		return e.callRows(list)
	}
	if len(list) == 0 {
		e.say("Nothing: no statement on the record, as far as it was known then, makes such a call.")
	}
	for i := range list {
		e.call(o, &list[i])
	}
	return nil
}

// callRows prints one row a call.
func (e *env) callRows(list []record.CallState) error {
	l := e.list("statement", "call", "kind", "verb", "addressee", "addressee_id", "party", "text", "status", "unsure", "may", "when", "by", "sources", "of", "happened", "in_part", "undone", "refused", "open", "cannot_tell", "until", "ends", "on", "known", "head")
	for i := range list {
		x := &list[i]
		text, by, sources, may := "", []string{}, []string{}, []string{}
		if x.Text != nil {
			text = *x.Text
		}
		for _, s := range x.May {
			may = append(may, s.String())
		}
		for j := range x.By {
			if id := string(x.By[j].ID); id != "" {
				by = append(by, id)
			}
			for _, s := range x.By[j].Sources {
				sources = append(sources, string(s))
			}
		}
		n := make([]string, 7)
		if k := x.Count; k != nil {
			for i, v := range []int{k.Of, k.Happened, k.InPart, k.Undone, k.Refused, k.Open, k.CannotTell} {
				n[i] = itoa(int64(v))
			}
		}
		cells := []string{string(x.Statement), x.Call, x.Kind, x.Verb, x.Addressee, idText(x.AddresseeID), idText(x.Party), text, x.Status.String(), yes(x.Unsure), strings.Join(may, ", "), dateText(x.When), strings.Join(by, " "), strings.Join(eachOnce(sources), " ")}
		cells = append(append(cells, n...), dateText(x.Until), dateText(x.Ends), x.On, x.Known, itoa(x.Head))
		if err := l.add(x, cells...); err != nil {
			return err
		}
	}
	return l.end()
}

func idText(p *stocktake.PartyID) string {
	if p == nil {
		return ""
	}
	return string(*p)
}

// eachOnce leaves out what was there before.
func eachOnce(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// call prints one call for a person to read.
func (e *env) call(o *opened, x *record.CallState) {
	w := e.out
	fmt.Fprintf(w, "%s", x.Call)
	if !x.Day.IsZero() && x.Made != nil {
		fmt.Fprintf(w, "  %s", x.Made)
	}
	fmt.Fprintln(w)
	if x.Text == nil {
		fmt.Fprintln(w, "  (the words were removed)")
	} else {
		fmt.Fprintf(w, "  “%s”\n", *x.Text)
	}
	if x.Party != nil {
		fmt.Fprintf(w, "  asked of: %s; here of %s\n", e.partyName(o, x, *x.AddresseeID), e.partyName(o, x, *x.Party))
	} else if x.AddresseeID != nil && x.Kind == "call" {
		fmt.Fprintf(w, "  asked of: %s\n", e.partyName(o, x, *x.AddresseeID))
	}
	fmt.Fprintf(w, "  %s", x.Status)
	if x.When != nil {
		fmt.Fprintf(w, ", %s", x.When)
	}
	if x.Unsure {
		var may []string
		for _, s := range x.May {
			may = append(may, s.String())
		}
		fmt.Fprintf(w, " (unsure: may be %s)", strings.Join(may, ", "))
	}
	fmt.Fprintln(w)
	if n := x.Count; n != nil {
		fmt.Fprintf(w, "  of %d:", n.Of)
		sep := " "
		for _, s := range stocktake.CallStatuses() {
			if n.N(s) > 0 {
				fmt.Fprintf(w, "%s%s %d", sep, s, n.N(s))
				sep = "; "
			}
		}
		fmt.Fprintln(w)
	}
	for i := range x.By {
		e.callAct(w, &x.By[i])
	}
	if x.Until != nil {
		fmt.Fprintf(w, "  it could be done until %s\n", x.Until)
	}
	of := ""
	if x.Count != nil {
		of = ", for all of them"
	}
	if x.Ends != nil {
		later := ""
		if day, err := stocktake.ParseDate(x.On); err == nil && x.Ends.Before(day) == stocktake.Yes {
			later = "; what was done later would not show"
		}
		fmt.Fprintf(w, "  the record reaches to %s here%s%s\n", x.Ends, of, later)
	} else if x.Status != stocktake.CallCannotTell {
		fmt.Fprintln(w, "  no source says how far the record reaches here")
	}
	fmt.Fprintln(w)
}

func (e *env) partyName(o *opened, x *record.CallState, id stocktake.PartyID) string {
	if p, ok := o.Record().Party(id, x.Head); ok && p.Names["en"] != "" {
		return p.Names["en"]
	}
	return string(id)
}

// callAct prints one act that bears on a call.
func (e *env) callAct(w io.Writer, a *record.CallAct) {
	mark := " "
	if a.Led {
		mark = "*"
	}
	what := string(a.ID)
	if a.Kind != stocktake.NoAct {
		what += " (" + a.Kind.String() + " towards " + string(a.Instrument) + ")"
	}
	unsure := ""
	if a.Unsure {
		unsure = ", whether it counts is unsure"
	}
	var sources []string
	for _, s := range a.Sources {
		sources = append(sources, string(s))
	}
	if a.Reading != nil {
		what = strings.TrimSpace(what + " as read by " + a.Reading.By + ": " + a.Reading.Reason)
	}
	fmt.Fprintf(w, "  %s %s  %s: %s%s [%s]\n", mark, a.Date, a.Role, what, unsure, strings.Join(sources, ", "))
}
