package tree

import "golang.org/x/mod/sumdb/tlog"

// A Frontier is what is needed of a tree to add to it: the hashes of the whole subtrees at its right edge, by level.
type Frontier struct {
	size int64
	edge [64]tlog.Hash
}

// NewFrontier reads the edge of a tree of a size. read returns hashes by their places in storage (tlog.StoredHashIndex).
func NewFrontier(size int64, read func(places []int64) ([][32]byte, error)) (*Frontier, error) {
	f := &Frontier{size: size}
	var places []int64
	var levels []int
	for level := 0; size>>level > 0; level++ {
		if size>>level&1 == 1 {
			places = append(places, tlog.StoredHashIndex(level, size>>level-1))
			levels = append(levels, level)
		}
	}
	if len(places) == 0 {
		return f, nil
	}
	hashes, err := read(places)
	if err != nil {
		return nil, err
	}
	for i, level := range levels {
		f.edge[level] = hashes[i]
	}
	return f, nil
}

// Size is how many leaves the tree has.
func (f *Frontier) Size() int64 { return f.size }

// Append adds a leaf, and appends to list the hashes that it adds to the tree, in the order of their places in storage.
func (f *Frontier) Append(list [][32]byte, leaf []byte) [][32]byte {
	h := tlog.RecordHash(leaf)
	list = append(list, h)
	level := 0
	for ; f.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(f.edge[level], h)
		list = append(list, h)
	}
	f.edge[level] = h
	f.size++
	return list
}

// Add adds a leaf by its hash (tlog.RecordHash).
func (f *Frontier) Add(h tlog.Hash) {
	level := 0
	for ; f.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(f.edge[level], h)
	}
	f.edge[level] = h
	f.size++
}

// Root is the hash of the tree.
func (f *Frontier) Root() tlog.Hash {
	if f.size == 0 {
		return EmptyRoot
	}
	var h tlog.Hash
	first := true
	for level := 0; f.size>>level > 0; level++ {
		if f.size>>level&1 == 0 {
			continue
		}
		if first {
			h, first = f.edge[level], false
		} else {
			h = tlog.NodeHash(f.edge[level], h)
		}
	}
	return h
}

// EmptyRoot is the hash of a tree without leaves: SHA-256 of nothing (RFC 6962 §2.1).
var EmptyRoot = func() tlog.Hash {
	h, err := tlog.TreeHash(0, nil)
	if err != nil {
		panic(err)
	}
	return h
}()
