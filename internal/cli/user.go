package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"stocktake"
	"stocktake/internal/people"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Make an account, and print a link to sign in. The first one is an administrator's."`
	List   userListCmd   `cmd:"" default:"1" help:"Print the accounts."`
	Link   userLinkCmd   `cmd:"" help:"Print a link to sign in, where no mail arrives."`
	Revoke userRevokeCmd `cmd:"" help:"End all sessions and links of an account."`
	Remove userRemoveCmd `cmd:"" help:"Take an account away."`

	Rule userRuleCmd `cmd:"" help:"Print or set the rule of two persons on the record."`
}

// people returns the accounts of the record, and where links lead: to the address of the site, or to that of serve.
func (o *opened) people(ctx context.Context) (*people.People, string, error) {
	site, err := o.site(ctx)
	if err != nil {
		return nil, "", err
	}
	at := strings.TrimRight(site.Address, "/")
	if at == "" {
		listen := os.Getenv("STOCKTAKE_LISTEN")
		if listen == "" {
			listen = "127.0.0.1:8017"
		}
		at = "http://" + listen
	}
	return people.New(o.Store(), people.Options{Now: o.env.now, Address: at, Site: site.Name}), at, nil
}

// withPeople opens the record for a command about accounts.
func (e *env) withPeople(do func(p *people.People, at string) error) error {
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	p, at, err := o.people(e.ctx)
	if err != nil {
		return err
	}
	return do(p, at)
}

// printLink makes and prints a link.
func (e *env) printLink(p *people.People, at string, x people.Person) error {
	token, err := p.Link(e.ctx, x.ID)
	if err != nil {
		return err
	}
	if e.flags.JSON {
		return e.object(map[string]any{"email": x.Email, "admin": x.Admin, "link": p.LinkTo(token)})
	}
	fmt.Fprintf(e.out, "%s\n", p.LinkTo(token))
	e.say("The link works once, within 15 minutes, while serve runs at %s. Whoever opens it is signed in as this person: hand it to nobody else.", at)
	return nil
}

type userAddCmd struct {
	Email string `arg:"" help:"Mail address."`
	Name  string `help:"Name, as others at the desk see it." placeholder:"NAME"`
	Admin bool   `help:"Make them an administrator, who looks after people and coalitions; an account that is there becomes one."`
}

// Run makes an account.
func (c *userAddCmd) Run(e *env) error {
	return e.withPeople(func(p *people.People, at string) error {
		x, made, err := p.Add(e.ctx, c.Email, c.Name, c.Admin)
		if err != nil {
			return err
		}
		if !made {
			e.say("This account is an administrator's now.")
		} else if x.Admin && !c.Admin {
			e.say("This is the first account: it is an administrator's. From now on everybody signs in, on this computer too.")
		}
		return e.printLink(p, at, x)
	})
}

type userLinkCmd struct {
	Email string `arg:"" help:"Mail address of an account."`
}

// Run prints a link.
func (c *userLinkCmd) Run(e *env) error {
	return e.withPeople(func(p *people.People, at string) error {
		x, err := p.ByEmail(e.ctx, c.Email)
		if err != nil {
			return err
		}
		return e.printLink(p, at, x)
	})
}

type userListCmd struct{}

type userRow struct {
	Email      string   `json:"email"`
	Name       string   `json:"name"`
	Admin      bool     `json:"admin"`
	Passkeys   int      `json:"passkeys"`
	Sessions   int      `json:"sessions"`
	LastUsed   string   `json:"last_used"` // civil day; of the sessions that are open
	Coalitions []string `json:"coalitions"`
	Made       string   `json:"made"`
}

