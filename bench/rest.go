package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/store"
	"stocktake/internal/store/blob"
	"stocktake/internal/store/sqlite"
)

// imports compares taking in acts, checked, sealed, hashed, durable and indexed for both times, with `sqlite3 .import` and three indexes.
func (b *bench) imports() error {
	bin, err := exec.LookPath("sqlite3")
	if err != nil {
		b.add("Import", "sqlite3 is not installed", "-", "-", "≤ 2.0")
		return nil
	}
	for _, n := range []int{b.n / 10, b.n} {
		list := generate(n)
		path := filepath.Join(b.dir, fmt.Sprintf("acts-%d.csv", n))
		if err := writeCSV(path, list); err != nil {
			return err
		}
		var ours, peer []time.Duration
		for i := range 3 {
			d, err := b.peerImport(bin, path, filepath.Join(b.dir, fmt.Sprintf("peer-%d-%d.db", n, i)))
			if err != nil {
				return err
			}
			peer = append(peer, d)
			dir := filepath.Join(b.dir, fmt.Sprintf("ours-%d-%d", n, i))
			var err2 error
			ours = append(ours, cpu(func() { err2 = b.ourImport(dir, path, list) }))
			if err2 != nil {
				return err2
			}
		}
		x, y := median(peer), median(ours)
		b.add(fmt.Sprintf("Import of %d acts from CSV", n), "sqlite3 .import and 3 indexes, "+short(x), short(y), times(y, x), "≤ 2.0")
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err == nil {
		b.add("Peak memory of this process, data of the comparison included", "-", fmt.Sprintf("%d MiB", u.Maxrss>>10), "-", "≤ 512 MiB")
	}
	return nil
}

func writeCSV(path string, list []act) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	for i := range list {
		a := &list[i]
		w.Write([]string{a.ID, string(partyID(a.Party)), string(instrumentID(a.Instrument)), a.Kind.String(), stocktake.DateOf(a.Day).String(), strconv.Itoa(a.Edition)})
	}
	w.Flush()
	return w.Error()
}

func (b *bench) peerImport(bin, path, db string) (time.Duration, error) {
	c := exec.Command(bin, db)
	c.Stdin = strings.NewReader("PRAGMA journal_mode=wal;\nCREATE TABLE act (id TEXT, party TEXT, instrument TEXT, kind TEXT, day TEXT, edition INTEGER);\n.mode csv\n.import '" + path + "' act\n" +
		"CREATE INDEX i1 ON act (instrument, party, day);\nCREATE INDEX i2 ON act (party, instrument, day);\nCREATE INDEX i3 ON act (day);\nSELECT count(*) FROM act;\n")
	if out, err := c.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("sqlite3: %w: %s", err, out)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
}

func (b *bench) openLedger(dir string) (*ledger.Ledger, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	st, err := sqlite.Open(b.ctx, filepath.Join(dir, "record.db"), store.Options{})
	if err != nil {
		return nil, err
	}
	files, err := blob.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	return ledger.Open(b.ctx, st, files, ledger.Options{})
}

// ourImport reads the CSV back and files it, as an importer does.
func (b *bench) ourImport(dir, path string, want []act) error {
	l, err := b.openLedger(dir)
	if err != nil {
		return err
	}
	defer l.Close()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	kinds := map[string]stocktake.ActKind{}
	for _, k := range kindsUsed {
		kinds[k.String()] = k
	}
	r := csv.NewReader(f)
	r.ReuseRecord = true
	var list []act
	for {
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		d, err := stocktake.ParseDate(rec[4])
		if err != nil {
			return err
		}
		p, _ := strconv.Atoi(rec[1][2:])
		in, _ := strconv.Atoi(rec[2][2:])
		ed, _ := strconv.Atoi(rec[5])
		lo, _ := d.Bounds()
		list = append(list, act{ID: rec[0], Party: p, Instrument: in, Kind: kinds[rec[3]], Day: lo, Edition: ed})
	}
	if len(list) != len(want) {
		return fmt.Errorf("%d rows read, %d written", len(list), len(want))
	}
	_, err = l.FileFrom(b.ctx, ledger.FileOptions{}, func(emit func(stocktake.Filing) error) error {
		if err := emit(frame()); err != nil {
			return err
		}
		return filings(list, emit)
	})
	if err != nil {
		return err
	}
	if n := l.Record().Size().Rows; n != len(want) {
		return fmt.Errorf("%d rows indexed, %d acts filed", n, len(want))
	}
	return nil
}

