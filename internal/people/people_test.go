package people

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/store"
	"stocktake/internal/store/sqlite"
)

// desk is a database with a clock and a letterbox.
type desk struct {
	*People
	st  store.Store
	at  time.Time
	off bool // no mail
	box []Letter
}

func (d *desk) Ready(context.Context) bool { return !d.off }

func (d *desk) Queue(_ store.PrivateTx, l Letter) error {
	d.box = append(d.box, l)
	return nil
}

func open(t testing.TB) *desk {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "r.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { st.Close() })
	d := &desk{st: st, at: time.Date(2026, 11, 23, 23, 50, 0, 0, time.UTC)}
	d.People = New(st, Options{Now: func() time.Time { return d.at }, Post: d, Address: "https://stocktake.example.org"})
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, err error, kind stocktake.FaultKind) {
	t.Helper()
	if err == nil || stocktake.KindOf(err) != kind {
		t.Fatalf("%v; want a fault of the kind %s", err, kind)
	}
}

func (d *desk) add(t testing.TB, email string, admin bool) Person {
	t.Helper()
	x, _, err := d.Add(t.Context(), email, "", admin)
	must(t, err)
	return x
}

// in signs somebody in and returns the token of the session.
func (d *desk) in(t testing.TB, id PersonID) string {
	t.Helper()
	l, err := d.Link(t.Context(), id)
	must(t, err)
	s, err := d.SignIn(t.Context(), l, "")
	must(t, err)
	return s.Token
}

var inLetter = regexp.MustCompile(`https://stocktake\.example\.org/in/([\w-]{43})\n`)

// last is the token in the newest letter.
func (d *desk) last(t testing.TB) string {
	t.Helper()
	if len(d.box) == 0 {
		t.Fatal("no letter")
	}
	m := inLetter.FindStringSubmatch(d.box[len(d.box)-1].Text)
	if m == nil {
		t.Fatal("no link in the letter")
	}
	return m[1]
}

func (d *desk) signedIn(t testing.TB, token string) bool {
	t.Helper()
	_, _, ok, err := d.ByToken(t.Context(), token)
	must(t, err)
	return ok
}

func TestFirstPersonIsAdministrator(t *testing.T) {
	d, ctx := open(t), t.Context()
	if has, err := d.HasAdmin(ctx); err != nil || has {
		t.Fatal(has, err)
	}
	ana := d.add(t, "Ana Ruiz <Ana.Ruiz@Example.org>", false)
	if !ana.Admin || ana.Name != "Ana Ruiz" || ana.Email != "Ana.Ruiz@example.org" || ana.Vouched == "" {
		t.Errorf("%+v", ana)
	}
	bo := d.add(t, "bo@example.net", false)
	if bo.Admin {
		t.Error("the second person is an administrator")
	}
	_, _, err := d.Add(ctx, "ANA.RUIZ@example.org", "", false)
	refused(t, err, stocktake.Conflict)
	refused(t, d.Remove(ctx, ana.ID), stocktake.Conflict)
	if x, made, err := d.Add(ctx, "bo@example.net", "", true); err != nil || made || !x.Admin || x.ID != bo.ID {
		t.Error(x, made, err)
	}
	must(t, d.Remove(ctx, ana.ID))
	refused(t, d.Remove(ctx, bo.ID), stocktake.Conflict)
	list, err := d.All(ctx)
	if must(t, err); len(list) != 1 || list[0].ID != bo.ID {
		t.Error(list)
	}
	_, _, err = d.Add(ctx, "nobody", "", false)
	refused(t, err, stocktake.Invalid)
}

func TestLinkSignsInOnce(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana := d.add(t, "ana@example.org", true)
	link, err := d.Link(ctx, ana.ID)
	must(t, err)
	for range 3 { // programs fetch links before people do
		if o, err := d.Open(ctx, link); err != nil || !o.SignIn {
			t.Fatal(o, err)
		}
	}
	in, err := d.SignIn(ctx, link, "")
	if must(t, err); in.Person.ID != ana.ID || len(in.Token) != 43 || !d.signedIn(t, in.Token) {
		t.Fatalf("%+v", in)
	}
	_, err = d.SignIn(ctx, link, "")
	refused(t, err, stocktake.Gone)
	_, err = d.Open(ctx, link)
	refused(t, err, stocktake.Gone)

	late, err := d.Link(ctx, ana.ID)
	must(t, err)
	d.at = d.at.Add(15 * time.Minute)
	_, err = d.SignIn(ctx, late, "")
	refused(t, err, stocktake.Gone)
	for _, bad := range []string{"", "x", link[1:], link + "x", in.Token, strings.Repeat("x", 600), "\xff\x00"} {
		_, err = d.SignIn(ctx, bad, "")
		refused(t, err, stocktake.Gone)
		_, err = d.Open(ctx, bad)
		refused(t, err, stocktake.Gone)
		if d.signedIn(t, bad) && bad != in.Token {
			t.Errorf("%q is a session", bad)
		}
	}
}

