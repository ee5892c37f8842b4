package intake

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"stocktake"
)

func errNoText(hint string) error {
	return stocktake.Invalidf("holds no text").Hinted("%s", hint)
}

// An articleOf is a page with what readability, which finds the article of a page by scores, makes of it. Its word is taken for where the
// article lies and for what is no part of it; but it also drops lists of short lines, and the names under a statement are nothing else. So
// the text is taken from the page itself: all of the element that holds the article, less what is no part of it by two signs at least, and
// the lists that stand after it.
type articleOf struct {
	doc   *html.Node
	kept  map[string]bool // lines that readability keeps
	sizes map[*html.Node]size
	root  *html.Node // what holds the article
	path  map[*html.Node]bool
	wide  bool // root is named by the page as its main part: nothing outside of it is looked at
	host  string
	above map[*html.Node]bool // what stands in root before its heading
	gone  int                 // characters left out
	lists int                 // lists kept though readability drops them
}

// size is how much text an element shows, in runes.
type size struct{ all, linked, kept int }

// article returns the text of the article of a page, and fills in title and language.
func (t *Text) article(doc *html.Node) string {
	a := &articleOf{doc: doc, kept: map[string]bool{}, sizes: map[*html.Node]size{}, path: map[*html.Node]bool{}}
	body := first(doc, atom.Body)
	if body == nil {
		body = doc
	}
	if h := first(doc, atom.Html); h != nil {
		t.Lang = attr(h, "lang")
	}
	if l := first(doc, atom.Title); l != nil {
		t.Title = strings.Join(strings.Fields(inner(l)), " ")
	}
	if u, err := url.Parse(pageAddress(doc)); err == nil {
		a.host = u.Hostname()
	}
	if art, ok := readable(doc); ok {
		if s := strings.Join(strings.Fields(art.Title()), " "); s != "" {
			t.Title = s
		}
		if art.Node != nil {
			var r renderer
			r.render(art.Node)
			for line := range strings.SplitSeq(r.String(), "\n") {
				a.kept[alike(line)] = true
			}
			delete(a.kept, "")
		}
	}
	a.measure(body, false)
	a.choose(body)
	for n := a.root; n != nil; n = n.Parent {
		a.path[n] = true
	}
	if h := first(a.root, atom.H1); h != nil {
		a.above = map[*html.Node]bool{}
		for n := range a.root.Descendants() {
			if n == h {
				break
			}
			if n.Type == html.ElementNode && !under(h, n) {
				a.above[n] = true
			}
		}
	}
	r := renderer{skip: a.skip}
	r.render(body)
	if a.gone > 0 {
		t.note("Left out of the page as no part of its article: %d characters of menus, links and the like.", a.gone)
	}
	if a.lists > 0 {
		t.flag("Lists that stand beside or after the article were kept, because they may be names: see that nothing else came with them.")
	}
	return r.String()
}

// readable runs readability, which may panic on pages that it does not expect.
func readable(doc *html.Node) (art readability.Article, ok bool) {
	defer func() {
		if recover() != nil {
			art, ok = readability.Article{}, false
		}
	}()
	p := readability.NewParser()
	p.CharThresholds = 200
	art, err := p.ParseDocument(doc, &url.URL{Scheme: "https", Host: "page.invalid"})
	return art, err == nil
}

// pageAddress is where a page says that it lies, or "".
func pageAddress(doc *html.Node) string {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Link && attr(n, "rel") == "canonical" {
			return attr(n, "href")
		}
		if n.DataAtom == atom.Meta && attr(n, "property") == "og:url" {
			return attr(n, "content")
		}
	}
	return ""
}

