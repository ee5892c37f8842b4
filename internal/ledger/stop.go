package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/tree"
)

const (
	metaStop      = "log/stopped"   // JSON Stop; "" while the log is signed
	metaOverruled = "log/overruled" // JSON list of the names of witnesses over whose word the keeper resumed
)

// A Stop says why the log is not signed for now. Filings are taken and readers are served all the same.
type Stop struct {
	At time.Time `json:"at"`
	// Proof: a head that the log's own key signed belongs to another history than the one here. Otherwise witnesses only say so, and so
	// many that the policy's quorum cannot be reached.
	Proof    bool     `json:"proof"`
	By       []string `json:"by"` // who showed the head, or disputes
	Says     string   `json:"says"`
	Evidence string   `json:"evidence,omitempty"` // file in the folder of the record
}

// Stopped says why the log is not signed, nil where nothing stands in the way.
func (l *Ledger) Stopped(ctx context.Context) (*Stop, error) { return stopped(ctx, l.store) }

func stopped(ctx context.Context, r store.Reader) (*Stop, error) {
	text, err := r.Meta(ctx, metaStop)
	if err != nil || text == "" {
		return nil, err
	}
	var s Stop
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return nil, fmt.Errorf("the setting %s: %w", metaStop, err)
	}
	return &s, nil
}

// Stop keeps the log from being signed, by this and every other process. A proof stays where there is one.
func (l *Ledger) Stop(ctx context.Context, s Stop) error {
	s.At = l.Now().Truncate(time.Second)
	return l.store.Write(ctx, func(w store.Writer) error {
		is, err := stopped(ctx, w)
		if err != nil || is != nil && (is.Proof || !s.Proof && is.Says == s.Says && slices.Equal(is.By, s.By)) {
			return err
		}
		if is != nil && !s.Proof {
			s.At = is.At // other words about the same pause
		}
		b, err := json.Marshal(s)
		if err != nil {
			return err
		}
		return w.SetMeta(ctx, metaStop, string(b))
	})
}

// EndPause lets the log be signed again after witnesses ceased to dispute it. It does not end what a proof began: that takes Resume.
func (l *Ledger) EndPause(ctx context.Context) error {
	return l.store.Write(ctx, func(w store.Writer) error {
		if is, err := stopped(ctx, w); err != nil || is == nil || is.Proof {
			return err
		}
		return w.SetMeta(ctx, metaStop, "")
	})
}

// Overruled names the witnesses over whose word signing was resumed, until they sign again.
func (l *Ledger) Overruled(ctx context.Context) ([]string, error) { return overruled(ctx, l.store) }

func overruled(ctx context.Context, r store.Reader) (list []string, err error) {
	text, err := r.Meta(ctx, metaOverruled)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &list)
	}
	return list, err
}

func setOverruled(ctx context.Context, w store.Writer, list []string) error {
	slices.Sort(list)
	b, err := json.Marshal(slices.Compact(list))
	if err != nil {
		return err
	}
	return w.SetMeta(ctx, metaOverruled, string(b))
}

// Agreed notes that a witness signed, so that its word counts again.
func (l *Ledger) Agreed(ctx context.Context, name string) error {
	if list, err := l.Overruled(ctx); err != nil || !slices.Contains(list, name) {
		return err
	}
	return l.store.Write(ctx, func(w store.Writer) error {
		list, err := overruled(ctx, w)
		if err != nil {
			return err
		}
		return setOverruled(ctx, w, slices.DeleteFunc(list, func(x string) bool { return x == name }))
	})
}

// Resume lets the log be signed again, after what others saw of it was brought in, or by the keeper's own decision.
func (l *Ledger) Resume(ctx context.Context) error {
	return l.store.Write(ctx, func(w store.Writer) error {
		is, err := stopped(ctx, w)
		if err != nil {
			return err
		}
		if is != nil && !is.Proof { // else the same words would stop it again within the minute
			list, err := overruled(ctx, w)
			if err != nil {
				return err
			}
			if err := setOverruled(ctx, w, append(list, is.By...)); err != nil {
				return err
			}
		}
		if err := w.SetMeta(ctx, metaStop, ""); err != nil {
			return err
		}
		return w.SetMeta(ctx, metaBack, "")
	})
}

// Fault is the stop as an error that says what to do.
func (s *Stop) Fault() *stocktake.Fault {
	if s.Proof {
		f := &stocktake.Fault{Kind: stocktake.Conflict, What: "the log is not signed any more: " + s.Says,
			Hint: "`stocktake key resume --from MIRROR` brings back what others hold, where this is an older copy; docs/operating.md says what to do where both went on"}
		if s.Evidence != "" {
			f.What += "; the evidence is " + s.Evidence
		}
		return f
	}
	return &stocktake.Fault{Kind: stocktake.Conflict, What: fmt.Sprintf("the signing of the log is paused: %s (%s)", s.Says, strings.Join(s.By, ", ")),
		Hint: "find out whether an older backup was restored, or a copy of this record runs elsewhere; signing goes on when they no longer dispute it, or after `stocktake key resume`"}
}

// Contradicts compares a head that somebody shows with this log. says is "" where it is a head of this log's own history, as far as it reaches
// here; otherwise it says in a sentence why the head proves another history. A head that the present key of the log did not sign is an
// Invalid fault: it proves nothing.
func (l *Ledger) Contradicts(ctx context.Context, signed []byte) (says string, err error) {
	_, vkey, err := l.LogName(ctx)
	if err != nil {
		return "", err
	}
	if vkey == "" {
		return "", stocktake.NotFoundf("the log of this record was never signed")
	}
	key, err := tree.ParseVKey(vkey)
	if err != nil {
		return "", err
	}
	h, _, err := tree.OpenHead(signed, key)
	if err != nil {
		return "", &stocktake.Fault{Kind: stocktake.Invalid, What: "the head is not signed by the key of this log, so that it says nothing about it", Err: err}
	}
	size, err := l.store.LogSize(ctx) // read after the head, which another process may have signed a moment ago
	if err != nil {
		return "", err
	}
	if h.Size > size {
		return fmt.Sprintf("its key signed a head of %d entries, and only %d are here", h.Size, size), nil
	}
	root := tree.EmptyRoot
	if h.Size > 0 {
		if root, err = tlog.TreeHash(h.Size, logHashes{ctx, l.store}); err != nil {
			return "", err
		}
	}
	if root != h.Root {
		return fmt.Sprintf("its key signed a head of %d entries that are not the first %d here", h.Size, h.Size), nil
	}
	return "", nil
}

// IsStopped reports whether an error is the refusal to sign a log that was stopped or paused.
func IsStopped(err error) bool {
	var s *stopFault
	return errors.As(err, &s)
}

// stopFault marks the fault of a stop.
type stopFault struct{ *stocktake.Fault }

func (s *stopFault) Unwrap() error { return s.Fault }
