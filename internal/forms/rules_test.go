package forms

import (
	"fmt"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"stocktake"
)

func TestBody(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []block
	}{
		{"", nil},
		{"one\ntwo\r\n\r\nthree", []block{{text: "one two"}, {text: "three"}}},
		{"one  \ntwo\\\nthree", []block{{text: "one\ntwo\nthree"}}},
		{"### deep\n\n# top\n\n### under", []block{{kind: heading, level: 1, text: "deep"}, {kind: heading, level: 1, text: "top"}, {kind: heading, level: 2, text: "under"}}},
		{"#hashtag\n#", []block{{text: "#hashtag #"}}},
		{"We ask:\n- a\n  b\n- c\n  * d", []block{{text: "We ask:"}, {kind: bullet, text: "a b"}, {kind: bullet, text: "c"}, {kind: bullet, level: 1, text: "d"}}},
		{"1. a\n2) b\n2017. was a year", []block{{kind: number, n: 1, text: "a"}, {kind: number, n: 2, text: "b 2017. was a year"}}},
		{"- \n-\n–", []block{{text: "- - –"}}},
		{"a\x00\x07b\tc\u202egpj\ufeff", []block{{text: "ab cgpj"}}},
		{"\u2067open\n\nclosed\u2069", []block{{text: "\u2067open\u2069"}, {text: "closed"}}},
		{"caf\u0065\u0301 \xff", []block{{text: "café \uFFFD"}}},
	} {
		if d := cmp.Diff(c.want, body(c.in), cmp.AllowUnexported(block{})); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, d)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "one": 1, "one two\nthree": 3, "well-known don't A/RES/71/280": 3, "a – b": 3, "…": 1, "e\u0301t\u0301e": 1, "我们在示例港。": 7, "我 love 港": 3, "하나 둘": 2, "المنظمات الموقعة": 2, "1,500 words": 2,
	} {
		if got := Words(in); got != want {
			t.Errorf("Words(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in      string
		columns int
		want    []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 0, []string{"one two three"}},
		{"https://example.org/a-long-address x", 10, []string{"https://example.org/a-long-address", "x"}},
		{"我们在示例港，商定", 8, []string{"我们在示", "例港，商", "定"}},
	} {
		if got := wrap(c.in, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q", c.in, c.columns, got)
		}
	}
	for name, s := range samples() {
		for l := range strings.SplitSeq(form(t, s, Options{}).Text(70), "\n") {
			if cells(l) > 70 && strings.Contains(strings.TrimSpace(strings.TrimPrefix(l, "- ")), " ") {
				t.Errorf("%s: %d columns in %q", name, cells(l), l)
			}
		}
	}
}