// open measures opening a record until it can answer.
func (b *bench) open() error {
	dir := filepath.Join(b.dir, "open")
	list := generate(b.n)
	path := filepath.Join(b.dir, "open.csv")
	if err := writeCSV(path, list); err != nil {
		return err
	}
	if err := b.ourImport(dir, path, list); err != nil {
		return err
	}
	list = nil
	runtime.GC()
	var d []time.Duration
	var heap uint64
	for range 3 {
		var err error
		var l *ledger.Ledger
		var was, is runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&was)
		d = append(d, cpu(func() { l, err = b.openLedger(dir) }))
		if err != nil {
			return err
		}
		runtime.GC()
		runtime.ReadMemStats(&is)
		heap = is.HeapAlloc - was.HeapAlloc
		l.Close()
	}
	b.add(fmt.Sprintf("Open a record of %d acts, ready to answer", b.n), "-", fmt.Sprintf("%s, %d bytes an act in memory, catalogues included", short(median(d)), heap/uint64(b.n)), "-", "≤ 1.5 s, ≤ 64 bytes")
	return nil
}

// program builds the program and returns its path.
func (b *bench) program() (string, error) {
	bin := filepath.Join(b.dir, "stocktake")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	c := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin, "./cmd/stocktake")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return bin, nil
}

// start measures the first start with the built-in record, the size of the program, and what it holds while idle.
func (b *bench) start() error {
	bin, err := b.program()
	if err != nil {
		return err
	}
	st, err := os.Stat(bin)
	if err != nil {
		return err
	}
	var d []time.Duration
	for i := range 3 {
		c := exec.Command(bin, "-q", "--data", filepath.Join(b.dir, fmt.Sprintf("first-%d", i)), "init")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("init: %w: %s", err, out)
		}
		d = append(d, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	}
	b.add("First start with the built-in record", "-", short(median(d)), "-", "≤ 15 s")
	b.add("Program, stripped", "-", fmt.Sprintf("%.1f MB", float64(st.Size())/1e6), "-", "≤ 70 MB")
	srv, err := b.serve()
	if err != nil {
		return err
	}
	defer srv.stop()
	time.Sleep(3 * time.Second)
	b.add("Memory of the idle server", "-", fmt.Sprintf("%d MB resident", rss(srv.pid)/1e6), "-", "≤ 150 MB")
	return nil
}

type server struct {
	url  string
	pid  int
	stop func()
}

