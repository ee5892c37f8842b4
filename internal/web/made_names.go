package web

import (
	"html/template"

	"stocktake"
	"stocktake/internal/edition"
)

// madeNames writes who stands under a version, group by group. There may be thousands: no template is used.
func (q *request) madeNames(e *edition.Edition, lang string) template.HTML {
	var h htm
	same := true
	for i := range e.Names {
		same = same && e.Names[i].How == e.Names[0].How
	}
	heads := map[stocktake.Tier]string{stocktake.TierAuthor: "Authors", stocktake.TierSignatory: "Signatories", stocktake.TierSharesViews: "They share the views", stocktake.TierPersonal: "Individuals in a personal capacity"}
	for _, tier := range e.Tiers() {
		q.nameGroup(&h, e, heads[tier], lang, !same, func(n *edition.Name) bool { return n.Tier == tier && n.Joined.IsZero() && n.Withdrew.IsZero() })
	}
	q.nameGroup(&h, e, "Joined after publication", lang, !same, func(n *edition.Name) bool { return !n.Joined.IsZero() && n.Withdrew.IsZero() })
	q.nameGroup(&h, e, "Withdrew after publication", lang, false, func(n *edition.Name) bool { return !n.Withdrew.IsZero() })
	return h.html()
}

func (q *request) nameGroup(h *htm, e *edition.Edition, head, lang string, how bool, in func(*edition.Name) bool) {
	var list []*edition.Name
	for i := range e.Names {
		if n := &e.Names[i]; in(n) {
			list = append(list, n)
		}
	}
	if len(list) == 0 {
		return
	}
	h.raw("<h3>").text(head).raw(` <span class="n">`).text(thousands(len(list))).raw("</span></h3>\n")
	h.raw(`<ul class="signed">`)
	for i, n := range list {
		if i == mostNames && len(list) > mostNames+50 {
			h.raw(`</ul><details class="keep more"><summary>The other `).text(thousands(len(list) - mostNames)).raw(`</summary><ul class="signed">`)
		}
		q.nameLine(h, e, n, lang, how)
	}
	h.raw("</ul>")
	if len(list) > mostNames+50 {
		h.raw("</details>")
	}
	h.raw("\n")
}

// nameLine writes one name: as it wants to be shown, and what there is to know of it.
func (q *request) nameLine(h *htm, e *edition.Edition, n *edition.Name, lang string, how bool) {
	h.raw(`<li id="n-`).text(n.ID).raw(`"><bdi`)
	if shown := n.Shown[lang]; shown == "" && n.Lang != lang && n.Lang != "" {
		h.raw(` lang="`).text(n.Lang).raw(`"`)
	}
	h.raw(">").text(n.In(lang)).raw("</bdi>")
	sep := ` <span class="small">`
	note := func(s string) {
		if s != "" {
			h.raw(sep).text(s)
			sep = "; "
		}
	}
	note(n.Office)
	if n.ChapterOf != "" {
		note("chapter of " + n.ChapterOf)
	}
	if n.Country != "" {
		note(q.partyName(stocktake.PartyID(n.Country)))
	}
	if n.Tier == stocktake.TierSharesViews && (!n.Joined.IsZero() || !n.Withdrew.IsZero()) {
		note("shares the views")
	}
	if n.Tier == stocktake.TierPersonal && (!n.Joined.IsZero() || !n.Withdrew.IsZero()) {
		note("in a personal capacity")
	}
	if n.Status != "" {
		note("consultative status: " + n.Status)
	}
	if !n.Joined.IsZero() && n.Withdrew.IsZero() {
		note("joined " + onDate(n.Joined))
	}
	if !n.Confirmed.IsZero() {
		note("gave this version too, " + onDate(n.Confirmed))
	}
	if !n.Withdrew.IsZero() {
		note("withdrew " + onDate(n.Withdrew))
	}
	if how {
		note(howWords(n.How))
	}
	if sep == "; " {
		h.raw("</span>")
	}
	h.raw("</li>\n")
}
