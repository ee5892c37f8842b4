package mailer

import (
	"context"
	"crypto/rand"
	"time"

	"stocktake"
	"stocktake/internal/mailer/address"
)

// Try sends one letter past the queue, to see whether mail works, and returns how the server was spoken to. What goes wrong is a Fault that says
// at which step.
func Try(ctx context.Context, c Config, to address.Address, m Message, now time.Time) (how string, err error) {
	if !c.Enabled() {
		return "", stocktake.Invalidf("there is no mail server").Hinted("set %s and %s", EnvSMTP, EnvFrom)
	}
	m.To, m.Class = to.Full(), Receipt
	_, l, err := check(&m)
	if err != nil {
		return "", err
	}
	bytes, err := c.compose(randomID(rand.Text()), now, to, l)
	if err != nil {
		return "", err
	}
	s, err := c.open(ctx)
	if err != nil {
		return "", &stocktake.Fault{Kind: stocktake.Conflict, What: clip(err.Error()), Hint: "look at " + EnvSMTP, Err: err}
	}
	a, err := s.give(c.from, to, bytes, func() error { return nil }, func() bool { return false })
	if a.cut {
		s.drop()
	} else {
		defer s.close()
	}
	if err != nil {
		return s.how, &stocktake.Fault{Kind: stocktake.Conflict, What: clip(err.Error()), Hint: "the server has to let you send as " + c.from.String(), Err: err}
	}
	if a.state != Sent {
		return s.how, &stocktake.Fault{Kind: stocktake.Conflict, What: "the letter was not taken: " + a.text, Hint: "signing in worked; the answer above is the server's own"}
	}
	return s.how, nil
}
