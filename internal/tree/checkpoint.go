package tree

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
)

// strict takes each text in one form only, so that no changed byte passes.
var strict = base64.StdEncoding.Strict()

// MaxNote is how many bytes a signed head may have with all its signatures.
const MaxNote = 1 << 20

// A Head is what a signed head says (c2sp.org/tlog-checkpoint): the log with that origin has Size leaves, and its tree this hash.
type Head struct {
	Origin    string
	Size      int64
	Root      tlog.Hash
	Extension string // lines, each with its end; Stocktake writes none
}

// String is the text that is signed.
func (h Head) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s", h.Origin, h.Size, base64.StdEncoding.EncodeToString(h.Root[:]), h.Extension)
}

// ParseHead reads the text of a signed head.
func ParseHead(text string) (Head, error) {
	bad := func(why string) (Head, error) { return Head{}, stocktake.Invalidf("this is no head of a log: %s", why) }
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" || len(text) > MaxNote {
		return bad("it needs three lines, each with its end")
	}
	h := Head{Origin: lines[0], Extension: lines[3]}
	var err error
	if h.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || h.Size < 0 || strconv.FormatInt(h.Size, 10) != lines[1] {
		return bad(fmt.Sprintf("the size is %q", lines[1]))
	}
	root, err := strict.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize || base64.StdEncoding.EncodeToString(root) != lines[2] {
		return bad(fmt.Sprintf("the hash is %q", lines[2]))
	}
	copy(h.Root[:], root)
	for rest := h.Extension; rest != ""; {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok || line == "" {
			return bad("a further line is empty or has no end")
		}
		rest = after
	}
	return h, nil
}

// Sign signs a head.
func Sign(h Head, signers ...note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: h.String()}, signers...)
}

// OpenHead reads a signed head and checks that the key of its log signed it. Signatures by others are checked by a Policy.
func OpenHead(signed []byte, log note.Verifier) (Head, *note.Note, error) {
	n, err := openNote(signed, note.VerifierList(log))
	if err != nil {
		return Head{}, nil, fmt.Errorf("the head is not signed by %s: %w", log.Name(), err)
	}
	h, err := ParseHead(n.Text)
	if err != nil {
		return Head{}, nil, err
	}
	if h.Origin != log.Name() {
		return Head{}, nil, stocktake.Invalidf("the head is one of %q, signed by the key of %q", h.Origin, log.Name())
	}
	return h, n, nil
}

// openNote is note.Open, but takes each signature in one form only.
func openNote(signed []byte, known note.Verifiers) (*note.Note, error) {
	n, err := note.Open(signed, known)
	if err != nil {
		return n, err
	}
	for _, s := range append(slices.Clone(n.Sigs), n.UnverifiedSigs...) {
		if _, err := strict.DecodeString(s.Base64); err != nil {
			return nil, stocktake.Invalidf("the signature of %s is damaged", s.Name)
		}
	}
	return n, nil
}

// ValidOrigin reports whether a log may be named so: one word, without a plus sign, as names of keys are.
func ValidOrigin(s string) bool {
	return s != "" && len(s) <= 255 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '+' })
}
