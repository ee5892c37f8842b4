package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stocktake"
	"stocktake/internal/ledger"
)

// publishes compares writing a record as plain files with Hugo writing the same pages, at two sizes ten apart.
func (b *bench) publishes() error {
	bin, err := b.program()
	if err != nil {
		return err
	}
	if exec.Command(bin, "publish", "--help").Run() != nil {
		return nil // this program does not publish
	}
	small, err := b.publishOf(bin, b.pages/pagesEach, 1)
	if err != nil {
		return err
	}
	defer os.RemoveAll(small.out)
	if err := b.besideHugo(bin, small); err != nil {
		return err
	}
	large, err := b.publishOf(bin, 10*b.pages/pagesEach, 1)
	if err != nil {
		return err
	}
	defer os.RemoveAll(large.out)
	b.addPublished(large, small)
	return b.afterOneAct(bin, large)
}

// published is a record of made votes that was published into fresh folders.
type published struct {
	data, out string // the record, and the last of the folders
	pages     int
	files     int
	bytes     int64
	cost      cost
	opened    cost // of that, reading the record
}

func (b *bench) publishOf(bin string, calls, runs int) (*published, error) {
	data, err := b.freshDir("votes")
	if err != nil {
		return nil, err
	}
	if _, _, err := b.self("votes", data, strconv.Itoa(calls)); err != nil {
		return nil, err
	}
	p := &published{data: data}
	if p.opened, err = b.justOpen(bin, data); err != nil {
		return nil, err
	}
	var list []cost
	for range runs {
		if p.out != "" {
			os.RemoveAll(p.out)
		}
		x, err := p.publish(b, bin)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	p.cost = medianOf(list)
	return p, p.count()
}

// publish writes the record into a folder that is not there yet.
func (p *published) publish(b *bench, bin string) (cost, error) {
	dir, err := b.freshDir("published")
	if err != nil {
		return cost{}, err
	}
	p.out = filepath.Join(dir, "site")
	_, x, err := measured(exec.Command(bin, "-q", "--data", p.data, "publish", p.out))
	return x, err
}

// justOpen measures opening a record and answering next to nothing from it.
func (b *bench) justOpen(bin, data string) (cost, error) {
	var list []cost
	for range 3 {
		_, x, err := measured(exec.Command(bin, "-q", "--data", data, "show", "1"))
		if err != nil {
			return cost{}, err
		}
		list = append(list, x)
	}
	return medianOf(list), nil
}

func (p *published) count() error {
	return filepath.WalkDir(p.out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		p.files++
		p.bytes += info.Size()
		if strings.HasSuffix(path, ".html") {
			p.pages++
		}
		return nil
	})
}

// besideHugo has Hugo write the same pages, three times, each followed by a run of ours, and checks that both say the same.
func (b *bench) besideHugo(bin string, p *published) error {
	if _, err := exec.LookPath("hugo"); err != nil {
		b.add("Publish", "Hugo is not installed", "-", "-", "≤ 0.26")
		b.addPublished(p, nil)
		return b.afterOneAct(bin, p)
	}
	dir, err := b.freshDir("hugo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	names := map[string]string{}
	for _, id := range voterIDs() {
		names[id] = madeName(id)
	}
	site, err := newHugoSite(filepath.Join(dir, "source"), names)
	if err != nil {
		return err
	}
	urls, err := p.pagesInto(site)
	if err != nil {
		return err
	}
	var peer, ours []cost
	for i := range 3 {
		out := filepath.Join(dir, fmt.Sprintf("out-%d", i))
		x, err := site.build(out)
		if err != nil {
			return err
		}
		peer = append(peer, x)
		if i == 0 {
			if err := p.same(out, urls); err != nil {
				return err
			}
		}
		os.RemoveAll(out)
		os.RemoveAll(filepath.Dir(p.out))
		if x, err = p.publish(b, bin); err != nil {
			return err
		}
		ours = append(ours, x)
	}
	h, o := medianOf(peer), medianOf(ours)
	p.cost = o
	b.add(fmt.Sprintf("Publish %d pages", p.pages), fmt.Sprintf("Hugo, %s, %s", short(h.cpu), mib(h.peak)), fmt.Sprintf("%s, %s, %d files of %d MB in all", short(o.cpu), mib(o.peak), p.files, p.bytes/1e6), times(o.cpu, h.cpu), "≤ 0.26")
	return b.afterOneAct(bin, p)
}

// pagesInto gives Hugo every page that was published, and returns their addresses. Pages without a main part, such as those that only lead
// elsewhere, are none.
func (p *published) pagesInto(site *hugoSite) (urls []string, err error) {
	err = filepath.WalkDir(p.out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		page, err := readFile(path)
		if errors.Is(err, errNoMain) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		url, err := filepath.Rel(p.out, path)
		if err != nil {
			return err
		}
		urls = append(urls, filepath.ToSlash(url))
		return site.add(page, "/"+filepath.ToSlash(url))
	})
	return urls, errors.Join(err, site.finish())
}

