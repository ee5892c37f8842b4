// Package accuracy measures how well ingest reads: it holds statements that a person labelled by careful reading against the drafts that
// ingest makes of the same texts, and counts, field by field, what was found rightly, wrongly and not at all.
//
// # Labels
//
// A label is one JSON file for each text. Places count Unicode code points in the normalised text, as drafts do. A span gives its text whole,
// or, where that is long, how it begins and how it ends; either way Load holds it against the text, so that a label can never say what the
// text does not. Every label says to which half it belongs: rules may be made with the train half in view, and are tried on the test half.
//
// # When something counts as found
//
// Signatories, states, instruments and symbols: the same words, runs of white space being one space, at an overlapping place. Calls and
// undertakings: the places overlap, and of all words that either has, at least half are in both (Jaccard; a stricter measure than the share
// of the longer or the shorter one). A title is the same words; a date the same ISO date; a place the same up to its first comma, so that a
// town counts with or without its country.
package accuracy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stocktake"
	"stocktake/internal/ingest"
)

// A Label is what a careful reader found in one text.
type Label struct {
	Name   string `json:"-"` // of the label's file, without .json
	Text   string `json:"-"` // of the statement, as in its file
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the text's file, lower-case hex
	Split  string `json:"split"`  // train or test
	Lang   string `json:"lang"`

	Title        *Span        `json:"title"`
	Subtitle     *Span        `json:"subtitle"`
	Date         *Date        `json:"date"`
	Place        *Place       `json:"place"`
	Issuers      []Span       `json:"issuers"`
	Addressees   []Span       `json:"addressees"`
	Instruments  []Instrument `json:"instruments"`
	Symbols      []Span       `json:"symbols"`
	States       []Span       `json:"states"`
	Calls        []Span       `json:"calls"`
	Undertakings []Span       `json:"undertakings"`
	Signatories  []Span       `json:"signatories"`
}

// A Span is a place in the normalised text, in code points, with its words: Text, or, for a long one, the first and last of them.
type Span struct {
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Text   string `json:"text"`
	Begins string `json:"begins"`
	Ends   string `json:"ends"`
}

// A Date is the day of issue in ISO 8601, no finer than the text. Where Stated is false it was inferred from what stands at Start.
type Date struct {
	ISO    string `json:"iso"`
	Stated bool   `json:"stated"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
}

// A Place is where the text was issued.
type Place struct {
	Name   string `json:"name"`
	Stated bool   `json:"stated"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
}

// An Instrument is one instrument at its fullest mention.
type Instrument struct {
	Span
	Mentions []Span `json:"mentions"`
}

// Load reads every label in dir and the text of each from the first of texts that holds it. A split other than "all" leaves the labels of the
// other half unread beyond their split. It fails where a text is missing or is not the one that was labelled, and where a label is not verbatim.
func Load(dir string, texts []string, split string) ([]Label, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, stocktake.NotFoundf("%s holds no labels", dir).Hinted("labels are files that end in .json")
	}
	slices.Sort(files)
	var list []Label
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		l := Label{Name: strings.TrimSuffix(filepath.Base(path), ".json")}
		if err := json.Unmarshal(data, &l); err != nil {
			return nil, stocktake.Invalidf("%s is no label: %v", path, err)
		}
		if l.Split != "train" && l.Split != "test" {
			return nil, stocktake.Invalidf("%s: split is %q", path, l.Split).Hinted("it must be train or test")
		}
		if split != "all" && l.Split != split {
			continue
		}
		text, err := find(texts, l.File)
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != l.SHA256 {
			return nil, stocktake.Invalidf("%s was made for another text than %s: the SHA-256 differs", path, l.File)
		}
		l.Text = string(text)
		if err := l.verbatim(); err != nil {
			return nil, stocktake.Invalidf("%s: %v", path, err)
		}
		list = append(list, l)
	}
	return list, nil
}

func find(dirs []string, name string) ([]byte, error) {
	for _, dir := range dirs {
		data, err := os.ReadFile(filepath.Join(dir, filepath.Base(name)))
		if err == nil {
			return data, nil
		}
		if !os.IsNotExist(err) {
			return nil, err
		}
	}
	return nil, stocktake.NotFoundf("the text %s is in none of %s", name, strings.Join(dirs, ", "))
}

// verbatim reports the first span that is not in the text as the label says.
func (l *Label) verbatim() error {
	text := []rune(ingest.Read(l.Text, nil).Text)
	check := func(what string, list ...Span) error {
		for _, s := range list {
			if s.Start < 0 || s.End <= s.Start || s.End > len(text) {
				return fmt.Errorf("%s: %d to %d is no place in a text of %d code points", what, s.Start, s.End, len(text))
			}
			got := string(text[s.Start:s.End])
			if s.Text != "" && s.Text != got || !strings.HasPrefix(got, s.Begins) || !strings.HasSuffix(got, s.Ends) || s.Text == "" && s.Begins == "" {
				return fmt.Errorf("%s: %d to %d is “%s”, which is not what the label has", what, s.Start, s.End, got)
			}
		}
		return nil
	}
	for _, s := range []*Span{l.Title, l.Subtitle} {
		if s != nil {
			if err := check("title", *s); err != nil {
				return err
			}
		}
	}
	for _, f := range []struct {
		what string
		list []Span
	}{{"issuers", l.Issuers}, {"addressees", l.Addressees}, {"symbols", l.Symbols}, {"states", l.States}, {"calls", l.Calls}, {"undertakings", l.Undertakings}, {"signatories", l.Signatories}} {
		if err := check(f.what, f.list...); err != nil {
			return err
		}
	}
	for _, in := range l.Instruments {
		if err := check("instruments", in.Span); err != nil {
			return err
		}
		if err := check("mentions", in.Mentions...); err != nil {
			return err
		}
	}
	return nil
}
