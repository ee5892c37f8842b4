package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"stocktake"
)

const (
	mostMailParts = 500
	deepestMail   = 20 // parts within each other
)

// fromMail reads an e-mail: what its writer wrote, without what it answers and without the signature.
func (t *Text) fromMail(ctx context.Context, b []byte, j job) error {
	if bytes.HasPrefix(b, []byte("From ")) { // of a mailbox file: the first message alone
		_, b, _ = bytes.Cut(b, []byte("\n"))
		if i := bytes.Index(b, []byte("\n\nFrom ")); i >= 0 {
			b = b[:i+1]
			t.flag("The file is a mailbox of several messages; only the first was read.")
		}
	}
	m := &message{t: t}
	if err := m.part(bufio.NewReader(bytes.NewReader(b)), nil, 0); err != nil {
		return err
	}
	text := clean(strings.Join(m.bodies, "\n\n"))
	if strings.TrimSpace(text) == "" {
		return t.fromAttachment(ctx, m, j)
	}
	for _, a := range m.files {
		t.note("Attachment not read: %s.", a)
		if a.kind == PDF || a.kind == DOCX {
			if utf8.RuneCountInString(text) < 600 {
				t.flag("The message is short, and %s may hold the statement: save it and read it by itself.", a.name)
			}
		}
	}
	t.Text = text
	return nil
}

// fromAttachment reads the document of a message that has no text.
func (t *Text) fromAttachment(ctx context.Context, m *message, j job) error {
	chosen, docs := -1, 0
	for i, a := range m.files {
		if a.kind == PDF || a.kind == DOCX || a.kind == HTML || a.kind == Markdown || a.kind == Plain {
			if docs++; chosen < 0 {
				chosen = i
			}
		}
	}
	if chosen < 0 {
		if len(m.files) > 0 {
			return stocktake.Invalidf("has no text, and none of its %d attachments can be read", len(m.files)).Hinted("save the document from it; what can be read is %s", Known)
		}
		return errNoText("open it in a mail program, and paste the text")
	}
	a := m.files[chosen]
	sub := Text{Kind: a.kind}
	if err := sub.from(ctx, job{Kind: a.kind, Charset: a.charset, Limits: j.Limits}, a.data); err != nil {
		var f *stocktake.Fault
		if errors.As(err, &f) {
			c := *f
			c.What = "has no text but an attachment, " + a.name + ", which " + f.What
			return &c
		}
		return err
	}
	t.Text, t.Replaced = sub.Text, sub.Replaced
	t.note("The message has no text of its own; its attachment %s was read.", a.name)
	t.Notes, t.Flags = append(t.Notes, sub.Notes...), append(t.Flags, sub.Flags...)
	for i, other := range m.files {
		if i != chosen {
			t.note("Attachment not read: %s.", other)
		}
	}
	if docs > 1 {
		t.flag("The message has several documents; only %s was read.", a.name)
	}
	if t.Lang == "" {
		t.Lang = sub.Lang
	}
	if t.Title == "" {
		t.Title = sub.Title
	}
	return nil
}

// message gathers what is in an e-mail.
type message struct {
	t      *Text
	bodies []string
	files  []attached
	parts  int
}

type attached struct {
	name, media, charset string
	kind                 Kind // "" where it cannot be read
	data                 []byte
}

func (a attached) String() string {
	n := len(a.data)
	size := fmt.Sprintf("%d bytes", n)
	if n >= 10_000 {
		size = fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%s (%s, %s)", a.name, a.media, size)
}

func nestedTooDeep() error {
	return stocktake.Invalidf("has parts nested more than %d deep", deepestMail).Hinted("no mail program makes that: open the message, and paste its text")
}

// words decodes the encoded words of header fields.
var words = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
	if e := encodingOf(strings.ToLower(charset)); e != nil {
		return e.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("unknown charset %q", charset)
}}

