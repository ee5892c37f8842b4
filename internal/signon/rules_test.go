package signon

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

func TestNamesThatAreOne(t *testing.T) {
	for _, same := range [][]string{
		{"Pier Watch", "PIER  WATCH", "Pier-Watch, Inc.", "Pier Watch e.V.", "The Pier Watch", "Ｐｉｅｒ Watch", "“Pier Watch” A.C."},
		{"Ñandú del Puerto", "nandu del puerto, A. C.", "Ñandu del Puerto AC"},
		{"Les Amis du Lac", "Amis du Lac asbl", "AMIS DU LAC (ASBL)"},
		{"Straße & Meer gGmbH", "strasse and meer"},
		{"Médecins de l’Île", "Medecins de l'ile"},
	} {
		for _, s := range same[1:] {
			if FoldName(s) != FoldName(same[0]) {
				t.Errorf("%q folds to %q, and %q to %q", s, FoldName(s), same[0], FoldName(same[0]))
			}
		}
	}
	for _, two := range [][2]string{{"Pier Watch", "Pier Watchers"}, {"Inc.", "A.C."}, {"Amis du Lac", "Amis de la Mer"}, {"مركز", "مركب"}} {
		if FoldName(two[0]) == FoldName(two[1]) {
			t.Errorf("%q and %q fold to one", two[0], two[1])
		}
	}
}

func FuzzFoldName(f *testing.F) {
	for _, s := range []string{"Pier Watch, Inc.", "A. C.", "ﷺ", "e.V.", "&&", "İstanbul"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := fold(s); fold(once) != once {
			t.Errorf("fold(%q) = %q, and folded again %q", s, once, fold(once))
		}
	})
}

func TestDomains(t *testing.T) {
	for s, want := range map[string]bool{"gmail.com": true, "gmx.de": true, "riseup.net": true, "proton.me": true, "ana.fastmail.com": true, "mail.yahoo.com.mx": true, "pierwatch.example": false, "co.uk": true} {
		if FreeMail(s) != want {
			t.Errorf("FreeMail(%q) = %v", s, !want)
		}
	}
	for s, want := range map[string]string{"https://www.pierwatch.org.mx/es?x=1": "pierwatch.org.mx", "pierwatch.example": "pierwatch.example", "facebook.com/pierwatch": "", "Bücher.example": "xn--bcher-kva.example", "": "", "http://pier.github.io/": "pier.github.io"} {
		if d, err := SiteDomain(s); err != nil || d != want {
			t.Errorf("SiteDomain(%q) = %q, %v; want %q", s, d, err, want)
		}
	}
	for _, s := range []string{"co.uk", "http://192.0.2.1/", "not a site", "http://"} {
		if d, err := SiteDomain(s); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("SiteDomain(%q) = %q, %v", s, d, err)
		}
	}
}

// The table of moves: every state is reached, and nothing leads from a yes to a list without authority.
func TestMoves(t *testing.T) {
	states := []State{Invited, Submitted, MailboxConfirmed, AuthorityConfirmed, Listed, Declined, WithdrewBefore, WithdrewAfter, Struck, Lapsed}
	for _, s := range states {
		if !slices.ContainsFunc(Moves, func(m Move) bool { return m.To == s }) {
			t.Errorf("nothing leads to %s", s)
		}
	}
	for i, m := range Moves {
		if len(m.By) == 0 || m.Is == "" {
			t.Errorf("nobody may do %+v, or it has no words", m)
		}
		if m.To == Listed && !slices.Contains([]State{AuthorityConfirmed, Struck, Lapsed}, m.From) {
			t.Errorf("%s leads to the list", m.From)
		}
		if (m.To == AuthorityConfirmed && m.From != Lapsed || m.To == Listed && m.From != Lapsed) && slices.Contains(m.By, Signer) {
			t.Errorf("a signer alone may do %+v", m)
		}
		for _, n := range Moves[i+1:] {
			if m.From == n.From && m.To == n.To && (m.When == n.When || m.When == Ever || n.When == Ever) {
				t.Errorf("%s to %s stands twice", m.From, m.To)
			}
		}
	}
	for _, from := range append(states, None) {
		for _, to := range states {
			for _, by := range []Actor{Signer, Officer, Admin, Convenor, Rules} {
				for _, public := range []bool{false, true} {
					e := Endorsement{State: from}
					if public {
						e.Filed = &Filed{}
					}
					ground := ""
					if to == Struck {
						ground = "mistake"
					}
					err := e.To(to, By{Actor: by}, "2026-12-01", ground)
					if err == nil && (e.State != to || len(e.History) != 1) {
						t.Errorf("%s to %s left %+v", from, to, e)
					}
					if err != nil {
						if f := wantFault(t, err, stocktake.Conflict); e.State != from || len(e.History) != 0 || f.Hint == "" {
							t.Errorf("refused, %s to %s left %+v", from, to, e)
						}
					}
				}
			}
		}
	}
	e := Endorsement{State: Listed}
	wantFault(t, e.To(Struck, By{Actor: Convenor}, "2026-12-01", "they wrote something rude"), stocktake.Invalid)
}

