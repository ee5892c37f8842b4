package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"stocktake/internal/signon"
)

func TestSignFormTemplateFitsItsPage(t *testing.T) {
	for name, view := range map[string]any{"signform.html": &signFormPage{}, "board.html": &boardPage{}} {
		if err := templatecheck.CheckHTML(theLook().pages[name].Lookup("layout.html"), view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// signed fills the form and sends it, with script or without.
func (n *newsroom) signed(r *reader, door, org, mailbox string, script bool, want int) string {
	n.t.Helper()
	page := r.post(door+"/open", 200)
	token, nonce := found(n.t, page, `name="ticket" value="([^"]+)"`), ""
	if script {
		n.now(5 * time.Second)
		nonce = signon.Work(signon.Ticket{Token: token, Bits: 16})
	} else {
		n.now(slowly + time.Second)
	}
	return r.post(door+"/send", want, "ticket", token, "nonce", nonce, "sum", found(n.t, page, `name="sum" value="([0-9a-f]{64})"`), "organisation", org, "country", "MEX", "signer", "Ana Example", "office", "Director", "mailbox", mailbox, "may", "yes")
}

func TestPublicSignOnForm(t *testing.T) {
	n := openNewsroom(t)
	work := n.approved("Statement", false)
	n.boss.post(work+"/board/open", 200, "date", "2099-01-01", "clock", "18:00", "zone", "UTC")
	stranger := n.reader(t)
	stranger.get("/sign/on/guess", 404)
	page := n.boss.get(work+"/board", 200)
	has(t, page, "Open a form")
	page = n.boss.post(work+"/board/form", 200, "open", "yes")
	door := found(t, page, `https://record\.example\.org(/sign/on/[A-Za-z0-9_-]{43})<`)
	if strings.Contains(n.boss.get(work+"/board", 200), door) {
		t.Error("the address of the form is shown twice: it is kept somewhere")
	}
	// Before the button nothing shows: programs that look at links see no more.
	for _, secret := range []string{"Brazil", "Example Coalition", "Compact"} {
		if strings.Contains(stranger.get(door, 200), secret) {
			t.Errorf("the page that a chat previews says %q", secret)
		}
	}
	has(t, stranger.post(door+"/open", 200), "We regret that Brazil", "Pedimos a Brasil")
	// The same answer for a new organisation, the same one again, and another mailbox of it; with script and without.
	first := n.signed(stranger, door, "Example Shelter", "ana@shelter.example.net", true, 200)
	for _, x := range []struct {
		org, mailbox string
		script       bool
	}{{"Example Shelter", "ana@shelter.example.net", false}, {"Example Shelter", "ben@shelter.example.net", true}, {"Another Example", "cy@another.example.org", false}} {
		if got := n.signed(stranger, door, x.org, x.mailbox, x.script, 200); got != first {
			t.Errorf("%s is answered otherwise:\n%s\n%s", x.mailbox, got, first)
		}
	}
	// Too fast, without its work, without its tick.
	page = stranger.post(door+"/open", 200)
	token, sum := found(t, page, `name="ticket" value="([^"]+)"`), found(t, page, `name="sum" value="([0-9a-f]{64})"`)
	form := []string{"ticket", token, "sum", sum, "organisation", "Quick Example", "office", "Director", "mailbox", "q@quick.example.net"}
	has(t, stranger.post(door+"/send", 422, form...), "may sign for the organisation", "Quick Example")
	form = append(form, "may", "yes")
	has(t, stranger.post(door+"/send", 422, form...), "faster than anybody reads", token)
	n.now(10 * time.Second)
	has(t, stranger.post(door+"/send", 422, form...), "without script in the browser", token) // its time runs on
	stranger.post(door+"/send", 422, append(form, "nonce", "AAAAAAAAAAA")...)
	n.now(slowly)
	stranger.post(door+"/send", 200, form...)
	has(t, stranger.post(door+"/send", 409, form...), "sent already")
	// The mailbox's link, and then the convenor's word: nobody here knows the organisation.
	letters := n.deliver()
	if len(letters) != 5 {
		t.Errorf("%d letters", len(letters))
	}
	link := letters[0].link(t, `/sign/[A-Za-z0-9_-]+`)
	stranger.get(link, 200)
	if board := n.boss.get(work+"/board", 200); strings.Contains(board, "nobody here knows this organisation") {
		t.Error("looking at the link confirmed the mailbox")
	}
	stranger.post(link+"/open", 200)
	has(t, stranger.post(link+"/use", 200, "do", "confirm"), "Before it is listed")
	board := n.boss.get(work+"/board", 200)
	has(t, board, "Example Shelter", "nobody here knows this organisation", "Another Example")
	id := found(t, board, `name="id" value="([^"]+)"> Example Shelter`)
	n.boss.post(work+"/board/act", 200, "id", id, "do", "accept", "evidence", "Known partner")
	a, err := n.book.Endorsement(t.Context(), id)
	if err != nil || a.State != signon.Listed {
		t.Errorf("%s, %v", a.State, err)
	}
	// A name is kept back, and shown again.
	n.boss.post(work+"/board/act", 200, "id", id, "do", "withhold")
	if a, _ = n.book.Endorsement(t.Context(), id); !a.Withheld {
		t.Error("“keep the name back” shows it")
	}
	n.boss.post(work+"/board/act", 200, "id", id, "do", "name")
	if a, _ = n.book.Endorsement(t.Context(), id); a.Withheld {
		t.Error("“show the name again” keeps it back")
	}
	// A new address ends the old one; a closed form has none.
	page = n.boss.post(work+"/board/form", 200, "open", "yes")
	second := found(t, page, `https://record\.example\.org(/sign/on/[A-Za-z0-9_-]{43})<`)
	stranger.get(door, 404)
	stranger.get(second, 200)
	n.boss.post(work+"/board/form", 200, "open", "no")
	stranger.get(second, 404)
	stranger.post(second+"/open", 404)
}
