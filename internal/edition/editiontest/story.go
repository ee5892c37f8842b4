// Package editiontest publishes statements in a record by the desk's own steps, for tests of what is then to be seen.
package editiontest

import (
	"fmt"
	"testing"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
)

// Coalition is who issues the statements.
var Coalition = stocktake.Party{ID: "example-coalition", Kind: "organisation", Names: map[string]string{"en": "Example Coalition"}}

// A Story is one statement and its record. Its list is who stands under the next version.
type Story struct {
	L      *ledger.Ledger
	Office *secretariat.Office
	Work   string
	ID     stocktake.InstrumentID
	List   []stocktake.Endorsed
	Hash   string

	revs map[string]int64
}

// English and Spanish are the texts of version 1.
const (
	English = `GENEVA, 4 February 2019 – We regret that Brazil has withdrawn from the Global Compact for Migration. More than 160 states adopted it.

## What we ask

We call on Brazil to return to the Global Compact for Migration. We urge:

- all states to keep what they undertook;
- the New York Declaration to be kept too.

We will continue to work with governments on safe and regular pathways.`
	Spanish = `GINEBRA, 4 de febrero de 2019 – Lamentamos que Brasil se haya retirado del Pacto Mundial para la Migración. Más de 160 Estados lo aprobaron.

## Qué pedimos

Pedimos a Brasil que vuelva al Pacto Mundial para la Migración. Instamos:

- a todos los Estados a cumplir lo que asumieron;
- a cumplir también la Declaración de Nueva York.

Seguiremos trabajando con los gobiernos por vías seguras y regulares.`
)

// Named is an endorsement by its name.
func Named(id, name string, tier stocktake.Tier, how stocktake.AuthorityClass, on string) stocktake.Endorsed {
	return stocktake.Endorsed{ID: id, State: stocktake.EndorsementListed, On: stocktake.MustDate(on), Tier: tier, Country: "MEX", Names: []stocktake.LangName{{Lang: "en", Name: stocktake.Plain(name)}}, Authority: how, Road: stocktake.RoadLink}
}

// Start writes a statement in two languages that is approved and lies under a seal of the log. contact goes into its contact block.
func Start(t testing.TB, l *ledger.Ledger, title, contact string, rehearsal bool) *Story {
	t.Helper()
	s := &Story{L: l, Office: secretariat.NewOffice(l, l.Store(), l.Now), Hash: fmt.Sprintf("%064x", 7), revs: map[string]int64{}}
	w, err := s.Office.Make(t.Context(), string(Coalition.ID), "ana", title, "en", rehearsal)
	check(t, err)
	s.Work = w.ID
	_, err = s.Office.AddLanguage(t.Context(), w.ID, "es", "Example Translators", "Example Legal Centre")
	check(t, err)
	_, err = s.Office.Change(t.Context(), w.ID, func(w *secretariat.Work) error { w.Contacts = contact; return nil })
	check(t, err)
	s.Write(t, "en", title, English)
	s.Write(t, "es", "Ensayo: "+title, Spanish)
	s.Approve(t, "", "", "")
	check(t, l.Store().ChangePrivate(t.Context(), func(tx store.PrivateTx) error {
		if _, err := tx.Item("coalition", string(Coalition.ID)); err == nil {
			return nil
		}
		_, err := tx.Put(store.Item{Kind: "coalition", ID: string(Coalition.ID), Changed: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Body: []byte("{}")})
		return err
	}))
	_, err = s.Office.SealHour(t.Context(), s.lister)
	check(t, err)
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Story) lister(store.PrivateReader, *secretariat.Work, *secretariat.Version) (secretariat.Listed, error) {
	return secretariat.Listed{Coalition: Coalition, Hash: s.Hash, Endorsed: s.List}, nil
}

// Write saves a text.
func (s *Story) Write(t testing.TB, lang, title, body string) {
	t.Helper()
	saved, err := s.Office.Save(t.Context(), s.Work, lang, "ana", s.revs[lang], title, "", body)
	check(t, err)
	s.revs[lang] = saved.Text.Number
}

// Approve freezes the newest texts as a version.
func (s *Story) Approve(t testing.TB, change stocktake.ChangeClass, note, confirm string) {
	t.Helper()
	r, err := s.Office.Ready(t.Context(), s.Work)
	check(t, err)
	seen := map[string]string{}
	for _, x := range r.Texts {
		seen[x.Lang] = x.SHA256
	}
	_, err = s.Office.Approve(t.Context(), s.Work, "ana", false, seen, change, note, confirm)
	check(t, err)
}

// Publish puts the newest version on the record.
func (s *Story) Publish(t testing.TB) int64 {
	t.Helper()
	w, err := s.Office.Release(t.Context(), s.Work, s.lister)
	check(t, err)
	s.ID = w.Statement
	return w.Newest().Filing
}

// Later files what became of endorsements, and returns the filing's number.
func (s *Story) Later(t testing.TB, version int, list ...stocktake.Endorsed) int64 {
	t.Helper()
	all := s.L.Record().Versions(s.ID, s.L.Record().Head())
	for i := range list {
		list[i].Statement, list[i].Version = s.ID, version
		for _, v := range all {
			if v.Version == version {
				list[i].TextSHA256 = v.TextSHA256
			}
		}
	}
	n, err := s.Office.Endorse(t.Context(), "Endorsements: what changed", list...)
	check(t, err)
	return n
}

// Usual is a list with a name of every kind.
func Usual(on string) []stocktake.Endorsed {
	list := []stocktake.Endorsed{
		Named("e1", "Example International", stocktake.TierAuthor, stocktake.AuthorityMailbox, on),
		Named("e2", "Example Legal Centre", stocktake.TierSignatory, stocktake.AuthorityMailbox, on),
		Named("e3", "Example Parish", stocktake.TierSignatory, stocktake.AuthorityConvenor, on),
		Named("e4", "Example Sheet Society", stocktake.TierSignatory, stocktake.AuthorityImported, on),
		Named("e5", "", stocktake.TierSignatory, stocktake.AuthorityMailbox, on),
		Named("e6", "Ana Example", stocktake.TierPersonal, stocktake.AuthorityConvenor, on),
	}
	list[1].Names = append(list[1].Names, stocktake.LangName{Lang: "es", Name: stocktake.Plain("Centro Jurídico de Ejemplo")})
	list[1].Status, list[1].Office = "special", stocktake.Plain("Director")
	list[4].State, list[4].Names, list[4].Country = stocktake.EndorsementWithheld, nil, ""
	return list
}
