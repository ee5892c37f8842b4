// Package verify checks a published log, and every filing and word behind it, without trusting whoever publishes it. It needs no database.
package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/tree"
)

// A Finding is one thing that is not as it must be: where, what, and what that means for somebody who does not know logs.
type Finding struct {
	Where string `json:"where"` // a file of the log, or an entry of it
	What  string `json:"what"`
	Means string `json:"means"`
}

// Gone is a text that was taken away, and the filing that took it.
type Gone struct {
	Filing     int64  `json:"filing"`
	Path       string `json:"path"` // of the text in the filing
	Commitment string `json:"commitment"`
	By         int64  `json:"by"` // filing of the removal
	Ground     string `json:"ground"`
	Note       string `json:"note,omitempty"`
	Office     string `json:"office"`
}

// GoneFile is an archived copy that was taken down, and the filing that did it.
type GoneFile struct {
	SHA256  string               `json:"sha256"`
	Sources []stocktake.SourceID `json:"sources"` // whose copy it was
	By      int64                `json:"by"`
	Ground  string               `json:"ground"`
	Note    string               `json:"note,omitempty"`
	Office  string               `json:"office"`
}

// A Report is what was found.
type Report struct {
	Target    string     `json:"target"`
	Origin    string     `json:"origin"`
	Key       string     `json:"key"`
	Size      int64      `json:"size"`
	Root      string     `json:"root"`
	Filings   int64      `json:"filings"`
	Newest    string     `json:"newest,omitempty"` // moment of the newest filing
	Cosigned  []Cosigned `json:"cosigned"`
	Seen      *Seen      `json:"seen,omitempty"`   // what this machine saw last; absent: nothing
	KeyFrom   string     `json:"key_from"`         // policy, seen, turn (the last entry under an earlier name), or target: the target's own word
	Turned    []Turned   `json:"turned,omitempty"` // from the name that this machine knew
	Pages     int64      `json:"pages"`            // files of a site written as files, compared with its manifest
	Quotes    int        `json:"quotes"`           // checked against the source's copy
	Unchecked int        `json:"quotes_not_checkable"`
	Openings  []Opened   `json:"openings,omitempty"` // statements that were fixed before they were published
	Gone      []Gone     `json:"gone"`
	Files     []GoneFile `json:"files_gone"`
	Findings  []Finding  `json:"findings"`
	More      int        `json:"more_findings"` // beyond those listed

	head   tree.Head
	signed []byte
	known  []*Seen    // logs that this one was
	others []Seen     // what was seen of logs, where it was none of them
	names  []nameFrom // what its entries say about names
}

// Cosigned is a witness's signature under the head.
type Cosigned struct {
	Witness string    `json:"witness"`
	At      time.Time `json:"at"`
}

// True reports whether everything held.
func (r *Report) True() bool { return len(r.Findings) == 0 }

// Options say how to check.
type Options struct {
	Policy   *tree.Policy // nil: the key that was seen last, or else the target's own
	Seen     *Memory      // nil: nothing is remembered
	Progress func(done, total int64, what string)
}

// listed is how many findings are listed.
const listed = 50

func (r *Report) bad(where, means, format string, args ...any) {
	if len(r.Findings) >= listed {
		r.More++
		return
	}
	r.Findings = append(r.Findings, Finding{where, fmt.Sprintf(format, args...), means})
}

const (
	meansForged   = "Whoever publishes this shows something else than was signed. Do not rely on it; keep a copy of what you see."
	meansChanged  = "This entry is not what it was when it was logged, or the file is damaged. Fetch it again; if it stays so, do not rely on it."
	meansMissing  = "A part of the log cannot be read, so that nothing can be said about it. Try again, or ask whoever publishes it."
	meansWithdraw = "What was removed, on a ground that is on the log, is still given out here."
	meansSilent   = "Words are missing, and nothing on the log says who removed them and why."
	meansQuote    = "What is printed as a quotation does not stand in the copy of its source."
	meansFork     = "This machine was shown another history of the same log before. One of the two is forged; both signed heads are kept as evidence."
)

// Log checks a whole published log. The error is one of reading, not of what was read: what is wrong with that stands in the report.
func Log(ctx context.Context, s Source, opt Options) (*Report, error) {
	r := &Report{Target: s.Name(), Cosigned: []Cosigned{}, Gone: []Gone{}, Files: []GoneFile{}, Findings: []Finding{}}
	if err := r.open(ctx, s, opt); err != nil || len(r.Findings) > 0 {
		return r, err
	}
	edge, err := r.walk(ctx, s, opt)
	if err != nil {
		return r, err
	}
	if edge != nil && r.True() && opt.Seen != nil {
		if err := r.remember(s, opt.Seen); err != nil {
			return r, err
		}
	}
	return r, r.pages(ctx, s, opt)
}

