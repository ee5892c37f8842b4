package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/mailer"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

type mailCmd struct {
	Status mailStatusCmd `cmd:"" help:"How mail is sent, and what waits."`
	List   mailListCmd   `cmd:"" help:"List letters that wait, went wrong, or were sent in the last 30 days."`
	Show   mailShowCmd   `cmd:"" help:"Print a letter, to be read or copied."`
	Sent   mailSentCmd   `cmd:"" help:"Note that a letter was sent by hand."`
	Retry  mailRetryCmd  `cmd:"" help:"Try a letter again."`
	Drop   mailDropCmd   `cmd:"" help:"Take a letter out of the queue."`
	Bounce mailBounceCmd `cmd:"" help:"Read a report about a letter that came back."`
	Send   mailSendCmd   `cmd:"" help:"Send what is due."`
	Test   mailTestCmd   `cmd:"" help:"Send a letter to see whether mail works."`
}

// mailBox opens the queue of a record that is there.
func (e *env) mailBox() (mailer.Box, func() error, error) {
	if !e.exists() {
		return mailer.Box{}, nil, stocktake.NotFoundf("there is no record").At(e.flags.Data).Hinted("name its folder with --data")
	}
	st, _, err := e.openStore(e.ctx)
	if err != nil {
		return mailer.Box{}, nil, err
	}
	return mailer.Box{Store: st, Now: e.now}, st.Close, nil
}

// inMailBox runs do on the queue.
func (e *env) inMailBox(do func(mailer.Box) error) error {
	b, done, err := e.mailBox()
	if err != nil {
		return err
	}
	return errors.Join(do(b), done())
}

type mailStatusCmd struct{}

func (c *mailStatusCmd) Help() string {
	return "The mail server is set in the environment: " + mailer.EnvSMTP + ", " + mailer.EnvFrom + ", " + mailer.EnvDKIM + ", " + mailer.EnvHourly + " and " + mailer.EnvDomainHourly + "; see docs/mail.md. Without one, letters wait to be copied: `mail list`, `mail show`, `mail sent`."
}

