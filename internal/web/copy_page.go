package web

import (
	"cmp"
	"html/template"
	"strings"
)

// copyView is what a page of a copy says of itself; see assets/day.js.
type copyView struct {
	On, Known string
	Head      int64
	HeadN     string
	Root      string
	Kind      string
	Index     string
	Shared    string
	Live      string // the same page where the program itself answers
	Origin    string
	Canonical string
	Asks      bool   // another day can be asked
	From      string // of a roll-call: its first day, before which there is nothing to show
}

// Published describes the copy that the page is for, nil on a server.
func (p *page) Published() *copyView {
	c := p.q.copy
	if c == nil {
		return nil
	}
	of := p.q.of
	v := &copyView{On: p.q.at.OnString(), Known: p.q.at.KnownString(), Head: of.Head, HeadN: thousands(of.Head), Kind: of.route.kind, Asks: of.route.kind != "same"}
	v.Root = cmp.Or(strings.Repeat("../", strings.Count(of.Name, "/")), "./")
	if of.route.rolls {
		v.From = shellFrom // such pages are made in a shell alone
	}
	if name := indexOf(of); name != "" {
		v.Index, v.Shared = relative(of.Name, name), relative(of.Name, sharedIndex)
	}
	if c.live != "" {
		v.Live, v.Origin = c.live+of.Address, c.live
	}
	if c.opt.Site.Address != "" {
		v.Canonical = strings.TrimRight(c.opt.Site.Address, "/") + "/" + strings.TrimPrefix(relative("", of.Name), "./")
		if of.Name == "index.html" {
			v.Canonical = strings.TrimRight(c.opt.Site.Address, "/") + "/"
		}
	}
	return v
}

// Attributes are what the root of the page says of the copy. Templates would take data-on for a script.
func (v *copyView) Attributes() template.HTMLAttr {
	var h htm
	h.raw(` data-published`)
	for _, a := range []pair{{"on", v.On}, {"known", v.Known}, {"head", itoa(v.Head)}, {"root", v.Root}, {"kind", v.Kind}, {"from", v.From}, {"index", v.Index}, {"shared", v.Shared}, {"live", v.Live}, {"origin", v.Origin}} {
		if a.Value != "" {
			h.raw(` data-`).raw(a.Name).raw(`="`).text(a.Value).raw(`"`)
		}
	}
	return template.HTMLAttr(h.String())
}

// sharedIndex is what all indexes of days share.
const sharedIndex = "index/shared.js"

// indexOf names the index from which a page is answered on another day, "" where it has none.
func indexOf(p *CopyPage) string {
	switch p.route {
	case copyHome:
		return "index/i/" + string(homeInstrument) + ".js"
	case copyInstrument, copyParty:
		return "index/" + strings.TrimSuffix(p.Name, "html") + "js"
	}
	return ""
}

// printed is what a sheet of paper says of a page of a copy: its own address, or where the program itself answers, that of this very answer.
func (c *Copy) printed(p *page) *Printed {
	x := &Printed{Site: c.opt.Site.Name}
	switch {
	case p.q.of.Head == shellHead:
		x.Address, x.Code, x.Lasting = shellPrinted, shellCode, c.live != ""
		return x
	case c.live != "":
		x.Lasting = true
		x.Address = c.live + p.Pinned()
	default:
		x.Address = p.Published().Canonical
	}
	x.Code = qrCode(x.Address, "The address as a QR code")
	return x
}

// printedHead is the head that a page of a copy names, 0 on a server.
func (q *request) printedHead() int64 {
	if q.of == nil {
		return 0
	}
	return q.of.Head
}
