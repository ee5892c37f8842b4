// Command bench runs Stocktake against named peers on this machine, in one run, checks that both give the same answer, and prints ratios.
//
//	go run ./bench            everything
//	go run ./bench standing   one comparison: standing, import, open, log, publish, start, page, names, flows
//	go run ./bench -write     also writes docs/benchmarks.md
//
// What counts is CPU time, user and system, of the processes that do the work: medians of interleaved runs, never a clock on the wall. It
// needs sqlite3, nginx, PostgreSQL and Hugo from Debian's packages (apt-get install sqlite3 nginx postgresql hugo r-base-core), and takes tessera from the
// proxy of Go's modules; what is missing is said, and its rows are left out. Publishing needs some 40 GB of room in the temporary folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// row is one line of the table.
type row struct{ work, peer, ours, ratio, target string }

type bench struct {
	ctx  context.Context
	dir  string
	rows []row
	n    int

	entries int // of the larger log
	pages   int // of the smaller site
}

func main() {
	write := flag.Bool("write", false, "write docs/benchmarks.md")
	n := flag.Int("acts", 1_000_000, "how many acts")
	entries := flag.Int("entries", 100_000, "how many entries of a log")
	pages := flag.Int("pages", 20_000, "how many pages of a site; it is published with ten times as many too")
	child := flag.Bool("child", false, "do one piece of work in this process, for a run that measures it")
	flag.Parse()
	if *child {
		b := &bench{ctx: context.Background()}
		if err := b.child(flag.Args()); err != nil {
			fail(err)
		}
		fmt.Println(peak(os.Getpid()))
		return
	}
	dir, err := os.MkdirTemp("", "stocktake-bench-*")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(dir)
	b := &bench{ctx: context.Background(), dir: dir, n: *n, entries: *entries, pages: *pages}
	all := []struct {
		name string
		run  func() error
	}{{"standing", b.standing}, {"import", b.imports}, {"open", b.open}, {"log", b.logs}, {"publish", b.publishes}, {"start", b.start}, {"page", b.page}, {"names", b.names}, {"flows", b.flows}}
	for _, c := range all {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), c.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "-- %s\n", c.name)
		from := len(b.rows)
		if err := c.run(); err != nil {
			os.RemoveAll(dir)
			fail(fmt.Errorf("%s: %w", c.name, err))
		}
		for _, r := range b.rows[from:] {
			fmt.Printf("%-58s peer %-34s ours %-22s ratio %-10s target %s\n", r.work, r.peer, r.ours, r.ratio, r.target)
		}
	}
	if *write {
		if err := os.WriteFile("docs/benchmarks.md", []byte(b.report()), 0o644); err != nil {
			fail(err)
		}
	}
}

// child does one piece of work for a run that measures it, or that would itself become large by it.
func (b *bench) child(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "import":
		return b.importCSV(args[1], args[2])
	case len(args) == 3 && args[0] == "votes":
		n, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		return b.voteRecord(args[1], n)
	case len(args) == 2 && args[0] == "act":
		return b.oneAct(args[1])
	}
	if len(args) == 2 && args[0] == "flows" {
		return b.flowEstimate(args[1])
	}
	return fmt.Errorf("-child import FOLDER FILE, votes FOLDER ROLL-CALLS, act FOLDER or flows FILE")
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// add adds a line of the table. Where ratio and target are numbers, it says whether the target is met.
func (b *bench) add(work, peer, ours, ratio, target string) {
	var got, most float64
	if _, err := fmt.Sscanf(ratio, "%g", &got); err == nil {
		if _, err := fmt.Sscanf(target, "≤ %g", &most); err == nil {
			if target += ", met"; got > most {
				target = strings.TrimSuffix(target, "met") + "missed"
			}
		}
	}
	b.rows = append(b.rows, row{work, peer, ours, ratio, target})
}

