package importer

import (
	"embed"
	"sort"
	"strings"
)

//go:embed mappings/untc-status-page.yaml mappings/ilo-ratification-page.yaml mappings/recorded-vote.yaml
var shipped embed.FS

// Shipped returns the text of a mapping that comes with the program, by its name, such as "untc-status-page", to be used as it is or
// copied and changed.
func Shipped(name string) ([]byte, bool) {
	b, err := shipped.ReadFile("mappings/" + name + ".yaml")
	return b, err == nil
}

// ShippedNames returns the names that Shipped knows, in order.
func ShippedNames() []string {
	var names []string
	entries, _ := shipped.ReadDir("mappings")
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	sort.Strings(names)
	return names
}
