package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// bar is a progress bar: redrawn in place on a terminal, a line every few seconds elsewhere. Work that ends within a second shows none.
type bar struct {
	w       io.Writer
	began   time.Time
	last    time.Time
	what    string
	shown   bool
	termSet bool
	term    bool
}

func (b *bar) at(done, total int64, what string) {
	now := time.Now()
	if what != b.what {
		b.end()
		b.what, b.began, b.last, b.shown = what, now, time.Time{}, false
	}
	if !b.termSet {
		b.termSet = true
		if f, ok := b.w.(*os.File); ok {
			if st, err := f.Stat(); err == nil {
				b.term = st.Mode()&os.ModeCharDevice != 0
			}
		}
	}
	finished := total > 0 && done >= total
	if now.Sub(b.began) < 700*time.Millisecond || !b.term && now.Sub(b.last) < 3*time.Second && !(finished && b.shown) {
		return
	}
	b.last, b.shown = now, true
	line := fmt.Sprintf("%s: %d", what, done)
	if total > 0 {
		const width = 30
		n := int(width * done / total)
		line = fmt.Sprintf("%s [%s%s] %3d%%  %d of %d", what, strings.Repeat("#", n), strings.Repeat(".", width-n), 100*done/total, done, total)
	}
	if b.term {
		fmt.Fprintf(b.w, "\r\x1b[K%s", line)
		if finished {
			b.end()
		}
		return
	}
	fmt.Fprintln(b.w, line)
}

func (b *bar) end() {
	if b.term && b.shown {
		fmt.Fprintln(b.w)
	}
	b.shown = false
}
