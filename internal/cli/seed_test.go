//go:build linux

package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSeedStatement reads the real statement, prints its draft, and puts it on the record.
func TestSeedStatement(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "seed"), "*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := copyOf(t, handRecord(t))

	type entry struct {
		Text, Quote string
		Start, End  int
		ID          *string
	}
	type draft struct {
		Title, Dateline struct {
			Text, Place, Date string
			Start, End        int
		}
		Text        string
		Instruments []entry
		Acts        []struct {
			entry
			Party, Kind, Instrument string
		}
		Calls []struct {
			entry
			Verb, Addressee string
			AddresseeID     *string `json:"addressee_id"`
		}
		Undertakings, Claims, Signatories, Contacts []entry
		Flags                                       []struct {
			Code, Message string
			Start, End    *int
		}
	}
	d := decode[draft](t, dir, "ingest", files[0])
	if !strings.HasPrefix(d.Title.Text, "US government withdrawal from Global Compact for Migration process") || d.Dateline.Date != "2017-12-04" || !strings.HasPrefix(d.Dateline.Place, "Puerto Vallarta") {
		t.Errorf("title %q, dateline %+v", d.Title.Text, d.Dateline)
	}
	var ids []string
	for _, x := range d.Instruments {
		if x.ID != nil {
			ids = append(ids, *x.ID)
		}
	}
	if slices.Sort(ids); strings.Join(ids, " ") != "2030-agenda gcm nyd" {
		t.Errorf("instruments %v", ids)
	}
	if len(d.Acts) != 1 || d.Acts[0].Party != "USA" || d.Acts[0].Kind != "withdrawal" || d.Acts[0].Instrument != "gcm-process" {
		t.Errorf("acts %+v", d.Acts)
	}
	toUSA := 0
	for _, c := range d.Calls {
		if c.AddresseeID != nil && *c.AddresseeID == "USA" {
			toUSA++
		}
	}
	if len(d.Calls) != 3 || toUSA != 2 || len(d.Undertakings) != 2 || len(d.Claims) < 4 || len(d.Signatories) != 7 || len(d.Contacts) != 0 {
		t.Errorf("%d calls (%d on the United States), %d undertakings, %d claims, %d signatories, %d contacts", len(d.Calls), toUSA, len(d.Undertakings), len(d.Claims), len(d.Signatories), len(d.Contacts))
	}
	contact := false
	for _, f := range d.Flags {
		contact = contact || f.Code == "contact-missing" && f.Start != nil
	}
	if !contact {
		t.Errorf("that the contact is missing is not said: %+v", d.Flags)
	}
	// Each finding is what stands at its place.
	text := []rune(strings.ReplaceAll(string(raw), "\r\n", "\n"))
	if d.Text != "" {
		text = []rune(d.Text)
	}
	all := slices.Concat(d.Instruments, d.Undertakings, d.Claims, d.Signatories)
	for _, a := range d.Acts {
		all = append(all, a.entry)
	}
	for _, c := range d.Calls {
		all = append(all, c.entry)
	}
	for _, x := range all {
		if x.Start < 0 || x.End > len(text) || string(text[x.Start:x.End]) != x.Text {
			t.Errorf("[%d-%d] is not %q", x.Start, x.End, x.Text)
		}
	}

	// On the record, once.
	a := run("--data", dir, "ingest", "--file", files[0])
	m := regexp.MustCompile(`On the record as (st-2017-12-04-\S+), filing (\d+)\.`).FindStringSubmatch(a.err)
	if a.code != exitDone || m == nil {
		t.Fatalf("%d %s", a.code, a.err)
	}
	if b := run("--data", dir, "ingest", "--file", files[0]); b.code != exitDone || !strings.Contains(b.err, "filing "+m[2]+".") {
		t.Errorf("again: %d %s", b.code, b.err)
	}
	var filing struct {
		Filing json.RawMessage
		Sheets []struct{ Path, Text string }
	}
	if err := json.Unmarshal([]byte(must(t, dir, "show", m[2])), &filing); err != nil {
		t.Fatal(err)
	}
	names := 0
	for _, s := range filing.Sheets {
		if strings.HasPrefix(s.Path, "statement/signatories/") {
			if names++; s.Text == "" || strings.Contains(string(filing.Filing), s.Text) {
				t.Errorf("the name %q stands in the public bytes", s.Text)
			}
		}
	}
	if names != 7 {
		t.Errorf("%d names on sheets, want 7", names)
	}
	if out := must(t, dir, "search", "US government withdrawal", "--json"); !strings.Contains(out, m[1]) {
		t.Errorf("it is not found:\n%s", out)
	}
	if out := must(t, dir, "check"); !strings.Contains(out, "Everything holds.") {
		t.Error(out)
	}
}
