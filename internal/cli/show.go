package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/record"
)

type showCmd struct {
	ID string `arg:"" help:"A party, instrument, provision, act, roll-call (rc-6140), filing (12 or its SHA-256), source."`
}

func (c *showCmd) Help() string {
	return `Prints what the record holds under an id, as JSON.
Examples:
  stocktake show USA
  stocktake show gcm/obj-13
  stocktake show rc-6140
  stocktake show icerd/USA/consent/1
  stocktake show 12`
}

// Run prints one thing.
func (c *showCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	if _, ok := o.Record().RollCall(at, c.ID); ok {
		e.say("%s is read as the number of a filing; the roll-call with that number is rc-%s.", c.ID, c.ID)
	}
	v, err := o.thing(e, at, c.ID)
	if err != nil {
		return err
	}
	return e.object(v)
}

// thing finds what an id names.
func (o *opened) thing(e *env, at stocktake.At, id string) (any, error) {
	rec := o.Record()
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && n > 0 && n <= at.Head {
		return o.filing(e, n)
	}
	if len(id) == 64 {
		if n := rec.ByHash(strings.ToLower(id)); n > 0 && n <= at.Head {
			return o.filing(e, n)
		}
	}
	if list := rec.ByKey(id); len(list) > 0 && list[0] <= at.Head {
		n := list[0]
		for _, x := range list {
			if x <= at.Head {
				n = x
			}
		}
		return o.filing(e, n)
	}
	if p, ok := rec.Party(stocktake.PartyID(id), at.Head); ok {
		return p, nil
	}
	if in, ok := rec.Instrument(stocktake.InstrumentID(id), at.Head); ok {
		return map[string]any{"instrument": in, "provisions": rec.Provisions(in.ID, at.Head), "on": at.OnString(), "known": at.KnownString(), "head": at.Head}, nil
	}
	if p, ok := rec.Provision(stocktake.ProvisionID(id), at.Head); ok {
		texts, err := rec.Texts(e.ctx, p.ID, at.Head)
		return map[string]any{"provision": p, "texts": texts, "head": at.Head}, err
	}
	if v, ok := rec.RollCall(at, strings.TrimPrefix(strings.TrimPrefix(id, "rc-"), "roll-call/")); ok {
		return v, nil
	}
	if s, n, ok := rec.Source(stocktake.SourceID(id), at.Head); ok {
		v := map[string]any{"source": s, "filing": n}
		if s.Copy != nil {
			gone, down, err := o.RemovedCopy(e.ctx, s.Copy.SHA256)
			if err != nil {
				return nil, err
			}
			if down {
				v["copy_removed"] = gone
			}
		}
		return v, nil
	}
	if list, err := rec.Act(e.ctx, at, stocktake.ActID(id)); err != nil || len(list) > 0 {
		return map[string]any{"act": id, "entries": spoken(list), "on": at.OnString(), "known": at.KnownString(), "head": at.Head}, err
	}
	if p, ok := rec.FindParty(id, at.Head); ok {
		return o.thing(e, at, string(p))
	}
	if in, ok := rec.FindInstrument(id, at.Head); ok {
		return o.thing(e, at, string(in))
	}
	near := append(rec.Nearest("instrument", id, at.Head, 2), rec.Nearest("party", id, at.Head, 2)...)
	return nil, unknown("thing", id, near)
}

// spoken puts the words of acts where their commitments stand, as far as the words are still here.
func spoken(list []record.ActEntry) []record.ActEntry {
	say := func(s *stocktake.Sheeted) {
		if !s.Gone() {
			s.Commitment = ""
		}
	}
	for i := range list {
		a := &list[i].Act
		say(&a.Person)
		a.Quotes = slices.Clone(a.Quotes)
		for j := range a.Quotes {
			say(&a.Quotes[j].Exact)
		}
		if a.Text != nil {
			t := *a.Text
			say(&t.Words)
			a.Text = &t
		}
	}
	return list
}

// filing shows one filing: its public bytes, the words that are still on its sheets, and what went.
func (o *opened) filing(e *env, n int64) (any, error) {
	row, err := o.Raw(e.ctx, n)
	if err != nil {
		return nil, err
	}
	f, err := o.Load(e.ctx, n)
	if err != nil {
		return nil, err
	}
	type sheet struct {
		Path       string `json:"path"`
		Commitment string `json:"commitment"`
		Text       string `json:"text,omitempty"`
		RemovedBy  int64  `json:"removed_by,omitempty"`
	}
	sheets := []sheet{}
	f.EachSheeted(func(path string, s *stocktake.Sheeted) {
		sheets = append(sheets, sheet{path, s.Commitment, s.Text, o.Record().RemovedBy(s.Commitment)})
	})
	return map[string]any{"number": n, "filed": row.Filed.UTC().Format("2006-01-02T15:04:05.000000Z"), "sha256": row.SHA256, "filing": json.RawMessage(row.Bytes), "sheets": sheets}, nil
}

