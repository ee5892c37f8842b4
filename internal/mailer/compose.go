package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"

	"stocktake/internal/mailer/address"
)

// messageID is the same for a letter whenever and by whomever it is sent, so that mailboxes can tell a repetition.
func (c Config) messageID(id string) string { return id + "@" + c.from.Domain }

// compose makes the bytes that go to the server: headers in ASCII, lines that end with CRLF, signed where there is a key.
func (c Config) compose(id string, at time.Time, to address.Address, l letter) ([]byte, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP))
	m.FromMailAddress(&netmail.Address{Name: c.from.Name, Address: c.from.String()})
	m.ToMailAddress(&netmail.Address{Name: to.Name, Address: to.String()})
	m.Subject(l.Subject)
	m.SetDateWithValue(at.UTC())
	m.SetMessageIDWithValue(c.messageID(id))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notes back
	for name, value := range l.Headers {
		m.SetGenHeader(mail.Header(name), value)
	}
	m.SetBodyString(mail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(mail.TypeTextHTML, l.HTML)
	}
	for _, a := range l.Attachments {
		if err := m.AttachReader(a.Name, bytes.NewReader(a.Bytes), mail.WithFileContentType(mail.ContentType(a.Type))); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, err
	}
	if c.dkim == nil {
		return b.Bytes(), nil
	}
	var signed bytes.Buffer
	err := dkim.Sign(&signed, &b, &dkim.SignOptions{Domain: c.dkim.domain, Selector: c.dkim.selector, Signer: c.dkim.key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: signedHeaders})
	return signed.Bytes(), err
}

// signedHeaders are those of RFC 6376, section 5.4.1, with the ones for unsubscribing (RFC 8058, section 4). What stands twice, and what is not
// there, cannot be added on the way.
var signedHeaders = []string{"From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}

// randomID is an id for a letter that is in no queue.
func randomID(seed string) string {
	h := sha256.Sum256([]byte(seed))
	return hex.EncodeToString(h[:])[:idLength]
}
