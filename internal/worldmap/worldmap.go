// Package worldmap draws the states of the world as one accessible SVG picture.
//
// The geometry is made at development time by tools/worldmap from Natural Earth 1:50m (public domain) and lies in
// shapes.json: Equal Earth projection, so that areas can be compared, without Antarctica. States too small to be seen are
// circles. Areas whose status is disputed are shapes of their own in a neutral class; they never take a state's colour.
// Note and Areas say so in words, and belong beside every map.
//
// A map is a picture of a table: the page that shows one also shows the same values as a table, where links are as large
// as other links are.
package worldmap

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// The classes of a Shape.
const (
	State     = "state"     // a UN member or observer State, or a state that is party to UN treaties (Cook Islands, Niue)
	Territory = "territory" // an area with a code of its own in the UN's M49 list that is no state, such as Greenland
	Disputed  = "disputed"  // an area listed by Areas
)

// A Shape is one state, territory or disputed area on the map.
type Shape struct {
	ID    string `json:"id"`    // ISO 3166-1 alpha-3; disputed areas without a code have one from XAA..XXZ, such as XCR
	Name  string `json:"name"`  // English short name as UN bodies use it
	Class string `json:"class"` // State, Territory or Disputed

	// Path is the outline in SVG path syntax, in units of ViewBox, to a tenth: rings of "Mx,yl…z" with relative steps.
	// It is empty where a state is only a circle.
	Path string `json:"path"`

	// Point says that the state is too small to be seen and is drawn as a circle at X, Y, in units of ViewBox. The circle
	// may stand some units off, so that neighbours do not lie on one another.
	Point bool    `json:"point"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
}

// Shapes returns every shape once: states, then territories, then disputed areas, each by ID. The caller owns the slice.
func Shapes() []Shape { return slices.Clone(world().Shapes) }

// ViewBox returns the width and height of the map in its own units, 1 unit being about 40 km at the equator.
func ViewBox() (w, h float64) { return world().Width, world().Height }

// Version tells maps apart that tools/worldmap made differently: the number of bytes and shapes of the data.
// It is meant for cache keys and says nothing else.
func Version() string { return fmt.Sprintf("%d-%d", len(shapesJSON), len(world().Shapes)) }

type geometry struct {
	Width, Height float64
	Scale         float64 // units for 1 in the plane of the projection
	X, Y          float64 // where longitude Turn on the equator lies
	Turn          float64 // degrees east in the middle of the map
	Frame         string  // outline of the globe down to 60° south
	Graticule     string  // meridians and parallels, every 30°
	Dashed        string  // borders that are not agreed
	Shapes        []Shape
}

//go:embed shapes.json
var shapesJSON []byte

// world panics where shapes.json is not what tools/worldmap writes, which no build that passed its tests can have.
var world = sync.OnceValue(func() geometry {
	var g geometry
	if err := json.Unmarshal(shapesJSON, &g); err != nil {
		panic(fmt.Sprintf("worldmap: shapes.json: %v; make it again with tools/worldmap", err))
	}
	return g
})
