package cli

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/tree"
	"stocktake/internal/witness"
)

type witnessCmd struct {
	Listen string `help:"Address and port." default:"127.0.0.1:8018" env:"STOCKTAKE_WITNESS_LISTEN" placeholder:"HOST:PORT"`
	Name   string `help:"Name of the witness, such as witness.example.org. Needed once: it is kept with the key." env:"STOCKTAKE_WITNESS_NAME"`
	Logs   string `help:"File that lists the keys of the logs to sign for (c2sp.org/tlog-list)." env:"STOCKTAKE_WITNESS_LOGS" placeholder:"FILE" required:"" type:"existingfile"`
	State  string `help:"Folder for its key, what it signed, and evidence." env:"STOCKTAKE_WITNESS_STATE" placeholder:"DIR" default:"stocktake-witness" type:"path"`
}

func (c *witnessCmd) Help() string {
	return "Signs each head of a log that continues the one it signed before, and no other, so that a log cannot show one history to some and another to others. It needs no record and no database: one file with the keys of logs, and a folder. What it refuses is kept in the folder evidence, with both signed heads."
}

// Run serves a witness until it is stopped.
func (c *witnessCmd) Run(e *env) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return misusef("--listen %s: write host and port, such as 127.0.0.1:8018", c.Listen)
	}
	text, err := os.ReadFile(c.Logs)
	if err != nil {
		return err
	}
	logs, err := witness.ParseList(string(text))
	if err != nil {
		return misuse{fmt.Errorf("%s: %w", c.Logs, err)}
	}
	key, err := witness.OpenKey(c.State, c.Name, e.now)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(e.err, nil))
	s, err := witness.Open(c.State, key, logs, witness.Options{Now: e.now, Log: logger})
	if err != nil {
		return err
	}
	defer s.Close()
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &stocktake.Fault{Kind: stocktake.Conflict, What: err.Error(), Hint: "another program may be using this port: choose another with --listen", Err: err}
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 14,
		ErrorLog: log.New(quiet{logger}, "", 0)} // the standard one prints the addresses of those who ask
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		e.say("Only this computer reaches it so: let a web server with a certificate stand before it.")
	}
	names := make([]string, len(logs))
	for i, l := range logs {
		names[i] = l.Origin
	}
	fmt.Fprintf(e.out, "Witness %s signs for %s at http://%s/\nIts key:\n%s\nStop with Ctrl-C.\n", key.Name(), strings.Join(names, ", "), ln.Addr(), s.VKey())
	return e.serveUntilStopped(srv, ln)
}

// witnesses reads the policy that names the witnesses of this record's log and returns who asks them; nil where there is no policy.
func (o *opened) witnesses(e *env, policy string, logger *slog.Logger) (*gathering, error) {
	if policy == "" {
		return nil, nil
	}
	text, err := os.ReadFile(policy)
	if err != nil {
		return nil, misuse{err}
	}
	p, err := tree.ParsePolicy(string(text))
	if err != nil {
		return nil, misuse{fmt.Errorf("%s: %w", policy, err)}
	}
	if o.key == nil {
		return nil, misusef("--witnesses goes with the key of the log, which is not in this folder: whoever signs asks the witnesses")
	}
	if p.LogKey != o.key.VKey {
		return nil, misusef("%s is about another log than this one; its line is\nlog %s", policy, o.key.VKey)
	}
	g := &gathering{o: o, policy: p, log: logger, disputing: map[string]string{}}
	g.Gatherer, err = witness.NewGatherer(p, witness.GatherOptions{Now: e.now,
		Signed: func(ctx context.Context, c *witness.Cosignature) error {
			return o.Cosign(ctx, c.Note, ledger.Witnessed{Origin: p.Log.Name(), Name: c.Witness.Key.Name(), VKey: fmt.Sprint(c.Witness.Key), Size: c.Size, At: c.At, Own: p.Own(c.Witness)})
		},
		Failed: func(name string, err error) {
			logger.Warn("a witness did not sign; it is asked again", "witness", name, "err", err)
		},
		Newest: func(ctx context.Context) (int64, error) {
			c, _, err := o.Checkpoint(ctx)
			return c.Size, err
		},
		Judged: g.judged})
	if err != nil {
		return nil, misuse{fmt.Errorf("%s: %w", policy, err)}
	}
	return g, g.begin(e.ctx)
}
