package web

// route is one page. The list below is the whole site, in the order in which /openapi.json describes it.
type route struct {
	pattern string // of net/http, without the method
	gather  handler
	about   string // one line for /openapi.json
	params  []param
	shape   string // schema of its JSON in /openapi.json
	noForms bool   // neither JSON nor CSV
	fresh   bool   // made anew each time: it changes without a filing
}

// param is a parameter of an address other than the coordinates.
type param struct {
	name, about string
	many        bool
}

var (
	partyParam      = param{name: "party", about: "a party: id, ISO code, UN name or common name"}
	instrumentParam = param{name: "instrument", about: "an instrument: id, UN symbol, register number or alias"}
	sessionParam    = param{name: "session", about: "a session of the General Assembly"}
)

// figureParams are the parameters of pages about figures.
var figureParams = []param{
	{name: "party", about: "where people are, or whom the figure is about: a party, or a code with its list, as in unhcr:UKN"}, {name: "counterpart", about: "where they came from, or the other side"},
	{name: "period", about: "a year (2015), a span of years (2015-2020), a quarter (2016Q2) or a day"}, {name: "each", about: "1 gives every figure instead of totals by period"},
}

func many(p param) param { p.many = true; return p }

// routes is filled by init, as handlers use it.
var routes []route

func init() {
	routes = []route{
		{pattern: "/{$}", gather: home, about: "Where every state stands on the Global Compact for Migration", shape: "standings"},
		{pattern: "/standing", gather: listStandings, about: "Where parties stand towards instruments", params: []param{many(partyParam), many(instrumentParam)}, shape: "standings"},
		{pattern: "/instruments", gather: showInstruments, about: "The instruments that somebody described", shape: "things"},
		{pattern: "/i/{instrument}", gather: showInstrument, about: "An instrument: who stands where, provisions, roll-calls", shape: "instrument"},
		{pattern: "/i/{instrument}/{party}", gather: showStanding, about: "Where one party stands towards one instrument", shape: "standings"},
		{pattern: "/r/{instrument}/{number...}", gather: showProvision, about: "A provision: its title, and its words where they were imported"},
		{pattern: "/parties", gather: showParties, about: "The parties", shape: "things"},
		{pattern: "/p/{party}", gather: showParty, about: "A party: where it stands towards every described instrument, its measures", shape: "party"},
		{pattern: "/p/{party}/calls", gather: showPartyCalls, about: "Calls upon a party, and what became of them", shape: "calls"},
		{pattern: "/p/{party}/votes", gather: showPartyVotes, about: "What a party did in each recorded vote", params: []param{sessionParam}, shape: "things"},
		{pattern: "/undertakings", gather: showUndertakings, about: "What a party has undertaken, provision by provision", params: []param{partyParam, {name: "theme", about: "only provisions with this theme, such as child-detention"}, many(instrumentParam)}, shape: "undertakings"},
		{pattern: "/votes", gather: showVotes, about: "Recorded votes of the General Assembly", params: []param{many(instrumentParam), sessionParam}, shape: "rollcalls"},
		{pattern: "/v/{rollcall}", gather: showRollCall, about: "A recorded vote", shape: "rollcall"},
		{pattern: "/agree", gather: showAgree, about: "How often two parties voted alike", params: []param{partyParam, {name: "with", about: "the other party"}, {name: "from-session", about: "first session"}, {name: "to-session", about: "last session"}, {name: "from", about: "first day"}, {name: "to", about: "last day"}}, shape: "agreement"},
		{pattern: "/changes", gather: showChanges, about: "Who moved from what to what between two days", params: []param{{name: "from", about: "from the end of this day"}, {name: "to", about: "to the end of this day"}, many(partyParam), many(instrumentParam)}, shape: "changes"},
		{pattern: "/learned", gather: showLearned, about: "What the record learned between two heads", params: []param{{name: "from-head", about: "after this filing"}, {name: "to-head", about: "up to this filing"}, {name: "standing", about: "1 lists the standings that differ instead of the filings"}}, shape: "learned"},
		{pattern: "/acts/{act...}", gather: showAct, about: "What every source says of one act"},
		{pattern: "/filings", gather: showFilings, about: "Every filing", shape: "learned"},
		{pattern: "/f/{filing...}", gather: showFiling, about: "A filing, by number, SHA-256 or key: its public canonical bytes"},
		{pattern: "/figures", gather: showFigures, about: "The series of figures, by publisher", shape: "series"},
		{pattern: "/figures/{publisher}/{column}", gather: showFigureSeries, about: "A series of figures: totals by period, or every figure", params: figureParams, shape: "figures"},
		{pattern: "/figures/{publisher}/{column}/{party}", gather: showFigureSeries, about: "A series of figures about one party", params: figureParams[1:], shape: "figures"},
		{pattern: "/figures/{publisher}/{column}/rows", gather: showFigureLines, about: "The rows of the files behind a figure, as they stand there", params: figureParams[:3], shape: "lines"},
		{pattern: "/sources", gather: showSources, about: "Every source with what it covers", shape: "things"},
		{pattern: "/s/{source...}", gather: showSource, about: "A source: what it covers and cannot show"},
		{pattern: "/conflicts", gather: showConflicts, about: "Where sources disagree", params: []param{{name: "which", about: "open or settled; both where it is left out"}}, shape: "conflicts"},
		{pattern: "/law", gather: showLaw, about: "The law of standing"},
		{pattern: "/unknown", gather: showUnknown, about: "What was looked for and not found", shape: "things"},
		{pattern: "/statements", gather: showStatements, about: "Statements on the record", shape: "things"},
		{pattern: "/calls", gather: showCalls, about: "What became of what statements ask", params: []param{partyParam, {name: "statement", about: "a statement"}, many(param{name: "status", about: "open, happened, in-part, refused, undone or cannot-be-told"}), {name: "which", about: "undertakings lists what the signers said that they would do, instead of what they asked"}}, shape: "calls"},
		{pattern: "/st/{statement}/calls", gather: showBecame, about: "What became of what a statement asks, and of what its signers undertook", shape: "calls"},
		{pattern: "/st/{statement}", gather: showStatement, about: "A statement: what it cites, calls for, undertakes and claims; of one that was made here the newest version, with the names beneath it", params: []param{{name: "lang", about: "one of its languages; the authoritative one where it is left out"}}},
		{pattern: "/st/{statement}/{version}", gather: showVersion, about: "A version of a statement that was made here, with the names beneath it", params: []param{{name: "lang", about: "one of its languages; the authoritative one where it is left out"}}},
		{pattern: "/st/{statement}/{version}/{lang}", gather: showExpression, about: "A version of a statement in one language"},
		{pattern: "/st/{statement}/{version}/side", gather: showSide, about: "Two languages of a version, paragraph against paragraph", params: []param{{name: "langs", about: "two languages: en,es"}}, noForms: true},
		{pattern: "/st/{statement}/{version}/changes", gather: showVersionChanges, about: "What a version changed against the one before", noForms: true},
		{pattern: "/st/{statement}/{version}/files", gather: showFiles, about: "The files in which a version goes out", noForms: true, fresh: true},
		{pattern: "/c/{coalition}", gather: showCoalition, about: "A coalition: its statements, and what became of their calls"},
		{pattern: "/search", gather: showSearch, about: "Find things by words", params: []param{{name: "q", about: "words, each at the start of a word"}}, shape: "hits"},
		{pattern: "/check", gather: showCheck, about: "How to check this record: its log, key and newest signed head", noForms: true, fresh: true},
		{pattern: "/check/{filing}", gather: showCheck, about: "How to check one filing, with the proof that it stands in the log", noForms: true, fresh: true},
		{pattern: "/about", gather: showAbout, about: "About this record", noForms: true},
		{pattern: "/paste", gather: showPaste, about: "Paste a statement", noForms: true},
	}
}
