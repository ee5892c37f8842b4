package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/tree"
)

// A Client asks witnesses for their signatures. Its zero value works.
type Client struct {
	HTTP *http.Client
}

// plainHTTP follows no redirection: a witness is where its address says.
var plainHTTP = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return plainHTTP
}

// Ahead is the answer of a witness that signed a larger tree of this log than the one it was asked to sign.
type Ahead struct {
	Witness string
	Size    int64 // that it signed
	Ours    int64
}

func (a *Ahead) Error() string {
	return fmt.Sprintf("the witness %s signed %d entries of this log, and here it has %d: this record was restored from an older backup, or another copy of it signs with the same key", a.Witness, a.Size, a.Ours)
}

// Forked is the answer of a witness that signed another history of this log.
type Forked struct {
	Witness string
	Size    int64 // of the head that was refused
	Says    string
}

func (f *Forked) Error() string {
	return fmt.Sprintf("the witness %s signed another history of this log than the one with %d entries here (%s): this record was restored from an older backup and went on, or another copy of it signs with the same key", f.Witness, f.Size, f.Says)
}

// A Cosignature is the signature of a witness under a head.
type Cosignature struct {
	Witness tree.Witness
	Size    int64
	At      time.Time // by the clock of the witness, whole seconds
	Sig     note.Signature
	Note    []byte // the head with this and all earlier signatures
}

// Ask asks a witness to sign a head that the log signed. old is what the witness is believed to have signed last, 0 where that is not known:
// it says so itself, and is then asked again. hashes has the hashes of the tree by their places in storage.
func (c *Client) Ask(ctx context.Context, w tree.Witness, old int64, signed []byte, hashes tlog.HashReader) (*Cosignature, error) {
	h, bare, err := headOf(signed)
	if err != nil {
		return nil, err
	}
	if old < 0 || old > h.Size {
		old = 0
	}
	for try := 0; ; try++ {
		var proof tlog.TreeProof
		if old > 0 {
			if proof, err = tlog.ProveTree(h.Size, old, hashes); err != nil {
				return nil, fmt.Errorf("prove to the witness %s that the log went on: %w", w.Name, err)
			}
		}
		code, kind, body, err := c.post(ctx, w, request(old, proof, bare))
		if err != nil {
			return nil, fmt.Errorf("the witness %s does not answer: %w", w.Name, err)
		}
		said := strconv.Quote(strings.TrimSpace(string(body[:min(len(body), 200)])))
		switch {
		case code == http.StatusOK:
			return cosigned(w, h.Size, signed, bare, body)
		case code == http.StatusConflict && kind == "text/x.tlog.size":
			text := strings.TrimSuffix(string(body), "\n")
			size, err := strconv.ParseInt(text, 10, 64)
			if err != nil || size < 0 || try == 3 || size == old {
				return nil, fmt.Errorf("the witness %s says %s when asked from %d", w.Name, said, old)
			}
			if size > h.Size {
				return nil, &Ahead{w.Name, size, h.Size}
			}
			old = size
		case code == http.StatusConflict, code == http.StatusUnprocessableEntity:
			return nil, &Forked{w.Name, h.Size, said}
		default:
			return nil, fmt.Errorf("the witness %s refuses with %d %s: %s", w.Name, code, http.StatusText(code), said)
		}
	}
}

// LastSize asks a witness how much of a log it signed. signed is any head of it; one that the witness never saw may be signed on the way,
// if it saw none before.
func (c *Client) LastSize(ctx context.Context, w tree.Witness, signed []byte) (int64, error) {
	h, bare, err := headOf(signed)
	if err != nil {
		return 0, err
	}
	code, kind, body, err := c.post(ctx, w, request(0, nil, bare))
	if err != nil {
		return 0, fmt.Errorf("the witness %s does not answer: %w", w.Name, err)
	}
	if code == http.StatusOK {
		return h.Size, nil
	}
	size, err := strconv.ParseInt(strings.TrimSuffix(string(body), "\n"), 10, 64)
	if code != http.StatusConflict || kind != "text/x.tlog.size" || err != nil || size < 0 {
		return 0, fmt.Errorf("the witness %s does not say how much it signed, but %d %s", w.Name, code, http.StatusText(code))
	}
	return size, nil
}

