package people

import (
	"context"

	"stocktake/internal/store"
)

// MayApproveRecord reports whether somebody may approve what others put on the record (nil), by their roles at its desk and its rule of two
// persons. An administrator's approval counts as an approver's.
func (p *People) MayApproveRecord(ctx context.Context, who Person, authors []PersonID) error {
	return p.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		if err := p.may(r, who, RecordDesk, ApproveRecord); err != nil {
			return err
		}
		c, err := coalitionOf(r, RecordDesk)
		if err != nil {
			return err
		}
		roles, err := rolesOf(r, who.ID, RecordDesk)
		if err != nil {
			return err
		}
		rules := c.Rules
		if who.Admin {
			rules.Approvers = nil
			roles = append(roles, Approver)
		}
		return rules.MayApprove(who.ID, roles, authors)
	})
}

// SetTwoPersons says whether the desk of the record wants two persons: what one proposes, another approves.
func (p *People) SetTwoPersons(ctx context.Context, by Person, two bool) error {
	return p.Change(ctx, by, RecordDesk, func(c *Coalition) error {
		c.Rules.TwoPersons = two
		return nil
	})
}
