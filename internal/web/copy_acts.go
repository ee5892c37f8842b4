package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"stocktake"
)

// whatEachDid writes the acts behind the standings of an instrument, party by party: on a copy they stand on the instrument's own page, where
// a server has a page for each party.
func (q *request) whatEachDid(w *where) (template.HTML, error) {
	var members []*stocktake.Standing
	for _, g := range w.groups {
		for _, s := range g.Members {
			if len(s.Acts) > 0 && !q.organ(s.Party) {
				members = append(members, s)
			}
		}
	}
	slices.SortStableFunc(members, func(a, b *stocktake.Standing) int { return strings.Compare(w.names[a.Party], w.names[b.Party]) })
	var h htm
	for _, s := range members {
		h.raw(`<section class="did" id="`).text(string(s.Party)).raw(`"><h3>`).link(q.to("p", s.Party), w.names[s.Party]).raw(` <span class="day">`).text(s.Standing)
		if s.Unsure {
			h.raw(" (unsure)")
		}
		h.raw("</span></h3><ul>")
		var seen []stocktake.ActID
		for i := range s.Acts {
			ref := &s.Acts[i]
			if slices.Contains(seen, ref.ID) {
				continue
			}
			seen = append(seen, ref.ID)
			var open []stocktake.Phase
			for _, c := range s.Conflicts {
				if ph, err := stocktake.ParsePhase(c.About); err == nil && c.Act == ref.ID && c.Follows == "" {
					open = append(open, ph)
				}
			}
			v, err := q.act(ref, s.Party, w.in.ID, open...)
			if err != nil {
				return "", err
			}
			q.actLine(&h, &v)
		}
		h.raw("</ul></section>\n")
	}
	return h.html(), nil
}

// actLine writes an act as an entry of a list: what and when, what each source says of it, and the government's own words.
func (q *request) actLine(h *htm, v *actView) {
	h.raw(`<li id="`).text(v.Anchor).raw(`"><b>`).text(sentenceStart(v.What)).raw(`</b> `).text(v.When)
	if v.Via != nil {
		h.raw(`, by its vote on `).link(q.to("i", v.Via.ID), v.Via.Title).raw(`, which endorses this text`)
	}
	if v.RollCall != "" {
		h.raw(` (`).link(q.to("v", v.RollCall)+"#"+url.PathEscape(string(v.Party)), "roll-call "+v.RollCall).raw(`)`)
	}
	if v.Derived {
		h.raw(`<p class="small">No source lists this: the party was a member on that day and is in none of the lists of those who voted.</p>`)
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		h.raw(`<p class="small">`)
		for i, d := range e.Days {
			if i > 0 {
				h.raw("; ")
			}
			h.text(d.Phase + " " + dateWords(d.Day))
			if d.Reckoned {
				h.raw(" (our reckoning)")
			}
		}
		if len(e.Days) == 0 {
			h.raw("no day stated")
		}
		h.raw(`: `).link(q.to("s", e.Source), e.Title).raw(`, `).link(q.to("f", e.Filing), "filing "+itoa(e.Filing)).raw(`, known from `).text(knownWords(e.Known))
		if e.Sure != "" {
			h.raw(", confidence ").text(e.Sure)
		}
		h.raw(".")
		for _, x := range []string{e.Summary, e.Note} {
			if x != "" {
				h.raw(" ").text(x)
			}
		}
		if len(e.Provs) > 0 {
			h.raw(" About ")
			for i, p := range e.Provs {
				if i > 0 {
					h.raw(", ")
				}
				h.link(q.to("r", p), string(p))
			}
			h.raw(".")
		}
		if e.PersonOut || e.TextOut {
			h.raw(" Words stood here and were removed.")
		}
		h.raw("</p>")
		if e.Text != "" {
			h.raw(`<details><summary>Full text</summary><div class="pre" lang="`).text(e.TextLang).raw(`"`)
			if rightToLeft(e.TextLang) {
				h.raw(` dir="rtl"`)
			}
			h.raw(`>`).text(e.Text).raw("</div></details>")
		}
		for i := range e.Quotes {
			q.quoteLine(h, &e.Quotes[i], "")
		}
	}
	for i := range v.Own {
		q.quoteLine(h, &v.Own[i], "In its own words: ")
	}
	h.raw("</li>")
}

func (q *request) quoteLine(h *htm, x *quoteView, before string) {
	if x.Gone {
		h.raw(`<p class="gone">Words stood here and were removed by `).link(q.to("f", x.Removed), "filing "+itoa(x.Removed)).raw(`; their commitment stays in the filing.</p>`)
		return
	}
	if x.Words == "" {
		return
	}
	h.raw(`<blockquote><p`)
	if x.Foreign() {
		h.raw(` lang="`).text(x.Lang).raw(`"`)
		if rightToLeft(x.Lang) {
			h.raw(` dir="rtl"`)
		}
	}
	h.raw(`>`).text(x.Words).raw(`</p>`)
	if before != "" || x.By != "" || x.Cited {
		h.raw(`<footer>`).text(before + x.By)
		if x.Cited {
			if x.By != "" {
				h.raw(", in ")
			}
			h.link(q.to("s", x.Source), x.Title)
		}
		if x.Page != "" {
			h.text(" page " + x.Page)
		}
		h.raw(`</footer>`)
	}
	h.raw(`</blockquote>`)
}
