package ledger

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"stocktake"
)

// Acts and roll-calls come by the hundred thousand. encode writes them straight in canonical form, and leaves all else to Canonical: the
// bytes are the same.

// one entry of each list, as Canonical writes it; it holds the place of the whole list.
var placeOfActs, placeOfRolls = mustCanonical([]stocktake.Act{{}}), mustCanonical([]stocktake.RollCall{{}})

func mustCanonical(v any) []byte {
	b, err := Canonical(v)
	if err != nil {
		panic(err)
	}
	return b
}

// encode returns the canonical bytes of a filing.
func encode(f *stocktake.Filing) ([]byte, error) {
	if len(f.Acts) == 0 && len(f.RollCalls) == 0 {
		return Canonical(f)
	}
	frame := *f
	size := 0
	if len(f.Acts) > 0 {
		frame.Acts = []stocktake.Act{{}}
		size += 200 * len(f.Acts)
	}
	if len(f.RollCalls) > 0 {
		frame.RollCalls = []stocktake.RollCall{{}}
		size += 1200 * len(f.RollCalls)
	}
	rest, err := Canonical(&frame)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, size+len(rest))
	if len(f.Acts) > 0 {
		var ok bool
		if b, rest, ok = upTo(b, rest, `"acts":`, placeOfActs); !ok {
			return nil, errors.New("the place of the acts was not found")
		}
		b = append(b, '[')
		for i := range f.Acts {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendAct(b, &f.Acts[i]); err != nil {
				return nil, err
			}
		}
		b = append(b, ']')
	}
	if len(f.RollCalls) > 0 {
		var ok bool
		if b, rest, ok = upTo(b, rest, `"roll_calls":`, placeOfRolls); !ok {
			return nil, errors.New("the place of the roll-calls was not found")
		}
		b = append(b, '[')
		for i := range f.RollCalls {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendRollCall(b, &f.RollCalls[i])
		}
		b = append(b, ']')
	}
	return append(b, rest...), nil
}

// upTo moves what comes before a list's entries from rest to b, and drops what holds its place. The name with its quotation marks cannot
// stand inside a text, where these are escaped.
func upTo(b, rest []byte, name string, place []byte) ([]byte, []byte, bool) {
	for from := 0; ; {
		i := bytes.Index(rest[from:], []byte(name))
		if i < 0 {
			return b, rest, false
		}
		end := from + i + len(name)
		if bytes.HasPrefix(rest[end:], place) {
			return append(b, rest[:end]...), rest[end+len(place):], true
		}
		from = end
	}
}

// object writes the members of one JSON object, whose names must come in the order of RFC 8785.
type object struct {
	b    []byte
	more bool
}

func (o *object) name(n string) {
	if o.more {
		o.b = append(o.b, ',')
	}
	o.more = true
	o.b = append(o.b, '"')
	o.b = append(o.b, n...)
	o.b = append(o.b, '"', ':')
}

// text writes a member that is there even where it is empty.
func (o *object) text(n, s string) {
	o.name(n)
	o.b = appendText(o.b, s)
}

// given writes a member that is left out where it is empty.
func (o *object) given(n, s string) {
	if s != "" {
		o.text(n, s)
	}
}

func (o *object) date(n string, d stocktake.Date) { o.given(n, d.String()) }

func appendAct(b []byte, a *stocktake.Act) ([]byte, error) {
	if len(a.Quotes) > 0 || a.Text != nil || !a.Person.IsZero() {
		c, err := Canonical(a)
		return append(b, c...), err
	}
	o := object{b: append(b, '{')}
	o.date("announced", a.Announced)
	o.given("confidence", a.Confidence)
	o.date("done", a.Done)
	o.date("effect", a.Effect)
	o.text("id", string(a.ID))
	o.text("instrument", string(a.Instrument))
	o.text("kind", a.Kind.String())
	o.given("meeting", a.Meeting)
	o.given("note", a.Note)
	o.date("notified", a.Notified)
	o.given("objects", string(a.Objects))
	o.given("organ", a.Organ)
	o.text("party", string(a.Party))
	if len(a.Provisions) > 0 {
		o.name("provisions")
		o.b = appendList(o.b, a.Provisions)
	}
	if len(a.Reckoned) > 0 {
		o.name("reckoned")
		o.b = appendList(o.b, a.Reckoned)
	}
	o.text("source", string(a.Source))
	o.given("summary", a.Summary)
	return append(o.b, '}'), nil
}

func appendRollCall(b []byte, rc *stocktake.RollCall) []byte {
	o := object{b: append(b, '{')}
	o.given("absent", rc.Absent)
	o.given("abstain", rc.Abstain)
	o.text("date", rc.Date.String())
	o.text("id", rc.ID)
	o.text("instrument", string(rc.Instrument))
	if len(rc.Issues) > 0 {
		o.name("issues")
		o.b = appendList(o.b, rc.Issues)
	}
	o.given("label", rc.Label)
	o.given("no", rc.No)
	o.given("not_voting", rc.NotVoting)
	o.given("part", rc.Part)
	if rc.Session != 0 {
		o.name("session")
		o.b = strconv.AppendInt(o.b, int64(rc.Session), 10)
	}
	o.text("source", string(rc.Source))
	o.given("symbol", rc.Symbol)
	o.given("yes", rc.Yes)
	return append(o.b, '}')
}

func appendList[S ~string](b []byte, list []S) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, string(s))
	}
	return append(b, ']')
}

// appendText writes a text as RFC 8785 §3.2.2.2 has it. What is no UTF-8 becomes U+FFFD, as in encoding/json.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\t':
			b = append(b, `\t`...)
		case '\n':
			b = append(b, `\n`...)
		case '\f':
			b = append(b, `\f`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			const digits = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
