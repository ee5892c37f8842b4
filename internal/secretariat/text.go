package secretariat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stocktake"
	"stocktake/internal/store"
)

// mostText is how many bytes a text may have.
const mostText = 400_000

// A Text is one revision of a work in one language. Revisions are never changed.
type Text struct {
	Number   int64  `json:"number"` // from 1
	Title    string `json:"title"`
	Subtitle string `json:"subtitle,omitempty"`
	Body     string `json:"body"`
	By       string `json:"by"` // person
	Day      string `json:"day"`
	Base     int64  `json:"base"`             // the revision that was edited
	Merged   bool   `json:"merged,omitempty"` // with what was saved meanwhile
}

// Canonical is the text that is hashed, archived and endorsed: title, subtitle and body, in NFC, lines ended by LF, without spaces at the
// ends of lines and without empty lines beyond one; it ends with one LF.
func Canonical(title, subtitle, body string) string {
	parts := []string{tidyLine(title)}
	if s := tidyLine(subtitle); s != "" {
		parts = append(parts, s)
	}
	return strings.Join(append(parts, Tidy(body)), "\n\n") + "\n"
}

// Tidy is the form in which a body is kept.
func Tidy(s string) string {
	s = norm.NFC.String(strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "\r\n", "\n"), "\r", "\n"))
	var out []string
	empty := true
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRightFunc(strings.Map(visible, line), unicode.IsSpace)
		if line == "" {
			if !empty {
				out = append(out, "")
			}
			empty = true
			continue
		}
		empty = false
		out = append(out, line)
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

func tidyLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(visible, norm.NFC.String(s))), " ")
}

// visible drops control characters, which hide things from a reader.
func visible(r rune) rune {
	if unicode.IsControl(r) && r != '\t' && r != '\n' {
		return -1
	}
	return r
}

// Hash is the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal.
func Hash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Canonical is the text as it would be frozen.
func (t Text) Canonical() string { return Canonical(t.Title, t.Subtitle, t.Body) }

// Saved says what became of an edit.
type Saved struct {
	Text   Text
	Merged bool // somebody had saved meanwhile, and both edits are in
	// Clash says that both changed the same place: nothing was saved, and Text.Body holds both, between lines that say whose is whose. Base is
	// the revision to send back with it.
	Clash bool
	Base  int64
}

// Save stores what somebody typed, over the revision that was on the screen. Where somebody else saved meanwhile, both edits are brought
// together word by word; where they changed the same place, nothing is saved and both come back.
func (o *Office) Save(ctx context.Context, id, lang, by string, base int64, title, subtitle, body string) (s Saved, err error) {
	if len(body)+len(title)+len(subtitle) > mostText {
		return s, stocktake.Invalidf("the text has more than %d kB", mostText/1000).Hinted("a statement is shorter; what belongs with it can be a source")
	}
	if Unsettled(body) {
		return s, stocktake.Invalidf("the text still holds the lines between which two edits stand").Hinted("keep what is right and take out the lines that begin with <<<<<<<, ======= and >>>>>>>")
	}
	mine := Text{Title: tidyLine(title), Subtitle: tidyLine(subtitle), Body: Tidy(body), By: by, Day: o.day(), Base: base}
	err = o.items.ChangePrivate(ctx, func(tx store.PrivateTx) error {
		s = Saved{Text: mine}
		w, err := getWork(tx, id)
		if err != nil {
			return err
		}
		t := w.Tongue(lang)
		switch {
		case t == nil:
			return stocktake.NotFoundf("the statement has no %s text", lang).Hinted("add the language first")
		case w.State == Opening || w.State == Withdrawn:
			return conflict("the statement is " + string(w.State) + ", so that its text cannot be changed").Hinted("open the page again in a minute")
		case base < 0 || base > t.Text:
			return stocktake.Invalidf("there is no revision %d", base).Hinted("open the page again, and paste what you typed")
		}
		if t.Text != base {
			now, _, err := get[Text](tx, kindText, textID(id, lang, t.Text))
			if err != nil {
				return err
			}
			var was Text
			if base > 0 {
				if was, _, err = get[Text](tx, kindText, textID(id, lang, base)); err != nil {
					return err
				}
			}
			ok := true
			join := func(b, theirs, my string) string {
				m, fine := Merge(b, theirs, my)
				if !fine && !strings.Contains(b+theirs+my, "\n") && len(b) < 1000 { // a title holds one line
					m = theirs + " / " + my
				}
				ok = ok && fine
				return m
			}
			s.Text.Title, s.Text.Subtitle = join(was.Title, now.Title, mine.Title), join(was.Subtitle, now.Subtitle, mine.Subtitle)
			s.Text.Body = join(was.Body, now.Body, mine.Body)
			if !ok {
				s.Clash, s.Base = true, t.Text
				return nil
			}
			s.Merged, s.Text.Merged = true, true
			if s.Text.Title == now.Title && s.Text.Subtitle == now.Subtitle && s.Text.Body == now.Body {
				s.Text = now
				return nil // the same edit, sent twice
			}
		} else if base > 0 {
			now, _, err := get[Text](tx, kindText, textID(id, lang, base))
			if err != nil {
				return err
			}
			if now.Title == mine.Title && now.Subtitle == mine.Subtitle && now.Body == mine.Body {
				s.Text = now
				return nil
			}
		}
		t.Text++
		s.Text.Number = t.Text
		if _, err := o.put(tx, kindText, textID(id, lang, t.Text), 0, s.Text); err != nil {
			return err
		}
		return o.putWork(tx, w)
	})
	if err == nil && !s.Clash {
		s.Base = s.Text.Number
	}
	return s, err
}

// Text returns one revision, the newest for number 0. A language without a text gives an empty one.
func (o *Office) Text(ctx context.Context, id, lang string, number int64) (t Text, err error) {
	err = o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		w, err := getWork(r, id)
		if err != nil {
			return err
		}
		t, err = textOf(r, w, lang, number)
		return err
	})
	return t, err
}

func textOf(r store.PrivateReader, w *Work, lang string, number int64) (Text, error) {
	x := w.Tongue(lang)
	if x == nil {
		return Text{}, stocktake.NotFoundf("the statement has no %s text", lang)
	}
	if number == 0 {
		number = x.Text
	}
	if number == 0 {
		return Text{}, nil
	}
	t, _, err := get[Text](r, kindText, textID(w.ID, lang, number))
	if stocktake.KindOf(err) == stocktake.NotFound {
		return t, stocktake.NotFoundf("there is no revision %d", number)
	}
	return t, err
}

// History returns the revisions of a language, the newest first.
func (o *Office) History(ctx context.Context, id, lang string) ([]Text, error) {
	var list []Text
	err := o.items.ReadPrivate(ctx, func(r store.PrivateReader) error {
		list = nil
		w, err := getWork(r, id)
		if err != nil {
			return err
		}
		x := w.Tongue(lang)
		if x == nil {
			return stocktake.NotFoundf("the statement has no %s text", lang)
		}
		for n := x.Text; n > 0; n-- {
			t, err := textOf(r, w, lang, n)
			if err != nil {
				return err
			}
			list = append(list, t)
		}
		return nil
	})
	return list, err
}
