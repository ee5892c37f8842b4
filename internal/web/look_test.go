package web

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var customProperty = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`)

// colours reads the custom properties of the light and of the dark set.
func colours(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	b, err := assetFiles.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(b)
	at := strings.Index(css, "prefers-color-scheme: dark")
	end := at + strings.Index(css[at:], "*, ::before")
	read := func(s string) map[string]string {
		m := map[string]string{}
		for _, x := range customProperty.FindAllStringSubmatch(s, -1) {
			m[x[1]] = x[2]
		}
		return m
	}
	return read(css[:at]), read(css[at:end])
}

// TestContrast holds every colour of text to 7:1 on every ground that it stands on (WCAG 2.2, 1.4.6), in light and in dark.
func TestContrast(t *testing.T) {
	light, dark := colours(t)
	for name, set := range map[string]map[string]string{"light": light, "dark": dark} {
		pairs := [][2]string{{"on-accent", "accent"}}
		for _, ink := range []string{"ink", "soft", "link", "visited"} {
			for _, ground := range []string{"ground", "raised"} {
				pairs = append(pairs, [2]string{ink, ground})
			}
		}
		for _, mark := range []string{"mark-cite", "mark-act", "mark-call", "mark-own", "mark-claim", "fails-ground"} {
			pairs = append(pairs, [2]string{"ink", mark})
		}
		for _, p := range pairs {
			a, b := set[p[0]], set[p[1]]
			if a == "" || b == "" {
				t.Errorf("%s: no colour %v", name, p)
				continue
			}
			if c := contrast(a, b); c < 7 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, p[0], p[1], c)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return math.NaN()
	}
	part := func(v uint64) float64 {
		c := float64(v&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}

// Sides are logical, so that a page turns by its dir alone.
func TestSidesAreLogical(t *testing.T) {
	b, err := assetFiles.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?m)(margin|padding|border)-(left|right|top|bottom)|text-align: (left|right)|\b(left|right|float):|[^-]width:|[^-]height:`).FindAllString(string(b), -1); m != nil {
		for _, x := range m {
			if !strings.Contains(x, "width:") || !strings.HasPrefix(strings.TrimSpace(x), "(") { // (max-width:) of a media query
				t.Errorf("style.css has the side %q; use a logical property", x)
			}
		}
	}
}
