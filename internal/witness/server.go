package witness

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/tree"
)

// Options of a Server.
type Options struct {
	Now func() time.Time
	Log *slog.Logger // told what was refused; never who asked
}

// A Server is a witness. It is an http.Handler, for many goroutines.
type Server struct {
	dir    string
	signer *tree.Cosigner
	logs   []*watched
	opt    Options
	lock   *os.File
	busy   chan struct{} // places for requests that are worked on
	mux    *http.ServeMux
}

// watched is one log, and what was signed of it.
type watched struct {
	Log
	mu    sync.Mutex // held from the comparison with state until the new state is on disk
	state *State
	spare float64 // heads that may be signed at once
	since time.Time
}

const (
	// MaxRequest is how many bytes a request may have.
	MaxRequest = 64 << 10
	maxProof   = 63
	maxBusy    = 16
	burst      = 60
)

// Open makes a witness of a folder with a key, for the logs of a list. A folder that another server has open is a Conflict fault.
func Open(dir string, signer *tree.Cosigner, logs []Log, opt Options) (*Server, error) {
	for _, d := range []string{stateDir, evidenceDir} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the witness: %w", err)
		}
	}
	lock, err := openAlone(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, &stocktake.Fault{Kind: stocktake.Conflict, What: "the folder " + dir + " cannot be opened alone: " + err.Error(), Err: err,
			Hint: "another witness may be running on it; two of them could sign two histories"}
	}
	s := &Server{dir: dir, signer: signer, opt: opt, lock: lock, busy: make(chan struct{}, maxBusy), mux: http.NewServeMux()}
	for _, l := range logs {
		st, err := readState(dir, l.Origin)
		if err != nil {
			lock.Close()
			return nil, err
		}
		s.logs = append(s.logs, &watched{Log: l, state: st, spare: burst, since: opt.Now()})
	}
	s.mux.HandleFunc("POST /add-checkpoint", s.add)
	s.mux.HandleFunc("GET /{$}", s.show)
	return s, nil
}

// Close lets another server open the folder.
func (s *Server) Close() error { return s.lock.Close() }

// VKey is the key of this witness, to give to logs and readers.
func (s *Server) VKey() string { return s.signer.String() }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// answer is what a request gets that is not signed.
type answer struct {
	code int
	kind string // of content; plain text where it is empty
	body string
}

func (a *answer) Error() string { return strings.TrimSpace(a.body) }

func refuse(code int, format string, args ...any) *answer {
	return &answer{code: code, body: fmt.Sprintf(format, args...) + "\n"}
}

// conflict tells the size that was signed last.
func conflict(size int64) *answer {
	return &answer{http.StatusConflict, "text/x.tlog.size", strconv.FormatInt(size, 10) + "\n"}
}

