package worldmap

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// schemes are the two blocks of colours in the style sheet.
func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	light, dark, found := strings.Cut(CSS(), "prefers-color-scheme: dark")
	if !found {
		t.Fatal("there is no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, ".worldmap {")
	out := map[string]map[string]string{}
	for name, block := range map[string]string{"light": light, "dark": dark} {
		out[name] = map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{3,6});`).FindAllStringSubmatch(block, -1) {
			out[name][m[1]] = m[2]
		}
	}
	return out
}

func TestBothSchemesHaveEveryColour(t *testing.T) {
	s := schemes(t)
	for a, b := range map[string]string{"light": "dark", "dark": "light"} {
		for name := range s[a] {
			if s[b][name] == "" {
				t.Errorf("--%s is in the %s scheme only", name, a)
			}
		}
	}
	for _, class := range []string{KindNone, KindAbsent, KindNonmember, KindDisputed, KindTerritory} {
		if s["light"][class] == "" || !strings.Contains(CSS(), "."+class+" { --k:") {
			t.Errorf("%s has no colour or no rule", class)
		}
	}
	for n := 1; n <= Kinds; n++ {
		if s["light"][fmt.Sprintf("k%d", n)] == "" || !strings.Contains(CSS(), "."+Kind(n)+" { --k:") {
			t.Errorf("%s has no colour or no rule", Kind(n))
		}
	}
	if strings.Contains(CSS(), "url(") || strings.Contains(CSS(), "@import") {
		t.Error("the style sheet asks for another file")
	}
}

// Simulation of colour blindness at full strength, on linear RGB: Machado, Oliveira and Fernandes, A Physiologically-based
// Model for Simulation of Color Vision Deficiency, IEEE TVCG 15(6), 2009, table 1.
var blindness = map[string][3][3]float64{
	"none":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func TestKindsCanBeToldApart(t *testing.T) {
	for scheme, colours := range schemes(t) {
		for eye, m := range blindness {
			for i := 1; i <= Kinds; i++ {
				for j := 1; j < i; j++ {
					a, b := oklab(t, colours[fmt.Sprintf("k%d", i)], m), oklab(t, colours[fmt.Sprintf("k%d", j)], m)
					if d := math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]); d < 0.09 {
						t.Errorf("%s, %s: k%d and k%d are only %.3f apart", scheme, eye, j, i, d)
					}
				}
			}
		}
	}
}

// oklab gives a colour, as seen through m, in OKLab (Björn Ottosson, 2020).
func oklab(t *testing.T, hex string, m [3][3]float64) [3]float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("the colour %q is not #rrggbb", hex)
	}
	var rgb, seen [3]float64
	for i := range rgb {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			rgb[i] = c / 12.92
		} else {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	for i, row := range m {
		seen[i] = min(1, max(0, row[0]*rgb[0]+row[1]*rgb[1]+row[2]*rgb[2]))
	}
	l := math.Cbrt(0.4122214708*seen[0] + 0.5363325363*seen[1] + 0.0514459929*seen[2])
	k := math.Cbrt(0.2119034982*seen[0] + 0.6806995451*seen[1] + 0.1073969566*seen[2])
	s := math.Cbrt(0.0883024619*seen[0] + 0.2817188376*seen[1] + 0.6299787005*seen[2])
	return [3]float64{
		0.2104542553*l + 0.7936177850*k - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*k + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*k - 0.8086757660*s,
	}
}
