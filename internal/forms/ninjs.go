package forms

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"stocktake"
)

// ninjs is one item of IPTC ninjs 1.3. Urgency is left out: a statement does not rank itself.
type ninjs struct {
	URI            string               `json:"uri"`
	Type           string               `json:"type"`
	MIMEType       string               `json:"mimetype"`
	Representation string               `json:"representationtype"`
	Version        string               `json:"version"`
	FirstCreated   string               `json:"firstcreated,omitempty"`
	VersionCreated string               `json:"versioncreated,omitempty"`
	Embargoed      string               `json:"embargoed,omitempty"`
	PubStatus      PubStatus            `json:"pubstatus"`
	EdNote         string               `json:"ednote,omitempty"`
	Language       string               `json:"language"`
	Person         []ninjsParty         `json:"person,omitempty"`
	Organisation   []ninjsParty         `json:"organisation,omitempty"`
	Place          []ninjsParty         `json:"place,omitempty"`
	InfoSource     []ninjsParty         `json:"infosource,omitempty"`
	Title          string               `json:"title"`
	Headline       string               `json:"headline"`
	Subtitle       string               `json:"headline_subtitle,omitempty"`
	Located        string               `json:"located,omitempty"`
	BodyText       string               `json:"body_text,omitempty"`
	BodyXHTML      string               `json:"body_xhtml,omitempty"`
	BodyNames      string               `json:"body_names_text,omitempty"`
	CharCount      int                  `json:"charcount,omitempty"`
	WordCount      int                  `json:"wordcount,omitempty"`
	Renditions     map[string]ninjsFile `json:"renditions,omitempty"`
	Associations   map[string]ninjs     `json:"associations,omitempty"`
	AltIDs         map[string]string    `json:"altids,omitempty"`
	Trust          []ninjsTrust         `json:"trustindicator,omitempty"`
	Standard       *ninjsStandard       `json:"$standard,omitempty"`
}

type (
	ninjsParty struct {
		Name string `json:"name"`
		Rel  string `json:"rel,omitempty"`
	}
	ninjsFile struct {
		Href     string `json:"href"`
		MIMEType string `json:"mimetype,omitempty"`
		Title    string `json:"title,omitempty"`
		Bytes    int64  `json:"sizeinbytes,omitempty"`
	}
	ninjsTrust struct {
		Title string `json:"title"`
		Href  string `json:"href"`
	}
	ninjsStandard struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Schema  string `json:"schema"`
	}
)

// NinJS writes one item of IPTC ninjs 1.3. The first language is the item itself; the others are associations named after their language.
// Names are organisations, or persons where they stand in a personal capacity; rel says in what capacity, and what stands behind a name
// that was not verified here. body_names_text has the list as it is read.
func (f *Form) NinJS() ([]byte, error) {
	n := f.ninjs(f.texts[0], f.s.Address)
	s := f.s
	n.Standard = &ninjsStandard{"ninjs", "1.3", "http://www.iptc.org/std/ninjs/ninjs-schema_1.3.json"}
	n.AltIDs = map[string]string{"statement": line(s.ID)}
	if s.status() == Usable {
		n.parties(f)
		var names textWriter
		names.parts(f.names())
		n.BodyNames = names.String()
		n.AltIDs = merge(n.AltIDs, "sha256_list", s.ListSHA256)
		n.AltIDs = merge(n.AltIDs, "sha256_text", f.texts[0].SHA256)
		n.EdNote = f.ednote()
		if s.Proof != "" {
			n.Trust = []ninjsTrust{{f.w.proof, s.Proof}}
		}
		for _, x := range s.Files {
			if name := alphanumeric(x.Form); name != "" && x.Address != "" {
				if n.Renditions == nil {
					n.Renditions = map[string]ninjsFile{}
				}
				n.Renditions[name] = ninjsFile{x.Address, line(x.MediaType), line(x.Form), x.Bytes}
			}
		}
		for _, t := range f.texts[1:] {
			if n.Associations == nil {
				n.Associations = map[string]ninjs{}
			}
			a := f.ninjs(t, s.Address+"#"+t.Lang)
			a.AltIDs = merge(nil, "sha256_text", t.SHA256)
			n.Associations[alphanumeric(t.Lang)] = a
		}
	}
	return marshal(n)
}

