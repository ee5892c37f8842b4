package cli

import (
	"fmt"
	"slices"
	"strconv"

	"stocktake"
	"stocktake/internal/record"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

type votesCmd struct {
	Instrument []string `help:"The resolution or proposal. May be repeated." placeholder:"NAME"`
	All        bool     `help:"Every roll-call, without the parties."`
}

func (c *votesCmd) Help() string {
	return `Examples:
  stocktake votes --instrument a-res-73-195
  stocktake votes --instrument A/RES/73/195 --json
  stocktake votes --all --csv`
}

// Run prints roll-calls.
func (c *votesCmd) Run(e *env) error {
	if c.All == (len(c.Instrument) > 0) {
		return misusef("name an instrument with --instrument, or ask for --all")
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
	l := e.list("id", "instrument", "symbol", "session", "date", "yes", "no", "abstain", "not_voting")
	add := func(v record.RollCallView) error {
		session := ""
		if v.Session > 0 {
			session = strconv.Itoa(v.Session)
		}
		return l.add(v, v.ID, string(v.Instrument), v.Symbol, session, v.Date.String(), strconv.Itoa(v.Yes), strconv.Itoa(v.No), strconv.Itoa(v.Abstain), strconv.Itoa(v.NotVoting))
	}
	if c.All {
		if err := o.Record().RollCalls(at, add); err != nil {
			return err
		}
		return l.end()
	}
	f, err := o.filter(at, nil, c.Instrument)
	if err != nil {
		return err
	}
	var views []record.RollCallView
	for _, in := range f.Instruments {
		for _, v := range o.Record().RollCallsOn(at, in) {
			views = append(views, v)
			if err := add(v); err != nil {
				return err
			}
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	if len(views) == 0 {
		e.noVotes(o, at, f.Instruments)
	}
	if !e.flags.JSON && !e.flags.CSV {
		for _, v := range views {
			e.ballots(o, at, v)
		}
	}
	return nil
}

// noVotes says where a vote may be found that is not on the instrument itself.
func (e *env) noVotes(o *opened, at stocktake.At, list []stocktake.InstrumentID) {
	e.say("No recorded vote on it is known. Texts adopted without a vote have none.")
	for _, in := range o.Record().Instruments(at.Head, true) {
		for _, l := range in.Links {
			if l.Rel == "endorses" && slices.Contains(list, l.To) {
				e.say("%s was voted on through %s: stocktake votes --instrument %s", l.To, in.Symbol, in.ID)
			}
		}
	}
}

// ballots prints who voted how, in words.
func (e *env) ballots(o *opened, at stocktake.At, v record.RollCallView) {
	for _, how := range []string{"no", "abstain", "absent", "not voting", "yes"} {
		var ids []string
		for id, w := range v.Parties {
			if w == how {
				name := string(id)
				if p, ok := o.Record().Party(id, at.Head); ok && p.Names["en"] != "" {
					name = p.Names["en"]
				}
				ids = append(ids, name)
			}
		}
		if len(ids) == 0 {
			continue
		}
		sortText(ids)
		fmt.Fprintf(e.out, "\n%s (%d), roll-call %s:", how, len(ids), v.ID)
		for i, s := range ids {
			if i > 0 {
				fmt.Fprint(e.out, ";")
			}
			fmt.Fprintf(e.out, " %s", s)
		}
		fmt.Fprintln(e.out)
	}
	if v.Derived {
		fmt.Fprintln(e.out, "\nWho did not vote is derived from membership: the source lists no absences.")
	}
}

type agreeCmd struct {
	Party       string `required:"" help:"One party." placeholder:"NAME"`
	With        string `required:"" help:"The other." placeholder:"NAME"`
	FromSession int    `help:"First session of the General Assembly." placeholder:"N"`
	ToSession   int    `help:"Last session." placeholder:"N"`
	From        string `help:"First day." placeholder:"DATE"`
	To          string `help:"Last day." placeholder:"DATE"`
}

func (c *agreeCmd) Help() string {
	return `Counts roll-calls in which both voted yes, no or abstained, and those in which both did the same.
Example:
  stocktake agree --party USA --with MEX --from-session 61 --to-session 74`
}

// Run compares two parties.
func (c *agreeCmd) Run(e *env) error {
	if c.ToSession > 0 && c.ToSession < c.FromSession {
		return misusef("--to-session %d lies before --from-session %d", c.ToSession, c.FromSession)
	}
	s := record.Span{FromSession: c.FromSession, ToSession: c.ToSession}
	var err error
	for _, x := range []struct {
		name, text string
		to         *stocktake.Date
	}{{"--from", c.From, &s.From}, {"--to", c.To, &s.To}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = stocktake.ParseDate(x.text); err != nil {
			return misusef("%s %v", x.name, err)
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
	f, err := o.filter(at, []string{c.Party, c.With}, nil)
	if err != nil {
		return err
	}
	if len(f.Parties) < 2 {
		return misusef("--party %s and --with %s are one party", c.Party, c.With)
	}
	a, err := o.Record().Agree(at, f.Parties[0], f.Parties[1], s)
	if err != nil {
		return err
	}
	if e.flags.JSON {
		return e.object(a)
	}
	share := ""
	if a.Share != nil {
		share = strconv.FormatFloat(*a.Share, 'f', 4, 64)
	}
	l := e.list("party", "with", "joint", "same", "share")
	if err := l.add(a, string(a.Party), string(a.With), strconv.Itoa(a.Joint), strconv.Itoa(a.Same), share); err != nil {
		return err
	}
	return l.end()
}
