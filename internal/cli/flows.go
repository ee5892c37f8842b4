package cli

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/figures"
	"stocktake/internal/flows"
)

type flowsCmd struct {
	Method     string  `help:"sd_drop_neg, sd_rev_neg, mig_rate, da_min_open, da_min_closed or da_pb_closed." default:"sd_drop_neg" placeholder:"M"`
	Period     string  `help:"From the year of one table of stocks to that of the next: 2015-2020." placeholder:"YEAR-YEAR"`
	From       string  `help:"Only moves from here." placeholder:"NAME"`
	To         string  `help:"Only moves to here." placeholder:"NAME"`
	Spread     bool    `help:"One row for each method that can be used with what is given."`
	Join       bool    `help:"Count states as they were in the period: Serbia and Montenegro, Sudan."`
	Series     string  `help:"Series of stocks in the record." default:"desa/migrant-stock" placeholder:"ID"`
	Stocks     string  `help:"File of stocks, instead of the record: origin_iso3, destination_iso3, year, stock." placeholder:"FILE"`
	Population string  `help:"File of populations: iso3, year, population. The da_ methods need it." placeholder:"FILE"`
	Births     string  `help:"File of births of the period, under the year in which it begins: iso3, year, births." placeholder:"FILE"`
	Deaths     string  `help:"File of deaths of the period: iso3, year, deaths." placeholder:"FILE"`
	Total      float64 `help:"All moves of the period, which mig_rate shares out." placeholder:"N"`
	Against    string  `help:"File of published flows: how many cells of each period of five years from 1990 agree, and why the others do not." placeholder:"FILE"`
}

func (c *flowsCmd) Help() string {
	return `Nobody counted these moves: they are estimated from how many people of each birthplace lived where. The methods differ widely, and low and
high say how far, over the methods that can be used with what is given. docs/flows.md explains.

Examples:
  stocktake flows --method sd_rev_neg --period 2015-2020 --from MEX --to USA --json
  stocktake flows --period 2015-2020 --from SYR --spread
  stocktake flows --method sd_drop_neg --stocks stocks.csv --against published.csv`
}

