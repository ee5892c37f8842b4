package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/tree"
)

// GatherOptions of a Gatherer.
type GatherOptions struct {
	Client  Client
	Timeout time.Duration // for one witness and head; 10 s where it is 0
	Now     func() time.Time
	// Signed is called with each signature, for one at a time. Where it fails, the witness is asked again.
	Signed func(context.Context, *Cosignature) error
	// Failed is told what went wrong, once until it goes well again or wrong in another way. What Judged is told it is not.
	Failed func(witness string, err error)
	// Newest is how many entries the newest signed head has, whichever process signed it. Where it is nil, the newest that was offered.
	Newest func(context.Context) (int64, error)
	// Judged is told, where it is not nil, that a witness signed (by is nil), or that it disputes what it was shown (by is *Ahead or *Forked), with the
	// heads of this log that it shows on its page. It is told again each time that the witness is asked, and by one goroutine at a time.
	Judged func(ctx context.Context, w tree.Witness, by error, shows [][]byte)
}

// A Gatherer asks the witnesses of a policy to sign each new head of a log, each for itself, so that one that is away delays nothing.
type Gatherer struct {
	opt   GatherOptions
	asked []*asked
	put   sync.Mutex // held while a signature is added and handed on
	judge sync.Mutex // held during Judged
	mu    sync.Mutex
	heads []*offered // the newest last
}

// offered is a head with the signatures that it has so far.
type offered struct {
	size   int64
	note   []byte
	hashes tlog.HashReader
}

// asked is what is known of one witness. Its goroutine alone uses it, but for wake.
type asked struct {
	tree.Witness
	wake  chan struct{}
	old   int64 // what it signed last, as far as is known here
	wait  time.Duration
	until time.Time
	said  string
}

const (
	keptHeads = 32
	firstWait = 2 * time.Second
	longWait  = 5 * time.Minute
	// disputeWait is shorter: a dispute that is over is to be known soon.
	disputeWait = time.Minute
)

// NewGatherer returns one for the witnesses of a policy that have an address. A policy without any is an Invalid fault.
func NewGatherer(p *tree.Policy, opt GatherOptions) (*Gatherer, error) {
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	g := &Gatherer{opt: opt}
	for _, w := range p.Witnesses {
		if w.URL != "" {
			g.asked = append(g.asked, &asked{Witness: w, wake: make(chan struct{}, 1)})
		}
	}
	if len(g.asked) == 0 {
		return nil, stocktake.Invalidf("the policy names no witness with an address").Hinted("a line is: witness NAME KEY https://witness.example.net/")
	}
	return g, nil
}

// Offer has a signed head signed by whoever did not sign it yet. It returns at once. Offering the same head again is how a witness that
// was away is asked again.
func (g *Gatherer) Offer(size int64, signed []byte, hashes tlog.HashReader) {
	g.mu.Lock()
	if n := len(g.heads); n == 0 || g.heads[n-1].size < size {
		g.heads = append(g.heads, &offered{size, signed, hashes})
		if n == keptHeads {
			g.heads = append([]*offered(nil), g.heads[1:]...)
		}
	}
	g.mu.Unlock()
	for _, a := range g.asked {
		select {
		case a.wake <- struct{}{}:
		default: // it will look at the newest head anyway
		}
	}
}

// Run asks until ctx ends.
func (g *Gatherer) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, a := range g.asked {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-a.wake:
					g.ask(ctx, a)
				}
			}
		})
	}
	all.Wait()
}

// ask has the newest head signed by one witness, unless it did or is to be left alone for a while.
func (g *Gatherer) ask(ctx context.Context, a *asked) {
	if g.opt.Now().Before(a.until) {
		return
	}
	g.mu.Lock()
	if len(g.heads) == 0 {
		g.mu.Unlock()
		return
	}
	h := *g.heads[len(g.heads)-1]
	g.mu.Unlock()
	if signedBy(h.note, a.Witness) {
		a.old = h.size
		return
	}
	asking, cancel := context.WithTimeout(ctx, g.opt.Timeout)
	c, err := g.opt.Client.Ask(asking, a.Witness, a.old, h.note, h.hashes)
	cancel()
	if err == nil {
		a.old = h.size
		err = g.take(ctx, c)
	}
	if ctx.Err() != nil {
		return
	}
	var ahead *Ahead
	var forked *Forked
	disputes := errors.As(err, &ahead) || errors.As(err, &forked)
	if ahead != nil && g.signedMeanwhile(ctx, ahead.Size) {
		a.old = ahead.Size // another process had it sign a newer head of ours; that one will be offered here, too
		return
	}
	if (err == nil || disputes) && g.opt.Judged != nil {
		g.judged(ctx, a.Witness, err)
	}
	if err == nil {
		a.wait, a.until, a.said = 0, time.Time{}, ""
		return
	}
	if a.wait = min(max(2*a.wait, firstWait), longWait); disputes {
		a.wait = disputeWait
	}
	a.until = g.opt.Now().Add(a.wait)
	if disputes && g.opt.Judged != nil {
		return
	}
	if s := err.Error(); s != a.said {
		a.said = s
		g.opt.Failed(a.Name, err)
	}
}

// signedMeanwhile reports whether the log has a signed head of that size by now, by another process with its key.
func (g *Gatherer) signedMeanwhile(ctx context.Context, size int64) bool {
	if g.opt.Newest == nil {
		return false
	}
	newest, err := g.opt.Newest(ctx)
	return err == nil && size <= newest
}

// judged hands on what a witness said, with the heads that it shows where it disputes.
func (g *Gatherer) judged(ctx context.Context, w tree.Witness, by error) {
	var shows [][]byte
	if by != nil {
		g.mu.Lock()
		origin, _, _ := strings.Cut(string(g.heads[0].note), "\n")
		g.mu.Unlock()
		asking, cancel := context.WithTimeout(ctx, g.opt.Timeout)
		shows = g.opt.Client.Shows(asking, w, origin)
		cancel()
	}
	g.judge.Lock()
	defer g.judge.Unlock()
	g.opt.Judged(ctx, w, by, shows)
}

// take adds a signature to its head and hands both on.
func (g *Gatherer) take(ctx context.Context, c *Cosignature) error {
	g.put.Lock()
	defer g.put.Unlock()
	find := func() *offered {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, h := range g.heads {
			if h.size == c.Size {
				return h
			}
		}
		return nil
	}
	h := find()
	if h != nil { // else it was so long ago that others have no signature under it that counts
		g.mu.Lock()
		c.Note = addSignature(h.note, c.Sig)
		g.mu.Unlock()
	}
	if err := g.opt.Signed(ctx, c); err != nil {
		return err
	}
	if h != nil {
		g.mu.Lock()
		h.note = c.Note
		g.mu.Unlock()
	}
	return nil
}

// signedBy reports whether a head carries a line by the key of a witness. It was checked when it was added.
func signedBy(signed []byte, w tree.Witness) bool {
	for line := range bytes.Lines(signed[bytes.Index(signed, []byte("\n\n"))+2:]) {
		if isBy(line, w.Key.Name(), w.Key.KeyHash()) {
			return true
		}
	}
	return false
}

// isBy reports whether a line of a signed note is by the key with that name and short name.
func isBy(line []byte, name string, hash uint32) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\n")), []byte("— "+name+" "))
	b, err := base64.StdEncoding.DecodeString(string(rest))
	return ok && err == nil && len(b) > 4 && binary.BigEndian.Uint32(b) == hash
}