// TestWordsOfForms looks that no language lacks a word, and that all put the same things in.
func TestWordsOfForms(t *testing.T) {
	verbs := regexp.MustCompile(`%[sd]`)
	en := reflect.ValueOf(english)
	for lang, w := range allWords {
		v := reflect.ValueOf(*w)
		for i := range v.NumField() {
			name, s := v.Type().Field(i).Name, v.Field(i).String()
			if s == "" || line(s) != strings.TrimSpace(s) {
				t.Errorf("%s lacks %s", lang, name)
			}
			if !slices.Equal(verbs.FindAllString(s, -1), verbs.FindAllString(en.Field(i).String(), -1)) {
				t.Errorf("%s puts other things into %s: %q", lang, name, s)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		where string
		do    func(*Statement)
	}{
		{"ID", func(s *Statement) { s.ID = "" }},
		{"Address", func(s *Statement) { s.Address = "javascript:alert(1)" }},
		{"Address", func(s *Statement) { s.Address = "https://a.example/\"><script>" }},
		{"Version", func(s *Statement) { s.Version = 0 }},
		{"PubStatus", func(s *Statement) { s.PubStatus = "cancelled" }},
		{"Languages", func(s *Statement) { s.Languages = nil }},
		{"Languages", func(s *Statement) { s.Languages[0].Lang = "e\"n" }},
		{"Languages", func(s *Statement) { s.Languages[1].Lang = "en" }},
		{"Languages", func(s *Statement) { s.Languages[1].Authoritative = true }},
		{"Languages", func(s *Statement) { s.Languages[0].Title = " \x00\n" }},
		{"Languages", func(s *Statement) { s.Languages = s.Languages[2:] }},
		{"Names", func(s *Statement) { s.Names[0].Display = nil }},
		{"Names", func(s *Statement) { s.Names[0].Status = "great" }},
		{"Proof", func(s *Statement) { s.Proof = "/p/1" }},
		{"Citations", func(s *Statement) { s.Citations[0].Address = "data:text/html,x" }},
	} {
		s := two()
		c.do(&s)
		_, err := New(s, Options{})
		if f, ok := err.(*stocktake.Fault); !ok || f.Kind != stocktake.Invalid || f.Where != c.where {
			t.Errorf("%s: %v", c.where, err)
		}
	}
}

func TestMissingIsShown(t *testing.T) {
	f := form(t, two(), Options{Langs: []string{"fr", "pt"}})
	if got := f.Text(0); !strings.Contains(got, "Not available in: français, português") || !strings.Contains(got, "Joint statement on the process") {
		t.Errorf("what is missing is not shown:\n%s", got)
	}
	if _, err := New(two(), Options{Langs: []string{"<script>"}}); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("%v", err)
	}
}

// TestNotUsable looks that what is withdrawn or held back goes out without its text and names.
func TestNotUsable(t *testing.T) {
	for _, status := range []PubStatus{Withheld, Canceled} {
		s := two()
		s.PubStatus, s.StatusNote = status, "By decision of 3 May."
		f := form(t, s, Options{})
		docx, err := f.DOCX()
		if err != nil {
			t.Fatal(err)
		}
		all := f.HTML() + f.Text(0) + f.Markdown() + docxText(t, docx)
		for _, do := range []func() ([]byte, error){f.NinJS, f.JSONLD, f.NamesCSV} {
			b, err := do()
			if err != nil {
				t.Fatal(err)
			}
			all += string(b)
		}
		e := f.Entry()
		all += e.HTML + e.Text + e.Summary
		for _, gone := range []string{"undersigned", "Example International", "Adopted at", "Press desk"} {
			if strings.Contains(all, gone) {
				t.Errorf("%s: %q is still there", status, gone)
			}
		}
		if n := strings.Count(all, "By decision of 3 May."); n != 7 {
			t.Errorf("%s: the note is there %d times", status, n)
		}
		b, _ := f.NinJS()
		checkNinjs(t, b)
		if !strings.Contains(string(b), `"pubstatus": "`+string(status)+`"`) {
			t.Errorf("ninjs: %s", b)
		}
		if _, err := UN(s, UNOptions{}); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%s: %v", status, err)
		}
	}
}

func TestEmbargo(t *testing.T) {
	s := two()
	s.Published, s.First = time.Time{}, time.Time{}
	f := form(t, s, Options{})
	if !strings.HasPrefix(f.Text(0), "Example Harbour Coalition · joint statement\nUnder embargo until 2017-12-04 18:00 UTC\n") {
		t.Errorf("%.200s", f.Text(0))
	}
	b, err := f.NinJS()
	if err != nil {
		t.Fatal(err)
	}
	checkNinjs(t, b)
	if !strings.Contains(string(b), `"embargoed": "2017-12-04T18:00:00Z"`) || strings.Contains(string(b), "versioncreated") {
		t.Errorf("%s", b)
	}
	m, err := f.Mail(Mailing{Unsubscribe: "https://record.example.org/u/1"})
	if err != nil || m.Subject != "Under embargo until 2017-12-04 18:00 UTC: Joint statement on the process" {
		t.Errorf("%v %v", m, err)
	}

	feed := Feed{Title: "All", Lang: "en", Home: "https://record.example.org/", Atom: "https://record.example.org/feed.atom", JSON: "https://record.example.org/feed.json"}
	at := time.Date(2017, 12, 4, 18, 0, 0, 0, time.UTC)
	one := form(t, two(), Options{}).Entry()
	for _, c := range []struct {
		name  string
		do    func(*Entry)
		shown bool
	}{
		{"open", func(e *Entry) { e.Updated = at }, true},
		{"a second before", func(e *Entry) { e.Updated, e.Embargoed = at.Add(-time.Hour), at.Add(time.Second) }, false},
		{"to come", func(e *Entry) { e.Updated = at.Add(time.Second) }, false},
		{"never published", func(e *Entry) { e.Updated = time.Time{} }, false},
		{"held back", func(e *Entry) { e.Updated, e.PubStatus = at, Withheld }, false},
		{"withdrawn", func(e *Entry) { e.Updated, e.PubStatus = at, Canceled }, true},
	} {
		e := one
		c.do(&e)
		feed.Entries = []Entry{e}
		for _, do := range []func(time.Time) ([]byte, error){feed.AtomFeed, feed.JSONFeed} {
			b, err := do(at)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(b), "Joint statement"); got != c.shown {
				t.Errorf("%s: shown %v in\n%s", c.name, got, b)
			}
			if c.name == "withdrawn" && strings.Contains(string(b), "undersigned") {
				t.Errorf("the text of what was withdrawn is still in the feed")
			}
		}
	}
}

