package desk

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"stocktake/internal/people"
	"stocktake/internal/store"
	"stocktake/internal/store/sqlite"
)

// TestPeopleTemplatesFitTheirPages holds every name in a template against the struct that it is given.
func TestPeopleTemplatesFitTheirPages(t *testing.T) {
	for name, view := range map[string]any{
		"in.html": &inPage{}, "link.html": &linkPage{}, "passkey.html": &passkeyPage{}, "account.html": &accountPage{}, "coalitions.html": &coalitionsPage{}, "coalition.html": &coalitionPage{},
	} {
		if err := templatecheck.CheckHTML(theLook().pages[name].Lookup("layout.html"), view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// office is a desk behind a server, with what it logged.
type office struct {
	*Desk
	srv *httptest.Server
	st  store.Store
	log *bytes.Buffer
}

// openOffice serves a desk on the loopback interface; set changes its options.
func openOffice(t testing.TB, set func(*Options)) *office {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "r.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	o := &office{st: st, log: &bytes.Buffer{}}
	opt := Options{Private: st, Now: time.Now, Log: slog.New(slog.NewTextHandler(o.log, nil)), Asset: func(n string) string { return "/assets/x/" + n }, Version: "test", Loopback: true}
	if set != nil {
		set(&opt)
	}
	if o.Desk, err = New(opt); err != nil {
		t.Fatal(err)
	}
	o.srv = httptest.NewServer(http.NewCrossOriginProtection().Handler(o.Desk))
	t.Cleanup(o.srv.Close)
	return o
}

// reader is a browser without script. Cookies that are for TLS alone are shown to it all the same, since the server of a test has none.
type reader struct {
	t       testing.TB
	o       *office
	c       *http.Client
	headers map[string]string
}

func (o *office) reader(t testing.TB) *reader {
	jar, _ := cookiejar.New(nil)
	return &reader{t: t, o: o, c: &http.Client{Jar: openJar{jar}}, headers: map[string]string{}}
}

// openJar keeps cookies without asking for TLS.
type openJar struct{ *cookiejar.Jar }

func (j openJar) SetCookies(u *url.URL, list []*http.Cookie) {
	for _, c := range list {
		c.Secure = false
	}
	j.Jar.SetCookies(u, list)
}

// do sends a request and returns status, the page that it ended at, and its words.
func (r *reader) do(method, path string, form url.Values) (int, string, string) {
	r.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.o.srv.URL+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range r.headers {
		req.Header.Set(k, v)
	}
	res, err := r.c.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, res.Request.URL.RequestURI(), string(b)
}

func (r *reader) get(path string, want int) string {
	r.t.Helper()
	code, _, body := r.do("GET", path, nil)
	if code != want {
		r.t.Fatalf("GET %s: %d, want %d\n%s", path, code, want, body)
	}
	return body
}

func (r *reader) post(path string, want int, form ...string) string {
	r.t.Helper()
	v := url.Values{}
	for i := 0; i < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	code, _, body := r.do("POST", path, v)
	if code != want {
		r.t.Fatalf("POST %s: %d, want %d\n%s", path, code, want, body)
	}
	return body
}

func (o *office) user(t testing.TB, email string, admin bool) people.Person {
	t.Helper()
	x, _, err := o.accounts.Add(t.Context(), email, "", admin)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// signedIn is a browser in which somebody is signed in.
func (o *office) signedIn(t testing.TB, x people.Person) *reader {
	t.Helper()
	token, err := o.accounts.Link(t.Context(), x.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := o.reader(t)
	if body := r.get("/in/"+token, 200); !strings.Contains(body, `<form action="/in/`+token+`" method="post">`) || strings.Contains(body, x.Email) {
		t.Fatalf("the page of a link:\n%s", body)
	}
	if body := r.post("/in/"+token, 200); !strings.Contains(body, "Sign out") {
		t.Fatalf("after signing in:\n%s", body)
	}
	return r
}

func has(t testing.TB, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("the page does not say %q:\n%s", w, body)
		}
	}
}

// TestThisComputerNeedsNoAccount, and nothing that only looks like it comes in.
func TestThisComputerNeedsNoAccount(t *testing.T) {
	o := openOffice(t, nil)
	has(t, o.reader(t).get("/desk", 200), "This computer")
	has(t, o.reader(t).get("/desk/account", 200), "stocktake user add")
	for _, h := range forwarded {
		r := o.reader(t)
		r.headers[h] = "203.0.113.7"
		if _, at, _ := r.do("GET", "/desk", nil); !strings.HasPrefix(at, "/in?to=") {
			t.Errorf("with %s somebody came to %s", h, at)
		}
	}
	for _, h := range []string{"Origin", "Referer"} {
		r := o.reader(t)
		r.headers[h] = "https://stocktake.example.org"
		if _, at, _ := r.do("GET", "/desk", nil); !strings.HasPrefix(at, "/in?to=") {
			t.Errorf("with %s of elsewhere somebody came to %s", h, at)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"another name":         func(r *http.Request) { r.Host = "stocktake.example.org" },
		"another place":        func(r *http.Request) { r.RemoteAddr = "203.0.113.7:4000" },
		"a server's HTTP/1.0":  func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 1, 0 },
		"a name that ends so":  func(r *http.Request) { r.Host = "localhost.example.org" },
		"a name that looks so": func(r *http.Request) { r.Host = "127.0.0.1.example.org:80" },
	} {
		req := httptest.NewRequest("GET", "http://127.0.0.1:8017/desk", nil)
		req.RemoteAddr = "127.0.0.1:4000"
		if who, err := o.who(req); err != nil || who == nil || !who.Local {
			t.Fatal(who, err)
		}
		change(req)
		if who, err := o.who(req); err != nil || who != nil {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	r := o.reader(t)
	r.headers["Sec-Fetch-Site"] = "cross-site"
	r.post("/desk/coalitions", 403, "name", "X", "lang", "en")

	o.user(t, "ana@example.org", true)
	if _, at, _ := o.reader(t).do("GET", "/desk", nil); !strings.HasPrefix(at, "/in?to=%2Fdesk") {
		t.Errorf("there is an administrator, and somebody without an account came to %s", at)
	}
	for name, set := range map[string]func(*Options){
		"a site with an address":     func(o *Options) { o.Address = "https://stocktake.example.org" },
		"a site that others reach":   func(o *Options) { o.Loopback = false },
		"one with an address of old": func(o *Options) { o.Address = "http://127.0.0.1:8017" },
	} {
		if _, at, _ := openOffice(t, set).reader(t).do("GET", "/desk", nil); !strings.HasPrefix(at, "/in?to=") {
			t.Errorf("%s: somebody without an account came to %s", name, at)
		}
	}
}

func TestSignInAndOut(t *testing.T) {
	o := openOffice(t, nil)
	ana := o.user(t, "ana@example.org", true)
	r := o.signedIn(t, ana)
	has(t, r.get("/desk/account", 200), "This browser", "ana@example.org", "administrator")
	other := o.signedIn(t, ana)
	body := r.get("/desk/account", 200)
	has(t, body, "Another browser")
	m := regexp.MustCompile(`name="session" value="([0-9a-f]{64})"><button class="quiet">End it`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no button to end the other session")
	}
	has(t, r.post("/desk/account/session", 200, "session", m[1]), "The session has ended")
	if _, at, _ := other.do("GET", "/desk", nil); !strings.HasPrefix(at, "/in?") {
		t.Errorf("the other browser came to %s", at)
	}
	has(t, r.post("/desk/account", 200, "name", "Ana Ruiz", "lang", "es"), "Saved.", `value="Ana Ruiz"`, `<option value="es" selected>`)
	r.post("/desk/account", 422, "name", "Ana", "lang", "nowhere-at-all")
	third := o.signedIn(t, ana)
	has(t, r.post("/desk/account/sessions", 200), "All other sessions")
	if _, at, _ := third.do("GET", "/desk", nil); !strings.HasPrefix(at, "/in?") {
		t.Errorf("the third browser came to %s", at)
	}
	has(t, r.post("/out", 200), "You are signed out")
	if _, at, _ := r.do("GET", "/desk/account", nil); at != "/in?to=%2Fdesk%2Faccount" {
		t.Errorf("signed out, and came to %s", at)
	}
	r.get("/in/"+strings.Repeat("x", 43), 410)
	r.post("/in/"+strings.Repeat("x", 43), 410)
	if s := o.log.String(); s != "" {
		t.Errorf("something was logged: %s", s)
	}
}

// TestCookie: where it goes, and that no page elsewhere or script can use it.
func TestCookie(t *testing.T) {
	for _, c := range []struct {
		address, want string
	}{
		{"", `^desk=[\w-]{43}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax$`},
		{"https://stocktake.example.org", `^__Host-desk=[\w-]{43}; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax$`},
	} {
		o := openOffice(t, func(o *Options) { o.Address = c.address })
		token, err := o.accounts.Link(t.Context(), o.user(t, "ana@example.org", true).ID)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		o.ServeHTTP(w, httptest.NewRequest("POST", "http://stocktake.example.org/in/"+token, nil))
		if got := w.Header().Get("Set-Cookie"); w.Code != 303 || w.Header().Get("Location") != "/desk" || !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%d, %q", w.Code, got)
		}
	}
	o := openOffice(t, func(o *Options) { o.Loopback = false }) // neither TLS nor this computer
	ana := o.user(t, "ana@example.org", true)
	token, err := o.accounts.Link(t.Context(), ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := o.reader(t)
	has(t, r.get("/in/"+token, 200), "without encryption")
	has(t, r.get("/in", 200), "without encryption")
	r.post("/in/"+token, 409)
	has(t, r.get("/in/"+token, 200), "without encryption") // not used up
}

// TestAskingTellsNothing: the answer is the same for every address, and letters stop after a few.
func TestAskingTellsNothing(t *testing.T) {
	box := &letters{}
	o := openOffice(t, func(o *Options) { o.Address = "https://stocktake.example.org" })
	o.accounts.People = people.New(o.st, people.Options{Now: time.Now, Post: box, Address: "https://stocktake.example.org"})
	o.user(t, "ana@example.org", true)
	r := o.reader(t)
	var pages []string
	for _, email := range []string{"ana@example.org", "bo@example.org"} {
		r.headers["X-Forwarded-For"] = "203.0.113.7, " + email // another place each time
		for range 5 {
			pages = append(pages, r.post("/in", 200, "email", email, "to", "/desk/coalitions"))
		}
	}
	for _, p := range pages {
		if p != pages[0] {
			t.Errorf("two answers differ:\n%s\n%s", pages[0], p)
		}
	}
	has(t, pages[0], "If there is an account with this address")
	if box.n != 3 {
		t.Errorf("%d letters; three are let through", box.n)
	}
	r.post("/in", 422, "email", "nobody")
	codes := map[int]int{}
	r.headers["X-Forwarded-For"] = "198.51.100.1"
	for range 20 {
		code, _, _ := r.do("POST", "/in", url.Values{"email": {"cy@example.org"}})
		codes[code]++
	}
	if codes[200] < 15 || codes[503] < 4 || len(codes) != 2 {
		t.Errorf("%v", codes)
	}
	if s := o.log.String(); strings.Contains(s, "example.org") {
		t.Errorf("an address was logged: %s", s)
	}
}

type letters struct{ n int }

func (l *letters) Ready(context.Context) bool                 { return true }
func (l *letters) Queue(store.PrivateTx, people.Letter) error { l.n++; return nil }

func TestNoMailIsSaid(t *testing.T) {
	o := openOffice(t, nil)
	o.user(t, "ana@example.org", true)
	r := o.reader(t)
	has(t, r.get("/in", 200), "No mail leaves this site", "stocktake user link", "http://localhost:")
	r.post("/in", 409, "email", "ana@example.org")
}

func TestPlace(t *testing.T) {
	for _, c := range []struct{ remote, passed, want string }{
		{"203.0.113.7:4000", "198.51.100.1", "203.0.113.7"}, // nobody who comes straight can name another place
		{"127.0.0.1:4000", "", "127.0.0.1"},
		{"127.0.0.1:4000", "10.0.0.1, 198.51.100.1", "198.51.100.1"},
		{"[::1]:4000", "2001:db8::1", "2001:db8::/64"},
		{"[2001:db8:0:1::9]:4000", "", "2001:db8:0:1::/64"},
		{"[::ffff:203.0.113.7]:4000", "", "203.0.113.7"},
	} {
		r := httptest.NewRequest("GET", "/in", nil)
		r.RemoteAddr = c.remote
		if c.passed != "" {
			r.Header.Set("X-Forwarded-For", c.passed)
		}
		if got := place(r); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.remote, c.passed, got, c.want)
		}
	}
}

// TestCoalitionPages goes the way of a coalition: made, an organisation entered, a person invited by a link that is copied, a role changed, a rule
// set.
func TestCoalitionPages(t *testing.T) {
	o := openOffice(t, nil)
	r := o.signedIn(t, o.user(t, "ana@example.org", true))
	has(t, r.get("/desk/coalitions", 200), "There is none yet")
	has(t, r.post("/desk/coalitions", 200, "name", "Ninety-eight <b>", "lang", "en"), "Made.", "Ninety-eight &lt;b&gt;", "ana@example.org")
	const at = "/desk/c/ninety-eight-b"
	has(t, r.post(at+"/members", 200, "name", "Shelter", "country", "mex", "domain", "shelter.example.org"), "Shelter", "MEX, shelter.example.org")
	r.post(at+"/members", 409, "name", "Shelter")
	has(t, r.post(at+"/about", 200, "part", "names", "name-en", "Ninety-eight", "name-es", "Noventa y ocho", "lang", "en", "lang", "es", "first", "es", "contact", "desk@example.org"), "Saved.", "Noventa y ocho", `<option value="es" selected>`)
	has(t, r.post(at+"/about", 200, "part", "rules", "two", "yes", "approver", "approver"), `name="two" value="yes" checked`)
	r.post(at+"/about", 422, "part", "rules")
	r.post(at+"/invite", 422, "email", "bo@example.net")
	r.post(at+"/invite", 409, "email", "bo@example.net", "role", "editor", "way", "mail")
	body := r.post(at+"/invite", 200, "email", "bo@example.net", "name", "Bo", "role", "editor", "role", "approver", "way", "copy")
	has(t, body, "The invitation for bo@example.net is made", "link handed over")
	m := regexp.MustCompile(`value="` + regexp.QuoteMeta(o.srv.URL) + `(/in/[\w-]{43})" readonly`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no link to copy")
	}
	if again := r.get(at, 200); strings.Contains(again, m[1]) {
		t.Error("the link is shown a second time")
	}

	bo := o.reader(t)
	has(t, bo.get(m[1], 200), "Ninety-eight", "editor, approver", "bo@example.net", `value="Bo"`)
	has(t, bo.post(m[1], 200, "name", "Bo Li"), "You have joined", "Bo Li")
	bo.get(m[1], 410)
	page := bo.get(at, 200)
	for _, no := range []string{at + "/invite", at + "/about", at + "/members"} {
		if strings.Contains(page, no) {
			t.Errorf("an editor is offered %s", no)
		}
		if code, _, _ := bo.do("POST", no, url.Values{"email": {"x@example.org"}, "name": {"X"}, "role": {"editor"}, "part": {"rules"}, "approver": {"approver"}}); code != 403 {
			t.Errorf("an editor may %s: %d", no, code)
		}
	}
	has(t, page, "nobody approves what they wrote", "The approval of approvers counts")
	bo.post("/desk/coalitions", 403, "name", "Mine", "lang", "en")
	has(t, r.get(at, 200), "address not shown to be theirs")

	who := regexp.MustCompile(`name="person" value="(p-\w+)"><fieldset><legend>Roles of Bo Li`).FindStringSubmatch(r.get(at, 200))
	if who == nil {
		t.Fatal("no form for the roles of the second person")
	}
	has(t, r.post(at+"/people", 200, "person", who[1], "role", "reader"), "Saved.")
	r.post(at+"/people", 422, "person", who[1])
	r.post(at+"/leave", 409) // the last convenor
	has(t, bo.post(at+"/leave", 200), "You have left the coalition")
	bo.get(at, 404) // and learns nothing of it any more
	bo.get("/desk/c/nowhere", 404)
	bo.get("/desk/c/record", 404)
	has(t, r.get("/desk/c/record", 200), "The record")

	r.post(at+"/invite", 200, "email", "di@example.net", "role", "reader", "way", "copy")
	i := regexp.MustCompile(`name="invitation" value="([0-9a-f]{64})"`).FindStringSubmatch(r.get(at, 200))
	if i == nil {
		t.Fatal("no button to withdraw")
	}
	has(t, r.post(at+"/invitations/withdraw", 200, "invitation", i[1]), "The invitation is withdrawn")
	has(t, r.post(at+"/members/remove", 200, "member", "shelter"), "No organisation yet")
	if s := o.log.String(); s != "" {
		t.Errorf("something was logged: %s", s)
	}
}
