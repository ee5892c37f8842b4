package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"stocktake"
	"stocktake/internal/store"
)

// ceremonyLasts is how long a browser may take over a passkey.
const ceremonyLasts = 5 * time.Minute

// mostPasskeys is how many a person may have.
const mostPasskeys = 20

// A Passkey signs a person in without a link (W3C Web Authentication, level 3). All that the authenticator told of the credential is kept, with
// every flag: later sign-ins are held against it.
type Passkey struct {
	Name       string              `json:"name"` // as the person calls it
	Made       string              `json:"made"` // civil days, UTC
	Used       string              `json:"used"`
	Credential webauthn.Credential `json:"credential"` // in the library's own JSON, whose older shapes it reads
}

// key is what the passkey is found by: the SHA-256 of its credential's id, which may be longer than a key.
func (k Passkey) key() string {
	h := sha256.Sum256(k.Credential.ID)
	return hex.EncodeToString(h[:])
}

// ID names a passkey in a form.
func (k Passkey) ID() string { return k.key() }

// Synced reports whether the passkey may be on several devices of its owner.
func (k Passkey) Synced() bool { return k.Credential.Flags.BackupEligible }

// A Site is what passkeys are for: they work under one name, whatever the address of the page is.
type Site struct {
	Name   string // shown by the browser
	Domain string // such as stocktake.example.org, or localhost
	Origin string // such as https://stocktake.example.org
}

func (s Site) library() (*webauthn.WebAuthn, error) {
	name := s.Name
	if name == "" {
		name = "Stocktake"
	}
	return webauthn.New(&webauthn.Config{
		RPID: s.Domain, RPDisplayName: name, RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationPreferred,
		},
	})
}

// A holder is a person as the library wants to see one.
type holder struct{ Person }

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Email }
func (h holder) WebAuthnDisplayName() string { return h.Shown() }
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, k := range h.Passkeys {
		list = append(list, k.Credential)
	}
	return list
}

// A ceremony is what is kept between the question to a passkey and its answer.
type ceremony struct {
	Person  PersonID             `json:"person"` // who adds one; "" where somebody signs in
	Data    webauthn.SessionData `json:"data"`
	Expires time.Time            `json:"expires"`
	Used    bool                 `json:"used"`

	rev int64
}

func (p *People) saveCeremony(tx store.PrivateTx, id string, c ceremony) error {
	return save(tx, kindCeremony, id, c.rev, p.now(), c)
}

// take uses a ceremony up, for the person who began it.
func (p *People) take(tx store.PrivateTx, token string, who PersonID) (c ceremony, err error) {
	c.rev, err = load(tx, kindCeremony, hashed(token), &c)
	if absent(err) || err == nil && (c.Used || !p.now().Before(c.Expires) || c.Person != who) {
		return c, stocktake.Invalidf("this page is too old for a passkey").Hinted("begin again")
	}
	if err != nil {
		return c, err
	}
	c.Used = true
	return c, p.saveCeremony(tx, hashed(token), c)
}

func (p *People) beginCeremony(ctx context.Context, who PersonID, options any, data *webauthn.SessionData) (encoded []byte, token string, err error) {
	token = newToken()
	if encoded, err = json.Marshal(options); err != nil {
		return nil, "", err
	}
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		return p.saveCeremony(tx, hashed(token), ceremony{Person: who, Data: *data, Expires: p.now().Add(ceremonyLasts)})
	})
	return encoded, token, err
}

