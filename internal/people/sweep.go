package people

import (
	"context"
	"encoding/json"

	"stocktake/internal/store"
)

// Sweep drops what is over: sessions that ended, links and questions to passkeys that were used or are too old, invitations that were taken up or
// withdrawn, and those that ran out two weeks ago. It returns how many it dropped, and writes nothing where there is nothing to drop.
func (p *People) Sweep(ctx context.Context) (n int, err error) {
	today, now := p.today(), p.now()
	over := map[string]func(body []byte) (bool, error){
		kindSession: func(b []byte) (bool, error) {
			var s Session
			err := json.Unmarshal(b, &s)
			return !s.open(today), err
		},
		kindLink: func(b []byte) (bool, error) {
			var l signInLink
			err := json.Unmarshal(b, &l)
			return !l.open(now), err
		},
		kindCeremony: func(b []byte) (bool, error) {
			var c ceremony
			err := json.Unmarshal(b, &c)
			return c.Used || !now.Before(c.Expires), err
		},
		kindInvitation: func(b []byte) (bool, error) {
			var i Invitation
			err := json.Unmarshal(b, &i)
			return i.Closed != "" || today > addDays(i.Expires, inviteDays), err
		},
	}
	type item struct{ kind, id string }
	find := func(r store.PrivateReader) (list []item, err error) {
		for kind, is := range over {
			items, err := r.Items(kind, "", 0)
			if err != nil {
				return nil, err
			}
			for _, it := range items {
				gone, err := is(it.Body)
				if err != nil {
					return nil, err
				}
				if gone {
					list = append(list, item{kind, it.ID})
				}
			}
		}
		return list, nil
	}
	err = p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list, err := find(r)
		n = len(list)
		return err
	})
	if err != nil || n == 0 {
		return 0, err
	}
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		list, err := find(tx)
		if err != nil {
			return err
		}
		for _, it := range list {
			if err := tx.Drop(it.kind, it.id); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	return n, err
}