func decodeField(s string) string {
	if out, err := words.DecodeHeader(s); err == nil {
		s = out
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// part reads a part with its header. parent is nil for the message itself.
func (m *message) part(r *bufio.Reader, parent textproto.MIMEHeader, depth int) error {
	h, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil && len(h) == 0 {
		if errors.Is(err, io.EOF) {
			return nil
		}
		f := stocktake.Invalidf("has a header that is none of e-mail").Hinted("save the message as .eml once more, or paste its text")
		f.Err = err
		return f
	}
	if depth == 0 {
		m.t.Title = bare(decodeField(h.Get("Subject")))
		m.t.Lang = strings.TrimSpace(strings.Split(h.Get("Content-Language"), ",")[0])
	}
	return m.content(h, r, depth)
}

// bare returns a subject without marks of answering and forwarding.
func bare(subject string) string {
	for {
		i := strings.IndexByte(subject, ':')
		if i < 1 || i > 5 {
			return subject
		}
		switch strings.ToLower(subject[:i]) {
		case "re", "fw", "fwd", "aw", "wg", "rv", "tr", "ref", "enc", "res", "antw", "sv", "vs", "ynt":
			subject = strings.TrimSpace(subject[i+1:])
		default:
			return subject
		}
	}
}

// content reads what follows a header.
func (m *message) content(h textproto.MIMEHeader, r io.Reader, depth int) error {
	if depth > deepestMail {
		return nestedTooDeep()
	}
	if m.parts++; m.parts > mostMailParts {
		return stocktake.Invalidf("has more than %d parts", mostMailParts).Hinted("no mail program makes that: open the message, and paste its text")
	}
	media, p, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && media == "" {
		media = "text/plain"
	}
	if strings.HasPrefix(media, "multipart/") && p["boundary"] != "" {
		return m.multi(media, p["boundary"], r, depth)
	}
	data, err := io.ReadAll(decoded(h.Get("Content-Transfer-Encoding"), r))
	if err != nil && len(data) == 0 {
		f := stocktake.Invalidf("has a part that cannot be decoded").Hinted("save the message as .eml once more, or paste its text")
		f.Err = err
		return f
	}
	if err != nil {
		m.t.flag("A part of the message is cut off or damaged.")
	}
	disposition, dp, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := dp["filename"]
	if name == "" {
		name = p["name"]
	}
	name = filepath.Base(decodeField(name))
	if media == "message/rfc822" {
		if len(m.bodies) == 0 || strings.TrimSpace(strings.Join(m.bodies, "")) == "" {
			m.t.note("The message encloses another, which was read.")
			return m.part(bufio.NewReader(bytes.NewReader(data)), h, depth+1)
		}
		m.files = append(m.files, attached{name: "an enclosed message", media: media, data: data})
		return nil
	}
	if disposition == "attachment" || !strings.HasPrefix(media, "text/") || name != "." && disposition != "inline" && media != "text/plain" && media != "text/html" {
		if len(data) == 0 {
			return nil
		}
		if name == "." || name == "" {
			name = "without a name"
		}
		kind, err := sniff(name, media, data[:min(len(data), sniffed)])
		if err != nil || strings.HasPrefix(media, "image/") || media == "application/pgp-signature" || media == "application/pkcs7-signature" || media == "text/calendar" {
			kind = ""
		}
		m.files = append(m.files, attached{name: name, media: media, charset: strings.ToLower(p["charset"]), kind: kind, data: data})
		return nil
	}
	m.bodies = append(m.bodies, m.body(media, p, data))
	return nil
}

// body returns the text of a part that is shown.
func (m *message) body(media string, p map[string]string, data []byte) string {
	charset := strings.ToLower(p["charset"])
	if media != "text/html" {
		s := lines(m.t.decode(data, charset))
		if strings.EqualFold(p["format"], "flowed") {
			s = flowed(s, strings.EqualFold(p["delsp"], "yes"))
		}
		return m.t.own(s)
	}
	s := m.t.decodeHTML(data, charset)
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		m.t.flag("The message's layout is nested too deeply to be understood; its text was taken as it stands.")
		return m.t.own(withoutTags(s))
	}
	q := &mailPage{}
	r := renderer{skip: q.skip}
	r.render(doc)
	text := r.String()
	if strings.TrimSpace(text) == "" && q.quoted > 0 { // nothing but what it forwards
		r = renderer{}
		r.render(doc)
		text, q = r.String(), &mailPage{}
	}
	if q.quoted > 0 {
		m.t.flag("Left out of the message: the earlier message that it answers.")
	}
	if q.signed > 0 {
		m.t.flag("Left out of the message: the signature of the mail program.")
	}
	return m.t.own(text)
}

// multi reads the parts of a part.
func (m *message) multi(media, boundary string, r io.Reader, depth int) error {
	mr := multipart.NewReader(r, boundary)
	var choices []*message
	for {
		part, err := mr.NextRawPart()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				m.t.flag("The message is cut off or damaged; what could be read of it was.")
			}
			break
		}
		if media != "multipart/alternative" {
			if err := m.content(part.Header, part, depth+1); err != nil {
				return err
			}
			continue
		}
		c := &message{t: &Text{}, parts: m.parts}
		if err := c.content(part.Header, part, depth+1); err != nil {
			return err
		}
		m.parts = c.parts
		choices = append(choices, c)
	}
	if len(choices) == 0 {
		return nil
	}
	// The first is the plainest. It is taken, unless it only says that there is more in the others.
	best := choices[0]
	for _, c := range choices[1:] {
		if was, is := len(strings.TrimSpace(strings.Join(best.bodies, ""))), len(strings.TrimSpace(strings.Join(c.bodies, ""))); was == 0 && is > 0 || was*3 < is && was < 400 {
			if was > 0 {
				m.t.flag("The plain text of the message is much shorter than its page; the page was read.")
			}
			best = c
		}
	}
	m.bodies = append(m.bodies, best.bodies...)
	for _, c := range choices {
		m.files = append(m.files, c.files...)
	}
	m.t.Notes, m.t.Flags, m.t.Replaced = append(m.t.Notes, best.t.Notes...), append(m.t.Flags, best.t.Flags...), m.t.Replaced+best.t.Replaced
	return nil
}

// decoded undoes a transfer encoding.
func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &onlyBase64{r: r})
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// onlyBase64 passes on the characters of the alphabet alone: mail programs put spaces and lines of anything between them.
type onlyBase64 struct{ r io.Reader }

func (o *onlyBase64) Read(p []byte) (int, error) {
	for {
		n, err := o.r.Read(p)
		k := 0
		for _, c := range p[:n] {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' {
				p[k] = c
				k++
			}
		}
		if k > 0 || err != nil {
			return k, err
		}
	}
}
