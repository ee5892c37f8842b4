package desk

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestNobodyComesIn(t *testing.T) {
	d, err := New(Options{Asset: func(n string) string { return "/assets/x/" + n }})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		if r.access == anyone {
			continue
		}
		req := httptest.NewRequest(method, "http://example.org"+strings.NewReplacer("{$}", "", "{", "", "}", "", "...", "").Replace(path), nil)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, req)
		body, _ := io.ReadAll(w.Result().Body)
		switch {
		case method == http.MethodGet && (w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/in?to=")):
			t.Errorf("%s: %d %s", r.pattern, w.Code, w.Header().Get("Location"))
		case method != http.MethodGet && w.Code != http.StatusForbidden:
			t.Errorf("%s: %d %s", r.pattern, w.Code, body)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept", r.pattern)
		}
	}
}

// TestGetIsNoForm sees to it that nothing but a POST is registered beside GET.
func TestGetIsNoForm(t *testing.T) {
	for _, r := range routes {
		if m, _, _ := strings.Cut(r.pattern, " "); m != http.MethodGet && m != http.MethodPost {
			t.Errorf("%s: pages and forms know GET and POST alone", r.pattern)
		}
	}
}
