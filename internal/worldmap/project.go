package worldmap

import "math"

// Project gives the place on the map, in units of ViewBox, of a longitude and latitude in degrees, east and north positive.
// Places south of 60° south lie below the map.
//
// The projection is Equal Earth: Šavrič, Patterson and Jenny, The Equal Earth map projection, International Journal of
// Geographical Information Science 33(3), 2019, equations 1 to 4.
func Project(lon, lat float64) (x, y float64) {
	const a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
	g := world()
	lambda := math.Remainder(lon-g.Turn, 360) * math.Pi / 180
	t := math.Asin(math.Sqrt(3) / 2 * math.Sin(lat*math.Pi/180))
	t2 := t * t
	t6 := t2 * t2 * t2
	ex := 2 * math.Sqrt(3) * lambda * math.Cos(t) / (3 * (9*a4*t6*t2 + 7*a3*t6 + 3*a2*t2 + a1))
	ey := t * (a4*t6*t2 + a3*t6 + a2*t2 + a1)
	return g.X + g.Scale*ex, g.Y - g.Scale*ey
}
