package cli

import (
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type standingCmd struct {
	Party      []string `help:"A state or other party: id, ISO code, UN name or common name. May be repeated." placeholder:"NAME"`
	Instrument []string `help:"An instrument: id, UN symbol, register number or alias. May be repeated." placeholder:"NAME"`
}

func (c *standingCmd) Help() string {
	return `Examples:
  stocktake standing --party USA --instrument gcm-process --on 2018-01-01
  stocktake standing --instrument gcm --on 2018-12-20 --json
  stocktake standing --party Brazil --known 2019-01-08`
}

// Run prints where parties stand.
func (c *standingCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	f, err := o.filter(at, c.Party, c.Instrument)
	if err != nil {
		return err
	}
	l := e.list("party", "instrument", "standing", "bound", "in_force", "since", "unsure", "conflicts", "ends", "on", "known", "head")
	err = o.Record().Standings(e.ctx, at, f, func(s stocktake.Standing) error {
		return l.add(s, string(s.Party), string(s.Instrument), s.Standing, truth(s.Bound), truth(s.InForce), dateText(s.Since), yes(s.Unsure), clashes(s.Conflicts), dateText(s.Ends), s.On, s.Known, itoa(s.Head))
	})
	if err != nil {
		return err
	}
	return l.end()
}

func clashes(list []stocktake.Clash) string {
	var parts []string
	for _, c := range list {
		var says []string
		for _, s := range c.Says {
			says = append(says, string(s.Source)+": "+s.Value)
		}
		follows := ""
		if c.Follows != "" {
			follows = "; the record follows " + string(c.Follows)
		}
		parts = append(parts, string(c.Act)+" ("+c.About+") "+strings.Join(says, "; ")+follows)
	}
	return strings.Join(parts, " | ")
}

// filter resolves names to ids.
func (o *opened) filter(at stocktake.At, parties, instruments []string) (record.Filter, error) {
	var f record.Filter
	for _, s := range append(slices.Clone(parties), instruments...) {
		if strings.TrimSpace(s) == "" {
			return f, misusef("an empty name was given; name a party or instrument, or leave the flag out")
		}
	}
	for _, s := range parties {
		id, err := o.party(s, at.Head)
		if err != nil {
			return f, err
		}
		if !slices.Contains(f.Parties, id) {
			f.Parties = append(f.Parties, id)
		}
	}
	for _, s := range instruments {
		id, err := o.instrument(s, at.Head)
		if err != nil {
			return f, err
		}
		if !slices.Contains(f.Instruments, id) {
			f.Instruments = append(f.Instruments, id)
		}
	}
	return f, nil
}

func (o *opened) party(name string, head int64) (stocktake.PartyID, error) {
	if id, ok := o.Record().FindParty(name, head); ok {
		return id, nil
	}
	return "", unknown("party", name, o.Record().Nearest("party", name, head, 3))
}

func (o *opened) instrument(name string, head int64) (stocktake.InstrumentID, error) {
	if id, ok := o.Record().FindInstrument(name, head); ok {
		return id, nil
	}
	return "", unknown("instrument", name, o.Record().Nearest("instrument", name, head, 3))
}

func unknown(what, name string, near []string) error {
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60]) + "…"
	}
	f := stocktake.NotFoundf("no %s %q in this record", what, name)
	if len(near) > 0 {
		return f.Hinted("did you mean %s?", strings.Join(near, ", "))
	}
	return f.Hinted("`stocktake search` looks for words; with --head or --head-at, only what was filed by then is known")
}

type undertakingsCmd struct {
	Party      string   `required:"" help:"The party." placeholder:"NAME"`
	Theme      string   `help:"Only provisions with this theme, such as child-detention." placeholder:"THEME"`
	Instrument []string `help:"Only provisions of this instrument. May be repeated." placeholder:"NAME"`
}

func (c *undertakingsCmd) Help() string {
	return `Examples:
  stocktake undertakings --party MEX --theme child-detention
  stocktake undertakings --party Germany --instrument icrmw --json`
}

// Run prints what a party undertook.
func (c *undertakingsCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	f, err := o.filter(at, []string{c.Party}, c.Instrument)
	if err != nil {
		return err
	}
	if c.Theme != "" {
		if themes := o.Record().Themes(at.Head); !slices.Contains(themes, c.Theme) {
			return stocktake.NotFoundf("no provision of this record has the theme %q", c.Theme).Hinted("themes are %s", strings.Join(themes, ", "))
		}
	}
	list, err := o.Record().Undertakings(e.ctx, at, f.Parties[0], c.Theme, f.Instruments)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		e.say("Nothing: no provision of the record that was asked for is undertaken by it.")
	}
	l := e.list("provision", "number", "title", "standing", "bound", "since", "reservations", "text", "on", "known", "head")
	for _, u := range list {
		text := ""
		if u.Text != nil && e.flags.CSV {
			text = *u.Text
		}
		if err := l.add(u, string(u.Provision), u.Number, u.Title, u.Standing, truth(u.Bound), dateText(u.Since), itoa(int64(len(u.Reservations))), text, u.On, u.Known, itoa(u.Head)); err != nil {
			return err
		}
	}
	return l.end()
}