func first(n *html.Node, a atom.Atom) *html.Node {
	for c := range n.Descendants() {
		if c.DataAtom == a && c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// inner is the text in a node as it stands.
func inner(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// alike makes lines comparable: letters and digits alone.
func alike(line string) string {
	return strings.Join(strings.Fields(strings.TrimLeft(strings.ReplaceAll(line, "\u00A0", " "), "-•*0123456789.) \t")), "")
}

// measure counts the text of n and of everything in it.
func (a *articleOf) measure(n *html.Node, linked bool) size {
	if hiddenNode(n) {
		return size{}
	}
	if n.Type == html.TextNode {
		s := strings.Join(strings.Fields(n.Data), " ")
		z := size{all: utf8.RuneCountInString(s)}
		if linked {
			z.linked = z.all
		}
		return z
	}
	linked = linked || n.DataAtom == atom.A && has(n, "href")
	var z size
	inline := true
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		k := a.measure(c, linked)
		z.all, z.linked, z.kept = z.all+k.all, z.linked+k.linked, z.kept+k.kept
		inline = inline && (c.Type != html.ElementNode || blocks[c.DataAtom] == 0 && a.sizes[c].kept == 0)
	}
	if inline && z.all > 0 && blocks[n.DataAtom] > 0 || n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		z.kept = a.keptIn(n)
	}
	a.sizes[n] = z
	return z
}

// keptIn counts the runes of those lines of a block that readability keeps.
func (a *articleOf) keptIn(n *html.Node) int {
	var r renderer
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.render(c)
	}
	kept := 0
	for line := range strings.SplitSeq(r.String(), "\n") {
		if a.kept[alike(line)] {
			kept += utf8.RuneCountInString(line)
		}
	}
	return kept
}

// choose finds the element that holds the article: what the page itself calls its article or main part where most of what readability
// keeps lies in it, else the smallest element that holds nearly all of that.
func (a *articleOf) choose(body *html.Node) {
	total := a.sizes[body].kept
	var named, main *html.Node
	for n := range body.Descendants() {
		if n.Type != html.ElementNode || hiddenNode(n) {
			continue
		}
		isMain := n.DataAtom == atom.Main || attr(n, "role") == "main"
		if n.DataAtom != atom.Article && !isMain && attr(n, "itemprop") != "articleBody" {
			continue
		}
		z := a.sizes[n]
		if total > 0 && z.kept*10 < total*6 || z.all < 80 {
			continue
		}
		if isMain {
			if main == nil || z.all > a.sizes[main].all {
				main = n
			}
		} else if n.DataAtom == atom.Article && (named == nil || z.all > a.sizes[named].all) {
			named = n
		}
	}
	switch {
	case main != nil && named != nil && !under(named, main):
		main = nil
	case main != nil && named != nil && !a.moreThan(main, named):
		main = nil // what stands in the main part beside the article has no list
	}
	switch {
	case main != nil:
		a.root, a.wide = main, true
	case named != nil:
		a.root, a.wide = named, true
	case total == 0:
		a.root, a.wide = body, true
	default:
		a.root = a.holder(body, total)
	}
}

// moreThan reports whether main holds lists of names beside the article.
func (a *articleOf) moreThan(main, article *html.Node) bool {
	for n := range main.Descendants() {
		if n.Type == html.ElementNode && !under(n, article) && a.nameList(n) && !a.boiler(n) {
			return true
		}
	}
	return false
}

func under(n, top *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == top {
			return true
		}
	}
	return false
}

// holder descends from n to the smallest element that holds 95 of 100 runes of what readability keeps.
func (a *articleOf) holder(n *html.Node, total int) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && a.sizes[c].kept*100 >= total*95 && blocks[c.DataAtom] > 0 && c.DataAtom != atom.P && c.DataAtom != atom.Table {
			return a.holder(c, total)
		}
	}
	return n
}

// skip says what is no part of the article.
func (a *articleOf) skip(n *html.Node) bool {
	if a.path[n] {
		return false
	}
	if under(n, a.root) {
		if n.Type != html.ElementNode || !a.boiler(n) {
			return false
		}
		a.gone += a.sizes[n].all
		return true
	}
	if a.keepOutside(n) {
		return false
	}
	if n.Type == html.TextNode {
		a.gone += utf8.RuneCountInString(strings.TrimSpace(n.Data))
	} else {
		a.gone += a.sizes[n].all
	}
	return true
}

// keepOutside reports whether something beside the article is kept: its heading, and lists that may be names.
func (a *articleOf) keepOutside(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && (p.DataAtom == atom.H1 || !a.wide && a.nameList(p) && !a.boiler(p)) {
			return true
		}
	}
	if n.Type != html.ElementNode || a.boiler(n) {
		return false
	}
	if h := first(n, atom.H1); h != nil && n.DataAtom != atom.Nav {
		return true
	}
	if a.wide {
		return false
	}
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && a.nameList(c) && !a.boiler(c) {
			a.lists++
			return true
		}
	}
	return false
}

