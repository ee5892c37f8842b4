package secretariat

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
)

// A Proposal is what somebody means to put on the record: filings in the form in which people write them (docs/filing-format.md). It is private
// until it is filed.
type Proposal struct {
	ID      string        `json:"id"`
	Kind    string        `json:"kind"`  // of form that it was begun with, such as act or merge; yaml where it was written out
	Title   string        `json:"title"` // of its first filing
	Draft   string        `json:"draft"`
	Authors []string      `json:"authors"` // persons who wrote it or a part of it, the first one first
	Made    string        `json:"made"`    // days
	Changed string        `json:"changed"`
	State   ProposalState `json:"state"`
	By      string        `json:"by,omitempty"`      // who filed, refused or dropped it
	Reason  string        `json:"reason,omitempty"`  // why it was refused
	Entry   string        `json:"entry,omitempty"`   // of the queue, that it takes up
	Filings []int64       `json:"filings,omitempty"` // what it became
	Rev     int64         `json:"-"`
}

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen    ProposalState = "being written"
	ProposalWaiting ProposalState = "waiting for a second person"
	ProposalRefused ProposalState = "refused"
	ProposalFiled   ProposalState = "filed"
	ProposalDropped ProposalState = "dropped"
)

const (
	kindProposal  = "proposal"
	mostDraft     = 512 << 10
	proposalsKept = 90 // days after a proposal was filed or dropped
)

// Ended reports whether nothing can become of a proposal any more.
func (p *Proposal) Ended() bool { return p.State == ProposalFiled || p.State == ProposalDropped }

// Author reports whether somebody wrote a part of it.
func (p *Proposal) Author(who string) bool { return slices.Contains(p.Authors, who) }

func getProposal(r store.PrivateReader, id string) (*Proposal, error) {
	p, rev, err := get[Proposal](r, kindProposal, id)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil, stocktake.NotFoundf("there is no such proposal at this desk").Hinted("it is deleted %d days after it was filed or dropped", proposalsKept)
	}
	p.Rev = rev
	return &p, err
}

func (o *Office) putProposal(tx store.PrivateTx, p *Proposal) (err error) {
	p.Changed = o.day()
	keys := []store.Key{{Name: "state", Value: string(p.State)}}
	if p.Entry != "" {
		keys = append(keys, store.Key{Name: "entry", Value: p.Entry})
	}
	if p.Ended() {
		keys = append(keys, store.Key{Name: "until", Value: o.in(proposalsKept)})
	}
	p.Rev, err = o.put(tx, kindProposal, p.ID, p.Rev, p, keys...)
	return err
}

// in is the day that many days from now.
func (o *Office) in(days int) string { return o.now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// Propose begins a proposal. text is read to its end first: what has mistakes of form is refused with their places. entry is that of the
// queue which it takes up, or "".
func (o *Office) Propose(ctx context.Context, by, kind, text, entry string) (*Proposal, error) {
	text, list, err := readDraft(text)
	if err != nil {
		return nil, err
	}
	p := &Proposal{ID: newID(), Kind: kind, Title: list[0].Title, Draft: text, Authors: []string{by}, Made: o.day(), State: ProposalOpen, Entry: entry}
	return p, o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		p.Rev = 0
		if entry != "" {
			if err := o.takeUp(tx, entry, p.ID, by); err != nil {
				return err
			}
		}
		return o.putProposal(tx, p)
	})
}

func readDraft(text string) (string, []stocktake.Filing, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if len(text) > mostDraft {
		return "", nil, stocktake.Invalidf("the proposal has %d kB; %d are the most", len(text)>>10, mostDraft>>10).Hinted("part it, or take a data set in with `stocktake import`")
	}
	list, err := draft.Parse("line", []byte(text))
	return text, list, err
}

// PrintDraft writes filings as proposals hold them, one after the other.
func PrintDraft(list ...stocktake.Filing) (string, error) {
	var b strings.Builder
	for i, f := range list {
		if i > 0 {
			b.WriteString("---\n")
		}
		text, err := draft.Print(f)
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// Mistakes takes apart what is wrong with a draft.
func Mistakes(err error) []*stocktake.Fault { return draft.Faults(err) }

// Proposal returns one.
func (o *Office) Proposal(ctx context.Context, id string) (p *Proposal, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error { p, err = getProposal(r, id); return err })
	return p, err
}

// Proposals returns those in some states, the newest first.
func (o *Office) Proposals(ctx context.Context, states ...ProposalState) (list []*Proposal, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		for _, s := range states {
			ids, err := r.Find(kindProposal, "state", string(s))
			if err != nil {
				return err
			}
			for _, id := range ids {
				p, err := getProposal(r, id)
				if err != nil {
					return err
				}
				list = append(list, p)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b *Proposal) int { return strings.Compare(b.Changed+b.ID, a.Changed+a.ID) })
	return list, err
}

// changeProposal lets do change a proposal that has not ended, in one transaction.
func (o *Office) changeProposal(ctx context.Context, id string, do func(tx store.PrivateTx, p *Proposal) error) (p *Proposal, err error) {
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		if p, err = getProposal(tx, id); err != nil {
			return err
		}
		if p.Ended() {
			return conflict("the proposal is " + string(p.State)).Hinted("begin a new one")
		}
		if err := do(tx, p); err != nil {
			return err
		}
		return o.putProposal(tx, p)
	})
	return p, err
}

