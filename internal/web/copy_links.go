package web

import (
	"bytes"
	"context"
	"html"
	"net/url"
	"path"
	"strings"

	"stocktake"
)

// relinked turns the addresses of a page that was made for a server into those of files, relative to the page, so that the copy works under any
// prefix. What the copy does not have leads to the site that runs the program, where there is one; elsewhere the link goes and its text stays.
//
// Text is escaped, so that ="/ stands in a page as markup alone.
func (c *Copy) relinked(b []byte, of *CopyPage) ([]byte, error) {
	out := make([]byte, 0, len(b)+len(b)/16)
	for {
		i := bytes.Index(b, []byte(`="/`))
		if i < 0 {
			return append(out, b...), nil
		}
		end := bytes.IndexByte(b[i+2:], '"')
		if end < 0 {
			return append(out, b...), nil
		}
		from := bytes.LastIndexByte(b[:i], ' ') + 1
		attr, value := string(b[from:i]), html.UnescapeString(string(b[i+2:i+2+end]))
		rest := b[i+2+end+1:]
		to := c.leads(value, of)
		switch {
		case to != "":
			out = append(out, b[:i+2]...)
			out = append(out, textEscaper.Replace(to)...)
			out = append(out, '"')
		case c.live != "" && attr != "data-live":
			out = append(out, b[:i+2]...)
			out = append(out, textEscaper.Replace(c.live+value)...)
			out = append(out, '"')
		case attr == "action":
			out = append(append(out, b[:from]...), "hidden"...)
		default:
			out = append(append(out, b[:from]...), "data-nowhere"...)
		}
		b = rest
	}
}

// leads gives the file, relative to a page, to which an address of the site leads; "" where the copy has none.
func (c *Copy) leads(address string, of *CopyPage) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name, fragment := c.fileOf(u, of)
	if name == "" {
		return ""
	}
	to := relative(of.Name, name)
	if u.RawQuery != "" {
		v := u.Query()
		own := url.Values{}
		for _, k := range coordinates {
			if v.Has(k) {
				own.Set(k, v.Get(k))
			}
		}
		if len(own) > 0 {
			to += "?" + encodeQuery(own)
		}
	}
	if fragment != "" {
		to += "#" + fragment
	}
	return to
}

// fileOf gives the file for an address, "" where the copy has none.
func (c *Copy) fileOf(u *url.URL, of *CopyPage) (name, fragment string) {
	segs := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	fragment = u.EscapedFragment()
	switch {
	case segs[0] == "assets" || segs[0] == "log":
		return strings.Join(segs, "/"), fragment
	case segs[0] == "acts" && len(segs) > 1:
		if at := c.actAt(strings.TrimPrefix(u.Path, "/acts/"), of); at != nil {
			return c.fileOf(at, of)
		}
		return "", ""
	case segs[0] == "check" && len(segs) == 2:
		return "check.html", segs[1]
	case segs[0] == "i" && len(segs) == 3:
		if p, ok := c.pages["/i/"+segs[1]]; ok {
			if fragment == "" {
				fragment = url.PathEscape(segs[2])
				if x, ok := c.s.rec.Party(stocktake.PartyID(segs[2]), c.head); ok && (x.Kind == "organ" || x.Kind == "group") {
					fragment = "organs"
				}
			}
			return p.Name, fragment
		}
		fallthrough
	case segs[0] == "i" && len(segs) == 2 && c.rolled[stocktake.InstrumentID(segs[1])] != "":
		if p, ok := c.pages["/v/"+c.rolled[stocktake.InstrumentID(segs[1])]]; ok {
			if len(segs) == 3 {
				fragment = segs[2]
			}
			return p.Name, fragment
		}
	}
	at := u.Path
	for _, k := range []string{"session", "page", "langs"} {
		if v := u.Query().Get(k); v != "" {
			at += "?" + k + "=" + v
		}
	}
	if p, ok := c.pages[at]; ok {
		return p.Name, fragment
	}
	if ext := path.Ext(u.Path); ext == ".json" || ext == ".csv" {
		base := strings.TrimSuffix(u.Path, ext)
		if base == "/index" {
			base = "/"
		}
		if p, ok := c.pages[base]; ok && p.Forms {
			return strings.TrimSuffix(p.Name, ".html") + ext, ""
		}
	}
	return "", ""
}

// actAt gives the address of the place where an act is shown, nil where nothing is known of it.
func (c *Copy) actAt(id string, of *CopyPage) *url.URL {
	q := c.request(context.Background(), of, formHTML)
	list, err := q.entries(stocktake.ActID(id))
	if err != nil || len(list) == 0 {
		return nil
	}
	a := &list[0].Act
	u, err := url.Parse(q.actAddress(a.ID, a.Party, a.Instrument, a.Announced, a.Done, a.Notified, a.Effect))
	if err != nil {
		return nil
	}
	return u
}

// relative is the way from one file to another, as a link writes it.
func relative(from, to string) string {
	up := strings.Count(from, "/")
	segs := strings.Split(to, "/")
	for i, s := range segs {
		segs[i] = url.PathEscape(s)
	}
	return strings.Repeat("../", up) + strings.Join(segs, "/")
}
