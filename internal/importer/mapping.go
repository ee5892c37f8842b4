package importer

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// mapping is an importer that a person described.
type mapping struct {
	mapDoc
	file  string // the name of the mapping file
	forms []dateForm
}

// mapDoc is what a person wrote to say how somebody's table becomes filings. docs/importing.md explains every key; the files in
// mappings/ are examples.
type mapDoc struct {
	Mapping    string      `yaml:"mapping"` // name; keys of filings begin with it
	Summary    string      `yaml:"about"`
	Layout     mapLayout   `yaml:"file"`
	Source     mapSource   `yaml:"source"`
	Instrument mapField    `yaml:"instrument"`
	Describe   *mapText    `yaml:"describe"`
	Party      mapField    `yaml:"party"`
	Dates      []string    `yaml:"dates"`
	Skip       []*mapIf    `yaml:"skip"`
	Register   bool        `yaml:"register_headings"` // the columns' own headings say what stands under them, as in the UN register
	Acts       []*mapAct   `yaml:"acts"`
	Votes      *mapVotes   `yaml:"votes"`
	Constants  mapConst    `yaml:"constants"`
	Coverage   mapCoverage `yaml:"coverage"`
	Figures    *mapFigures `yaml:"figures"` // instead of acts or votes
}

// mapLayout says how the file is laid out.
type mapLayout struct {
	Form      string `yaml:"form"`      // csv, xlsx, html; by the file's name where it is left out
	Delimiter string `yaml:"delimiter"` // one character; "tab" for a tabulator
	Encoding  string `yaml:"encoding"`  // utf-8, latin1, windows-1252
	Sheet     string `yaml:"sheet"`     // of a workbook: its name; the first where it is left out
	Table     int    `yaml:"table"`     // of a page: which one, from 1
	Heading   string `yaml:"heading"`   // of a page: the first table after a heading, or with a caption, that holds this text
	Header    int    `yaml:"header"`    // which row of the sheet or table has the names of the columns, from 1
}

type mapSource struct {
	ID        string `yaml:"id"`
	Series    string `yaml:"series"` // what it is an edition of; the id where it is left out
	Kind      string `yaml:"kind"`
	Edition   string `yaml:"edition"`
	Title     string `yaml:"title"`
	Publisher string `yaml:"publisher"`
	Address   string `yaml:"address"`
	Lang      string `yaml:"lang"`
	Published string `yaml:"published"`
	Licence   string `yaml:"licence"`
	Note      string `yaml:"note"`
}

// mapField is a value that is fixed, stands in a column, or is found once in the page. Names gives ids for what stands there.
type mapField struct {
	Fixed    string            `yaml:"fixed"`
	Column   string            `yaml:"column"`
	Page     string            `yaml:"page"`
	Strip    string            `yaml:"strip"` // a pattern of what is cut away before the value is looked up
	Names    map[string]string `yaml:"names"`
	Optional bool              `yaml:"optional"` // the column may be missing; then nothing is given

	page, strip *regexp.Regexp
	at          int
}

// UnmarshalYAML reads a bare word as a fixed value.
func (f *mapField) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Fixed = n.Value
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 { // Decode does not know here that keys must be known
		switch k := n.Content[i]; k.Value {
		case "fixed", "column", "page", "strip", "names", "optional":
		default:
			return unknownKey(k)
		}
	}
	type plain mapField
	return n.Decode((*plain)(f))
}

func (f *mapField) given() bool { return f.Fixed != "" || f.Column != "" || f.Page != "" }

// mapText describes an instrument that the record may not have yet.
type mapText struct {
	Kind    string `yaml:"kind"`
	Title   string `yaml:"title"`
	Symbol  string `yaml:"symbol"`
	Adopted string `yaml:"adopted"`
	Place   string `yaml:"place"`
}

// mapIf holds for a row where the column has one of the values, matches a pattern, or is empty.
type mapIf struct {
	Column  string   `yaml:"column"`
	Equals  []string `yaml:"equals"`
	Matches string   `yaml:"matches"`
	Empty   bool     `yaml:"empty"`

	re *regexp.Regexp
	at int
}

func (c *mapIf) holds(cells []string) bool {
	v := cells[c.at]
	for _, e := range c.Equals {
		if strings.EqualFold(v, e) {
			return true
		}
	}
	return c.Empty && v == "" || c.re != nil && c.re.MatchString(v)
}

