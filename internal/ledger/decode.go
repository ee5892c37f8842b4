package ledger

import (
	"encoding/json"
	"unicode/utf8"

	"stocktake"
)

// decode reads the public bytes of a filing. Acts and roll-calls in the form that encode writes are read directly; all else, and whatever
// looks otherwise than expected, goes to encoding/json, which also finds the words for what is wrong.
func decode(b []byte) (*stocktake.Filing, error) { return new(decoder).decode(b) }

// A decoder reads one filing after another. It uses the room of the acts again: those of a filing are gone when the next is read.
type decoder struct{ acts []stocktake.Act }

func (d *decoder) decode(b []byte) (*stocktake.Filing, error) {
	if f, ok := d.quick(b); ok {
		return f, nil
	}
	var f stocktake.Filing
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	return &f, nil
}

func (d *decoder) quick(b []byte) (*stocktake.Filing, bool) {
	s := reader{b: b}
	acts, rolls := d.acts[:0], []stocktake.RollCall(nil)
	told := false
	rest := make([]byte, 1, 512)
	rest[0] = '{'
	for sep := byte('{'); ; sep = ',' {
		if s.is('}') && sep == ',' {
			break
		}
		from := s.i + 1
		if !s.is(sep) {
			return nil, false
		}
		name, ok := s.text()
		if !ok || !s.is(':') {
			return nil, false
		}
		switch string(name) {
		case "acts":
			s.whole = string(b)
			ok = !told && s.list(func() bool {
				if len(acts) == cap(acts) { // make room for as many as the bytes that are left may hold
					acts = append(make([]stocktake.Act, 0, len(acts)+1+(len(b)-s.i)/160), acts...)
				}
				acts = acts[:len(acts)+1]
				a, before := &acts[len(acts)-1], &noAct
				*a = stocktake.Act{}
				if n := len(acts); n > 1 {
					before = &acts[n-2]
				}
				return s.act(a, before)
			})
			told = true
		case "roll_calls":
			ok = rolls == nil && s.list(func() bool {
				rolls = append(rolls, stocktake.RollCall{})
				return s.rollCall(&rolls[len(rolls)-1])
			})
		default:
			if ok = s.skip(); ok {
				if len(rest) > 1 {
					rest = append(rest, ',')
				}
				rest = append(rest, b[from:s.i]...)
			}
		}
		if !ok {
			return nil, false
		}
	}
	if s.i != len(b) || !told && rolls == nil {
		return nil, false
	}
	f := new(stocktake.Filing)
	if err := json.Unmarshal(append(rest, '}'), f); err != nil || f.Acts != nil || f.RollCalls != nil {
		return nil, false
	}
	if told {
		f.Acts, d.acts = acts, acts
	}
	f.RollCalls = rolls
	return f, true
}

// noAct stands before the first act of a list.
var noAct stocktake.Act

// reader reads compact JSON. Every method returns false at what it does not expect; the place is then anywhere.
type reader struct {
	b     []byte
	i     int
	whole string // b, where texts are to be parts of it
}

// is steps over one byte.
func (s *reader) is(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// text reads a text without escapes.
func (s *reader) text() ([]byte, bool) {
	if !s.is('"') {
		return nil, false
	}
	b, from, plain := s.b[s.i:], s.i, true
	for i := 0; i < len(b); i++ {
		c := b[i]
		if !special[c] {
			continue
		}
		switch {
		case c == '"':
			s.i = from + i + 1
			return b[:i], plain || utf8.Valid(b[:i])
		case c >= utf8.RuneSelf:
			plain = false
		default:
			return nil, false
		}
	}
	return nil, false
}

// special are the bytes that text looks at.
var special = func() (list [256]bool) {
	for c := range list {
		list[c] = c == '"' || c == '\\' || c < ' ' || c >= utf8.RuneSelf
	}
	return list
}()

// skip steps over one value.
func (s *reader) skip() bool {
	depth := 0
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case '"':
			for s.i++; s.i < len(s.b) && s.b[s.i] != '"'; s.i++ {
				if s.b[s.i] == '\\' {
					s.i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return true
			}
			depth--
		case ',':
			if depth == 0 {
				return true
			}
		}
		s.i++
	}
	return false
}

