package web

import (
	"fmt"
	"net/http"
	"strings"
)

// plain adds what is no page: files, and what machines ask for.
func (s *site) plain(mux *http.ServeMux) {
	mux.HandleFunc("GET /assets/{hash}/{name}", func(w http.ResponseWriter, r *http.Request) {
		k, ok := s.looks.assets[r.PathValue("name")]
		if !ok {
			s.nothing(w, r)
			return
		}
		if r.PathValue("hash") == s.looks.hash {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		s.send(w, r, k)
	})
	mux.HandleFunc("GET /log/{path...}", s.log)
	mux.HandleFunc("GET /proof/{name}", s.proof)
	mux.HandleFunc("GET /checker.html", s.checker)
	mux.HandleFunc("GET /feeds/{path...}", s.feedFile)
	mux.HandleFunc("GET /st/{statement}/{version}/form/{name}", s.file)
	mux.HandleFunc("GET /st/{statement}/{version}/form/{sum}/{name}", s.keptFile)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) { s.send(w, r, s.looks.assets["favicon.svg"]) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintf(w, "{\"status\":\"ok\",\"head\":%d,\"version\":%q}\n", s.rec.Head(), s.opt.Version)
	})
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte(robots()))
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(openAPI(s.opt.Version))
	})
}

// robots keeps search engines to the addresses without coordinates: the others are the same pages on other days.
func robots() string {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, c := range coordinates {
		fmt.Fprintf(&b, "Disallow: /*?%s=\nDisallow: /*&%s=\n", c, c)
	}
	b.WriteString("Disallow: /search\nDisallow: /paste\n")
	return b.String()
}
