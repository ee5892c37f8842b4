package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"path"
	"slices"
	"strings"
	"sync"

	"stocktake"
	"stocktake/internal/worldmap"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*
var assetFiles embed.FS

// looks are the templates and the files that go with pages.
type looks struct {
	pages  map[string]*template.Template
	assets map[string]*kept
	hash   string // of all of it; part of the address of assets, so that they may be kept for ever
}

// shared are the templates that every page may use.
var shared = []string{"layout.html", "parts.html", "callparts.html"}

// theLooks parses the templates once. Templates are part of the program: one that cannot be parsed panics, which no build that passed its
// tests can do.
var theLooks = sync.OnceValue(func() looks {
	l := looks{pages: map[string]*template.Template{}, assets: map[string]*kept{}}
	sum := sha256.New()
	base := template.New("").Funcs(functions)
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	source := map[string]string{}
	for _, n := range names {
		b, err := templateFiles.ReadFile(n)
		if err != nil {
			panic(err)
		}
		sum.Write(b)
		source[path.Base(n)] = string(b)
	}
	for _, n := range shared {
		template.Must(base.New(n).Parse(source[n]))
	}
	for n, text := range source {
		if slices.Contains(shared, n) {
			continue
		}
		l.pages[n] = template.Must(template.Must(base.Clone()).New(n).Parse(text))
	}
	files := map[string][]byte{"map.css": []byte(worldmap.CSS()), "world.svg": worldmap.Outlines(), "world.js": outlinesScript()}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), "check") { // parts of the script that checks, which goes out as one
			continue
		}
		b, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		files[e.Name()] = b
	}
	files["check.js"] = checkScript()
	for _, e := range []string{"map.css", "style.css", "map.js", "table.js", "check.js", "favicon.svg"} {
		b, ok := files[e]
		if !ok {
			panic(fmt.Sprintf("web: the file %s is missing from the program", e))
		}
		sum.Write(b)
	}
	sum.Write([]byte(worldmap.Version()))
	l.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	for n, b := range files {
		kind := mime.TypeByExtension(path.Ext(n))
		switch path.Ext(n) {
		case ".css":
			kind = "text/css; charset=utf-8"
		case ".js":
			kind = "text/javascript; charset=utf-8"
		case ".svg":
			kind = "image/svg+xml"
		}
		k, err := keep(b, kind, `W/"`+l.hash+`"`)
		if err != nil {
			panic(err)
		}
		l.assets[n] = k
	}
	return l
})

// functions are what templates may call.
var functions = template.FuncMap{
	"date":    dateWords,
	"on":      onDate,
	"kind":    kindWord,
	"act":     actWord,
	"lang":    langName,
	"rtl":     rightToLeft,
	"has":     func(d stocktake.Date) bool { return !d.IsZero() },
	"open":    webAddress,
	"commas":  func(n int) string { return thousands(n) },
	"commas8": func(n int64) string { return thousands(n) },
	"anchor":  actAnchor,
	"join":    func(list []string) string { return strings.Join(list, ", ") },
	"listed":  and,
	"short":   short,
	"known":   knownWords,
	"prose":   prose,
}

// outlinesScript is the outlines of the map for a page that was opened from a disk; see assets/map.js.
func outlinesScript() []byte {
	text, err := json.Marshal(string(worldmap.Outlines()))
	if err != nil {
		panic(err)
	}
	return slices.Concat([]byte("stocktakeWorld("), text, []byte(");\n"))
}
