package cli

import (
	"slices"
	"strconv"

	"stocktake"
	"stocktake/internal/record"
)

func sortText(s []string) { slices.Sort(s) }

type changesCmd struct {
	From       string   `required:"" help:"From the end of this day." placeholder:"DATE"`
	To         string   `required:"" help:"To the end of this day." placeholder:"DATE"`
	Party      []string `help:"Only this party. May be repeated." placeholder:"NAME"`
	Instrument []string `help:"Only this instrument. May be repeated." placeholder:"NAME"`
}

func (c *changesCmd) Help() string {
	return `Example:
  stocktake changes --from 2018-12-01 --to 2019-01-31 --instrument gcm`
}

// Run prints who moved.
func (c *changesCmd) Run(e *env) error {
	from, err := oneDay("--from", c.From)
	if err != nil {
		return err
	}
	to, err := oneDay("--to", c.To)
	if err != nil {
		return err
	}
	if to < from {
		return misusef("--to %s lies before --from %s", c.To, c.From)
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
	at.On = to
	f, err := o.filter(at, c.Party, c.Instrument)
	if err != nil {
		return err
	}
	type row struct {
		record.Change
		From  string `json:"from"`
		To    string `json:"to"`
		Known string `json:"known"`
		Head  int64  `json:"head"`
	}
	l := e.list("party", "instrument", "before", "after", "unsure", "from", "to", "known", "head")
	for _, x := range o.Record().Changes(at, from, f) {
		r := row{x, stocktake.DateOf(from).String(), at.OnString(), at.KnownString(), at.Head}
		if err := l.add(r, string(x.Party), string(x.Instrument), x.Before, x.After, yes(x.Unsure), r.From, r.To, r.Known, itoa(at.Head)); err != nil {
			return err
		}
	}
	return l.end()
}

func oneDay(flag, s string) (stocktake.Day, error) {
	d, err := stocktake.ParseDate(s)
	if err != nil {
		return 0, misusef("%s %v", flag, err)
	}
	lo, hi := d.Bounds()
	if lo != hi {
		return 0, misusef("%s %s: name one day, such as 2018-12-19", flag, s)
	}
	return lo, nil
}

type learnedCmd struct {
	FromHead int64 `required:"" help:"After this filing." placeholder:"N"`
	ToHead   int64 `help:"Up to this filing; the newest where it is left out." placeholder:"M"`
	Standing bool  `help:"List the standings that differ, on the day asked about, instead of the filings."`
}

func (c *learnedCmd) Help() string {
	return `Examples:
  stocktake learned --from-head 12000 --to-head 12100
  stocktake learned --from-head 12000 --standing --on 2018-12-20`
}

// Run prints what the record learned.
func (c *learnedCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	if c.ToHead > 0 {
		if c.ToHead > o.Record().Head() {
			return misusef("--to-head %d: this record holds %d filings", c.ToHead, o.Record().Head())
		}
		at.Head = c.ToHead
	}
	if c.FromHead < 0 || c.FromHead > at.Head {
		return misusef("--from-head %d is not between 0 and %d", c.FromHead, at.Head)
	}
	if c.Standing {
		l := e.list("party", "instrument", "before", "after", "unsure")
		for _, x := range o.Record().Moved(at, c.FromHead) {
			if err := l.add(x, string(x.Party), string(x.Instrument), x.Before, x.After, yes(x.Unsure)); err != nil {
				return err
			}
		}
		return l.end()
	}
	l := e.list("filing", "filed", "known", "acts", "key", "title")
	for _, x := range o.Record().LearnedBetween(c.FromHead, at.Head) {
		if err := l.add(x, itoa(x.Filing), x.Filed, x.Known, strconv.Itoa(x.Acts), x.Key, x.Title); err != nil {
			return err
		}
	}
	return l.end()
}
