package people

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"testing"

	"github.com/go-webauthn/webauthn/webauthn"

	"stocktake"
	"stocktake/internal/store"
)

var here = Site{Domain: "localhost", Origin: "http://localhost:8017"}

// kept is a credential as an earlier version of the library stored it, with the secret key that its authenticator had.
type kept struct {
	Credential json.RawMessage
	Key        string
}

// device answers as the authenticator of a kept credential.
type device struct {
	id     []byte
	key    *ecdsa.PrivateKey
	handle PersonID
	count  uint32
	flags  byte
}

func readKept(t *testing.T, path string) (webauthn.Credential, *device) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	var k kept
	must(t, json.Unmarshal(b, &k))
	var c webauthn.Credential
	must(t, json.Unmarshal(k.Credential, &c))
	der, err := base64.RawURLEncoding.DecodeString(k.Key)
	must(t, err)
	key, err := x509.ParsePKCS8PrivateKey(der)
	must(t, err)
	return c, &device{id: c.ID, key: key.(*ecdsa.PrivateKey), count: 5, flags: 0x1d} // user present and verified, may be synced, is synced
}

// answer makes what a browser sends for a question (AuthenticationResponseJSON).
func (d *device) answer(t *testing.T, options []byte, origin string) []byte {
	t.Helper()
	var o struct {
		PublicKey struct{ Challenge, RPID string }
	}
	must(t, json.Unmarshal(options, &o))
	d.count++
	rp := sha256.Sum256([]byte(o.PublicKey.RPID))
	auth := binary.BigEndian.AppendUint32(append(rp[:], d.flags), d.count)
	client, err := json.Marshal(map[string]any{"type": "webauthn.get", "challenge": o.PublicKey.Challenge, "origin": origin})
	must(t, err)
	said := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, auth...), said[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	must(t, err)
	text := base64.RawURLEncoding.EncodeToString
	b, err := json.Marshal(map[string]any{"id": text(d.id), "rawId": text(d.id), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": text(client), "authenticatorData": text(auth), "signature": text(sig), "userHandle": text([]byte(d.handle))}})
	must(t, err)
	return b
}

// TestKeptPasskey signs in with a credential that an earlier version of the library stored.
func TestKeptPasskey(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana, bo := d.add(t, "ana@example.org", true), d.add(t, "bo@example.org", false)
	cred, dev := readKept(t, "testdata/passkey-v0.10.2.json")
	if f := cred.Flags; !f.BackupEligible || !f.BackupState || !f.UserPresent || !f.UserVerified {
		t.Fatalf("%+v", f)
	}
	dev.handle = ana.ID
	must(t, d.change(ctx, ana.ID, func(_ store.PrivateTx, x *Person) error {
		x.Passkeys = []Passkey{{Name: "Telephone", Made: "2024-03-01", Used: "2024-03-01", Credential: cred}}
		return nil
	}))
	sign := func(origin string, spoil func(*device)) (SignedIn, error) {
		t.Helper()
		options, token, err := d.BeginSignIn(ctx, here)
		must(t, err)
		x := *dev
		if spoil != nil {
			spoil(&x)
		}
		a := x.answer(t, options, origin)
		in, err := d.SignInByPasskey(ctx, here, token, a, "")
		if err == nil {
			*dev = x
			_, err := d.SignInByPasskey(ctx, here, token, a, "")
			refused(t, err, stocktake.Invalid) // a question is answered once
		}
		return in, err
	}
	in, err := sign(here.Origin, nil)
	if must(t, err); in.Person.ID != ana.ID || !d.signedIn(t, in.Token) {
		t.Fatalf("%+v", in)
	}
	x, err := d.Person(ctx, ana.ID)
	must(t, err)
	k := x.Passkeys[0]
	if k.Credential.Authenticator.SignCount != 6 || k.Used != "2026-11-23" || !k.Synced() || !k.Credential.Flags.BackupState || k.Credential.AttestationFormat != "none" {
		t.Errorf("%+v", k)
	}
	if s, err := d.Sessions(ctx, ana.ID); err != nil || len(s) != 1 || s[0].How != "passkey" {
		t.Error(s, err)
	}
	for what, spoil := range map[string]func(*device){
		"counts backwards":                      func(x *device) { x.count = 2 },
		"says that it belongs to somebody else": func(x *device) { x.handle = bo.ID },
		"says that it belongs to nobody":        func(x *device) { x.handle = "p-nobody" },
		"cannot be synced any more":             func(x *device) { x.flags = 0x05 },
		"nobody was there":                      func(x *device) { x.flags = 0x1c },
	} {
		if _, err := sign(here.Origin, spoil); stocktake.KindOf(err) != stocktake.Forbidden {
			t.Errorf("a passkey that %s: %v", what, err)
		}
	}
	_, err = sign("http://evil.example", nil)
	refused(t, err, stocktake.Forbidden)
	in, err = sign(here.Origin, func(x *device) { x.flags = 0x0d }) // was taken off the cloud
	must(t, err)
	if x, err = d.Person(ctx, ana.ID); err != nil || x.Passkeys[0].Credential.Flags.BackupState {
		t.Error("the flag of the last sign-in was not kept", err)
	}

	options, token, err := d.BeginSignIn(ctx, here)
	must(t, err)
	d.at = d.at.Add(ceremonyLasts)
	_, err = d.SignInByPasskey(ctx, here, token, dev.answer(t, options, here.Origin), "")
	refused(t, err, stocktake.Invalid)
	_, err = d.SignInByPasskey(ctx, here, token, []byte("{"), "")
	refused(t, err, stocktake.Forbidden)

	refused(t, d.RemovePasskey(ctx, ana.ID, "x"), stocktake.NotFound)
	must(t, d.RemovePasskey(ctx, ana.ID, x.Passkeys[0].ID()))
	_, err = sign(here.Origin, nil)
	refused(t, err, stocktake.Forbidden)
}

// TestPasskeyQuestion: what is asked of a browser.
func TestPasskeyQuestion(t *testing.T) {
	d, ctx := open(t), t.Context()
	ana := d.add(t, "ana@example.org", true)
	options, token, err := d.BeginPasskey(ctx, here, ana.ID)
	must(t, err)
	var o struct {
		PublicKey struct {
			RP                     struct{ ID, Name string }
			User                   struct{ ID, Name string }
			AuthenticatorSelection struct{ ResidentKey, UserVerification string }
			Attestation            string
		}
	}
	must(t, json.Unmarshal(options, &o))
	p := o.PublicKey
	if p.RP.ID != "localhost" || p.RP.Name == "" || p.AuthenticatorSelection.ResidentKey != "required" || p.AuthenticatorSelection.UserVerification != "preferred" || (p.Attestation != "" && p.Attestation != "none") {
		t.Errorf("%s", options)
	}
	if id, err := base64.RawURLEncoding.DecodeString(p.User.ID); err != nil || PersonID(id) != ana.ID {
		t.Errorf("%q %v", p.User.ID, err)
	}
	refused(t, d.AddPasskey(ctx, here, ana.ID, token, []byte("{}"), ""), stocktake.Forbidden)
	if _, _, err := d.BeginPasskey(ctx, Site{Domain: "127.0.0.1", Origin: "http://127.0.0.1:8017"}, ana.ID); err == nil {
		t.Error("a passkey for an address of numbers")
	}
	_, _, err = d.BeginPasskey(ctx, here, local)
	if err == nil {
		t.Error("a passkey for this computer")
	}
}