// Run prints the state of the queue.
func (c *mailStatusCmd) Run(e *env) error {
	conf, err := mailer.ConfigFrom(os.Getenv)
	if err != nil {
		return err
	}
	return e.inMailBox(func(b mailer.Box) error {
		s, err := b.Status(e.ctx)
		if err != nil {
			return err
		}
		name, record, signs := conf.DKIM()
		if e.flags.JSON {
			return e.object(map[string]any{"server": conf.String(), "from": conf.From().Full(), "dkim": map[string]any{"name": name, "record": record}, "queue": s})
		}
		fmt.Fprintf(e.out, "Server: %s\n", conf)
		if conf.Enabled() {
			all, domain := conf.Limits()
			fmt.Fprintf(e.out, "From: %s\nAt most %d letters an hour, %d of them to one domain; %d were tried since the hour began.\n", conf.From().Full(), all, domain, s.Hour)
		} else {
			fmt.Fprintf(e.out, "Letters wait to be sent by hand: `stocktake mail list --state queued`.\n")
		}
		if signs {
			fmt.Fprintf(e.out, "Letters are signed (DKIM). The DNS has to hold, as TXT record of %s:\n%s\n", name, record)
		}
		if s.Trouble != "" {
			fmt.Fprintf(e.out, "Nothing could be sent since %s, last tried %s: %s\n", moment(s.Since), moment(s.Last), s.Trouble)
		}
		for _, state := range mailer.States() {
			if n := s.Counts[state]; n > 0 {
				fmt.Fprintf(e.out, "%d %s\n", n, state)
			}
		}
		if len(s.Counts) == 0 {
			fmt.Fprintln(e.out, "No letters.")
		}
		if !s.Oldest.IsZero() {
			fmt.Fprintf(e.out, "The oldest that still has to go is of %s.\n", moment(s.Oldest))
		}
		if s.Counts[mailer.Unknown] > 0 {
			fmt.Fprintf(e.out, "Somebody has to decide about those that may have arrived: `stocktake mail list --state unknown`.\n")
		}
		return nil
	})
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

type mailListCmd struct {
	State []string `help:"Letters in a state: queued, leased, sending, dead, unknown, sent, \"by hand\", expired, dropped, bounced. May be repeated." placeholder:"STATE"`
	Class string   `help:"Letters of a class: invitation, confirmation, reminder, receipt, press, sign-in." placeholder:"CLASS"`
	To    string   `help:"Letters to an address, in any spelling of it." placeholder:"ADDRESS"`
}

func (c *mailListCmd) Help() string {
	return "Of letters that are over, class, day and outcome stay for 30 days, and neither address nor text."
}

// Run lists letters.
func (c *mailListCmd) Run(e *env) error {
	f := mailer.Filter{Class: mailer.Class(c.Class), To: c.To}
	for _, s := range c.State {
		if !slices.Contains(mailer.States(), mailer.State(s)) {
			return misusef("--state %s: one of %v", s, mailer.States())
		}
		f.States = append(f.States, mailer.State(s))
	}
	if c.Class != "" && !slices.Contains(mailer.Classes(), f.Class) {
		return misusef("--class %s: one of %v", c.Class, mailer.Classes())
	}
	return e.inMailBox(func(b mailer.Box) error {
		list, err := b.List(e.ctx, f)
		if err != nil {
			return err
		}
		l := e.list("id", "state", "class", "to", "queued", "next", "tries", "over", "problem")
		for _, n := range list {
			if err := l.add(n, n.ID[:8], string(n.State), string(n.Class), n.To.Shown(), moment(n.Queued), moment(n.Next), strconv.Itoa(n.Tries), n.Day, n.Problem); err != nil {
				return err
			}
		}
		return l.end()
	})
}

type mailShowCmd struct {
	ID string `arg:"" help:"Id of the letter, or its beginning."`
}

// Run prints a letter.
func (c *mailShowCmd) Run(e *env) error {
	return e.inMailBox(func(b mailer.Box) error {
		l, err := b.Show(e.ctx, c.ID)
		if err != nil {
			return err
		}
		if e.flags.JSON {
			return e.object(l)
		}
		if l.Text == "" {
			fmt.Fprintf(e.out, "%s: %s, %s on %s. Address and text are not kept.\n", l.ID, l.Class, l.State, l.Day)
			return nil
		}
		to := l.To.Shown()
		if l.To.Name != "" {
			to = l.To.Name + " <" + to + ">"
		}
		fmt.Fprintf(e.out, "To: %s\nSubject: %s\n\n%s", to, l.Subject, l.Text)
		if !strings.HasSuffix(l.Text, "\n") {
			fmt.Fprintln(e.out)
		}
		for _, a := range l.Attachments {
			e.say("With a file: %s (%s, %d bytes); --json prints it in base64.", a.Name, a.Type, len(a.Bytes))
		}
		if l.Problem != "" {
			e.say("%s: %s", l.State, l.Problem)
		}
		return nil
	})
}

type mailSentCmd struct {
	ID string `arg:"" help:"Id of the letter, or its beginning."`
}

// Run notes that a letter was sent by hand.
func (c *mailSentCmd) Run(e *env) error {
	return e.inMailBox(func(b mailer.Box) error { return b.MarkSent(e.ctx, c.ID) })
}

type mailRetryCmd struct {
	ID             string `arg:"" help:"Id of the letter, or its beginning."`
	MayArriveTwice bool   `help:"Send a letter of which it is unknown whether it arrived."`
}

func (c *mailRetryCmd) Help() string {
	return "A letter that was refused, or tried too often, goes back into the queue; one that waits is due at once. A letter that may have arrived is never sent again by itself, since nobody is to get it twice; --may-arrive-twice says that it shall be."
}

// Run puts a letter back into the queue.
func (c *mailRetryCmd) Run(e *env) error {
	return e.inMailBox(func(b mailer.Box) error { return b.Retry(e.ctx, c.ID, c.MayArriveTwice) })
}

type mailDropCmd struct {
	ID string `arg:"" help:"Id of the letter, or its beginning."`
}

// Run takes a letter out of the queue.
func (c *mailDropCmd) Run(e *env) error {
	return e.inMailBox(func(b mailer.Box) error { return b.Drop(e.ctx, c.ID) })
}

type mailBounceCmd struct {
	File string `arg:"" help:"The report as a file (.eml or text); - for standard input, to paste it."`
}

func (c *mailBounceCmd) Help() string {
	return "Prints for which recipient it is, and whether the address fails for good. Where the letter is one that was sent from here, that is noted."
}

// Run reads a report about delivery.
func (c *mailBounceCmd) Run(e *env) error {
	var in io.Reader = e.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, 4<<20))
	if err != nil {
		return err
	}
	reports, err := mailer.ReadReport(text)
	if err != nil {
		return err
	}
	return e.inMailBox(func(b mailer.Box) error {
		found, err := b.Bounced(e.ctx, reports)
		if err != nil {
			return err
		}
		l := e.list("to", "action", "status", "for good", "reason")
		for _, r := range reports {
			if err := l.add(r, r.To.Shown(), r.Action, r.Status, truth(&r.Permanent), r.Reason); err != nil {
				return err
			}
		}
		if err := l.end(); err != nil {
			return err
		}
		e.say("%d of them are about letters that were sent from here in the last 30 days.", len(found))
		return nil
	})
}

