// Package cli is the command line: one file a subcommand. It wires everything and decides nothing.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"stocktake"
	"stocktake/internal/intake"
)

// Version is set by ./release.
var Version = "development"

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

// Main runs one command and returns its exit code: 0 done, 1 failed, 2 misused.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == intake.ChildArg { // started by this program itself, to read a file of another's making
		return intake.Child(stdin, stdout)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{ctx: ctx, in: stdin, out: stdout, err: stderr, now: time.Now}
	return e.run(args)
}

// env is what a command works with.
type env struct {
	ctx      context.Context
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	flags    *globals
}

// globals are the flags of every command.
type globals struct {
	Data     string `help:"Folder of the record. It is made, with the built-in record, where there is none." default:"stocktake-data" env:"STOCKTAKE_DATA" placeholder:"DIR" type:"path"`
	Database string `help:"Database: a postgres:// address, or nothing for the SQLite file in the folder." env:"STOCKTAKE_DATABASE" placeholder:"URL"`
	Files    string `help:"Where archived copies lie: a folder, or a private bucket, s3://BUCKET/PREFIX?endpoint=URL. Those that lie elsewhere are moved, and the record remembers it." env:"STOCKTAKE_FILES" placeholder:"PLACE"`
	On       string `help:"The day asked about (2018-12-19). Today where it is left out." env:"STOCKTAKE_ON" placeholder:"DATE"`
	Known    string `help:"What could be known by then: a day, meaning its end in UTC, or a moment (RFC 3339). Now where it is left out." env:"STOCKTAKE_KNOWN" placeholder:"TIME"`
	Head     *int64 `help:"How many filings the record held. The newest where it is left out." env:"STOCKTAKE_HEAD" placeholder:"N" xor:"head"`
	HeadAt   string `help:"The head at a moment: what this record itself said then." env:"STOCKTAKE_HEAD_AT" placeholder:"TIME" xor:"head"`
	JSON     bool   `name:"json" help:"Answer in JSON." env:"STOCKTAKE_JSON" xor:"form"`
	CSV      bool   `name:"csv" help:"Answer in CSV." env:"STOCKTAKE_CSV" xor:"form"`
	Quiet    bool   `short:"q" help:"No progress on standard error." env:"STOCKTAKE_QUIET"`
}

