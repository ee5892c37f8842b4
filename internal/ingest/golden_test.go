package ingest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected drafts in testdata; read the difference like code")

// TestGolden reads each invented statement of testdata and compares its whole draft.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var input, want string
			names := testNames
			at := -1
			for i, f := range ar.Files {
				switch f.Name {
				case "input.txt":
					input = string(f.Data)
				case "names.json":
					var list []Name
					if err := json.Unmarshal(f.Data, &list); err != nil {
						t.Fatalf("names.json: %v", err)
					}
					names = NewNames(list)
				case "draft.json", "outline":
					want, at = string(f.Data), i
				default:
					t.Fatalf("%s holds a file %q that the test does not know", file, f.Name)
				}
			}
			var got string
			if input == "" { // the seed, which stays where it is: only an outline of its draft is kept
				d := Read(readSeed(t), names)
				checkDraft(t, d)
				got = outline(d)
			} else {
				d := Read(input, names)
				checkDraft(t, d)
				got = marshal(t, d)
			}
			if *update {
				name := "draft.json"
				if input == "" {
					name = "outline"
				}
				if at < 0 {
					ar.Files = append(ar.Files, txtar.File{Name: name})
					at = len(ar.Files) - 1
				}
				ar.Files[at].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the draft differs (-want +got); if the new one is right, run the test with -update:\n%s", diff)
			}
		})
	}
}

func marshal(t testing.TB, d Draft) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	if err := enc.Encode(d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// outline gives the places and values of a draft, and no more of its text than the ends of each entry.
func outline(d Draft) string {
	var b strings.Builder
	ends := func(s string) string {
		f := strings.Fields(s)
		if len(f) > 5 {
			return strings.Join(f[:3], " ") + " … " + strings.Join(f[len(f)-2:], " ")
		}
		return strings.Join(f, " ")
	}
	line := func(what string, s Span, more ...string) {
		fmt.Fprintf(&b, "%-12s %4d–%-4d %s", what, s.Start, s.End, ends(s.Text))
		for _, m := range more {
			fmt.Fprintf(&b, " | %s", m)
		}
		b.WriteByte('\n')
	}
	null := func(s *string) string {
		if s == nil {
			return "null"
		}
		return *s
	}
	fmt.Fprintf(&b, "sha256       %s\n", d.SHA256)
	if d.Title != nil {
		line("title", *d.Title)
	}
	if d.Dateline != nil {
		line("dateline", d.Dateline.Span, null(d.Dateline.Place), null(d.Dateline.Date))
	}
	for _, e := range d.Issuers {
		line("issuer", e.Span)
	}
	for _, e := range d.Addressees {
		line("addressee", e.Span, null(e.ID))
	}
	for _, e := range d.Instruments {
		line("instrument", e.Span, null(e.ID))
		for _, m := range e.Mentions {
			line("  mention", m)
		}
	}
	for _, e := range d.Symbols {
		line("symbol", e.Span)
	}
	for _, e := range d.States {
		line("state", e.Span, null(e.ID))
	}
	for _, e := range d.Acts {
		line("act", e.Span, null(e.Party), e.Kind, null(e.Instrument))
	}
	for _, e := range d.Calls {
		line("call", e.Span, e.Verb, null(e.Addressee), null(e.AddresseeID))
	}
	for _, e := range d.Undertakings {
		line("undertaking", e.Span)
	}
	for _, e := range d.Claims {
		line("claim", e.Span, string(e.Confidence))
	}
	for _, e := range d.Signatories {
		line("signatory", e.Span, e.Abbreviation)
	}
	for _, e := range d.Contacts {
		line("contact", e.Span)
	}
	for _, f := range d.Flags {
		fmt.Fprintf(&b, "flag         %4d       %s: %s\n", at(f.Start), f.Code, f.Message)
	}
	return b.String()
}
