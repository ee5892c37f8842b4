package draft

import (
	"strings"

	"stocktake"
)

// What stocktakes rest on: figures, rubrics and judgements, recommendations. What needs the record is checked when it is filed.

func (c *checker) figures(f *stocktake.Filing) {
	for i := range f.Tables {
		x, path := &f.Tables[i], "tables/"+itoa(i)
		if x.Rows < 0 {
			c.add(path+"/rows", stocktake.Invalidf("%d rows cannot be", x.Rows).Hinted("rows of the file, its heading not counted"))
		}
		if len(x.Comma) > 1 {
			c.add(path+"/comma", stocktake.Invalidf("cells are parted by one character, not by %s", quoted(x.Comma)).Hinted("leave it out for a comma"))
		}
		codes := map[string]bool{}
		for j, p := range x.Places {
			if codes[p.Code] {
				c.add(path+"/places/"+itoa(j)+"/code", stocktake.Invalidf("code %s is there twice", quoted(p.Code)).Hinted("a code means one thing in one table"))
			}
			codes[p.Code] = true
			if p.Kind == "state" && p.Party == "" {
				c.add(path+"/places/"+itoa(j)+"/party", stocktake.Invalidf("%s is a state, and no party is named", quoted(p.Code)).Hinted("name it, such as `party: MEX`"))
			}
		}
		for j := range x.Series {
			s, at := &x.Series[j], path+"/series/"+itoa(j)
			for k := range j {
				if x.Series[k].Series == s.Series {
					c.add(at+"/series", stocktake.Invalidf("series %s is there twice", s.Series).Hinted("one series is read from a table in one way"))
				}
			}
			if s.Count == (s.Value != "") {
				c.add(at+"/value", stocktake.Invalidf("%s has %s", s.Series, map[bool]string{true: "a column of figures, and its rows are counted too", false: "no column of figures"}[s.Count]).
					Hinted("name the column under `value:`, or say `count: true` where each row is one event"))
			}
			if s.Party == "" && s.Counterpart == "" {
				c.add(at+"/party", stocktake.Invalidf("%s says of nobody whose figures they are", s.Series).Hinted("name the column of places under `party:`"), at+"/counterpart")
			}
			if s.Rounded < 0 {
				c.add(at+"/rounded", stocktake.Invalidf("rounded to %d cannot be", s.Rounded).Hinted("a number above 1, or leave it out"))
			}
		}
	}
}

