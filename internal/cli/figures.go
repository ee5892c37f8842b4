package cli

import (
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/figures"
)

type figuresCmd struct {
	List        bool   `help:"List the series, with their units and vintages."`
	Series      string `help:"The series, publisher and column, such as unhcr/refugees." placeholder:"ID"`
	Party       string `help:"Where people are, or whom the figure is about." placeholder:"NAME"`
	Counterpart string `help:"Where they came from, or the other side." placeholder:"NAME"`
	Period      string `help:"A year (2015), a span of years (2015-2020), a quarter (2016Q2) or a day. All where it is left out." placeholder:"PERIOD"`
	Sum         bool   `help:"Add up: one row. Refused where figures of the series cannot be added."`
}

func (c *figuresCmd) Help() string {
	return `The newest vintage that could be known (--known) answers, and an older one for periods that it does not cover. A value of null was not
reported; "state" tells a 0 and a figure that may be rounded from the others. docs/figures.md explains.

Examples:
  stocktake figures --list
  stocktake figures --series unhcr/refugees --party DEU --counterpart SYR --period 2015
  stocktake figures --series unhcr/refugees --party Uganda --period 2024 --sum --json
  stocktake figures --series desa/migrant-stock --counterpart BGD --party IND --known 2019-12-31`
}

// figures answers from the tables of an open record.
func (o *opened) figures() *figures.Figures { return figures.New(o.Record(), o.Blobs(), 0) }

// Run prints series or figures.
func (c *figuresCmd) Run(e *env) error {
	if c.List == (c.Series != "") {
		return misusef("name a series with --series, or ask for --list")
	}
	if c.List && (c.Party != "" || c.Counterpart != "" || c.Period != "" || c.Sum) {
		return misusef("--list takes no --party, --counterpart, --period or --sum")
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
	if c.List {
		return c.list(e, o, at)
	}
	q := figures.Query{Series: stocktake.SeriesID(c.Series)}
	if q.From, q.To, err = figures.ParseSpan(c.Period); err != nil {
		return misusef("--period %v", err)
	}
	if c.Sum {
		q.Over = figures.All
	}
	for _, side := range []struct {
		name string
		to   *string
	}{{c.Party, &q.Party}, {c.Counterpart, &q.Counterpart}} {
		if side.name == "" || strings.Contains(side.name, ":") {
			*side.to = side.name
			continue
		}
		id, err := o.party(side.name, at.Head)
		if err != nil {
			return err
		}
		*side.to = string(id)
	}
	l := e.list("series", "party", "counterpart", "period", "value", "unit", "vintage", "source", "state")
	n := 0
	err = o.figures().Each(e.ctx, at, q, func(r *figures.Row) error {
		n++
		value := ""
		if r.Value != nil {
			value = strconv.FormatFloat(*r.Value, 'f', -1, 64)
		}
		return l.add(r, string(r.Series), r.Party, r.Counterpart, r.Period, value, r.Unit, r.Vintage, r.Source, r.State)
	})
	if err != nil {
		return err
	}
	if err := l.end(); err != nil {
		return err
	}
	if n == 0 {
		e.say("No row of %s is about that. That is neither 0 nor \"not reported\": the table says nothing of it.", c.Series)
	}
	return nil
}

func (c *figuresCmd) list(e *env, o *opened, at stocktake.At) error {
	l := e.list("series", "unit", "times", "adds", "vintage", "publisher", "title")
	list := o.figures().List(at)
	for i := range list {
		s := &list[i]
		if err := l.add(s, string(s.Series), s.Unit, s.Times, s.Adds, s.Vintages[0].Edition, s.Publisher, s.Title); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	if len(list) == 0 {
		e.say("There are no figures in this record yet. `stocktake import --as unhcr-refugee-statistics FOLDER` brings some in; docs/figures.md says more.")
	}
	return nil
}

// FindCode lets an importer of figures look up codes of lists that the record keeps, such as m49.
func (n names) FindCode(list, code string) (stocktake.PartyID, bool) {
	for _, p := range n.o.Record().Parties(n.o.Record().Head()) {
		if code != "" && p.Codes[list] == code {
			return p.ID, true
		}
	}
	return "", false
}
