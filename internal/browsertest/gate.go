package browsertest

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A gate is the HTTP proxy that Chromium is given for everything that is not on the loopback interface. It lets nothing
// through, and remembers what was asked for, also by workers, preconnections and other doings that no event of a page reports.
type gate struct {
	server *http.Server
	addr   string
	mu     sync.Mutex
	hosts  map[string]bool
}

func openGate() (*gate, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &gate{addr: l.Addr().String(), hosts: map[string]bool{}}
	g.server = &http.Server{Handler: http.HandlerFunc(g.refuse)}
	go g.server.Serve(l) // until close
	return g, nil
}

func (g *gate) url() string { return "http://" + g.addr }

func (g *gate) close() { g.server.Close() }

func (g *gate) refuse(w http.ResponseWriter, r *http.Request) {
	if host := r.Host; !chromiumsOwn(host) {
		g.mu.Lock()
		g.hosts[strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")] = true
		g.mu.Unlock()
	}
	http.Error(w, "tests have no network", http.StatusForbidden)
}

// asked returns the hosts that were asked for, in order.
func (g *gate) asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Sorted(maps.Keys(g.hosts))
}

// chromiumsOwn reports whether Chromium calls host for itself whatever page is open: accounts, hints, the clock. A page that
// asks for one of these hosts is seen all the same, by its events; only a worker's or a preconnection's asking is not.
func chromiumsOwn(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	switch name {
	case "www.google.com", "accounts.google.com", "clients2.google.com", "android.clients.google.com", "update.googleapis.com",
		"content-autofill.googleapis.com", "optimizationguide-pa.googleapis.com", "redirector.gvt1.com":
		return true
	}
	return false
}