func TestAuthorityHasTwoTimesAndAScope(t *testing.T) {
	u := Authority{Org: "o", Mailbox: "ana@pier.example", Class: stocktake.AuthorityAdministrator, From: "2026-01-01", To: "2026-12-31", Recorded: "2026-02-01", Revoked: "2026-06-01", RevokedRecorded: "2026-07-01", Topics: []string{"Migration"}}
	for _, c := range []struct {
		on, known Day
		want      bool
	}{{"2026-01-15", "2026-01-15", false}, {"2026-01-15", "2026-02-01", true}, {"2026-06-15", "2026-06-20", true}, {"2026-06-15", "2026-07-01", false}, {"2026-05-31", "2026-07-01", true}, {"2025-12-31", "2026-07-01", false}, {"2027-01-01", "2027-01-01", false}} {
		if got := u.Holds(c.on, c.known); got != c.want {
			t.Errorf("on %s, as known on %s: %v", c.on, c.known, got)
		}
	}
	for _, c := range []struct {
		topics, addressees []string
		want               bool
	}{{[]string{"migration"}, nil, true}, {[]string{"migration", "climate"}, nil, false}, {nil, nil, false}} {
		a := Asking{ID: "a", Topics: c.topics, Addressees: c.addressees}
		if got := u.Covers(&a); got != c.want {
			t.Errorf("covers %v: %v", c.topics, got)
		}
	}
	ana, err := address.Parse("ana@pier.example")
	must(t, err)
	ask := Asking{ID: "a", Topics: []string{"migration"}}
	if r := Rule(&ask, &Organisation{}, []Authority{u}, Showing{Mailbox: ana, Proved: true}, nil, "2026-03-01"); !r.OK || r.Class != stocktake.AuthorityAdministrator {
		t.Errorf("an authority that stood before gives %+v", r)
	}
	if r := Rule(&ask, &Organisation{}, []Authority{u}, Showing{Mailbox: ana, Proved: true}, nil, "2026-08-01"); r.OK {
		t.Errorf("a revoked one gives %+v", r)
	}
}

