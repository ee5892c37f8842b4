package importer

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// mapFigures says how somebody's table of figures is read. docs/figures.md explains every key.
type mapFigures struct {
	Table  string              `yaml:"table"` // id; that of the source and the edition where it is left out
	Title  string              `yaml:"title"`
	Codes  string              `yaml:"codes"`  // iso3, unhcr, m49, name
	Names  map[string]string   `yaml:"names"`  // by column of codes, the column of the names beside them
	ISO    map[string]string   `yaml:"iso"`    // by column of codes, the column of the ISO codes beside them
	By     []string            `yaml:"by"`     // further columns that make a row one of its kind
	Places map[string]mapPlace `yaml:"places"` // what codes mean that are in no list
	Public bool                `yaml:"public"` // the licence lets everybody have the file
	Ahead  bool                `yaml:"ahead"`  // periods may lie after the year of publication: projections
	Faults []string            `yaml:"faults"`
	Series []mapSeries         `yaml:"series"`
}

// mapPlace is what a code means. A bare word is its kind.
type mapPlace struct {
	Name  string `yaml:"name"`
	Kind  string `yaml:"kind"`
	Party string `yaml:"party"`
}

// UnmarshalYAML reads a bare word as a kind.
func (p *mapPlace) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		p.Kind = n.Value
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Value != "name" && k.Value != "kind" && k.Value != "party" {
			return unknownKey(k)
		}
	}
	type plain mapPlace
	return n.Decode((*plain)(p))
}

// mapSeries is one series of the table.
type mapSeries struct {
	ID          string            `yaml:"id"`
	Title       string            `yaml:"title"`
	Unit        string            `yaml:"unit"`
	UnitColumn  string            `yaml:"unit_column"` // which says the unit of each row
	UnitMeans   []string          `yaml:"unit_means"`  // what stands there; the unit itself where it is left out
	Value       string            `yaml:"value"`
	Count       bool              `yaml:"count"`
	Party       string            `yaml:"party"`
	Counterpart string            `yaml:"counterpart"`
	Period      string            `yaml:"period"`
	Times       string            `yaml:"times"`
	Adds        string            `yaml:"adds"`
	Where       map[string]string `yaml:"where"`
	Missing     []string          `yaml:"missing"`
	Rounded     int               `yaml:"rounded"`
	Negative    bool              `yaml:"negative"`
	Note        string            `yaml:"note"`
}

// figureKeys are the keys of figures in a mapping, for the nearest to a misspelt one.
var figureKeys = strings.Fields("figures table title codes names iso by places public ahead faults series unit unit_column unit_means value count party counterpart period times adds where missing rounded negative note")

var seriesID = regexp.MustCompile(`^[a-z0-9._-]+/[a-z0-9._-]+$`)

// checkFigures finds what is wrong with a mapping of figures before any file is opened.
func (m *mapping) checkFigures() error {
	f := m.Figures
	bad := func(key, format string, args ...any) *stocktake.Fault {
		return stocktake.Invalidf(format, args...).At(m.file + ": figures " + key)
	}
	switch {
	case len(m.Acts) > 0 || m.Votes != nil || m.Register || m.Instrument.given() || m.Party.given() || m.Describe != nil || len(m.Dates) > 0 || len(m.Skip) > 0 || len(m.Coverage.CannotShow) > 0:
		return bad("", "a mapping makes either figures or acts and votes").Hinted("write two mappings; one of figures has mapping, about, file, source and figures")
	case m.Layout.Form != "" && m.Layout.Form != "csv", m.Layout.Encoding != "" && m.Layout.Encoding != "utf-8", m.Layout.Header > 1, m.Layout.Sheet != "" || m.Layout.Table != 0 || m.Layout.Heading != "":
		return bad("", "figures are read from a CSV file in UTF-8 whose first line has the names of the columns").Hinted("save the table so; the file itself is archived, and read again by every release")
	case len(m.Layout.Delimiter) > 1 && m.Layout.Delimiter != "tab", m.Layout.Delimiter == `"`, m.Layout.Delimiter > "\x7e":
		return bad("delimiter", "%q is no single character", m.Layout.Delimiter).Hinted("such as \";\", or tab")
	case !slices.Contains(CodeLists(), f.Codes):
		return bad("codes", "%q is no list of codes", f.Codes).Hinted("one of %s; where the same letters stand in several lists, they mean other states", quoted(CodeLists()))
	case f.Table != "" && slug(f.Table) != f.Table:
		return bad("table", "%q is no id", f.Table).Hinted("use small letters, digits and hyphens, such as %q", slug(f.Table))
	case len(f.Series) == 0:
		return bad("series", "no series is read from the table").Hinted("docs/figures.md shows one")
	case f.Public && m.Source.Licence == "":
		return bad("public", "no licence is named under source, so that the file cannot be given to everybody").Hinted("name the licence, or leave public out: the archived copy is private then")
	}
	for _, code := range slices.Sorted(maps.Keys(f.Places)) {
		p := f.Places[code]
		if !slices.Contains(stocktake.PlaceKinds(), p.Kind) {
			return bad("places "+code, "%q is no kind of place", p.Kind).Hinted("one of %s", quoted(stocktake.PlaceKinds()))
		}
		if p.Kind == "state" && p.Party == "" {
			return bad("places "+code, "it is a state, and no party is named").Hinted("such as %s: {kind: state, party: CHL}", code)
		}
	}
	for i := range f.Series {
		s := &f.Series[i]
		key := "series " + itoa(i+1)
		switch {
		case !seriesID.MatchString(s.ID):
			return bad(key+" id", "%q is no id of a series", s.ID).Hinted("publisher and column in small letters with hyphens, such as unhcr/asylum-seekers")
		case s.Title == "" || s.Unit == "":
			return bad(key, "%s needs a title and a unit", s.ID).Hinted("such as title: Refugees, and unit: persons")
		case s.Count == (s.Value != ""):
			return bad(key+" value", "%s needs either value, the column of its figures, or count: true where each row is one event", s.ID)
		case s.Party == "" && s.Counterpart == "":
			return bad(key+" party", "%s says of nobody whose figures they are", s.ID).Hinted("party is the column of where people are, or whom the figure is about; counterpart of where they came from")
		case s.Period == "":
			return bad(key+" period", "%s has no column of periods", s.ID)
		case !slices.Contains(stocktake.SeriesTimes(), s.Times):
			return bad(key+" times", "%q does not say what a period means", s.Times).Hinted("one of %s", quoted(stocktake.SeriesTimes()))
		case !slices.Contains(stocktake.SeriesAdds(), s.Adds):
			return bad(key+" adds", "%q does not say over what figures may be added up", s.Adds).Hinted("all; places, for what is counted at one time; none, for a rate or a price")
		case s.UnitColumn == "" && len(s.UnitMeans) > 0:
			return bad(key+" unit_means", "no column says the unit").Hinted("name it as unit_column")
		}
	}
	return nil
}

