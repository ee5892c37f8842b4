package desk

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"stocktake/internal/mailer"
	"stocktake/internal/people"
	"stocktake/internal/signon"
	"stocktake/internal/store"
)

func TestPressTemplatesFitTheirPages(t *testing.T) {
	for name, view := range map[string]any{"press.html": &pressPage{}, "press_desk.html": &pressDeskPage{}} {
		if err := templatecheck.CheckHTML(theLook().pages[name].Lookup("layout.html"), view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// newsroom is a site with a mail server, and a coalition with a convenor.
type newsroom struct {
	*recordOffice
	t    *testing.T
	post *smtpServer
	boss *reader
}

func openNewsroom(t *testing.T) *newsroom {
	t.Helper()
	n := &newsroom{recordOffice: openRecord(t), t: t, post: newSMTP(t)}
	n.boss = n.signedIn(t, n.user(t, "boss@record.example.org", true))
	n.boss.headers["Origin"] = n.srv.URL
	n.boss.post("/desk/coalitions", 200, "name", "Example Coalition", "lang", "en")
	x, err := n.accounts.ByEmail(t.Context(), "boss@record.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.accounts.Change(t.Context(), x, "example-coalition", func(c *people.Coalition) error { c.Langs = []string{"en", "es"}; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// deliver sends what is due and returns what arrived by it.
func (n *newsroom) deliver() []taken {
	n.t.Helper()
	before := len(n.post.all())
	w := mailer.NewWorker(n.st, n.post.config(n.t), n.opt.Now, n.opt.Log)
	for {
		r, err := w.Pass(n.t.Context())
		if err != nil {
			n.t.Fatal(err)
		}
		if r == (mailer.Report{}) {
			break
		}
	}
	return n.post.all()[before:]
}

// words are the plain text of a letter.
func (x taken) words(t testing.TB) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(x.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(x.body)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	p, err := multipart.NewReader(strings.NewReader(x.body), params["boundary"]).NextPart() // which decodes it
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// link is the path of the first link in a letter that has this form.
func (x taken) link(t testing.TB, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(`https://record\.example\.org(` + pattern + `)`).FindStringSubmatch(x.words(t))
	if m == nil {
		t.Fatalf("the letter has no link %s:\n%s", pattern, x.words(t))
	}
	return m[1]
}

// ask sends the public form as a browser with script does, or as one without.
func (n *newsroom) ask(r *reader, email, lang string, script bool) string {
	n.t.Helper()
	page := r.get("/press/example-coalition", 200)
	token := found(n.t, page, `name="ticket" value="([^"]+)"`)
	nonce := ""
	if script {
		n.now(5 * time.Second)
		nonce = signon.Work(signon.Ticket{Token: token, Bits: 16})
	} else {
		n.now(slowly + time.Second)
	}
	return r.post("/press/example-coalition", 200, "email", email, "lang", lang, "ticket", token, "nonce", nonce)
}

// published writes a statement in two languages and returns the page of its work, approved and not published.
func (n *newsroom) approved(title string, rehearsal bool) string {
	n.t.Helper()
	form := []string{"coalition", "example-coalition", "lang", "en", "text", strings.Replace(journeyText, "Statement on Brazil", title+" on Brazil", 1)}
	if rehearsal {
		form = append(form, "rehearsal", "1")
	}
	work := found(n.t, n.boss.post("/desk/statements", 200, form...), `href="(/desk/s/[a-z0-9]+)"`)
	n.boss.post(work+"/language", 200, "lang", "es", "translated-by", "Example Centre")
	n.boss.post(work+"/text/es", 200, "base", "0", "title", "Declaración sobre Brasil", "body", "BRASILIA, 4 de febrero de 2019 – Lamentamos que Brasil se haya retirado.\n\nPedimos a Brasil que vuelva.")
	var seen []string
	for _, m := range regexp.MustCompile(`name="seen" value="([^"]*)"`).FindAllStringSubmatch(n.boss.get(work+"/approve", 200), -1) {
		seen = append(seen, "seen", m[1])
	}
	n.boss.post(work+"/approve", 200, seen...)
	return work
}

// settled waits until what a release began in the background is done.
func (n *newsroom) settled() {
	n.t.Helper()
	if err := n.mailPress(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
}

func TestPressList(t *testing.T) {
	n := openNewsroom(t)
	stranger := n.reader(t)
	stranger.get("/press/example-coalition", 404) // nobody learns that there is such a coalition
	n.boss.post("/desk/c/example-coalition/press/open", 200, "open", "yes")
	// A new address and a known one get the same answer, with and without script.
	first := n.ask(stranger, "Ana@news.example.org", "es", true)
	n.now(24 * time.Hour)
	if again := n.ask(stranger, "ana@NEWS.example.org", "es", false); again != first {
		t.Errorf("a known address is answered otherwise:\n%s\n%s", first, again)
	}
	has(t, first, "a letter with a link comes")
	letters := n.deliver()
	if len(letters) != 2 || letters[0].to != "Ana@news.example.org" || !strings.Contains(letters[0].words(t), "pulse el botón") {
		t.Fatalf("%+v", letters)
	}
	in := letters[0].link(t, `/press/in/[A-Za-z0-9_-]+`)
	// The link alone does nothing.
	for range 2 {
		if page := stranger.get(in, 200); strings.Contains(page, "news.example.org") || !strings.Contains(page, "<button>Yes") {
			t.Errorf("the page of the link:\n%s", page)
		}
	}
	has(t, n.boss.get("/desk/c/example-coalition/press", 200), "Ana@news.example.org", "not confirmed", `The list <span class="n">0</span>`)
	has(t, stranger.post(in, 200), "is on the list")
	has(t, n.boss.get("/desk/c/example-coalition/press", 200), "on the list since", `The list <span class="n">1</span>`)
	n.now(24 * time.Hour)
	// The press officer adds many; they are asked, and are not on the list.
	has(t, n.boss.post("/desk/c/example-coalition/press/add", 200, "who", "ben@paper.example.net\ncy@radio.example.net\nana@news.example.org\n", "lang", "en"), "Letters are on their way", "letter sent")
	n.boss.post("/desk/c/example-coalition/press/add", 422, "who", "ben@paper.example.net\nno address\n")
	n.boss.post("/desk/c/example-coalition/press/add", 200, "who", "ben@paper.example.net") // no second letter on one day
	letters = n.deliver()
	if len(letters) != 3 {
		t.Fatalf("%d letters, want 3: %+v", len(letters), letters)
	}
	n.boss.get(letters[0].link(t, `/press/in/[A-Za-z0-9_-]+`), 200)
	stranger.post(letters[0].link(t, `/press/in/[A-Za-z0-9_-]+`), 200) // Ben
	if !strings.Contains(letters[2].words(t), "Ya está en la lista") {
		t.Errorf("who is on the list is told something else:\n%s", letters[2].words(t))
	}
	// A rehearsal goes to nobody; an embargo keeps letters back; each address gets one.
	n.boss.post(n.approved("A rehearsed statement", true)+"/release", 200, "sure", "yes")
	n.settled()
	work := n.approved("Statement", false)
	day := n.opt.Now().Add(48 * time.Hour)
	n.boss.post(work+"/embargo", 200, "date", day.Format(time.DateOnly), "clock", "00:01", "zone", "UTC")
	n.settled()
	if got := n.deliver(); len(got) != 0 {
		t.Fatalf("%d letters left before the hour, or for a rehearsal: %s", len(got), got[0].words(t))
	}
	n.now(49 * time.Hour)
	if _, err := n.Desk.office.Open(t.Context(), n.lister); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for range 4 { // as many processes would
		go func() { done <- n.mailPress(t.Context()) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	n.settled()
	letters = n.deliver()
	if len(letters) != 2 {
		t.Fatalf("%d letters, want one for Ana and one for Ben", len(letters))
	}
	slices.SortFunc(letters, func(a, b taken) int { return strings.Compare(a.to, b.to) })
	ana, ben := letters[0], letters[1]
	if w := ana.words(t); !strings.Contains(w, "Pedimos a Brasil que vuelva.") || strings.Contains(w, "We call on Brazil") {
		t.Errorf("Ana chose Spanish:\n%s", w)
	}
	if w := ben.words(t); !strings.Contains(w, "We call on Brazil") || strings.Contains(w, "Pedimos") {
		t.Errorf("Ben chose English:\n%s", w)
	}
	has(t, n.boss.get("/desk/c/example-coalition/press", 200), "2 letters queued")
	// One click, as a mail program does it (RFC 8058): no cookie, no Origin, no redirect.
	head := ana.header.Get("List-Unsubscribe")
	if ana.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || ana.header.Get("List-Id") == "" {
		t.Errorf("the headers of the letter: %v", ana.header)
	}
	out := found(t, head, `<https://record\.example\.org(/press/out/[A-Za-z0-9_-]+)>`)
	for range 2 {
		has(t, stranger.get(out, 200), "<button>Leave the list")
	}
	if n := len(n.onList()); n != 3 {
		t.Errorf("looking at the link changed something: %d addresses", n)
	}
	for range 2 { // again, as mail programs may
		res, err := http.Post(n.srv.URL+out, "application/x-www-form-urlencoded", strings.NewReader(url.Values{"List-Unsubscribe": {"One-Click"}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 || res.Request.Method != http.MethodPost {
			t.Errorf("one click: %s, ended as %s", res.Status, res.Request.Method)
		}
	}
	if list := n.onList(); len(list) != 2 || slices.ContainsFunc(list, func(x pressAddress) bool { return strings.Contains(x.Email, "Ana") }) {
		t.Errorf("the address that left is still there: %+v", list)
	}
	// By hand, and taken back before it is sent.
	second := n.approved("Second statement", false)
	n.boss.post(second+"/release", 200, "sure", "yes")
	n.settled()
	ids := n.onList()
	for _, x := range ids {
		n.boss.post("/desk/c/example-coalition/press/remove", 200, "id", x.ID)
	}
	if got := n.deliver(); len(got) != 0 {
		t.Errorf("%d letters went to who had left", len(got))
	}
}

func (n *newsroom) onList() []pressAddress {
	n.t.Helper()
	list, err := n.pressAddresses(n.t.Context(), "example-coalition")
	if err != nil {
		n.t.Fatal(err)
	}
	return list
}

func TestPressForgetsWhoDoesNotConfirm(t *testing.T) {
	n := openNewsroom(t)
	n.boss.post("/desk/c/example-coalition/press/open", 200, "open", "yes")
	r := n.reader(t)
	for range 5 {
		n.ask(r, "ana@news.example.org", "en", false)
		n.now(24 * time.Hour)
	}
	if got := n.deliver(); len(got) != pressLetters {
		t.Errorf("%d letters to an address that nobody confirms, want %d", len(got), pressLetters)
	}
	n.now(20 * 24 * time.Hour)
	if err := n.sweepPress(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list := n.onList(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	var items []store.Item
	if err := n.st.ReadPrivate(t.Context(), func(r store.PrivateReader) (err error) {
		items, err = r.Items(kindPressAddress, "", 0)
		return err
	}); err != nil || len(items) != 0 {
		t.Errorf("%d items are left, %v", len(items), err)
	}
}

func TestPressIsForPressOfficers(t *testing.T) {
	n := openNewsroom(t)
	other := n.signedIn(t, n.user(t, "other@record.example.org", false))
	other.headers["Origin"] = n.srv.URL
	other.get("/desk/c/example-coalition/press", 404)
	other.post("/desk/c/example-coalition/press/add", 404, "who", "a@example.org")
	other.post("/desk/c/example-coalition/press/open", 404, "open", "yes")
	n.boss.get("/desk/c/record/press", 404)
	n.reader(t).get("/press/in/none", 404)
	n.reader(t).get("/press/nobody", 404)
}