func (s *Server) add(w http.ResponseWriter, r *http.Request) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-r.Context().Done():
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxRequest))
	var lines []byte
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		err = refuse(http.StatusRequestEntityTooLarge, "a request has at most %d bytes", MaxRequest)
	case err == nil:
		lines, err = s.Add(r.Context(), body)
	default:
		err = refuse(http.StatusBadRequest, "the request was cut off")
	}
	var a *answer
	if err != nil && !errors.As(err, &a) {
		s.opt.Log.Error("a head was not signed", "err", err)
		a = refuse(http.StatusInternalServerError, "the witness could not write; nothing was signed")
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if a != nil {
		h.Set("Content-Type", cmp.Or(a.kind, "text/plain; charset=utf-8"))
		if a.code == http.StatusTooManyRequests {
			h.Set("Retry-After", "60")
		}
		w.WriteHeader(a.code)
		io.WriteString(w, a.body)
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(lines)
}

// Add takes the body of a request and returns the lines with this witness's signature. When it returns them, what was signed is on disk.
func (s *Server) Add(ctx context.Context, body []byte) ([]byte, error) {
	old, proof, signed, err := parseRequest(body)
	if err != nil {
		return nil, err
	}
	origin, _, _ := strings.Cut(string(signed), "\n")
	i := slices.IndexFunc(s.logs, func(l *watched) bool { return l.Origin == origin })
	if i < 0 {
		return nil, refuse(http.StatusNotFound, "this witness does not know the log of this head")
	}
	l := s.logs[i]
	n, err := note.Open(signed, note.VerifierList(l.Key))
	var unsigned *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	if errors.As(err, &unsigned) || errors.As(err, &invalid) {
		return nil, refuse(http.StatusForbidden, "the head is not signed by the key of the log %s that this witness knows", origin)
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the head is no signed note")
	}
	h, err := tree.ParseHead(n.Text)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "%v", err)
	}
	n.UnverifiedSigs = nil // signatures by others are no concern of this witness
	if signed, err = note.Sign(n); err != nil {
		return nil, err
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return nil, refuse(http.StatusServiceUnavailable, "nobody waits for this answer any more")
	}
	known := int64(0)
	if l.state != nil {
		known = l.state.Size
	}
	evidence := func(kind string) error {
		e := &Evidence{Kind: kind, Origin: origin, Key: l.VKey, At: s.opt.Now().UTC().Truncate(time.Second), Signed: l.state.Note, Shown: string(signed), Old: old, Proof: proof}
		path, fresh, err := keep(s.dir, e)
		if err != nil {
			return fmt.Errorf("keep evidence against the log %s: %w", origin, err)
		}
		if fresh {
			s.opt.Log.Error("A HEAD WAS REFUSED", "log", origin, "kind", kind, "signed", known, "shown", h.Size, "evidence", path, "means", says[kind])
		}
		return nil
	}
	switch {
	case l.state != nil && h.Size < known:
		err = evidence(Older)
	case l.state != nil && h.Size == known && h.Root != l.state.Root:
		err = evidence(Fork)
	}
	switch {
	case err != nil:
		return nil, err
	case old > h.Size:
		return nil, refuse(http.StatusBadRequest, "a proof cannot lead from %d entries to %d", old, h.Size)
	case old != known:
		return nil, conflict(known)
	case old == h.Size && l.state != nil && h.Root != l.state.Root:
		return nil, refuse(http.StatusConflict, "this witness signed another tree of %d entries", known)
	case old == 0 && (len(proof) > 0 || h.Size == 0 && h.Root != tree.EmptyRoot):
		return nil, refuse(http.StatusUnprocessableEntity, "from an empty tree no proof is needed, and its hash is known")
	case old > 0:
		if err := tlog.CheckTree(proof, h.Size, h.Root, old, l.state.Root); err != nil {
			if h.Size > old {
				if err := evidence(Broken); err != nil {
					return nil, err
				}
			}
			return nil, refuse(http.StatusUnprocessableEntity, "the proof does not lead from the %d entries that were signed to these %d", old, h.Size)
		}
	}
	grows := l.state == nil || h.Size > known
	if grows && !l.take(s.opt.Now()) {
		return nil, refuse(http.StatusTooManyRequests, "more than %d new heads a day of the log %s; come back in a minute", l.PerDay, origin)
	}
	both, err := note.Sign(n, s.signer)
	if err != nil {
		return nil, err
	}
	if grows {
		st := &State{origin, h.Size, h.Root, s.opt.Now().UTC().Truncate(time.Second), string(both)}
		// A crash before this is done leaves the earlier state, and nobody has seen the signature.
		if err := writeState(s.dir, st); err != nil {
			return nil, fmt.Errorf("keep what is signed of the log %s: %w", origin, err)
		}
		l.state = st
	}
	for line := range bytes.Lines(both[bytes.LastIndex(both, []byte("\n\n"))+2:]) {
		if bytes.HasPrefix(line, []byte("— "+s.signer.Name()+" ")) {
			return line, nil
		}
	}
	return nil, errors.New("the signed head does not hold the signature of this witness")
}

// take reports whether a new head may be signed now: PerDay a day, and a few at once. Whoever has not the log's key cannot use this up.
func (l *watched) take(now time.Time) bool {
	if d := now.Sub(l.since); d > 0 {
		l.spare = min(burst, l.spare+d.Hours()/24*float64(l.PerDay))
	}
	l.since = now
	if l.spare < 1 {
		return false
	}
	l.spare--
	return true
}

// parseRequest reads "old N", hashes of a proof, an empty line, and a signed head.
func parseRequest(body []byte) (old int64, proof tlog.TreeProof, signed []byte, err error) {
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return 0, nil, nil, refuse(http.StatusBadRequest, "the request has no empty line before the head")
	}
	lines := strings.Split(string(head), "\n")
	n, ok := strings.CutPrefix(lines[0], "old ")
	old, perr := strconv.ParseInt(n, 10, 64)
	if !ok || perr != nil || old < 0 || strconv.FormatInt(old, 10) != n {
		return 0, nil, nil, refuse(http.StatusBadRequest, "the first line is not the word old and a number")
	}
	if len(lines)-1 > maxProof {
		return 0, nil, nil, refuse(http.StatusBadRequest, "a proof has at most %d hashes", maxProof)
	}
	for i, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line {
			return 0, nil, nil, refuse(http.StatusBadRequest, "hash %d of the proof is damaged", i+1)
		}
		proof = append(proof, h)
	}
	return old, proof, signed, nil
}

// show tells readers what this witness signed.
func (s *Server) show(w http.ResponseWriter, _ *http.Request) {
	var b strings.Builder
	fmt.Fprintf(&b, "Witness %s (c2sp.org/tlog-witness)\nkey %s\n", s.signer.Name(), s.VKey())
	for _, l := range s.logs {
		l.mu.Lock()
		st := l.state
		l.mu.Unlock()
		fmt.Fprintf(&b, "\nlog %s\n", l.VKey)
		if st == nil {
			b.WriteString("nothing signed yet\n")
			continue
		}
		fmt.Fprintf(&b, "signed %d entries at %s\n\n%s", st.Size, st.At.Format(time.RFC3339), st.Note)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, b.String())
}
