package signon

import (
	"context"
	"slices"
	"strings"

	"stocktake/internal/store"
)

// Organisations returns those that are here and were not merged into another, by name, where every word of words is in a name, the domain, the
// country or the number of a register.
func (b *Book) Organisations(ctx context.Context, words string) (list []Organisation, err error) {
	want := strings.Fields(fold(words))
	err = b.read(ctx, func(r store.PrivateReader) error {
		list = nil
		every, err := all[Organisation](r, "")
		for i := range every {
			if o := &every[i]; o.Into == "" && o.has(want) {
				list = append(list, *o)
			}
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b Organisation) int { return strings.Compare(fold(In(a.Names, "")), fold(In(b.Names, ""))) })
	return list, err
}

func (o *Organisation) has(words []string) bool {
	text := fold(o.Domain) + " " + o.Domain + " " + fold(o.Country)
	for _, n := range o.Names {
		text += " " + fold(n.Text)
	}
	for _, r := range o.Registers {
		text += " " + fold(r.ID)
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// Chapters returns the organisations that have this one as parent.
func (b *Book) Chapters(ctx context.Context, id string) (list []Organisation, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find("signon-organisation", "parent", id)
		for _, id := range ids {
			o, err := load[Organisation](r, id)
			if err != nil {
				return err
			}
			list = append(list, o)
		}
		return err
	})
	return list, err
}

// EndorsementsOf returns the places of an organisation in all askings.
func (b *Book) EndorsementsOf(ctx context.Context, org string) (list []Endorsement, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find("signon-endorsement", "org", org)
		for _, id := range ids {
			e, err := load[Endorsement](r, id)
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return err
	})
	return list, err
}

// NameOf returns the first name of an organisation, as it stood before merges.
func (b *Book) NameOf(ctx context.Context, id string) (name string, err error) {
	err = b.read(ctx, func(r store.PrivateReader) error {
		o, err := load[Organisation](r, id)
		name = In(o.Names, "")
		return err
	})
	return name, err
}
