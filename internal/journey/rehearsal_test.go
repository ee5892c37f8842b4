package journey

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seed is the statement of 4 December 2017, in the folder of the real data; empty where that is not there.
func seed(t testing.TB) string {
	t.Helper()
	for _, kind := range []string{"*.txt"} {
		list, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "seed", kind))
		if len(list) > 0 {
			b, err := os.ReadFile(list[0])
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
		t.Fatal("../shared/seed is not there")
	}
	t.Skip("../shared/seed is not there: the rehearsal needs its text")
	return ""
}

// TestRehearsal has the text of 4 December 2017 approved in two languages, endorsed by seven stand-in organisations through seven mailboxes, by one through a
// link in a chat and by one by telephone, and published; and it holds every form to tools of others.
func TestRehearsal(t *testing.T) {
	text := seed(t)
	mails := newPost(t)
	p := newProgram(t, mails.env()...)
	p.public()
	p.serve()
	// Two persons: one who writes, and one who approves.
	f, bo := p.forms(), p.forms()
	f.post(find(t, p.run("user", "add", "ana@example.org", "--name", "Ana Example", "--admin"), `http://\S+(/in/[\w-]+)`))
	f.post("/desk/coalitions", "name", "Example Coalition", "lang", "en")
	f.post("/desk/c/example-coalition/about", "part", "rules", "two", "yes", "approver", "approver")
	f.post("/desk/c/example-coalition/invite", "email", "bo@example.net", "name", "Bo Example", "role", "approver", "way", "mail")
	link, err := mails.to(t, "bo@example.net", 1)[0].link()
	if err != nil {
		t.Fatal(err)
	}
	bo.post(link)
	work := f.begin(text, "rehearsal", "1")
	f.post(work+"/language", "lang", "es", "translated-by", "Example Centre", "checked-by", "Example Union")
	spanish := rehearsalInSpanish
	f.post(work+"/text/es", "base", "0", "title", spanish[0], "body", spanish[1])
	if code, page := f.sendApproval(work); code != http.StatusOK || !strings.Contains(page, "A second person has to approve") {
		t.Errorf("who wrote a text approved it alone: %d %s", code, plain(page))
	}
	bo.approve(work)
	f.post(work+"/board/open", "date", "2099-01-01", "clock", "18:00", "zone", "America/Mexico_City")

	var who []string
	for i := range 7 {
		who = append(who, fmt.Sprintf("Example Organisation %d; office@org%d.example; MEX", i+1, i+1))
	}
	asked := f.post(work+"/board/invite", "who", strings.Join(append(who, "Example Chat Network; ; USA"), "\n"))
	chat := find(t, asked, `http://[^/]*(/sign/[A-Za-z0-9_-]+)`)
	for i := range 7 {
		box := fmt.Sprintf("office@org%d.example", i+1)
		got := mails.to(t, box, 1)
		if strings.Contains(got[0].text+got[0].subject, "Compact") {
			t.Errorf("the letter tells of the text: %s", got[0].text)
		}
		link, err := got[0].link()
		if err != nil {
			t.Fatal(err)
		}
		page := f.post(link + "/open")
		answer := f.post(link+"/answer", "sum", find(t, page, `name="sum" value="([0-9a-f]{64})"`), "organisation", fmt.Sprintf("Example Organisation %d", i+1), "office", "Director", "signer", "Ana Example", "mailbox", box, "may", "yes")
		if i == 0 {
			t.Log(plain(answer)[:400])
		}
	}
	page := f.post(chat + "/open")
	t.Log(plain(page)[:300])
	t.Log(asked[strings.Index(asked,"<main"):][:3000])
	answer:=f.post(chat+"/answer", "sum", find(t, page, `name="sum" value="([0-9a-f]{64})"`), "organisation", "Example Chat Network", "office", "Coordinator", "signer", "Eva Example", "mailbox", "eva@chat.example", "may", "yes")
	t.Log(plain(answer)[:300])
	f.post(work+"/board/enter", "organisation", "Example Parish", "country", "USA", "signer", "Ben Example", "road", "telephone", "evidence", "Called the parish office", "mailbox", "parish@mail.example")
	t.Log(plain(f.get(work + "/board")))
	mails.mu.Lock()
	for _, l := range mails.got {
		t.Log(l.to, "|", l.subject, "|", l.text)
	}
	mails.mu.Unlock()
}

var rehearsalInSpanish = [2]string{"x", "y"}
