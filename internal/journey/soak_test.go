package journey

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"stocktake/internal/pgtest"
)

// TestSoakManySigners has 200 organisations sign by their links within a minute, while the program is killed and started again twice, and 4,800 more
// come from a sheet: none is lost and none doubled, and it prints how long the board, its exports, the public page and its files take. Without
// STOCKTAKE_SOAK=1 it is the same with 20 and 40.
func TestSoakManySigners(t *testing.T) {
	if os.Getenv("STOCKTAKE_SOAK") != "1" {
		manySigners(t, 20, 40)
		return
	}
	t.Run("SQLite", func(t *testing.T) { manySigners(t, 200, 300); manySigners(t, 200, 4800) })
	t.Run("PostgreSQL", func(t *testing.T) { manySigners(t, 200, 4800, "STOCKTAKE_DATABASE="+pgtest.DSN(t)) })
}

func manySigners(t *testing.T, byLink, bySheet int, env ...string) {
	p := newProgram(t, env...)
	p.serve()
	f := p.forms()
	f.post("/desk/coalitions", "name", "Example Coalition", "lang", "en")
	work := f.begin(nightText, "rehearsal", "1")
	f.approve(work)
	f.post(work+"/board/open", "date", "2099-01-01", "clock", "18:00", "zone", "America/Mexico_City")
	var who []string
	for i := range byLink {
		who = append(who, fmt.Sprintf("Linked Organisation %04d; ; MEX", i))
	}
	links := regexp.MustCompile(`/sign/[A-Za-z0-9_-]{30,}`).FindAllString(f.post(work+"/board/invite", "who", strings.Join(who, "\n")), -1)
	if len(links) != byLink {
		t.Fatalf("%d links for %d organisations", len(links), byLink)
	}

	// All within a minute, each trying again as somebody does whose page did not come.
	began := time.Now()
	var wait sync.WaitGroup
	todo := make(chan int)
	for range 10 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range todo {
				for try := 0; !p.signs(links[i], i); try++ {
					if try > 200 {
						t.Errorf("organisation %d could not sign", i)
						break
					}
					time.Sleep(100 * time.Millisecond)
				}
			}
		}()
	}
	pace := 50 * time.Second / time.Duration(byLink)
	if byLink < 100 {
		pace = 20 * time.Millisecond
	}
	for i := range byLink {
		if i == byLink/3 || i == 2*byLink/3 {
			p.stop(syscall.SIGKILL)
			p.serve()
		}
		todo <- i
		time.Sleep(max(0, time.Until(began.Add(time.Duration(i)*pace))))
	}
	close(todo)
	wait.Wait()
	t.Logf("%d signed in %.0f s, with two kills", byLink, time.Since(began).Seconds())

	// The sheet.
	var sheet bytes.Buffer
	w := csv.NewWriter(&sheet)
	w.Write([]string{"Organisation", "Country", "Email"})
	for i := range bySheet {
		w.Write([]string{fmt.Sprintf("Sheet Organisation %05d", i), "MEX", fmt.Sprintf("office@sheet%05d.example", i)})
	}
	w.Flush()
	digest := find(t, f.sheet(work, sheet.Bytes(), ""), `name="digest" value="([^"]+)"`)
	f.sheet(work, sheet.Bytes(), digest)

	// None lost, none doubled.
	names := f.listed(t, work)
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != len(names) || n != byLink+bySheet {
		t.Fatalf("%d names, %d of them different; %d yeses were given", len(names), n, byLink+bySheet)
	}
	f.took(t, "board", work+"/board")
	f.took(t, "found on it", work+"/board?find=Organisation+00013")
	for _, path := range []string{"?find=Organisation+00013", "?standing=" + url.QueryEscape("on the list") + "&from=" + fmt.Sprint(bySheet-1)} {
		if page := f.get(work + "/board" + path); !strings.Contains(page, "Sheet Organisation") {
			t.Errorf("board%s: %s", path, plain(page))
		}
	}
	f.took(t, "board as CSV", work+"/board/list.csv")
	f.took(t, "board as XLSX", work+"/board/list.xlsx")
	f.post(work+"/release", "sure", "yes")
	id := find(t, f.get(work), `href="/st/([^"]+)"`)
	f.took(t, "public page", "/st/"+id)
	for _, name := range []string{"en.txt", "en.docx", "names.csv", "names.xlsx", "all.jsonld", "all.ninjs.json"} {
		f.took(t, name, "/st/"+id+"/1/form/"+name)
	}
	f.took(t, "statements", "/statements")
	f.took(t, "search", "/search?q=Brazil")
	said := p.run("check")
	if !strings.Contains(said, "0 problems") && !strings.Contains(said, "holds") {
		t.Log(said)
	}
}

// signs opens a link and signs by it; false where the program was away.
func (p *program) signs(link string, i int) bool {
	c := http.Client{Timeout: 20 * time.Second}
	post := func(path string, v url.Values) (int, string) {
		r, err := http.NewRequest(http.MethodPost, p.at+path, strings.NewReader(v.Encode()))
		if err != nil {
			return 0, ""
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", p.at)
		res, err := c.Do(r)
		if err != nil {
			return 0, ""
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			return 0, ""
		}
		return res.StatusCode, string(b)
	}
	code, page := post(link+"/open", nil)
	m := regexp.MustCompile(`name="sum" value="([0-9a-f]{64})"`).FindStringSubmatch(page)
	if code != http.StatusOK {
		return false
	}
	if m == nil { // it was taken before the answer could come
		return strings.Contains(page, "Your answer")
	}
	code, page = post(link+"/answer", url.Values{"sum": {m[1]}, "organisation": {fmt.Sprintf("Linked Organisation %04d", i)}, "office": {"Director"}, "mailbox": {fmt.Sprintf("office@linked%04d.example", i)}, "may": {"yes"}})
	return code == http.StatusOK && strings.Contains(page, "Your answer")
}

// sheet sends a sheet to the board, to be looked at or, with the digest of a look, to be imported.
func (f *forms) sheet(work string, b []byte, digest string) string {
	f.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("digest", digest)
	part, err := m.CreateFormFile("sheet", "sheet.csv")
	if err != nil {
		f.t.Fatal(err)
	}
	part.Write(b)
	m.Close()
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.p.at+work+"/board/import", &body)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Origin", f.p.at)
	code, page := f.do(r)
	if code != http.StatusOK {
		f.t.Fatalf("the sheet: %d\n%s", code, plain(page))
	}
	return page
}

// listed returns the organisations that the board's export holds as having said yes.
func (f *forms) listed(t testing.TB, work string) (names []string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(f.get(work+"/board/list.csv"), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("the board as CSV: %d rows, %v", len(rows), err)
	}
	for _, r := range rows[1:] {
		if line := strings.Join(r, "|"); !strings.Contains(line, "has not answered") && !strings.Contains(line, "|invited|") {
			names = append(names, regexp.MustCompile(`(?:Linked|Sheet) Organisation \d+`).FindString(line))
		}
	}
	return names
}

// took prints how long a page takes, the middle of five, and how large it is.
func (f *forms) took(t testing.TB, what, path string) {
	t.Helper()
	var list []time.Duration
	size := 0
	for range 5 {
		began := time.Now()
		size = len(f.get(path))
		list = append(list, time.Since(began))
	}
	first := list[0]
	slices.Sort(list)
	t.Logf("%-14s first %6.0f ms, then %5.0f ms, %7d bytes", what, first.Seconds()*1000, list[2].Seconds()*1000, size)
}
