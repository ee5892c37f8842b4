package browsertest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Screenshot opens url in the tab of ctx and returns a PNG of width × height pixels, one to a CSS pixel, from the top of the
// page; with height 0 the whole page, however long. The page is told that the reader prefers dark or light colours, and as
// little motion as can be. Fonts are waited for. The tab keeps the size and the preferences.
func Screenshot(t testing.TB, ctx context.Context, url string, width, height int, dark bool) []byte {
	t.Helper()
	const tall = 800 // what height:100vh means while the whole page is taken
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	window := int64(height)
	if height == 0 {
		window = tall
	}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(int64(width), window),
		send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}}),
		chromedp.Navigate(url),
		chromedp.Func(waitFonts),
	)
	if err != nil {
		t.Fatalf("open %s at %d pixels: %v", url, width, err)
	}
	take := chromedp.CaptureScreenshot()
	if height == 0 {
		take = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(ctx, take)
	if err != nil {
		t.Fatalf("take a picture of %s: %v", url, err)
	}
	return png
}

// waitFonts asks again and again instead of waiting for the promise document.fonts.ready, which never comes with scripts off.
func waitFonts(ctx context.Context, tab *chromedp.Target) error {
	for {
		status, err := chromedp.Evaluate[string]("document.fonts.status")(ctx, tab)
		if err != nil || status == "loaded" {
			return err
		}
		if _, err := chromedp.Sleep(pause)(ctx, tab); err != nil {
			return err
		}
	}
}
