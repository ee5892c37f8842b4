package desk

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"stocktake"
	"stocktake/internal/draft"
	"stocktake/internal/ledger"
	"stocktake/internal/mailer"
	"stocktake/internal/people"
	"stocktake/internal/secretariat"
	"stocktake/internal/signon"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/web"
)

func TestRecordTemplatesFitTheirPages(t *testing.T) {
	for name, view := range map[string]any{"record.html": &recordPage{}, "proposal.html": &proposalPage{}, "record_form.html": &recordFormPage{}, "record_conflicts.html": &conflictsPage{}, "record_merges.html": &mergesPage{},
		"queue.html": &queuePage{}, "entry.html": &entryPage{}, "domains.html": &domainsPage{}, "public.html": &publicPage{}} {
		if err := templatecheck.CheckHTML(theLook().pages[name].Lookup("layout.html"), view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// recordOffice is a whole site with a desk, a record of some filings, and a clock that a test moves.
type recordOffice struct {
	*office
	l   *ledger.Ledger
	now func(time.Duration) // moves the clock
	w   *walker
	dir string
}

func openRecord(t *testing.T) *recordOffice {
	t.Helper()
	var mu sync.Mutex
	at := time.Now().UTC()
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return at }
	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), st, blobs, ledger.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	b, err := os.ReadFile(filepath.Join("..", "cli", "testdata", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := draft.Parse("small.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.File(t.Context(), ledger.FileOptions{}, list...); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	mail, err := mailer.ConfigFrom(func(name string) string { // nothing is sent: no worker runs
		return map[string]string{mailer.EnvSMTP: "smtp://127.0.0.1:9", mailer.EnvFrom: "record@record.example.org"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{Ledger: l, Private: st, Now: clock, Log: log, Asset: web.AssetAddress, Version: "test", Name: "Example Record", Address: "https://record.example.org", Mail: mail})
	if err != nil {
		t.Fatal(err)
	}
	site := web.New(l, web.Options{Now: clock, Log: log, Desk: d, IsDesk: Mine, Site: web.Site{Name: "Example Record", Address: "https://record.example.org"}})
	srv := httptest.NewServer(site)
	t.Cleanup(srv.Close)
	return &recordOffice{office: &office{Desk: d, srv: srv, st: st, log: &logged}, l: l, dir: dir, w: &walker{t: t, h: site}, now: func(by time.Duration) { mu.Lock(); at = at.Add(by); mu.Unlock() }}
}

// person is somebody with roles at the desk of the record, signed in.
func (o *recordOffice) person(t *testing.T, admin people.Person, email string, roles ...people.Role) *reader {
	t.Helper()
	token, err := o.accounts.Invite(t.Context(), admin, people.RecordDesk, email, strings.ToUpper(email[:1])+email[1:3]+" Example", roles, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.accounts.Accept(t.Context(), token, nil, "", ""); err != nil {
		t.Fatal(err)
	}
	x, err := o.accounts.ByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	r := o.signedIn(t, x)
	r.headers["Origin"] = o.srv.URL
	return r
}

func found(t *testing.T, page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s:\n%s", pattern, plainText(page))
	}
	return m[1]
}

// proposed sends a form and returns the address of the proposal that it made.
func proposed(t *testing.T, r *reader, form string, fields ...string) string {
	t.Helper()
	return found(t, r.post("/desk/record/new/"+form, 200, fields...), `action="(/desk/record/p/[a-z2-7]+)/text"`)
}

func (o *recordOffice) standing(t *testing.T, p stocktake.PartyID, in stocktake.InstrumentID, on stocktake.Day) stocktake.Standing {
	t.Helper()
	st, err := o.l.Record().Standing(t.Context(), stocktake.At{On: on, Known: o.l.Now().Add(time.Hour), Head: o.l.Record().Head()}, p, in)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// TestDeskOfTheRecord has two people put every kind of thing on the record: one proposes, the other sees the same and approves.
func TestDeskOfTheRecord(t *testing.T) {
	o := openRecord(t)
	admin := o.user(t, "root@example.org", true)
	root := o.signedIn(t, admin)
	root.headers["Origin"] = o.srv.URL
	ana := o.person(t, admin, "ana@example.org", people.Editor)
	ben := o.person(t, admin, "ben@example.org", people.Approver)
	eve := o.person(t, admin, "eve@example.org", people.Reader)
	stranger := o.signedIn(t, o.user(t, "somebody@example.org", false))
	stranger.get("/desk/record", 404)
	eve.get("/desk/record/new/act", 403)
	ana.post("/desk/record/rule", 403, "two", "yes")
	has(t, root.post("/desk/record/rule", 200, "two", "yes"), "Two persons are needed")
	head := o.l.Record().Head()

	// What is wrong is said beside what was typed.
	page := ana.post("/desk/record/new/act", 422, "title", "An act", "party", "Nowhereland", "instrument", "gcm", "kind", "endorsement", "done", "2019-03-01", "source-title", "A note", "source-read", "2026-01-01")
	has(t, page, "no party &#34;Nowhereland&#34;", `value="Nowhereland"`, `value="2019-03-01"`)
	// An act with its source and quotation.
	act := proposed(t, ana, "act", "title", "An example of an endorsement", "party", "Brazil", "instrument", "GCM", "kind", "endorsement", "done", "2019-03-01", "source-title", "An example note", "source-published", "2019-03", "source-kind", "official", "quote", "We  endorse it.", "quote-own", "yes")
	page = ana.get(act, 200)
	has(t, page, "2019-03-01 to 2023-01-04", "withdrawn", "<b>endorsed</b>", "exact: We endorse it.", "own: true", "id: gcm/BRA/endorsement-2019-03-01", "Ask for a second person")
	if strings.Contains(page, "File it") || strings.Contains(page, "Approve and file") {
		t.Error("one person can file")
	}
	seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)
	// Before anybody was asked, nobody files it, the approver neither.
	ben.post(act+"/file", 409, "sure", "yes", "seen", strings.Repeat("0", 64))
	ana.post(act+"/file", 403, "sure", "yes", "seen", strings.Repeat("0", 64))
	has(t, ana.post(act+"/ask", 200), "It waits for a second person")
	has(t, ben.get("/desk", 200), "wait for a second person")
	ana.post(act+"/file", 403, "sure", "yes", "seen", strings.Repeat("0", 64))
	eve.post(act+"/file", 403, "sure", "yes", "seen", strings.Repeat("0", 64))
	page = ben.get(act, 200)
	has(t, page, "2019-03-01 to 2023-01-04", "Approve and file it", "Ana Example")
	sum := seen.FindStringSubmatch(page)[1]
	ben.post(act+"/file", 422, "seen", sum)
	// The record moves, and what was seen with it: it is shown anew before anybody files it.
	_, err := o.l.File(t.Context(), ledger.FileOptions{}, stocktake.Filing{Key: "meanwhile", Title: "Meanwhile", Sources: []stocktake.Source{{ID: "meanwhile", Title: "A note", Read: stocktake.DateOf(stocktake.DayOf(2019, 9, 1))}},
		Acts: []stocktake.Act{{ID: "meanwhile", Party: "BRA", Instrument: "gcm", Kind: stocktake.Withdrawal, Done: stocktake.DateOf(stocktake.DayOf(2019, 4, 1)), Source: "meanwhile"}}})
	if err != nil {
		t.Fatal(err)
	}
	page = ben.post(act+"/file", 409, "sure", "yes", "seen", sum)
	has(t, page, "The record moved since you looked", "2019-03-01 to 2019-03-31")
	if o.l.Record().Head() != head+1 {
		t.Fatal("it was filed all the same")
	}
	has(t, ben.post(act+"/file", 200, "sure", "yes", "seen", seen.FindStringSubmatch(page)[1]), "It is on the record", "by Ben Example")
	if st := o.standing(t, "BRA", "gcm", stocktake.DayOf(2019, 3, 2)); st.Standing != "endorsed" {
		t.Errorf("%+v", st)
	}

	file := func(proposal string) string {
		t.Helper()
		ana.post(proposal+"/ask", 200)
		page := ben.get(proposal, 200)
		m := seen.FindStringSubmatch(page)
		if m == nil {
			t.Fatal(plainText(page))
		}
		return ben.post(proposal+"/file", 200, "sure", "yes", "seen", m[1])
	}
	// It is mended: the day was another.
	page = ana.get("/desk/record/new/mend?act=gcm%2FBRA%2Fendorsement-2019-03-01", 200)
	entry := html.UnescapeString(found(t, page, `href="(/desk/record/new/mend\?act=[^"]*entry=[^"]*)"`))
	page = ana.get(entry, 200)
	has(t, page, `value="2019-03-01"`)
	fields := []string{"title", "The day was another"}
	for _, m := range regexp.MustCompile(`name="([a-z-]+)"[^>]* value="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if m[1] != "done" && m[1] != "kind" {
			fields = append(fields, m[1], html.UnescapeString(m[2]))
		}
	}
	mend := proposed(t, ana, "mend", append(fields, "done", "2019-03-05", "kind", "endorsement", "reason", "The note says the fifth.", "by", "editor of the record")...)
	has(t, ana.get(mend, 200), "2019-03-01 to 2019-03-04", "exact: We endorse it.", "mends:")
	file(mend)
	if st := o.standing(t, "BRA", "gcm", stocktake.DayOf(2019, 3, 2)); st.Standing == "endorsed" {
		t.Errorf("%+v", st)
	}
	// It is retracted.
	entry = entryOf(t, ana, "retract", "gcm/BRA/endorsement-2019-03-01")
	form := ana.get(entry, 200)
	retract := proposed(t, ana, "retract", "title", "It should not have been entered", "reason", "The note is of another party.", "by", "editor of the record",
		"act", "gcm/BRA/endorsement-2019-03-01", "entry", html.UnescapeString(found(t, form, `name="entry" value="([^"]+)"`)))
	page = file(retract)
	if st := o.standing(t, "BRA", "gcm", stocktake.DayOf(2019, 3, 10)); st.Standing == "endorsed" {
		t.Errorf("%+v", st)
	}
	// An instrument, a provision with its words, a party, a measure; the last is mended.
	file(proposed(t, ana, "instrument", "title", "An example of a compact", "id", "example-compact", "kind", "compact", "name", "Example Compact", "adopted", "2020-02", "links", "rests-on gcm", "aliases", "Example One\nExample Two", "source-title", "A text", "source-read", "2026-01-01"))
	has(t, ana.get("/desk/record/new/instrument?id=example-compact", 200), `value="Example Compact"`, "Example One\nExample Two", "rests-on gcm")
	has(t, ana.post("/desk/record/new/instrument", 422, "title", "x", "id", "example-compact", "kind", "compact", "name", "Another"), "is on the record already, and not loaded")
	file(proposed(t, ana, "provision", "title", "An example of a provision", "id", "example-compact/obj-1", "number", "Objective 1", "name", "An objective", "text-lang", "en", "text", "We commit to an example.", "source-title", "A text", "source-read", "2026-01-01"))
	file(proposed(t, ana, "party", "title", "An example of a group", "id", "example-group", "kind", "group", "names", "en: Example group\nes: Grupo de ejemplo", "source-title", "A page", "source-read", "2026-01-01"))
	file(proposed(t, ana, "measure", "title", "An example of a measure", "party", "Brazil", "kind", "order", "name", "An order on examples", "date", "2021-05-06", "force", "announced", "provisions", "example-compact/obj-1", "source-title", "A gazette", "source-published", "2021-05-06"))
	file(proposed(t, ana, "measure?id=bra-an-order-on-examples-2021-05-06", "title", "It is in force", "id", "bra-an-order-on-examples-2021-05-06", "party", "BRA", "kind", "order", "name", "An order on examples", "date", "2021-05-06", "force", "in force", "provisions", "example-compact/obj-1", "source-title", "A gazette", "source-published", "2021-06"))
	list := o.l.Record().Measures(stocktake.At{On: stocktake.MaxDay, Known: o.l.Now().Add(time.Hour), Head: o.l.Record().Head()}, "BRA")
	n := 0
	for _, m := range list {
		if m.ID == "bra-an-order-on-examples-2021-05-06" {
			if n++; m.Force != "in force" {
				t.Errorf("%+v", m)
			}
		}
	}
	if n != 1 {
		t.Errorf("the measure is there %d times", n)
	}
	// Two instruments are one; and are not.
	merge := proposed(t, ana, "merge", "title", "They are one", "of", "instrument", "from", "example-compact", "into", "gcm", "reason", "An example.", "by", "editor of the record")
	file(merge)
	page = ana.get("/desk/record/merges", 200)
	undo := html.UnescapeString(found(t, page, `href="(/desk/record/new/merge\?[^"]*undo=yes)"`))
	has(t, ana.get(undo, 200), `name="undo" value="yes" checked`)
	file(proposed(t, ana, "merge", "title", "They are two", "of", "instrument", "from", "example-compact", "into", "gcm", "undo", "yes", "reason", "An example.", "by", "editor of the record"))
	has(t, ana.get("/desk/record/merges", 200), "No merge holds")
	// Two sources tell of one act differently; the record follows one.
	for i, day := range []string{"2022-01-01", "2022-02-02"} {
		file(proposed(t, ana, "act", "title", "An act told twice", "act", "told-twice", "party", "BRA", "instrument", "gcm", "kind", "endorsement", "done", day, "source-title", fmt.Sprintf("Note %d", i), "source-published", "2022-03"))
	}
	page = ana.get("/desk/record/conflicts", 200)
	settle := html.UnescapeString(found(t, page, `href="(/desk/record/new/decision\?act=told-twice[^"]*)"`))
	form = ana.get(settle, 200)
	decision := proposed(t, ana, "decision", "title", "Which source is followed", "act", "told-twice", "follows", found(t, form, `name="follows"[^>]* value="([^"]+)"`), "reason", "It is the earlier one.", "by", "editor of the record")
	has(t, ana.get(decision, 200), "Sources would disagree no more about")
	file(decision)
	if strings.Contains(ana.get("/desk/record/conflicts", 200), "told-twice") {
		t.Error("it stands unsettled")
	}
	// As text; one with a mistake of form names the line; one is refused, changed by the approver, who is an author then; it is given up.
	has(t, ana.post("/desk/record/new/yaml", 422, "text", "key: a\ntitle: b\nactz: []\n"), "line:3:1")
	yaml := proposed(t, ana, "yaml", "text", "key: example/unknown\ntitle: What is not known\nunknowns:\n  - {about: gcm, what: An example.}\n")
	has(t, ana.get(yaml, 200), "No standing would move")
	ana.post(yaml+"/ask", 200)
	ben.post(yaml+"/refuse", 422, "reason", " ")
	has(t, ben.post(yaml+"/refuse", 200, "reason", "Say what was looked at."), "refused it: Say what was looked at.")
	rev := found(t, ana.get(yaml, 200), `name="rev" value="(\d+)"`)
	ana.post(yaml+"/text", 200, "rev", rev, "text", "key: example/unknown\ntitle: What is not known\nunknowns:\n  - {about: gcm, what: An example., looked: Everywhere}\n")
	ana.post(yaml+"/text", 409, "rev", rev, "text", "key: example/unknown\ntitle: Lost\nunknowns:\n  - {about: gcm, what: An example.}\n")
	has(t, ana.post(yaml+"/drop", 200), "Given up")
	ana.post(yaml+"/ask", 409)

	// Without the rule, one person is enough.
	root.post("/desk/record/rule", 200, "two", "no")
	alone := proposed(t, ana, "yaml", "text", "key: example/alone\ntitle: Alone\nunknowns:\n  - {about: gcm, what: An example.}\n")
	page = ana.get(alone, 200)
	has(t, ana.post(alone+"/file", 200, "sure", "yes", "seen", seen.FindStringSubmatch(page)[1]), "It is on the record")
	has(t, ana.get("/desk/record", 200), "What became of the last ones")
	if o.log.Len() > 0 {
		t.Errorf("logged: %s", o.log)
	}
}

func entryOf(t *testing.T, r *reader, form, act string) string {
	t.Helper()
	return html.UnescapeString(found(t, r.get("/desk/record/new/"+form+"?act="+act, 200), `href="(/desk/record/new/`+form+`\?act=[^"]*entry=[^"]*)"`))
}

// queued are words that nobody outside may find before somebody takes them up.
var queued = []string{"pelican lighthouse", "Sturmvogel", "example.org/seagull", "stranger@example.net", "ministry.example", "harbour master", "seagull quotation"}

// TestQueueShowsNowhere sends a correction, an answer and a reply, and walks every address of the public site with their words in hand: nothing is
// told before they are taken up, and nothing of the sender ever.
func TestQueueShowsNowhere(t *testing.T) {
	o := openRecord(t)
	ctx := t.Context()
	admin := o.user(t, "root@example.org", true)
	ana := o.person(t, admin, "ana@example.org", people.Editor)
	_, err := o.l.File(ctx, ledger.FileOptions{}, mustParse(t, `key: example/act
title: An example of an act
sources:
  - {id: example-note, title: A note, published: 2019-03-01}
acts:
  - {id: example-act, party: BRA, instrument: gcm, kind: endorsement, done: 2019-03-01}
`)...)
	if err != nil {
		t.Fatal(err)
	}
	anyone := o.reader(t)
	anyone.headers["Origin"] = o.srv.URL
	head := o.l.Record().Head()

	// A GET changes nothing, and tells which thing of the record it is about. What is not on the record has no form.
	anyone.get("/correct", 404)
	anyone.get("/correct?act=nothing", 404)
	anyone.get("/answer?standing=gcm%2FBRA", 404)
	page := anyone.get("/correct?act=example-act", 200)
	has(t, page, "Brazil, endorsement: Global Compact for Migration", "<noscript>")
	ticket := found(t, page, `name="ticket" value="([^"]+)"`)
	correction := []string{"ticket", ticket, "nonce", "", "words", "It was the pelican lighthouse, says Sturmvogel.", "source", "https://example.org/seagull", "quote", "seagull quotation", "name", "Harbour Master", "email", "stranger@example.net"}
	// Without script it has to wait; what was typed stays, and so does the time.
	page = anyone.post("/correct?act=example-act", 422, correction...)
	has(t, page, "faster than anybody reads it", "It was the pelican lighthouse", ticket)
	o.now(10 * time.Second)
	has(t, anyone.post("/correct?act=example-act", 422, correction...), "without script in the browser", ticket)
	o.now(40 * time.Second)
	empty := append([]string{}, correction...)
	empty[5] = " "
	has(t, anyone.post("/correct?act=example-act", 422, empty...), "nothing is written", ticket)
	has(t, anyone.post("/correct?act=example-act", 200, correction...), "Thank you")
	has(t, anyone.post("/correct?act=example-act", 422, correction...), "sent already")
	// With the work done it goes at once.
	page = anyone.get("/reply?act=example-act", 200)
	worked := signon.Ticket{Token: found(t, page, `data-ticket="([^"]+)"`), Bits: 16}
	o.now(5 * time.Second)
	reply := []string{"ticket", worked.Token, "nonce", signon.Work(worked), "party", "BRA", "office", "Harbour master", "words", "Sturmvogel is our position.", "lang", "en", "mailbox", "mission@ministry.example"}
	has(t, anyone.post("/reply?act=example-act", 200, reply...), "If the mailbox is at a domain that is known")
	unknown := found(t, anyone.get("/reply?act=example-act", 200), `data-ticket="([^"]+)"`)
	o.now(time.Minute)
	anyone.post("/reply?act=example-act", 422, "ticket", unknown, "party", "BRA", "office", "o", "words", "w") // nothing shows that it is theirs
	anyone.post("/reply?act=example-act", 422, "ticket", unknown, "party", "", "office", "o", "words", "w", "source", "s")

	list, err := o.Desk.office.Queue(ctx, secretariat.EntryWaiting)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
	quiet := func(when string, words []string) {
		t.Helper()
		for path, a := range o.w.walk("/acts/example-act", "/i/gcm/BRA", "/search?q=pelican", "/search?q=Sturmvogel", "/filings", "/learned", "/feeds", "/sitemap.xml", "/openapi.json", "/log", "/desk", "/desk/queue", "/desk/record", "/desk/queue/e/"+list[0].ID, "/queue", "/correct?act=example-act", "/reply?act=example-act", "/f/"+fmt.Sprint(o.l.Record().Head())) {
			a.mustNotTell(t, when+", "+path, words)
		}
		for name := range publicFiles(t, filepath.Join(o.dir, "files")) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			reading{body: b}.mustNotTell(t, name, words)
		}
		var out bytes.Buffer
		if err := o.l.Export(ctx, &out, o.l.Record().Head(), nil); err != nil {
			t.Fatal(err)
		}
		reading{body: out.Bytes()}.mustNotTell(t, when+", the export", words)
		reading{body: o.log.Bytes()}.mustNotTell(t, when+", what is logged", words)
	}
	quiet("while it waits", queued)
	if o.l.Record().Head() != head {
		t.Error("something was filed")
	}

	// At the desk: the correction is seen with its sender, and taken up with its source; its words are the sender's and are in no draft.
	page = ana.get("/desk/queue", 200)
	has(t, page, "waits for its mailbox", "with a source")
	entry := func(kind secretariat.EntryKind) string {
		for _, e := range list {
			if e.Kind == kind {
				return "/desk/queue/e/" + e.ID
			}
		}
		t.Fatal(kind)
		return ""
	}
	c := entry(secretariat.Correction)
	has(t, ana.get(c, 200), "pelican lighthouse", "stranger@example.net", "the sender’s claim", "Forget the sender")
	page = ana.post(c+"/take", 200)
	p := found(t, page, `action="(/desk/record/p/[a-z2-7]+)/text"`)
	written := found(t, page, `(?s)<pre class="filing"[^>]*>(.*?)</pre>`)
	if strings.Contains(written, "pelican") || strings.Contains(written, "stranger@") || !strings.Contains(written, "https://example.org/seagull") || !strings.Contains(written, "seagull quotation") {
		t.Errorf("the draft: %s", written)
	}
	quiet("while a proposal of it is written", queued)
	text := html.UnescapeString(written)
	text = strings.Replace(text, "2019-03-01", "2019-03-03", 1)
	text = strings.Replace(text, "Write here what the source is", "Another note", 1)
	page = ana.post(p+"/text", 200, "rev", found(t, page, `name="rev" value="(\d+)"`), "text", text)
	has(t, page, "Sources would disagree about")
	has(t, ana.post(p+"/file", 200, "sure", "yes", "seen", found(t, page, `name="seen" value="([0-9a-f]+)"`)), "It is on the record")
	var letters int
	ids, err := mails(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ids {
		if strings.Contains(m, "stranger@example.net") && strings.Contains(m, "it is on the record by now") {
			letters++
		}
	}
	if letters != 1 {
		t.Errorf("%d letters to the sender: %v", letters, ids)
	}

	// The reply: its domain is not known, then is; the link proves it by a button, not by being looked at.
	e := entry(secretariat.StateReply)
	has(t, ana.get(e, 200), "not known as a domain", "cannot be taken up")
	ana.post(e+"/take", 409)
	ana.post(e+"/mailbox", 409)
	ana.post("/desk/queue/domains", 422, "domain", "ministry.example", "party", "BRA", "source", "")
	has(t, ana.post("/desk/queue/domains", 200, "domain", "Ministry.example", "party", "Brazil", "source", "https://register.example.org/brazil"), "ministry.example")
	ana.post(e+"/mailbox", 200)
	ids, err = mails(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	link := found(t, strings.Join(ids, "\n"), `https://record\.example\.org(/reply/[A-Za-z0-9_-]+)`)
	has(t, anyone.get(link, 200), "Yes, this reply is ours")
	anyone.get(link+"x", 404)
	has(t, ana.get(e, 200), "it has not answered yet")
	has(t, anyone.post(link, 200), "The mailbox is confirmed")
	has(t, ana.get(e, 200), "according to https://register.example.org/brazil")
	quiet("once the correction is on the record, before the reply is taken up", []string{"pelican lighthouse", "stranger@example.net", "Harbour Master", "Sturmvogel", "ministry.example"})
	page = ana.post(e+"/take", 200)
	p = found(t, page, `action="(/desk/record/p/[a-z2-7]+)/text"`)
	has(t, page, "kind: remark", "objects: example-act", "own: true", "Sturmvogel is our position.", "ministry.example", "No standing would move")
	ana.post(p+"/file", 200, "sure", "yes", "seen", found(t, page, `name="seen" value="([0-9a-f]+)"`))
	// It stands beside the act as the government's own statement, and says where it came from. The mailbox itself is not named.
	if a := plainText(string(o.w.get("/i/gcm/BRA").body)); !strings.Contains(a, "In its own words Sturmvogel is our position.") || !strings.Contains(a, "Said of this act:") {
		t.Errorf("the standing does not show the reply beside the act: %s", a)
	}
	quiet("afterwards", []string{"mission@", "pelican lighthouse", "stranger@example.net"})

	// One that is declined is told its class of reason alone.
	ticket = found(t, anyone.get("/correct?standing=gcm%2FBRA", 200), `name="ticket" value="([^"]+)"`)
	o.now(time.Minute)
	anyone.post("/correct?standing=gcm%2FBRA", 200, "ticket", ticket, "words", "An opinion", "email", "stranger@example.net")
	list, err = o.Desk.office.Queue(ctx, secretariat.EntryWaiting)
	if err != nil {
		t.Fatal(err)
	}
	d := entry(secretariat.Correction)
	ana.post(d+"/decline", 422, "ground", "I do not like it")
	if page := ana.post(d+"/forget", 200); strings.Contains(page, "stranger@") || !strings.Contains(page, "An opinion") {
		t.Error("the sender is not forgotten")
	}
	has(t, ana.post(d+"/decline", 200, "ground", "an opinion, not a fact"), "Declined")
	if o.log.Len() > 0 {
		t.Errorf("logged: %s", o.log)
	}
}

// mails are the letters that wait, with their addresses.
func mails(ctx context.Context, o *recordOffice) (list []string, err error) {
	box := mailer.Box{Store: o.st}
	all, err := box.List(ctx, mailer.Filter{})
	for _, e := range all {
		l, err := box.Show(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, l.To.String()+"\n"+l.Text)
	}
	return list, err
}

func mustParse(t *testing.T, text string) []stocktake.Filing {
	t.Helper()
	list, err := draft.Parse("x", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
