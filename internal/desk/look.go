package desk

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"sync"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*
var assetFiles embed.FS

// look are the templates and the files that go with them.
type look struct {
	pages map[string]*template.Template
	files map[string][]byte
	hash  string // part of the address of files, so that they may be kept for ever
}

// functions are what templates may call; files of this package add to it from init.
var functions = template.FuncMap{}

// theLook parses the templates once. They are part of the program: one that cannot be parsed panics, which no build that passed its tests
// can do.
var theLook = sync.OnceValue(func() look {
	l := look{pages: map[string]*template.Template{}, files: map[string][]byte{}}
	sum := sha256.New()
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	read := func(f embed.FS, name string) []byte {
		b, err := f.ReadFile(name)
		if err != nil {
			panic(err)
		}
		sum.Write(b)
		return b
	}
	base := template.New("").Funcs(functions)
	shared := []string{"templates/layout.html", "templates/parts.html"}
	for _, n := range shared {
		template.Must(base.New(path.Base(n)).Parse(string(read(templateFiles, n))))
	}
	for _, n := range names {
		if !slices.Contains(shared, n) {
			l.pages[path.Base(n)] = template.Must(template.Must(base.Clone()).New(path.Base(n)).Parse(string(read(templateFiles, n))))
		}
	}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		l.files[e.Name()] = read(assetFiles, "assets/"+e.Name())
	}
	l.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return l
})

// plain serves the files of the look.
func (d *Desk) plain() {
	d.mux.HandleFunc("GET /desk/assets/{hash}/{name}", func(w http.ResponseWriter, r *http.Request) {
		b, ok := d.look.files[r.PathValue("name")]
		if !ok || r.PathValue("hash") != d.look.hash {
			http.NotFound(w, r)
			return
		}
		kind := mime.TypeByExtension(path.Ext(r.PathValue("name")))
		if path.Ext(r.PathValue("name")) == ".js" {
			kind = "text/javascript; charset=utf-8"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Write(b)
	})
}
