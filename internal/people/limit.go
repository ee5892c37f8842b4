package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostLimited is how many callers one Limiter counts apart.
const mostLimited = 50_000

// A Limiter counts how often somebody does something, in memory alone. It knows callers by an HMAC under a key that it makes anew each day, so
// that nothing in it can be turned back into an address, and forgets all of them with the key. It may be used from many goroutines.
type Limiter struct {
	every time.Duration
	burst int
	now   func() time.Time

	mu   sync.Mutex
	day  string
	key  [32]byte
	seen map[[16]byte]*rate.Limiter
	rest *rate.Limiter // for all that do not fit
}

// NewLimiter allows burst at once, and one more each time every has passed. now is time.Now where it is nil.
func NewLimiter(every time.Duration, burst int, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{every: every, burst: burst, now: now}
}

// Allow reports whether who may do it once more, and counts it.
func (l *Limiter) Allow(who string) bool {
	now := l.now().UTC()
	l.mu.Lock()
	defer l.mu.Unlock()
	if day := dayOf(now); day != l.day {
		l.day, l.seen, l.rest = day, map[[16]byte]*rate.Limiter{}, l.fresh()
		rand.Read(l.key[:]) // never fails
	}
	h := hmac.New(sha256.New, l.key[:])
	h.Write([]byte(who))
	id := [16]byte(h.Sum(nil))
	one, ok := l.seen[id]
	if !ok {
		if len(l.seen) >= mostLimited {
			for k, x := range l.seen { // who has not come for long is as if they had never
				if x.TokensAt(now) >= float64(l.burst) {
					delete(l.seen, k)
				}
			}
		}
		if len(l.seen) >= mostLimited {
			return l.rest.AllowN(now, 1)
		}
		one = l.fresh()
		l.seen[id] = one
	}
	return one.AllowN(now, 1)
}

func (l *Limiter) fresh() *rate.Limiter { return rate.NewLimiter(rate.Every(l.every), l.burst) }
