package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// readContacts finds whom the text says to ask, and flags a line that announces a contact with nothing behind it. It comes before the title
// is looked for, since contacts may stand above it.
func (d *reader) readContacts() {
	for k := 0; k < len(d.units); k++ {
		u := &d.units[k]
		if u.role != body {
			continue
		}
		rest, cue := d.contactCue(*u)
		if !cue {
			if d.loneContact(*u) {
				u.role = contactRole
				d.addContact(u.span, Medium)
			}
			continue
		}
		announces := u.span
		u.role = contactRole
		var found []span
		if rest.b > rest.a {
			found = append(found, rest)
		}
		last := d.contactBlock(k, &found)
		for _, p := range d.partContacts(found) {
			d.addContact(p, High)
		}
		if len(found) == 0 {
			d.flag(FlagContact, "this line announces a contact, and nothing follows it", announces)
		}
		k = last
	}
}

// contactCue reports whether u starts by announcing a contact, and what of the contact stands in u itself.
func (d *reader) contactCue(u unit) (rest span, ok bool) {
	i := u.ta
	for i < u.tb && d.toks[i].kind == mark {
		i++
	}
	to, ok := firstOf(d.lex.contact, d.toks, i, u.tb)
	if !ok {
		if to, ok = firstOf(english.contact, d.toks, i, u.tb); !ok {
			return span{}, false
		}
	}
	for j := to; j < u.tb; j++ {
		if t := d.toks[j]; t.low == ":" && j-to <= 12 && (j == u.tb-1 || d.toks[j+1].a > t.b) {
			return trim(d.s, span{t.b, u.b}), true
		}
	}
	if to >= u.tb {
		return span{}, true
	}
	if text := d.s[u.a:u.b]; email(text) == "" && phone(text) == "" {
		return span{}, false // "For more information, please read …" is no contact
	}
	for j := u.ta; j < u.tb; j++ { // "For more information, please contact Jane Doe at …"
		if d.toks[j].is("contact", "contacte", "contacter", "contactar") && j+1 < u.tb {
			return d.closing(trim(d.s, span{d.toks[j+1].a, u.b})), true
		}
	}
	return d.closing(u.span), true
}

// contactBlock adds the units after k that belong to the contact announced at k, gives them their role, and returns the last of them.
func (d *reader) contactBlock(k int, found *[]span) int {
	first := len(*found) == 0
	for j := k + 1; j < len(d.units); j++ {
		u := &d.units[j]
		same := u.para == d.units[j-1].para
		if u.role != body || u.stopped && u.words > 12 || u.words > 25 {
			return j - 1
		}
		if _, cue := d.contactCue(*u); cue {
			return j - 1
		}
		if !same && !d.hasLink(d.paragraph(j)) || same && !first && d.units[k].para == u.para && d.headingLike(*u) {
			return j - 1
		}
		if !same && !first && !d.hasLink(u.span) && d.units[j-1].para != d.units[k].para {
			return j - 1
		}
		u.role = contactRole
		*found = append(*found, u.span)
		first = false
	}
	return len(d.units) - 1
}

// headingLike reports a line that ends with a colon and has no contact in it.
func (d *reader) headingLike(u unit) bool {
	return u.tb > u.ta && d.toks[u.tb-1].low == ":" && !d.hasLink(u.span)
}

// paragraph returns the paragraph of unit k.
func (d *reader) paragraph(k int) span {
	a, b := k, k
	for a > 0 && d.units[a-1].para == d.units[k].para {
		a--
	}
	for b+1 < len(d.units) && d.units[b+1].para == d.units[k].para {
		b++
	}
	return span{d.units[a].a, d.units[b].b}
}

// partContacts returns the contacts in the lines found: one a line where several lines have an address or number and a name, else one for
// each paragraph.
func (d *reader) partContacts(lines []span) []span {
	full := 0
	for _, p := range lines {
		if d.hasLink(p) && d.hasName(p) {
			full++
		}
	}
	if full >= 2 || len(lines) == 1 {
		return lines
	}
	var list []span
	for _, p := range lines {
		if n := len(list); n > 0 && !strings.Contains(strings.ReplaceAll(d.s[list[n-1].b:p.a], "\r", ""), "\n\n") && countBreaks(d.s[list[n-1].b:p.a]) < 2 {
			list[n-1].b = p.b
			continue
		}
		list = append(list, p)
	}
	return list
}