// report is the page of results.
func (b *bench) report() string {
	var s strings.Builder
	fmt.Fprintf(&s, `# Benchmarks

Anyone can run these: `+"`go run ./bench -write`"+` writes this page anew; `+"`go run ./bench standing`"+` (or import, open, log, publish, start, page, names, flows) runs one. Each comparison runs Stocktake
and the named peer on the same machine in one run, checks that both give the same answer, and counts CPU time, user and system (durable appends: the clock, as most of them is waiting for the disk); medians of three interleaved runs. Machines are
shared and noisy: the ratios say something, the times little.

Run on %s, %s, %d cores, %s, %s/%s; %d acts of %d parties towards %d instruments, one in twenty corrected by a later edition. Peers: %s.

`, time.Now().UTC().Format("2 January 2006"), cpuName(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, b.n, parties, instruments, peers())
	s.WriteString("| Work | Peer | Stocktake | Ratio | Target |\n|---|---|---|---|---|\n")
	for _, r := range b.rows {
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", r.work, r.peer, r.ours, r.ratio, r.target)
	}
	s.WriteString(`
The hand-made index is sixteen bytes a row in three orders with the two filters of time, and nothing else: no names, sources, conflicts, imprecise days, law or membership.
Its times and ours differ from run to run by a third and more, as its loops are short. SQL is asked for the same rows with its best indexes, warm, and its answer is read
(SQLite) or counted (PostgreSQL).

Where a target is missed: **one party, all instruments** was 2.2 to 4 times the hand-made index in the runs of one day: each of its rows belongs to another instrument, so that
each costs a look into another part of memory. Of the **69 bytes an act** 46 are rows, corrections included; the others are the catalogues of instruments, filings and sources.
**Pages** are kept packed, and whoever takes them unpacked pays for that; net/http costs more a request than nginx. A **cold page** draws a world map of 250 shapes, writes
some 200 rows and packs the whole: the packing alone is a third.

The import writes the log's leaves and hashes too. Search has no row here yet.

**Flows** are measured against a plain R program of the same formulas (bench/flows.R, R 4.2.2), every cell within one person; that program is itself about four times as quick as
the package for which the target was set. Nine tenths of our time is the two-way fit of the stocks, some 200 rounds where most people live where they were born: over-relaxation halved them.
`)
	if slices.ContainsFunc(b.rows, func(r row) bool { return strings.Contains(r.peer, "tessera") }) {
		s.WriteString(aboutLog)
	}
	if slices.ContainsFunc(b.rows, func(r row) bool { return strings.HasPrefix(r.work, "Publish") }) {
		s.WriteString(aboutPublish)
	}
	return s.String()
}

const aboutLog = `
**The log.** tessera gets the very leaves of our log, and both have the same root and the same proofs. Its POSIX driver puts one leaf on disk and into the tree, waits, and takes the next;
ours checks a filing, puts it, its leaf and the hashes into one transaction, and indexes it: what that takes beyond the transaction of the row alone is set against the peer. Both
sign a head every two seconds for all that came meanwhile; the line with a signed head for each filing is what one takes that comes alone, and most of what it takes
more is a second transaction. Proofs are those of leaves drawn by lot, with signed head and leaf. **fsck** hashes entries and tiles; ` + "`verify`" + ` does that and then checks every filing behind them:
its hash, that its bytes are canonical, each text against its commitment, each quotation.
`

const aboutPublish = `
**Publishing.** Hugo writes the same pages, with the same headings, sentences, lists, tables, links and areas of the map: a sample of each folder is read back and compared whole. Its content
is one file a page with the facts as JSON in front, names in a data file, and a layout for each shape of table; Markdown tables took it as long and six times the memory, whole
rows in the front matter a sixth longer. It computes nothing: who stands where comes to it as it is, where ours answers that from the record, and writes log, data and index too.
The votes are made, in the mix of the built-in record: 193 parties a roll-call, on a text of its own, told by two editions. Every run writes into a fresh folder, but for the one after a new act, and opens the record first, which holds 44 bytes of memory for every ballot of both editions.
`

// peers names the versions of what is compared with.
func peers() string {
	var list []string
	for _, c := range [][]string{{"sqlite3", "--version"}, {"nginx", "-v"}, {"/usr/sbin/nginx", "-v"}, {"psql", "--version"}, {"hugo", "version"}} {
		if out, err := exec.Command(c[0], c[1]).CombinedOutput(); err == nil {
			first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
			switch c[0] {
			case "sqlite3":
				first, _, _ = strings.Cut(first, " ")
				first = "SQLite " + first
			case "hugo": // hugo v0.111.3+extended linux/amd64 BuildDate=…
				first = "Hugo " + strings.TrimPrefix(strings.Join(strings.Fields(first)[1:2], ""), "v")
			}
			if !slices.Contains(list, first) {
				list = append(list, first)
			}
		}
	}
	return strings.Join(append(list, tesseraVersion()), ", ")
}

func cpuName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for _, l := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(l, "model name") {
			_, v, _ := strings.Cut(l, ":")
			return strings.TrimSpace(v)
		}
	}
	return "unknown processor"
}

// cpu returns the CPU time that f takes in this process, all goroutines.
func cpu(f func()) time.Duration {
	was := used()
	f()
	return used() - was
}

func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// each runs f often enough to measure and returns CPU time a run.
func each(f func()) time.Duration {
	f()
	for n := 1; ; n *= 4 {
		d := cpu(func() {
			for range n {
				f()
			}
		})
		if d > 60*time.Millisecond || n > 1<<20 {
			return d / time.Duration(n)
		}
	}
}

// pairs interleaves two things three times and returns their medians.
func pairs(a, b func()) (time.Duration, time.Duration) {
	runtime.GC() // what was thrown away before is not paid for here
	var x, y []time.Duration
	for range 3 {
		x, y = append(x, each(a)), append(y, each(b))
	}
	return median(x), median(y)
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%.2f µs", float64(d)/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func times(a, b time.Duration) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3g", float64(a)/float64(b))
}