// ninjs is the statement in one language.
func (f *Form) ninjs(t text, address string) ninjs {
	s := f.s
	if t.Address != "" && address != s.Address {
		address = t.Address
	}
	n := ninjs{URI: address, Type: "text", MIMEType: "text/plain", Representation: "complete", Version: itoa(s.Version), VersionCreated: rfc3339(s.Published), FirstCreated: rfc3339(s.First),
		Embargoed: rfc3339(s.Embargoed), PubStatus: s.status(), Language: t.Lang, Title: line(t.Title), Headline: line(t.Title)}
	if n.FirstCreated == "" {
		n.FirstCreated = n.VersionCreated
	}
	if s.Rehearsal { // whatever shows a headline shows that
		n.Headline = rehearsed(f.w, n.Headline)
	}
	if n.PubStatus != Usable {
		n.Representation, n.EdNote = "incomplete", line(s.StatusNote)
		return n
	}
	n.Subtitle, n.Located = line(t.Subtitle), line(s.Place)
	if n.Located != "" {
		n.Place = []ninjsParty{{n.Located, "issued at"}}
	}
	if c := line(s.Coalition); c != "" {
		n.InfoSource = []ninjsParty{{c, "issuer"}}
	}
	n.BodyText = plain(t.blocks)
	var b htmlWriter
	b.blocks(t.Lang, t.blocks)
	n.BodyXHTML = strings.ReplaceAll(b.String(), "<br>", "<br/>")
	n.CharCount, n.WordCount = utf8.RuneCountInString(n.BodyText), bodyWords(t.blocks)
	return n
}

// rehearsed puts the first word of what is said of a rehearsal before a title.
func rehearsed(w *words, title string) string {
	first, _, _ := strings.Cut(strings.ReplaceAll(w.rehearsal, "：", ":"), ":")
	return strings.TrimSpace(first) + w.colon + title
}

func (n *ninjs) parties(f *Form) {
	for _, x := range f.s.inOrder() {
		rel := x.groupID()
		switch {
		case !x.Withdrew.IsZero():
			rel = "withdrew on " + x.Withdrew.String()
		case !x.Joined.IsZero():
			rel = "joined after publication, " + x.Joined.String()
		}
		if x.How != Verified {
			how := x.How
			if how == unknownHow {
				how = Imported
			}
			rel += "; " + string(how)
		}
		p := ninjsParty{f.shown(x), rel}
		if x.Tier == stocktake.TierPersonal {
			n.Person = append(n.Person, p)
		} else {
			n.Organisation = append(n.Organisation, p)
		}
	}
}

// ednote is for the newsroom: how to reach who issued it, and the state of the text.
func (f *Form) ednote() string {
	var list []string
	for _, p := range f.head {
		if p.class == "status" || p.class == "missing" || p.class == "rehearsal" {
			list = append(list, p.String())
		}
	}
	for _, c := range f.s.Contacts {
		list = append(list, f.w.contact+f.w.colon+join(" · ", line(c.Name), line(c.Role), line(c.Email), line(c.Phone)))
	}
	for _, c := range f.s.Corrections {
		list = append(list, f.w.corrections+f.w.colon+join(" ", c.On.String(), line(c.Note)))
	}
	return strings.Join(list, "\n")
}

// plain is the text of blocks, with an empty line between paragraphs.
func plain(list []block) string {
	var b textWriter
	b.blocks(list)
	return b.String()
}

func merge(m map[string]string, key, value string) map[string]string {
	if value == "" {
		return m
	}
	if m == nil {
		m = map[string]string{}
	}
	m[key] = line(value)
	return m
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// rfc3339 is an instant in UTC; empty for none.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// marshal writes JSON for people to read, with one line feed at its end. < > & are escaped, so that it can stand in a script element.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
