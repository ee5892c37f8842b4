package site_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/edition/editiontest"
	"stocktake/internal/figures/figurestest"
	"stocktake/internal/store"
)

// TestSecrets plants words in every place that is nobody's business, publishes, and looks for them in every byte: as they are, in hexadecimal and in
// base64.
func TestSecrets(t *testing.T) {
	w := newWorld(t)
	secrets := map[string]string{}
	plant := func(where string) string {
		s := "zqsecret" + hex.EncodeToString([]byte(where))
		secrets[where] = s
		return s
	}
	ctx := t.Context()
	// Settings of the record, of which publishing knows some.
	settings := plant("a private setting")
	if err := w.Store().Write(ctx, func(tx store.Writer) error {
		for _, name := range []string{"zz/private", "private/password", "site/private", "backup/0"} {
			if err := tx.SetMeta(ctx, name, settings); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// Archived copies: one that is private, one that no source names, and one that was taken down.
	put := func(text string) string {
		sum, _, err := w.Blobs().Put(ctx, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	put("nobody names this file: " + plant("a file that no source names"))
	quoted := plant("a quotation that was removed")
	private := put("a copy that may not be shown: " + plant("a private copy") + "\nWords that a source has.\n" + quoted + "\n")
	public := put("a copy that everybody may read: and then not any more: " + plant("a copy that was taken down"))
	w.file(t, stocktake.Filing{Key: "plants", Title: "Plants", Sources: []stocktake.Source{
		{ID: "plant-private", Title: "A private copy", Read: stocktake.MustDate("2026-12-02"), Copy: &stocktake.Copy{State: "private", SHA256: private, Media: "text/plain"}},
		{ID: "plant-public", Title: "A public copy", Read: stocktake.MustDate("2026-12-02"), Copy: &stocktake.Copy{State: "public", SHA256: public, Media: "text/plain"}},
	}, Acts: []stocktake.Act{{ID: "plant-act", Party: "CHE", Instrument: "gcm", Kind: stocktake.Remark, Done: stocktake.MustDate("2018-12-10"), Source: "plant-private",
		Person: stocktake.Plain(plant("a name that was removed")), Quotes: []stocktake.Quote{{Exact: stocktake.Plain("Words that a source has.")}, {Exact: stocktake.Plain(quoted)}}}}})
	figurestest.File(t, w.Ledger, plant("words beside figures in a private file"))
	// A statement that prints whom to ask.
	mailbox := "press-" + plant("a contact in a statement") + "@example.org"
	w.statement(t, "Statement on the Compact\n\nGeneva, 5 December 2026 – We recall the Global Compact for Migration.\n\nSigned:\nA society\n\nFor further information:\nJane Example, "+mailbox+", +41 22 000 00 00\n")
	w.printed(t) // its calls and what became of them have pages
	// A statement that is written and sealed and not published, and one that is, with a name that goes.
	draft := editiontest.Start(t, w.Ledger, "Draft on Brazil, "+plant("a title under embargo"), plant("a contact under embargo"), false)
	draft.List = []stocktake.Endorsed{editiontest.Named("d1", plant("a name under embargo"), stocktake.TierSignatory, stocktake.AuthorityMailbox, "2026-12-02")}
	made := editiontest.Start(t, w.Ledger, "Statement on Brazil and the Compact", plant("a contact that was removed"), false)
	made.List = []stocktake.Endorsed{editiontest.Named("m1", plant("an endorsement that was removed"), stocktake.TierSignatory, stocktake.AuthorityMailbox, "2026-12-02"), editiontest.Named("m2", "Example Parish", stocktake.TierSignatory, stocktake.AuthorityConvenor, "2026-12-02")}
	published := made.Publish(t)

	dir := t.TempDir()
	w.write(t, dir, w.options()) // what is removed was public once
	n := w.Record().ByKey("plants")
	row, err := w.Raw(ctx, n[len(n)-1])
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.Load(ctx, row.Number)
	if err != nil {
		t.Fatal(err)
	}
	var salts []string
	if err := w.Store().Sheets(ctx, []string{row.SHA256}, func(s store.Sheet) error {
		if strings.Contains(s.Text, "zqsecret") {
			salts = append(salts, s.Salt)
		}
		return nil
	}); err != nil || len(salts) != 2 {
		t.Fatalf("%d salts, %v", len(salts), err)
	}
	for i, s := range salts {
		secrets["salt "+string(rune('1'+i))] = s
	}
	for _, c := range []string{f.Acts[0].Person.Commitment, f.Acts[0].Quotes[1].Exact.Commitment} {
		if _, err := w.Remove(ctx, row.SHA256, c, "danger", "the secretariat"); err != nil {
			t.Fatal(err)
		}
	}
	if err := made.Office.HideNames(ctx, made.ID, []string{"m1"}); err != nil {
		t.Fatal(err)
	}
	if f, err := w.Load(ctx, published); err != nil {
		t.Fatal(err)
	} else if info, _ := w.Record().Info(published); true {
		if _, err := w.Remove(ctx, info.SHA256, f.Statement.Contacts.Commitment, "erasure-request", "the secretariat"); err != nil {
			t.Fatal(err)
		}
	}
	w.file(t, stocktake.Filing{Key: "taken-down", Title: "A copy taken down", Removals: []stocktake.Removal{{File: public, Ground: "rights", By: "the secretariat"}}})

	secrets["the key of the log"] = w.key.Secret()
	secrets["the folder of the record"] = w.dir
	secrets["this folder"] = dir
	fresh := t.TempDir()
	secrets["the new folder"] = fresh
	if host, err := os.Hostname(); err == nil && len(host) > 5 {
		secrets["this machine"] = host
	}
	w.write(t, dir, w.options())
	w.write(t, fresh, w.options())
	for _, at := range []string{dir, fresh} {
		files := 0
		for name, text := range contents(t, at) {
			files++
			for what, s := range secrets {
				if at == fresh && what == "this folder" {
					continue
				}
				for _, form := range []string{s, hex.EncodeToString([]byte(s)), strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "=")} {
					if bytes.Contains([]byte(text), []byte(form)) || strings.Contains(name, form) {
						t.Errorf("%s stands in %s", what, filepath.Join(filepath.Base(at), name))
					}
				}
			}
		}
		if files < 300 {
			t.Errorf("only %d files were searched", files)
		}
	}
}
