package forms

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"stocktake"
)

// Feed is a list of statements that a reader can follow.
type Feed struct {
	Title    string
	Subtitle string
	Lang     string // BCP 47
	Author   string // coalition or site
	Home     string // page that the feed belongs to
	Atom     string // address of the feed itself in Atom, which is also its id
	JSON     string // and in JSON Feed
	Entries  []Entry
}

// Entry is one version of one statement in a feed.
type Entry struct {
	ID         string // permanent address of the version
	Title      string
	Summary    string
	Lang       string
	Author     string
	First      time.Time // when the statement was first published
	Updated    time.Time // when this version was
	Embargoed  time.Time
	PubStatus  PubStatus
	HTML, Text string // the whole of it
	Via        string // source, where it was not issued here
	Alternates []File // other forms
}

// Entry returns the statement as an entry of a feed, in the form's first language.
func (f *Form) Entry() Entry {
	s := f.s
	e := Entry{ID: s.Address, Title: f.title, Summary: line(f.texts[0].Subtitle), Lang: f.texts[0].Lang, Author: line(s.Coalition), First: s.First, Updated: s.Published,
		Embargoed: s.Embargoed, PubStatus: s.status(), Via: s.Source}
	if e.First.IsZero() {
		e.First = e.Updated
	}
	if s.Rehearsal {
		e.Title = rehearsed(f.w, e.Title)
	}
	if e.PubStatus != Usable {
		for _, p := range f.head {
			if p.class == "status" {
				e.Summary = p.String()
			}
		}
		return e
	}
	if e.Summary == "" && len(f.texts[0].blocks) > 0 {
		e.Summary = line(f.texts[0].blocks[0].text)
	}
	e.HTML, e.Text, e.Alternates = f.HTML(), f.Text(0), s.Files
	return e
}

// public returns the entries that may be shown at an instant, the latest first. Whatever is embargoed, held back or not published is left out;
// a withdrawn statement stays, with the note that it was withdrawn.
func (f Feed) public(at time.Time) []Entry {
	var list []Entry
	for _, e := range f.Entries {
		if e.Updated.IsZero() || e.Updated.After(at) || e.Embargoed.After(at) || e.PubStatus == Withheld {
			continue
		}
		if e.PubStatus == Canceled {
			e.HTML, e.Text, e.Alternates = "", "", nil
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return b.Updated.Compare(a.Updated) })
	return list
}

func (f Feed) check() error {
	for _, p := range [][2]string{{"Home", f.Home}, {"Atom", f.Atom}, {"JSON", f.JSON}} {
		if !webAddress(p[1]) {
			return stocktake.Invalidf("%q is no address on the web", p[1]).At(p[0])
		}
	}
	for _, e := range f.Entries {
		if !webAddress(e.ID) {
			return stocktake.Invalidf("%q is no address on the web", e.ID).At("Entries")
		}
	}
	return nil
}