// Rewrite changes the words of a proposal of which the caller has read the revision rev. Who does is an author of it from then on, and whoever
// was asked to approve it is asked anew.
func (o *Office) Rewrite(ctx context.Context, id, by, text string, rev int64) (*Proposal, error) {
	text, list, err := readDraft(text)
	if err != nil {
		return nil, err
	}
	return o.changeProposal(ctx, id, func(_ store.PrivateTx, p *Proposal) error {
		if p.Rev != rev {
			return conflict("somebody else has changed the proposal meanwhile").Hinted("go back, copy what you wrote, and open it again")
		}
		if p.Draft == text {
			return nil
		}
		p.Draft, p.Title, p.State, p.Reason, p.By = text, list[0].Title, ProposalOpen, "", ""
		if !p.Author(by) {
			p.Authors = append(p.Authors, by)
		}
		return nil
	})
}

// Ask hands a proposal to a second person.
func (o *Office) Ask(ctx context.Context, id string) (*Proposal, error) {
	return o.changeProposal(ctx, id, func(_ store.PrivateTx, p *Proposal) error {
		p.State, p.Reason, p.By = ProposalWaiting, "", ""
		return nil
	})
}

// Refuse says that a proposal is not to be filed as it is. Its authors see why, and can change it.
func (o *Office) Refuse(ctx context.Context, id, by, reason string) (*Proposal, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, stocktake.Invalidf("it is not said why").Hinted("write one sentence for those who wrote it")
	}
	return o.changeProposal(ctx, id, func(_ store.PrivateTx, p *Proposal) error {
		if p.State != ProposalWaiting {
			return conflict("the proposal waits for nobody")
		}
		p.State, p.By, p.Reason = ProposalRefused, by, clip(reason, 500)
		return nil
	})
}

// DropProposal gives a proposal up. The entry of the queue that it took up waits there again.
func (o *Office) DropProposal(ctx context.Context, id, by string) (*Proposal, error) {
	return o.changeProposal(ctx, id, func(tx store.PrivateTx, p *Proposal) error {
		p.State, p.By = ProposalDropped, by
		if p.Entry != "" {
			return o.putBack(tx, p.Entry, p.ID)
		}
		return nil
	})
}

// ErrMoved says that what a proposal would do is not what was seen any more.
var ErrMoved = errors.New("what it would do is not what was seen")

// FileProposal files a proposal whose preview by had before the eyes: seen is the Sum of that. ErrMoved says that the same proposal would do
// something else by now, so that it has to be looked at again. With two, only what waits for a second person is filed, by one who wrote nothing
// of it. Where a process ends between filing and noting it, doing it again notes it.
func (o *Office) FileProposal(ctx context.Context, id, by, seen string, two bool) (*Proposal, error) {
	for {
		p, err := o.Proposal(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := mayFile(p, by, two); err != nil {
			return p, err
		}
		v, err := o.Preview(ctx, p.Draft)
		if err != nil {
			return p, err
		}
		if v.Sum != seen {
			return p, ErrMoved
		}
		if len(v.Faults) > 0 {
			return p, v.Faults[0]
		}
		rs, err := o.l.File(ctx, ledger.FileOptions{After: &v.Head}, v.Filings...)
		if stocktake.KindOf(err) == stocktake.Conflict && ctx.Err() == nil {
			if now, err2 := o.Preview(ctx, p.Draft); err2 == nil && now.Head != v.Head {
				continue // something else was filed this very moment
			}
		}
		if err != nil {
			return p, err
		}
		return o.changeProposal(ctx, id, func(tx store.PrivateTx, p *Proposal) error {
			p.State, p.By, p.Reason, p.Filings = ProposalFiled, by, "", nil
			for _, r := range rs.List {
				p.Filings = append(p.Filings, r.Number)
			}
			if p.Entry != "" {
				return o.entryFiled(tx, p.Entry, p.Filings)
			}
			return nil
		})
	}
}

func mayFile(p *Proposal, by string, two bool) error {
	switch {
	case p.Ended():
		return conflict("the proposal is " + string(p.State))
	case two && p.State != ProposalWaiting:
		return conflict("two persons are needed, and nobody has asked a second one yet").Hinted("ask for a second person first")
	case two && p.Author(by):
		return &stocktake.Fault{Kind: stocktake.Forbidden, What: "two persons are needed: who wrote a proposal does not approve it", Hint: "ask somebody else"}
	}
	return nil
}
