package stocktake

import (
	"fmt"
	"strconv"
)

// Truth is the answer to a question that the record may be unable to settle: No, Yes or Unsure. The zero Truth is No.
// And, Or and Not are Kleene's strong three-valued logic (1938): Unsure stands for "No or Yes, we cannot tell which", so
// a result is Unsure only where the answer would change with it.
type Truth uint8

const (
	No Truth = iota
	Yes
	Unsure
)

// String returns "no", "yes" or "unsure".
func (t Truth) String() string {
	switch t {
	case No:
		return "no"
	case Yes:
		return "yes"
	case Unsure:
		return "unsure"
	}
	return "Truth(" + strconv.Itoa(int(t)) + ")"
}

// And is Yes when both are Yes, No when either is No, and otherwise Unsure.
func (t Truth) And(u Truth) Truth {
	switch {
	case t == No || u == No:
		return No
	case t == Yes && u == Yes:
		return Yes
	}
	return Unsure
}

// Or is Yes when either is Yes, No when both are No, and otherwise Unsure.
func (t Truth) Or(u Truth) Truth {
	switch {
	case t == Yes || u == Yes:
		return Yes
	case t == No && u == No:
		return No
	}
	return Unsure
}

// Not turns Yes into No and No into Yes; Unsure stays Unsure.
func (t Truth) Not() Truth {
	switch t {
	case No:
		return Yes
	case Yes:
		return No
	}
	return Unsure
}

// MarshalText writes what String returns, so that JSON says "yes" and not 1. A value that is none of the three is an error.
func (t Truth) MarshalText() ([]byte, error) {
	if t > Unsure {
		return nil, fmt.Errorf("%v is neither no, yes nor unsure", t)
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads "no", "yes" or "unsure"; anything else is an error and leaves t as it was.
func (t *Truth) UnmarshalText(text []byte) error {
	switch string(text) {
	case "no":
		*t = No
	case "yes":
		*t = Yes
	case "unsure":
		*t = Unsure
	default:
		return fmt.Errorf("%s: write no, yes or unsure", showText(string(text)))
	}
	return nil
}
