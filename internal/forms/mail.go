package forms

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"stocktake"
)

// Mailing is to whom an e-mail goes, as far as its text says so.
type Mailing struct {
	Unsubscribe     string // https address that ends it with one POST (RFC 8058); needed
	UnsubscribeMail string // mailbox that does too; may be empty
	ListID          string // such as "press.example.org" (RFC 2919); may be empty
}

// Mail is an e-mail, ready for whoever sends it: text in UTF-8 with lines of at most 70 columns, HTML that fetches nothing, and headers whose
// values are printable ASCII on one line. Neither part is encoded for transport.
type Mail struct {
	Subject string // one line of UTF-8
	Text    string
	HTML    string
	Headers [][2]string // name and value
}

// Mail writes the statement as an e-mail to a press list. An Invalid fault names an address that is wrong.
func (f *Form) Mail(m Mailing) (*Mail, error) {
	if !webAddress(m.Unsubscribe) || !strings.HasPrefix(m.Unsubscribe, "https://") {
		return nil, stocktake.Invalidf("%q is no https address", m.Unsubscribe).At("Unsubscribe").Hinted("an e-mail to a list carries an address that ends it")
	}
	out := "<" + m.Unsubscribe + ">"
	if m.UnsubscribeMail != "" {
		a, err := mail.ParseAddress(m.UnsubscribeMail)
		if err != nil || a.Address != m.UnsubscribeMail || !printable(a.Address) {
			return nil, stocktake.Invalidf("%q is no mailbox", m.UnsubscribeMail).At("UnsubscribeMail")
		}
		out += ", <mailto:" + a.Address + "?subject=unsubscribe>"
	}
	headers := [][2]string{{"List-Unsubscribe", out}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}, {"Content-Language", f.texts[0].Lang}}
	if m.ListID != "" {
		if !printable(m.ListID) || strings.ContainsAny(m.ListID, "<>@\",;:()[]\\") || !strings.Contains(m.ListID, ".") {
			return nil, stocktake.Invalidf("%q is no id of a list", m.ListID).At("ListID").Hinted(`such as "press.example.org"`)
		}
		headers = append(headers, [2]string{"List-Id", "<" + m.ListID + ">"})
	}
	subject := f.title
	if f.s.Rehearsal {
		subject = rehearsed(f.w, subject)
	}
	if f.s.Published.IsZero() && !f.s.Embargoed.IsZero() {
		subject = fmt.Sprintf(f.w.embargo, f.figures(instant(f.s.Embargoed))) + f.w.colon + subject
	}
	who := line(f.s.Coalition)
	if who == "" {
		who = line(f.s.Site)
	}
	why := fmt.Sprintf(f.w.why, who)
	b := textWriter{columns: 70}
	b.item("", why)
	b.item("", f.w.stop+f.w.colon+m.Unsubscribe)
	var foot htmlWriter
	foot.raw("<p")
	foot.lang(f.lang)
	foot.raw(` class="st-foot">`)
	foot.text(why)
	foot.raw(` <a href="`, xmlText(m.Unsubscribe), `">`)
	foot.text(f.w.stop)
	foot.raw("</a></p>\n")
	page := f.page("", mailCSS)
	page = strings.TrimSuffix(page, "</body>\n</html>\n") + foot.String() + "</body>\n</html>\n"
	return &Mail{Subject: clip(subject, 300), Text: f.Text(70) + "\n" + b.String(), HTML: page, Headers: headers}, nil
}

// mailCSS is what mail programs understand.
const mailCSS = `
body { font: 16px/1.5 Georgia, "Times New Roman", serif; max-width: 44em; }
li, p { margin: 0 0 .6em; }
.st-head p, .st-note, .st-how, .st-about, .st-foot { font-size: 14px; }
.st-beside { width: 100%; border-collapse: collapse; table-layout: fixed; }
.st-beside td, .st-beside th { vertical-align: top; text-align: start; padding: 0 8px; }
`

func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// clip returns the first n code points of s.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}
