package secretariat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/record"
)

// A Preview is what a draft would do to the record.
type Preview struct {
	Head    int64              // how many filings the record held
	Filings []stocktake.Filing // of the draft
	New     []stocktake.Filing // of these, what the record does not say already
	Same    []ledger.Receipt   // what it says already
	Faults  []*stocktake.Fault // what stands in the way; then nothing of the rest is known
	Moves   record.Moves
	Sum     string // names the draft and all that it does, but not the head
}

// Preview reads a draft, tries to file it, and compares the record as it is with the record as it would be. Nothing is stored. An error is
// something that is no fault of the draft.
func (o *Office) Preview(ctx context.Context, text string) (v Preview, err error) {
	if _, v.Filings, err = readDraft(text); err != nil {
		if v.Faults = Mistakes(err); len(v.Faults) == 0 {
			return v, err
		}
		v.sum(text)
		return v, nil
	}
	v, err = Foresee(ctx, o.l, v.Filings...)
	v.sum(text)
	return v, err
}

// Foresee is Preview for filings. Its Sum is empty.
func Foresee(ctx context.Context, l *ledger.Ledger, list ...stocktake.Filing) (Preview, error) {
	for {
		v, err := foresee(ctx, l, list)
		if err != nil || v.Head == l.Record().Head() {
			return v, err
		}
		// Something was filed while it was looked at.
	}
}

func foresee(ctx context.Context, l *ledger.Ledger, list []stocktake.Filing) (Preview, error) {
	v := Preview{Filings: list}
	if err := l.Refresh(ctx); err != nil {
		return v, err
	}
	rec := l.Record()
	v.Head = rec.Head()
	rs, err := l.File(ctx, ledger.FileOptions{DryRun: true}, list...)
	if err != nil {
		var f *stocktake.Fault
		if !errors.As(err, &f) || f.Kind == stocktake.Internal || f.Kind == stocktake.Busy {
			return v, err
		}
		v.Faults = []*stocktake.Fault{f}
		return v, nil
	}
	v.Head = rs.From
	for i, r := range rs.List {
		if r.Same {
			v.Same = append(v.Same, r)
		} else {
			v.New = append(v.New, list[i])
		}
	}
	if len(v.New) == 0 || rec.Head() != v.Head {
		return v, nil
	}
	now := l.Now()
	then, err := rec.With(now, v.New...)
	if err != nil {
		return v, err
	}
	v.Moves, err = rec.Moves(ctx, then, now.Add(time.Hour).UnixMicro(), v.New...)
	return v, err
}

func (v *Preview) sum(text string) {
	b, err := json.Marshal(struct {
		Text   string
		Same   []ledger.Receipt
		Faults []*stocktake.Fault
		Moves  record.Moves
	}{text, v.Same, v.Faults, v.Moves})
	if err != nil {
		b = []byte(err.Error())
	}
	h := sha256.Sum256(b)
	v.Sum = hex.EncodeToString(h[:])
}
