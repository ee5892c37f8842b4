package tree

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

// A Proof shows that a leaf stands in a log, without the log (c2sp.org/tlog-proof).
type Proof struct {
	Index int64
	Path  tlog.RecordProof
	Extra []byte // Stocktake puts the leaf here, so that one file is enough
	Note  []byte // the signed head
}

const proofHeader = "c2sp.org/tlog-proof@v1"

// Encode returns the bytes of a file .tlog-proof.
func (p Proof) Encode() []byte {
	var b strings.Builder
	b.WriteString(proofHeader + "\n")
	if p.Extra != nil {
		b.WriteString("extra " + base64.StdEncoding.EncodeToString(p.Extra) + "\n")
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Path {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(p.Note)
	return []byte(b.String())
}

// ParseProof reads such a file.
func ParseProof(text []byte) (Proof, error) {
	bad := func(why string) (Proof, error) {
		return Proof{}, stocktake.Invalidf("this is no proof of a log: %s", why)
	}
	header, rest, ok := strings.Cut(string(text), "\n")
	if !ok || header != proofHeader {
		return bad("its first line is not " + proofHeader)
	}
	var p Proof
	if line, after, ok := strings.Cut(rest, "\n"); ok {
		if x, is := strings.CutPrefix(line, "extra "); is {
			var err error
			if p.Extra, err = strict.DecodeString(x); err != nil {
				return bad("its line extra is damaged")
			}
			rest = after
		}
	}
	line, rest, _ := strings.Cut(rest, "\n")
	n, is := strings.CutPrefix(line, "index ")
	var err error
	if p.Index, err = strconv.ParseInt(n, 10, 64); !is || err != nil || p.Index < 0 || strconv.FormatInt(p.Index, 10) != n {
		return bad("its line index is damaged or missing")
	}
	for {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return bad("it ends before the signed head")
		}
		rest = after
		if line == "" {
			break
		}
		h, err := strict.DecodeString(line)
		if err != nil || len(h) != tlog.HashSize || len(p.Path) >= 64 {
			return bad(fmt.Sprintf("hash %d is damaged", len(p.Path)+1))
		}
		p.Path = append(p.Path, tlog.Hash(h))
	}
	p.Note = []byte(rest)
	return p, nil
}

// Check checks that a proof shows the leaf to stand in the log whose head it carries, and that policy is content with the head.
func (p Proof) Check(leaf []byte, policy *Policy) (Head, *note.Note, error) {
	h, n, err := policy.Open(p.Note)
	if err != nil {
		return h, n, err
	}
	if err := tlog.CheckRecord(p.Path, h.Size, h.Root, p.Index, tlog.RecordHash(leaf)); err != nil {
		return h, n, stocktake.Invalidf("the proof does not lead from this leaf to the signed head: leaf, proof or head was changed")
	}
	return h, n, nil
}
