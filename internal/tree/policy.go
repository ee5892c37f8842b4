package tree

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"stocktake"
)

// A Policy says which log is believed, and which witnesses must have signed its head besides (c2sp.org/tlog-policy):
//
//	log example.org/record+db7e8dd3+AS…
//	witness one witness.example.net+1aa51bc8+BA… https://witness.example.net/
//	witness two …
//	group both all one two
//	quorum both
type Policy struct {
	Log       note.Verifier
	LogKey    string // as it is written
	LogURL    string
	Witnesses []Witness
	groups    map[string]group
	quorum    string // name of a witness or group; "" or "none": nobody besides the log
}

// A Witness is one that a policy names.
type Witness struct {
	Name string // in the policy
	Key  note.Verifier
	URL  string
}

type group struct {
	need    int
	members []string
}

// PolicyOf is a policy that believes the log with that key on its own word.
func PolicyOf(vkey string) (*Policy, error) {
	v, err := ParseVKey(vkey)
	if err != nil {
		return nil, err
	}
	if IsWitness(v) {
		return nil, stocktake.Invalidf("the key of %s is one of a witness, not of a log", v.Name())
	}
	return &Policy{Log: v, LogKey: strings.TrimSpace(vkey)}, nil
}

// ParsePolicy reads a policy. Errors name the line.
func ParsePolicy(text string) (*Policy, error) {
	p := &Policy{groups: map[string]group{}}
	quorum := false
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		bad := func(format string, args ...any) error {
			return stocktake.Invalidf("line %d of the policy: %s", i+1, fmt.Sprintf(format, args...))
		}
		known := func(name string) bool { _, g := p.groups[name]; return g || p.witness(name) != nil }
		switch {
		case f[0] == "log" && (len(f) == 2 || len(f) == 3):
			if p.Log != nil {
				return nil, bad("a second log; a policy here is about one")
			}
			v, err := ParseVKey(f[1])
			if err != nil {
				return nil, bad("%v", err)
			}
			if IsWitness(v) {
				return nil, bad("this key is one of a witness, not of a log")
			}
			p.Log, p.LogKey = v, f[1]
			if len(f) == 3 {
				p.LogURL = f[2]
			}
		case f[0] == "witness" && (len(f) == 3 || len(f) == 4):
			v, err := ParseVKey(f[2])
			if err != nil {
				return nil, bad("%v", err)
			}
			if !IsWitness(v) {
				return nil, bad("this key is not one of a witness")
			}
			if known(f[1]) || f[1] == "none" {
				return nil, bad("the name %q is taken", f[1])
			}
			w := Witness{Name: f[1], Key: v}
			if len(f) == 4 {
				w.URL = f[3]
			}
			p.Witnesses = append(p.Witnesses, w)
		case f[0] == "group" && len(f) >= 4:
			g := group{members: f[3:]}
			switch f[2] {
			case "any":
				g.need = 1
			case "all":
				g.need = len(g.members)
			default:
				n, err := strconv.Atoi(f[2])
				if err != nil || n < 1 || n > len(g.members) {
					return nil, bad("%q of %d members; write any, all, or a number", f[2], len(g.members))
				}
				g.need = n
			}
			for j, m := range g.members {
				if !known(m) {
					return nil, bad("%q was not named before", m)
				}
				if slices.Contains(g.members[:j], m) {
					return nil, bad("%q is named twice", m)
				}
			}
			if known(f[1]) || f[1] == "none" {
				return nil, bad("the name %q is taken", f[1])
			}
			p.groups[f[1]] = g
		case f[0] == "quorum" && len(f) == 2:
			if quorum {
				return nil, bad("a second quorum")
			}
			if f[1] != "none" && !known(f[1]) {
				return nil, bad("%q was not named before", f[1])
			}
			quorum, p.quorum = true, f[1]
		default:
			return nil, bad("%q; a line is log KEY [URL], witness NAME KEY [URL], group NAME any|all|N NAME…, or quorum NAME|none", strings.TrimSpace(line))
		}
	}
	if p.Log == nil || !quorum {
		return nil, stocktake.Invalidf("the policy needs a line that begins with log and one that begins with quorum")
	}
	return p, nil
}

