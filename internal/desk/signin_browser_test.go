package desk

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"stocktake/internal/browsertest"
	"stocktake/internal/ledger"
	"stocktake/internal/people"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
	"stocktake/internal/web"
)

// wholeSite serves a desk behind the pages of an empty record, as the program does, by the name localhost.
func wholeSite(t testing.TB) (*Desk, string) {
	t.Helper()
	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "r.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), st, files, ledger.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	log := slog.New(slog.NewTextHandler(failing{t}, nil))
	d, err := New(Options{Ledger: l, Private: st, Now: time.Now, Log: log, Asset: web.AssetAddress, Version: "test", Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(web.New(l, web.Options{Loopback: true, Log: log, Desk: d, IsDesk: Mine}))
	t.Cleanup(srv.Close)
	return d, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
}

// failing makes a test fail when something is logged.
type failing struct{ t testing.TB }

func (f failing) Write(p []byte) (int, error) {
	f.t.Errorf("the desk logged: %s", p)
	return len(p), nil
}

// tab is one browser tab.
type tab struct {
	t   testing.TB
	ctx context.Context
}

func (b tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	for _, a := range actions {
		if err := chromedp.Do(ctx, a); err != nil {
			at, _ := chromedp.Run(b.ctx, chromedp.Location())
			b.t.Fatalf("%s, at %s: %v", what, at, err)
		}
	}
}

// sees waits until the page says something.
func (b tab) sees(words string) {
	b.t.Helper()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(30 * time.Millisecond) {
		body, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
		if err == nil && strings.Contains(body, words) {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("the page does not say %q (%v):\n%s", words, err, body)
		}
	}
}

// focus presses Tab until an element has the focus, as somebody without a mouse does.
func (b tab) focus(selector string) {
	b.t.Helper()
	for range 60 {
		there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.activeElement?.matches(`+"`"+selector+"`"+`) ?? false`))
		if err != nil {
			b.t.Fatal(err)
		}
		if there {
			return
		}
		b.do("tab", chromedp.KeyEvent("\t"))
	}
	b.t.Fatalf("%s cannot be reached by keyboard", selector)
}

func (b tab) press(selector string) {
	b.t.Helper()
	b.focus(selector)
	b.do("press "+selector, chromedp.KeyEvent("\r"))
}

// picture takes the page at telephone and desk width, and sees to it that nothing is wider than the window. Where the environment names a folder,
// the pictures are left there for a person to look at.
func (b tab) picture(address, name string) {
	b.t.Helper()
	for width, word := range map[int]string{390: "narrow", 1280: "wide"} {
		png := browsertest.Screenshot(b.t, b.ctx, address, width, 900, width == 390 && name == "coalition")
		over, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
		if err != nil {
			b.t.Fatal(err)
		}
		if over > 0 {
			b.t.Errorf("%s is %d wider than a window of %d", name, over, width)
		}
		if dir := os.Getenv("STOCKTAKE_TEST_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "desk-"+name+"-"+word+".png"), png, 0o644); err != nil {
				b.t.Error(err)
			}
		}
	}
}

func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, command, params)
		return err
	})
}

// TestPasskeyInABrowser makes a passkey and signs in with it in a real browser, whose device is a virtual one, by keyboard alone.
func TestPasskeyInABrowser(t *testing.T) {
	d, at := wholeSite(t)
	ana, _, err := d.accounts.Add(t.Context(), "ana@example.org", "Ana Ruiz", true)
	if err != nil {
		t.Fatal(err)
	}
	link, err := d.accounts.Link(t.Context(), ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	ctx := browsertest.New(t)
	w := browsertest.Watch(t, ctx)
	b := tab{t, ctx}
	b.do("a device", call(webauthn.Enable, webauthn.EnableParams{}), call(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
		AutomaticPresenceSimulation: true, DefaultBackupEligibility: true, DefaultBackupState: true,
	}}))

	b.do("open the link", chromedp.Navigate(at+"/in/"+link))
	b.press(`form[action^="/in/"] button`)
	b.sees("What waits for you")

	b.do("account", chromedp.Navigate(at+"/desk/account"))
	b.sees("None yet")
	b.press(`form[action="/desk/account/passkey/new"] button`)
	b.sees("What you call it")
	b.focus("#name")
	b.do("name it", chromedp.KeyEvent("Telephone"))
	b.press("#passkey-go")
	b.sees("The passkey was added")
	b.sees("Telephone")
	x, err := d.accounts.Person(t.Context(), ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	if f := x.Passkeys[0].Credential.Flags; !f.UserPresent || !f.UserVerified || !f.BackupEligible || !f.BackupState {
		t.Errorf("not every flag of the passkey was kept: %+v", f)
	}

	b.press(`form[action="/out"] button`)
	b.sees("You are signed out")
	b.do("where to", chromedp.Navigate(at+"/desk/coalitions"))
	b.sees("Sign in")
	b.press(`form[action="/in/passkey"] button`)
	b.sees("There is none yet") // signed in, and at the page that was asked for
	b.do("account", chromedp.Navigate(at+"/desk/account"))
	b.sees("by passkey")

	// One that was taken off the account signs nobody in.
	b.press(`form[action="/desk/account/passkey/remove"] button`)
	b.sees("The passkey was removed")
	b.press(`form[action="/out"] button`)
	b.sees("You are signed out")
	w.Quiet(t)
	b.press(`form[action="/in/passkey"] button`)
	b.sees("his passkey is not accepted here")
	w.Only(t, at)
}

// TestPeopleWithoutScript goes through signing in and a coalition with scripts off, and looks at each page at two widths.
func TestPeopleWithoutScript(t *testing.T) {
	d, at := wholeSite(t)
	ctx := browsertest.New(t)
	browsertest.JSDisabled(t, ctx)
	b := tab{t, ctx}
	b.picture(at+"/desk/account", "this-computer")
	ana, _, err := d.accounts.Add(t.Context(), "ana@example.org", "Ana Ruiz", true)
	if err != nil {
		t.Fatal(err)
	}
	link, err := d.accounts.Link(t.Context(), ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.picture(at+"/desk", "in")
	b.picture(at+"/in/"+link, "link")
	b.press(`form[action^="/in/"] button`)
	b.sees("What waits for you")
	b.picture(at+"/desk/account", "account")
	b.do("coalitions", chromedp.Navigate(at+"/desk/coalitions"))
	b.focus("#name")
	b.do("a name", chromedp.KeyEvent("Ninety-eight organisations"))
	b.press(`form[action="/desk/coalitions"] button`)
	b.sees("Made.")
	const c = "ninety-eight-organisations"
	for _, m := range []people.Member{{Name: "Shelter on the Southern Border", Country: "MEX", Domain: "shelter.example.org"}, {Name: "Organización de Ejemplo por los Derechos de las Personas Migrantes, A.C."}} {
		if err := d.accounts.AddMember(t.Context(), ana, c, m); err != nil {
			t.Fatal(err)
		}
	}
	b.do("again", chromedp.Navigate(at+"/desk/c/"+c))
	b.press("#invitations summary")
	b.focus("#i-email")
	b.do("an address", chromedp.KeyEvent("bo@example.net"))
	b.focus(`#invitations input[value="editor"]`)
	b.do("a role", chromedp.KeyEvent(" "))
	b.press("#invitations details button")
	b.sees("The invitation for bo@example.net is made")
	invitation, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("copied").value`))
	if err != nil {
		t.Fatal(err)
	}
	b.picture(at+"/desk/c/"+c, "coalition")
	b.picture(at+"/desk/coalitions", "coalitions")
	b.do("open every part", chromedp.Navigate(at+"/desk/c/"+c))
	b.press(`form[action="/out"] button`)
	b.sees("You are signed out")
	b.picture(invitation, "invitation")
	b.press(`form[action^="/in/"] button`)
	b.sees("You have joined")
	b.picture(at+"/desk/c/"+c, "as-editor")
	b.do("a passkey", chromedp.Navigate(at+"/desk/account"))
	b.press(`form[action="/desk/account/passkey/new"] button`)
	b.sees("scripts are off here")
}