// serve starts the program on a folder with the built-in record.
func (b *bench) serve() (*server, error) {
	bin, err := b.program()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c := exec.Command(bin, "-q", "--data", filepath.Join(b.dir, "served"), "serve", "--listen", fmt.Sprintf("127.0.0.1:%d", port))
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &server{url: fmt.Sprintf("http://127.0.0.1:%d", port), pid: c.Process.Pid, stop: func() { c.Process.Signal(os.Interrupt); c.Wait() }}
	return s, waitFor(s.url + "/healthz")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func waitFor(url string) error {
	for range 600 {
		if r, err := http.Get(url); err == nil {
			r.Body.Close()
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("%s does not answer", url)
}

func rss(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	f := strings.Fields(string(text))
	if len(f) < 2 {
		return 0
	}
	n, _ := strconv.ParseInt(f[1], 10, 64)
	return n * int64(os.Getpagesize())
}

// spent is the CPU time of some processes so far.
func spent(pids ...int) time.Duration {
	var d time.Duration
	for _, pid := range pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		i := bytes.LastIndexByte(text, ')')
		if i < 0 {
			continue
		}
		f := strings.Fields(string(text[i+2:]))
		u, _ := strconv.ParseInt(f[11], 10, 64)
		s, _ := strconv.ParseInt(f[12], 10, 64)
		d += time.Duration(u+s) * 10 * time.Millisecond
	}
	return d
}

// page compares a page of 193 rows, unchanged and cold, with nginx serving the same bytes as a file.
func (b *bench) page() error {
	const target = "unchanged ≤ 2, cold ≤ 20"
	srv, err := b.serve()
	if err != nil {
		return err
	}
	defer srv.stop()
	const path = "/i/a-res-73-195?on=2018-12-20"
	body, err := get(srv.url + path)
	if err != nil {
		return err
	}
	bin, err := exec.LookPath("nginx")
	if err != nil {
		b.add("Page of 193 rows", "nginx is not installed", "-", "-", target)
		return nil
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	root := filepath.Join(b.dir, "nginx")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	os.Chmod(b.dir, 0o755)
	if err := os.WriteFile(filepath.Join(root, "page.html"), body, 0o644); err != nil {
		return err
	}
	conf := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log /dev/null; worker_processes 1; events {} http { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; sendfile on; keepalive_requests 1000000; server { listen 127.0.0.1:%[2]d; root %[1]s; } }", root, port)
	if err := os.WriteFile(filepath.Join(root, "nginx.conf"), []byte(conf), 0o644); err != nil {
		return err
	}
	c := exec.Command(bin, "-c", filepath.Join(root, "nginx.conf"))
	if err := c.Start(); err != nil {
		return err
	}
	defer func() { c.Process.Signal(syscall.SIGTERM); c.Wait() }()
	peer := fmt.Sprintf("http://127.0.0.1:%d/page.html", port)
	if err := waitFor(peer); err != nil {
		return err
	}
	same, err := get(peer)
	if err != nil {
		return err
	}
	if !bytes.Equal(same, body) {
		return fmt.Errorf("nginx serves other bytes")
	}
	workers := children(c.Process.Pid)
	const n = 3000
	run := func(url func(i int) string, n int, pids ...int) (time.Duration, error) {
		was := spent(pids...)
		for i := range n {
			if _, err := get(url(i)); err != nil {
				return 0, err
			}
		}
		return (spent(pids...) - was) / time.Duration(n), nil
	}
	var x, y, z []time.Duration
	for r := range 3 {
		d, err := run(func(int) string { return peer }, n, workers...)
		if err != nil {
			return err
		}
		x = append(x, d)
		if d, err = run(func(int) string { return srv.url + path }, n, srv.pid); err != nil {
			return err
		}
		y = append(y, d)
		day := stocktake.DayOf(2019, 1, 1)
		if d, err = run(func(i int) string {
			return srv.url + "/i/a-res-73-195?on=" + stocktake.DateOf(day+stocktake.Day(r*200+i)).String()
		}, 150, srv.pid); err != nil {
			return err
		}
		z = append(z, d)
	}
	work := fmt.Sprintf("Page of 193 rows, %d kB", len(body)/1000)
	b.add(work+", unchanged", "nginx serving the same bytes, "+short(median(x))+" a request", short(median(y)), times(median(y), median(x)), "≤ 2")
	b.add(work+", cold", "nginx serving the same bytes, "+short(median(x))+" a request", short(median(z)), times(median(z), median(x)), "≤ 20")
	return nil
}

func children(pid int) []int {
	var list []int
	dirs, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, d := range dirs {
		text, _ := os.ReadFile(d)
		i := bytes.LastIndexByte(text, ')')
		if i < 0 {
			continue
		}
		f := strings.Fields(string(text[i+2:]))
		if p, _ := strconv.Atoi(f[1]); p == pid {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(d)))
			list = append(list, n)
		}
	}
	return list
}

var client = &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 4}}

func get(url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	r, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, r.Status)
	}
	return b, err
}
