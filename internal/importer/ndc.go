package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"stocktake"
)

// ndcRegistry reads how the list of nationally determined contributions changed from commit to commit. A contribution of a party is one
// pledge; a later one revises it. One filing a commit that brought a pledge or corrected its day.
type ndcRegistry struct{}

const ndcSet = "ndc-registry"

func (ndcRegistry) Name() string { return ndcSet }

func (ndcRegistry) About() string {
	return "nationally determined contributions under the Paris Agreement, 2017 to 2026, each known from the commit that brought it"
}

var ndcSource = stocktake.Source{
	Kind: "dataset", Publisher: "Open Climate Data, from the UNFCCC registry of contributions", Address: "https://github.com/openclimatedata/ndcs",
	Lang: "en", Licence: "none stated for the data",
}

const ndcSum = "270f900d92dae7bb5f7868924c5542018d3f69b49182c4ab843c27e6a244c85c" // changes.csv.gz as read on firstRead

// ndcAlias gives the codes of the list that are no ISO codes.
var ndcAlias = map[string]stocktake.PartyID{"RMI": "MHL", "Lux": "LUX"}

// ndcTitles gives the first words of titles that are no names of parties.
var ndcTitles = map[string]stocktake.PartyID{"EU": "EUU", "Naoero": "NRU"}

// ndcKey is what makes a row of the list the same row in the next version.
type ndcKey struct{ code, title, language, url string }

// ndcDoc is a document in the list, with the pledge that it belongs to.
type ndcDoc struct {
	key    ndcKey
	date   string
	pledge *ndcPledge
}

type ndcPledge struct {
	ordinal int
	date    string
	public  time.Time // from when the day stood in the list
	said    string    // the day of the claim made last
}

type ndcParty struct {
	docs    map[ndcKey]*ndcDoc
	pledges []*ndcPledge
}

// ndcChange is one row of a version.
type ndcChange struct {
	line         int
	change, date string
	key          ndcKey
	version      string
	archived     bool // the list says only that it is archived, not what it is
}

type ndcRun struct {
	rec     Record
	rep     *Report
	parties map[stocktake.PartyID]*ndcParty
	emit    func(stocktake.Filing) error
	in      string
	now     commit
	last    time.Time
	pending map[stocktake.PartyID][]ndcChange
	skipped int
	undated int
	// archived counts documents of a day of their own that the list calls archived from the first: addenda, as far as can be told.
	archived int
}

func (ndcRegistry) Import(ctx context.Context, dir string, rec Record, opt Options, emit func(stocktake.Filing) error) (Report, error) {
	var rep Report
	in, err := inspect(dir, "changes.csv.gz")
	if err != nil {
		return rep, err
	}
	read, err := readDay(in, ndcSum, opt)
	if err != nil {
		return rep, err
	}
	t, err := openTable(ctx, in, newPace(opt, in), ',', "known_time", "commit", "change", "code", "title", "language", "url", "submission_date", "version", "file_type")
	if err != nil {
		return rep, err
	}
	defer t.done()
	c := t.cols("known_time", "commit", "change", "code", "title", "language", "url", "submission_date", "version", "file_type")
	r := &ndcRun{rec: rec, rep: &rep, parties: map[stocktake.PartyID]*ndcParty{}, emit: emit, in: in.name}
	for {
		f, err := t.row(func(j Reject) { rep.Rows++; rep.Rejects = append(rep.Rejects, j) })
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rep, err
		}
		rep.Rows++
		hash := string(f[c[1]])
		if hash != r.now.source.Edition {
			if err := r.flush(); err != nil {
				return rep, err
			}
			if r.now, err = commitSource(ndcSet, ndcSource, in, read, "List of nationally determined contributions", string(f[c[0]]), hash); err != nil {
				return rep, stocktake.Invalidf("%q is %v", clip(string(f[c[0]])), err).At(fmt.Sprintf("%s line %d", in.name, t.line)).Hinted("check the file")
			}
			if r.now.known.Before(r.last) {
				return rep, stocktake.Invalidf("the versions are not in the order of time").At(fmt.Sprintf("%s line %d", in.name, t.line)).Hinted("sort the rows by known_time")
			}
			r.last = r.now.known
		}
		if kind := string(f[c[9]]); kind != "NDC" && kind != "Archived" {
			r.skipped++
			continue
		}
		ch := ndcChange{line: t.line, change: string(f[c[2]]), key: ndcKey{string(f[c[3]]), string(f[c[4]]), string(f[c[5]]), string(f[c[6]])}, version: string(f[c[8]]), archived: string(f[c[9]]) == "Archived"}
		ch.date, _, _ = strings.Cut(string(f[c[7]]), " ")
		if d, err := stocktake.ParseDate(ch.date); ch.date != "" && (err != nil || !d.Exact()) {
			rep.Rejects = append(rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[7] + 1, Value: clip(ch.date), Reason: "no day such as 2016-11-23"})
			continue
		}
		party, ok := r.party(ch.key)
		if !ok {
			rep.Rejects = append(rep.Rejects, Reject{File: in.name, Line: t.line, Column: c[3] + 1, Value: clip(ch.key.code + " " + ch.key.title), Reason: noParty})
			continue
		}
		if r.pending == nil {
			r.pending = map[stocktake.PartyID][]ndcChange{}
		}
		r.pending[party] = append(r.pending[party], ch)
	}
	if err := r.flush(); err != nil {
		return rep, err
	}
	rep.Notes = append(rep.Notes, fmt.Sprintf("%d rows of addenda and translations make no pledge of their own.", r.skipped))
	if r.archived > 0 {
		rep.Notes = append(rep.Notes, fmt.Sprintf("%d documents of another day than any contribution, which the list only calls archived, make no pledge.", r.archived))
	}
	if r.undated > 0 {
		rep.Notes = append(rep.Notes, fmt.Sprintf("%d rows give a document no day; a document that never had one makes no pledge.", r.undated))
	}
	return rep, nil
}

