package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pgServer is a server of its own, on loopback. url is empty where there is none, and missing says why.
type pgServer struct {
	url, missing, bin string
	dir               string
	pid               int
	cmd               *exec.Cmd
}

// startPostgres starts the newest server that Debian's packages brought. It dies with this process.
func (b *bench) startPostgres() (*pgServer, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return &pgServer{missing: "PostgreSQL is not installed"}, nil
	}
	slices.Sort(found)
	p := &pgServer{bin: filepath.Dir(found[len(found)-1])}
	var err error
	if p.dir, err = os.MkdirTemp("", "stocktake-bench-pg-*"); err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(p.dir, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(p.dir, "data")
	c := exec.Command(filepath.Join(p.bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	c.Dir, c.SysProcAttr = p.dir, attr
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	var log bytes.Buffer
	p.cmd = exec.Command(filepath.Join(p.bin, "postgres"), "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+p.dir,
		"-c", "shared_buffers=1GB", "-c", "work_mem=256MB", "-c", "maintenance_work_mem=512MB", "-c", "max_wal_size=8GB", "-c", "jit=off", "-c", "autovacuum=off", "-c", "max_parallel_workers_per_gather=0")
	p.cmd.Dir, p.cmd.SysProcAttr, p.cmd.Stderr = p.dir, attr, &log
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.pid = p.cmd.Process.Pid
	p.url = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	for range 300 {
		if exec.Command(filepath.Join(p.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(port)).Run() == nil {
			return p, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("PostgreSQL did not start: %s", log.String())
}

func (p *pgServer) stop() {
	if p.cmd != nil {
		p.cmd.Process.Signal(syscall.SIGINT)
		p.cmd.Wait()
		p.cmd = nil
	}
	if p.dir != "" {
		os.RemoveAll(p.dir)
	}
}

// spent is the CPU time of the server so far, of the processes that have ended too.
func (p *pgServer) spent() time.Duration {
	d := spent(children(p.pid)...)
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if i := bytes.LastIndexByte(text, ')'); i > 0 {
		for _, f := range strings.Fields(string(text[i+2:]))[11:15] {
			n, _ := strconv.ParseInt(f, 10, 64)
			d += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return d
}

// psql runs statements and returns the CPU time of client and server.
func (p *pgServer) psql(input string) (string, time.Duration, error) {
	was := p.spent()
	c := exec.Command(filepath.Join(p.bin, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", p.url)
	c.Stdin = strings.NewReader(input)
	out, err := c.CombinedOutput()
	if err != nil {
		return "", 0, fmt.Errorf("psql: %w: %s", err, out)
	}
	for range 50 { // the server's process for this client ends a moment later
		if s := p.spent(); s > was {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	return strings.TrimSpace(string(out)), p.spent() - was + c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
}

func (p *pgServer) importCSV(path string, want int) (time.Duration, error) {
	if _, _, err := p.psql("DROP TABLE IF EXISTS imported;"); err != nil {
		return 0, err
	}
	out, d, err := p.psql("CREATE TABLE imported (id TEXT, party TEXT, instrument TEXT, kind TEXT, day TEXT, edition INTEGER);\n\\copy imported FROM '" + path + "' CSV\n" +
		"CREATE INDEX ON imported (instrument, party, day);\nCREATE INDEX ON imported (party, instrument, day);\nCREATE INDEX ON imported (day);\nSELECT count(*) FROM imported;\n")
	if err == nil && out != strconv.Itoa(want) {
		err = fmt.Errorf("PostgreSQL took %s rows of %d", out, want)
	}
	return d, err
}

// fill makes the table of the comparisons of standing, with an index for each question.
func (p *pgServer) fill(list []act) error {
	if p.url == "" {
		return nil
	}
	path := filepath.Join(p.dir, "fill.csv")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for i := range list {
		a := &list[i]
		fmt.Fprintf(w, "%s,%s,%s,%d,%d,%d\n", a.ID, partyID(a.Party), instrumentID(a.Instrument), a.Kind, a.Day, a.Edition)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	_, _, err = p.psql(schema + ";\n\\copy act FROM '" + path + "' CSV\n" +
		"CREATE INDEX ON act (instrument, party, day DESC);\nCREATE INDEX ON act (party, instrument, day DESC);\nCREATE INDEX ON act (day);\nCREATE INDEX ON act (id, edition);\nVACUUM ANALYZE act;\n")
	return err
}

// each returns the CPU time of one run of a query, client and server, the cost of connecting taken away. The answer is counted, not sent.
func (p *pgServer) each(query string) (time.Duration, error) {
	run := func(n int) (time.Duration, error) {
		var s strings.Builder
		fmt.Fprintf(&s, "PREPARE q AS SELECT count(party || instrument || kind) FROM (%s) AS x;\n", query)
		for range n {
			s.WriteString("EXECUTE q;\n")
		}
		_, d, err := p.psql(s.String())
		return d, err
	}
	var list []time.Duration
	n := 20
	for len(list) < 3 {
		few, err := run(1)
		if err != nil {
			return 0, err
		}
		many, err := run(n + 1)
		if err != nil {
			return 0, err
		}
		if many-few < 300*time.Millisecond && n < 20000 {
			n *= 8
			continue
		}
		list = append(list, (many-few)/time.Duration(n))
		if few > time.Second && len(list) == 1 {
			n = 3
		}
	}
	return median(list), nil
}
