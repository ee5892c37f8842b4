// Command ci reads the output of go test -json, of one run or of several in a row, and tells a person what happened: a line for
// each package as it ends, each failure in full, who is running when nothing has been said for a while, and at the end the failures
// by name, the tests that were skipped with their reasons, and what took longest. ./test uses it; by hand:
//
//	go test -json ./... | go run ./tools/ci
//
// It ends with 0 when all is well, 1 when anything failed, did not finish or, with -noskip, was skipped, or when no test ran
// at all; 2 when misused.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, in io.Reader, out, complaints io.Writer) int {
	flags := flag.NewFlagSet("ci", flag.ContinueOnError)
	flags.SetOutput(complaints)
	r := newReport(out)
	flags.BoolVar(&r.noskip, "noskip", false, "a skipped test is a failure")
	flags.BoolVar(&r.verbose, "v", false, "show what passing tests log, as they go")
	flags.DurationVar(&r.budget, "budget", 0, "say so when everything together took longer than this; 0: never")
	flags.Func("failed", "name a check that failed before the tests; it counts as a failure (may be repeated)", func(s string) error {
		r.check(s)
		return nil
	})
	since := flags.Int64("since", 0, "when everything began, in Unix seconds; 0: now")
	quiet := flags.Duration("heartbeat", 30*time.Second, "after so long without a line, tell who is running")
	total := flags.String("total", "", "write the last line, the counts, to this file instead of the output")
	page := flags.String("page", "", "write a page with every test's result and what it logged, for docs/")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(complaints, "ci: unexpected argument %q; it reads go test -json from its standard input\n", flags.Arg(0))
		return 2
	}
	if *since > 0 {
		r.began = time.Unix(*since, 0)
	}

	lines := make(chan []byte)
	var broken error
	go func() {
		defer close(lines)
		for br := bufio.NewReader(in); ; {
			line, err := br.ReadBytes('\n') // a line may be longer than a bufio.Scanner takes
			if len(line) > 0 {
				lines <- line
			}
			if err != nil {
				if err != io.EOF {
					broken = err
				}
				return
			}
		}
	}()
	tick := time.NewTicker(*quiet)
	defer tick.Stop()
	for open := true; open; {
		select {
		case line, more := <-lines:
			if open = more; !more {
				break
			}
			if r.line(line) {
				tick.Reset(*quiet)
			}
		case <-tick.C:
			r.heartbeat(time.Now())
		}
	}
	if broken != nil {
		r.check("reading the output of go test: " + broken.Error())
	}
	line, ok := r.end(time.Now())
	if *page != "" {
		if err := os.WriteFile(*page, []byte(r.page(line)), 0o666); err != nil {
			fmt.Fprintln(complaints, "ci:", err)
			return 1
		}
	}
	if *total == "" {
		fmt.Fprintln(out, line)
	} else if err := os.WriteFile(*total, []byte(line+"\n"), 0o666); err != nil {
		fmt.Fprintln(complaints, "ci:", err)
		return 1
	}
	if !ok {
		return 1
	}
	return 0
}