func TestLinksActOnceAndPeekingDoesNothing(t *testing.T) {
	b := fresh(t)
	a := b.open()
	asked, err := b.Invite(t.Context(), ana, a.ID, []Invitee{{Organisation: Organisation{Names: []Name{{Text: "Pier Watch"}}, Country: "MEX", Domain: "pierwatch.example"}}})
	must(t, err)
	x := asked[0]
	_, err = b.Answer(t.Context(), x.Token, yes("", "ana@pierwatch.example"))
	must(t, err)
	m := b.letter("ana@pierwatch.example", MailConfirm)
	before := b.state(x.Endorsement.ID)
	for range 3 { // a program that looks at links
		for _, token := range []string{m.Token, x.Token} {
			c, err := b.Peek(t.Context(), token)
			if err != nil || reflect.ValueOf(c).NumField() != 2 {
				t.Errorf("peeking gives %+v, %v", c, err)
			}
		}
	}
	if after := b.state(x.Endorsement.ID); !reflect.DeepEqual(before, after) {
		t.Errorf("peeking changed %+v to %+v", before, after)
	}
	_, err = b.Peek(t.Context(), "nonsense")
	wantFault(t, err, stocktake.NotFound)
	_, err = b.Use(t.Context(), m.Token, Withdraw)
	wantFault(t, err, stocktake.Invalid)
	first := b.use(m.Token, Confirm)
	rev := b.state(x.Endorsement.ID).Rev
	if again := b.use(m.Token, Confirm); again != first || first.Code != IsListed || b.state(x.Endorsement.ID).Rev != rev {
		t.Errorf("used once: %+v, and twice: %+v", first, again)
	}
	// Nothing that is kept opens anything.
	must(t, b.read(t.Context(), func(r store.PrivateReader) error {
		for _, kind := range []string{"signon-token", "signon-invitation", "signon-endorsement"} {
			items, err := r.Items(kind, "", 0)
			for _, i := range items {
				if bytes.Contains(i.Body, []byte(m.Token)) || bytes.Contains(i.Body, []byte(x.Token)) {
					t.Errorf("a token lies in clear in an item of the kind %s", kind)
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	y := b.invited(a, "Gull Friends", "MEX", "")
	_, err = b.Answer(t.Context(), y.Token, yes("", "bo@gulls.example"))
	must(t, err)
	late := b.letter("bo@gulls.example", MailConfirm)
	b.pass((KeepToken + 1) * 24 * time.Hour)
	_, err = b.Use(t.Context(), late.Token, Confirm)
	wantFault(t, err, stocktake.NotFound)
}

// No letter tells which text, and each kind has words in each language.
func TestLettersTellNothingOfTheText(t *testing.T) {
	closes, err := ParseInstant("2026-12-03T18:00 America/Mexico_City")
	must(t, err)
	for lang, w := range words {
		for _, k := range append(MessageKinds(), "foot") {
			if w[k][1] == "" {
				t.Errorf("%s has no words for %s", lang, k)
			}
		}
		for _, k := range MessageKinds() {
			m := Message{Kind: k, Lang: lang + "-MX", Asks: "Harbour Coalition", Organisation: "Pier Watch", Closes: closes, Token: "t", Link: "https://record.example.org/sign/t"}
			m.Write()
			if m.Subject == "" || strings.Contains(m.Subject+m.Text, "%") || !strings.Contains(m.Text, m.Link) || strings.Contains(m.Subject, "\n") {
				t.Errorf("%s in %s: %q, %q", k, lang, m.Subject, m.Text)
			}
		}
	}
}

func TestReminders(t *testing.T) {
	b := fresh(t)
	a := b.open()
	silent := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	no := b.invited(a, "Gull Friends", "MEX", "office@gulls.example")
	quiet := b.invited(a, "Net Menders", "MEX", "office@nets.example")
	b.invited(a, "Buoy Keepers", "MEX", "")
	_, err := b.Decline(t.Context(), no.Token)
	must(t, err)
	must(t, b.Quiet(t.Context(), quiet.Token))
	b.to("office@pierwatch.example")
	for _, c := range []struct {
		at   string
		want int
	}{{"2026-11-30T20:00", 0}, {"2026-12-01T00:30", 1}, {"2026-12-01T10:00", 0}, {"2026-12-02T23:00", 0}, {"2026-12-03T00:30", 1}, {"2026-12-03T20:00", 0}, {"2026-12-04T00:00", 0}, {"2026-12-05T00:00", 0}} {
		b.at(c.at)
		var wg sync.WaitGroup
		var mu sync.Mutex
		n := 0
		for range 3 { // processes at once
			wg.Go(func() {
				k, err := b.Remind(t.Context(), a.ID)
				mu.Lock()
				defer mu.Unlock()
				if n += k; err != nil {
					t.Error(err)
				}
			})
		}
		if wg.Wait(); n != c.want {
			t.Errorf("at %s, %d reminders go out, want %d", c.at, n, c.want)
		}
	}
	box := b.to("office@pierwatch.example")
	if len(box) != 2 || box[0].Kind != MailReminder || len(b.to("office@gulls.example")) != 1 {
		t.Errorf("letters: %v", kindsOf(box))
	}
	for _, token := range []string{silent.Token, box[0].Token, box[1].Token} {
		if c, err := b.Peek(t.Context(), token); err != nil || c.Purpose != ForInvitation {
			t.Errorf("an earlier link does not work any more: %v", err)
		}
	}
	board, err := b.Board(t.Context(), ana, a.ID)
	must(t, err)
	if board.Phase != Closed || board.Closes != "2026-12-03 18:00 America/Mexico_City (UTC-06:00)" || board.Count[HasAnswered] != 1 || board.Count[NotAnswered] != 3 {
		t.Errorf("the board: %s, %s, %v", board.Phase, board.Closes, board.Count)
	}
}

func TestSweep(t *testing.T) {
	b := fresh(t)
	a := b.open()
	_, err := b.send(a, yes("Invented League", "nobody@gmail.com"), "192.0.2.1")
	must(t, err)
	x := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	_, err = b.Answer(t.Context(), x.Token, yes("", ""))
	must(t, err)
	_, err = b.send(a, yes("Pier Watch", "colleague@pierwatch.example"), "192.0.2.1")
	must(t, err)
	person := yes("", "poet@gmail.com")
	person.Tier = stocktake.TierPersonal
	_, err = b.send(a, person, "192.0.2.1")
	must(t, err)
	b.at("2026-12-24T10:00")
	if s, err := b.Sweep(t.Context()); err != nil || s.Vanished != 0 {
		t.Fatalf("after 30 days: %+v, %v", s, err)
	}
	b.at("2026-12-25T10:00")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := b.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, orgs, err := b.Endorsements(t.Context(), a.ID)
	must(t, err)
	if len(list) != 1 || len(orgs) != 1 || list[0].ID != x.Endorsement.ID || len(list[0].Seconds) != 0 {
		t.Fatalf("after 31 days there are %+v", list)
	}
	must(t, b.read(t.Context(), func(r store.PrivateReader) error {
		if all, err := r.Items("signon-organisation", "", 0); err != nil || len(all) != 1 {
			t.Errorf("%d organisations are left, %v", len(all), err)
		}
		return nil
	}))
	b.at("2027-07-30T23:59") // joining later ended on 31 January
	if s, err := b.Sweep(t.Context()); err != nil || s.Anonymised != 0 {
		t.Fatalf("before six months: %+v, %v", s, err)
	}
	b.at("2027-07-31T10:00")
	s, err := b.Sweep(t.Context())
	must(t, err)
	if again, err := b.Sweep(t.Context()); err != nil || s.Anonymised != 2 || again != (Swept{}) {
		t.Errorf("after six months: %+v, and again %+v, %v", s, again, err)
	}
	must(t, b.read(t.Context(), func(r store.PrivateReader) error {
		for _, kind := range []string{"signon-endorsement", "signon-invitation", "signon-authority", "signon-token", "signon-mails"} {
			items, err := r.Items(kind, "", 0)
			for _, i := range items {
				for _, s := range []string{"pierwatch.example", "Prado", "+52"} {
					if bytes.Contains(i.Body, []byte(s)) {
						t.Errorf("an item of the kind %s still holds %q", kind, s)
					}
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestGate(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	key := bytes.Repeat([]byte{7}, 32)
	g := NewGate(GateOptions{Bits: 8, Burst: 2, Every: time.Minute}, func() time.Time { return now })
	x := g.ticket(key, "a")
	nonce := Work(x)
	wantFault(t, g.pass(key, "a", x.Token, nonce, "192.0.2.1:99"), stocktake.Invalid) // too fast
	now = now.Add(10 * time.Second)
	wantFault(t, g.pass(key, "b", x.Token, nonce, "192.0.2.1:99"), stocktake.Invalid) // another asking's
	wantFault(t, g.pass(bytes.Repeat([]byte{8}, 32), "a", x.Token, nonce, "192.0.2.1:99"), stocktake.Invalid)
	wantFault(t, g.pass(key, "a", x.Token, "", "192.0.2.1:99"), stocktake.Invalid)
	must(t, g.pass(key, "a", x.Token, nonce, "192.0.2.1:99"))
	wantFault(t, g.pass(key, "a", x.Token, nonce, "192.0.2.1:99"), stocktake.Conflict) // spent
	pass := func(from string) error {
		x := g.ticket(key, "a")
		now = now.Add(5 * time.Second)
		return g.pass(key, "a", x.Token, Work(x), from)
	}
	must(t, pass("192.0.2.1:100"))
	wantFault(t, pass("[::ffff:192.0.2.1]:100"), stocktake.Busy)
	must(t, pass("[2001:db8::1]:100"))
	must(t, pass("2001:db8::2"))
	wantFault(t, pass("[2001:db8::3%eth0]:100"), stocktake.Busy)
	old := g.ticket(key, "a")
	now = now.Add(13 * time.Hour)
	wantFault(t, g.pass(key, "a", old.Token, Work(old), "192.0.2.7"), stocktake.Invalid)
	for i := range g.buckets {
		if bytes.Contains(i[:], []byte("192")) {
			t.Error("an address lies in a bucket")
		}
	}
}

func TestSheets(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]any{{"Answers to the form"}, {"Timestamp", "Nombre de la organización", "País", "Correo electrónico", "Nombre", "Cargo", "Sitio web"},
		{"x", "Pier Watch A.C.", "MEX", "office@pierwatch.example", "Ana Ruiz", "Presidenta", "pierwatch.example"},
		{"x", "PIER WATCH", "MEX", "", "Bo", "", ""},
		{"x", "Gull Friends", "Mexiko", "not a mailbox", "", "", ""},
		{"x", "", "MEX", "a@b.example", "", "", ""},
		{"x", "Formula House", "MEX", "", "", "", ""},
		{"x", "Vigía", "MEX", "x@pierwatch.example", "", "", ""}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		must(t, f.SetSheetRow("Sheet1", cell, &row))
	}
	must(t, f.SetCellFormula("Sheet1", "E7", `HYPERLINK("https://example.net","Ana")`))
	var xlsx bytes.Buffer
	must(t, f.Write(&xlsx))
	csv := "Nombre de la organización;País;Correo electrónico\r\nPier Watch;MEX;office@pierwatch.example\r\n"
	for name, raw := range map[string][]byte{"UTF-8": []byte("\ufeff" + csv), "Windows-1252": []byte(strings.NewReplacer("ó", "\xf3", "í", "\xed").Replace(csv))} {
		s, err := ReadSheet(raw)
		if err != nil || !strings.Contains(s.Form, name) || len(s.Rows) != 1 || GuessColumns(s.Head)[ColMailbox] != 2 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	s, err := ReadSheet(xlsx.Bytes())
	must(t, err)
	cols := GuessColumns(s.Head)
	if !reflect.DeepEqual(cols, map[Column]int{ColName: 1, ColCountry: 2, ColMailbox: 3, ColSigner: 4, ColOffice: 5, ColWebsite: 6}) {
		t.Fatalf("the columns are guessed as %v in %q", cols, s.Head)
	}
	b := fresh(t)
	a := b.open()
	x := Import{Sheet: s, Columns: cols}
	p, err := b.DryRun(t.Context(), ana, a.ID, x)
	must(t, err)
	var got []Outcome
	for _, r := range p.Rows {
		got = append(got, r.Outcome)
	}
	if want := []Outcome{WillList, IsTwice, WillList, IsUnread, WillList, IsDoubtful}; !slices.Equal(got, want) {
		t.Fatalf("the dry run says %q, want %q", got, want)
	}
	if !slices.Contains(p.Rows[4].Notes, "signer: a formula, not read") || !slices.Contains(p.Rows[2].Notes, "mailbox not recognised") {
		t.Errorf("notes: %q, %q", p.Rows[4].Notes, p.Rows[2].Notes)
	}
	wantNames(t, b.listed(a))
	_, err = b.Import(t.Context(), ana, a.ID, x, "another digest")
	wantFault(t, err, stocktake.Conflict)
	_, err = b.Import(t.Context(), ana, a.ID, x, p.Digest)
	must(t, err)
	wantNames(t, b.listed(a), "Formula House", "Gull Friends", "Pier Watch A.C.")
	if p, err = b.DryRun(t.Context(), ana, a.ID, x); err != nil || p.Count[WillList] != 0 || p.Count[IsHere] != 3 {
		t.Errorf("once more, it would: %v, %v", p.Count, err)
	}
	// An organisation that is invited afterwards makes its own yes of it.
	y := b.invited(a, "Pier Watch", "MEX", "office@pierwatch.example")
	if e := b.state(y.Endorsement.ID); e.Class != stocktake.AuthorityImported {
		t.Fatalf("imported as %q", e.Class)
	}
	_, err = b.Answer(t.Context(), y.Token, yes("", ""))
	must(t, err)
	if e := b.state(y.Endorsement.ID); e.Class != stocktake.AuthorityMailbox || e.State != Listed {
		t.Errorf("after its own yes it stands as %q, %s", e.Class, e.State)
	}
	for _, bad := range [][]byte{nil, []byte("\x00\x01\x02\xff"), []byte("PK\x03\x04 and no more"), {0xd0, 0xcf, 0x11, 0xe0}, bytes.Repeat([]byte{'a'}, MaxSheetBytes+1)} {
		if _, err := ReadSheet(bad); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("ReadSheet of %.20q gives %v", bad, err)
		}
	}
}

func FuzzReadSheet(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("sep=;\na;b\n\"x\n;"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ReadSheet(b); err == nil {
			GuessColumns(s.Head)
		}
	})
}

func TestExportsAreSafeInSpreadsheets(t *testing.T) {
	for s, want := range map[string]string{"=1+1": "'=1+1", "+52 55": "'+52 55", "-x": "'-x", "@sum": "'@sum", " =x": "' =x", "＝x": "'＝x", "\t=x": "' =x", "a\r\nb": "a b", "Pier": "Pier", "": ""} {
		if got := SafeCell(s); got != want {
			t.Errorf("SafeCell(%q) = %q, want %q", s, got, want)
		}
	}
	var csv, xlsx bytes.Buffer
	table := Table{{"name"}, {`=HYPERLINK("https://example.net")`}}
	must(t, table.WriteCSV(&csv))
	must(t, table.WriteXLSX(&xlsx))
	if want := "\ufeffname\r\n\"'=HYPERLINK(\"\"https://example.net\"\")\"\r\n"; csv.String() != want {
		t.Errorf("CSV is %q, want %q", csv.String(), want)
	}
	f, err := excelize.OpenReader(&xlsx)
	must(t, err)
	if formula, err := f.GetCellFormula("Sheet1", "A2"); err != nil || formula != "" {
		t.Errorf("the workbook has the formula %q, %v", formula, err)
	}
}

// The vector of docs/formats.md.
func TestListOfNames(t *testing.T) {
	l, err := ListOf("st-harbour", 2, textOne, bytes.Repeat([]byte{0xab}, 32), []stocktake.Endorsed{
		{ID: "e1", State: stocktake.EndorsementListed, Tier: stocktake.TierSignatory, Country: "MEX", Names: []stocktake.LangName{{Lang: "es", Name: stocktake.Plain("Vigía del Muelle")}}},
		{ID: "e2", State: stocktake.EndorsementWithheld, Tier: stocktake.TierSignatory, Country: "ARG", Names: []stocktake.LangName{{Lang: "es", Name: stocktake.Plain("secret")}}},
		{ID: "e3", State: stocktake.EndorsementWithdrew, Tier: stocktake.TierSignatory}})
	must(t, err)
	raw, err := l.Canonical()
	must(t, err)
	want := `{"format":"stocktake-list/1","names":[{"country":"MEX","id":"e1","names":[{"lang":"es","text":"Vigía del Muelle"}],"state":"listed","tier":"signatory"},{"id":"e2","state":"withheld","tier":"signatory"}],"salt":"abababababababababababababababababababababababababababababababab","statement":"st-harbour","text_sha256":"1111111111111111111111111111111111111111111111111111111111111111","version":2}`
	if string(raw) != want {
		t.Errorf("the list is\n%s, want\n%s", raw, want)
	}
	h, err := l.Hash()
	must(t, err)
	t.Log(h)
	if back, again, err := ReadList(raw); err != nil || again != h || !reflect.DeepEqual(back, l) {
		t.Errorf("it reads back as %+v, %s, %v", back, again, err)
	}
	if _, _, err := ReadList([]byte(" " + want)); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("with a space it reads as well: %v", err)
	}
	if _, err := ListOf("st", 1, textOne, nil, nil); stocktake.KindOf(err) != stocktake.Invalid {
		t.Errorf("without salt: %v", err)
	}
}

// In Spanish, ñ comes behind n; a name that is kept back comes last, and nothing tells whose it is.
func TestPublishSortsByTheAlphabetOfTheLanguage(t *testing.T) {
	a := anAsking()
	a.ID, a.Lang = "a", "es"
	orgs := map[string]Organisation{}
	var list []Endorsement
	for _, n := range []string{"Ñandú", "Nube", "Olas", "ábside", "Zarpa", "Secreta"} {
		orgs[n] = Organisation{ID: n, Domain: n + ".example", Status: "special"}
		list = append(list, Endorsement{ID: "a/" + n, Org: n, State: Listed, Country: "MEX", Withheld: n == "Secreta", Said: Said{Version: 1, TextSHA256: textOne, Tier: stocktake.TierSignatory, Names: []Name{{Text: n}}, ShowOffice: true}, Signer: Person{Office: "Directora"}})
	}
	list[4].Tier = stocktake.TierAuthor
	for _, s := range []State{Invited, Submitted, MailboxConfirmed, AuthorityConfirmed, Declined, WithdrewBefore, Struck, Lapsed} {
		list = append(list, Endorsement{ID: "a/" + string(s), Org: string(s), State: s, Said: Said{Version: 1, Names: []Name{{Text: "not this"}}}})
	}
	var got []string
	for _, e := range Publish(&a, list, orgs) {
		got = append(got, shownName(&e, "es"))
		if e.State == stocktake.EndorsementWithheld && !(e.Org.IsZero() && e.Country == "" && e.Office.IsZero() && e.Status == "" && e.ChapterOf == "") {
			t.Errorf("what is kept back tells whose it is: %+v", e)
		}
	}
	wantNames(t, got, "Zarpa", "ábside", "Nube", "Ñandú", "Olas", "")
}