func (c *checker) judgements(f *stocktake.Filing) {
	for i := range f.Rubrics {
		x, path := &f.Rubrics[i], "rubrics/"+itoa(i)
		if _, number, ok := strings.Cut(string(x.ID), "/"); ok && number != itoa(x.Version) {
			c.add(path+"/version", stocktake.Invalidf("version %d is not the number at the end of %s", x.Version, x.ID).Hinted("a new version has an id of its own"))
		}
		criteria := map[string]bool{}
		gate := false
		for j, k := range x.Criteria {
			if criteria[k.ID] {
				c.add(path+"/criteria/"+itoa(j)+"/id", stocktake.Invalidf("criterion %s is there twice", k.ID))
			}
			criteria[k.ID] = true
			gate = gate || k.Gate
		}
		if !gate && len(x.Criteria) > 0 {
			c.add(path+"/criteria", stocktake.Invalidf("no criterion is a gate").Hinted("say `gate: true` of the one that asks whether what was undertaken can be verified"))
		}
		steps, none, seen := 0, 0, map[string]bool{}
		for j, s := range x.Steps {
			at := path + "/steps/" + itoa(j)
			if seen[s.ID] {
				c.add(at+"/id", stocktake.Invalidf("step %s is there twice", s.ID))
			}
			seen[s.ID] = true
			if s.None {
				none++
				if len(s.Needs) > 0 {
					c.add(at+"/needs", stocktake.Invalidf("“no evidence available” needs no criterion"))
				}
			} else {
				steps++
			}
			for _, n := range s.Needs {
				if !criteria[n] {
					c.add(at+"/needs", stocktake.Invalidf("%s is no criterion of this rubric", quoted(n)))
				}
			}
		}
		if steps != 5 || none != 1 {
			c.add(path+"/steps", stocktake.Invalidf("the scale has %d steps and %d for “no evidence available”", steps, none).Hinted("it has five, and one with `none: true`"))
		}
	}
	for i := range f.Assessments {
		x, path := &f.Assessments[i], "assessments/"+itoa(i)
		seen := map[string]bool{}
		for j, k := range x.Criteria {
			at := path + "/criteria/" + itoa(j)
			if seen[k.Criterion] {
				c.add(at+"/criterion", stocktake.Invalidf("criterion %s is answered twice", k.Criterion))
			}
			seen[k.Criterion] = true
			for _, n := range k.Evidence {
				if n < 1 || n > len(x.Evidence) {
					c.add(at+"/evidence", stocktake.Invalidf("there is no evidence number %d; the list has %d", n, len(x.Evidence)).Hinted("places in the list of evidence count from 1"))
				}
			}
		}
		for j := range x.Evidence {
			e, at := &x.Evidence[j], path+"/evidence/"+itoa(j)
			switch {
			case e.Kind == "quote" && (e.Quote == nil || e.Quote.Source == ""):
				c.add(at+"/quote", stocktake.Invalidf("a quote needs its words and its source").Hinted("give `quote: {exact: …, source: …}`"))
			case e.Kind != "quote" && e.ID == "":
				c.add(at+"/id", stocktake.Invalidf("the id of what is cited is missing"))
			case e.Kind == "act" && e.Instrument == "":
				c.add(at+"/instrument", stocktake.Invalidf("the instrument of act %s is not named", e.ID).Hinted("name it, such as `instrument: gcm`"))
			case e.Kind == "figure" && (e.Period == "" || e.Party == "" && e.Counterpart == ""):
				c.add(at+"/period", stocktake.Invalidf("a figure needs its period and whose it is").Hinted("give `party:` or `counterpart:`, and `period:`"))
			}
			if e.Quote != nil {
				c.quotes(f, at, e.Quote.Source, []stocktake.Quote{*e.Quote})
			}
		}
		if x.Approved != "" && x.Approved == x.By {
			c.add(path+"/approved", stocktake.Invalidf("%s approves its own assessment", quoted(x.By)).Hinted("the second person's office is another"))
		}
		if from, ok := x.Period.First(); ok {
			if day, ok := x.Date.Last(); ok && from > day {
				c.add(path+"/date", stocktake.Invalidf("it was made on %s, before the period %s begins", x.Date, x.Period).Hinted("is one of the two a slip?"))
			}
		}
	}
	for i := range f.Replies {
		x, path := &f.Replies[i], "replies/"+itoa(i)
		if x.How == "received" && x.Mailbox.IsZero() {
			c.add(path+"/mailbox", stocktake.Invalidf("it was received, and no mailbox is named").Hinted("name the mailbox at the government's domain through which it came"))
		}
	}
}

func (c *checker) recommended(f *stocktake.Filing) {
	for i := range f.Recommended {
		x, path := &f.Recommended[i], "recommended/"+itoa(i)
		if x.Action < 0 || x.Action > 5 {
			c.add(path+"/action", stocktake.Invalidf("%d is not on the scale from 1 to 5", x.Action).Hinted("leave it out where the source gives none"))
		}
		if len(x.From) == 0 && len(x.Bodies) == 0 {
			c.add(path+"/from", stocktake.Invalidf("nobody is named who recommended it").Hinted("parties under `from:`, others under `bodies:`"), path+"/bodies")
		}
		for _, p := range x.From {
			if p == x.Party {
				c.add(path+"/from", stocktake.Invalidf("%s recommends something to itself", p).Hinted("is one of the two a slip?"))
			}
		}
		c.quotes(f, path, x.Source, []stocktake.Quote{x.Quote})
		c.answer(path+"/answer", x.Answer)
	}
}
