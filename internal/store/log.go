package store

import (
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

// MaxLeaf is the largest size of a leaf of the log, in bytes: the files in which a log is published give a leaf's length in two bytes
// (c2sp.org/tlog-tiles).
const MaxLeaf = 1<<16 - 1

// CheckLeaves reports whether leaves and hashes may follow a log of that size, first being the index of the first one: leaves that are
// empty or too long are Invalid faults, another size or number of hashes a Conflict fault. Every backend calls it in AppendLeaves.
func CheckLeaves(size, first int64, leaves [][]byte, hashes [][32]byte) error {
	for i, leaf := range leaves {
		if len(leaf) == 0 || len(leaf) > MaxLeaf {
			return stocktake.Invalidf("a leaf has 1 to %d bytes, and this one has %d", MaxLeaf, len(leaf)).At(leafAt(first + int64(i)))
		}
	}
	if first != size {
		return (&stocktake.Fault{Kind: stocktake.Conflict, What: "the leaf does not follow the log, which has " + strconv.FormatInt(size, 10) + " leaves"}).
			At(leafAt(first)).Hinted("somebody else may have added leaves meanwhile: read the size of the log and try again")
	}
	if exp := tlog.StoredHashCount(first+int64(len(leaves))) - tlog.StoredHashCount(first); int64(len(hashes)) != exp {
		return &stocktake.Fault{Kind: stocktake.Conflict, Where: leafAt(first), Hint: "nothing was written; report this as an error of the program",
			What: "the leaves add " + strconv.FormatInt(exp, 10) + " hashes to the tree, and " + strconv.Itoa(len(hashes)) + " came with them"}
	}
	return nil
}

// CheckLeafRange reports whether a log of that size has the leaves in [from, to) (Invalid fault).
func CheckLeafRange(size, from, to int64) error {
	if from < 0 || from > to || to > size {
		return stocktake.Invalidf("the leaves from %d to %d are asked for, and the log has %d", from, to, size)
	}
	return nil
}

// LeafGap is the error for a leaf that is not where it must be. It means that the database was damaged or edited by hand.
func LeafGap(missing int64) error {
	return &stocktake.Fault{Kind: stocktake.Internal, What: leafAt(missing) + " is missing in the middle of the log",
		Hint: "the database was damaged or changed by hand: restore it from a backup"}
}

// NoLogHash is the NotFound fault for a place in storage that has no hash.
func NoLogHash(place int64) error {
	return stocktake.NotFoundf("the log's tree has no hash at place %d", place)
}

// FirstHash returns the place in storage of the first hash that a leaf with that index adds to the tree.
func FirstHash(first int64) int64 { return tlog.StoredHashCount(first) }

// InOrder returns the hashes of places in their order, or the fault of NoLogHash for the first that is not there.
func InOrder(places []int64, there map[int64][32]byte) ([][32]byte, error) {
	list := make([][32]byte, len(places))
	for i, place := range places {
		hash, ok := there[place]
		if !ok {
			return nil, NoLogHash(place)
		}
		list[i] = hash
	}
	return list, nil
}

// CheckCheckpoint reports whether c can be stored beside a log of that size (Invalid fault).
func CheckCheckpoint(size int64, c Checkpoint) error {
	where := "checkpoint of " + c.Origin
	switch {
	case c.Origin == "" || !isText(c.Origin):
		return stocktake.Invalidf("the checkpoint has no origin, or one that is not UTF-8 text without NUL").At("checkpoint")
	case len(c.Note) == 0:
		return stocktake.Invalidf("the checkpoint has no note").At(where)
	case c.At.IsZero() || c.At.Nanosecond()%1000 != 0:
		return stocktake.Invalidf("the moment %s of the checkpoint is not a whole microsecond", stamp(c.At)).At(where)
	case c.Size < 0 || c.Size > size:
		return stocktake.Invalidf("the checkpoint is about %d leaves, and the log has %d", c.Size, size).At(where)
	}
	return nil
}

// LogCounts is what a backend counts in the tables of the log after a restore.
type LogCounts struct {
	Leaves, Size      int64 // rows, and the largest index plus one
	Hashes, Places    int64 // rows, and the largest place plus one
	LargestCheckpoint int64 // size of it; 0 where there is none
}

// Whole reports whether no leaf and no hash is missing, and no checkpoint is about more than there is.
func (n LogCounts) Whole() error {
	switch hashes := tlog.StoredHashCount(n.Size); {
	case n.Leaves != n.Size:
		return &stocktake.Fault{Kind: stocktake.Internal, What: "of the " + strconv.FormatInt(n.Size, 10) + " leaves of the log, " + strconv.FormatInt(n.Size-n.Leaves, 10) + " are missing",
			Hint: "the database was damaged or changed by hand: restore it from a backup"}
	case n.Hashes != hashes || n.Places != hashes:
		return &stocktake.Fault{Kind: stocktake.Internal, What: "the log has " + strconv.FormatInt(n.Size, 10) + " leaves and " + strconv.FormatInt(n.Hashes, 10) + " hashes, not " + strconv.FormatInt(hashes, 10),
			Hint: "the database was damaged or changed by hand: restore it from a backup"}
	case n.LargestCheckpoint > n.Size:
		return &stocktake.Fault{Kind: stocktake.Internal, What: "a checkpoint is about " + strconv.FormatInt(n.LargestCheckpoint, 10) + " leaves, and the log has " + strconv.FormatInt(n.Size, 10),
			Hint: "the database was damaged or changed by hand: restore it from a backup"}
	}
	return nil
}

func leafAt(index int64) string { return "leaf " + strconv.FormatInt(index, 10) }
