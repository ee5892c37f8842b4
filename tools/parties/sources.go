package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"stocktake"
)

// The day on which the tables were read for this record, and who scraped the register.
const (
	readOn = "2026-11-23"
	scrape = "UN Treaty Collection, as scraped by Zachary M. Jones"
)

// fileSource describes a table as a source. Its copy is private: the record carries its hash, not the file. License is as its publisher
// states it.
func fileSource(data, file string, s stocktake.Source, published string) (stocktake.Source, error) {
	text, err := os.ReadFile(filepath.Join(data, filepath.FromSlash(file)))
	if err != nil {
		return s, fmt.Errorf("source %s: %w", s.ID, err)
	}
	sum := sha256.Sum256(text)
	if s.Kind == "" {
		s.Kind = "dataset"
	}
	if published != "" {
		s.Published = stocktake.MustDate(published)
	}
	s.Read = stocktake.MustDate(readOn)
	s.Copy = &stocktake.Copy{State: "private", SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(text)), Name: file}
	return s, nil
}

// The tables that states are made from.
const (
	srcCodes   stocktake.SourceID = "country-codes-2026-05"
	srcCodes2  stocktake.SourceID = "countrycode-2026-04"
	srcSpans   stocktake.SourceID = "cow-spans-2026-04"
	srcMembers stocktake.SourceID = "un-membership-2015-03"
	srcCLDR    stocktake.SourceID = "cldr-names-48"
	srcTreaty  stocktake.SourceID = "untc-index-2015-03"
)

func stateSources(data string) (list []stocktake.Source, err error) {
	for _, s := range []struct {
		file, published string
		stocktake.Source
	}{
		{codesFile, "2026-05-15", stocktake.Source{ID: srcCodes, Title: "Country codes: ISO 3166, M49, UN names in six languages, Wikidata ids", Publisher: "Datasets (github.com/datasets)",
			Address: "https://github.com/datasets/country-codes at caa72d1e0e5af8876c170bb36a9e4d64a01bba88, data/country-codes.csv", Licence: "PDDL-1.0"}},
		{codelistFile, "2026-04-17", stocktake.Source{ID: srcCodes2, Title: "List of country codes with Correlates of War numbers", Publisher: "Vincent Arel-Bundock and others",
			Address: "https://github.com/vincentarelbundock/countrycode at 284d6a2f7e49d826e10894227a05d4c857e21540, dictionary/", Licence: "GPL-3.0"}},
		{spansFile, "2026-04-17", stocktake.Source{ID: srcSpans, Title: "First and last year of each state in the Correlates of War list, to 2016", Publisher: "Vincent Arel-Bundock and others, from the Correlates of War project",
			Address: "https://github.com/vincentarelbundock/countrycode at 284d6a2f7e49d826e10894227a05d4c857e21540, made from dictionary/data_cow.csv", Licence: "GPL-3.0"}},
		{membersFile, "2015-03-14", stocktake.Source{ID: srcMembers, Kind: "register", Title: "Dates and resolutions of admission to the United Nations, March 2015", Publisher: scrape,
			Address: "https://github.com/zmjones/untreaties at 003ce1309cc2a27a5a3909f39b7e6634550bf173, treaties/1-1.csv and 1-2.csv", Licence: "none stated",
			Note: "For original members the date is that of the deposit of their ratification of the Charter."}},
	} {
		full, err := fileSource(data, s.file, s.Source, s.published)
		if err != nil {
			return nil, err
		}
		list = append(list, full)
	}
	sum := sha256.Sum256(cldrNames)
	return append(list, stocktake.Source{ID: srcCLDR, Kind: "dataset", Title: "Names of countries and territories in eight languages", Publisher: "Unicode CLDR", Series: "cldr-names", Edition: "48.2.0",
		Address: "npm package cldr-localenames-full 48.2.0", Licence: "Unicode-3.0", Read: stocktake.MustDate(readOn),
		Copy: &stocktake.Copy{State: "private", SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(cldrNames)), Name: "cldr-names.csv"},
		Note: "The copy is the list of names that was taken from the package."}), nil
}
