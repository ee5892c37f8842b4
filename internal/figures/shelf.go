package figures

import (
	"container/list"
	"context"
	"sync"
)

// shelf keeps packed tables, as many as there is room for; the one that was asked for longest ago goes first. Readers who ask for a table
// that is being loaded wait for it.
type shelf struct {
	room int64

	mu    sync.Mutex
	used  int64
	byKey map[string]*list.Element // of *kept
	order *list.List               // asked for last: front
	loads map[string]*loading
	read  int // files read, for tests
}

type kept struct {
	key string
	*packed
}

type loading struct {
	done chan struct{}
	*packed
	err error
}

func newShelf(room int64) *shelf {
	return &shelf{room: room, byKey: map[string]*list.Element{}, order: list.New(), loads: map[string]*loading{}}
}

// get returns the table with that key, loading it where it is not on the shelf. The load goes on when the one who asked for it first goes
// away, because others may wait for it; an error is kept for nobody.
func (s *shelf) get(ctx context.Context, key string, load func(context.Context) (*packed, error)) (*packed, error) {
	s.mu.Lock()
	if e, ok := s.byKey[key]; ok {
		s.order.MoveToFront(e)
		p := e.Value.(*kept).packed
		s.mu.Unlock()
		return p, nil
	}
	l, ok := s.loads[key]
	if !ok {
		l = &loading{done: make(chan struct{})}
		s.loads[key] = l
		s.read++
		go func() {
			l.packed, l.err = load(context.WithoutCancel(ctx))
			s.mu.Lock()
			delete(s.loads, key)
			if l.err == nil {
				s.put(key, l.packed)
			}
			s.mu.Unlock()
			close(l.done)
		}()
	}
	s.mu.Unlock()
	select {
	case <-l.done:
		return l.packed, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// put takes a table in and lets others go for it. The caller holds the lock.
func (s *shelf) put(key string, p *packed) {
	s.byKey[key] = s.order.PushFront(&kept{key, p})
	s.used += p.bytes
	for s.used > s.room && s.order.Len() > 1 {
		e := s.order.Back()
		k := s.order.Remove(e).(*kept)
		delete(s.byKey, k.key)
		s.used -= k.bytes
	}
}