func TestSignInEndsTheSessionBefore(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.org", false)
	first := d.in(t, ana.ID)
	link, err := d.Link(ctx, bo.ID)
	must(t, err)
	in, err := d.SignIn(ctx, link, first)
	must(t, err)
	if d.signedIn(t, first) || !d.signedIn(t, in.Token) || in.Token == first {
		t.Error("the session before still holds")
	}
}

func TestSessionsEnd(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.org", false)
	one, two, three, other := d.in(t, ana.ID), d.in(t, ana.ID), d.in(t, ana.ID), d.in(t, bo.ID)
	list, err := d.Sessions(ctx, ana.ID)
	if must(t, err); len(list) != 3 {
		t.Fatal(list)
	}
	refused(t, d.EndSession(ctx, bo.ID, hashed(one)), stocktake.NotFound)
	must(t, d.EndSession(ctx, ana.ID, hashed(one)))
	if d.signedIn(t, one) || !d.signedIn(t, two) {
		t.Error("another session ended than was meant")
	}
	open, err := d.Link(ctx, ana.ID)
	must(t, err)
	if n, err := d.EndSessions(ctx, ana.ID, two); err != nil || n != 1 {
		t.Error(n, err)
	}
	if !d.signedIn(t, two) || d.signedIn(t, three) || !d.signedIn(t, other) {
		t.Error("all but this one were to end")
	}
	_, err = d.SignIn(ctx, open, "")
	refused(t, err, stocktake.Gone)
	must(t, d.SignOut(ctx, two))
	must(t, d.SignOut(ctx, "never there"))
	if d.signedIn(t, two) {
		t.Error("signed out, and in")
	}
	must(t, d.EndEverySession(ctx))
	if d.signedIn(t, other) {
		t.Error("every session was to end")
	}
}

func TestSessionsRunOut(t *testing.T) {
	for _, c := range []struct {
		what  string
		every int // days between visits
		want  int // visits until nobody is signed in
	}{{"unused", 15, 0}, {"used each fortnight", 14, 6}, {"used each day", 1, 90}} {
		t.Run(c.what, func(t *testing.T) {
			d := open(t)
			token, n := d.in(t, d.add(t, "ana@example.org", true).ID), 0
			for ; n < 100; n++ {
				d.at = d.at.AddDate(0, 0, c.every)
				if !d.signedIn(t, token) {
					break
				}
			}
			if n != c.want {
				t.Errorf("%d visits, want %d", n, c.want)
			}
		})
	}
}

// TestNothingThatOpensIsStored looks for tokens in every byte of what is stored.
func TestNothingThatOpensIsStored(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana := d.add(t, "ana@example.org", true)
	link, err := d.Link(ctx, ana.ID)
	must(t, err)
	token := d.in(t, ana.ID)
	must(t, d.Ask(ctx, "ana@example.org", ""))
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"en": "Ninety-eight"}})
	must(t, err)
	invite, err := d.Invite(ctx, ana, c.ID, "bo@example.org", "", []Role{Editor}, false)
	must(t, err)
	_, question, err := d.BeginSignIn(ctx, Site{Domain: "localhost", Origin: "http://localhost:1"})
	must(t, err)
	if slices.Contains([]string{link, token, invite, question, d.last(t)}, "") {
		t.Fatal("no token")
	}
	must(t, d.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		for _, kind := range []string{kindPerson, kindSession, kindLink, kindCeremony, kindCoalition, kindMembership, kindInvitation} {
			items, err := r.Items(kind, "", 0)
			if err != nil || len(items) == 0 {
				t.Errorf("%s: %d items, %v", kind, len(items), err)
			}
			for _, it := range items {
				for _, secret := range []string{link, token, invite, question, d.last(t)} {
					if strings.Contains(it.ID+string(it.Body), secret) {
						t.Errorf("a token stands in an item of the kind %s", kind)
					}
				}
				if exact := kind == kindLink || kind == kindCeremony; !exact && !it.Changed.Equal(it.Changed.Truncate(24*time.Hour)) {
					t.Errorf("an item of the kind %s tells the hour", kind)
				}
			}
		}
		return nil
	}))
}

