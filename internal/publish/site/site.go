// Package site writes the whole public site of a record as plain files.
package site

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"stocktake"
	"stocktake/internal/ledger"
	"stocktake/internal/publish"
	"stocktake/internal/tree"
	"stocktake/internal/web"
)

// Options say how a site is published.
type Options struct {
	web.CopyOptions
	Check    bool // read every file that is kept, and write anew what differs
	Progress publish.Progress
	Log      *publish.LogWriter // one that wrote the log of the same copy before, and knows what is there; nil for none
}

// Manifest says what a published site is made of. It is the last file to be written: what it does not vouch for is not finished.
type Manifest struct {
	Format  string         `json:"format"`
	Writing bool           `json:"writing,omitempty"` // somebody is at work, or was interrupted
	Head    int64          `json:"head"`              // filings that the pages know
	Day     string         `json:"day"`               // the last day for which pages may answer
	Origin  string         `json:"origin,omitempty"`  // of the log
	Size    int64          `json:"size,omitempty"`    // of the signed head beside it
	Root    string         `json:"root,omitempty"`
	Look    string         `json:"look"` // everything else that pages are made of
	Files   int64          `json:"files"`
	Bytes   int64          `json:"bytes"`
	Parts   []ManifestPart `json:"parts"`
}

// ManifestPart is a file that lists files in the format of sha256sum: "sha256sum --check manifest/part" in the folder of the site checks them.
type ManifestPart struct {
	Name   string `json:"name"`
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

const (
	manifestFormat = "stocktake-copy/1"
	manifestFile   = "manifest.json"
)

// An entry is one file of a part.
type entry struct {
	sum   string
	size  int64
	stamp string // what it was made of, as far as the record goes
}

// part is what is known of some files: those that the manifest of before vouched for.
type part struct {
	name    string
	look    string
	entries map[string]entry
}

// Write writes the public site as of the newest filing into a target: pages, their data, indexes for other days, and the log. Files that are as
// they should be are not touched, others are replaced whole, and what should not be there any more goes, of what an earlier run wrote.
func Write(ctx context.Context, l *ledger.Ledger, t publish.Target, opt Options) (publish.Counts, error) {
	w := &writer{l: l, t: t, opt: opt}
	if err := w.begin(ctx); err != nil {
		return w.n, err
	}
	log := opt.Log
	if log == nil {
		log = &publish.LogWriter{Ledger: l, Target: publish.Beneath(t, "log"), Progress: opt.Progress}
	}
	logged, err := log.Write(ctx)
	w.n.Written, w.n.Same, w.n.Removed = logged.Written, logged.Same, logged.Removed
	if err != nil {
		return w.n, err
	}
	if err := w.pages(ctx); err != nil {
		return w.n, err
	}
	return w.n, w.end(ctx)
}

type writer struct {
	l    *ledger.Ledger
	t    publish.Target
	opt  Options
	old  *Manifest // nil where there is none
	now  Manifest
	copy *web.Copy
	all  bool // every page was looked at
	seen bool // what is kept has to be read: an earlier run was interrupted

	mu   sync.Mutex
	n    publish.Counts
	done int64
	of   int64
}

// begin reads what is there and lays out what should be.
func (w *writer) begin(ctx context.Context) error {
	b, err := w.t.Get(ctx, manifestFile)
	switch {
	case err == nil:
		var m Manifest
		if json.Unmarshal(b, &m) != nil || m.Format != manifestFormat {
			return &stocktake.Fault{Kind: stocktake.Conflict, Where: w.t.String(), What: manifestFile + " is not that of a published site that this program knows",
				Hint: "publish into an empty folder; nothing was written"}
		}
		w.old = &m
	case stocktake.KindOf(err) != stocktake.NotFound:
		return err
	default:
		if _, err := w.t.Get(ctx, "index.html"); err == nil {
			return &stocktake.Fault{Kind: stocktake.Conflict, Where: w.t.String(), What: "another site's index.html is there, and no " + manifestFile + " of ours",
				Hint: "publish into an empty folder; nothing was written"}
		} else if stocktake.KindOf(err) != stocktake.NotFound {
			return err
		}
	}
	w.seen = w.opt.Check || w.old != nil && w.old.Writing
	since, day := int64(0), stocktake.Day(0)
	look := web.Look(w.opt.CopyOptions)
	if w.old != nil && !w.seen && w.old.Look == look {
		if d, err := stocktake.ParseDate(w.old.Day); err == nil {
			since = w.old.Head
			day, _ = d.Bounds()
		}
	}
	if w.copy, w.all, err = web.NewCopy(ctx, w.l, w.opt.CopyOptions, since, day); err != nil {
		return err
	}
	w.now = Manifest{Format: manifestFormat, Head: w.copy.Head(), Day: stocktake.DateOf(w.opt.Day).String(), Look: look}
	if w.old == nil || !w.old.Writing { // until the end, nobody takes what is there for finished
		m := Manifest{Format: manifestFormat, Look: look}
		if w.old != nil {
			m = *w.old
		}
		m.Writing = true
		return w.manifest(ctx, m)
	}
	return nil
}

func (w *writer) manifest(ctx context.Context, m Manifest) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return w.t.Put(ctx, manifestFile, append(b, '\n'), publish.Kind{Type: "application/json", Cache: "no-cache", Last: !m.Writing})
}

