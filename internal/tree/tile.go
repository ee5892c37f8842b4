package tree

import (
	"encoding/binary"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

// Height is how many levels a tile holds, and Width how many hashes, or leaves, it has when it is full (c2sp.org/tlog-tiles).
const (
	Height = 8
	Width  = 1 << Height
)

// Tile returns the tile at a level with that number, of a width from 1 to Width. Level -1 is a bundle of leaves.
func Tile(level int, n int64, width int) tlog.Tile {
	return tlog.Tile{H: Height, L: level, N: n, W: width}
}

// TilePath is the address of a tile beneath the log: "tile/0/x001/234", "tile/entries/000.p/12".
func TilePath(t tlog.Tile) string {
	if t.L == -1 {
		return "tile/entries/" + strings.TrimPrefix(t.Path(), "tile/8/data/")
	}
	return "tile/" + strings.TrimPrefix(t.Path(), "tile/8/")
}

// ParseTilePath reads such an address. Every tile has one address only.
func ParseTilePath(path string) (tlog.Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if ok {
		if n, leaves := strings.CutPrefix(rest, "entries/"); leaves {
			rest = "data/" + n
		} else if strings.HasPrefix(rest, "data/") {
			ok = false
		}
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	if !ok || err != nil || TilePath(t) != path {
		return tlog.Tile{}, stocktake.NotFoundf("%q is no tile of the log", path)
	}
	return t, nil
}

// Tiles returns the tiles that a reader of a tree of size leaves may ask for, full ones and the partial one at the end of each level, bundles
// of leaves first; those that were full already in a tree of size old are left out.
func Tiles(old, size int64) (list []tlog.Tile) {
	for level := -1; ; level++ {
		shift := max(level, 0) * Height
		n, was := size>>shift, old>>shift
		if n == 0 {
			return list
		}
		for i := was / Width; i < n/Width; i++ {
			list = append(list, Tile(level, i, Width))
		}
		if w := n % Width; w > 0 && n != was {
			list = append(list, Tile(level, n/Width, int(w)))
		}
	}
}

// AppendLeaf adds a leaf to a bundle.
func AppendLeaf(bundle, leaf []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(leaf))), leaf...)
}

// Leaves parts a bundle into its leaves. One that is cut off, or has more or fewer than want, is an Invalid fault.
func Leaves(bundle []byte, want int) ([][]byte, error) {
	list := make([][]byte, 0, want)
	for rest := bundle; len(rest) > 0; {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return nil, stocktake.Invalidf("leaf %d of the bundle is cut off", len(list))
		}
		n := int(binary.BigEndian.Uint16(rest))
		list = append(list, rest[2:2+n])
		rest = rest[2+n:]
	}
	if len(list) != want {
		return nil, stocktake.Invalidf("the bundle holds %d leaves, not %d", len(list), want)
	}
	return list, nil
}
