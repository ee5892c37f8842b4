package mailer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"stocktake"
	"stocktake/internal/mailer/address"
	"stocktake/internal/store"
)

// maxReport is how much of a report about delivery is read, in bytes.
const maxReport = 2 << 20

// A Bounce is what a report about delivery (RFC 3464) says of one recipient.
type Bounce struct {
	To        address.Address `json:"to"`
	Action    string          `json:"action"`    // failed, delayed, delivered, relayed, expanded
	Status    string          `json:"status"`    // such as 5.1.1; empty where the report has none
	Permanent bool            `json:"permanent"` // the address does not work: action failed, and a status of class 5
	Reason    string          `json:"reason,omitempty"`
	MessageID string          `json:"message_id,omitempty"` // of the letter that it is about, without < >; empty where the report does not say

	original address.Address // to whom it was sent, where that one has it forwarded
}

// ReadReport reads a report as a mail server sends it back: a whole letter (.eml), or what a person copied of it with the lines Final-Recipient,
// Action and Status. Where nothing of that kind is in it, it is an Invalid fault. A report can be forged by whoever knows the
// address; it is for a person to read, and changes nothing by itself.
func ReadReport(b []byte) ([]Bounce, error) {
	b = bytes.TrimLeft(b, "\ufeff \t\r\n")
	if len(b) > maxReport {
		return nil, stocktake.Invalidf("the report is longer than %d MB", maxReport>>20).Hinted("leave the attachments out")
	}
	p := report{}
	if m, err := mail.ReadMessage(bytes.NewReader(b)); err == nil {
		p.part(textproto.MIMEHeader(m.Header), m.Body, 0)
	}
	if len(p.list) == 0 {
		p = report{}
		p.lines(b)
	}
	if len(p.list) == 0 {
		return nil, stocktake.Invalidf("this is no report about delivery").Hinted("save the whole letter as a file (.eml), or copy the lines with Final-Recipient, Action and Status")
	}
	for i := range p.list {
		p.list[i].MessageID = p.id
	}
	return p.list, nil
}

type report struct {
	list  []Bounce
	id    string
	parts int
}

// part reads one part of a letter, and those in it.
func (p *report) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	if p.parts++; depth > 5 || p.parts > 50 {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return
	}
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		r := multipart.NewReader(body, params["boundary"])
		for {
			next, err := r.NextRawPart()
			if err != nil {
				return
			}
			p.part(next.Header, next, depth+1)
		}
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		if b, err := io.ReadAll(body); err == nil || len(b) > 0 {
			p.lines(b)
		}
	case kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global" || kind == "message/global-headers":
		b, _ := io.ReadAll(io.LimitReader(body, 64<<10)) // the head; what is cut off behind it does not matter
		head, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(b, "\r\n\r\n"...)))).ReadMIMEHeader()
		if strings.HasPrefix(strings.ToLower(head.Get("Content-Type")), "multipart/report") { // forwarded as an attachment
			if m, err := mail.ReadMessage(bytes.NewReader(b)); err == nil {
				p.part(textproto.MIMEHeader(m.Header), m.Body, depth+1)
				return
			}
		}
		if p.id == "" {
			p.id = strings.Trim(strings.TrimSpace(head.Get("Message-Id")), "<>")
		}
	}
}

var (
	statusCode = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	actions    = []string{"failed", "delayed", "delivered", "relayed", "expanded"}
)

// lines reads the fields of a report, wherever they stand.
func (p *report) lines(b []byte) {
	fields := map[string]string{}
	last := ""
	end := func() {
		to := fields["final-recipient"]
		if to == "" {
			to = fields["original-recipient"]
		}
		if _, after, ok := strings.Cut(to, ";"); ok {
			to = after
		}
		a, err := address.Parse(to)
		action := ""
		for _, x := range actions {
			if strings.HasPrefix(strings.ToLower(fields["action"]), x) {
				action = x
			}
		}
		if err == nil && action != "" && len(p.list) < 1000 {
			reason := fields["diagnostic-code"]
			if _, after, ok := strings.Cut(reason, ";"); ok {
				reason = after
			}
			n := Bounce{To: a, Action: action, Status: statusCode.FindString(fields["status"]), Reason: clip(reason)}
			if _, after, ok := strings.Cut(fields["original-recipient"], ";"); ok {
				n.original, _ = address.Parse(after)
			}
			n.Permanent = action == "failed" && strings.HasPrefix(n.Status, "5.")
			p.list = append(p.list, n)
		}
		clear(fields)
		last = ""
	}
	for line := range strings.Lines(lines(string(b))) {
		line = strings.TrimRight(line, " \t\n")
		quoted := strings.TrimLeft(line, "> \t") // copied out of an answer or a forwarded letter
		name, value, ok := strings.Cut(quoted, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case quoted == "":
			end()
		case (line[0] == ' ' || line[0] == '\t') && last != "" && !(ok && known[name]):
			fields[last] += " " + quoted
		case ok && name == "message-id" && p.id == "":
			p.id = strings.Trim(strings.TrimSpace(value), "<>")
		case ok && known[name]:
			if fields[name] != "" { // the next recipient, and no empty line between
				end()
			}
			fields[name], last = strings.TrimSpace(value), name
		default:
			last = ""
		}
	}
	end()
}

var known = map[string]bool{"final-recipient": true, "original-recipient": true, "action": true, "status": true, "diagnostic-code": true}

// Bounced notes what reports say of letters that were sent: where one failed, its state becomes Bounced. It returns the entries of the letters
// that were found in the queue, at most one for each report, and notes nothing of an address that a letter did not go to.
func (b Box) Bounced(ctx context.Context, reports []Bounce) (list []Entry, err error) {
	err = b.Store.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		list = nil
		book, _, err := readBook(tx)
		if err != nil {
			return err
		}
		for _, n := range reports {
			id, _, _ := strings.Cut(n.MessageID, "@")
			if len(id) != idLength {
				continue
			}
			r, err := load(tx, id)
			if stocktake.KindOf(err) == stocktake.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if r.Hash != book.hash("address", n.To.Canonical()) && r.Hash != book.hash("address", n.original.Canonical()) {
				continue
			}
			if n.Action == "failed" && (r.State == Sent || r.State == Unknown) {
				if r.State == Unknown { // it was taken, then; and nobody has to decide any more
					if err := r.end(tx, Bounced, b.Now()); err != nil {
						return err
					}
				} else {
					r.State = Bounced
					if err := r.save(tx, b.Now()); err != nil {
						return err
					}
				}
			}
			list = append(list, r.entry())
		}
		return nil
	})
	return list, err
}
