package ingest

import (
	"strings"
	"testing"
	"time"
)

// TestLongTexts reads texts of a few megabytes, of the kind that finds the places where work grows faster than the text: each must take time
// in proportion, so that a text four times as long takes not much more than four times the time.
func TestLongTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("reads several megabytes of text")
	}
	for _, s := range []string{"(", "[", "A, ", "We call on ", "we urge Malta to act and ", "the Pier Convention on ", "Pier Act and ", "US ", "Malta, ", "“", "Signed by:\n", "Pier Watch\n\n", "- Pier Watch\n", "a\tb   c\n",
		"Article 5 of the Pier Convention. ", "v. A ", "resolution 7/1 ", "4 May 2017 ", "statement by the A ", "met in A ", "A/RES/7", "a@", "About A\n\nThis is a long line that says something about it.\n\n", "the A of A Act ", "Our demands:\n- a b\n", "Global Compact for Migration (GCM) ",
		"We, Malta, Kenya and ", "U.S.-", "signatories are A, B and ", "Convention relative à l’", "the A Convention. "} {
		short, long := strings.Repeat(s, 60_000/len(s)), strings.Repeat(s, 480_000/len(s))
		a, b := took(short), took(long)
		if b > 24*a && b > 2*time.Second || b > 20*time.Second {
			t.Errorf("%q: 60 kB took %v, 480 kB %v", s, a, b)
		}
		if testing.Verbose() && b > 300*time.Millisecond {
			t.Logf("%q: 60 kB %v, 480 kB %v", s, a, b)
		}
	}
}

func took(s string) time.Duration {
	start := time.Now()
	Read("Title of this text\n\n"+s, testNames)
	return time.Since(start)
}

// BenchmarkRead reads one statement of a few pages whole.
func BenchmarkRead(b *testing.B) {
	text := "Crews and clerks call on Ruritania to open the quays\n\nZENDA, 2 February 2032 – " + strings.Repeat(bodyText+"\n\n", 4) + "\nSigned by:\n" + strings.Repeat("Quay Watch Zenda\n", 40)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(text, testNames)
	}
}
