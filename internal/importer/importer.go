// Package importer turns files of others into filings. It reads the files it is given and nothing else: no clock, no network, no
// ledger. The same file imported twice gives the same filings, byte for byte, whoever imports it and in whatever order editions come.
//
// An importer never guesses. A row that it cannot read is a [Reject], with its place, its value and the reason, and the import goes on;
// a file that it cannot read at all is a [stocktake.Fault].
package importer

import (
	"context"
	"io"
	"slices"
	"sort"
	"time"

	"stocktake"
)

// Record is what an importer may ask of the record it imports into. It is asked for names only, never for acts, so that editions filed
// in either order give the same filings.
type Record interface {
	// FindParty returns the party with that id, ISO code, name in the usage of the United Nations, common name or alias.
	FindParty(name string) (stocktake.PartyID, bool)
	// FindInstrument returns the instrument with that id, symbol or alias. The number of a treaty in the United Nations Treaty
	// Collection is asked for as "untc/4-13".
	FindInstrument(name string) (stocktake.InstrumentID, bool)
}

// Options of one import. Now is the moment of the import, used for nothing that stands in a filing. Read is the day the file was
// fetched; it stands in the sources of editions that the importer does not know by their hash. Edition and Published name such an
// edition. NoTexts leaves texts of declarations out, and says only that there was one. Progress, if not nil, is called at most 20 times
// a second with the bytes read, the bytes there are (0: not known) and the name of the file. File, if not nil, is handed each file that
// belongs into the archive.
type Options struct {
	Now                time.Time
	Read               stocktake.Date
	Edition, Published string
	NoTexts            bool
	Progress           func(done, total int64, what string)
	File               func(File) error
}

// File is a file that sources name as their archived copy. Name is relative to the data set's folder, and begins with its name, as in
// "gcm-chronology-evidence/c13-euobserver.txt". Open may be called any number of times; the caller closes what it returns.
type File struct {
	SHA256, Name, Media string
	Bytes               int64
	Open                func() (io.ReadCloser, error)
}

// Reject is something in a file that could not be taken: a row, a cell, or a file of a folder. Line and Column count from 1; 0 means
// that there is none. Value is what stands there, cut at 200 bytes.
type Reject struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// Report says what an import did. Rows are the rows read, rejected ones included; Acts counts acts and ballots. Notes are sentences for
// the person who imports: what the file holds that was left out on purpose, and why.
type Report struct {
	Rows    int      `json:"rows"`
	Filings int      `json:"filings"`
	Acts    int      `json:"acts"`
	Rejects []Reject `json:"rejects,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// Importer turns one data set into filings. Import reads path, a folder or a file, and calls emit for each filing in a fixed order. An
// error of emit ends the import and is returned as it is; so does the end of ctx. The filings are the caller's to keep.
type Importer interface {
	// Name is the name of the data set, and of its folder.
	Name() string
	// About says in one line what the importer reads.
	About() string
	Import(ctx context.Context, path string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error)
}

// Named returns the importer of the data set with that name, or of the mapping that comes with the program under that name.
func Named(name string) (Importer, bool) {
	for _, im := range all {
		if im.Name() == name {
			if slices.Contains(tellsOfStates, name) {
				im = peopled{im}
			}
			return im, true
		}
	}
	if b, ok := Shipped(name); ok {
		if im, err := Mapping(name+".yaml", b); err == nil {
			return im, true
		}
	}
	return nil, false
}

// All returns every importer that Named knows, by name. The caller owns the slice.
func All() []Importer {
	list := append([]Importer(nil), all...)
	for _, name := range ShippedNames() {
		if im, ok := Named(name); ok {
			list = append(list, im)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	return list
}

// all are the importers of known data sets, in the order in which the sets are best imported.
var all = []Importer{
	gaVotes{},
	untc{},
	hrStatus{},
	parisStatus{},
	ndcRegistry{},
	iloC189{},
	texts{},
	unhcrFigures, migrantStock, missingMigrants, remittances, gdpPopulation,
	evidenceSets[0], evidenceSets[1], evidenceSets[2], evidenceSets[3],
}