// Shows returns the signed heads of a log that a witness shows on its page, as ours does; nil where it shows none. They are not checked.
func (c *Client) Shows(ctx context.Context, w tree.Witness, origin string) [][]byte {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(w.URL, "/")+"/", nil)
	if err != nil {
		return nil
	}
	req.Header.Set("User-Agent", "stocktake")
	res, err := c.http().Do(req)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	page, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return nil
	}
	return Heads(string(page), origin)
}

// Heads finds what looks like signed heads of a log in a text. They are not checked.
func Heads(text, origin string) (list [][]byte) {
	for rest := "\n" + text; ; {
		_, after, ok := strings.Cut(rest, "\n"+origin+"\n")
		if !ok {
			return list
		}
		rest = "\n" + after
		body, sigs, ok := strings.Cut(after, "\n\n")
		if !ok || strings.Count(body, "\n") != 1 {
			continue
		}
		head := origin + "\n" + body + "\n\n"
		n := len(head)
		for line := range strings.Lines(sigs) {
			if !strings.HasPrefix(line, "— ") || !strings.HasSuffix(line, "\n") {
				break
			}
			head += line
		}
		if len(head) > n {
			list = append(list, []byte(head))
		}
	}
}

// headOf reads a signed head, and leaves only the signature of its log. It is our own, so that nothing is checked.
func headOf(signed []byte) (tree.Head, []byte, error) {
	i := bytes.Index(signed, []byte("\n\n"))
	if i < 0 {
		return tree.Head{}, nil, stocktake.Invalidf("this is no signed head of a log")
	}
	h, err := tree.ParseHead(string(signed[:i+1]))
	if err != nil {
		return h, nil, err
	}
	bare := slices.Clone(signed[:i+2])
	for line := range bytes.Lines(signed[i+2:]) {
		if bytes.HasPrefix(line, []byte("— "+h.Origin+" ")) {
			bare = append(bare, line...)
		}
	}
	return h, bare, nil
}

func request(old int64, proof tlog.TreeProof, signed []byte) []byte {
	b := fmt.Appendf(nil, "old %d\n", old)
	for _, h := range proof {
		b = append(append(b, h.String()...), '\n')
	}
	return append(append(b, '\n'), signed...)
}

func (c *Client) post(ctx context.Context, w tree.Witness, body []byte) (code int, kind string, answer []byte, err error) {
	if w.URL == "" {
		return 0, "", nil, errors.New("the policy gives it no address")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(w.URL, "/")+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	req.Header.Set("User-Agent", "stocktake")
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := c.http().Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	const most = 64 << 10
	answer, err = io.ReadAll(io.LimitReader(res.Body, most+1))
	if err == nil && len(answer) > most {
		err = errors.New("its answer is too long")
	}
	return res.StatusCode, res.Header.Get("Content-Type"), answer, err
}

// cosigned checks the lines that a witness answered, and adds its own to the head.
func cosigned(w tree.Witness, size int64, signed, bare, lines []byte) (*Cosignature, error) {
	text := bare[:bytes.Index(bare, []byte("\n\n"))+2]
	n, err := note.Open(slices.Concat(text, lines), note.VerifierList(w.Key))
	if err != nil {
		return nil, fmt.Errorf("the signature of the witness %s does not fit the head that it was asked to sign: %w", w.Name, err)
	}
	at, ok := tree.CosignedAt(n.Sigs[0])
	if !ok {
		return nil, fmt.Errorf("the signature of the witness %s tells no time", w.Name)
	}
	return &Cosignature{w, size, at, n.Sigs[0], addSignature(signed, n.Sigs[0])}, nil
}

// addSignature puts a signature under a signed note, in the place of an earlier one by the same key.
func addSignature(signed []byte, sig note.Signature) []byte {
	i := bytes.Index(signed, []byte("\n\n")) + 2
	out := slices.Clone(signed[:i])
	for line := range bytes.Lines(signed[i:]) {
		if !isBy(line, sig.Name, sig.Hash) {
			out = append(out, line...)
		}
	}
	return fmt.Appendf(out, "— %s %s\n", sig.Name, sig.Base64)
}
