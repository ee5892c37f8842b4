package web

import (
	"html/template"
	"strconv"
	"strings"
	"sync"

	"rsc.io/qr/coding"
)

// Printed is what a sheet of paper says of where it comes from.
type Printed struct {
	Site    string // whose record it is
	Lasting bool   // the address gives this very answer for all time
	Address string
	Code    template.HTML
}

// Printed returns the page's own address, in letters and as a QR code: with all three coordinates where the page is an answer that lasts. nil where
// nobody knows the address of the site, and for an error.
func (p *page) Printed() *Printed {
	site := p.q.s.opt.Site
	if site.Address == "" || p.Blocked && p.NoForms { // which is how a page for an error is
		return nil
	}
	if p.q.copy != nil {
		return p.q.copy.printed(p)
	}
	x := &Printed{Site: site.Name, Lasting: !p.NoForms, Address: strings.TrimSuffix(site.Address, "/")}
	if x.Lasting {
		x.Address += p.Pinned()
	} else {
		x.Address += p.CanonicalPath()
	}
	x.Code = qrCode(x.Address, "The address as a QR code")
	return x
}

// KeyCode is the key of the log as a QR code, for paper: one who holds such a sheet need not believe a site.
func (p *checkPage) KeyCode() template.HTML { return qrCode(p.VKey, "The key as a QR code") }

// qrLargest is the largest version whose dots a telephone reads on 25 millimetres: 61 dots with the quiet zone around them 69.
const qrLargest = 11

// qrPlans make, once each, how the dots of a code of a level and size lie, which is most of the work. A plan may be used from many goroutines.
var qrPlans = func() (all [coding.M + 1][qrLargest + 1]func() (*coding.Plan, error)) {
	for level := range all {
		for v := range all[level] {
			all[level][v] = sync.OnceValues(func() (*coding.Plan, error) { return coding.NewPlan(coding.Version(v), coding.Level(level), 0) })
		}
	}
	return all
}()

// qrCode draws a text as a QR code (ISO/IEC 18004): an SVG of one path, with the quiet zone of four dots. It corrects 15 % of damage (level M), or 7 %
// (level L) where the text is long. "" where the text is too long even so, some 320 bytes. label says in words what it is, and is no text of others.
func qrCode(text, label string) template.HTML {
	for _, level := range []coding.Level{coding.M, coding.L} {
		for v := coding.Version(1); v <= qrLargest; v++ {
			if coding.String(text).Bits(v) > v.DataBytes(level)*8 {
				continue
			}
			p, err := qrPlans[level][v]()
			if err != nil {
				return ""
			}
			c, err := p.Encode(coding.String(text))
			if err != nil {
				return ""
			}
			return qrPath(c, label)
		}
	}
	return ""
}

// qrPath draws the dark runs of each row as strokes one dot high.
func qrPath(c *coding.Code, label string) template.HTML {
	const quiet = 4
	side := strconv.Itoa(c.Size + 2*quiet)
	b := make([]byte, 0, 4096)
	b = append(b, `<svg class="qr" viewBox="0 0 `...)
	b = append(append(append(append(b, side...), ' '), side...), `" role="img" aria-label="`...)
	b = append(append(b, label...), `"><path fill="#fff" d="M0 0h`...)
	b = append(append(append(append(append(b, side...), "v"...), side...), "H0z"...), `"/><path stroke="#000" d="`...)
	for y := range c.Size {
		end := -1 // of the last run of this row
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if end < 0 {
				b = append(b, 'M')
				b = strconv.AppendInt(b, int64(from+quiet), 10)
				b = append(b, ' ')
				b = strconv.AppendInt(b, int64(y+quiet), 10)
				b = append(b, ".5"...)
			} else {
				b = append(b, 'm')
				b = strconv.AppendInt(b, int64(from-end), 10)
				b = append(b, " 0"...)
			}
			b = append(b, 'h')
			b = strconv.AppendInt(b, int64(x-from), 10)
			end = x
		}
	}
	return template.HTML(append(b, `"/></svg>`...))
}
