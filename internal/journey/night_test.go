package journey

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"stocktake/internal/browsertest"
)

const nightText = `Statement on Brazil and the Global Compact for Migration

BRASÍLIA, 4 February 2019 – We regret that Brazil has withdrawn from the Global Compact for Migration.

We call on Brazil to return to the Global Compact for Migration.

For further information: Ana Example, +1 555 0100, ana@example.org
`

// TestNightByKeyboard is the night of a statement on a telephone, by keyboard alone, in a real browser: with scripts, and with scripts off.
func TestNightByKeyboard(t *testing.T) {
	for _, name := range []string{"with-script", "without-script"} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(t)
			p.serve()
			b, w := newTab(t, name)
			if name == "without-script" {
				browsertest.JSDisabled(t, b.ctx)
			}
			night(t, p, b)
			if name == "with-script" {
				w.Quiet(t)
			}
			w.Only(t, p.at)
		})
	}
}

func night(t *testing.T, p *program, b *tab) {
	// A coalition.
	b.open(p.at + "/desk/")
	b.looks("desk")
	b.press("Coalitions")
	b.sees("Make a coalition")
	b.write("Name", "Example Coalition")
	b.looks("coalitions")
	b.press("Make it")
	b.sees("Example Coalition")
	b.looks("coalition")

	// A text, pasted.
	b.press("Statements")
	b.sees("No statement")
	b.unfold("Begin a statement")
	b.write("Text", nightText)
	b.tick("a rehearsal")
	b.looks("begin")
	b.press("Begin")
	b.sees("The text was read", "Where they stand today", "Brazil")
	b.looks("text")
	b.to("Text")
	b.ctrl(kb.End)
	b.insert(" We will go on working with every government.")
	b.press("Save")
	b.sees("Saved.", "go on working")

	// A provision that it cites.
	b.write("Find it by words", "Global Compact")
	b.write("Words of the text that cite it", "the Global Compact for Migration")
	b.press("Find")
	b.sees("What they cite")
	b.looks("cite")
	b.tick("Global Compact for Migration")
	b.press("Tie them")
	b.sees("tied by hand")

	// The other language.
	b.press("Statement on Brazil")
	b.sees("Versions")
	b.looks("work")
	b.unfold("Add a language")
	b.write("Language", "es")
	b.write("Translated by", "Example Centre")
	b.press("Save")
	b.sees("es")
	b.press("Write es")
	b.sees("revision 0")
	b.write("Title", "Declaración sobre Brasil y el Pacto Mundial")
	b.write("Text", "BRASILIA, 4 de febrero de 2019 – Lamentamos que Brasil se haya retirado del Pacto Mundial para la Migración.\n\nPedimos a Brasil que vuelva al Pacto Mundial para la Migración. Seguiremos trabajando con todos los gobiernos.")
	b.press("Save")
	b.sees("Saved.")
	b.press("Statement on Brazil")
	b.press("Side by side")
	b.sees("Pedimos a Brasil", "We call on Brazil")
	b.looks("side")

	// Approved, and asked for.
	b.press("Statement on Brazil")
	b.press("Approve a version")
	b.sees("Approve these very texts")
	b.looks("approve")
	b.press("Approve these very texts")
	b.sees("frozen")
	b.press("Ask organisations to sign")
	b.sees("Open the sign-on")
	b.keys("It closes on", "01012099")
	b.keys("at", "0600PM")
	b.write("in the time zone", "America/Mexico_City")
	b.press("Open it")
	b.sees("The list closes", "America/Mexico_City")
	b.write("One a line", "Example Network; ; MEX")
	b.press("Ask them")
	b.sees("/sign/")
	b.looks("asked")
	link := regexp.MustCompile(`/sign/[A-Za-z0-9_-]+`).FindString(b.text())

	// The officer who may sign.
	b.open(p.at + link)
	if s := b.text(); strings.Contains(s, "Brazil") || strings.Contains(s, "Example") {
		t.Errorf("a link that was only opened says %q", s)
	}
	b.looks("link")
	b.press("Open")
	b.sees("We regret that Brazil", "Pedimos a Brasil", "I may sign")
	b.looks("sign")
	b.write("Your office", "Director")
	b.write("Your mailbox", "ana@network.example")
	b.tick("I may sign")
	b.press("Sign")
	b.sees("Your answer is here")
	b.looks("signed")

	// By telephone, and the convenor's word.
	b.open(p.at + "/desk/statements")
	b.press("Statement on Brazil")
	b.press("Open the board")
	b.sees("Example Network")
	b.unfold("Enter a yes")
	b.write("Organisation", "Example Parish")
	b.write("Country", "USA")
	b.write("What it rests on", "Called the parish office")
	b.looks("enter")
	b.press("Enter it")
	b.sees("Example Parish", "entered by a convenor")
	b.tick("Example Network")
	b.choose("Do", "give our word")
	b.write("What our word rests on", "Known partner")
	b.press("Do it")
	b.sees("Example Network")
	b.looks("board")

	// The hour, and then at once, for everybody.
	b.press("Statement on Brazil")
	b.sees("Embargo")
	b.keys("Day", "01022099")
	b.keys("Hour", "0001AM")
	b.write("Time zone", "America/New_York")
	b.press("Set the embargo")
	b.sees("embargoed until", "America/New_York")
	b.tick("I know that what is published")
	b.press("Publish now")
	b.sees("Published", "Its public page")
	b.looks("published")
	b.press("Its public page")
	b.sees("Statement on Brazil and the Global Compact for Migration", "Example Network", "Example Parish", "rehearsal")
	b.looks("public")
}
