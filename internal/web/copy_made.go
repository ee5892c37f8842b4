package web

import (
	"strings"

	"stocktake/internal/edition"
)

// publishedAs is what files of a copy say of where they come from: the site that runs the program, else the copy itself.
func (c *Copy) publishedAs() (edition.Site, bool) {
	name := c.opt.Site.Name
	if c.live != "" {
		return edition.Site{Name: name, At: func(path string) string { return c.live + path }}, true
	}
	base := strings.TrimRight(c.opt.Site.Address, "/")
	return edition.Site{Name: name, At: func(path string) string {
		if p, ok := c.pages[path]; ok {
			return base + "/" + p.Name
		}
		return base + path
	}}, base != ""
}