func TestFeedOrderAndLinks(t *testing.T) {
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	feed := Feed{Title: "All", Lang: "en", Home: "https://record.example.org/", Atom: "https://record.example.org/feed.atom", JSON: "https://record.example.org/feed.json"}
	for i := range 3 {
		feed.Entries = append(feed.Entries, Entry{ID: fmt.Sprintf("https://record.example.org/s/%d", i), Title: fmt.Sprint("Title ", i), Updated: at.AddDate(0, 0, -[]int{5, 1, 3}[i]), Via: "https://elsewhere.example.net/"})
	}
	b, err := feed.AtomFeed(at)
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	if !regexp.MustCompile(`(?s)<updated>2019-12-31.*Title 1.*Title 2.*Title 0`).MatchString(s) {
		t.Errorf("order:\n%s", s)
	}
	for _, want := range []string{`<id>https://record.example.org/feed.atom</id>`, `<link rel="self" type="application/atom+xml" href="https://record.example.org/feed.atom">`, `<link rel="alternate" type="text/html" hreflang="en" href="https://record.example.org/">`, `<link rel="via" href="https://elsewhere.example.net/">`} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s in\n%s", want, s)
		}
	}
	feed.Entries = nil
	if b, err = feed.JSONFeed(at); err != nil || !strings.Contains(string(b), `"items": []`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestUN(t *testing.T) {
	u, err := UN(two(), UNOptions{Body: "Human Rights Council", Session: "Thirty-seventh session", Item: "Agenda item 3"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Example International (in general consultative status)", "Example Legal Centre (in special consultative status)", "Late Joiners' Union (on the roster)"}; !slices.Equal(u.Submitted, want) {
		t.Errorf("submitted by %q", u.Submitted)
	}
	if want := []string{"Rede Exemplo", `"Quoted" & <Sons> Association`, "جمعية المثال (on the roster)", "A. Person"}; !slices.Equal(u.Others, want) {
		t.Errorf("shared by %q", u.Others)
	}
	f := form(t, two(), Options{Langs: []string{"en"}})
	want := 0
	for _, x := range f.texts[0].blocks {
		want += len(strings.Fields(x.text))
	}
	if u.Words != want || u.Limit != UNLimitOthers || u.Over || u.WithNote <= u.Words {
		t.Errorf("%d words of %d, %d with the note; want %d", u.Words, u.Limit, u.WithNote, want)
	}
	text := u.Text(0)
	if !strings.Contains(text, plain(f.texts[0].blocks)) {
		t.Errorf("the text differs:\n%s", text)
	}
	for _, s := range []string{"Human Rights Council\nThirty-seventh session\nAgenda item 3\nLanguage: English\nJoint written statement submitted by Example International (in general", "\n\nJoint statement on the process\n", "The following share the views expressed in this statement: Rede Exemplo; "} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in\n%s", s, text)
		}
	}
	for _, gone := range []string{"Press desk", "press@", "Left Again", "convenor"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is in\n%s", gone, text)
		}
	}
	b, err := u.DOCX()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "DOCX", docxText(t, b), squeeze(regexp.MustCompile(`(?m)^ *(- |\d\. )`).ReplaceAllString(text, "")))

	over := two()
	over.Languages[0].Body = strings.Repeat("word ", 1501)
	if u, err = UN(over, UNOptions{}); err != nil || !u.Over || u.Words != 1501 {
		t.Errorf("%+v %v", u, err)
	}
	if u, err = UN(over, UNOptions{Limit: 2000}); err != nil || u.Over {
		t.Errorf("%+v %v", u, err)
	}
	one := two()
	one.Names = one.Names[:1]
	if u, err = UN(one, UNOptions{Lang: "es"}); err != nil || !strings.Contains(u.Text(0), "Exposición escrita presentada por Centro Jurídico de Ejemplo, organización no gubernamental reconocida como entidad consultiva de carácter especial\n") {
		t.Errorf("%v\n%s", err, u.Text(0))
	}
	if _, err = UN(two(), UNOptions{Lang: "fr"}); stocktake.KindOf(err) != stocktake.Invalid || !strings.Contains(err.Error(), "en, es") {
		t.Errorf("%v", err)
	}
	if _, err = UN(arabic1(), UNOptions{}); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("%v", err)
	}
}