type searchCmd struct {
	Words []string `arg:"" help:"Words; each must stand at the start of a word."`
	Limit int      `help:"How many to print." default:"20"`
}

// Run prints what was found.
func (c *searchCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	l := e.list("kind", "id", "title", "note")
	hits := o.Record().Search(at, strings.Join(c.Words, " "), c.Limit)
	for _, h := range hits {
		if err := l.add(h, h.Kind, h.ID, h.Title, h.Note); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	if len(hits) == 0 {
		e.say("Nothing found. Fewer words, or another spelling, may find more.")
	}
	return nil
}

type lawCmd struct {
	Kind string `arg:"" optional:"" help:"Only for this kind of instrument, such as treaty or compact."`
	Acts bool   `help:"List the kinds of act instead."`
}

// Run prints the law.
func (c *lawCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	law := o.Record().Law(at.Head)
	if c.Acts {
		l := e.list("kind", "class")
		for _, k := range stocktake.ActKinds() {
			if err := l.add(map[string]string{"kind": k.String(), "class": k.Class()}, k.String(), k.Class()); err != nil {
				return err
			}
		}
		return l.end()
	}
	if e.flags.JSON {
		return e.object(map[string]any{"standings": law.Words(), "rows": law.Rows(), "head": at.Head})
	}
	if e.flags.CSV {
		l := e.list("id", "for", "act", "phase", "via", "from", "to", "force", "basis")
		for _, r := range law.Rows() {
			if c.Kind != "" && !hasKind(r, c.Kind) {
				continue
			}
			if err := l.add(r, r.ID, kinds(r.For), r.Act.String(), r.Phase.String(), yes(r.Via), strings.Join(r.From, "; "), r.To, r.Force, r.Basis); err != nil {
				return err
			}
		}
		return l.end()
	}
	fmt.Fprintln(e.out, "Standings")
	for _, w := range law.Words() {
		fmt.Fprintf(e.out, "  %-28s %s\n", w.Word, w.Means)
	}
	found := false
	for _, k := range stocktake.InstrumentKinds() {
		if c.Kind != "" && c.Kind != string(k) {
			continue
		}
		first := true
		for _, r := range law.Rows() {
			if !hasKind(r, string(k)) {
				continue
			}
			if first {
				fmt.Fprintf(e.out, "\nTowards a %s\n", k)
				first, found = false, true
			}
			from := "any standing"
			if len(r.From) > 0 {
				from = strings.Join(r.From, " / ")
			}
			to := r.To
			if to == "" {
				to = "(stays)"
			}
			act := r.Act.String() + ", " + r.Phase.String()
			if r.Via {
				act += ", on a resolution that endorses it"
			}
			fmt.Fprintf(e.out, "  %s: %s -> %s  [%s]\n", act, from, to, r.Basis)
		}
	}
	if !found && c.Kind != "" {
		return stocktake.NotFoundf("the law has no table for %q", c.Kind)
	}
	return nil
}

func hasKind(r stocktake.LawRow, k string) bool {
	for _, f := range r.For {
		if string(f) == k {
			return true
		}
	}
	return false
}

func kinds(list []stocktake.InstrumentKind) string {
	var s []string
	for _, k := range list {
		s = append(s, string(k))
	}
	return strings.Join(s, " ")
}

type sourcesCmd struct{}

// Run lists the sources.
func (c *sourcesCmd) Run(e *env) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return err
	}
	l := e.list("id", "kind", "publisher", "published", "read", "copy", "filings", "covers to", "title")
	for _, s := range o.Record().Sources(at.Head) {
		to, cp := "", ""
		for _, c := range s.Coverage {
			to = c.To.String()
		}
		if s.Copy != nil {
			cp = s.Copy.State
		}
		if err := l.add(s, string(s.ID), s.Kind, s.Publisher, s.Published.String(), s.Read.String(), cp, strconv.Itoa(s.Filings), to, s.Title); err != nil {
			return err
		}
	}
	return l.end()
}
