package stocktake

import (
	"errors"
	"fmt"
	"strings"
)

// FaultKind sorts failures by what the person who met one can do about it.
type FaultKind uint8

const (
	Internal  FaultKind = iota // ours: logged in full, shown as "something went wrong"
	Invalid                    // the input is wrong: mend it and send it again
	NotFound                   // there is no such thing here
	Conflict                   // it cannot be done now, or not any more
	Forbidden                  // the caller may not do this
	Busy                       // somebody else is writing: try again
	Gone                       // it was here and was taken away, on a ground that is filed
)

var faultNames = [...]string{"internal", "invalid", "not-found", "conflict", "forbidden", "busy", "gone"}

// String returns the lower-case name of k, as it stands in JSON errors.
func (k FaultKind) String() string {
	if int(k) < len(faultNames) {
		return faultNames[k]
	}
	return "internal"
}

// A Fault is a failure that a person can act on. What says what is wrong, Where the place (file, line, column, field; may be empty),
// Hint what to do about it. Err is for the log and is never shown.
type Fault struct {
	Kind  FaultKind
	What  string
	Where string
	Hint  string
	Err   error
}

// Error returns "where: what (hint)".
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Where != "" {
		b.WriteString(f.Where)
		b.WriteString(": ")
	}
	b.WriteString(f.What)
	if f.Hint != "" {
		b.WriteString(" (")
		b.WriteString(f.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap returns the cause, for errors.Is and errors.As.
func (f *Fault) Unwrap() error { return f.Err }

// Invalidf returns an Invalid fault without place or hint.
func Invalidf(format string, args ...any) *Fault {
	return &Fault{Kind: Invalid, What: fmt.Sprintf(format, args...)}
}

// NotFoundf returns a NotFound fault without place or hint.
func NotFoundf(format string, args ...any) *Fault {
	return &Fault{Kind: NotFound, What: fmt.Sprintf(format, args...)}
}

// At returns a copy of f that names a place. Where f already has one, place is put before it.
func (f *Fault) At(place string) *Fault {
	c := *f
	if c.Where != "" && place != "" {
		c.Where = place + ": " + c.Where
	} else if place != "" {
		c.Where = place
	}
	return &c
}

// Hinted returns a copy of f with a hint.
func (f *Fault) Hinted(format string, args ...any) *Fault {
	c := *f
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// KindOf returns the kind of the first Fault in err's chain, and Internal where there is none.
func KindOf(err error) FaultKind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}
