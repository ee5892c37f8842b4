package cli

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/desk"
	"stocktake/internal/edition"
	"stocktake/internal/ledger"
	"stocktake/internal/mailer"
	"stocktake/internal/web"
)

type serveCmd struct {
	Listen    string   `help:"Address and port. The default is this computer alone." default:"127.0.0.1:8017" env:"STOCKTAKE_LISTEN" placeholder:"HOST:PORT"`
	Witnesses string   `help:"File that names witnesses with their addresses (c2sp.org/tlog-policy): they are asked to sign each new head of the log." env:"STOCKTAKE_WITNESSES" placeholder:"FILE" type:"existingfile"`
	LogTo     []string `help:"Folder or bucket (s3://BUCKET/PREFIX?endpoint=URL) to which the log is written too, as it grows; it comes into the folder log there. May be repeated." env:"STOCKTAKE_LOG_TO" placeholder:"TARGET"`
	Browser   bool     `help:"Open the page in a browser once it is served. Done by itself where the program is opened without arguments on Windows or macOS."`
}

func (c *serveCmd) Help() string {
	return "Makes the folder of the record where there is none, with the built-in facts, prints an address and serves it until it is stopped."
}

// Run serves the record.
func (c *serveCmd) Run(e *env) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return misusef("--listen %s: write host and port, such as 127.0.0.1:8017", c.Listen)
	}
	o, err := e.open()
	if err != nil {
		return err
	}
	defer o.Close()
	site, err := o.site(e.ctx)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(e.err, nil))
	witnesses, err := o.witnesses(e, c.Witnesses, logger)
	if err != nil {
		return err
	}
	if back, err := o.IsRestored(e.ctx); err != nil || back {
		if err == nil {
			err = ledger.ErrRestored
		}
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: err.Error(), Hint: "another program may be using this port: choose another with --listen 127.0.0.1:8018", Err: err}
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	pages := web.Options{Version: Version, Now: e.now, Log: logger, Loopback: loopback, Site: site}
	var office *desk.Desk
	if o.of == "" { // a mirror only follows
		letters, err := mailer.ConfigFrom(os.Getenv)
		if err != nil {
			return err
		}
		office, err = desk.New(desk.Options{Mail: letters, Ledger: o.Ledger, Private: o.Store(), Now: e.now, Log: logger, Asset: web.AssetAddress, Version: Version, Name: site.Name, Address: strings.TrimRight(site.Address, "/"), Loopback: loopback})
		if err != nil {
			return err
		}
		pages.Desk, pages.IsDesk = office, desk.Mine
	}
	srv := &http.Server{
		Handler:           web.New(o.Ledger, pages),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 16,
		ErrorLog: log.New(quiet{logger}, "", 0), // the standard one prints readers' addresses
	}
	debug.FreeOSMemory() // reading the record leaves as much behind as it keeps
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	wait, err := o.keepLogs(ctx, e, c.LogTo, logger)
	if err != nil {
		return err
	}
	defer wait() // before the record is closed
	defer stop()
	go o.Follow(ctx, time.Second, func(err error) { logger.Error("cannot follow the record", "err", err) })
	go edition.NewShelf(o.Ledger).Keep(ctx, 2*time.Second, func(err error) { logger.Error("cannot drop files that hold what was taken away", "err", err) })
	if o.of != "" {
		e.say("This record is a mirror of %s and only follows it; `stocktake mirror --follow` brings what is new.", o.of)
	} else if o.key == nil {
		e.say("The key of the log is not in this folder, so that this process does not sign: another one has to.")
	}
	if witnesses != nil {
		go witnesses.Run(ctx)
	}
	go o.keepSigned(ctx, witnesses, logger)
	if office != nil {
		_, waitMail, err := o.keepMailing(ctx, e, logger)
		if err != nil {
			return err
		}
		defer waitMail() // before the record is closed
		defer stop()
		go office.Run(ctx)
	}
	if !loopback || len(c.LogTo) > 0 {
		e.say("%s", ledger.CopiesElsewhere)
	} else if err := o.sayPublic(e); err != nil { // a web server may stand before it
		return err
	}
	address := "http://" + ln.Addr().String() + "/"
	s := o.Record().Size()
	fmt.Fprintf(e.out, "Stocktake serves %d filings: %d roll-calls, %d instruments, %d parties.\nOpen %s\nStop with Ctrl-C.\n", s.Filings, s.RollCalls, s.Instruments, s.Parties, address)
	if c.Browser {
		openBrowser(address)
	}
	return e.serveUntilStopped(srv, ln)
}

// serveUntilStopped serves until the program is told to stop, and lets answers that were begun come to their end.
func (e *env) serveUntilStopped(srv *http.Server, ln net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-e.ctx.Done():
	}
	down, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(down); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	fmt.Fprintln(e.err, "Stopped.")
	return nil
}

// quiet drops the reader's address from what the server library logs.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(p []byte) (int, error) {
	s := strings.TrimSpace(string(p))
	if i := strings.Index(s, ": "); i > 0 {
		if strings.HasPrefix(s, "http: panic serving") {
			s = "panic in a handler: " + s[i+2:]
		} else {
			s = "http server: connection error"
		}
	}
	q.log.Error(s)
	return len(p), nil
}

// openBrowser opens an address where the system has a way to; failing is no harm, the address is printed.
func openBrowser(address string) {
	switch runtime.GOOS {
	case "windows":
		_ = exec.Command("rundll32", "url.dll,FileProtocolHandler", address).Start()
	case "darwin":
		_ = exec.Command("open", address).Start()
	default:
		_ = exec.Command("xdg-open", address).Start()
	}
}