// file is the mapping as a file of figures.
func (m *mapping) figureFile() figureFile {
	f := m.Figures
	out := figureFile{set: m.Source.ID, public: f.Public, source: stocktake.Source{Kind: m.Source.Kind, Title: m.Source.Title, Publisher: m.Source.Publisher, Address: m.Source.Address, Lang: m.Source.Lang, Licence: m.Source.Licence, Note: m.Source.Note}}
	if out.source.Kind == "" {
		out.source.Kind = "dataset"
	}
	spec := figureSpec{by: f.By, beside: map[string]beside{}, places: map[string]stocktake.Place{}, units: map[stocktake.SeriesID]unitCell{}, ahead: f.Ahead}
	spec.table = stocktake.FigureTable{Title: f.Title, Codes: f.Codes, Faults: f.Faults}
	if spec.table.Title == "" {
		spec.table.Title = m.Source.Title
	}
	switch d := m.Layout.Delimiter; d {
	case "", ",":
	case "tab":
		spec.table.Comma = "\t"
	default:
		spec.table.Comma = d
	}
	for column, name := range f.Names {
		spec.beside[column] = beside{name: name, iso: f.ISO[column]}
	}
	for column, iso := range f.ISO {
		spec.beside[column] = beside{name: f.Names[column], iso: iso}
	}
	for code, p := range f.Places {
		spec.places[code] = stocktake.Place{Name: p.Name, Kind: p.Kind, Party: stocktake.PartyID(p.Party)}
	}
	for _, s := range f.Series {
		t := stocktake.TableSeries{Series: stocktake.SeriesID(s.ID), Title: s.Title, Unit: s.Unit, Value: s.Value, Party: s.Party, Counterpart: s.Counterpart, Period: s.Period, Times: s.Times, Adds: s.Adds,
			Missing: s.Missing, Rounded: s.Rounded, Count: s.Count, Negative: s.Negative, Note: s.Note}
		for _, column := range slices.Sorted(maps.Keys(s.Where)) {
			t.Where = append(t.Where, stocktake.Cell{Column: column, Is: s.Where[column]})
		}
		spec.table.Series = append(spec.table.Series, t)
		if s.UnitColumn != "" {
			u := unitCell{column: s.UnitColumn, means: s.UnitMeans}
			if len(u.means) == 0 {
				u.means = []string{s.Unit}
			}
			spec.units[t.Series] = u
		}
	}
	out.figureSpec = spec
	return out
}

// importFigures reads one file of figures by a mapping.
func (m *mapping) importFigures(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	in, err := inspectFile(path)
	if err != nil {
		return Report{}, err
	}
	if opt.Edition == "" {
		opt.Edition = m.Source.Edition
	}
	if opt.Published == "" {
		opt.Published = m.Source.Published
	}
	f := m.figureFile()
	r := figureRun{set: m.Mapping, id: m.Figures.Table, series: m.Source.Series, files: []*figureFile{&f}, ins: []input{in}}
	return r.run(ctx, rec, opt, emit)
}