// open reads the signed head and finds out whose it is.
func (r *Report) open(ctx context.Context, s Source, opt Options) error {
	signed, err := s.Read(ctx, "checkpoint")
	if err != nil {
		return err
	}
	r.signed = signed
	origin := string(firstLine(signed))
	policy := opt.Policy
	r.KeyFrom = "policy"
	if opt.Seen != nil {
		if r.Seen, err = opt.Seen.Last(origin); err != nil {
			return err
		}
	}
	turned := ""
	if opt.Seen != nil && r.Seen == nil {
		if turned, err = r.follow(ctx, s, opt, signed); err != nil || len(r.Findings) > 0 {
			return err
		}
	}
	if policy == nil {
		vkey := ""
		if r.Seen != nil {
			r.KeyFrom, vkey = "seen", r.Seen.Key
		} else if turned != "" {
			r.KeyFrom, vkey = "turn", turned
		} else {
			b, err := s.Read(ctx, "key")
			if err != nil {
				return fmt.Errorf("the target does not say what its key is; name it by --policy: %w", err)
			}
			r.KeyFrom, vkey = "target", strings.TrimSpace(string(b))
		}
		if policy, err = tree.PolicyOf(vkey); err != nil {
			r.bad("key", meansForged, "%v", err)
			return nil
		}
	}
	h, n, err := policy.Open(signed)
	if err != nil {
		r.bad("checkpoint", meansForged, "%v", err)
		for _, a := range append(r.known, r.Seen) {
			if a != nil && opt.Policy == nil {
				return opt.Seen.Evidence(a.Origin, signed)
			}
		}
		return nil
	}
	if turned != "" && policy.LogKey != turned {
		r.bad("checkpoint", meansTurn, "its key is that of the policy, and its last entry under an earlier name names another")
		return opt.Seen.Evidence(r.known[0].Origin, signed)
	}
	r.head = h
	r.Origin, r.Size, r.Root, r.Key = h.Origin, h.Size, h.Root.String(), policy.LogKey
	r.Cosigned = cosigned(policy, n)
	if r.Seen != nil && r.Seen.Size > h.Size {
		r.bad("checkpoint", meansFork, "the log has %d entries, and this machine saw %d on %s: it was rolled back, or this is an older copy", h.Size, r.Seen.Size, r.Seen.At.Format("2 January 2006"))
		return opt.Seen.Evidence(h.Origin, signed)
	}
	return r.ended(opt)
}

// cosigned lists the witnesses of a policy whose signatures a note carries.
func cosigned(policy *tree.Policy, n *note.Note) []Cosigned {
	list := []Cosigned{}
	for _, sig := range n.Sigs {
		if v, err := policy.Verifier(sig.Name, sig.Hash); err == nil && tree.IsWitness(v) {
			at, _ := tree.CosignedAt(sig)
			list = append(list, Cosigned{sig.Name, at})
		}
	}
	return list
}

