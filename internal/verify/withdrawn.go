package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/tree"
)

// Withdrawn is something that the keeper of a record took away: words of the filing behind an entry of the log, or an archived copy.
type Withdrawn struct {
	Entry      int64  // index of the entry, for words
	Commitment string // of the words
	File       string // SHA-256 of the copy; then neither of the above
	By         int64  // index of the entry of the removal
}

// Copy is what somebody else's copy of a log was found to do with what was withdrawn.
type Copy struct {
	Origin string
	Size   int64 // entries that it has
	Still  []int // what it still gives out, by place in the list of what was withdrawn
}

// Withdrawals looks which of the things that were taken away a copy of a log still gives out. It believes nothing that the copy says, and
// need not: whatever it gives out, it gives out. A copy of a log that is none of origins is an Invalid fault.
func Withdrawals(ctx context.Context, s Source, origins []string, list []Withdrawn) (Copy, error) {
	var c Copy
	signed, err := s.Read(ctx, "checkpoint")
	if err != nil {
		return c, err
	}
	text, _, _ := strings.Cut(string(signed), "\n\n")
	h, err := tree.ParseHead(text + "\n")
	if err != nil {
		return c, err
	}
	c.Origin, c.Size = h.Origin, h.Size
	if !slices.Contains(origins, h.Origin) {
		return c, stocktake.Invalidf("%s is a copy of the log %s, and not of this record", s.Name(), h.Origin)
	}
	bundles := map[int64]map[int64][]stocktake.Sheet{}
	for i, x := range list {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		if x.File != "" {
			switch _, err := s.Read(ctx, "file/"+x.File); {
			case err == nil:
				c.Still = append(c.Still, i)
			case !errors.Is(err, fs.ErrNotExist):
				return c, err
			}
			continue
		}
		if x.Entry >= c.Size {
			continue // it never had it
		}
		n := x.Entry / tree.Width
		if bundles[n] == nil {
			if bundles[n], err = sheetsOf(ctx, s, n, c.Size); err != nil {
				return c, err
			}
		}
		if slices.ContainsFunc(bundles[n][x.Entry], func(y stocktake.Sheet) bool { return y.Commitment == x.Commitment }) {
			c.Still = append(c.Still, i)
		}
	}
	return c, nil
}

// sheetsOf reads the sheets behind one bundle of leaves, by index of the leaf.
func sheetsOf(ctx context.Context, s Source, n, size int64) (map[int64][]stocktake.Sheet, error) {
	name := behindTile("sheets", tree.Tile(-1, n, int(min(tree.Width, size-n*tree.Width))))
	b, err := s.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	of := map[int64][]stocktake.Sheet{}
	i := n * tree.Width
	for line := range strings.Lines(string(b)) {
		var list []stocktake.Sheet
		if err := json.Unmarshal([]byte(line), &list); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, i-n*tree.Width+1, err)
		}
		of[i] = list
		i++
	}
	return of, nil
}
