package witness

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"stocktake"
	"stocktake/internal/tree"
)

// A Log is one whose heads a witness signs.
type Log struct {
	Origin  string
	Key     note.Verifier
	VKey    string // as it is written
	PerDay  int    // how many new heads a day are signed; the rest is told to come later
	Contact string
}

// DefaultPerDay is how many new heads a day are signed of a log that the list says nothing else about: one each two seconds.
const DefaultPerDay = 43200

// ParseList reads the list of logs of a witness (c2sp.org/tlog-list):
//
//	logs/v0
//	vkey example.org/record+db7e8dd3+AS…
//	qpd 43200
//	contact secretariat@example.org
//
// The lines qpd and contact may be left out, and so may the first line. Errors name the line.
func ParseList(text string) ([]Log, error) {
	var list []Log
	seen, origins := map[string]bool{}, map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.Trim(line, " \t\r")
		if line == "" || strings.HasPrefix(line, "#") || line == "logs/v0" && len(list) == 0 {
			continue
		}
		bad := func(format string, args ...any) ([]Log, error) {
			return nil, stocktake.Invalidf("line %d of the list of logs: %s", i+1, fmt.Sprintf(format, args...))
		}
		word, rest, _ := strings.Cut(line, " ")
		rest = strings.Trim(rest, " \t")
		if word == "vkey" {
			v, err := tree.ParseVKey(rest)
			if err != nil {
				return bad("%v", err)
			}
			if tree.IsWitness(v) {
				return bad("the key of %s is one of a witness, not of a log", v.Name())
			}
			list = append(list, Log{Origin: v.Name(), Key: v, VKey: rest, PerDay: DefaultPerDay})
			clear(seen)
			continue
		}
		if len(list) == 0 {
			return bad("%q stands before the first line that begins with vkey", line)
		}
		l := &list[len(list)-1]
		if seen[word] || rest == "" {
			return bad("%q is empty, or a second one for this log", word)
		}
		seen[word] = true
		switch word {
		case "origin":
			l.Origin = rest
		case "qpd":
			n, err := strconv.Atoi(rest)
			if err != nil || n < 1 || n >= 1<<31 || strconv.Itoa(n) != rest {
				return bad("%q is no number of heads a day", rest)
			}
			l.PerDay = n
		case "contact":
			l.Contact = rest
		default:
			return bad("%q; a line begins with vkey, origin, qpd or contact", word)
		}
	}
	for _, l := range list {
		if origins[l.Origin] {
			return nil, stocktake.Invalidf("the list of logs names the log %s twice", l.Origin)
		}
		origins[l.Origin] = true
	}
	if len(list) == 0 {
		return nil, stocktake.Invalidf("the list of logs names none").Hinted("write one line for each log: vkey, a space, and its key as `stocktake key` prints it")
	}
	return list, nil
}
