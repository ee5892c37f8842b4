package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/mailer"
	"stocktake/internal/mailer/address"
	"stocktake/internal/people"
	"stocktake/internal/store"
)

// pressList is that a coalition takes addresses by a public form.
type pressList struct {
	ID   string `json:"id"` // the coalition's
	Open bool   `json:"open"`
}

// pressAddress is one address on the press list of one coalition. It stays until whoever has the mailbox, or the press officer, takes it off; what
// nobody confirms goes after pressKeep days.
type pressAddress struct {
	ID        string   `json:"id"` // random
	Coalition string   `json:"coalition"`
	Email     string   `json:"email"`
	Lang      string   `json:"lang"`
	Confirmed string   `json:"confirmed,omitempty"` // the day; empty: a letter was sent and nobody has pressed its button
	By        string   `json:"by,omitempty"`        // account of who added it; empty: by the public form
	Asked     string   `json:"asked"`               // the day of the last letter that asked, or said that it is on the list
	Letters   int      `json:"letters"`             // how many of those there were
	Tokens    []string `json:"tokens"`              // SHA-256 of what links end with, hexadecimal; the newest last
	Recent    []string `json:"recent,omitempty"`    // names of letters that may still wait
}

// pressMailing is one version of one statement on its way to a list.
type pressMailing struct {
	ID        string `json:"id"` // statement and version
	Coalition string `json:"coalition"`
	Statement string `json:"statement"`
	Version   int    `json:"version"`
	Title     string `json:"title"`
	Day       string `json:"day"`
	After     string `json:"after"` // the last address that was written to, by id
	Over      bool   `json:"over"`
	N         int    `json:"n"`
	Why       string `json:"why,omitempty"` // why nothing went out
}

const (
	kindPressList    = "press-list"
	kindPressAddress = "press-address"
	kindPressMailing = "press-mailing"
	kindPressPad     = "press-pad"

	pressKeep    = 14  // days that an address waits to be confirmed
	pressLetters = 3   // letters to an address that nobody confirms
	pressTokens  = 400 // links that go on working
	pressRecent  = 20
	mostImported = 2000
)

func pressGet[T any](r store.PrivateReader, kind, id string) (v T, rev int64, err error) {
	it, err := r.Item(kind, id)
	if err != nil {
		return v, 0, err
	}
	return v, it.Rev, json.Unmarshal(it.Body, &v)
}

func pressPut(tx store.PrivateTx, now time.Time, kind, id string, rev int64, v any, keys ...store.Key) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Item{Kind: kind, ID: id, Rev: rev, Changed: now.UTC().Truncate(24 * time.Hour), Body: b}, keys...)
	return err
}

func (x *pressAddress) put(tx store.PrivateTx, now time.Time, rev int64) error {
	a, err := address.Parse(x.Email)
	if err != nil {
		return err
	}
	keys := []store.Key{{Name: "coalition", Value: x.Coalition}, {Name: "address", Value: x.Coalition + " " + a.Canonical(), Unique: true}}
	for _, t := range x.Tokens {
		keys = append(keys, store.Key{Name: "token", Value: t})
	}
	if x.Confirmed == "" {
		keys = append(keys, store.Key{Name: "waits", Value: x.Asked})
	}
	return pressPut(tx, now, kindPressAddress, x.ID, rev, x, keys...)
}

// token makes a link's end for this address.
func (x *pressAddress) token() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	t := base64.RawURLEncoding.EncodeToString(b)
	x.Tokens = append(x.Tokens, tokenHash(t))
	x.Tokens = x.Tokens[max(0, len(x.Tokens)-pressTokens):]
	return t
}

// queue puts a letter into the queue and notes its name, so that it can be taken back.
func (x *pressAddress) queue(tx store.PrivateTx, m mailer.Message) error {
	x.Recent = append(x.Recent, m.Key)
	x.Recent = x.Recent[max(0, len(x.Recent)-pressRecent):]
	m.To = x.Email
	return mailer.Queue(tx, m)
}

func tokenHash(t string) string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

func civil(t time.Time) string { return t.UTC().Format("2006-01-02") }

// pressReady reports whether letters to a list can leave: they carry a link that ends them with one POST, which has to be an https address.
func (d *Desk) pressReady() bool {
	return d.opt.Mail.Enabled() && strings.HasPrefix(d.opt.Address, "https://")
}

