package web

import "stocktake/internal/worldmap"

type aboutPage struct {
	page
	Size  recordSize
	Note  string
	Areas []worldmap.Area
}

// showAbout says what this is, how to cite it, how to take it home, and what the map's lines mean.
func showAbout(q *request) (*answer, error) {
	n := q.s.rec.Size()
	p := &aboutPage{page: q.page("/about", "about", "About this record"), Size: recordSize{n.Filings, n.Rows, n.RollCalls, n.Instruments, n.Sources}, Note: worldmap.Note(), Areas: worldmap.Areas()}
	p.NoForms = true
	p.Lede = "Stocktake keeps a public record of what governments undertook towards people and where each stands on any day, from acts that each have a source."
	return &answer{template: "about.html", view: p}, nil
}
