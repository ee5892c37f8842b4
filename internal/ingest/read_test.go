package ingest

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestJSON checks the shape that the draft of an empty text has in JSON, and that entries carry what they must.
func TestJSON(t *testing.T) {
	d := Read("", nil)
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"title":null,"subtitle":null,"dateline":null,"issuers":[],"addressees":[],"instruments":[],"symbols":[],"states":[],"acts":[],"calls":[],` +
		`"undertakings":[],"claims":[],"signatories":[],"contacts":[],"provisions":[],"embargo":null,"end_mark":null,"boilerplate":[],"flags":[],"text":"","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}`
	if string(b) != want {
		t.Errorf("empty draft:\n got %s\nwant %s", b, want)
	}
	d = Read("Ferries at rest\n\nZenda, 4 May – We call on Malta to ratify the Zenda Compact. The decision by Malta to leave the Zenda Compact hurts.\n\nPier Watch (PW)\nLamp Fund\n", testNames)
	if b, err = json.Marshal(d); err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{
		"instruments": "confidence end id mentions quote start text", "states": "confidence end id quote start text",
		"acts": "confidence end instrument kind party quote start text", "calls": "addressee addressee_id confidence end quote start text verb",
		"addressees": "confidence end id quote start text", "signatories": "abbreviation confidence end name quote start text",
		"flags": "code end message start",
	}
	for list, want := range keys {
		entries, _ := m[list].([]any)
		if len(entries) == 0 {
			t.Errorf("%s is empty", list)
			continue
		}
		if got := sortedKeys(entries[0].(map[string]any)); got != want {
			t.Errorf("an entry of %s has %s, want %s", list, got, want)
		}
	}
	if got := sortedKeys(m["dateline"].(map[string]any)); got != "date end place start text" {
		t.Errorf("dateline has %s", got)
	}
	if got := sortedKeys(m["title"].(map[string]any)); got != "end start text" {
		t.Errorf("title has %s", got)
	}
}

func sortedKeys(m map[string]any) string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	for i := range keys {
		for j := i; j > 0 && keys[j] < keys[j-1]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return strings.Join(keys, " ")
}

// TestSeed checks what the statement of 4 December 2017 says, entry by entry.
func TestSeed(t *testing.T) {
	text := readSeed(t)
	d := Read(text, testNames)
	checkDraft(t, d)
	if d.Text != text {
		t.Errorf("normalising changed the seed, which is NFC with LF already")
	}
	if d.Title == nil || d.Title.Start != 0 || d.Title.End != 113 {
		t.Errorf("title = %+v", d.Title)
	}
	if l := d.Dateline; l == nil || deref(l.Place) != "Puerto Vallarta, Mexico" || deref(l.Date) != "2017-12-04" {
		t.Errorf("dateline = %+v", l)
	}
	counts := map[string][2]int{
		"instruments": {len(d.Instruments), 3}, "states": {len(d.States), 4}, "acts": {len(d.Acts), 1}, "calls": {len(d.Calls), 3}, "undertakings": {len(d.Undertakings), 2},
		"claims": {len(d.Claims), 5}, "signatories": {len(d.Signatories), 7}, "contacts": {len(d.Contacts), 0}, "symbols": {len(d.Symbols), 0},
		"claims without a source": {flagged(d, FlagNoSource), 5}, "missing contacts": {flagged(d, FlagContact), 1}, "flags": {len(d.Flags), 6},
	}
	for what, n := range counts {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	// Without a list of names the same things are found, and have no ids.
	bare := Read(text, nil)
	checkDraft(t, bare)
	for i, in := range bare.Instruments {
		if in.ID != nil || i >= len(d.Instruments) || in.Text != d.Instruments[i].Text || !cmp.Equal(in.Mentions, d.Instruments[i].Mentions) {
			t.Errorf("without names: instrument %+v", in)
		}
	}
	if len(bare.Instruments) != 3 || len(bare.States) != 0 || len(bare.Acts) != 1 || len(bare.Calls) != 3 || flagged(bare, FlagTalks) != 1 {
		t.Errorf("without names: %d instruments, %d states, %d acts, %d calls, flags %+v", len(bare.Instruments), len(bare.States), len(bare.Acts), len(bare.Calls), bare.Flags)
	}
	// A copy with CRLF and a byte order mark is the same text.
	if again := Read("\uFEFF"+strings.ReplaceAll(text, "\n", "\r\n"), testNames); !cmp.Equal(again, d) {
		t.Errorf("with CRLF and BOM the draft differs: %s", cmp.Diff(d, again))
	}
}

// TestStatements reads the statements beside the repository: each gives a valid draft, and what a person counted in some of them is found.
func TestStatements(t *testing.T) {
	type facts struct {
		title, calls, acts, undertakings, signatories, contacts int
		place                                                   string
	}
	known := map[string]facts{
		"s01": {title: 59, undertakings: 1, signatories: 8, contacts: 1},
		"s03": {title: 123, calls: 10, contacts: 6},
		"s05": {title: 130, calls: 2, signatories: 4, place: "New York, NY"},
		"s07": {title: 90, contacts: 1},
		"s09": {title: 108, contacts: 2, place: "Washington, DC"},
		"s23": {title: 86, calls: 2},
		"s25": {title: 68},
		"s27": {title: 42},
	}
	files, err := filepath.Glob(filepath.Join(shared(t, "data", "statements"), "*.txt"))
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d statements (%v)", len(files), err)
	}
	for _, file := range files {
		id := filepath.Base(file)[:3]
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(id, func(t *testing.T) {
			d := Read(string(b), testNames)
			checkDraft(t, d)
			want, ok := known[id]
			if !ok {
				return
			}
			got := facts{calls: len(d.Calls), acts: len(d.Acts), undertakings: len(d.Undertakings), signatories: len(d.Signatories), contacts: len(d.Contacts)}
			if d.Title != nil {
				got.title = d.Title.End
			}
			if d.Dateline != nil {
				got.place = deref(d.Dateline.Place)
			}
			if got != want {
				t.Errorf("found %+v\nwant  %+v", got, want)
			}
		})
	}
}