type mailSendCmd struct {
	Follow bool `help:"Go on until stopped." short:"f"`
}

func (c *mailSendCmd) Help() string {
	return "Several processes may send at once; no letter goes twice."
}

// Run sends what is due.
func (c *mailSendCmd) Run(e *env) error {
	conf, err := mailer.ConfigFrom(os.Getenv)
	if err != nil {
		return err
	}
	if !conf.Enabled() {
		return stocktake.Invalidf("there is no mail server").Hinted("set %s and %s, or send by hand: `stocktake mail list`", mailer.EnvSMTP, mailer.EnvFrom)
	}
	if !e.exists() {
		return stocktake.NotFoundf("there is no record").At(e.flags.Data).Hinted("name its folder with --data")
	}
	o, err := e.openBare()
	if err != nil {
		return err
	}
	defer o.Ledger.Close()
	if back, err := o.IsRestored(e.ctx); err != nil || back { // what waited in the backup may have been sent since
		return cmp.Or(err, ledger.ErrRestored)
	}
	w := e.mailWorker(o.Store(), conf, slog.New(slog.NewTextHandler(e.err, nil)))
	if c.Follow {
		w.Run(e.ctx)
		return nil
	}
	var all mailer.Report
	for {
		r, err := w.Pass(e.ctx)
		if err != nil {
			return err
		}
		all.Sent, all.Later, all.Dead, all.Unknown, all.Expired = all.Sent+r.Sent, all.Later+r.Later, all.Dead+r.Dead, all.Unknown+r.Unknown, all.Expired+r.Expired
		if r.Trouble != "" {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: r.Trouble, Hint: "letters wait until it works; `stocktake mail test` tries it"}
		}
		if r == (mailer.Report{}) {
			break
		}
	}
	if _, err := mailer.Sweep(e.ctx, o.Store(), e.now()); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%d sent, %d put off, %d refused, %d unknown, %d too late.\n", all.Sent, all.Later, all.Dead, all.Unknown, all.Expired)
	return nil
}

// mailWorker returns who sends what is queued in this record, for `mail send` and for whoever serves it.
func (e *env) mailWorker(st store.Private, conf mailer.Config, log *slog.Logger) *mailer.Worker {
	return mailer.NewWorker(st, conf, e.now, log)
}

// keepMailing sends mail beside something else, such as serving, until ctx ends. Without a mail server it lets go what is too old. wait returns when
// the letter that was begun has come to its end; the record must not be closed before.
func (o *opened) keepMailing(ctx context.Context, e *env, log *slog.Logger) (w *mailer.Worker, wait func(), err error) {
	conf, err := mailer.ConfigFrom(os.Getenv)
	if err != nil {
		return nil, nil, err
	}
	w = e.mailWorker(o.Store(), conf, log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	return w, func() { <-done }, nil
}

type mailTestCmd struct {
	To string `required:"" help:"To whom. Ask first, unless it is you." placeholder:"ADDRESS"`
}

func (c *mailTestCmd) Help() string {
	return "Sends one letter at once, past the queue, and says at which step it fails. It needs no record."
}

// Run sends a letter past the queue.
func (c *mailTestCmd) Run(e *env) error {
	conf, err := mailer.ConfigFrom(os.Getenv)
	if err != nil {
		return err
	}
	to, err := address.Parse(c.To)
	if err != nil {
		return err
	}
	m := mailer.Message{Subject: "A test of mail from Stocktake", Text: "This letter was sent to see whether mail from Stocktake arrives.\nIf you can read it, it does. Look whether your mail program marks it as unwanted.\n"}
	how, err := mailer.Try(e.ctx, conf, to, m, e.now())
	if err != nil {
		return err
	}
	_, _, signs := conf.DKIM()
	fmt.Fprintf(e.out, "%s took the letter (%s", conf, how)
	if signs {
		fmt.Fprint(e.out, ", signed with DKIM")
	}
	fmt.Fprintln(e.out, "). Look whether it arrives, and where.")
	return nil
}
