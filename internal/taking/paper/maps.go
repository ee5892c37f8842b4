package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/worldmap"
)

// maps draws where the parties of the scope stand, one map an instrument. Each standing has a pattern as well as a colour, by the order of
// its words: none is better than another. States outside the scope stay blank.
func (m *maker) maps(d *document) {
	var ids []stocktake.InstrumentID
	for _, s := range m.r.Standings {
		if !slices.Contains(ids, s.Instrument) {
			ids = append(ids, s.Instrument)
		}
	}
	for n, in := range ids {
		word := map[string]string{}
		var words []string
		for i := range m.r.Standings {
			if s := &m.r.Standings[i]; s.Instrument == in {
				w := cmp.Or(s.Word, "nothing on record")
				word[string(s.Party)] = w
				if !slices.Contains(words, w) {
					words = append(words, w)
				}
			}
		}
		slices.Sort(words)
		class := func(w string) string { return worldmap.Kind(slices.Index(words, w)%worldmap.Kinds + 1) }
		o := worldmap.Options{ID: fmt.Sprintf("map%d", n+1), Title: fmt.Sprintf("Where the parties of this stocktake stand towards %s", m.instrument(in)), Lang: "en", Dir: "ltr",
			Value: func(id string) (worldmap.Cell, bool) {
				w, ok := word[id]
				if !ok {
					return worldmap.Cell{}, false
				}
				return worldmap.Cell{Class: class(w), Label: w}, true
			}}
		for k := range worldmap.Kinds {
			o.Patterns = append(o.Patterns, worldmap.Kind(k+1))
		}
		var b strings.Builder
		if err := worldmap.Render(&b, o); err != nil {
			continue // a map is a picture of the table above it, and no more
		}
		var key []string
		for _, w := range words {
			if s, err := worldmap.Swatch(o.ID, class(w), true); err == nil {
				key = append(key, `<span class="key">`+s+" "+escaped(w)+"</span>")
			}
		}
		x := d.add(drawing, "%s. States outside the scope are blank. %s", m.instrument(in), worldmap.Note())
		x.draw = b.String() + `<p class="keys">` + strings.Join(key, " ") + "</p>"
	}
}
