package forms

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write testdata/*.txtar anew")

// TestGolden compares every form that is text with testdata, letter for letter.
func TestGolden(t *testing.T) {
	for _, name := range []string{"en-es", "ar"} {
		f := form(t, samples()[name], Options{})
		a := &txtar.Archive{Comment: []byte("The forms of a statement; go test ./internal/forms -run Golden -update writes them anew.\n")}
		add := func(file string, b []byte, err error) {
			if err != nil {
				t.Fatal(file, ": ", err)
			}
			a.Files = append(a.Files, txtar.File{Name: file, Data: b})
		}
		add("chat.txt", []byte(f.Text(0)), nil)
		add("mail.txt", []byte(f.Text(70)), nil)
		add("statement.md", []byte(f.Markdown()), nil)
		add("statement.html", []byte(f.HTML()), nil)
		b, err := f.NinJS()
		add("ninjs.json", b, err)
		b, err = f.JSONLD()
		add("statement.jsonld", b, err)
		feed := Feed{Title: "Statements", Lang: f.lang, Home: "https://record.example.org/", Atom: "https://record.example.org/feed.atom", JSON: "https://record.example.org/feed.json", Entries: []Entry{f.Entry()}}
		b, err = feed.AtomFeed(f.s.Published)
		add("feed.atom", b, err)
		b, err = feed.JSONFeed(f.s.Published)
		add("feed.json", b, err)
		if name == "en-es" {
			u, err := UN(two(), UNOptions{Body: "Human Rights Council"})
			if err != nil {
				t.Fatal(err)
			}
			add("un.txt", []byte(u.Text(0)), nil)
		}
		got, file := txtar.Format(a), "testdata/"+name+".txtar"
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
}
