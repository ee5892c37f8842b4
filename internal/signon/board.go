package signon

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"stocktake"
	"stocktake/internal/store"
)

// Standing is where an organisation stands on the board.
type Standing string

// The standings, in the order of the board. Who said no and who took a yes back before publication are both "answered", and no more.
const (
	ForConvenor Standing = "waits for a convenor"
	ForOfficer  Standing = "waits for the organisation"
	NotAnswered Standing = "has not answered"
	ToReconfirm Standing = "has to say yes to the new text"
	OnList      Standing = "on the list"
	HasAnswered Standing = "has answered"
	HasLeft     Standing = "withdrew after publication"
	TakenOff    Standing = "taken off"
)

var standings = []Standing{ForConvenor, ForOfficer, NotAnswered, ToReconfirm, OnList, HasAnswered, HasLeft, TakenOff}

// A Row is one organisation on the board.
type Row struct {
	Endorsement string // its id
	Org         string
	Name        string
	Country     string
	Standing    Standing
	Missing     Missing
	Tier        stocktake.Tier
	Class       stocktake.AuthorityClass
	Agreement   string // of a yes that a convenor entered
	Version     int
	OldText     bool // it was given for an earlier version, and holds
	Late        bool
	Withheld    bool
	Invited     Day
	Reminded    int
	LastLetter  Day
	Mailed      bool     // there is a mailbox to remind
	Seconds     []Second // further yeses for it
	Unknown     bool     // nobody of a coalition knows it
	folded      string
}

// A Board is where an asking stands, for its convenors.
type Board struct {
	Asking    Asking
	Phase     Phase
	Closes    string // in its zone
	Left      time.Duration
	Rows      []Row
	Count     map[Standing]int
	Reminders []Due
	Turned    map[Day]int // forms over a quota, by day
}

// MakeBoard makes the board from all that is kept of an asking.
func MakeBoard(a *Asking, list []Endorsement, orgs map[string]Organisation, invitations []Invitation, now time.Time) Board {
	b := Board{Asking: *a, Phase: a.Phase(now), Closes: a.Closes.String(), Count: map[Standing]int{}}
	b.Asking.Salt = ""
	if left := a.Closes.At.Sub(now); left > 0 {
		b.Left = left
	}
	invited := map[string][]*Invitation{}
	for i := range invitations {
		x := &invitations[i]
		if x.Back == "" {
			invited[x.Endorsement] = append(invited[x.Endorsement], x)
		}
	}
	tag, err := language.Parse(a.Lang)
	if err != nil {
		tag = language.Und
	}
	c, buf := collate.New(tag, collate.IgnoreCase), &collate.Buffer{}
	keys := map[string][]byte{}
	for i := range list {
		e := &list[i]
		if e.State == WithdrewBefore && len(e.History) > 0 && e.History[0].To == Invited && !e.answered() {
			continue // the invitation was taken back
		}
		r := e.row(a, orgs[e.Org])
		for _, x := range invited[e.ID] {
			if r.Invited == "" || x.Made < r.Invited {
				r.Invited = x.Made
			}
			r.Mailed = r.Mailed || x.Mailbox != ""
			r.LastLetter = max(r.LastLetter, x.Sent)
			for _, m := range x.Reminded {
				r.Reminded++
				r.LastLetter = max(r.LastLetter, m.Day)
			}
		}
		b.Count[r.Standing]++
		keys[r.Endorsement] = slices.Clone(c.KeyFromString(buf, r.Name))
		buf.Reset()
		b.Rows = append(b.Rows, r)
	}
	slices.SortFunc(b.Rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(slices.Index(standings, x.Standing), slices.Index(standings, y.Standing)), slices.Compare(keys[x.Endorsement], keys[y.Endorsement]), cmp.Compare(x.Endorsement, y.Endorsement))
	})
	b.Reminders = Reminders(a, list, invitations, now)
	return b
}

func (e *Endorsement) answered() bool {
	return slices.ContainsFunc(e.History, func(s Step) bool { return s.To == Submitted || s.To == Declined })
}

func (e *Endorsement) row(a *Asking, o Organisation) Row {
	r := Row{Endorsement: e.ID, Org: e.Org, Name: In(e.Names, a.Lang), Country: e.Country, Missing: e.Missing, Tier: e.Tier, Class: e.Class, Agreement: e.Agreement(), Version: e.Version,
		Late: e.Late, Withheld: e.Withheld, Seconds: e.Seconds, Unknown: e.Org != "" && o.Known == nil}
	switch e.State {
	case Invited:
		r.Standing = NotAnswered
	case Submitted, MailboxConfirmed, AuthorityConfirmed:
		if r.Standing = ForOfficer; e.Missing == NeedsConvenor || e.State == AuthorityConfirmed {
			r.Standing = ForConvenor
		}
	case Listed:
		r.Standing, r.OldText = OnList, e.Version != a.Current().Number
	case Lapsed:
		r.Standing = ToReconfirm
	case WithdrewAfter:
		r.Standing = HasLeft
	case Struck:
		r.Standing = TakenOff
	default: // declined, withdrawn before publication: the same words, and nothing of what they had said
		r = Row{Endorsement: e.ID, Org: e.Org, Name: r.Name, Country: r.Country, Standing: HasAnswered}
	}
	names := []string{r.Country}
	for _, n := range append(slices.Clone(e.Names), o.Names...) {
		names = append(names, n.Text)
	}
	r.folded = fold(strings.Join(append(names, o.Domain), " "))
	return r
}

// Search returns the rows whose names, country or domain hold every word that is asked for, or the beginning of it.
func (b *Board) Search(words string) (list []Row) {
	want := strings.Fields(fold(words))
	for _, r := range b.Rows {
		ok := true
		for _, w := range want {
			ok = ok && (strings.HasPrefix(r.folded, w) || strings.Contains(r.folded, " "+w))
		}
		if ok {
			list = append(list, r)
		}
	}
	return list
}

// Board makes the board of an asking. It is for convenors.
func (b *Book) Board(ctx context.Context, by By, asking string) (board Board, err error) {
	if by.Actor != Convenor {
		return board, forbidden("the board is for convenors", "")
	}
	now := b.o.Now()
	err = b.read(ctx, func(r store.PrivateReader) error {
		a, err := load[Asking](r, asking)
		if err != nil {
			return err
		}
		list, err := all[Endorsement](r, a.ID+"/")
		if err != nil {
			return err
		}
		orgs, err := organisationsOf(r, list)
		if err != nil {
			return err
		}
		invitations, err := all[Invitation](r, a.ID+"/")
		if err != nil {
			return err
		}
		board = MakeBoard(&a, list, orgs, invitations, now)
		n, err := load[turned](r, a.ID)
		if stocktake.KindOf(err) == stocktake.NotFound {
			return nil
		}
		board.Turned = n.N
		return err
	})
	return board, err
}
