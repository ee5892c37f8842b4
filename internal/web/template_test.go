package web

import (
	"testing"

	"github.com/jba/templatecheck"
)

// everyPage names each template with the struct that it is for.
var everyPage = map[string]any{
	"home.html": &homePage{}, "instrument.html": &instrumentPage{}, "standing.html": &standingPage{}, "rollcall.html": &rollCallPage{}, "party.html": &partyPage{}, "votes.html": &votesPage{},
	"partyvotes.html": &votesPage{}, "provision.html": &provisionPage{}, "undertakings.html": &undertakingsPage{}, "filing.html": &filingPage{}, "filings.html": &filingsPage{}, "source.html": &sourcePage{},
	"sources.html": &sourcesPage{}, "conflicts.html": &conflictsPage{}, "law.html": &lawPage{}, "unknown.html": &unknownPage{}, "changes.html": &changesPage{}, "learned.html": &learnedPage{},
	"search.html": &searchPage{}, "instruments.html": &instrumentsPage{}, "parties.html": &partiesPage{}, "standings.html": &standingListPage{}, "agree.html": &agreePage{}, "about.html": &aboutPage{},
	"statements.html": &statementsPage{}, "statement.html": &statementPage{}, "paste.html": &pastePage{}, "error.html": &errorPage{}, "shell.html": &shellPage{}, "check.html": &checkPage{},
	"made.html": &madePage{}, "stside.html": &sidePage{}, "stchanges.html": &versionChangesPage{}, "stfiles.html": &filesPage{}, "coalition.html": &coalitionPage{},
	"figures.html": &figuresPage{}, "figure.html": &figurePage{}, "figurerows.html": &figureLinesPage{}, "calls.html": &callsPage{}, "became.html": &becamePage{}, "partycalls.html": &partyCallsPage{},
}

// TestTemplates checks every template against the type of its page: running it would not notice a misspelt field inside a range.
func TestTemplates(t *testing.T) {
	l := theLooks()
	for name := range l.pages {
		if everyPage[name] == nil {
			t.Errorf("template %s is checked against no page", name)
		}
	}
	for name, p := range everyPage {
		tm := l.pages[name]
		if tm == nil {
			t.Errorf("no template %s", name)
			continue
		}
		if err := templatecheck.CheckHTML(tm.Lookup("layout.html"), p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