func TestMail(t *testing.T) {
	s := two()
	s.Languages[0].Title = "A title\r\nBcc: all@example.net"
	f := form(t, s, Options{})
	m, err := f.Mail(Mailing{Unsubscribe: "https://record.example.org/u/abc", UnsubscribeMail: "stop@record.example.org", ListID: "press.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"List-Unsubscribe", "<https://record.example.org/u/abc>, <mailto:stop@record.example.org?subject=unsubscribe>"}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}, {"Content-Language", "en"}, {"List-Id", "<press.example.org>"}}
	if d := cmp.Diff(want, m.Headers); d != "" {
		t.Error(d)
	}
	if m.Subject != "A title Bcc: all@example.net" {
		t.Errorf("subject %q", m.Subject)
	}
	raw := "Subject: x\r\n"
	for _, h := range m.Headers {
		raw += h[0] + ": " + h[1] + "\r\n"
	}
	if _, err := mail.ReadMessage(strings.NewReader(raw + "\r\n")); err != nil {
		t.Error(err)
	}
	for _, bad := range []Mailing{{}, {Unsubscribe: "http://record.example.org/u"}, {Unsubscribe: "https://a.example/>\r\nBcc: x"}, {Unsubscribe: "https://a.example/", UnsubscribeMail: "a@b.example\nBcc: c"}, {Unsubscribe: "https://a.example/", ListID: "a.b>\n"}} {
		if _, err := f.Mail(bad); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestHowIsNeverBetterThanItWas(t *testing.T) {
	text := form(t, two(), Options{Langs: []string{"en"}}).Text(0)
	for _, want := range []string{"- Rede Exemplo (Brazil; entered by a convenor)\n", "Association (imported, unverified)\n", "- Example International\n", "Names without a note were verified here.", "- Late Joiners' Union (joined 2017-12-08)\n", "- Left Again (withdrew on 2018-01-10)\n", "Names withheld for safety: 1\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	printed := arabic1()
	printed.Languages[0].Lang = "en"
	for _, how := range []How{AsPrinted, ""} {
		for i := range printed.Names {
			printed.Names[i].How = how
		}
		text = form(t, printed, Options{}).Text(0)
		if !strings.Contains(text, map[How]string{AsPrinted: "All names: as printed in the source, not verified.", "": "All names: imported, unverified."}[how]) || strings.Contains(text, "verified here") {
			t.Errorf("%q:\n%s", how, text)
		}
	}
	for class, want := range map[stocktake.AuthorityClass]How{stocktake.AuthorityMailbox: Verified, stocktake.AuthorityCallBack: Verified, stocktake.AuthorityConvenor: Entered, stocktake.AuthorityPrinted: AsPrinted, stocktake.AuthorityImported: Imported, "": Imported, "new": Imported} {
		if got := HowOf(class); got != want {
			t.Errorf("%s is shown as %s", class, got)
		}
	}
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", " =1": "' =1", "＝1": "'＝1", "\t=1": "'\t=1", "a=1": "a=1", "": "", "'=": "'=", "\u200e=1": "'\u200e=1"} {
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q", in, got)
		}
	}
}