type commands struct {
	globals
	Serve        serveCmd        `cmd:"" default:"withargs" help:"Serve the record as pages on this computer."`
	Take         takeCmd         `cmd:"" help:"Take stock: parties by provisions, on a day, as known on another."`
	Compare      compareCmd      `cmd:"" help:"What is different between two stocktakes, and why."`
	Flows        flowsCmd        `cmd:"" help:"Estimate who moved from where to where, from stocks."`
	Figures      figuresCmd      `cmd:"" help:"Figures with their sources: who is where, who came from where, and what it cost."`
	Standing     standingCmd     `cmd:"" help:"Where parties stand towards instruments."`
	Undertakings undertakingsCmd `cmd:"" help:"What a party has undertaken, provision by provision."`
	Calls        callsCmd        `cmd:"" help:"What became of what statements ask."`
	Votes        votesCmd        `cmd:"" help:"Roll-calls of the General Assembly."`
	Agree        agreeCmd        `cmd:"" help:"How often two parties voted alike."`
	Changes      changesCmd      `cmd:"" help:"Who moved from what to what between two days."`
	Learned      learnedCmd      `cmd:"" help:"What the record learned between two heads."`
	Show         showCmd         `cmd:"" help:"Show a party, instrument, provision, act, roll-call, filing or source."`
	Search       searchCmd       `cmd:"" help:"Find parties, instruments, provisions, roll-calls, sources and filings by words."`
	Law          lawCmd          `cmd:"" help:"Print the law of standing."`
	Sources      sourcesCmd      `cmd:"" help:"Sources, with what they cover and cannot show."`
	Import       importCmd       `cmd:"" help:"Take in a data set or a table."`
	Ingest       ingestCmd       `cmd:"" help:"Read a statement and print a draft of it."`
	Evaluate     evaluateCmd     `cmd:"" help:"Measure how well statements are read, against labels."`
	File         fileCmd         `cmd:"" help:"File what is written by hand."`
	Export       exportCmd       `cmd:"" help:"Write the whole public record to one file."`
	Load         loadCmd         `cmd:"" help:"Take in an export."`
	Init         initCmd         `cmd:"" help:"Make a record."`
	Rebuild      rebuildCmd      `cmd:"" help:"Make everything anew that is made from the filings."`
	Backup       backupCmd       `cmd:"" help:"Copy the record to a folder, also while it is served."`
	Restore      restoreCmd      `cmd:"" help:"Fill an empty folder from a backup."`
	Check        checkCmd        `cmd:"" help:"Test what must always hold, over the whole record."`
	Remove       removeCmd       `cmd:"" help:"Take away what may have to go: a quote, a name, an extract."`
	Takedown     takedownCmd     `cmd:"" help:"Take the archived copy of a source away."`
	Erase        eraseCmd        `cmd:"" help:"Find where a person is named, and take it away."`
	Verify       verifyCmd       `cmd:"" help:"Check a published record, or a proof, without trusting whoever publishes it."`
	Mirror       mirrorCmd       `cmd:"" help:"Make a folder follow a published record."`
	Mirrors      mirrorsCmd      `cmd:"" help:"Ask mirrors whether they still give out what was removed here."`
	Log          logCmd          `cmd:"" help:"Write the log as plain files, for any web host."`
	Publish      publishCmd      `cmd:"" help:"Write the whole public site as plain files."`
	Proof        proofCmd        `cmd:"" help:"Write the proof that a filing stands in the log."`
	Site         siteCmd         `cmd:"" help:"Name, address and contact of the site."`
	User         userCmd         `cmd:"" help:"Accounts of those who work at the desk."`
	Key          keyCmd          `cmd:"" help:"The key of the log."`
	Witness      witnessCmd      `cmd:"" help:"Sign heads of other people's logs, so that none can show two histories."`
	Mail         mailCmd         `cmd:"" help:"Letters that wait, were sent, or went wrong."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
}

func (e *env) run(args []string) (code int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("stocktake"),
		kong.Description("Stocktake keeps the record of what governments undertook towards people, and of where each stands on any day, as known on any other."),
		kong.Writers(e.out, e.err), kong.Exit(func(n int) { exited = n; panic(exitNow{}) }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		fmt.Fprintln(e.err, "stocktake:", err)
		return exitFailed
	}
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(exitNow); !ok {
				panic(p)
			}
			code = exited
		}
	}()
	if len(args) == 0 && (runtime.GOOS == "windows" || runtime.GOOS == "darwin") {
		args = []string{"serve", "--browser"} // opened by a double click
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(e.err, "stocktake: %v\n", err)
		fmt.Fprintln(e.err, "`stocktake --help` lists the commands; `stocktake COMMAND --help` explains one.")
		return exitMisuse
	}
	e.flags = &c.globals
	if err := k.Run(e); err != nil {
		return e.fail(err)
	}
	return exitDone
}

type exitNow struct{}

// misuse is a wrong call: exit code 2.
type misuse struct{ error }

func misusef(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

func (e *env) fail(err error) int {
	if errors.Is(err, failed{}) {
		return exitFailed
	}
	var m misuse
	if errors.As(err, &m) {
		fmt.Fprintln(e.err, "stocktake:", m.Error())
		return exitMisuse
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(e.err, "stocktake: stopped; nothing half-written stays")
		return exitFailed
	}
	if errors.Is(err, syscall.EPIPE) {
		return exitFailed
	}
	fmt.Fprintln(e.err, "stocktake:", plain(err))
	return exitFailed
}

// plain puts what the system says into words that tell what to do.
func plain(err error) string {
	var f *stocktake.Fault
	if errors.As(err, &f) {
		return err.Error()
	}
	s := err.Error()
	switch {
	case errors.Is(err, syscall.ENOSPC) || strings.Contains(s, "database or disk is full"):
		return s + " (no space left on the disk: make room and try again; nothing half-written stays)"
	case errors.Is(err, os.ErrPermission):
		return s + " (this folder or file may not be used by you: choose another with --data, or ask its owner)"
	}
	return s
}