// partOf names the part of the manifest that lists a file. Numbered files stand in blocks, so that what is filed next to each other is looked
// at together.
func partOf(name string) string {
	dir, rest, ok := strings.Cut(name, "/")
	if !ok {
		return "top"
	}
	base := strings.TrimSuffix(rest, path.Ext(rest))
	if n, err := strconv.ParseUint(base, 10, 32); err == nil {
		return fmt.Sprintf("%s-%04d", dir, n/256)
	}
	if dir == "assets" {
		return dir
	}
	h := sha256.Sum256([]byte(rest))
	return fmt.Sprintf("%s-%02x", dir, h[0]&15)
}

// leaves reports whether files of a part may have to go while the record only grows: those of statements, coalitions and feeds.
func leaves(part string) bool {
	return strings.HasPrefix(part, "st-") || strings.HasPrefix(part, "c-") || strings.HasPrefix(part, "feeds-")
}

// job is the files of one part that have to be made or kept.
type job struct {
	name  string
	pages []*web.CopyPage
	files map[string][]byte // those that are there already, in memory
}

// pages writes what is not the log, part by part.
func (w *writer) pages(ctx context.Context) error {
	jobs := map[string]*job{}
	at := func(name string) *job {
		p := partOf(name)
		if jobs[p] == nil {
			jobs[p] = &job{name: p, files: map[string][]byte{}}
		}
		return jobs[p]
	}
	for _, p := range w.copy.Pages() {
		j := at(p.Name)
		j.pages = append(j.pages, p)
	}
	if w.old != nil && !w.all { // what was taken back or taken down leaves files behind that nothing touches any more
		for _, p := range w.old.Parts {
			if leaves(p.Name) {
				if jobs[p.Name] == nil {
					jobs[p.Name] = &job{name: p.Name, files: map[string][]byte{}}
				}
			}
		}
	}
	assets, err := w.copy.Assets()
	if err != nil {
		return err
	}
	for name, b := range assets {
		at(name).files[name] = b
	}
	list := make([]*job, 0, len(jobs))
	for _, j := range jobs {
		w.of += int64(len(j.pages))
		list = append(list, j)
	}
	slices.SortFunc(list, func(a, b *job) int { return cmp.Compare(a.name, b.name) })
	// Assets come first: a page must not be there before what it shows.
	slices.SortStableFunc(list, func(a, b *job) int { return cmp.Compare(rank(a.name), rank(b.name)) })
	made := make([]ManifestPart, len(list))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, j := range list {
		g.Go(func() (err error) {
			made[i], err = w.part(gctx, j)
			return err
		})
		if j.name == "assets" {
			if err := g.Wait(); err != nil {
				return err
			}
			g, gctx = errgroup.WithContext(ctx)
			g.SetLimit(runtime.GOMAXPROCS(0))
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	w.now.Parts = made
	if w.old != nil {
		for _, p := range w.old.Parts {
			if jobs[p.Name] != nil {
				continue
			}
			if !w.all {
				w.now.Parts = append(w.now.Parts, p)
			} else if err := w.drop(ctx, p.Name); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(w.now.Parts, func(a, b ManifestPart) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

func rank(part string) int {
	if part == "assets" {
		return 0
	}
	return 1
}

// read returns what a part says, with nothing in it where there is none or it is damaged.
func (w *writer) read(ctx context.Context, name string) (*part, error) {
	p := &part{name: name, entries: map[string]entry{}}
	b, err := w.t.Get(ctx, "manifest/"+name)
	if stocktake.KindOf(err) == stocktake.NotFound {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	stamp, size := "", int64(0)
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if look, ok := strings.CutPrefix(line, "#look "); ok {
			p.look = look
		} else if rest, ok := strings.CutPrefix(line, "#"); ok {
			s, n, _ := strings.Cut(rest, " ")
			stamp = s
			size, _ = strconv.ParseInt(n, 10, 64)
		} else if sum, name, ok := strings.Cut(line, "  "); ok && len(sum) == 64 && fs.ValidPath(name) {
			p.entries[name] = entry{sum, size, stamp}
		}
	}
	return p, nil
}

// write writes a part, unless it is there as it should be.
func (w *writer) write(ctx context.Context, p *part) (ManifestPart, error) {
	names := make([]string, 0, len(p.entries))
	for n := range p.entries {
		names = append(names, n)
	}
	slices.Sort(names)
	m := ManifestPart{Name: p.name, Files: int64(len(names))}
	b := make([]byte, 0, 130*len(names)+40)
	b = append(b, "#look "+p.look+"\n"...)
	for _, n := range names {
		e := p.entries[n]
		m.Bytes += e.size
		b = append(b, '#')
		b = append(b, e.stamp...)
		b = append(b, ' ')
		b = strconv.AppendInt(b, e.size, 10)
		b = append(b, '\n')
		b = append(append(append(append(b, e.sum...), "  "...), n...), '\n')
	}
	m.SHA256 = ledger.Hash(b)
	_, err := publish.Update(ctx, w.t, "manifest/"+p.name, b, publish.Kind{Type: "text/plain; charset=utf-8", Cache: "no-cache"})
	return m, err
}

// part makes the files of one part.
func (w *writer) part(ctx context.Context, j *job) (ManifestPart, error) {
	old, err := w.read(ctx, j.name)
	if err != nil {
		return ManifestPart{}, err
	}
	now := &part{name: j.name, look: w.now.Look, entries: map[string]entry{}}
	if !w.all { // all the others stay as they are
		for n, e := range old.entries {
			if !leaves(j.name) || w.copy.Has(n) {
				now.entries[n] = e
			}
		}
	}
	put := func(name, stamp string, b []byte) error {
		e := entry{ledger.Hash(b), int64(len(b)), stamp}
		now.entries[name] = e
		if old.entries[name].sum == e.sum && !w.seen {
			w.count(func(n *publish.Counts) { n.Same++ })
			return nil
		}
		if w.seen {
			if there, err := w.t.Get(ctx, name); err == nil && bytes.Equal(there, b) {
				w.count(func(n *publish.Counts) { n.Same++ })
				return nil
			}
		}
		if err := w.t.Put(ctx, name, b, kindOf(name)); err != nil {
			return err
		}
		w.count(func(n *publish.Counts) { n.Written++ })
		return nil
	}
	// stays reports whether a file is as it should be without being made.
	stays := func(name, stamp string) (bool, error) {
		e, ok := old.entries[name]
		if !ok || old.look != w.now.Look || e.stamp != stamp {
			return false, nil
		}
		if w.seen {
			b, err := w.t.Get(ctx, name)
			if err != nil || ledger.Hash(b) != e.sum {
				if err != nil && stocktake.KindOf(err) != stocktake.NotFound {
					return false, err
				}
				return false, nil
			}
		}
		now.entries[name] = e
		w.count(func(n *publish.Counts) { n.Same++ })
		return true, nil
	}
	for name, b := range j.files {
		if err := put(name, "-", b); err != nil {
			return ManifestPart{}, err
		}
	}
	var filings []*web.CopyPage
	for _, p := range j.pages {
		if err := ctx.Err(); err != nil {
			return ManifestPart{}, err
		}
		stamp := stampOf(p)
		for _, f := range p.Files() {
			if !p.Fresh {
				ok, err := stays(f.Name, stamp)
				if err != nil {
					return ManifestPart{}, err
				}
				if ok {
					continue
				}
			}
			if f.Filing > 0 {
				filings = append(filings, p)
				continue
			}
			b, err := w.copy.Render(ctx, p, f)
			if err == nil {
				err = put(f.Name, stamp, b)
			}
			if err != nil {
				return ManifestPart{}, err
			}
		}
		w.step()
	}
	if err := w.copy.Filings(ctx, filings, func(p *web.CopyPage, b []byte) error { return put(p.Name, stampOf(p), b) }); err != nil {
		return ManifestPart{}, err
	}
	for name := range old.entries {
		if _, ok := now.entries[name]; !ok {
			if err := w.t.Remove(ctx, name); err != nil {
				return ManifestPart{}, err
			}
			w.count(func(n *publish.Counts) { n.Removed++ })
		}
	}
	return w.write(ctx, now)
}

// stampOf says what a page is made of, as far as the record goes.
func stampOf(p *web.CopyPage) string {
	return strconv.FormatInt(p.Head, 10) + "/" + stocktake.DateOf(p.Day).String()
}

// drop removes a part and all that it lists.
func (w *writer) drop(ctx context.Context, name string) error {
	p, err := w.read(ctx, name)
	if err != nil {
		return err
	}
	for n := range p.entries {
		if err := w.t.Remove(ctx, n); err != nil {
			return err
		}
		w.n.Removed++
	}
	return w.t.Remove(ctx, "manifest/"+name)
}

// end makes everything durable, and then says so.
func (w *writer) end(ctx context.Context) error {
	for _, p := range w.now.Parts {
		w.now.Files += p.Files
		w.now.Bytes += p.Bytes
	}
	if c, ok, err := w.l.Checkpoint(ctx); err != nil {
		return err
	} else if ok {
		text, _, _ := strings.Cut(string(c.Note), "\n\n")
		h, err := tree.ParseHead(text + "\n")
		if err != nil {
			return err
		}
		w.now.Origin, w.now.Size, w.now.Root = h.Origin, h.Size, hex.EncodeToString(h.Root[:])
	}
	if err := w.t.Sync(ctx); err != nil {
		return err
	}
	return w.manifest(ctx, w.now)
}

func (w *writer) count(f func(*publish.Counts)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(&w.n)
}

func (w *writer) step() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
	if w.opt.Progress != nil {
		w.opt.Progress(w.done, w.of, "pages")
	}
}

// kindOf says how a file of a site is served.
func kindOf(name string) publish.Kind {
	k := publish.Kind{Cache: "no-cache"}
	switch path.Ext(name) {
	case ".html":
		k.Type = "text/html; charset=utf-8"
	case ".json":
		k.Type = "application/json"
	case ".csv":
		k.Type = "text/csv; charset=utf-8"
	case ".js":
		k.Type = "text/javascript; charset=utf-8"
	case ".css":
		k.Type = "text/css; charset=utf-8"
	case ".svg":
		k.Type = "image/svg+xml"
	case ".txt":
		k.Type = "text/plain; charset=utf-8"
	case ".md":
		k.Type = "text/markdown; charset=utf-8"
	case ".atom":
		k.Type = "application/atom+xml; charset=utf-8"
	case ".jsonld":
		k.Type = "application/ld+json"
	case ".docx":
		k.Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case ".xlsx":
		k.Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	if strings.HasPrefix(name, "feeds/") && path.Ext(name) == ".json" {
		k.Type = "application/feed+json"
	}
	if strings.HasPrefix(name, "assets/") {
		k.Cache = "public, max-age=31536000, immutable"
	}
	return k
}
