package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"stocktake/internal/tree"
)

// What a check page hands to the script that checks in the browser. The addresses are relative to the page, /check or /check/N, so that they hold
// under any prefix.

// Up is the way from the page to the beginning of the site.
func (p *checkPage) Up() string {
	if p.Number > 0 {
		return "../"
	}
	return ""
}

// Checkable reports whether the script can fetch a proof.
func (p *checkPage) Checkable() bool { return p.Number > 0 && !p.Waiting }

// SheetsAt is the address of the file that holds what opens the filing's commitments, and SheetsLine the line in it, counted from 0.
func (p *checkPage) SheetsAt() string {
	n := p.Index / tree.Width
	t := tlog.Tile{H: tree.Height, L: -1, N: n, W: int(min(tree.Width, p.Size-n*tree.Width))}
	return p.Up() + "log/sheets/" + strings.TrimPrefix(tree.TilePath(t), "tile/entries/")
}

func (p *checkPage) SheetsLine() int64 { return p.Index % tree.Width }

// The page that checks from a file: script and style inside, so that it can be saved and carried.

// programSource is the program of docs/verify.md.
//
//go:embed templates/alone/check.go.txt
var programSource string

// Program is a program that checks the record and uses nothing of ours.
func (p *checkPage) Program() string { return programSource }

//go:embed templates/alone/checker.html
var checkerSource string

var checkerTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("checker.html").Parse(checkerSource))
})

// checkerView is what its template takes.
type checkerView struct {
	Policy                         string
	Style                          template.CSS
	Script                         template.JS
	Origin, VKey, Address, Version string
}

// checkerFile makes that page, and the rules that it sets itself: nothing but its own script and style, and nobody to ask.
func checkerFile(v checkerView) (page []byte, policy string, err error) {
	style, err := assetFiles.ReadFile("assets/style.css")
	if err != nil {
		return nil, "", err
	}
	script := checkScript()
	sum := func(b []byte) string {
		h := sha256.Sum256(b)
		return "'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'"
	}
	v.Style, v.Script = template.CSS(style), template.JS(script)
	v.Policy = "default-src 'none'; script-src " + sum(script) + "; style-src " + sum(style) + "; base-uri 'none'; form-action 'none'"
	var b bytes.Buffer
	err = checkerTemplate().Execute(&b, v)
	return b.Bytes(), v.Policy, err
}

// checkerPage is that page for the record of a site, with the key that its log has now.
func (s *site) checkerPage(ctx context.Context) (page []byte, policy, vkey string, err error) {
	origin, vkey, err := s.l.LogName(ctx)
	if err != nil {
		return nil, "", "", err
	}
	page, policy, err = checkerFile(checkerView{Origin: origin, VKey: vkey, Address: s.opt.Site.Address, Version: s.opt.Version})
	return page, policy, vkey, err
}

// checker answers /checker.html.
func (s *site) checker(w http.ResponseWriter, r *http.Request) {
	page, policy, vkey, err := s.checkerPage(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	key := "checker.html " + vkey
	k := s.kept.get(key)
	if k == nil {
		if k, err = keep(page, "text/html; charset=utf-8", s.etag(key)); err != nil {
			s.fail(w, r, err)
			return
		}
		s.kept.put(key, k)
	}
	w.Header().Set("Content-Security-Policy", policy+"; frame-ancestors 'none'")
	s.send(w, r, k)
}

// checkPolicy is the Content-Security-Policy of the check pages: they alone may ask their own site for something, which is the proof.
var checkPolicy = []string{everywhere["Content-Security-Policy"][0] + "; connect-src 'self'"}

func isCheckPage(path string) bool { return path == "/check" || strings.HasPrefix(path, "/check/") }
