package secretariat

import (
	"context"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// A Domain is known as that of a government: a mailbox there, or below it, speaks for the party.
type Domain struct {
	Name   string            `json:"name"` // lower case, ASCII
	Party  stocktake.PartyID `json:"party"`
	Source string            `json:"source"` // what says so
	By     string            `json:"by,omitempty"`
	Day    string            `json:"day,omitempty"`
	Record bool              `json:"-"` // from the description of the party on the record
	Rev    int64             `json:"-"`
}

const kindDomain = "government-domain"

// SetDomain enters a domain, or enters it anew.
func (o *Office) SetDomain(ctx context.Context, d Domain) error {
	name, err := address.Domain(d.Name)
	if err != nil {
		return err
	}
	if d.Name = name; strings.TrimSpace(d.Source) == "" {
		return stocktake.Invalidf("there is no source").Hinted("say what names this domain as the government's, such as the address of its register")
	}
	if _, ok := address.Registrable(name); !ok {
		return stocktake.Invalidf("below %s anybody can register a name", name).Hinted("enter the domain of the ministry or mission itself")
	}
	if _, ok := o.l.Record().Party(d.Party, o.l.Record().Head()); !ok {
		return stocktake.Invalidf("there is no party %s on this record", d.Party).Hinted("write its id, such as MEX")
	}
	d.Source, d.Day = clip(strings.TrimSpace(d.Source), 500), o.day()
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		_, rev, err := get[Domain](tx, kindDomain, d.Name)
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		_, err = o.put(tx, kindDomain, d.Name, rev, d, store.Key{Name: "party", Value: string(d.Party)})
		return err
	})
}

// DropDomain takes a domain out of the table.
func (o *Office) DropDomain(ctx context.Context, name string) error {
	return o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error { return tx.Drop(kindDomain, name) })
}

// Domains are the table, by name, with those that the record itself gives.
func (o *Office) Domains(ctx context.Context) (list []Domain, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		for after := ""; ; {
			items, err := r.Items(kindDomain, after, 500)
			if err != nil {
				return err
			}
			for _, it := range items {
				d, _, err := get[Domain](r, kindDomain, it.ID)
				if err != nil {
					return err
				}
				list = append(list, d)
				after = it.ID
			}
			if len(items) < 500 {
				return nil
			}
		}
	})
	rec := o.l.Record()
	for _, p := range rec.Parties(rec.Head()) {
		if d := o.ofRecord(p); d != nil {
			list = append(list, *d)
		}
	}
	slices.SortStableFunc(list, func(a, b Domain) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

// ofRecord is the domain that the record gives for a state.
func (o *Office) ofRecord(p *stocktake.Party) *Domain {
	if p.Codes["domain"] == "" || p.Kind == "organisation" {
		return nil
	}
	name, err := address.Domain(p.Codes["domain"])
	if err != nil {
		return nil
	}
	src := "the description of the party on this record"
	if len(p.Sources) > 0 {
		src += ", from " + string(p.Sources[0])
	}
	return &Domain{Name: name, Party: p.ID, Source: src, Record: true}
}

// governs returns the entry of the table by which a mailbox at a domain speaks for a party; nil where there is none.
func (o *Office) governs(r store.PrivateReader, domain string, party stocktake.PartyID) (*Domain, error) {
	rec := o.l.Record()
	if p, ok := rec.Party(party, rec.Head()); ok {
		if d := o.ofRecord(p); d != nil && (domain == d.Name || strings.HasSuffix(domain, "."+d.Name)) {
			return d, nil
		}
	}
	for name := domain; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		d, _, err := get[Domain](r, kindDomain, name)
		if stocktake.KindOf(err) == stocktake.NotFound {
			continue
		}
		if err != nil || d.Party == party {
			return &d, err
		}
		return nil, nil // the nearest entry counts
	}
	return nil, nil
}

// Governs reports whether a mailbox at a domain is known to speak for a party.
func (o *Office) Governs(ctx context.Context, domain string, party stocktake.PartyID) (is bool, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		d, err := o.governs(r, domain, party)
		is = d != nil
		return err
	})
	return is, err
}
