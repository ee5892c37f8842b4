package web

import (
	"bytes"
	"container/list"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// kept is one rendered answer. Text of some length is kept packed; whoever cannot unpack it gets it unpacked on the way out.
type kept struct {
	body   []byte
	packed bool
	kind   string // content type
	etag   string
}

// packers are writers at rest: to make one takes as long as to pack a page.
var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, 5)
	if err != nil {
		panic(err)
	}
	return w
}}

func keep(body []byte, kind, etag string) (*kept, error) {
	k := &kept{body: body, kind: kind, etag: etag}
	if len(body) < 1024 {
		return k, nil
	}
	var b bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	k.body, k.packed = b.Bytes(), true
	return k, nil
}

// plain returns the bytes as they were before packing.
func (k *kept) plain() ([]byte, error) {
	if !k.packed {
		return k.body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(k.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// cache keeps answers by their key, up to a number of bytes; the one not asked for longest goes first. It is safe for many goroutines.
type cache struct {
	mu    sync.Mutex
	max   int
	size  int
	at    map[string]*list.Element
	order *list.List // newest first
}

type cacheItem struct {
	key string
	*kept
}

func newCache(max int) *cache {
	return &cache{max: max, at: map[string]*list.Element{}, order: list.New()}
}

func (c *cache) get(key string) *kept {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.at[key]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(cacheItem).kept
}

func (c *cache) put(key string, k *kept) {
	const overhead = 300
	n := len(key) + len(k.body) + overhead
	if n > c.max/8 {
		return // one answer must not drive out all others
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.at[key]; ok {
		return
	}
	c.at[key] = c.order.PushFront(cacheItem{key, k})
	c.size += n
	for c.size > c.max {
		e := c.order.Back()
		old := e.Value.(cacheItem)
		c.order.Remove(e)
		delete(c.at, old.key)
		c.size -= len(old.key) + len(old.body) + overhead
	}
}

// memo keeps a few costly results that several pages use, by name and coordinates.
type memo struct {
	mu   sync.Mutex
	list []*memoItem
}

type memoItem struct {
	key   string
	once  sync.Once
	value any
	err   error
}

// remember returns what f returns for key, and calls f once as long as key is among the last twelve new ones. A failure is not kept.
func remember[T any](m *memo, key string, f func() (T, error)) (T, error) {
	m.mu.Lock()
	i := slices.IndexFunc(m.list, func(it *memoItem) bool { return it.key == key })
	if i < 0 {
		m.list = append(m.list, &memoItem{key: key})
		if len(m.list) > 12 {
			m.list = slices.Delete(m.list, 0, 1)
		}
		i = len(m.list) - 1
	}
	it := m.list[i]
	m.mu.Unlock()
	it.once.Do(func() { it.value, it.err = f() })
	if it.err != nil {
		m.mu.Lock()
		m.list = slices.DeleteFunc(m.list, func(x *memoItem) bool { return x == it })
		m.mu.Unlock()
	}
	v, _ := it.value.(T)
	return v, it.err
}
