package importer

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"stocktake"
)

// heading is what a heading of the register makes of a date that stands under it. docs/importing.md has the rule in words.
type heading struct {
	none    bool // tells of no act of a party
	bare    stocktake.ActKind
	letters map[string]stocktake.ActKind
	signing bool
}

// untcLetters are the letters that follow a date, and the kinds that they stand for in every heading that explains them.
var untcLetters = map[string]stocktake.ActKind{
	"a": stocktake.Accession, "d": stocktake.Succession, "A": stocktake.Acceptance, "AA": stocktake.Approval, "c": stocktake.FormalConfirmation,
	"s": stocktake.DefinitiveSignature, "n": stocktake.ProvisionalApplication,
	"p": stocktake.Consent, // simplified procedure
	"P": stocktake.Consent, // participation, or consent to be bound
	"C": stocktake.Consent, // confirmation of a signature ad referendum
}

// untcNoActs are the headings under which no act of a party stands.
var untcNoActs = map[string]bool{"Resolution": true, "Date of Adoption": true, "Registration Date": true, "Registration Number": true, "UNTS Volume": true, "UNTS Page": true}

var headingLetter = regexp.MustCompile(`\(([A-Za-z]{1,2})\)$`)

func readHeading(text string) heading {
	h := heading{letters: map[string]stocktake.ActKind{}}
	if untcNoActs[text] {
		h.none = true
		return h
	}
	var bare []string
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if m := headingLetter.FindStringSubmatch(part); m != nil {
			if k, ok := untcLetters[m[1]]; ok {
				h.letters[m[1]] = k
			}
			continue
		}
		bare = append(bare, part)
	}
	starts := func(s string) bool { return strings.HasPrefix(text, s) }
	switch {
	case starts("Application"):
		h.bare = stocktake.Application
	case starts("Notification"):
		h.bare = stocktake.Notification
	case starts("Provisional"), starts("Undertaking of provisional application"):
		h.bare = stocktake.ProvisionalApplication
	case starts("Signature"):
		h.bare, h.signing = stocktake.Signature, true
		for l := range h.letters { // (d) succession to signature, (s) signature ad referendum
			h.letters[l] = stocktake.Signature
		}
	case len(bare) == 1 && strings.HasPrefix(bare[0], "Ratification"):
		h.bare = stocktake.Ratification
	case len(bare) == 1 && bare[0] == "Definitive acceptance":
		h.bare = stocktake.Acceptance
	case len(bare) > 0:
		h.bare = stocktake.Consent
	}
	return h
}

// kind returns what a date with that letter is. reason says why it is nothing.
func (h heading) kind(letter string) (k stocktake.ActKind, note, reason string) {
	if letter == "" {
		if h.bare == stocktake.NoAct {
			return k, "", "the heading has a letter for every kind, and the date has none"
		}
		return h.bare, "", ""
	}
	k, ok := h.letters[letter]
	if !ok {
		return k, "", "the heading does not explain the letter after the date"
	}
	if h.signing && letter == "d" {
		note = "Succession to the signature of a predecessor."
	}
	return k, note, ""
}

// untcName is how the register's index calls a treaty.
type untcName struct{ symbol, title, official, place, adopted string }

var untcMark = regexp.MustCompile(`mtdsg_no=([^&]+)`)

// untcTail is the end of a name in the index: place and day, as in ". New York, 18 December 1990".
var untcTail = regexp.MustCompile(`^(.*?)[.,]?\s+((?:[\p{Lu}][^.,0-9]*(?:, [\p{Lu}][^.,0-9]*)?, )?)([0-9]{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December) ([0-9]{4})\.?$`)

func (r *untcRun) index(ctx context.Context, p *pace, in input) (map[string]untcName, error) {
	t, err := openTable(ctx, in, p, ',', "chapter_no", "treaty_no", "treaty_name", "url")
	if err != nil {
		return nil, err
	}
	defer t.done()
	c := t.cols("chapter_no", "treaty_no", "treaty_name", "url")
	names := map[string]untcName{}
	for {
		f, err := t.row(r.bad)
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		r.rep.Rows++
		n := untcName{official: strings.Join(strings.Fields(string(f[c[2]])), " ")}
		if m := untcMark.FindSubmatch(f[c[3]]); m != nil {
			n.symbol = string(m[1])
		}
		n.title = n.official
		if m := untcTail.FindStringSubmatch(n.official); m != nil {
			n.title, n.place = m[1], strings.TrimSuffix(m[2], ", ")
			n.adopted = m[5] + "-" + monthNumber(m[4]) + "-" + pad(m[3])
		}
		names[string(f[c[0]])+"-"+strings.ReplaceAll(string(f[c[1]]), ".", "-")] = n
	}
}

// instrument is the least that a treaty nobody described needs.
func (n untcName) instrument(id stocktake.InstrumentID, src stocktake.SourceID) stocktake.Instrument {
	in := stocktake.Instrument{ID: id, Kind: stocktake.Treaty, Title: n.title, Symbol: "UNTC " + n.symbol, Adopted: date(n.adopted), Place: n.place, Sources: []stocktake.SourceID{src}}
	if n.official != "" {
		in.Official = map[string]string{"en": n.official}
	}
	if in.Title == "" {
		in.Title = "Treaty " + n.symbol + " of the United Nations Treaty Collection"
	}
	if !strings.Contains(n.official, "deposited in the archives") {
		in.Depositary = "Secretary-General of the United Nations"
	}
	return in
}

// monthNumber returns the two digits of an English month by its first three letters.
func monthNumber(name string) string {
	if len(name) < 3 {
		return ""
	}
	i := strings.Index(months, strings.ToUpper(name[:1])+strings.ToLower(name[1:3]))
	if i < 0 || i%3 != 0 {
		return ""
	}
	i = i/3 + 1
	return string([]byte{byte('0' + i/10), byte('0' + i%10)})
}

func pad(day string) string {
	if len(day) == 1 {
		return "0" + day
	}
	return day
}
