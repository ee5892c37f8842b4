package verify

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
)

// Turned is a place where a log went on under another name and key.
type Turned struct {
	From   string `json:"from"`
	Origin string `json:"origin"`
	Key    string `json:"key"`
	Size   int64  `json:"size"` // entries up to there; the last of them names the new name and key

	leaf []byte
	root tlog.Hash
	head []byte // the last one under the earlier name
}

const meansTurn = "This is not the log that this machine knew, or somebody took it over: a log that changes its key says so in a last entry, which the old key signs. Do not rely on it; the signed heads are kept as evidence."

// dayWords is how a day is printed.
const dayWords = "2 January 2006"

// target is how a site is remembered, "" for files: another record may lie under the same name one day.
func target(s Source) string {
	if n := s.Name(); strings.HasPrefix(n, "http://") || strings.HasPrefix(n, "https://") {
		return strings.TrimRight(n, "/")
	}
	return ""
}

// follow finds out whether a log whose name this machine does not know is one that it knew under another, and returns the key that this one's last
// entry names; "" where it knew none. signed is the head that the target shows, which nobody checked yet.
func (r *Report) follow(ctx context.Context, s Source, opt Options, signed []byte) (string, error) {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	h, err := tree.ParseHead(text + "\n")
	if err != nil {
		return "", nil // what is wrong with it is said later
	}
	all, err := opt.Seen.All()
	if err != nil {
		return "", err
	}
	key := ""
	for i := range all {
		a := &all[i]
		last, err := s.Read(ctx, "heads/"+nameOf(a.Origin))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		k, err := r.chain(ctx, s, opt, a, h, last)
		if err != nil || len(r.Findings) > 0 {
			return "", errors.Join(err, opt.Seen.Evidence(a.Origin, signed))
		}
		if key != "" && k != key {
			r.bad("checkpoint", meansTurn, "the logs %s and %s, which this machine knew, both went on as %s, under two keys", r.known[0].Origin, a.Origin, h.Origin)
			return "", opt.Seen.Evidence(a.Origin, signed)
		}
		key = k
		r.known = append(r.known, a)
	}
	if key != "" {
		return key, nil
	}
	for i := range all {
		a := &all[i]
		if t := target(s); opt.Policy == nil && t != "" && a.Target == t && a.Next == "" {
			r.bad("checkpoint", meansTurn, "on %s this address showed the log %s, and now it shows %s, under another key, and no entry of the first says so. If you know that another record is published here now, name its key by --policy, or another folder by --memory",
				a.At.Format(dayWords), a.Origin, h.Origin)
			return "", opt.Seen.Evidence(a.Origin, signed)
		}
	}
	if opt.Policy == nil {
		r.others = all
	}
	return "", nil
}

// chain goes from a log that this machine knew over each turn to the head that the target shows. last is the last head under the first name.
func (r *Report) chain(ctx context.Context, s Source, opt Options, a *Seen, h tree.Head, last []byte) (string, error) {
	from, key := a.Origin, a.Key
	passed := map[string]bool{}
	for {
		where := "heads/" + nameOf(from)
		refuse := func(format string, args ...any) (string, error) {
			r.bad(where, meansTurn, format, args...)
			if last == nil {
				return "", nil
			}
			return "", opt.Seen.Evidence(a.Origin, last)
		}
		passed[from] = true
		policy, err := tree.PolicyOf(key)
		if err != nil {
			return refuse("the log went on as %s under a key that is none: %v", from, err)
		}
		end, _, err := policy.Open(last)
		if err != nil {
			return refuse("the last head of the log under its earlier name %s is not signed by its key: %v", from, err)
		}
		if end.Size < 1 || end.Size > h.Size {
			return refuse("the log ended as %s with %d entries, and has %d now", from, end.Size, h.Size)
		}
		if from == a.Origin && (end.Size < a.Size || a.Next != "" && end.Size != a.Size) {
			return refuse("the log ended as %s with %d entries, and this machine saw %d on %s", from, end.Size, a.Size, a.At.Format(dayWords))
		}
		b, err := entry(ctx, s, end.Size-1, h.Size)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
			return refuse("the last entry under the earlier name %s is not there", from)
		}
		leaf, err := tree.ParseLeaf(b)
		if err != nil || leaf.Kind != tree.KindKey {
			return refuse("the last entry of the log as %s, number %d, does not say under which name and key it goes on", from, end.Size-1)
		}
		r.Turned = append(r.Turned, Turned{from, leaf.Origin, leaf.VKey, end.Size, b, end.Root, last})
		if v, err := tree.ParseVKey(leaf.VKey); err != nil || v.Name() != leaf.Origin || passed[leaf.Origin] {
			return refuse("the last entry of the log as %s names %s, which no log may be called now", from, leaf.Origin)
		}
		if leaf.Origin == h.Origin {
			return leaf.VKey, nil
		}
		from, key = leaf.Origin, leaf.VKey
		where, last = "heads/"+nameOf(from), nil
		if last, err = s.Read(ctx, where); errors.Is(err, fs.ErrNotExist) {
			return refuse("the log went on as %s, then as something else, and its last head under that name is not there", from)
		} else if err != nil {
			return "", err
		}
	}
}