// pressAsk writes to an address that somebody gave for a list. A new one, one that waits and one that is on the list cost the same work; by is the
// account of who adds it, empty for the public form. Nobody gets more than a letter a day by it, or more than a few that nobody answers.
func (d *Desk) pressAsk(ctx context.Context, c people.Coalition, email, lang, by string) error {
	a, err := address.Parse(email)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Langs, lang) {
		lang = c.Langs[0]
	}
	now := d.opt.Now()
	today := civil(now)
	return d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		ids, err := tx.Find(kindPressAddress, "address", string(c.ID)+" "+a.Canonical())
		if err != nil {
			return err
		}
		x, rev := pressAddress{ID: strings.ToLower(rand.Text()), Coalition: string(c.ID), Email: a.String(), Lang: lang, By: by}, int64(0)
		if len(ids) > 0 {
			if x, rev, err = pressGet[pressAddress](tx, kindPressAddress, ids[0]); err != nil {
				return err
			}
		}
		may := x.Asked != today && (x.Confirmed != "" || x.Letters < pressLetters)
		if !may {
			p, rev, err := pressGet[pressMailing](tx, kindPressPad, "pad")
			if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
				return err
			}
			for i := range int64(5) { // as much as a letter and its address are
				if err := pressPut(tx, now, kindPressPad, "pad", rev+i, p); err != nil {
					return err
				}
			}
			return nil
		}
		x.Asked, x.Letters = today, x.Letters+1
		if x.Confirmed == "" {
			x.Lang = lang
		}
		w := pressWordsIn(x.Lang)
		link := "/press/in/" + x.token()
		text := w.ask
		if x.Confirmed != "" {
			text = w.have
		}
		m := mailer.Message{Key: "press/" + x.ID + "/in/" + today, Class: mailer.Confirmation, At: now, NotAfter: now.AddDate(0, 0, pressKeep)}
		r := strings.NewReplacer("%C", c.Name(x.Lang), "%L", d.opt.Address+link, "%S", cmp.Or(d.opt.Name, d.opt.Address))
		m.Subject, m.Text = r.Replace(w.subject), r.Replace(text)
		if err := x.queue(tx, m); err != nil {
			return err
		}
		return x.put(tx, now, rev)
	})
}

// pressOf finds the address that a link belongs to; NotFound where it has left, or never was.
func pressOf(r store.PrivateReader, token string) (x pressAddress, rev int64, err error) {
	ids, err := r.Find(kindPressAddress, "token", tokenHash(token))
	if err != nil {
		return x, 0, err
	}
	if len(ids) == 0 {
		return x, 0, stocktake.NotFoundf("this link belongs to no address on a list").Hinted("the address has left, or nobody pressed the button of the letter within %d days: it can be given again", pressKeep)
	}
	return pressGet[pressAddress](r, kindPressAddress, ids[0])
}

// pressConfirm is the button of the letter.
func (d *Desk) pressConfirm(ctx context.Context, token string) error {
	now := d.opt.Now()
	return d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, rev, err := pressOf(tx, token)
		if err != nil || x.Confirmed != "" {
			return err
		}
		x.Confirmed = civil(now)
		return x.put(tx, now, rev)
	})
}

// leavePress deletes an address, and takes back what waits for it.
func leavePress(tx store.PrivateTx, x pressAddress, now time.Time) error {
	for _, key := range x.Recent {
		if _, err := mailer.Cancel(tx, key, now); err != nil {
			return err
		}
	}
	return tx.Drop(kindPressAddress, x.ID)
}

// pressOut is the link at the end of each letter. One that belongs to no address any more is no error: whoever presses twice has left as well.
func (d *Desk) pressOut(ctx context.Context, token string) error {
	now := d.opt.Now()
	err := d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, _, err := pressOf(tx, token)
		if stocktake.KindOf(err) == stocktake.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		return leavePress(tx, x, now)
	})
	if err != nil {
		return err
	}
	_, err = mailer.Sweep(ctx, d.opt.Private, now)
	return err
}

// pressRemove takes an address off a coalition's list.
func (d *Desk) pressRemove(ctx context.Context, coalition, id string) error {
	now := d.opt.Now()
	return d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		x, _, err := pressGet[pressAddress](tx, kindPressAddress, id)
		if err == nil && x.Coalition != coalition {
			err = stocktake.NotFoundf("there is no such address on this list")
		}
		if err != nil {
			return err
		}
		return leavePress(tx, x, now)
	})
}

// pressAddresses returns those of a coalition, by address.
func (d *Desk) pressAddresses(ctx context.Context, coalition string) (list []pressAddress, err error) {
	err = d.opt.Private.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find(kindPressAddress, "coalition", coalition)
		for _, id := range ids {
			x, _, err := pressGet[pressAddress](r, kindPressAddress, id)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return err
	})
	slices.SortFunc(list, func(a, b pressAddress) int { return strings.Compare(a.Email, b.Email) })
	return list, err
}

// pressMailings returns what went to a coalition's list, the newest first.
func (d *Desk) pressMailings(ctx context.Context, coalition string) (list []pressMailing, err error) {
	err = d.opt.Private.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		ids, err := r.Find(kindPressMailing, "coalition", coalition)
		for _, id := range ids {
			x, _, err := pressGet[pressMailing](r, kindPressMailing, id)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return err
	})
	slices.SortFunc(list, func(a, b pressMailing) int {
		return cmp.Or(-strings.Compare(a.Day, b.Day), strings.Compare(a.ID, b.ID))
	})
	return list, err
}