// TestAskTellsNothing: who asks for a link cannot tell whether the address has an account.
func TestAskTellsNothing(t *testing.T) {
	d, ctx := open(t), t.Context()
	d.add(t, "Ana.Ruiz+desk@gmail.com", true)
	count := func() (n int) {
		must(t, d.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
			items, err := r.Items(kindLink, "", 0)
			n = len(items)
			return err
		}))
		return n
	}
	must(t, d.Ask(ctx, "bo@example.net", "/desk"))
	if len(d.box) != 0 || count() != 1 {
		t.Error(d.box, count())
	}
	must(t, d.Ask(ctx, "anaruiz@googlemail.com", "/desk/account"))
	if len(d.box) != 1 || count() != 2 {
		t.Fatal(len(d.box), count())
	}
	if l := d.box[0]; l.To != "Ana.Ruiz+desk@gmail.com" {
		t.Error("the letter went to an address that somebody typed")
	}
	in, err := d.SignIn(ctx, d.last(t), "")
	if must(t, err); in.Next != "/desk/account" {
		t.Error(in.Next)
	}
	d.off = true
	refused(t, d.Ask(ctx, "ana@example.org", ""), stocktake.Conflict)
	refused(t, d.Ask(ctx, "bo@example.net", ""), stocktake.Conflict)
	refused(t, d.Ask(ctx, "bo", ""), stocktake.Invalid)
}

func TestSafeNext(t *testing.T) {
	for in, want := range map[string]string{
		"/desk": "/desk", "/desk/c/x?a=b": "/desk/c/x?a=b", "": "", "desk": "", "//evil.example": "", "/\\evil.example": "", "https://evil.example": "",
		"/a\nb": "", "/" + strings.Repeat("x", 300): "",
	} {
		if got := SafeNext(in); got != want {
			t.Errorf("SafeNext(%q) = %q", in, got)
		}
	}
}

// TestCopiedInvitationShowsNoMailbox: an account that was made by a link that was not mailed loses what was put on it when the owner of the
// mailbox comes.
func TestCopiedInvitationShowsNoMailbox(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana := d.add(t, "ana@example.org", true)
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"en": "Ninety-eight"}})
	must(t, err)
	token, err := d.Invite(ctx, ana, c.ID, "bo@example.net", "Bo", []Role{Editor}, false)
	must(t, err)
	mallory, _, err := d.Accept(ctx, token, nil, "", "")
	if must(t, err); mallory.Person.Vouched != "" || mallory.Person.Name != "Bo" {
		t.Fatalf("%+v", mallory.Person)
	}
	must(t, d.change(ctx, mallory.Person.ID, func(_ store.PrivateTx, x *Person) error {
		x.Passkeys = []Passkey{{Name: "hers"}}
		return nil
	}))
	must(t, d.Ask(ctx, "bo@example.net", ""))
	bo, err := d.SignIn(ctx, d.last(t), "")
	must(t, err)
	x, err := d.Person(ctx, bo.Person.ID)
	if must(t, err); !bo.Fresh || len(x.Passkeys) != 0 || x.Vouched == "" || d.signedIn(t, mallory.Token) || !d.signedIn(t, bo.Token) {
		t.Errorf("fresh %v, %+v", bo.Fresh, x)
	}
	must(t, d.Ask(ctx, "bo@example.net", ""))
	again, err := d.SignIn(ctx, d.last(t), "")
	if must(t, err); again.Fresh || !d.signedIn(t, bo.Token) {
		t.Error("a second link took something away")
	}
}

func TestSweep(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana := d.add(t, "ana@example.org", true)
	stays := d.in(t, ana.ID) // its link is used
	must(t, d.SignOut(ctx, d.in(t, ana.ID)))
	_, err := d.Link(ctx, ana.ID)
	must(t, err)
	must(t, d.Ask(ctx, "nobody@example.net", ""))
	_, _, err = d.BeginSignIn(ctx, Site{Domain: "localhost", Origin: "http://localhost:1"})
	must(t, err)
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"en": "Ninety-eight"}})
	must(t, err)
	_, err = d.Invite(ctx, ana, c.ID, "bo@example.org", "", []Role{Editor}, false)
	must(t, err)
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 3}, {time.Hour, 3}, {0, 0}, {13 * 24 * time.Hour, 0}, {30 * 24 * time.Hour, 2}} { // two links and a session; two links and a question; session and invitation
		d.at = d.at.Add(step.after)
		if n, err := d.Sweep(ctx); err != nil || n != step.want {
			t.Errorf("after %s: %d, %v; want %d", step.after, n, err, step.want)
		}
		if step.after <= time.Hour && !d.signedIn(t, stays) {
			t.Error("a session that holds was swept")
		}
	}
}

