package forms

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

// TestRehearsal finds the words that say so in every form, in the language of the form.
func TestRehearsal(t *testing.T) {
	for lang, words := range map[string]string{"en": "Nobody issued or signed it", "es": "Nadie lo emitió ni lo firmó"} {
		s := two()
		s.Rehearsal = true
		f, err := New(s, Options{Langs: []string{lang}})
		if err != nil {
			t.Fatal(err)
		}
		u, err := UN(s, UNOptions{Lang: lang})
		if err != nil {
			t.Fatal(err)
		}
		m, err := f.Mail(Mailing{Unsubscribe: "https://record.example.org/press/x"})
		if err != nil {
			t.Fatal(err)
		}
		atom, err := Feed{Title: "All", Home: "https://record.example.org/", Atom: "https://record.example.org/f.atom", JSON: "https://record.example.org/f.json", Entries: []Entry{f.Entry()}}.AtomFeed(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		forms := map[string][]byte{"text": []byte(f.Text(0)), "Markdown": []byte(f.Markdown()), "HTML": []byte(f.HTML()), "print": []byte(f.PrintHTML()), "submission": []byte(u.Text(0)), "mail": []byte(m.Text), "feed": atom}
		for name, make := range map[string]func() ([]byte, error){"DOCX": f.DOCX, "ninjs": f.NinJS, "JSON-LD": f.JSONLD, "CSV": f.NamesCSV, "XLSX": f.NamesXLSX, "submission DOCX": u.DOCX} {
			if forms[name], err = make(); err != nil {
				t.Fatal(err)
			}
		}
		for name, b := range forms {
			if bytes.HasPrefix(b, []byte("PK")) {
				b = unzipped(t, b)
			}
			if !strings.Contains(strings.Join(strings.Fields(string(b)), " "), words) {
				t.Errorf("%s in %s does not say that it is a rehearsal", name, lang)
			}
		}
	}
}

func unzipped(t *testing.T, b []byte) (all []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		x, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x...)
	}
	return all
}
