package signon

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"stocktake"
)

// A Gate stands before the form that anybody can send: a signed token that is good once and not at once, work for the sender's computer, and
// buckets by where requests come from. What it knows of senders is in memory alone, under a key that is made anew each day and never stored.
// It may be used from many goroutines.
type Gate struct {
	o   GateOptions
	now func() time.Time

	mu      sync.Mutex
	day     Day
	key     [32]byte // of today's buckets
	buckets map[[16]byte]*rate.Limiter
	rest    *rate.Limiter
	used    map[[16]byte]time.Time // tokens that are spent, until they are too old anyway
	swept   time.Time
	hours   map[string]*hour // by asking: how many came through
}

// GateOptions set a Gate. A zero is the number behind it.
type GateOptions struct {
	MinAge   time.Duration // 4 s: nobody reads and fills the form faster
	MaxAge   time.Duration // 12 h
	Bits     int           // 16: zero bits that the work has to reach while it is calm; below 0: none
	MostBits int           // 22
	Calm     int           // 60 an hour of one asking; each time twice as many, one bit more
	Every    time.Duration // 10 min: how often one more comes through from one place
	Burst    int           // 12: how many at once
	Places   int           // 50,000: how many places are counted apart
}

func (o GateOptions) with() GateOptions {
	dur := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	num := func(n *int, to int) {
		if *n <= 0 {
			*n = to
		}
	}
	dur(&o.MinAge, 4*time.Second)
	dur(&o.MaxAge, 12*time.Hour)
	dur(&o.Every, 10*time.Minute)
	if o.Bits == 0 {
		o.Bits = 16
	}
	o.Bits = max(o.Bits, 0)
	num(&o.MostBits, 22)
	num(&o.Calm, 60)
	num(&o.Burst, 12)
	num(&o.Places, 50_000)
	return o
}

// hour counts what came through in this hour and the one before.
type hour struct {
	at        time.Time
	this, was int
}

// NewGate returns a gate. now is time.Now where it is nil.
func NewGate(o GateOptions, now func() time.Time) *Gate {
	if now == nil {
		now = time.Now
	}
	return &Gate{o: o.with(), now: now, used: map[[16]byte]time.Time{}, hours: map[string]*hour{}}
}

// A Ticket goes into the form: the token to send back, and how many zero bits SHA-256 of token, colon and nonce must begin with.
type Ticket struct {
	Token string `json:"token"`
	Bits  int    `json:"bits"`
}

const ticketBytes = 8 + 1 + 16 + 32 // moment, bits, random, HMAC-SHA-256

// ticket makes one for an asking's form.
func (g *Gate) ticket(key []byte, asking string) Ticket {
	g.mu.Lock()
	n := g.bits(asking)
	g.mu.Unlock()
	b := make([]byte, 25, ticketBytes)
	binary.BigEndian.PutUint64(b, uint64(g.now().UnixMilli()))
	b[8] = byte(n)
	rand.Read(b[9:25]) // never fails
	b = append(b, ticketMAC(key, asking, b)...)
	return Ticket{Token: base64.RawURLEncoding.EncodeToString(b), Bits: n}
}

func ticketMAC(key []byte, asking string, b []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("form\x00" + asking + "\x00"))
	h.Write(b)
	return h.Sum(nil)
}

// bits is how much work is asked for now.
func (g *Gate) bits(asking string) int {
	if g.o.Bits == 0 {
		return 0
	}
	h := g.hour(asking)
	return min(g.o.Bits+bits.Len(uint(max(h.this, h.was)/g.o.Calm)), max(g.o.MostBits, g.o.Bits))
}

func (g *Gate) hour(asking string) *hour {
	now := g.now().UTC().Truncate(time.Hour)
	h := g.hours[asking]
	switch {
	case h == nil:
		h = &hour{at: now}
		g.hours[asking] = h
	case now.Sub(h.at) == time.Hour:
		h.at, h.was, h.this = now, h.this, 0
	case now.After(h.at):
		h.at, h.was, h.this = now, 0, 0
	}
	return h
}

// Work finds a nonce for a ticket. It is what the page's script does in the browser, and what a page without script asks a convenor instead.
func Work(t Ticket) string {
	var b [8]byte
	for n := uint64(0); ; n++ {
		binary.BigEndian.PutUint64(b[:], n)
		nonce := base64.RawURLEncoding.EncodeToString(b[:])
		if worked(t.Token, nonce, t.Bits) {
			return nonce
		}
	}
}

func worked(token, nonce string, want int) bool {
	if want == 0 {
		return true
	}
	sum := sha256.Sum256([]byte(token + ":" + nonce))
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:8])) >= want
}