// BeginPasskey asks for a new passkey of a person: options for the browser in JSON (PublicKeyCredentialCreationOptionsJSON in publicKey), and a
// token that has to come back with what it answers.
func (p *People) BeginPasskey(ctx context.Context, site Site, id PersonID) (options []byte, token string, err error) {
	lib, err := site.library()
	if err != nil {
		return nil, "", err
	}
	x, err := p.Person(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if x.IsLocal() {
		return nil, "", noAccount()
	}
	if len(x.Passkeys) >= mostPasskeys {
		return nil, "", &stocktake.Fault{Kind: stocktake.Conflict, What: "this account has as many passkeys as it can have", Hint: "remove one that you do not use"}
	}
	creation, data, err := lib.BeginRegistration(holder{x}, webauthn.WithExclusions(webauthn.Credentials(holder{x}.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	return p.beginCeremony(ctx, id, creation, data)
}

// AddPasskey stores the passkey that a browser answered with (RegistrationResponseJSON).
func (p *People) AddPasskey(ctx context.Context, site Site, id PersonID, token string, response []byte, name string) error {
	lib, err := site.library()
	if err != nil {
		return err
	}
	if name, err = oneLine("the name", name, 60); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return notTaken(err)
	}
	return p.change(ctx, id, func(tx store.PrivateTx, x *Person) error {
		c, err := p.take(tx, token, id)
		if err != nil {
			return err
		}
		cred, err := lib.CreateCredential(holder{*x}, c.Data, parsed)
		if err != nil {
			return notTaken(err)
		}
		if len(x.Passkeys) >= mostPasskeys {
			return &stocktake.Fault{Kind: stocktake.Conflict, What: "this account has as many passkeys as it can have", Hint: "remove one that you do not use"}
		}
		if name == "" {
			name = "Passkey of " + p.today()
		}
		x.Passkeys = append(x.Passkeys, Passkey{Name: name, Made: p.today(), Used: p.today(), Credential: *cred})
		return nil
	})
}

// RemovePasskey takes a passkey off an account. The device may go on offering it; it signs nobody in any more.
func (p *People) RemovePasskey(ctx context.Context, id PersonID, passkey string) error {
	return p.change(ctx, id, func(_ store.PrivateTx, x *Person) error {
		n := len(x.Passkeys)
		if x.Passkeys = slices.DeleteFunc(x.Passkeys, func(k Passkey) bool { return k.ID() == passkey }); len(x.Passkeys) == n {
			return stocktake.NotFoundf("there is no such passkey").Hinted("it may have been removed")
		}
		return nil
	})
}

// BeginSignIn asks for any passkey of this site: the browser offers those that it has, and nobody is named.
func (p *People) BeginSignIn(ctx context.Context, site Site) (options []byte, token string, err error) {
	lib, err := site.library()
	if err != nil {
		return nil, "", err
	}
	assertion, data, err := lib.BeginDiscoverableLogin()
	if err != nil {
		return nil, "", err
	}
	return p.beginCeremony(ctx, "", assertion, data)
}

// SignInByPasskey starts a session for the person whose passkey a browser answered with (AuthenticationResponseJSON); before is the token of
// the session that the browser has, which ends. A passkey that counts backwards may have been copied, and is refused.
func (p *People) SignInByPasskey(ctx context.Context, site Site, token string, response []byte, before string) (in SignedIn, err error) {
	lib, err := site.library()
	if err != nil {
		return in, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return in, notTaken(err)
	}
	err = p.st.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		c, err := p.take(tx, token, "")
		if err != nil {
			return err
		}
		user, cred, err := lib.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			x, err := personOf(tx, PersonID(handle))
			return holder{x}, err
		}, c.Data, parsed)
		if err != nil {
			return notTaken(err)
		}
		if cred.Authenticator.CloneWarning {
			return notTaken(nil)
		}
		x := user.(holder).Person
		for i := range x.Passkeys {
			if k := &x.Passkeys[i]; string(k.Credential.ID) == string(cred.ID) {
				k.Credential, k.Used = *cred, p.today()
			}
		}
		if err := p.savePerson(tx, x); err != nil {
			return err
		}
		in, err = p.begin(tx, x, "passkey", before)
		return err
	})
	return in, err
}

// notTaken answers for whatever is wrong with a passkey.
func notTaken(err error) error {
	return &stocktake.Fault{Kind: stocktake.Forbidden, What: "this passkey is not accepted here", Hint: "it may have been removed from the account: sign in with a link", Err: err}
}