func TestRemoveTakesEverything(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.net", false)
	c, err := d.Make(ctx, ana, Coalition{Names: map[string]string{"en": "Ninety-eight"}})
	must(t, err)
	token, err := d.Invite(ctx, ana, c.ID, "bo@example.net", "", []Role{Convenor}, false)
	must(t, err)
	_, _, err = d.Accept(ctx, token, &bo, "", "")
	must(t, err)
	in := d.in(t, bo.ID)
	must(t, d.SetRoles(ctx, ana, c.ID, ana.ID, []Role{Reader}))
	refused(t, d.Remove(ctx, bo.ID), stocktake.Conflict) // now the last convenor
	must(t, d.SetRoles(ctx, bo, c.ID, ana.ID, []Role{Convenor}))
	must(t, d.Remove(ctx, bo.ID))
	if d.signedIn(t, in) {
		t.Error("a removed person is signed in")
	}
	if list, err := d.Of(ctx, c.ID); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
	must(t, d.st.ReadPrivate(ctx, func(r store.PrivateReader) error {
		for _, kind := range []string{kindPerson, kindSession, kindLink, kindMembership} {
			items, err := r.Items(kind, "", 0)
			if err != nil {
				return err
			}
			for _, it := range items {
				if strings.Contains(it.ID+string(it.Body), string(bo.ID)) {
					t.Errorf("an item of the kind %s still names the person", kind)
				}
			}
		}
		return nil
	}))
	refused(t, d.Remove(ctx, bo.ID), stocktake.NotFound)
}

func TestAbout(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana := d.add(t, "ana@example.org", true)
	must(t, d.SetAbout(ctx, ana.ID, "  Ana   Ruiz ", "ES-mx"))
	x, err := d.Person(ctx, ana.ID)
	if must(t, err); x.Name != "Ana Ruiz" || x.Lang != "es-MX" {
		t.Errorf("%+v", x)
	}
	refused(t, d.SetAbout(ctx, ana.ID, "Ana", "not a language"), stocktake.Invalid)
	refused(t, d.SetAbout(ctx, ana.ID, "A\u202ena", ""), stocktake.Invalid)
	refused(t, d.SetAbout(ctx, ana.ID, strings.Repeat("a", 121), ""), stocktake.Invalid)
	refused(t, d.SetAbout(ctx, local, "Me", ""), stocktake.Conflict)
	must(t, d.Ask(ctx, "ana@example.org", ""))
	if l := d.box[0]; l.Lang != "es" || !strings.HasPrefix(l.Subject, "Enlace para entrar en stocktake.example.org") {
		t.Errorf("%q in %s", l.Subject, l.Lang)
	}
}

func TestLettersSayTheSameInEachLanguage(t *testing.T) {
	for lang, w := range letters {
		for _, r := range AllRoles {
			if w.roles[r] == "" {
				t.Errorf("%s has no word for %s", lang, r)
			}
		}
		if !strings.Contains(w.in, "\n\n%L\n\n") || !strings.Contains(w.in, "%S") || !strings.Contains(w.in, "15") ||
			!strings.Contains(w.invite, "\n\n%L\n\n") || !strings.Contains(w.invite, "14") || !strings.Contains(w.invite, "%B") || !strings.Contains(w.invite, "%R") ||
			!strings.Contains(w.inSubject, "%S") || !strings.Contains(w.inviteSubject, "%C") {
			t.Errorf("a letter in %s leaves something out", lang)
		}
	}
}

func TestLimiter(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := NewLimiter(5*time.Minute, 3, func() time.Time { return at })
	for i, want := range []bool{true, true, true, false} {
		if got := l.Allow("ana@example.org"); got != want {
			t.Errorf("time %d: %v", i+1, got)
		}
	}
	if !l.Allow("bo@example.org") {
		t.Error("somebody else is held up")
	}
	at = at.Add(5 * time.Minute)
	if !l.Allow("ana@example.org") || l.Allow("ana@example.org") {
		t.Error("one more was to be allowed")
	}
	key := l.key
	at = at.Add(24 * time.Hour)
	if !l.Allow("ana@example.org") || l.key == key || len(l.seen) != 1 {
		t.Error("the next day knows the last one")
	}
	for i := range mostLimited + 100 {
		l.Allow(time.Duration(i).String())
	}
	if len(l.seen) > mostLimited {
		t.Errorf("%d are counted", len(l.seen))
	}
	if l.Allow("one more") {
		t.Error("a crowd is let through")
	}
}