func countBreaks(s string) int {
	n := 0
	for _, r := range s {
		if lineBreak(r) {
			n++
		}
	}
	return n
}

var labels = set("email e-mail mail tel telephone phone fax mobile cell web website twitter whatsapp teléfono correo téléphone courriel telefon telefone")

// hasName reports whether a line with an address has two words with capitals beside it.
func (d *reader) hasName(p span) bool {
	ta, tb := d.tokensIn(p)
	n := 0
	for i := ta; i < tb; i++ {
		if d.toks[i].kind == word && d.capital(i) && !labels[d.toks[i].low] {
			n++
		}
	}
	return n >= 2
}

// loneContact reports a short line with a name and an e-mail address or a number, as above or below a press release.
func (d *reader) loneContact(u unit) bool {
	if u.stopped || u.words > 22 {
		return false
	}
	text := d.s[u.a:u.b]
	return (email(text) != "" || phone(text) != "" && strings.ContainsAny(text, "(+x:")) && d.hasName(u.span)
}

func (d *reader) addContact(p span, c Confidence) {
	p = d.closing(trim(d.s, p))
	if p.a >= p.b {
		return
	}
	text := d.s[p.a:p.b]
	d.out.Contacts = append(d.out.Contacts, Contact{Entry: d.entry(p, c), Email: ref(email(text)), Phone: ref(phone(text))})
}

// hasLink reports whether p holds an e-mail address, a telephone number or a web address.
func (d *reader) hasLink(p span) bool {
	text := d.s[p.a:p.b]
	return strings.Contains(text, "://") || strings.Contains(text, "www.") || email(text) != "" || phone(text) != ""
}

// email returns the first e-mail address in s, also one written with "(at)", or "".
func email(s string) string {
	for _, sign := range []string{"@", "(at)", "[at]"} {
		for from := 0; ; {
			i := strings.Index(s[from:], sign)
			if i < 0 {
				break
			}
			i += from
			from = i + len(sign)
			a := strings.LastIndexFunc(s[:i], func(r rune) bool { return !emailRune(r) }) + 1
			if a > 0 && a < i && !utf8.RuneStart(s[a]) {
				for a < i && !utf8.RuneStart(s[a]) {
					a++
				}
			}
			b := i + len(sign) + runLength(s[i+len(sign):])
			for b > i && (s[b-1] == '.' || s[b-1] == '-') {
				b--
			}
			if a < i && strings.Contains(s[i+len(sign):max(b, i+len(sign))], ".") {
				return s[a:b]
			}
		}
	}
	return ""
}

func runLength(s string) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return !emailRune(r) }); n >= 0 {
		return n
	}
	return len(s)
}

func emailRune(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._%+-", r))
}

// phone returns the first telephone number in s as printed, 7 to 16 digits with their marks, or "".
func phone(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '+' && c != '(' && (c < '0' || c > '9') {
			continue
		}
		if r, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && (isWordRune(r) || strings.ContainsRune("/.@=-%", r)) {
			continue
		}
		digits, end, groups := 0, i, 1
		j := i
		for ; j < len(s) && j < i+40 && strings.IndexByte("0123456789+() .-/", s[j]) >= 0; j++ {
			if s[j] >= '0' && s[j] <= '9' {
				if j > i && (s[j-1] < '0' || s[j-1] > '9') && digits > 0 {
					groups++
				}
				digits++
				end = j + 1
			}
		}
		isDate := digits == 8 && groups == 3 && end-i == 10
		if digits >= 7 && digits <= 16 && !isDate {
			if r, _ := utf8.DecodeRuneInString(s[end:]); !isWordRune(r) || end == len(s) {
				return s[i:end]
			}
		}
		i = max(end-1, i)
	}
	return ""
}
