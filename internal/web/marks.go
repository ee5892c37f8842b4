package web

import (
	"html/template"
	"io"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/ingest"
	"stocktake/internal/secretariat"
)

// statementText marks the words of the statement, where the record carries them. Contacts that the text prints are left out: they are
// for the press of the day, not for ever.
func (q *request) statementText(p *statementPage, st *stocktake.Statement) error {
	src, _, ok := q.s.rec.Source(st.Source, q.at.Head)
	if !ok || src.Copy == nil || src.Copy.State == "absent" {
		p.NoText = true
		return nil
	}
	if p.Down = q.s.rec.TakenDownBy(st.TextSHA256); p.Down > 0 {
		p.NoText = true
		return nil
	}
	has, err := q.s.l.Blobs().Has(q.ctx, st.TextSHA256)
	if err != nil || !has {
		p.NoText = true
		return err
	}
	rc, _, err := q.s.l.Blobs().Open(q.ctx, st.TextSHA256)
	if err != nil {
		return err
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, 4<<20))
	if err != nil {
		return err
	}
	text := string(b)
	marks := q.statementMarks(p, st)
	var hide [][2]int
	for _, c := range secretariat.Read(q.s.rec, q.at.Head, text).Contacts {
		hide = append(hide, [2]int{c.Start, c.End})
	}
	for _, n := range st.Signatories {
		if n.Name.Gone() {
			hide = append(hide, [2]int{n.Start, n.End})
		}
	}
	p.Masked = len(hide)
	p.Text = markedText(text, marks, hide)
	return nil
}

// statementMarks are the places in a statement's text that the record says something of.
func (q *request) statementMarks(p *statementPage, st *stocktake.Statement) []mark {
	var marks []mark
	add := func(kind, label string, i int, start, end int, link string) {
		marks = append(marks, mark{kind, label, "s-" + kind + "-" + itoa(i+1), link, start, end})
	}
	for i, m := range st.Cites {
		link := ""
		if i < len(p.Cites) {
			link = p.Cites[i].Address
		}
		add("cite", "instrument", i, m.Start, m.End, link)
	}
	for i, m := range st.Recounts {
		add("act", "act that it tells of", i, m.Start, m.End, "")
	}
	for i, m := range st.Calls {
		add("call", "call", i, m.Start, m.End, "")
	}
	for i, m := range st.Undertakes {
		add("own", "the signers' own undertaking", i, m.Start, m.End, "")
	}
	for i, m := range st.Claims {
		add("claim", "claim of fact", i, m.Start, m.End, "")
	}
	return marks
}

// mark is one place in a text and what it is.
type mark struct {
	kind, label, anchor, link string
	start, end                int // code points
}

// markedText writes a text with its marks. Marks may lie within each other and overlap; what lies in hide is left out.
func markedText(text string, marks []mark, hide [][2]int) template.HTML {
	runes := []rune(text)
	cut := map[int]bool{0: true, len(runes): true}
	for i := range marks {
		marks[i].start, marks[i].end = min(max(marks[i].start, 0), len(runes)), min(max(marks[i].end, 0), len(runes))
		cut[marks[i].start], cut[marks[i].end] = true, true
	}
	for _, h := range hide {
		cut[min(h[0], len(runes))], cut[min(h[1], len(runes))] = true, true
	}
	at := make([]int, 0, len(cut))
	for c := range cut {
		at = append(at, c)
	}
	slices.Sort(at)
	var h htm
	seen := map[string]bool{}
	for i := 0; i+1 < len(at); i++ {
		a, b := at[i], at[i+1]
		if slices.ContainsFunc(hide, func(x [2]int) bool { return x[0] <= a && b <= x[1] }) {
			if i == 0 || !slices.ContainsFunc(hide, func(x [2]int) bool { return x[0] < a && a <= x[1] && x[0] <= at[i-1] }) {
				h.raw(`<span class="left-out">[left out here]</span>`)
			}
			continue
		}
		var on []mark
		for _, m := range marks {
			if m.start <= a && b <= m.end {
				on = append(on, m)
			}
		}
		if len(on) == 0 {
			h.text(string(runes[a:b]))
			continue
		}
		link := ""
		var classes, labels []string
		for _, m := range on {
			if !slices.Contains(classes, "m-"+m.kind) {
				classes = append(classes, "m-"+m.kind)
				labels = append(labels, m.label)
			}
			if m.link != "" {
				link = m.link
			}
			if m.anchor != "" && !seen[m.anchor] {
				seen[m.anchor] = true
				h.raw(`<span id="t-`).text(m.anchor).raw(`"></span>`)
			}
		}
		h.raw(`<span class="m `).text(strings.Join(classes, " ")).raw(`" title="`).text(strings.Join(labels, "; ")).raw(`">`)
		if link != "" {
			h.link(link, string(runes[a:b]))
		} else {
			h.text(string(runes[a:b]))
		}
		h.raw(`</span>`)
	}
	return h.html()
}

// draftMarks are the marks of a draft that was only read.
func draftMarks(q *request, d *ingest.Draft) []mark {
	var marks []mark
	add := func(kind, label string, s ingest.Span, link string) {
		marks = append(marks, mark{kind: kind, label: label, link: link, start: s.Start, end: s.End})
	}
	for _, x := range d.Instruments {
		link := ""
		if x.ID != nil {
			link = q.to("i", *x.ID)
		}
		add("cite", "instrument", x.Span, link)
		for _, m := range x.Mentions {
			add("cite", "instrument", m, link)
		}
	}
	for _, x := range d.Acts {
		add("act", "act that it tells of", x.Span, "")
	}
	for _, x := range d.Calls {
		add("call", "call", x.Span, "")
	}
	for _, x := range d.Undertakings {
		add("own", "the signers' own undertaking", x.Span, "")
	}
	for _, x := range d.Claims {
		add("claim", "claim of fact", x.Span, "")
	}
	for _, x := range d.Signatories {
		add("name", "signatory, as printed", x.Span, "")
	}
	return marks
}