type (
	atomFeed struct {
		XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang     string      `xml:"xml:lang,attr,omitempty"`
		ID       string      `xml:"id"`
		Title    string      `xml:"title"`
		Subtitle string      `xml:"subtitle,omitempty"`
		Updated  string      `xml:"updated"`
		Author   atomPerson  `xml:"author"`
		Links    []atomLink  `xml:"link"`
		Entries  []atomEntry `xml:"entry"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel      string `xml:"rel,attr"`
		Type     string `xml:"type,attr,omitempty"`
		Hreflang string `xml:"hreflang,attr,omitempty"`
		Href     string `xml:"href,attr"`
		Length   int64  `xml:"length,attr,omitempty"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
	atomEntry struct {
		Lang      string      `xml:"xml:lang,attr,omitempty"`
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Published string      `xml:"published"`
		Updated   string      `xml:"updated"`
		Author    *atomPerson `xml:"author"`
		Links     []atomLink  `xml:"link"`
		Summary   string      `xml:"summary,omitempty"`
		Content   *atomText   `xml:"content"`
	}
)

// AtomFeed writes Atom 1.0 (RFC 4287) as it may be seen at an instant. An entry's id is the permanent address of the version.
func (f Feed) AtomFeed(at time.Time) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	entries := f.public(at)
	out := atomFeed{Lang: f.Lang, ID: f.Atom, Title: line(f.Title), Subtitle: line(f.Subtitle), Updated: rfc3339(at), Author: atomPerson{line(f.Author)},
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: f.Atom}, {Rel: "alternate", Type: "text/html", Hreflang: f.Lang, Href: f.Home}, {Rel: "alternate", Type: "application/feed+json", Href: f.JSON}}}
	if out.Author.Name == "" {
		out.Author.Name = line(f.Title)
	}
	if len(entries) > 0 {
		out.Updated = rfc3339(entries[0].Updated)
	}
	for _, e := range entries {
		x := atomEntry{Lang: e.Lang, ID: e.ID, Title: line(e.Title), Published: rfc3339(e.first()), Updated: rfc3339(e.Updated), Summary: line(e.Summary),
			Links: []atomLink{{Rel: "alternate", Type: "text/html", Hreflang: e.Lang, Href: e.ID}}}
		if a := line(e.Author); a != "" {
			x.Author = &atomPerson{a}
		}
		if e.Via != "" {
			x.Links = append(x.Links, atomLink{Rel: "via", Href: e.Via})
		}
		for _, a := range e.Alternates {
			x.Links = append(x.Links, atomLink{Rel: "alternate", Type: line(a.MediaType), Href: a.Address, Hreflang: e.Lang, Length: a.Bytes})
		}
		if e.HTML != "" {
			x.Content = &atomText{"html", clean(e.HTML)}
		}
		out.Entries = append(out.Entries, x)
	}
	b, err := xml.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the Atom feed: %w", err)
	}
	return append([]byte(xml.Header), append(b, '\n')...), nil
}

func (e Entry) first() time.Time {
	if e.First.IsZero() {
		return e.Updated
	}
	return e.First
}

type (
	jsonFeed struct {
		Version     string       `json:"version"`
		Title       string       `json:"title"`
		Home        string       `json:"home_page_url"`
		Feed        string       `json:"feed_url"`
		Description string       `json:"description,omitempty"`
		Language    string       `json:"language,omitempty"`
		Authors     []ninjsParty `json:"authors,omitempty"`
		Items       []jsonItem   `json:"items"`
	}
	jsonItem struct {
		ID          string           `json:"id"`
		URL         string           `json:"url"`
		External    string           `json:"external_url,omitempty"`
		Title       string           `json:"title"`
		HTML        string           `json:"content_html,omitempty"`
		Text        string           `json:"content_text,omitempty"`
		Summary     string           `json:"summary,omitempty"`
		Published   string           `json:"date_published"`
		Modified    string           `json:"date_modified"`
		Authors     []ninjsParty     `json:"authors,omitempty"`
		Language    string           `json:"language,omitempty"`
		Attachments []jsonAttachment `json:"attachments,omitempty"`
	}
	jsonAttachment struct {
		URL   string `json:"url"`
		Type  string `json:"mime_type"`
		Title string `json:"title,omitempty"`
		Bytes int64  `json:"size_in_bytes,omitempty"`
	}
)

// JSONFeed writes JSON Feed 1.1 as it may be seen at an instant, with the same entries as the Atom feed.
func (f Feed) JSONFeed(at time.Time) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: line(f.Title), Home: f.Home, Feed: f.JSON, Description: line(f.Subtitle), Language: f.Lang, Items: []jsonItem{}}
	if a := line(f.Author); a != "" {
		out.Authors = []ninjsParty{{Name: a}}
	}
	for _, e := range f.public(at) {
		x := jsonItem{ID: e.ID, URL: e.ID, External: e.Via, Title: line(e.Title), HTML: clean(e.HTML), Text: strings.TrimSpace(e.Text), Summary: line(e.Summary),
			Published: rfc3339(e.first()), Modified: rfc3339(e.Updated), Language: e.Lang}
		if x.HTML == "" && x.Text == "" {
			x.Text = x.Summary
		}
		if a := line(e.Author); a != "" {
			x.Authors = []ninjsParty{{Name: a}}
		}
		for _, a := range e.Alternates {
			x.Attachments = append(x.Attachments, jsonAttachment{a.Address, line(a.MediaType), line(a.Form), a.Bytes})
		}
		out.Items = append(out.Items, x)
	}
	b, err := marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write the JSON feed: %w", err)
	}
	return b, nil
}