// TestOddInputs reads long texts of one thing over and over, each of which some rule looks twice at.
func TestOddInputs(t *testing.T) {
	for _, s := range []string{"(", "/", "@", "a@", "A/", "1-", "“", "\"", "We call on ", "we urge and ", "the Compact ", "Convention on A and ", "A, ", "U.S.", ". ", "- a\n", "Signed by:\n", "a;",
		"4 May ", "+1 ", "US ", "a-", "'s", "( a", "Global Compact for Migration (", "decision to withdraw from the GCM ", "[1]", "Aaa Bbb\n\n", "A (AB) ", "EU-Turkey decision to leave the GCM-Istanbul Convention process "} {
		checkDraft(t, Read("Title\n\n"+strings.Repeat(s, 5000/len(s)), testNames))
	}
}

// TestSplices reads texts cut together at random from the golden ones, with lists of names taken from their words.
func TestSplices(t *testing.T) {
	var texts, words []string
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
		words = append(words, strings.Fields(string(b))...)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 400 {
		var list []Name
		for i := range 40 {
			kind := []string{KindParty, KindInstrument}[i%2]
			at := rng.IntN(len(words) - 3)
			list = append(list, Name{kind, words[rng.IntN(len(words))], []string{strings.Join(words[at:at+1+rng.IntN(3)], " ")}})
		}
		var b strings.Builder
		for range 6 {
			s := texts[rng.IntN(len(texts))]
			from := rng.IntN(len(s))
			b.WriteString(s[from:min(len(s), from+rng.IntN(300))])
			b.WriteString([]string{"", "\n\n", " ", words[rng.IntN(len(words))]}[rng.IntN(4)])
		}
		checkDraft(t, Read(b.String(), NewNames(list)))
		if t.Failed() {
			t.Fatalf("names %v\ntext %q", list, b.String())
		}
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, a := range ar.Files {
			if a.Name == "input.txt" {
				f.Add(string(a.Data))
			}
		}
	}
	for _, s := range []string{"", "\n", "—", "We call on", "“", "(", "1.", "A/RES/71/1", "Signed by:", "Contact:", "We will", "U.S.", "\xff\xfe", "We urge:\n• \n• a", "Zenda, 4 May –", "e\u0301 ﷺ İ ǅ",
		"The decision by the US to withdraw from the GCM (", "https://", "We, the", "As we", "EMBARGOED UNTIL", "fordern auf", "4.", "[ ] ", "the Compact (“the", "\u00ad\u00ad", "a\r\rb\u2028c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Read(s, testNames)
		checkDraft(t, d)
		if again := Read(d.Text, testNames); again.SHA256 != d.SHA256 || len(again.Calls) != len(d.Calls) {
			t.Errorf("reading the normalised text gives another draft")
		}
		Read(s, nil)
	})
}

func BenchmarkReadSeed(b *testing.B) {
	text := readSeed(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(text, testNames)
	}
}

func BenchmarkReadHundredfold(b *testing.B) {
	text := strings.Repeat(readSeed(b)+"\n\n", 100)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(text, testNames)
	}
}