// pass lets a form through once. from is the address of the request; it is not kept. What it refuses says nothing about who is known here:
// it depends on the token, the work and the place alone.
func (g *Gate) pass(key []byte, asking, token, nonce, from string) error {
	return g.let(key, asking, token, nonce, from, 0)
}

// Ticket makes a ticket for another form of the site, which has a key and a name of its own.
func (g *Gate) Ticket(key []byte, form string) Ticket { return g.ticket(key, "form/"+form) }

// Pass lets such a form through once, as that of a sign-on. A browser that runs no script does no work: without a nonce the form passes
// once it is slow old.
func (g *Gate) Pass(key []byte, form, token, nonce, from string, slow time.Duration) error {
	return g.let(key, "form/"+form, token, nonce, from, slow)
}

// Again returns a ticket of a form that was refused for another reason, so that its time runs on; false where it is spent, too old, or none.
func (g *Gate) Again(key []byte, form, token string) (Ticket, bool) {
	return g.again(key, "form/"+form, token)
}

func (g *Gate) again(key []byte, asking, token string) (Ticket, bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != ticketBytes || !hmac.Equal(b[25:], ticketMAC(key, asking, b[:25])) || g.now().Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(b)))) > g.o.MaxAge {
		return Ticket{}, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	_, spent := g.used[[16]byte(b[9:25])]
	return Ticket{Token: token, Bits: int(b[8])}, !spent
}

func (g *Gate) let(key []byte, asking, token, nonce, from string, slow time.Duration) error {
	again := "load the page again and send it once more"
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != ticketBytes || !hmac.Equal(b[25:], ticketMAC(key, asking, b[:25])) {
		return stocktake.Invalidf("this form was not made here, or long ago").Hinted("%s", again)
	}
	now := g.now()
	made := time.UnixMilli(int64(binary.BigEndian.Uint64(b)))
	switch {
	case now.Sub(made) > g.o.MaxAge:
		return stocktake.Invalidf("this form is too old").Hinted("%s", again)
	case now.Sub(made) < g.o.MinAge:
		return stocktake.Invalidf("this form was sent faster than anybody reads it").Hinted("wait some seconds and send it again")
	case slow > 0 && nonce == "" && now.Sub(made) < slow:
		return stocktake.Invalidf("without script in the browser this form can be sent %d seconds after it was opened, not sooner", int(slow.Seconds())).Hinted("wait, and send it again: what you typed is still there")
	case slow > 0 && nonce == "": // it waited instead
	case len(nonce) > 64 || !worked(token, nonce, int(b[8])):
		return stocktake.Invalidf("the work that keeps machines away was not done").Hinted("switch script on and %s, or write to whoever asks: a convenor can enter you", again)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	id := [16]byte(b[9:25])
	if _, spent := g.used[id]; spent {
		return conflict("this form was sent already", again+", if it is for another organisation")
	}
	if !g.bucket(from, now).AllowN(now, 1) {
		return &stocktake.Fault{Kind: stocktake.Busy, What: "too many forms come from one place", Hint: "wait some minutes and send it again; the link of an invitation works at once"}
	}
	if now.Sub(g.swept) > time.Hour {
		g.swept = now
		for k, until := range g.used {
			if now.After(until) {
				delete(g.used, k)
			}
		}
	}
	g.used[id] = made.Add(g.o.MaxAge)
	g.hour(asking).this++
	return nil
}

// bucket is the one of a place: an IPv4 address, or the 64 bits in front of an IPv6 one.
func (g *Gate) bucket(from string, now time.Time) *rate.Limiter {
	if day := DayOf(now); day != g.day {
		g.day, g.buckets, g.rest = day, map[[16]byte]*rate.Limiter{}, rate.NewLimiter(rate.Every(g.o.Every), g.o.Burst)
		rand.Read(g.key[:]) // never fails
	}
	h := hmac.New(sha256.New, g.key[:])
	h.Write([]byte(place(from)))
	id := [16]byte(h.Sum(nil))
	if l, ok := g.buckets[id]; ok {
		return l
	}
	if len(g.buckets) >= g.o.Places {
		for k, l := range g.buckets {
			if l.TokensAt(now) >= float64(g.o.Burst) {
				delete(g.buckets, k)
			}
		}
		if len(g.buckets) >= g.o.Places {
			return g.rest
		}
	}
	l := rate.NewLimiter(rate.Every(g.o.Every), g.o.Burst)
	g.buckets[id] = l
	return l
}

func place(from string) string {
	if p, err := netip.ParseAddrPort(from); err == nil {
		from = p.Addr().String()
	}
	a, err := netip.ParseAddr(from)
	if err != nil {
		return from
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64)
		return p.String()
	}
	return a.String()
}
