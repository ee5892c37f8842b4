package main

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

var logLine = regexp.MustCompile(`^\s+[\w.]+\.go:\d+: (.*)`)

// logged is what a test said by t.Log, for one cell of a table.
func logged(said []string) string {
	var words []string
	for _, l := range said {
		if m := logLine.FindStringSubmatch(l); m != nil {
			words = append(words, strings.ReplaceAll(m[1], "|", "\\|"))
		}
	}
	return strings.Join(words, "; ")
}

// page is the results as a page of the documentation.
func (r *report) page(counts string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Long runs\n\nWritten by `./test soak` on %s: %d cores, %s, %s/%s. %s.\n\n", r.began.UTC().Format("2 January 2006"), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, counts)
	b.WriteString("| Test | Result | Time | What it counted |\n|---|---|---|---|\n")
	slices.Sort(r.told)
	for _, l := range r.told {
		b.WriteString(l + "\n")
	}
	return b.String()
}
