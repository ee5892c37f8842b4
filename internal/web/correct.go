package web

import (
	"net/url"
	"strings"

	"stocktake"
)

// deskForm is the address of a form at the desk on which somebody tells of something wrong; "" where there is no desk, as in a copy.
func (q *request) deskForm(form, kind, id string) string {
	if q.s.opt.Desk == nil || id == "" {
		return ""
	}
	return "/" + form + "?" + url.Values{kind: {id}}.Encode()
}

// Correct is the address of the form for a correction of what the page is about: a standing, an instrument, a party or a statement.
func (p *page) Correct() string {
	part := strings.Split(strings.TrimPrefix(p.Path, "/"), "/")
	for i := range part {
		s, err := url.PathUnescape(part[i])
		if err != nil {
			return ""
		}
		part[i] = s
	}
	switch {
	case len(part) == 3 && part[0] == "i":
		return p.q.deskForm("correct", "standing", part[1]+"/"+part[2])
	case len(part) == 2 && part[0] == "i":
		return p.q.deskForm("correct", "instrument", part[1])
	case len(part) >= 2 && part[0] == "p":
		return p.q.deskForm("correct", "party", part[1])
	case len(part) >= 2 && part[0] == "st":
		return p.q.deskForm("correct", "statement", part[1])
	}
	return ""
}

// CorrectAct is the address of the form for a correction of an act.
func (l links) CorrectAct(id stocktake.ActID) string {
	return l.q.deskForm("correct", "act", string(id))
}

// AnswerCall is that of the form on which somebody tells that a call was answered.
func (l links) AnswerCall(id string) string { return l.q.deskForm("answer", "call", id) }
