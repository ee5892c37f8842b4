package signon

import (
	"context"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// Conditions say which endorsements an invalidation takes: those that fulfil all that are set, and one at least has to be.
type Conditions struct {
	States  []State                    `json:"states,omitempty"`  // all that can be struck, where none is named
	Classes []stocktake.AuthorityClass `json:"classes,omitempty"` // of authority
	Roads   []stocktake.Road           `json:"roads,omitempty"`
	Domains []string                   `json:"domains,omitempty"` // registrable, of the signer's mailbox
	From    Day                        `json:"from,omitempty"`    // given on this day or later
	To      Day                        `json:"to,omitempty"`
	Unknown bool                       `json:"unknown,omitempty"` // nobody of a coalition knows the organisation
	Words   []string                   `json:"words,omitempty"`   // the name has one of them
	IDs     []string                   `json:"ids,omitempty"`
}

// Summary says the conditions in words.
func (c Conditions) Summary() string {
	var s []string
	add := func(what string, list []string) {
		if len(list) > 0 {
			s = append(s, what+" "+strings.Join(list, " or "))
		}
	}
	add("state", texts(c.States))
	add("authority", texts(c.Classes))
	add("came by", texts(c.Roads))
	add("mailbox at", c.Domains)
	if c.From != "" {
		s = append(s, "given from "+string(c.From))
	}
	if c.To != "" {
		s = append(s, "given up to "+string(c.To))
	}
	if c.Unknown {
		s = append(s, "organisation known to nobody here")
	}
	add("name with", c.Words)
	if len(c.IDs) > 0 {
		s = append(s, itoa(len(c.IDs))+" chosen by hand")
	}
	return strings.Join(s, "; ")
}

func texts[T ~string](list []T) (out []string) {
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

// Takes reports whether an endorsement fulfils the conditions.
func (c Conditions) Takes(e *Endorsement, o *Organisation) bool {
	if May(e.State, Struck, e.Public(), Convenor) != nil {
		return false
	}
	if len(c.States) > 0 && !slices.Contains(c.States, e.State) || len(c.Classes) > 0 && !slices.Contains(c.Classes, e.Class) || len(c.Roads) > 0 && !slices.Contains(c.Roads, e.Road) {
		return false
	}
	if c.From != "" && e.Given < c.From || c.To != "" && e.Given > c.To || c.Unknown && (e.Org == "" || o.Known != nil) || len(c.IDs) > 0 && !slices.Contains(c.IDs, e.ID) {
		return false
	}
	if len(c.Domains) > 0 {
		a, err := address.Parse(e.Signer.Mailbox)
		d, _ := a.Registrable()
		if err != nil || !slices.ContainsFunc(c.Domains, func(s string) bool { return strings.EqualFold(s, d) }) {
			return false
		}
	}
	if len(c.Words) > 0 && !slices.ContainsFunc(e.Names, func(n Name) bool {
		have := strings.Fields(fold(n.Text))
		return slices.ContainsFunc(c.Words, func(w string) bool { return slices.Contains(have, fold(w)) })
	}) {
		return false
	}
	return c.set()
}

func (c Conditions) set() bool {
	return len(c.States)+len(c.Classes)+len(c.Roads)+len(c.Domains)+len(c.Words)+len(c.IDs) > 0 || c.From != "" || c.To != "" || c.Unknown
}

// An Invalidation strikes many endorsements at once, and can be undone: each is then where it was.
type Invalidation struct {
	ID         string     `json:"id"` // the asking's id, a slash, and letters
	Rev        int64      `json:"-"`
	Asking     string     `json:"asking"`
	Conditions Conditions `json:"conditions"`
	Summary    string     `json:"summary"`
	Ground     string     `json:"ground"`
	By         string     `json:"by"`
	On         Day        `json:"on"`
	Count      int        `json:"count"`
	Undone     Day        `json:"undone,omitempty"`
	UndoneBy   string     `json:"undone_by,omitempty"`
}

func (x *Invalidation) item() (string, string, *int64) { return "signon-invalidation", x.ID, &x.Rev }

func (x *Invalidation) keys() []store.Key { return nil }

// Preview counts what conditions would strike, and returns the first few.
func (b *Book) Preview(ctx context.Context, by By, asking string, c Conditions) (n int, first []Endorsement, err error) {
	if by.Actor != Convenor {
		return 0, nil, forbidden("only a convenor strikes", "")
	}
	err = b.read(ctx, func(r store.PrivateReader) error {
		hit, err := hits(r, asking, c)
		n, first = len(hit), hit[:min(len(hit), 20)]
		return err
	})
	return n, first, err
}

func hits(r store.PrivateReader, asking string, c Conditions) (list []Endorsement, err error) {
	es, err := all[Endorsement](r, asking+"/")
	if err != nil {
		return nil, err
	}
	orgs, err := organisationsOf(r, es)
	for i := range es {
		o := orgs[es[i].Org]
		if c.Takes(&es[i], &o) {
			list = append(list, es[i])
		}
	}
	return list, err
}

// Invalidate strikes all that fulfil the conditions. count is what Preview said: where it is another number by now, nothing happens.
func (b *Book) Invalidate(ctx context.Context, by By, asking string, c Conditions, ground string, count int) (x Invalidation, err error) {
	if by.Actor != Convenor {
		return x, forbidden("only a convenor strikes", "")
	}
	if !c.set() {
		return x, stocktake.Invalidf("there is no condition: all would be struck").At("conditions")
	}
	err = b.change(ctx, func(t *tx) error {
		hit, err := hits(t, asking, c)
		if err != nil {
			return err
		}
		if len(hit) != count {
			return conflict("the conditions take "+itoa(len(hit))+" endorsements now, and "+itoa(count)+" when you looked", "look at them again")
		}
		x = Invalidation{ID: asking + "/" + newID(), Asking: asking, Conditions: c, Summary: c.Summary(), Ground: ground, By: by.ID, On: t.today, Count: count}
		for i := range hit {
			e := &hit[i]
			if err := e.To(Struck, by, t.today, ground); err != nil {
				return err
			}
			e.Invalidated = x.ID
			if err := save(t, e); err != nil {
				return err
			}
		}
		return save(t, &x)
	})
	return x, err
}

// Undo puts back what an invalidation struck and nobody has touched since.
func (b *Book) Undo(ctx context.Context, by By, id string) (n int, err error) {
	if by.Actor != Convenor {
		return 0, forbidden("only a convenor puts back", "")
	}
	err = b.change(ctx, func(t *tx) error {
		n = 0
		x, err := load[Invalidation](t, id)
		if err != nil || x.Undone != "" {
			return err
		}
		a, err := load[Asking](t, x.Asking)
		if err != nil {
			return err
		}
		ids, err := t.Find("signon-endorsement", "invalidated", id)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := load[Endorsement](t, id)
			if err != nil {
				return err
			}
			if e.State != Struck {
				continue
			}
			if err := t.putBack(&a, &e, by); err != nil {
				return err
			}
			n++
		}
		x.Undone, x.UndoneBy = t.today, by.ID
		return save(t, &x)
	})
	return n, err
}

// Invalidations returns those of an asking.
func (b *Book) Invalidations(ctx context.Context, asking string) (list []Invalidation, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error { list, err = all[Invalidation](r, asking+"/"); return err })
	return list, err
}
