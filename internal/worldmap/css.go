package worldmap

import _ "embed"

//go:embed worldmap.css
var css string

// CSS returns the style sheet of the maps that Render writes and the swatches that Swatch writes. It uses custom properties
// on :root (--k1 to --k10, --k-none and so on), which other charts of a page may use for the same kinds.
func CSS() string { return css }