// A flowRow is one estimate.
type flowRow struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Period  string  `json:"period"`
	Value   float64 `json:"value"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Unit    string  `json:"unit"`
	Method  string  `json:"method"`
	Of      string  `json:"range_of"` // methods over which low and high go
	Vintage string  `json:"vintage"`
	Source  string  `json:"source"`
}

// Run prints estimates.
func (c *flowsCmd) Run(e *env) error {
	method, err := flows.ParseMethod(c.Method)
	if err != nil {
		return err
	}
	if (c.Against == "") == (c.Period == "") {
		return misusef("name a period with --period, such as 2015-2020, or a file to compare with, with --against")
	}
	var from, to int
	if c.Period != "" {
		a, b, _ := strings.Cut(c.Period, "-")
		from, err = strconv.Atoi(a)
		if err == nil {
			to, err = strconv.Atoi(b)
		}
		if err != nil || from < 1800 || to > 2200 || from >= to {
			return misusef("--period %s: write two years, such as 2015-2020", c.Period)
		}
	}
	cells, vintage, source, err := c.stocks(e, from, to)
	if err != nil {
		return err
	}
	if c.Against != "" {
		return c.against(e, method, cells)
	}
	f, others, err := c.estimates(method, cells, from, to)
	if err != nil {
		return err
	}
	return c.print(e, f, others, vintage, source)
}

// stocks reads stocks from a file, or from the record: of all years where from is 0.
func (c *flowsCmd) stocks(e *env, from, to int) (cells []flows.Cell, vintage, source string, err error) {
	if c.Stocks != "" {
		cells, err = readFlows(c.Stocks, flows.StockColumns)
		if err == nil {
			err = c.places(nil, stocktake.At{}, cells)
		}
		return cells, "", c.Stocks, err
	}
	o, err := e.open()
	if err != nil {
		return nil, "", "", err
	}
	defer o.Close()
	at, err := e.at(o)
	if err != nil {
		return nil, "", "", err
	}
	q := figures.Query{Series: stocktake.SeriesID(c.Series)}
	err = o.figures().Each(e.ctx, at, q, func(r *figures.Row) error {
		year, err := strconv.Atoi(r.Period)
		if err != nil {
			return stocktake.Invalidf("%s is not by year: it has the period %s", c.Series, r.Period)
		}
		if r.Value != nil && r.Party != "" && r.Counterpart != "" && (from == 0 || year == from || year == to) {
			if vintage != "" && vintage != r.Vintage {
				return stocktake.Invalidf("the stocks of %s are of two editions, %s and %s, which differ in more than what happened", c.Period, vintage, r.Vintage).Hinted("ask as known on a day when one edition had both years, with --known")
			}
			vintage, source = r.Vintage, r.Source
			cells = append(cells, flows.Cell{From: r.Counterpart, To: r.Party, Year: year, Value: *r.Value})
		}
		return nil
	})
	if err != nil {
		return nil, "", "", err
	}
	return cells, vintage, source, c.places(o, at, cells)
}

// places finds what --from and --to name.
func (c *flowsCmd) places(o *opened, at stocktake.At, cells []flows.Cell) error {
	for _, name := range []*string{&c.From, &c.To} {
		if *name == "" || slices.ContainsFunc(cells, func(x flows.Cell) bool { return x.From == *name || x.To == *name }) {
			continue
		}
		if o == nil {
			return stocktake.NotFoundf("the stocks know no place %q", *name).Hinted("write it as the table does")
		}
		id, err := o.party(*name, at.Head)
		if err != nil {
			return err
		}
		*name = string(id)
	}
	return nil
}

func readFlows(name string, columns flows.Columns) ([]flows.Cell, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return flows.ReadTable(name, f, columns)
}

// estimates returns the flows by the method, and by every method that can be used.
func (c *flowsCmd) estimates(method flows.Method, cells []flows.Cell, from, to int) (*flows.Flows, []*flows.Flows, error) {
	if c.Join {
		cells = flows.Joined(cells, from, flows.Joins())
	}
	in, err := flows.Stocks(cells, from, to)
	if err != nil {
		return nil, nil, err
	}
	in.Total = c.Total
	demography := true
	for _, x := range []struct {
		file string
		year int
		into *[]float64
	}{{c.Population, from, &in.PopStart}, {c.Population, to, &in.PopEnd}, {c.Births, from, &in.Births}, {c.Deaths, from, &in.Deaths}} {
		if x.file == "" {
			demography = false
			continue
		}
		table, err := readFlows(x.file, flows.PlaceColumns)
		if err != nil {
			return nil, nil, err
		}
		if *x.into, err = flows.ByPlace(x.file, table, in.Places, x.year); err != nil {
			return nil, nil, err
		}
	}
	asked, err := flows.Estimate(method, in)
	if err != nil {
		return nil, nil, err
	}
	var list []*flows.Flows
	for _, m := range flows.Methods() {
		if m == method {
			list = append(list, asked)
			continue
		}
		if m.Demographic() && !demography || m == flows.Rates && c.Total == 0 {
			continue
		}
		f, err := flows.Estimate(m, in)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, f)
	}
	return asked, list, nil
}

func (c *flowsCmd) print(e *env, asked *flows.Flows, all []*flows.Flows, vintage, source string) error {
	spreads, err := flows.Spreads(all)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range all {
		names = append(names, string(f.Method))
	}
	l := e.list("from", "to", "period", "value", "low", "high", "unit", "method", "vintage", "source")
	text := func(v float64) string { return strconv.FormatFloat(math.Round(v), 'f', 0, 64) }
	for _, s := range spreads {
		from, to := asked.Places[s.From], asked.Places[s.To]
		if c.From != "" && from != c.From || c.To != "" && to != c.To {
			continue
		}
		for i, f := range all {
			if !c.Spread && f != asked {
				continue
			}
			r := flowRow{from, to, c.Period, s.By[i], s.Low, s.High, "persons", string(f.Method), strings.Join(names, " "), vintage, source}
			if err := l.add(&r, from, to, c.Period, text(r.Value), text(r.Low), text(r.High), r.Unit, r.Method, vintage, source); err != nil {
				return err
			}
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	e.say("Estimates, not counts. Low and high go over %s.", strings.Join(names, ", "))
	if asked.Scaled > 0 {
		e.say("The two stocks told of numbers of people that differ by %.3f %%, and were brought to their mean.", asked.Scaled*100)
	}
	return nil
}

// against compares a method with published flows, period by period, with the states as the stocks have them, or as they were with --join.
func (c *flowsCmd) against(e *env, method flows.Method, cells []flows.Cell) error {
	published, err := readFlows(c.Against, flows.FlowColumns)
	if err != nil {
		return err
	}
	causes := flows.Causes()
	l := e.list("method", "period", "cells", "equal", "share", "with a cause", "without", "ours", "published", "correlation")
	tally := make([]int, len(causes))
	for y := 1990; y < 2020; y += 5 {
		one := *c
		one.Period = fmt.Sprintf("%d-%d", y, y+5)
		if method == flows.Rates && c.Total == 0 { // the total is in no table of stocks
			for _, x := range published {
				if x.Year == y {
					one.Total += x.Value
				}
			}
		}
		f, _, err := one.estimates(method, cells, y, y+5)
		if err != nil {
			return err
		}
		a := flows.Agree(f, published, y, causes)
		caused := 0
		for i, n := range a.ByCause {
			tally[i] += n
			caused += n
		}
		share := 0.0
		if a.Cells > 0 {
			share = float64(a.Equal) / float64(a.Cells)
		}
		row := map[string]any{"method": string(method), "period": one.Period, "cells": a.Cells, "equal": a.Equal, "share": share, "caused": caused, "others": len(a.Others), "ours": a.Total, "published": a.Theirs, "correlation": a.R}
		if err := l.add(row, string(method), one.Period, strconv.Itoa(a.Cells), strconv.Itoa(a.Equal), fmt.Sprintf("%.4f", share), strconv.Itoa(caused), strconv.Itoa(len(a.Others)), fmt.Sprintf("%.0f", a.Total), fmt.Sprintf("%.0f", a.Theirs), fmt.Sprintf("%.5f", a.R)); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	for i, x := range causes {
		if tally[i] > 0 {
			e.say("%s: %d cells. %s", x.Name, tally[i], x.Why)
		}
	}
	if method == flows.Rates && c.Total == 0 {
		e.say("The total of each period, which the method takes as given, is the published one: only the shares are ours.")
	}
	return nil
}
