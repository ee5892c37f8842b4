package journey

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// forms sends forms as a browser does, without one: for what comes before that which a test is about.
type forms struct {
	t testing.TB
	p *program
	c http.Client
}

func (p *program) forms() *forms {
	jar, _ := cookiejar.New(nil) // never an error
	return &forms{t: p.t, p: p, c: http.Client{Timeout: time.Minute, Jar: jar}}
}

// send posts a form and returns the page at the end of redirects, and its status.
func (f *forms) send(path string, pairs ...string) (int, string) {
	f.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.p.at+path, strings.NewReader(v.Encode()))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", f.p.at)
	return f.do(r)
}

// post is send, for a form that is to be taken.
func (f *forms) post(path string, pairs ...string) string {
	f.t.Helper()
	code, page := f.send(path, pairs...)
	if code != http.StatusOK {
		f.t.Fatalf("%s: %d\n%s", path, code, plain(page))
	}
	return page
}

func (f *forms) get(path string) string {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, f.p.at+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	code, page := f.do(r)
	if code != http.StatusOK {
		f.t.Fatalf("%s: %d\n%s", path, code, plain(page))
	}
	return page
}

func (f *forms) do(r *http.Request) (int, string) {
	f.t.Helper()
	res, err := f.c.Do(r)
	if err != nil {
		f.t.Fatalf("%s: %v\n%s", r.URL.Path, err, f.p.errs)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// find returns the first group of a pattern in a page.
func find(t testing.TB, page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s:\n%s", pattern, plain(page))
	}
	return m[1]
}

var marks = regexp.MustCompile(`<[^>]*>`)

// plain is the words of a page's main part.
func plain(s string) string {
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	return strings.Join(strings.Fields(marks.ReplaceAllString(s, " ")), " ")
}

// begin begins a statement of the coalition example-coalition, and returns the path of its desk.
func (f *forms) begin(text string, pairs ...string) string {
	f.t.Helper()
	return find(f.t, f.post("/desk/statements", append([]string{"coalition", "example-coalition", "lang", "en", "text", text}, pairs...)...), `href="(/desk/s/[a-z0-9]+)"`)
}

// approve approves the texts as they are.
func (f *forms) approve(work string) {
	f.t.Helper()
	if code, page := f.sendApproval(work); code != http.StatusOK {
		f.t.Fatalf("not approved: %d\n%s", code, plain(page))
	}
}

func (f *forms) sendApproval(work string) (int, string) {
	f.t.Helper()
	var seen []string
	for _, m := range regexp.MustCompile(`name="seen" value="([^"]*)"`).FindAllStringSubmatch(f.get(work+"/approve"), -1) {
		seen = append(seen, "seen", m[1])
	}
	return f.send(work+"/approve", seen...)
}
