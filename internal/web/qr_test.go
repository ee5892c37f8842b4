package web

import (
	"bytes"
	"context"
	"html"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"stocktake/internal/browsertest"
)

// scan reads the QR code in a picture.
func scan(img image.Image) (string, error) {
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	r, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return r.GetText(), nil
}

var (
	qrSide   = regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`)
	qrStroke = regexp.MustCompile(`M(\d+) (\d+)\.5|m(\d+) 0|h(\d+)`)
)

// drawn is the code as a picture of some dots to a dot, made from its SVG.
func drawn(t testing.TB, svg string, scale int) image.Image {
	t.Helper()
	m := qrSide.FindStringSubmatch(svg)
	if m == nil || m[1] != m[2] {
		t.Fatalf("no code: %.200s", svg)
	}
	side, _ := strconv.Atoi(m[1])
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	_, path, _ := strings.Cut(svg, `stroke="#000" d="`)
	x, y := 0, 0
	for _, s := range qrStroke.FindAllStringSubmatch(path, -1) {
		n := func(i int) int { v, _ := strconv.Atoi(s[i]); return v }
		switch s[0][0] {
		case 'M':
			x, y = n(1), n(2)
		case 'm':
			x += n(3)
		case 'h':
			for dx := range n(4) * scale {
				for dy := range scale {
					img.SetGray(x*scale+dx, y*scale+dy, color.Gray{})
				}
			}
			x += n(4)
		}
	}
	return img
}

// TestQRCode reads codes of every size again.
func TestQRCode(t *testing.T) {
	const base = "https://stocktake.example.org/i/gcm?on=2018-12-20&known=2026-11-23T12:00:00.000001Z&head=12427"
	for _, text := range []string{"a", "https://a.example/", base, base + "&party=" + strings.Repeat("MEX", 30), base + strings.Repeat("x", 320-len(base)), "https://example.org/search?q=%E6%97%A5%E6%9C%AC"} {
		svg := string(qrCode(text, ""))
		if got, err := scan(drawn(t, svg, 4)); err != nil || got != text {
			t.Errorf("%q reads as %q, %v", text, got, err)
		}
		if len(svg) > 12000 {
			t.Errorf("the code of %d bytes has %d", len(text), len(svg))
		}
	}
	if qrCode(strings.Repeat("x", 400), "") != "" {
		t.Error("a text that is too long gave a code")
	}
}

// TestPrinted prints pages and reads from them, by eye of a machine, the address that they stand at.
func TestPrinted(t *testing.T) {
	l := small(t)
	const site = "https://stocktake.example.org/some/record/"
	h := handlerOf(t, l, Options{Site: Site{Name: "A coalition", Address: site}})
	srv := httptest.NewServer(h)
	defer srv.Close()
	ctx := browsertest.New(t)
	w := browsertest.Watch(t, ctx)
	own := true
	for _, path := range []string{"/?on=2018-12-20", "/i/icerd", "/undertakings?party=MEX&theme=child-detention", "/i/gcm-process/USA?on=2018-01-01&known=2018-12-19", "/check", "/search?q=migration"} {
		page := get(t, h, path)
		m := regexp.MustCompile(`<p class="address">([^<]+)</p>`).FindStringSubmatch(page)
		if m == nil {
			t.Errorf("%s has no address for print", path)
			continue
		}
		want := html.UnescapeString(m[1])
		if path == "/check" {
			if want != strings.TrimSuffix(site, "/")+"/check" {
				t.Errorf("%s prints the address %s", path, want)
			}
		} else if !strings.HasPrefix(want, strings.TrimSuffix(site, "/")+"/") || !strings.Contains(want, "on=") || !strings.Contains(want, "known=") || !strings.Contains(want, "head=") {
			t.Errorf("%s prints the address %s", path, want)
		}
		err := chromedp.Do(ctx, chromedp.EmulateViewport(688, 1000), chromedp.Navigate(srv.URL+path), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
			return err
		}))
		if err != nil {
			t.Fatal(err)
		}
		side, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`(() => { const r = document.querySelector("svg.qr").getBoundingClientRect(); return [r.left + scrollX, r.top + scrollY, r.width, r.height] })()`))
		if err != nil {
			t.Fatal(err)
		}
		if mm := side[2] / 96 * 25.4; mm < 24.5 || mm > 30.5 || side[2] != side[3] {
			t.Errorf("%s: the code is %.1f mm wide and %.1f high", path, mm, side[3]/96*25.4)
		}
		shot, err := chromedp.Run(ctx, func(ctx context.Context, tab *chromedp.Target) (browserpage.CaptureScreenshotResult, error) {
			return cdp.Call(ctx, tab, browserpage.CaptureScreenshot, browserpage.CaptureScreenshotParams{CaptureBeyondViewport: &own, Clip: &browserpage.Viewport{X: side[0], Y: side[1], Width: side[2], Height: side[3], Scale: 3}})
		})
		if err != nil {
			t.Fatal(err)
		}
		part, err := png.Decode(bytes.NewReader(shot.Data))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := scan(part); err != nil || got != want {
			t.Errorf("%s: the code reads as %q, %v; want %s", path, got, err, want)
		}
		pdf, err := chromedp.Run(ctx, func(ctx context.Context, tab *chromedp.Target) (browserpage.PrintToPDFResult, error) {
			return cdp.Call(ctx, tab, browserpage.PrintToPDF, browserpage.PrintToPDFParams{PreferCSSPageSize: &own})
		})
		if err != nil {
			t.Fatal(err)
		}
		picture(t, "print"+strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(path)+".pdf", pdf.Data)
		if n := len(sheet.FindAll(pdf.Data, -1)); strings.HasPrefix(path, "/undertakings") && n != 1 {
			t.Errorf("with its address, %s prints on %d sheets", path, n)
		}
	}
	w.Quiet(t)
	if page := ask(h, "GET", "/nowhere", nil).Body.String(); strings.Contains(page, "svg class=\"qr\"") {
		t.Error("an error has a lasting address")
	}
	if page := get(t, handlerOf(t, l, Options{}), "/i/icerd"); strings.Contains(page, "svg class=\"qr\"") {
		t.Error("a site without an address prints one")
	}
	screen := browsertest.Screenshot(t, ctx, srv.URL+"/i/icerd", 390, 844, false)
	picture(t, "screen-with-address.png", screen)
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "screen"})
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".printed")).display`)); err != nil || shown != "none" {
		t.Errorf("on the screen the address for print is %q, %v", shown, err)
	}

	// Without script the check page says so, and what to do instead.
	browsertest.JSDisabled(t, ctx)
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/check")); err != nil {
		t.Fatal(err)
	}
	if said, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(".checker").innerText`)); err != nil || !strings.Contains(said, "needs script") || !strings.Contains(said, "forty lines") {
		t.Errorf("without script the check page says %q, %v", said, err)
	}
}

// picture leaves a file where STOCKTAKE_TEST_PICTURES names a folder.
func picture(t *testing.T, name string, b []byte) {
	t.Helper()
	if dir := os.Getenv(picturesEnv); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkQRCode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		qrCode("https://stocktake.example.org/i/gcm-process/USA?on=2018-01-01&known=2026-11-23&head=12427", "")
	}
}