// mapAct makes an act of what stands in a column.
type mapAct struct {
	Column     string            `yaml:"column"`
	Kind       string            `yaml:"kind"`        // where no letter follows the date
	KindColumn string            `yaml:"kind_column"` // the kind stands in a column of its own
	Kinds      map[string]string `yaml:"kinds"`       // what its words mean
	Letters    map[string]string `yaml:"letters"`     // what a letter after the date means
	As         string            `yaml:"as"`          // which day of the act the date is: done where it is left out
	Effect     string            `yaml:"effect"`      // columns of the other days
	Notified   string            `yaml:"notified"`
	Announced  string            `yaml:"announced"`
	Value      string            `yaml:"value"`    // a pattern with (?P<date>...) and, where there is one, (?P<letter>...)
	Optional   bool              `yaml:"optional"` // what does not match makes no act, instead of a reject
	When       *mapIf            `yaml:"when"`

	kind           stocktake.ActKind
	kinds, letters map[string]stocktake.ActKind
	phase          stocktake.Phase
	value          *regexp.Regexp
	head           *heading // instead of kind and letters
	at, kindAt     int
	days           []mapDay
}

type mapDay struct {
	phase stocktake.Phase
	at    int
}

// mapVotes makes a roll-call of rows that each hold one party's vote.
type mapVotes struct {
	RollCall mapField            `yaml:"roll_call"` // an id of the vote; or
	Meeting  mapField            `yaml:"meeting"`   // the meeting it was held at, which makes an id together with the text
	Date     mapField            `yaml:"date"`
	Symbol   mapField            `yaml:"symbol"`
	Session  mapField            `yaml:"session"`
	Label    mapField            `yaml:"label"`
	Part     mapField            `yaml:"part"`
	Title    mapField            `yaml:"title"`   // of a resolution that the record does not have
	Partial  bool                `yaml:"partial"` // the table lists some members only, and says nothing of the others
	Column   string              `yaml:"column"`
	Values   map[string][]string `yaml:"values"` // yes, no, abstain, absent, not_voting, ignore

	values map[string]int
	at     int
}

// mapBallots are the lists of a roll-call that values of a vote column may name, in their order.
var mapBallots = []string{"yes", "no", "abstain", "absent", "not_voting", "ignore"}

type mapConst struct {
	Organ      string `yaml:"organ"`
	Meeting    string `yaml:"meeting"`
	Confidence string `yaml:"confidence"`
	Note       string `yaml:"note"`
}

type mapCoverage struct {
	Instruments []string            `yaml:"instruments"`
	Kinds       []string            `yaml:"kinds"` // refused: a table covers what it tells of
	Acts        []string            `yaml:"acts"`
	Parties     []stocktake.PartyID `yaml:"parties"`
	From        string              `yaml:"from"`
	To          string              `yaml:"to"`
	CannotShow  []string            `yaml:"cannot_show"`
}

// Mapping reads a mapping that a person wrote, in YAML, and returns the importer that it describes. file is the name of the mapping,
// for messages. What is wrong with it is an Invalid fault that names the line or the key.
func Mapping(file string, data []byte) (Importer, error) {
	m := &mapping{file: filepath.Base(file)}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, stocktake.Invalidf("the mapping is empty").At(m.file).Hinted("docs/importing.md shows one")
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&m.mapDoc); err != nil {
		return nil, m.yamlFault(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, stocktake.Invalidf("the file holds more than one YAML document").At(m.file).Hinted("write one mapping a file")
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// Name returns the mapping's name.
func (m *mapping) Name() string { return m.Mapping }

// About returns the mapping's own line, or the title of its source.
func (m *mapping) About() string {
	if m.Summary != "" {
		return m.Summary
	}
	return m.Source.Title
}

var yamlUnknown = regexp.MustCompile(`line ([0-9]+): field (\S+) not found`)

func unknownKey(k *yaml.Node) error {
	return &yaml.TypeError{Errors: []string{"line " + itoa(k.Line) + ": field " + k.Value + " not found here"}}
}

// mappingKeys are all keys of a mapping, for the nearest to a misspelt one.
var mappingKeys = strings.Fields(`mapping about file source instrument describe party dates skip register_headings acts votes constants coverage
	form delimiter encoding sheet table heading header id series kind edition title publisher address lang published licence note fixed column page strip names partial
	symbol adopted place equals matches empty kind_column kinds letters as effect notified announced value optional when roll_call date session label part
	values organ meeting confidence instruments parties from to cannot_show`)

func (m *mapping) yamlFault(err error) error {
	f := stocktake.Invalidf("this is not the YAML of a mapping: %s", strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " ")).At(m.file).Hinted("docs/importing.md explains the keys")
	if k := yamlUnknown.FindStringSubmatch(err.Error()); k != nil {
		f = stocktake.Invalidf("there is no key %q here", k[2]).At(m.file + " line " + k[1]).Hinted("docs/importing.md explains the keys")
		if near := nearest(k[2], append(slices.Clone(mappingKeys), figureKeys...), 3); len(near) > 0 {
			f = f.Hinted("the nearest keys are %s", quoted(near))
		}
	}
	f.Err = err
	return f
}
