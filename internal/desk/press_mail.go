package desk

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/edition"
	"stocktake/internal/forms"
	"stocktake/internal/mailer"
	"stocktake/internal/secretariat"
	"stocktake/internal/store"
)

const (
	pressLate  = 24 * time.Hour // a publication that is older is no news: it goes to nobody
	pressPiece = 100            // addresses in one transaction
	pressText  = 200 << 10      // bytes; a longer letter is its title and address alone
)

// keepPress writes to the lists what was published, and forgets who did not confirm, until ctx ends.
func keepPress(ctx context.Context, d *Desk) {
	if d.opt.Private == nil || d.opt.Ledger == nil {
		return
	}
	d.every(ctx, func() error { return errors.Join(d.mailPress(ctx), d.sweepPress(ctx)) })
}

// mailPress queues the letters of what was published since. It reads the public record: before its opening a statement is not there.
func (d *Desk) mailPress(ctx context.Context) error {
	if !d.pressReady() {
		return nil
	}
	list, err := d.eachWork(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, w := range list {
		v := w.Newest()
		if w.State != secretariat.Published || w.Rehearsal || v == nil || v.Filing == 0 || v.Number > 1 && v.Change != stocktake.Substantive {
			continue
		}
		if err := d.mailStatement(ctx, w, v); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// mailStatement writes one version to all who are on the list, piece by piece; another process, or this one after a crash, goes on where it ended.
func (d *Desk) mailStatement(ctx context.Context, w *secretariat.Work, v *secretariat.Version) error {
	id := string(w.Statement) + "/" + strconv.Itoa(v.Number)
	m, _, err := pressMailingOf(ctx, d, id)
	if err == nil && m.Over {
		return nil
	}
	if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
		return err
	}
	now := d.opt.Now()
	if err != nil {
		m = pressMailing{ID: id, Coalition: w.Coalition, Statement: string(w.Statement), Version: v.Number, Title: v.Texts[0].Title, Day: civil(v.At)}
		if now.Sub(v.At) > pressLate {
			m.Over, m.Why = true, "it was published more than a day before letters could leave"
		}
		err := d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error { return putMailing(tx, now, 0, &m) })
		if m.Over || stocktake.KindOf(err) == stocktake.Conflict {
			return nil // another process began it, and goes on
		}
		if err != nil {
			return err
		}
	}
	rec := d.opt.Ledger.Record()
	at := stocktake.At{On: stocktake.MaxDay, Known: now.UTC().AddDate(0, 0, 1), Head: rec.Head()}
	e, err := edition.Read(ctx, d.opt.Ledger, at, w.Statement, v.Number)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return nil // this process has not read the filing yet
	}
	if err != nil {
		return err
	}
	laid := map[string]*forms.Form{}
	for over := false; !over; {
		err := d.opt.Private.ChangePrivate(ctx, func(tx store.PrivateTx) error {
			m, rev, err := pressGet[pressMailing](tx, kindPressMailing, id)
			if err != nil {
				return err
			}
			if over = m.Over; over {
				return nil
			}
			if e.Back != nil || e.S.Rehearsal {
				m.Over, m.Why = true, "it was taken back"
				return putMailing(tx, now, rev, &m)
			}
			ids, err := tx.Find(kindPressAddress, "coalition", w.Coalition)
			if err != nil {
				return err
			}
			at, found := slices.BinarySearch(ids, m.After)
			if found {
				at++
			}
			piece := ids[at:min(len(ids), at+pressPiece)]
			for _, one := range piece {
				x, xrev, err := pressGet[pressAddress](tx, kindPressAddress, one)
				if err != nil {
					return err
				}
				m.After = one
				if x.Confirmed == "" {
					continue
				}
				l, err := d.pressLetter(e, laid, &x)
				if err != nil {
					return err
				}
				l.Key, l.At = "press/"+x.ID+"/"+id, now
				if err := x.queue(tx, l); err != nil {
					return err
				}
				if err := x.put(tx, now, xrev); err != nil {
					return err
				}
				m.N++
			}
			m.Over = len(piece) < pressPiece
			over = m.Over
			return putMailing(tx, now, rev, &m)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func pressMailingOf(ctx context.Context, d *Desk, id string) (m pressMailing, rev int64, err error) {
	err = d.opt.Private.ReadPrivate(ctx, func(r store.PrivateReader) error {
		m, rev, err = pressGet[pressMailing](r, kindPressMailing, id)
		return err
	})
	return m, rev, err
}

func putMailing(tx store.PrivateTx, now time.Time, rev int64, m *pressMailing) error {
	return pressPut(tx, now, kindPressMailing, m.ID, rev, m, store.Key{Name: "coalition", Value: m.Coalition})
}

// pressLetter is the statement as a letter in the language that somebody chose, or in its authoritative one.
func (d *Desk) pressLetter(e *edition.Edition, laid map[string]*forms.Form, x *pressAddress) (m mailer.Message, err error) {
	lang := x.Lang
	if t := e.Text(lang); t == nil || !t.Here() {
		lang = e.Main().Lang
	}
	f := laid[lang]
	if f == nil {
		v := e.Value(edition.Site{Name: cmp.Or(d.opt.Name, d.opt.Address), At: func(path string) string { return d.opt.Address + path }}, d.titleAndPath)
		if f, err = forms.New(v, forms.Options{Langs: []string{lang}}); err != nil {
			return m, err
		}
		laid[lang] = f
	}
	out := d.opt.Address + "/press/out/" + x.token()
	host := d.opt.Address
	if u, err := url.Parse(host); err == nil {
		host = u.Hostname()
	}
	l, err := f.Mail(forms.Mailing{Unsubscribe: out, ListID: x.Coalition + ".press." + host})
	if err != nil {
		return m, err
	}
	m = mailer.Message{Class: mailer.Press, Subject: cut(l.Subject, 240), Text: l.Text, HTML: l.HTML, Headers: map[string]string{}}
	for _, h := range l.Headers {
		if strings.HasPrefix(h[0], "List-") { // the others are not for the queue
			m.Headers[h[0]] = h[1]
		}
	}
	if len(m.Text) > pressText || len(m.HTML) > 2*pressText {
		m.HTML = ""
		m.Text = l.Subject + "\n\n" + d.opt.Address + edition.Path(e.S.Instrument, e.S.Version) + "\n\n--\n" + out + "\n"
	}
	return m, nil
}

// titleAndPath names what a citation points to, and its page.
func (d *Desk) titleAndPath(id string) (string, string) {
	rec := d.opt.Ledger.Record()
	in, number, _ := strings.Cut(id, "/")
	title, path := in, "/i/"+url.PathEscape(in)
	if x, ok := rec.Instrument(stocktake.InstrumentID(in), rec.Head()); ok {
		title = x.Title
	}
	if number != "" {
		path, title = "/r/"+url.PathEscape(in)+"/"+url.PathEscape(number), title+", "+number
	}
	return title, path
}