// list reads a list that is not empty, of objects.
func (s *reader) list(entry func() bool) bool {
	if !s.is('[') {
		return false
	}
	for {
		if !entry() {
			return false
		}
		if s.is(']') {
			return true
		}
		if !s.is(',') {
			return false
		}
	}
}

// object reads an object whose members f takes. f gets the name with its value, and false where it is no plain text.
func (s *reader) object(f func(name, value []byte, plain bool) bool) bool {
	if !s.is('{') {
		return false
	}
	for {
		name, ok := s.text()
		if !ok || !s.is(':') {
			return false
		}
		from := s.i
		value, plain := s.text()
		if !plain {
			s.i = from
			if !s.skip() {
				return false
			}
			value = s.b[from:s.i]
		}
		if !f(name, value, plain) {
			return false
		}
		if s.is('}') {
			return true
		}
		if !s.is(',') {
			return false
		}
	}
}

// again returns the text of v, which ends just before the last quotation mark read: the one from the entry before, where that is the same.
func again[S ~string](s *reader, v []byte, before S) S {
	if string(v) == string(before) {
		return before
	}
	return S(s.part(v))
}

// part is the text of v, which ends just before the last quotation mark read, as a part of the whole.
func (s *reader) part(v []byte) string { return s.whole[s.i-1-len(v) : s.i-1] }

func (s *reader) act(a, before *stocktake.Act) bool {
	from := s.i
	simple := true
	ok := s.object(func(name, v []byte, plain bool) (ok bool) {
		if !plain {
			simple = false
			return true
		}
		ok = true
		switch string(name) {
		case "id":
			a.ID = stocktake.ActID(s.part(v))
		case "party":
			a.Party = again(s, v, before.Party)
		case "instrument":
			a.Instrument = again(s, v, before.Instrument)
		case "source":
			a.Source = again(s, v, before.Source)
		case "kind":
			a.Kind = before.Kind
			if a.Kind == stocktake.NoAct || string(v) != a.Kind.String() {
				var err error
				a.Kind, err = stocktake.ParseActKind(string(v))
				ok = err == nil
			}
		case "done":
			a.Done, ok = s.day(v, before.Done)
		case "effect":
			a.Effect, ok = s.day(v, before.Effect)
		case "notified":
			a.Notified, ok = s.day(v, before.Notified)
		case "announced":
			a.Announced, ok = s.day(v, before.Announced)
		default:
			simple = false
		}
		return ok
	})
	if ok && !simple { // the whole of it, at leisure
		*a = stocktake.Act{}
		return json.Unmarshal(s.b[from:s.i], a) == nil
	}
	return ok
}

func (s *reader) day(v []byte, before stocktake.Date) (stocktake.Date, bool) {
	if string(v) == before.String() {
		return before, true
	}
	d, err := stocktake.ParseDate(s.part(v))
	return d, err == nil
}

func (s *reader) rollCall(rc *stocktake.RollCall) bool {
	from := s.i
	simple := true
	ok := s.object(func(name, v []byte, plain bool) (ok bool) {
		ok = true
		switch {
		case string(name) == "issues" && !plain:
			ok = json.Unmarshal(v, &rc.Issues) == nil
		case string(name) == "session" && !plain:
			ok = json.Unmarshal(v, &rc.Session) == nil
		case !plain:
			simple = false
		case string(name) == "id":
			rc.ID = string(v)
		case string(name) == "instrument":
			rc.Instrument = stocktake.InstrumentID(v)
		case string(name) == "symbol":
			rc.Symbol = string(v)
		case string(name) == "date":
			ok = rc.Date.UnmarshalText(v) == nil
		case string(name) == "part":
			rc.Part = string(v)
		case string(name) == "label":
			rc.Label = string(v)
		case string(name) == "yes":
			rc.Yes = string(v)
		case string(name) == "no":
			rc.No = string(v)
		case string(name) == "abstain":
			rc.Abstain = string(v)
		case string(name) == "absent":
			rc.Absent = string(v)
		case string(name) == "not_voting":
			rc.NotVoting = string(v)
		case string(name) == "source":
			rc.Source = stocktake.SourceID(v)
		default:
			simple = false
		}
		return ok
	})
	if ok && !simple {
		*rc = stocktake.RollCall{}
		return json.Unmarshal(s.b[from:s.i], rc) == nil
	}
	return ok
}