// party finds whose document a row is: by its code, or, where the list has none yet, by the folder in its address, which is named like
// "France First", or by the name that its title begins with.
func (r *ndcRun) party(k ndcKey) (stocktake.PartyID, bool) {
	if id, ok := ndcAlias[k.code]; ok {
		return id, true
	}
	if id, ok := r.rec.FindParty(k.code); k.code != "" && ok {
		return id, true
	}
	if u, err := url.PathUnescape(path.Base(path.Dir(k.url))); err == nil {
		if name, ok := strings.CutSuffix(u, " First"); ok {
			if id, ok := r.rec.FindParty(strings.Join(strings.Fields(name), " ")); ok {
				return id, true
			}
		}
	}
	words := strings.Fields(k.title)
	for n := min(len(words), 8); n > 0; n-- {
		if id, ok := r.rec.FindParty(strings.TrimRight(strings.Join(words[:n], " "), ",:'’s")); ok {
			return id, true
		}
		if id, ok := r.rec.FindParty(strings.Join(words[:n], " ")); ok {
			return id, true
		}
	}
	if len(words) > 0 {
		if id, ok := ndcTitles[words[0]]; ok {
			return id, true
		}
	}
	return "", false
}

// like reports whether two documents are the same one under another name or address.
func (k ndcKey) like(o ndcKey) bool {
	return k.title == o.title && k.language == o.language || k.url != "" && path.Base(k.url) == path.Base(o.url)
}