// entry reads one entry of a log that has size entries.
func entry(ctx context.Context, s Source, index, size int64) ([]byte, error) {
	n := index / tree.Width
	t := tree.Tile(-1, n, int(min(tree.Width, size-n*tree.Width)))
	b, err := s.Read(ctx, tree.TilePath(t))
	if err != nil {
		return nil, err
	}
	leaves, err := tree.Leaves(b, t.W)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return leaves[index-n*tree.Width], nil
}

// grown compares the tree, as far as it was read, with what is known of it: what this machine saw, and the last heads under earlier names.
func (r *Report) grown(edge *tree.Frontier, opt Options) error {
	size := edge.Size()
	against := func(origin string, format string, args ...any) error {
		r.bad("checkpoint", meansFork, format, args...)
		return opt.Seen.Evidence(origin, r.signed)
	}
	seen := r.known
	if r.Seen != nil {
		seen = []*Seen{r.Seen}
	}
	for _, a := range seen {
		if a.Size == size && edge.Root() != a.Root {
			if err := against(a.Origin, "the first %d entries are not those that this machine saw on %s", a.Size, a.At.Format(dayWords)); err != nil {
				return err
			}
		}
	}
	for i := range r.Turned {
		if t := &r.Turned[i]; t.Size == size && edge.Root() != t.root {
			if err := against(t.From, "the first %d entries are not those with which the log ended as %s", t.Size, t.From); err != nil {
				return err
			}
		}
	}
	for i := range r.others {
		if a := &r.others[i]; a.Size == size && size > 0 && edge.Root() == a.Root {
			r.bad("checkpoint", meansTurn, "its first %d entries are those of the log %s, which this machine saw on %s under another key, and its last head under that name is not here. A mirror that began later does not have it: check the site that it mirrors first, or name the key by --policy", size, a.Origin, a.At.Format(dayWords))
			if err := opt.Seen.Evidence(a.Origin, r.signed); err != nil {
				return err
			}
		}
	}
	return nil
}

// named looks at entries about keys: after each, the log is named as it says.
func (r *Report) named(index int64, leaf tree.Leaf, b []byte) {
	for i := range r.Turned {
		if t := &r.Turned[i]; t.Size-1 == index && !bytes.Equal(t.leaf, b) {
			r.bad(fmt.Sprintf("entry %d", index), meansTurn, "it is not the one that was there a moment ago")
		}
	}
	if leaf.Kind == tree.KindKey {
		r.names = append(r.names, nameFrom{index, leaf.Origin, leaf.VKey})
	}
}

// nameFrom is an entry that names the log.
type nameFrom struct {
	index       int64
	origin, key string
}

// rightName checks that the log is signed under the name and key that its last entry about these names. A log may just be ending.
func (r *Report) rightName(opt Options) error {
	n := len(r.names)
	if n > 0 && r.names[n-1].index == r.Size-1 && r.names[n-1].origin != r.Origin {
		n--
	}
	if n == 0 {
		return nil
	}
	x := r.names[n-1]
	if x.origin == r.Origin && x.key == r.Key {
		return nil
	}
	r.bad(fmt.Sprintf("entry %d", x.index), meansTurn, "from here on the log is named %s, with the key %s, and it is signed as %s, with the key %s", x.origin, x.key, r.Origin, r.Key)
	if opt.Seen == nil || r.Seen == nil {
		return nil
	}
	return opt.Seen.Evidence(r.Origin, r.signed)
}

// ended says what is wrong with a log that this machine knows to go on under another name.
func (r *Report) ended(opt Options) error {
	if r.Seen == nil || r.Seen.Next == "" {
		return nil
	}
	if r.Size > r.Seen.Size {
		r.bad("checkpoint", meansTurn, "the log ended as %s with %d entries and goes on as %s; these %d are signed by a key that was given up", r.Origin, r.Seen.Size, r.Seen.Next, r.Size)
	} else {
		r.bad("checkpoint", meansFork, "the log goes on as %s, as this machine saw on %s: it was rolled back, or this is an older copy", r.Seen.Next, r.Seen.At.Format(dayWords))
	}
	return opt.Seen.Evidence(r.Origin, r.signed)
}

// remember keeps what was checked whole, and that earlier names came to their end.
func (r *Report) remember(s Source, m *Memory) error {
	for i := range r.Turned {
		t := &r.Turned[i]
		key := ""
		if i > 0 && r.Turned[i-1].Origin == t.From {
			key = r.Turned[i-1].Key
		} else if was, err := m.Last(t.From); err != nil {
			return err
		} else if was != nil {
			key = was.Key
		}
		if err := m.End(t.From, key, t.head, t.Origin); err != nil {
			return err
		}
	}
	was := ""
	if r.Seen != nil {
		was = r.Seen.Target
	}
	return m.keep(r.head.Origin, r.Key, r.signed, cmp.Or(target(s), was), "")
}
