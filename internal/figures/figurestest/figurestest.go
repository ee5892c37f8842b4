// Package figurestest files small tables of stand-ins for tests: one series in two vintages that everybody may have, a price, and a series
// whose file is private and has words in it beside the figures.
package figurestest

import (
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/ledger"
)

const (
	First = `where,from,year,hosted,price
MEX,USA,2010,8,1.5
MEX,USA,2015,12,2
BRA,MEX,2015,1,2.5
MEX,UNK,2019,0,3
`
	Second = `where,from,year,hosted,price
MEX,USA,2015,14,2
BRA,MEX,2015,5,2.5
DEU,MEX,2015,..,
WLD,MEX,2015,1000,1
`
	// Private is the file that not everybody may have; %s stands for words.
	Private = `where,from,year,moved,comment
MEX,USA,2015,777,%s
BRA,USA,2015,3,%s
`
)

// File files the tables: hosts-2019 and hosts-2020 (example/hosted, example/price) and moves-2020 (example/moved), with words beside the
// figures of the last.
func File(t testing.TB, l *ledger.Ledger, words string) {
	t.Helper()
	put := func(text string) string {
		sum, _, err := l.Blobs().Put(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	places := func(codes ...string) (list []stocktake.Place) {
		for _, c := range codes {
			p := stocktake.Place{Code: c, Kind: "state", Party: stocktake.PartyID(c)}
			switch c {
			case "UNK":
				p = stocktake.Place{Code: c, Name: "Not known", Kind: "unknown"}
			case "WLD":
				p = stocktake.Place{Code: c, Name: "World", Kind: "aggregate"}
			}
			list = append(list, p)
		}
		return list
	}
	source := func(id, series, edition, sum, state string, bytes int) stocktake.Source {
		return stocktake.Source{ID: stocktake.SourceID(id), Kind: "dataset", Series: series, Edition: edition, Title: "A table of stand-ins", Publisher: "Example", Address: "https://figures.example.org", Published: stocktake.MustDate(edition),
			Licence: "CC0-1.0", Copy: &stocktake.Copy{State: state, SHA256: sum, Bytes: int64(bytes), Media: "text/csv", Name: id + ".csv"}}
	}
	like := stocktake.TableSeries{Party: "where", Counterpart: "from", Period: "year", Times: "year-end", Missing: []string{".."}}
	hosted, price, moved := like, like, like
	hosted.Series, hosted.Title, hosted.Unit, hosted.Value, hosted.Adds, hosted.Rounded = "example/hosted", "People hosted (a stand-in)", "persons", "hosted", "places", 5
	price.Series, price.Title, price.Unit, price.Value, price.Adds = "example/price", "A price (a stand-in)", "percent", "price", "none"
	moved.Series, moved.Title, moved.Unit, moved.Value, moved.Adds = "example/moved", "People who moved (a stand-in)", "persons", "moved", "places"
	private := strings.ReplaceAll(Private, "%s", words)
	table := func(id string, codes []stocktake.Place, rows int64, series ...stocktake.TableSeries) stocktake.FigureTable {
		return stocktake.FigureTable{ID: stocktake.TableID(id), Title: "Stand-ins of " + id[strings.LastIndexByte(id, '-')+1:], Source: stocktake.SourceID(id), Form: "csv", Rows: rows, Codes: "iso3", Places: codes, Series: series}
	}
	file := func(f stocktake.Filing) {
		f.Format = stocktake.Format
		if _, err := l.File(t.Context(), ledger.FileOptions{}, f); err != nil {
			t.Fatal(err)
		}
	}
	file(stocktake.Filing{Key: "figures/hosts-2019", Title: "Figures: hosts, 2019", Sources: []stocktake.Source{source("hosts-2019", "hosts", "2019", put(First), "public", len(First))},
		Tables: []stocktake.FigureTable{table("hosts-2019", places("BRA", "MEX", "UNK", "USA"), 4, hosted, price)}})
	file(stocktake.Filing{Key: "figures/hosts-2020", Title: "Figures: hosts, 2020", Sources: []stocktake.Source{source("hosts-2020", "hosts", "2020", put(Second), "public", len(Second))},
		Tables: []stocktake.FigureTable{table("hosts-2020", places("BRA", "DEU", "MEX", "USA", "WLD"), 4, hosted, price)}})
	file(stocktake.Filing{Key: "figures/moves-2020", Title: "Figures: moves, 2020", Sources: []stocktake.Source{source("moves-2020", "moves", "2020", put(private), "private", len(private))},
		Tables: []stocktake.FigureTable{table("moves-2020", places("BRA", "MEX", "USA"), 2, moved)}})
}
