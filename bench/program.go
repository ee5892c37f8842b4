package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"stocktake"
)

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
	body, err := get(srv.url+path, "gzip")
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
	if err := os.WriteFile(filepath.Join(root, "page.html.gz"), body, 0o644); err != nil {
		return err
	}
	conf := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log /dev/null; worker_processes 1; events {} http { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; sendfile on; gzip_static always; keepalive_requests 1000000; server { listen 127.0.0.1:%[2]d; root %[1]s; } }", root, port)
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
	same, err := get(peer, "gzip")
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
			if _, err := get(url(i), "gzip"); err != nil {
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
	whole, err := get(srv.url+path, "identity")
	if err != nil {
		return err
	}
	work := fmt.Sprintf("Page of a world map and 193 rows, %d kB, %d kB packed", len(whole)/1000, len(body)/1000)
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

func get(url, coding string) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", coding)
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
