package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed all:hugo
var hugoFiles embed.FS

// A hugoSite is what Hugo makes the same pages from, as somebody would keep them who uses Hugo: one content file a page, with its facts in the
// front matter as JSON, which Hugo reads quickest; names and areas in data files; and a layout for each shape of table, so that a row is no
// more than an identity and what differs from row to row. Markdown tables take as long and six times the memory, whole cells in the front
// matter a sixth longer and six times the memory.
type hugoSite struct {
	dir    string
	names  map[string]string // of parties, by identity
	areas  []place           // of the map, each as it is where nothing is told of it
	shapes []string          // of tables
	pages  int
}

func newHugoSite(dir string, names map[string]string) (*hugoSite, error) {
	s := &hugoSite{dir: dir, names: names}
	return s, fs.WalkDir(hugoFiles, "hugo", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := hugoFiles.ReadFile(path)
		if err != nil {
			return err
		}
		return s.write(strings.TrimPrefix(path, "hugo/"), b)
	})
}

func (s *hugoSite) write(name string, b []byte) error {
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}

// add writes the content file of a page. url is where Hugo puts the page.
func (s *hugoSite) add(p *written, url string) error {
	front := struct {
		Title  string `json:"title"`
		Lede   string `json:"lede,omitempty"`
		URL    string `json:"url"`
		Blocks []any  `json:"blocks"`
	}{p.Title, p.Lede, url, nil}
	for i := range p.Blocks {
		b := &p.Blocks[i]
		var brief any
		switch b.Kind {
		case "map":
			brief = s.world(b)
		case "table":
			brief = s.rows(b)
		}
		if brief == nil {
			brief = b
		}
		front.Blocks = append(front.Blocks, brief)
	}
	b, err := json.Marshal(front)
	if err != nil {
		return err
	}
	s.pages++
	return s.write(fmt.Sprintf("content/%d/%d.html", s.pages/1000, s.pages), append(b, '\n'))
}

// finish writes the data files and the layouts of tables.
func (s *hugoSite) finish() error {
	for name, v := range map[string]any{"names": s.names, "areas": s.areas} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := s.write("data/"+name+".json", b); err != nil {
			return err
		}
	}
	for i, text := range s.shapes {
		if err := s.write(fmt.Sprintf("layouts/partials/rows-%d.html", i), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// build runs Hugo into a folder that is not there yet.
func (s *hugoSite) build(out string) (cost, error) {
	c := exec.Command("hugo", "--quiet", "--source", s.dir, "--destination", out, "--cacheDir", out+".cache")
	_, x, err := measured(c)
	return x, err
}

type worldBrief struct {
	Kind     string      `json:"k"`
	Title    string      `json:"title"`
	Desc     string      `json:"desc"`
	Patterns []string    `json:"patterns,omitempty"`
	From     string      `json:"from"` // of each address, before the identity
	To       string      `json:"to"`
	Of       []*worldDid `json:"of"`
}

type worldDid struct {
	Class string `json:"c"`
	Fill  string `json:"f,omitempty"`
	Word  string `json:"w"` // after the name
	IDs   string `json:"ids"`
}

// world makes of a map what its kinds are and who is of which, or nothing where it is another map.
func (s *hugoSite) world(b *block) any {
	if s.areas == nil {
		for _, a := range b.Areas {
			if a.Href != "" {
				a = place{ID: a.ID, Class: "k-territory", Text: s.names[a.ID]}
			}
			s.areas = append(s.areas, a)
		}
	}
	if len(b.Areas) != len(s.areas) {
		return nil
	}
	w := &worldBrief{Kind: "world", Title: b.Title, Desc: b.Desc, Patterns: b.Patterns}
	for i, a := range b.Areas {
		was := s.areas[i]
		if a == was {
			continue
		}
		word, named := strings.CutPrefix(a.Text, was.Text)
		from, to, found := around(a.Href, a.ID)
		if a.ID != was.ID || !named || !found || len(w.Of) > 0 && (from != w.From || to != w.To) {
			return nil
		}
		w.From, w.To = from, to
		k := slices.IndexFunc(w.Of, func(d *worldDid) bool { return d.Class == a.Class && d.Fill == a.Fill && d.Word == word })
		if k < 0 {
			w.Of = append(w.Of, &worldDid{a.Class, a.Fill, word, a.ID})
			continue
		}
		w.Of[k].IDs += " " + a.ID
	}
	return w
}

// around parts an address at the last place of an identity.
func around(href, id string) (from, to string, ok bool) {
	i := strings.LastIndex(href, id)
	if i < 0 || id == "" {
		return "", "", false
	}
	return href[:i], href[i+len(id):], true
}