// same checks that Hugo's pages say what ours say: of each folder some, drawn by lot, with every row, cell, link and area.
func (p *published) same(out string, urls []string) error {
	folders := map[string][]string{}
	for _, u := range urls {
		folder, _, _ := strings.Cut(u, "/")
		folders[folder] = append(folders[folder], u)
	}
	r := rand.New(rand.NewPCG(seed, 7))
	for _, list := range folders {
		slices.Sort(list)
		for range 40 {
			u := list[r.IntN(len(list))]
			ours, err := readFile(filepath.Join(p.out, filepath.FromSlash(u)))
			if err != nil {
				return err
			}
			theirs, err := readFile(filepath.Join(out, filepath.FromSlash(u)))
			if err != nil {
				return fmt.Errorf("Hugo's page %s: %w", u, err)
			}
			if err := ours.differs(theirs); err != nil {
				return fmt.Errorf("%s: %w", u, err)
			}
		}
	}
	return nil
}

// differs tells the first thing that two pages do not say alike.
func (p *written) differs(q *written) error {
	if p.Title != q.Title {
		return fmt.Errorf("the titles %q and %q", p.Title, q.Title)
	}
	for i := range max(len(p.Blocks), len(q.Blocks)) {
		if i >= len(p.Blocks) || i >= len(q.Blocks) {
			return fmt.Errorf("%d blocks and %d", len(p.Blocks), len(q.Blocks))
		}
		if x, y := p.Blocks[i], q.Blocks[i]; !reflect.DeepEqual(x, y) {
			return fmt.Errorf("block %d differs:\n%.1500s\n%.1500s", i, fmt.Sprintf("%+v", x), fmt.Sprintf("%+v", y))
		}
	}
	return nil
}

func readFile(path string) (*written, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readPage(f)
}

// addPublished adds the lines that have no peer. small is the same work a tenth as large.
func (b *bench) addPublished(p, small *published) {
	what := fmt.Sprintf("%s; %s, of which %s is the open record", short(p.cost.cpu), mib(p.cost.peak), mib(p.opened.peak))
	if small == nil {
		b.add(fmt.Sprintf("Publish %d pages", p.pages), "-", what, "-", "-")
		return
	}
	grown := float64(p.cost.cpu) / float64(small.cost.cpu)
	b.add(fmt.Sprintf("Publish %d pages", p.pages), "-", what, "-", met("256 MiB or less", p.cost.peak <= 256<<20))
	b.add(fmt.Sprintf("%.1f times the pages", float64(p.pages)/float64(small.pages)), "-", fmt.Sprintf("%.1f times the cost", grown), "-", met("11 times or less", grown <= 11))
}

// afterOneAct files one act and publishes again into the same folder.
func (b *bench) afterOneAct(bin string, p *published) error {
	if _, _, err := b.self("act", p.data); err != nil {
		return err
	}
	said, x, err := measured(exec.Command(bin, "-q", "--data", p.data, "publish", p.out))
	if err != nil {
		return err
	}
	share := float64(x.cpu) / float64(p.cost.cpu)
	b.add(fmt.Sprintf("the same %d pages, after one new act", p.pages), "-", fmt.Sprintf("%s, %.2g %% of the whole, of which %s is opening the record", short(x.cpu), 100*share, short(p.opened.cpu)), "-", met("1 % or less", share <= 0.01))
	fmt.Fprintln(os.Stderr, strings.TrimSpace(said))
	return nil
}

// oneAct files one more act into a record of made votes.
func (b *bench) oneAct(dir string) error {
	l, err := b.openLedger(dir)
	if err != nil {
		return err
	}
	defer l.Close()
	id := voterIDs()[0]
	_, err = l.File(b.ctx, ledger.FileOptions{}, stocktake.Filing{Key: "bench/one", Title: "One act more",
		Acts: []stocktake.Act{{ID: "one-act-more", Party: stocktake.PartyID(id), Instrument: "a-res-1-1", Kind: stocktake.Remark, Done: stocktake.DateOf(stocktake.DayOf(2021, 6, 1)), Source: editionID(1)}}})
	return err
}
