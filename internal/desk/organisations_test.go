package desk

import (
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"stocktake"
	"stocktake/internal/signon"
)

func TestOrganisationTemplatesFitTheirPages(t *testing.T) {
	for name, view := range map[string]any{"organisations.html": &organisationsPage{}, "organisation.html": &organisationPage{}, "invalidate.html": &invalidatePage{}} {
		if err := templatecheck.CheckHTML(theLook().pages[name].Lookup("layout.html"), view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrganisationsAtTheDesk(t *testing.T) {
	n := openNewsroom(t)
	work := n.approved("Statement", false)
	n.boss.post(work+"/board/open", 200, "date", "2099-01-01", "clock", "18:00", "zone", "UTC")
	for _, x := range []string{"Example Network", "Red Ejemplo", "Third Example"} {
		n.boss.post(work+"/board/enter", 200, "organisation", x, "country", "MEX", "signer", "Ana Example", "road", "telephone", "evidence", "Called the office")
	}
	page := n.boss.get("/desk/organisations", 200)
	has(t, page, "Example Network", "Red Ejemplo", "Third Example")
	if page = n.boss.get("/desk/organisations?q=ejem", 200); strings.Contains(page, "Third Example") {
		t.Error("the search finds everything")
	}
	red := found(t, page, `href="(/desk/organisations/[a-z2-7]+)">Red Ejemplo`)
	one := found(t, n.boss.get("/desk/organisations?q=network", 200), `href="(/desk/organisations/[a-z2-7]+)">Example Network`)
	redID := strings.TrimPrefix(red, "/desk/organisations/")
	// Names, register, authority.
	has(t, n.boss.post(one, 200, "names", "Example Network\nes: Red de Ejemplo", "domain", "https://network.example.org/about", "country", "MEX"), "Saved.", "es: Red de Ejemplo", "example.org")
	n.boss.post(one, 422, "names", "", "country", "MEX")
	has(t, n.boss.post(one+"/register", 200, "register", "Example Register", "number", "12 34", "source", "https://register.example.org", "day", "2026-11-23"), "Example Register: 12 34")
	n.boss.post(one+"/authority", 422, "person", "Ana Example")
	page = n.boss.post(one+"/authority", 200, "person", "Ana Example", "mailbox", "ana@example.org", "office", "Director", "evidence", "Letter of the board")
	has(t, page, "ana@example.org", "Letter of the board")
	id := found(t, page, `/revoke" method="post"><input type="hidden" name="id" value="([^"]+)"`)
	n.boss.post(red+"/revoke", 404, "id", id)
	page = n.boss.post(one+"/revoke", 200, "id", id)
	has(t, page, "revoked from")
	if strings.Contains(page, id) {
		t.Error("what is revoked can be revoked again")
	}
	// Chapters are linked and stay two.
	n.boss.post(red, 200, "names", "Red Ejemplo", "country", "MEX", "parent", strings.TrimPrefix(one, "/desk/organisations/"))
	has(t, n.boss.get(one, 200), "Its chapters", "Red Ejemplo")
	n.boss.post(one, 409, "names", "Example Network", "parent", redID) // a circle
	// Two that are one, and undone.
	has(t, n.boss.get(one+"?q=ejemplo", 200), `name="from" value="`+redID+`"`)
	a, err := n.book.Of(t.Context(), statementOf(n, work))
	if err != nil {
		t.Fatal(err)
	}
	listed := func() (k int) {
		es, _, err := n.book.Endorsements(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if e.State == signon.Listed {
				k++
			}
		}
		return k
	}
	if listed() != 3 {
		t.Fatalf("%d listed", listed())
	}
	page = n.boss.post(one+"/merge", 200, "from", redID)
	has(t, page, "was found to be this one")
	if listed() != 2 {
		t.Errorf("%d listed after two were found to be one", listed())
	}
	has(t, n.boss.get(red, 200), "Example Network") // its page is that of the one that goes on
	page = n.boss.get("/desk/organisations", 200)
	n.boss.post("/desk/organisations/unmerge", 200, "id", found(t, page, `unmerge" method="post"><input type="hidden" name="id" value="([^"]+)"`))
	if listed() != 3 {
		t.Errorf("%d listed after the merge was undone", listed())
	}
	// Taking off many: nothing happens by looking, the count has to hold, and it can be undone.
	at := work + "/board/invalidate"
	has(t, n.boss.get(work+"/board", 200), at)
	if strings.Contains(n.boss.get(at, 200), "These conditions take") {
		t.Error("without a condition all are counted")
	}
	page = n.boss.get(at+"?words=example&road=telephone", 200)
	has(t, page, "These conditions take 2", "name with example")
	if listed() != 3 {
		t.Error("looking changed something")
	}
	ground := found(t, page, `<option>([^<]+)</option>`)
	n.boss.post(at, 409, "words", "example", "road", "telephone", "count", "1", "ground", ground)
	n.boss.post(at, 422, "count", "3", "ground", ground)
	page = n.boss.post(at, 200, "words", "example", "road", "telephone", "count", "2", "ground", ground)
	has(t, page, "Taken off before")
	if listed() != 1 {
		t.Errorf("%d listed", listed())
	}
	has(t, n.boss.post(at+"/undo", 200, "id", found(t, page, `/undo" method="post"><input type="hidden" name="id" value="([^"]+)"`)), "undone")
	if listed() != 3 {
		t.Errorf("%d listed after it was undone", listed())
	}
	// Convenors alone; and what came to one coalition is not shown to another's.
	other := n.signedIn(t, n.user(t, "other@record.example.org", false))
	other.headers["Origin"] = n.srv.URL
	other.get("/desk/organisations", 403)
	other.get(one, 403)
	other.get(at, 404)
}

func TestOrganisationThatCameByItselfIsForItsConvenors(t *testing.T) {
	n := openNewsroom(t)
	work := n.approved("Statement", false)
	n.boss.post(work+"/board/open", 200, "date", "2099-01-01", "clock", "18:00", "zone", "UTC")
	door := found(t, n.boss.post(work+"/board/form", 200, "open", "yes"), `https://record\.example\.org(/sign/on/[A-Za-z0-9_-]{43})<`)
	n.signed(n.reader(t), door, "Quiet Example", "ana@quiet.example.net", false, 200)
	at := found(t, n.boss.get("/desk/organisations", 200), `href="(/desk/organisations/[a-z2-7]+)">Quiet Example`)
	other := n.signedIn(t, n.user(t, "other@record.example.org", true))
	other.headers["Origin"] = n.srv.URL
	other.post("/desk/coalitions", 200, "name", "Second Coalition", "lang", "en")
	if strings.Contains(other.get("/desk/organisations?q=quiet", 200), "Quiet Example") {
		t.Error("an organisation that signs for one coalition is shown to another’s convenor")
	}
	other.get(at, 404)
	other.post(at+"/know", 404, "note", "guessed")
	n.boss.post(at+"/know", 200, "note", "met them")
	if page := other.get(at, 200); strings.Contains(page, "Statement") && strings.Contains(page, work) {
		t.Error("another coalition sees what it signed")
	}
}

func statementOf(n *newsroom, work string) stocktake.InstrumentID {
	n.t.Helper()
	w, err := n.Desk.office.Work(n.t.Context(), strings.TrimPrefix(work, "/desk/s/"))
	if err != nil {
		n.t.Fatal(err)
	}
	return w.Statement
}
