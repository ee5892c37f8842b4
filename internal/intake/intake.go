package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"stocktake"
)

// Limits bound what reading one file may take. A zero field means its default.
type Limits struct {
	In     int64         // bytes of the file; 50 MiB
	Out    int64         // bytes of the text; 10 MiB
	Time   time.Duration // for all of it; 20 seconds
	Memory int64         // bytes that the process which reads the file may hold; 768 MiB
}

func (l Limits) orDefaults() Limits {
	if l.In <= 0 {
		l.In = 50 << 20
	}
	if l.Out <= 0 {
		l.Out = 10 << 20
	}
	if l.Time <= 0 {
		l.Time = 20 * time.Second
	}
	if l.Memory <= 0 {
		l.Memory = 768 << 20
	}
	return l
}

// A Text is what Read found in a file.
type Text struct {
	Text     string   `json:"-"`
	Kind     Kind     `json:"kind"`
	Lang     string   `json:"lang,omitempty"`     // BCP 47 tag that the file gives, such as "pt-BR"; empty where it gives none. It is often wrong
	Title    string   `json:"title,omitempty"`    // what the file calls itself: properties, page title, subject. It need not stand in Text
	Notes    []string `json:"notes,omitempty"`    // what was left out or moved, a sentence each
	Flags    []string `json:"flags,omitempty"`    // what is doubtful and should be compared with the file, a sentence each
	Replaced int      `json:"replaced,omitempty"` // bytes that are no text in any encoding that fits; each run of them stands as U+FFFD, and the last flag says so
}

func (t *Text) note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}
func (t *Text) flag(format string, args ...any) {
	t.Flags = append(t.Flags, fmt.Sprintf(format, args...))
}

// times says how often something is there: "1 line", "2 lines".
func times(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// sniffed is how many bytes of a file are looked at to tell its kind.
const sniffed = 64 << 10

// Read returns the text of a file. name and media, a media type with or without parameters, are hints and may be empty; what the bytes are
// decides, and a charset in media is believed where the bytes allow it. Errors are Invalid faults that say what is wrong with the file and
// what to do, Busy where too many files are being read, or those of ctx and r. It may be called from many goroutines; the caller owns
// the text.
func Read(ctx context.Context, name, media string, r io.Reader, lim Limits) (Text, error) {
	lim = lim.orDefaults()
	ctx, cancel := context.WithTimeoutCause(ctx, lim.Time, errLate)
	defer cancel()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return Text{}, fmt.Errorf("read %s: %w", named(name), err)
	}
	head = head[:n]
	kind, err := sniff(name, media, head)
	if err != nil {
		return Text{}, at(name, err)
	}
	in := &counted{r: io.MultiReader(bytes.NewReader(head), r), left: lim.In}
	var t Text
	if kind == Plain {
		t, err = readPlain(in, charsetOf(media), lim)
	} else {
		t, err = inChild(ctx, job{Kind: kind, Charset: charsetOf(media), Limits: lim}, in)
	}
	if in.over {
		return Text{}, at(name, stocktake.Invalidf("is larger than %d MiB", lim.In>>20).Hinted("part it into several files, or paste the text alone"))
	}
	if err != nil {
		return Text{}, at(name, err)
	}
	if t.Replaced > 0 {
		t.flag("%s could not be read as text, and nothing says in which encoding the file is; U+FFFD stands in their place. Save the file as UTF-8.", times(t.Replaced, "byte", "bytes"))
	}
	return t, nil
}

// at puts the name of the file before a fault. Faults of this package are predicates: "is a picture", "holds no text".
func at(name string, err error) error {
	var f *stocktake.Fault
	if !errors.As(err, &f) {
		return fmt.Errorf("read %s: %w", named(name), err)
	}
	c := *f
	c.What = named(name) + " " + c.What
	return &c
}

func named(name string) string {
	if name == "" || name == "-" {
		return "the file"
	}
	return name
}

// counted reads up to left bytes and then fails.
type counted struct {
	r    io.Reader
	left int64
	over bool
}

var errOver = errors.New("the file is over its limit")

func (c *counted) Read(p []byte) (int, error) {
	if c.left < 0 {
		c.over = true
		return 0, errOver
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		c.over = true
		return n, errOver
	}
	return n, err
}

func readPlain(r io.Reader, charset string, lim Limits) (Text, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return Text{}, err
	}
	t := Text{Kind: Plain}
	s := t.decode(b, charset)
	if int64(len(s)) > lim.Out {
		return Text{}, tooLong(lim)
	}
	t.Text = lines(s)
	return t, nil
}

// tooLong says that the text is over its limit.
func tooLong(lim Limits) error {
	size := fmt.Sprintf("%d MiB", lim.Out>>20)
	if lim.Out < 1<<20 {
		size = fmt.Sprintf("%d kB", lim.Out/1000)
	}
	return stocktake.Invalidf("has a text longer than %s", size).Hinted("paste the statement alone, or part the file")
}