var (
	// usualBoiler is what pages call the parts that are no article.
	usualBoiler = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|share|sharing|social|related|recommended|recommendations|newsletter|subscribe|cookies?|consent|comments?|sidebar|widget|footer|masthead|pagination|pager|skip|skip-link|adverts?|ads?|promo|tags|tagcloud|author-bio|popup|modal|toolbar|search|login|signin|donate)(?:$|[\s_-])`)
	// elsewhere are headings of lists that lead to other pages.
	elsewhere = regexp.MustCompile(`(?i)^\W*(?:related|read (?:more|also|next)|see also|more (?:from|on|news|stories)|latest|recent|popular|trending|share|follow us|tags?|categor|topics?$|subscribe|relacionad|lea también|más (?:noticias|sobre)|compart|à lire|lire aussi|articles? (?:liés|récents)|partager|leia (?:também|mais)|notícias|mehr zum|weitere|verwandte|teilen|das könnte)`)
)

// boiler reports whether an element is no part of the article.
func (a *articleOf) boiler(n *html.Node) bool {
	z := a.sizes[n]
	strong, weak := false, false
	switch n.DataAtom {
	case atom.Nav:
		strong = true
	case atom.Aside, atom.Footer, atom.Form:
		weak = true
	case atom.Header:
		weak = first(n, atom.H1) == nil
	case atom.Body, atom.Html, atom.Main, atom.Article:
		return false
	}
	switch attr(n, "role") {
	case "navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog", "alertdialog":
		strong = true
	}
	weak = weak || usualBoiler.MatchString(attr(n, "class")) || usualBoiler.MatchString(attr(n, "id"))
	if z.kept*2 >= z.all && z.all > 0 {
		return false // readability holds it for a part of the article
	}
	if strong {
		return true
	}
	if weak && !(a.nameList(n) || a.listsIn(n)) {
		return true
	}
	return a.leadsAway(n)
}

// leadsAway reports a list of links to other pages of the site.
func (a *articleOf) leadsAway(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Ul, atom.Ol, atom.Div, atom.Section, atom.Dl:
	default:
		return false
	}
	z := a.sizes[n]
	if z.all == 0 || z.linked*10 < z.all*8 || z.kept > 0 {
		return false
	}
	if a.above[n] {
		return true // a bar of links
	}
	links, own, words := 0, 0, 0
	for c := range n.Descendants() {
		if c.DataAtom != atom.A || !has(c, "href") {
			continue
		}
		links++
		words += len(strings.Fields(inner(c)))
		if u, err := url.Parse(attr(c, "href")); err == nil && (u.Host == "" || u.Hostname() == a.host) {
			own++
		}
	}
	if links == 0 {
		return false
	}
	return elsewhere.MatchString(headingBefore(n)) || own == links && links >= 2 && words >= 6*links
}

// headingBefore returns the text of the heading in or before n, or "".
func headingBefore(n *html.Node) string {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			if heading(c) {
				return inner(c)
			}
			break
		}
	}
	for c := n.PrevSibling; c != nil; c = c.PrevSibling {
		if c.Type == html.ElementNode {
			if heading(c) || utf8.RuneCountInString(inner(c)) < 60 {
				return inner(c)
			}
			return ""
		}
	}
	return ""
}

func heading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// nameList reports whether n is a list or table of short entries, few of them links to the site's own pages.
func (a *articleOf) nameList(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Ul, atom.Ol, atom.Table:
	default:
		return false
	}
	items, runes := 0, 0
	for c := range n.Descendants() {
		if c.DataAtom == atom.Li || c.DataAtom == atom.Tr {
			items++
			runes += a.sizes[c].all
		}
	}
	z := a.sizes[n]
	if items < 3 || runes < 4*items || runes > 160*items {
		return false
	}
	if z.linked*2 < z.all {
		return true
	}
	hosts := map[string]bool{}
	for c := range n.Descendants() {
		if c.DataAtom == atom.A {
			if u, err := url.Parse(attr(c, "href")); err == nil && u.Host != "" && u.Hostname() != a.host {
				hosts[u.Hostname()] = true
			}
		}
	}
	return len(hosts)*2 >= items && !elsewhere.MatchString(headingBefore(n))
}

// listsIn reports whether n holds a list of names.
func (a *articleOf) listsIn(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && a.nameList(c) {
			return true
		}
	}
	return false
}
