// Package taking takes stock: where parties stand, party by provision, on one day, as known on another; which acts and measures came since
// the last time, who judged what by which rubric, what is still asked, what was recommended again, what figures say, and what is not known.
//
// A stocktake is a pure function of its scope, of the day, of what could be known, of the head of the record, and of the rubric. It holds no
// words that may one day have to go: what it cites it names, and pages and documents fetch the words where they are still there.
package taking

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"stocktake"
)

// ScopeFormat is the version of the format of a scope.
const ScopeFormat = "stocktake-scope/1"

// A Scope says what a stocktake is about. It is data, so that the reviews of 2022, 2026 and 2030 are three runs of one program.
type Scope struct {
	Format     string                  `json:"format" yaml:"format"`
	ID         string                  `json:"id" yaml:"id"`
	Title      string                  `json:"title" yaml:"title"`
	By         string                  `json:"by" yaml:"by"` // office, role or coalition that answers for it
	Provisions []stocktake.ProvisionID `json:"provisions" yaml:"provisions"`
	Parties    []stocktake.PartyID     `json:"parties" yaml:"parties"`                       // parties, or groups: whoever belongs to them on the day
	Since      string                  `json:"since,omitempty" yaml:"since,omitempty"`       // the day of the last stocktake; what came after it is new
	Rubric     stocktake.RubricID      `json:"rubric,omitempty" yaml:"rubric,omitempty"`     // what assessments are made by; empty: none are shown
	Figures    []ScopeFigure           `json:"figures,omitempty" yaml:"figures,omitempty"`   // which series are shown with which provision
	Passages   []Passage               `json:"passages,omitempty" yaml:"passages,omitempty"` // what those who answer for it say in their own words
}

// A ScopeFigure shows a series with a provision. Side says where the assessed party stands in it: party (where people are, or whom the
// figure is about) or counterpart (where they came from). Years is how many periods are drawn, 10 unless stated.
type ScopeFigure struct {
	Provision stocktake.ProvisionID `json:"provision" yaml:"provision"`
	Series    stocktake.SeriesID    `json:"series" yaml:"series"`
	Side      string                `json:"side,omitempty" yaml:"side,omitempty"`
	Years     int                   `json:"years,omitempty" yaml:"years,omitempty"`
}

// A Passage is text that somebody answers for. It is shown as theirs, apart from what the record says.
type Passage struct {
	About string `json:"about,omitempty" yaml:"about,omitempty"` // a party's or provision's id; empty: the whole
	Text  string `json:"text" yaml:"text"`                       // Markdown
	By    string `json:"by" yaml:"by"`
}

// ReadScope reads a scope, YAML or JSON. A field that it does not know is an error, as is what does not fit; all faults are told at once.
func ReadScope(name string, r io.Reader) (*Scope, error) {
	const most = 4 << 20
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if len(b) > most {
		return nil, stocktake.Invalidf("a scope of more than 4 MB").At(name)
	}
	var s Scope
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		return nil, stocktake.Invalidf("this is no scope: %s", strings.TrimPrefix(err.Error(), "yaml: ")).At(name).Hinted("docs/stocktaking.md shows one")
	}
	if err := s.Check(); err != nil {
		return nil, err.At(name)
	}
	return &s, nil
}

// Check says what is missing or does not fit in the scope by itself; whether the record has what it names is found when it is taken.
func (s *Scope) Check() *stocktake.Fault {
	var faults []string
	bad := func(f string, a ...any) { faults = append(faults, fmt.Sprintf(f, a...)) }
	if s.Format != ScopeFormat {
		bad("format is %q; write %s", s.Format, ScopeFormat)
	}
	for _, x := range []struct{ name, value string }{{"id", s.ID}, {"title", s.Title}, {"by", s.By}} {
		if strings.TrimSpace(x.value) == "" {
			bad("%s is missing", x.name)
		}
	}
	if strings.ContainsFunc(s.ID, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.')
	}) {
		bad("id %q: use small letters, digits, - and .", s.ID)
	}
	if len(s.Provisions) == 0 {
		bad("provisions: name one at least, such as gcm/obj-13")
	}
	if len(s.Parties) == 0 {
		bad("parties: name one at least, such as MEX or un-members")
	}
	twice(s.Provisions, "provisions", bad)
	twice(s.Parties, "parties", bad)
	if s.Since != "" {
		if d, err := stocktake.ParseDate(s.Since); err != nil {
			bad("since: %v", err)
		} else if lo, hi := d.Bounds(); lo != hi {
			bad("since is %s; write one day, as in 2022-05-20", s.Since)
		}
	}
	for i, f := range s.Figures {
		if !slices.Contains(s.Provisions, f.Provision) {
			bad("figures %d: %s is not among the provisions", i+1, f.Provision)
		}
		if !strings.Contains(string(f.Series), "/") {
			bad("figures %d: series %q; `stocktake figures --list` lists them", i+1, f.Series)
		}
		if f.Side != "" && f.Side != "party" && f.Side != "counterpart" {
			bad("figures %d: side is %q; write party or counterpart", i+1, f.Side)
		}
		if f.Years < 0 || f.Years > 100 {
			bad("figures %d: years is %d; write a number up to 100", i+1, f.Years)
		}
	}
	for i, p := range s.Passages {
		if strings.TrimSpace(p.Text) == "" || strings.TrimSpace(p.By) == "" {
			bad("passages %d: a passage needs text and who answers for it, by", i+1)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return stocktake.Invalidf("%s", strings.Join(faults, "\n  ")).Hinted("nothing was taken")
}

func twice[T cmp.Ordered](list []T, name string, bad func(string, ...any)) {
	seen := map[T]bool{}
	for _, x := range list {
		if seen[x] {
			bad("%s: %v is there twice", name, x)
		}
		seen[x] = true
	}
}