// flush works out what a version changed. The list renames titles and addresses now and then, and then a document is taken out and
// put in: what has the day of a pledge that is known belongs to that pledge. A day that changes is a correction, unless the new day is
// later than the moment from which the old one was public: then another contribution stands in the place of the first.
func (r *ndcRun) flush() error {
	var ids []stocktake.PartyID
	for p := range r.pending {
		ids = append(ids, p)
	}
	slices.Sort(ids)
	src := r.now.source
	var acts []stocktake.Act
	for _, id := range ids {
		p := r.parties[id]
		if p == nil {
			p = &ndcParty{docs: map[ndcKey]*ndcDoc{}}
			r.parties[id] = p
		}
		titles := r.apply(p, r.pending[id])
		for _, k := range p.pledges {
			if k.date == k.said {
				continue
			}
			k.said = k.date
			kind, what := stocktake.Pledge, "Registers a contribution under the Paris Agreement."
			if k.ordinal > 1 {
				kind, what = stocktake.PledgeRevised, "Registers a contribution under the Paris Agreement after an earlier one."
			}
			ch := titles[k]
			note := "The list gives it no title"
			if ch.key.title != "" {
				note = "The list calls it " + ch.key.title
			}
			if ch.version != "" {
				note += ", version " + ch.version
			}
			acts = append(acts, stocktake.Act{ID: stocktake.TreatyActID("paris-ndc", id, kind, k.ordinal), Party: id, Instrument: "paris-ndc", Kind: kind, Done: date(k.date), Source: src.ID, Summary: what, Note: note + "."})
		}
	}
	r.pending = nil
	if len(acts) == 0 {
		return nil
	}
	f := stocktake.Filing{
		Format: stocktake.Format, Key: ndcSet + "/" + r.now.id, Title: "Contributions under the Paris Agreement: what changed in the list, " + r.now.known.Format(time.DateOnly), Sources: []stocktake.Source{src}, Acts: acts,
		Coverage: []stocktake.Coverage{{Source: src.ID, Instruments: []string{"paris-ndc"}, Acts: []string{"pledge", "pledge-revised"}, To: src.Published,
			CannotShow: []string{
				"It lists documents and days, not what they promise or what became of it.",
				"It does not tell a contribution that was taken back from one that was renamed or filed elsewhere.",
				"The members of the European Union are listed with the contribution that the Union made for them.",
			}}},
	}
	if r.rep.Filings == 0 {
		f.Instruments = []stocktake.Instrument{{ID: "paris-ndc", Kind: stocktake.PledgeKind, Title: "Nationally determined contributions under the Paris Agreement", Aliases: []string{"NDC", "NDCs", "nationally determined contribution"},
			Links: []stocktake.InstrumentLink{{Rel: "part-of", To: "paris"}}, Sources: []stocktake.SourceID{src.ID}}}
	}
	r.rep.Filings++
	r.rep.Acts += len(acts)
	return r.emit(f)
}

// apply brings a party's documents to the state of the version, and its pledges with them. It returns the row that tells of each pledge.
func (r *ndcRun) apply(p *ndcParty, changes []ndcChange) map[*ndcPledge]ndcChange {
	var gone []*ndcDoc
	for _, ch := range changes {
		if d := p.docs[ch.key]; d != nil && ch.change == "removed" {
			gone = append(gone, d)
			delete(p.docs, ch.key)
		}
	}
	sort.SliceStable(changes, func(i, j int) bool { return changes[i].date < changes[j].date })
	for _, ch := range changes { // first the days, so that a pledge of two documents moves with both
		if ch.change == "removed" {
			continue
		}
		doc := &ndcDoc{key: ch.key, date: ch.date}
		if old := p.docs[ch.key]; old != nil {
			doc.pledge = old.pledge
		} else if i := slices.IndexFunc(gone, func(d *ndcDoc) bool { return d.key.like(ch.key) }); i >= 0 {
			doc.pledge = gone[i].pledge
		}
		if ch.date == "" {
			r.undated++
			if doc.pledge != nil {
				doc.date = doc.pledge.date
			}
		}
		p.docs[ch.key] = doc
	}
	titles := map[*ndcPledge]ndcChange{}
	for _, ch := range changes {
		doc := p.docs[ch.key]
		if ch.change == "removed" || ch.date == "" || doc == nil {
			continue
		}
		was := doc.pledge
		doc.pledge = nil
		if i := slices.IndexFunc(p.pledges, func(k *ndcPledge) bool { return k.date == ch.date }); i >= 0 {
			doc.pledge = p.pledges[i]
		} else if was != nil && ch.date <= was.public.Format(time.DateOnly) && !p.stays(was) {
			doc.pledge = was
			was.date, was.public = ch.date, r.now.known
		} else if ch.archived {
			r.archived++
			continue
		} else {
			doc.pledge = &ndcPledge{ordinal: len(p.pledges) + 1, date: ch.date, public: r.now.known}
			p.pledges = append(p.pledges, doc.pledge)
		}
		if _, had := titles[doc.pledge]; !had {
			titles[doc.pledge] = ch
		}
	}
	return titles
}

// stays reports whether another document in the list still gives the pledge's day.
func (p *ndcParty) stays(k *ndcPledge) bool {
	for _, d := range p.docs {
		if d.pledge == k && d.date == k.date {
			return true
		}
	}
	return false
}
