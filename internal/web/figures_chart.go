package web

import (
	"html/template"
	"math"
	"strconv"

	"stocktake/internal/figures"
)

// figureChart draws totals by period as bars. It has no colour of its own: bars of an older vintage are drawn in outline, a period that was
// not reported has a small mark above the line, and a 0 has nothing. The table beside it has the same figures. Labels stand outside of the
// picture, so that they keep their size where it is narrow.
func figureChart(s *figures.Series, list []figures.Row, title string) template.HTML {
	const width, height = 720.0, 200.0
	lo, hi, at := 0.0, 0.0, -1
	for i := range list {
		if v := list[i].Value; v != nil {
			if *v > hi {
				at = i
			}
			lo, hi = min(lo, *v), max(hi, *v)
		}
	}
	if len(list) < 2 || lo == hi {
		return ""
	}
	newest, wide := s.Vintages[0].Edition, width/float64(len(list))
	gap := min(wide*0.2, 6)
	y := func(v float64) float64 { return 2 + (height-4)*(hi-v)/(hi-lo) }
	num := func(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }
	var h htm
	if at >= 0 {
		h.raw(`<p class="small">Largest: `).text(figureText(hi) + " " + s.Unit + " " + periodWords(s.Times, list[at].Period)).raw(`</p>`)
	}
	h.raw(`<svg class="chart" viewBox="0 0 720 200" preserveAspectRatio="none" role="img" aria-labelledby="chart-title chart-desc"><title id="chart-title">`).text(title).raw(`</title><desc id="chart-desc">`)
	h.text("Bars from " + list[0].Period + " to " + list[len(list)-1].Period + ", in " + s.Unit + "; the largest is " + figureText(hi) + ". The table has each figure.").raw(`</desc>`)
	rect := func(class string, x, y, w, h2 float64, says string) {
		h.raw(`<rect class="`).raw(class).raw(`" x="`).raw(num(x)).raw(`" y="`).raw(num(y)).raw(`" width="`).raw(num(max(w, 0.5))).raw(`" height="`).raw(num(max(h2, 0.5))).raw(`"><title>`).text(says).raw(`</title></rect>`)
	}
	old, none := false, false
	for i := range list {
		r := &list[i]
		x := wide * float64(i)
		switch {
		case r.Value == nil:
			rect("none", x+wide/4, y(0)-5, wide/2, 3, r.Period+": not reported")
			none = true
		case *r.Value != 0:
			class := "bar"
			if r.Vintage != newest {
				class, old = "bar old", true
			}
			rect(class, x+gap/2, min(y(0), y(*r.Value)), wide-gap, math.Abs(y(*r.Value)-y(0)), r.Period+": "+figureText(*r.Value))
		}
	}
	h.raw(`<path class="axis" d="M0 `).raw(num(y(0))).raw(`H720"/></svg>`)
	labels, class := []string{list[0].Period, list[len(list)/2].Period, list[len(list)-1].Period}, "chartends"
	if len(list) <= 10 {
		labels, class = nil, "chartends each"
		for i := range list {
			labels = append(labels, list[i].Period)
		}
	}
	h.raw(`<p class="`).raw(class).raw(` small">`)
	for _, s := range labels {
		h.raw(`<span>`).text(s).raw(`</span>`)
	}
	h.raw(`</p>`)
	if old || none {
		h.raw(`<figcaption class="small">`)
		if old {
			h.raw(`Bars in outline are of an older vintage: the newest does not cover those periods. `)
		}
		if none {
			h.raw(`A short mark above the line: not reported.`)
		}
		h.raw(`</figcaption>`)
	}
	return h.html()
}