// Own reports whether a witness stands in the group that is named own: those that the keepers of the log run themselves. Other programs read the
// line as that of any group.
func (p *Policy) Own(w Witness) bool { return p.holds("own", w.Name) }

func (p *Policy) holds(group, witness string) bool {
	return slices.ContainsFunc(p.groups[group].members, func(m string) bool { return m == witness || p.holds(m, witness) })
}

// Reachable reports whether the quorum can be met when some witnesses never sign.
func (p *Policy) Reachable(without func(Witness) bool) bool {
	if p.quorum == "" || p.quorum == "none" {
		return true
	}
	return p.met(p.quorum, func(w Witness) bool { return !without(w) })
}

// met reports whether a witness, or enough of a group, signed.
func (p *Policy) met(name string, signed func(Witness) bool) bool {
	if w := p.witness(name); w != nil {
		return signed(*w)
	}
	got := 0
	for _, m := range p.groups[name].members {
		if p.met(m, signed) {
			got++
		}
	}
	return got >= p.groups[name].need
}

func (p *Policy) witness(name string) *Witness {
	for i := range p.Witnesses {
		if p.Witnesses[i].Name == name {
			return &p.Witnesses[i]
		}
	}
	return nil
}

// Verifier finds a key of the policy, for note.Open.
func (p *Policy) Verifier(name string, hash uint32) (note.Verifier, error) {
	if p.Log.Name() == name && p.Log.KeyHash() == hash {
		return p.Log, nil
	}
	for i := range p.Witnesses {
		if k := p.Witnesses[i].Key; k.Name() == name && k.KeyHash() == hash {
			return k, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// Open reads a signed head and checks that its log signed it, that it is a head of that log, and that enough witnesses signed too.
func (p *Policy) Open(signed []byte) (Head, *note.Note, error) {
	if len(signed) > MaxNote {
		return Head{}, nil, stocktake.Invalidf("the signed head is larger than %d bytes", MaxNote)
	}
	n, err := openNote(signed, p)
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return Head{}, nil, stocktake.Invalidf("the head carries no signature by the key of %s", p.Log.Name()).Hinted("it is a head of another log, or it was changed")
	}
	if err != nil {
		return Head{}, nil, stocktake.Invalidf("the signed head cannot be read, or a signature does not fit it: %v", err)
	}
	h, err := ParseHead(n.Text)
	if err != nil {
		return Head{}, nil, err
	}
	if h.Origin != p.Log.Name() {
		return Head{}, nil, stocktake.Invalidf("the head is one of %q, not of %q", h.Origin, p.Log.Name())
	}
	signedBy := func(v note.Verifier) bool {
		return slices.ContainsFunc(n.Sigs, func(s note.Signature) bool { return s.Name == v.Name() && s.Hash == v.KeyHash() })
	}
	if !signedBy(p.Log) {
		return Head{}, nil, stocktake.Invalidf("the head carries no signature by the key of %s", p.Log.Name())
	}
	did := func(w Witness) bool { return signedBy(w.Key) }
	if p.quorum != "" && p.quorum != "none" && !p.met(p.quorum, did) {
		who := "witness " + p.quorum
		if g, ok := p.groups[p.quorum]; ok {
			got := 0
			for _, m := range g.members {
				if p.met(m, did) {
					got++
				}
			}
			who = fmt.Sprintf("%d of the %d that are needed in %s", got, g.need, p.quorum)
		}
		return h, n, stocktake.Invalidf("too few witnesses signed the head of size %d: the policy asks for %s", h.Size, who)
	}
	return h, n, nil
}