// pressIsOpen reports whether a coalition has a public form.
func (d *Desk) pressIsOpen(ctx context.Context, coalition string) (open bool, err error) {
	err = d.opt.Private.ReadPrivate(ctx, func(r store.PrivateReader) error {
		x, _, err := pressGet[pressList](r, kindPressList, coalition)
		if open = x.Open; stocktake.KindOf(err) == stocktake.NotFound {
			return nil
		}
		return err
	})
	return open, err
}

func (d *Desk) setPressOpen(ctx context.Context, coalition string, open bool) error {
	return d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		_, rev, err := pressGet[pressList](tx, kindPressList, coalition)
		if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
		return pressPut(tx, d.opt.Now(), kindPressList, coalition, rev, pressList{coalition, open})
	})
}

// sweepPress deletes addresses that nobody confirmed.
func (d *Desk) sweepPress(ctx context.Context) error {
	now := d.opt.Now()
	before := civil(now.AddDate(0, 0, -pressKeep))
	var old []string
	err := d.opt.Private.ReadPrivate(ctx, func(r store.PrivateReader) (err error) {
		old, err = r.Between(kindPressAddress, "waits", "", before, 500)
		return err
	})
	if err != nil || len(old) == 0 {
		return err
	}
	return d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		for _, id := range old {
			x, _, err := pressGet[pressAddress](tx, kindPressAddress, id)
			if stocktake.KindOf(err) == stocktake.NotFound {
				continue
			}
			if err == nil && x.Confirmed == "" && x.Asked < before {
				err = leavePress(tx, x, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// pressWords are the letters of a list: %C is the coalition, %L the link, %S the site.
type pressWords struct{ subject, ask, have string }

var pressLettersIn = map[string]pressWords{
	"en": {"Press list of %C", "Somebody gave this address for the press list of %C at %S. To get its statements when they are published, open the link and press the button:\n\n%L\n\nIf you do not want to, do nothing: nothing is sent, and the address is deleted after 14 days.\n",
		"Somebody gave this address for the press list of %C at %S. It is on the list already. Under this link you can leave it:\n\n%L\n"},
	"es": {"Lista de prensa de %C", "Alguien ha dado esta dirección para la lista de prensa de %C en %S. Para recibir sus declaraciones cuando se publiquen, abra el enlace y pulse el botón:\n\n%L\n\nSi no lo desea, no haga nada: no se envía nada y la dirección se borra a los 14 días.\n",
		"Alguien ha dado esta dirección para la lista de prensa de %C en %S. Ya está en la lista. En este enlace puede darse de baja:\n\n%L\n"},
	"fr": {"Liste de presse de %C", "Quelqu’un a donné cette adresse pour la liste de presse de %C sur %S. Pour recevoir ses déclarations à leur publication, ouvrez le lien et appuyez sur le bouton :\n\n%L\n\nSi vous ne le souhaitez pas, ne faites rien : rien n’est envoyé, et l’adresse est effacée après 14 jours.\n",
		"Quelqu’un a donné cette adresse pour la liste de presse de %C sur %S. Elle y figure déjà. Par ce lien, vous pouvez la quitter :\n\n%L\n"},
	"pt": {"Lista de imprensa de %C", "Alguém deu este endereço para a lista de imprensa de %C em %S. Para receber as suas declarações quando forem publicadas, abra a ligação e prima o botão:\n\n%L\n\nSe não quiser, não faça nada: nada é enviado, e o endereço é apagado ao fim de 14 dias.\n",
		"Alguém deu este endereço para a lista de imprensa de %C em %S. Já está na lista. Nesta ligação pode sair dela:\n\n%L\n"},
	"de": {"Presseverteiler von %C", "Jemand hat diese Adresse für den Presseverteiler von %C bei %S angegeben. Um die Erklärungen bei ihrer Veröffentlichung zu erhalten, öffnen Sie den Link und drücken Sie den Knopf:\n\n%L\n\nWenn Sie nicht möchten, tun Sie nichts: Es wird nichts gesendet, und die Adresse wird nach 14 Tagen gelöscht.\n",
		"Jemand hat diese Adresse für den Presseverteiler von %C bei %S angegeben. Sie steht schon darauf. Unter diesem Link können Sie ihn verlassen:\n\n%L\n"},
}

func pressWordsIn(lang string) pressWords {
	base, _, _ := strings.Cut(lang, "-")
	if w, ok := pressLettersIn[base]; ok {
		return w
	}
	return pressLettersIn["en"]
}

// pressAt returns the address that a link belongs to.
func (d *Desk) pressAt(ctx context.Context, token string) (x pressAddress, err error) {
	err = d.opt.Private.ReadPrivate(ctx, func(r store.PrivateReader) error {
		x, _, err = pressOf(r, token)
		return err
	})
	return x, err
}