// Run lists the accounts.
func (c *userListCmd) Run(e *env) error {
	return e.withPeople(func(p *people.People, _ string) error {
		all, err := p.All(e.ctx)
		if err != nil {
			return err
		}
		list := []userRow{}
		for _, x := range all {
			r := userRow{Email: x.Email, Name: x.Name, Admin: x.Admin, Passkeys: len(x.Passkeys), Made: x.Made, Coalitions: []string{}}
			sessions, err := p.Sessions(e.ctx, x.ID)
			if err != nil {
				return err
			}
			if r.Sessions = len(sessions); r.Sessions > 0 {
				r.LastUsed = sessions[0].Used
			}
			x.Admin = false // what they have a part in, not what they look after
			in, err := p.Coalitions(e.ctx, x)
			if err != nil {
				return err
			}
			for _, c := range in {
				r.Coalitions = append(r.Coalitions, string(c.ID))
			}
			list = append(list, r)
		}
		if e.flags.JSON {
			return e.object(list)
		}
		if e.flags.CSV {
			return misusef("accounts are printed as a table or with --json")
		}
		if len(list) == 0 {
			fmt.Fprintln(e.out, "There is no account. `stocktake user add EMAIL` makes the first one, an administrator's.")
			return nil
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for _, r := range list {
			what := "member"
			if r.Admin {
				what = "administrator"
			}
			last := "not signed in"
			if r.Sessions > 0 {
				last = fmt.Sprintf("%d sessions, last used %s", r.Sessions, r.LastUsed)
				if r.Sessions == 1 {
					last = "1 session, last used " + r.LastUsed
				}
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Email, r.Name, what, last, strings.Join(r.Coalitions, " "))
		}
		return w.Flush()
	})
}

type userRevokeCmd struct {
	Email    string `arg:"" optional:"" help:"Mail address of an account."`
	Passkeys bool   `help:"Take its passkeys off too."`
	All      bool   `help:"End every session, link and invitation of all accounts, as after a restore from a backup."`
}

// Run ends sessions.
func (c *userRevokeCmd) Run(e *env) error {
	if c.All == (c.Email != "") || c.All && c.Passkeys {
		return misusef("name one account, or --all")
	}
	return e.withPeople(func(p *people.People, _ string) error {
		if c.All {
			if err := p.EndEverySession(e.ctx); err != nil {
				return err
			}
			fmt.Fprintln(e.out, "Every session, link and invitation has ended.")
			return nil
		}
		x, err := p.ByEmail(e.ctx, c.Email)
		if err != nil {
			return err
		}
		n, err := p.EndSessions(e.ctx, x.ID, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%d sessions ended; links that were not used open nothing.\n", n)
		switch {
		case c.Passkeys:
			for _, k := range x.Passkeys {
				if err := p.RemovePasskey(e.ctx, x.ID, k.ID()); err != nil && stocktake.KindOf(err) != stocktake.NotFound {
					return err
				}
			}
			fmt.Fprintf(e.out, "%d passkeys removed.\n", len(x.Passkeys))
		case len(x.Passkeys) > 0:
			fmt.Fprintf(e.out, "%d passkeys still sign in; --passkeys removes them.\n", len(x.Passkeys))
		}
		return nil
	})
}

type userRemoveCmd struct {
	Email string `arg:"" help:"Mail address of an account."`
}

// Run takes an account away.
func (c *userRemoveCmd) Run(e *env) error {
	return e.withPeople(func(p *people.People, _ string) error {
		x, err := p.ByEmail(e.ctx, c.Email)
		if err != nil {
			return err
		}
		if err := p.Remove(e.ctx, x.ID); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "The account is gone, with its passkeys, sessions and roles.")
		return nil
	})
}

type userRuleCmd struct {
	Name  string `arg:"" optional:"" enum:"two-persons" default:"two-persons" help:"two-persons: what one proposes, another approves."`
	State string `arg:"" optional:"" enum:"on,off,show" default:"show" help:"on, off, or nothing to print which it is."`
}

// Run sets the rule of the record's desk, or prints it.
func (c *userRuleCmd) Run(e *env) error {
	return e.withPeople(func(p *people.People, _ string) error {
		if c.State != "show" {
			if err := p.SetTwoPersons(e.ctx, people.Local(), c.State == "on"); err != nil {
				return err
			}
		}
		desk, err := p.Coalition(e.ctx, people.RecordDesk)
		if err != nil {
			return err
		}
		if e.flags.JSON {
			return e.object(map[string]bool{"two_persons": desk.Rules.TwoPersons})
		}
		if desk.Rules.TwoPersons {
			fmt.Fprintln(e.out, "The desk of the record wants two persons: what one proposes, another approves.")
		} else {
			fmt.Fprintln(e.out, "Whoever may put something on the record files it alone.")
		}
		return nil
	})
}
