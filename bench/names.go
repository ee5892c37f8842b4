package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"stocktake/internal/ingest"
)

// madeNames are 5,000 names of one to four words, some of them the beginning of others, and texts that hold one of them among every two hundred
// words. All of it follows from the seed. Lines are parted by blank ones, as paragraphs are, since grep finds nothing across a line; and all
// words have six letters, a capital in front of a name's first, so that what grep finds anywhere is a whole word: its own option for whole words takes it forty times as long.
func madeNames(n int) (names []string, vocabulary []string) {
	r := rand.New(rand.NewPCG(seed, 5))
	letters := "etaoinshrdlucmfwypvbgkjqxz"
	word := func() string {
		var w strings.Builder
		for range 6 {
			w.WriteByte(letters[min(r.IntN(26), r.IntN(26))])
		}
		return w.String()
	}
	for range 20_000 {
		vocabulary = append(vocabulary, word())
	}
	seen := map[string]bool{}
	for len(names) < n {
		parts := []string{word()}
		for range r.IntN(4) {
			parts = append(parts, vocabulary[r.IntN(len(vocabulary))])
		}
		if len(names) > 0 && r.IntN(8) == 0 {
			parts = []string{names[r.IntN(len(names))], vocabulary[r.IntN(len(vocabulary))]}
		}
		parts[0] = strings.ToUpper(parts[0][:1]) + parts[0][1:] // as names are
		if name := strings.Join(parts, " "); len(name) > 4 && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names, vocabulary
}

func madeText(names, vocabulary []string, size int) []byte {
	r := rand.New(rand.NewPCG(seed, uint64(size)))
	var b bytes.Buffer
	for b.Len() < size {
		for i := range 60 {
			if i > 0 {
				b.WriteByte(' ')
			}
			if r.IntN(200) == 0 {
				b.WriteString(names[r.IntN(len(names))])
			} else {
				b.WriteString(vocabulary[r.IntN(len(vocabulary))])
			}
		}
		b.WriteString(".\n\n")
	}
	return b.Bytes()
}

// names finds 5,000 names as whole words, the longest from the left, and compares every hit with grep's.
func (b *bench) names() error {
	if _, err := exec.LookPath("grep"); err != nil {
		return err
	}
	names, vocabulary := madeNames(5000)
	list := make([]ingest.Name, len(names))
	for i, n := range names {
		list[i] = ingest.Name{Kind: ingest.KindInstrument, ID: strconv.Itoa(i), Names: []string{n}}
	}
	compiled := ingest.NewNames(list)
	patterns := filepath.Join(b.dir, "names.txt")
	if err := os.WriteFile(patterns, []byte(strings.Join(names, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	for _, size := range []int{8 << 20, 80 << 20} {
		text := madeText(names, vocabulary, size)
		file := filepath.Join(b.dir, "text.txt")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
		s := string(text)
		var peer, ours []time.Duration
		for range 3 {
			hits, took, err := grepNames(patterns, file)
			if err != nil {
				return err
			}
			start := ownTime()
			found := compiled.Find(s)
			ours = append(ours, ownTime()-start)
			peer = append(peer, took)
			got := make([]string, len(found))
			for i, h := range found {
				got[i] = fmt.Sprintf("%d:%s", h.Start, s[h.Start:h.End])
			}
			if !slices.Equal(got, hits) {
				return fmt.Errorf("grep has %d hits, we have %d, and they are not the same", len(hits), len(got))
			}
		}
		p, o := median(peer), median(ours)
		rate := func(d time.Duration) float64 { return float64(len(text)) / d.Seconds() / 1e6 }
		ratio := rate(o) / rate(p)
		b.add(fmt.Sprintf("Find 5,000 names in %d MiB, the same hits", size>>20), fmt.Sprintf("grep -F -o, %.0f MB/s", rate(p)), fmt.Sprintf("%.0f MB/s", rate(o)),
			fmt.Sprintf("%.2f of the rate", ratio), met("≥ 0.7", ratio >= 0.7))
	}
	return nil
}

// grepNames returns what grep finds, each with its place, and the CPU time that it took.
func grepNames(patterns, file string) ([]string, time.Duration, error) {
	c := exec.Command("grep", "-F", "-o", "-b", "-f", patterns, file)
	c.Env = append(os.Environ(), "LC_ALL=C")
	var out bytes.Buffer
	c.Stdout = &out
	if err := c.Run(); err != nil {
		return nil, 0, fmt.Errorf("grep: %w", err)
	}
	var hits []string
	lines := bufio.NewScanner(&out)
	for lines.Scan() {
		hits = append(hits, lines.Text())
	}
	return hits, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), lines.Err()
}

// ownTime is the CPU time that this process has taken so far.
func ownTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