// walk reads every entry, hashes it into the tree, and checks the filing behind it.
func (r *Report) walk(ctx context.Context, s Source, opt Options) (*tree.Frontier, error) {
	edge, err := tree.NewFrontier(0, nil)
	if err != nil {
		return nil, err
	}
	levels := make([][]tlog.Hash, 1, 8)
	w := &words{r: r, s: s, removed: map[string]removal{}, texts: map[string]string{}, sources: map[stocktake.SourceID]*stocktake.Source{}, seals: map[int64]tree.Leaf{}}
	last := tree.Leaf{}
	for from := int64(0); from < r.Size; from += tree.Width {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := tree.Tile(-1, from/tree.Width, int(min(tree.Width, r.Size-from)))
		name := tree.TilePath(t)
		bundle, err := s.Read(ctx, name)
		if err != nil {
			return nil, r.unreadable(name, err)
		}
		leaves, err := tree.Leaves(bundle, t.W)
		if err != nil {
			r.bad(name, meansChanged, "%v", err)
			return nil, nil
		}
		tile, err := s.Read(ctx, tree.TilePath(tree.Tile(0, t.N, t.W)))
		if err != nil {
			return nil, r.unreadable(tree.TilePath(tree.Tile(0, t.N, t.W)), err)
		}
		if len(tile) != t.W*tlog.HashSize {
			r.bad(tree.TilePath(tree.Tile(0, t.N, t.W)), meansChanged, "it has %d bytes, not %d", len(tile), t.W*tlog.HashSize)
		}
		var parsed []tree.Leaf
		for i, b := range leaves {
			if err := r.grown(edge, opt); err != nil {
				return nil, err
			}
			index := from + int64(i)
			h := tlog.RecordHash(b)
			if at := i * tlog.HashSize; at+tlog.HashSize <= len(tile) && !bytes.Equal(tile[at:at+tlog.HashSize], h[:]) {
				r.bad(fmt.Sprintf("entry %d (%s)", index, name), meansChanged, "its hash is not the one in %s, bytes %d to %d: entry or tile was changed", tree.TilePath(tree.Tile(0, t.N, t.W)), at, at+tlog.HashSize-1)
			}
			edge.Add(h)
			levels[0] = append(levels[0], h)
			leaf, err := tree.ParseLeaf(b)
			if err != nil {
				r.bad(fmt.Sprintf("entry %d (%s)", index, name), meansChanged, "%v", err)
				leaf = tree.Leaf{}
			}
			if leaf.Kind == tree.KindFiling || leaf.Kind == tree.KindRemoval {
				if leaf.Number != last.Number+1 || !leaf.Filed.After(last.Filed) {
					r.bad(fmt.Sprintf("entry %d (%s)", index, name), meansForged, "it is about filing %d of %s, after filing %d of %s: numbers and times must rise", leaf.Number, leaf.Filed.Format(time.RFC3339), last.Number, last.Filed.Format(time.RFC3339))
				}
				last = leaf
				r.Filings++
			}
			r.named(index, leaf, b)
			parsed = append(parsed, leaf)
		}
		if err := w.bundle(ctx, t, from, parsed); err != nil {
			return nil, err
		}
		if opt.Progress != nil {
			opt.Progress(min(from+tree.Width, r.Size), r.Size, "entries")
		}
	}
	if !last.Filed.IsZero() {
		r.Newest = last.Filed.Format(time.RFC3339)
	}
	if err := r.grown(edge, opt); err != nil {
		return nil, err
	}
	if err := r.rightName(opt); err != nil {
		return nil, err
	}
	if edge.Root() != r.head.Root {
		r.bad("checkpoint", meansForged, "the entries hash to %s, and the signed head says %s: they are not the entries that were signed", edge.Root(), r.head.Root)
	}
	if err := r.tiles(ctx, s, levels[0]); err != nil {
		return nil, err
	}
	return edge, w.end(ctx, opt)
}

// tiles checks the hashes above the leaves against those that the leaves give.
func (r *Report) tiles(ctx context.Context, s Source, leaves []tlog.Hash) error {
	level := leaves
	for l := 0; len(level) > 0; l++ {
		if l > 0 { // the level below was checked entry by entry where it is the lowest
			for from := 0; from < len(level); from += tree.Width {
				name := tree.TilePath(tree.Tile(l, int64(from/tree.Width), min(tree.Width, len(level)-from)))
				tile, err := s.Read(ctx, name)
				if err != nil {
					if err := r.unreadable(name, err); err != nil {
						return err
					}
					continue
				}
				for i, h := range level[from:min(from+tree.Width, len(level))] {
					if at := i * tlog.HashSize; len(tile) < at+tlog.HashSize || !bytes.Equal(tile[at:at+tlog.HashSize], h[:]) {
						r.bad(name, meansChanged, "bytes %d to %d are not the hash of what lies beneath", at, at+tlog.HashSize-1)
					}
				}
				if want := tlog.HashSize * min(tree.Width, len(level)-from); len(tile) > want {
					r.bad(name, meansChanged, "it has %d bytes, not %d", len(tile), want)
				}
			}
		}
		var above []tlog.Hash
		for from := 0; from+tree.Width <= len(level); from += tree.Width {
			part := slices.Clone(level[from : from+tree.Width])
			for n := tree.Width; n > 1; n /= 2 {
				for i := 0; i < n; i += 2 {
					part[i/2] = tlog.NodeHash(part[i], part[i+1])
				}
			}
			above = append(above, part[0])
		}
		level = above
	}
	return nil
}

// unreadable notes a file that is not there; any other error ends the check.
func (r *Report) unreadable(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		r.bad(name, meansMissing, "it is not there")
		return nil
	}
	return err
}

// canonical reports whether bytes are RFC 8785 JSON, and of that hash.
func canonical(b []byte, sum string) string {
	if hash(b) != sum {
		return "its bytes have another SHA-256 than the entry says"
	}
	if !isCanonical(b) {
		return "its bytes are not canonical JSON (RFC 8785)"
	}
	return ""
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func decode(b []byte) (*stocktake.Filing, error) {
	var f stocktake.Filing
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	return &f, nil
}
