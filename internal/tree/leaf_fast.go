package tree

import "time"

// The shape of a leaf about a filing, around its moment and number.
const (
	leafBefore  = `{"filed":"`
	leafFiling  = `","kind":"` + KindFiling + `","number":`
	leafRemoval = `","kind":"` + KindRemoval + `","number":`
	leafSHA256  = `,"sha256":"`
	leafAfter   = `"}`
)

// parseFiling reads a leaf about a filing that Encode wrote, without a decoder: an audit reads many. ok is false for everything else, which may
// still be a leaf.
func parseFiling(b []byte) (l Leaf, ok bool) {
	s := string(b)
	if len(s) < len(leafBefore)+len(leafTime) || s[:len(leafBefore)] != leafBefore {
		return l, false
	}
	s = s[len(leafBefore):]
	if l.Filed, ok = parseMoment(s[:len(leafTime)]); !ok {
		return l, false
	}
	s = s[len(leafTime):]
	switch {
	case len(s) > len(leafFiling) && s[:len(leafFiling)] == leafFiling:
		l.Kind, s = KindFiling, s[len(leafFiling):]
	case len(s) > len(leafRemoval) && s[:len(leafRemoval)] == leafRemoval:
		l.Kind, s = KindRemoval, s[len(leafRemoval):]
	default:
		return l, false
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		l.Number = l.Number*10 + int64(s[digits]-'0')
		digits++
	}
	if digits == 0 || digits > 18 || s[0] == '0' {
		return l, false
	}
	s = s[digits:]
	if len(s) != len(leafSHA256)+64+len(leafAfter) || s[:len(leafSHA256)] != leafSHA256 || s[len(s)-len(leafAfter):] != leafAfter {
		return l, false
	}
	l.SHA256 = s[len(leafSHA256) : len(leafSHA256)+64]
	for i := range 64 {
		if c := l.SHA256[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return l, false
		}
	}
	return l, true
}

// parseMoment reads a moment as leafTime lays it out; days that no calendar has are left to the library.
func parseMoment(s string) (time.Time, bool) {
	for i := range len(leafTime) {
		if c := leafTime[i]; c >= '0' && c <= '9' {
			if s[i] < '0' || s[i] > '9' {
				return time.Time{}, false
			}
		} else if s[i] != c {
			return time.Time{}, false
		}
	}
	n := func(from, to int) int {
		v := 0
		for _, c := range s[from:to] {
			v = v*10 + int(c-'0')
		}
		return v
	}
	month, day, hour, minute, second := n(5, 7), n(8, 10), n(11, 13), n(14, 16), n(17, 19)
	if month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		t, err := time.Parse(leafTime, s)
		return t, err == nil
	}
	return time.Date(n(0, 4), time.Month(month), day, hour, minute, second, n(20, 26)*1000, time.UTC), true
}
