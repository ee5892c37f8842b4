package web

import (
	"bufio"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestScript runs testdata/pages.txt: an address, then what must hold of the answer.
//
//	GET /i/gcm/USA?on=2018-12-20
//	code == 200
//	body contains “voted against”
//	body !contains style=
//	header Content-Type contains text/html
//
// POST takes the words after the address as its form, as in POST /paste text=...
func TestScript(t *testing.T) {
	h := serve(t)
	f, err := os.Open("testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var head, body, address string
	var header map[string][]string
	code, line := 0, 0
	for in := bufio.NewScanner(f); in.Scan(); {
		line++
		text := strings.TrimSpace(in.Text())
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "GET ") || strings.HasPrefix(text, "POST "):
			method, rest, _ := strings.Cut(text, " ")
			var form string
			address, form, _ = strings.Cut(rest, " ")
			head = text
			w := ask(h, method, address, strings.NewReader(form), "Content-Type", "application/x-www-form-urlencoded")
			code, body, header = w.Code, w.Body.String(), w.Header()
		default:
			if err := holds(text, code, body, header); err != "" {
				shown := body
				if len(shown) > 3000 {
					shown = shown[:3000]
				}
				t.Errorf("pages.txt:%d: %s: %s: %s\n%s", line, head, text, err, shown)
			}
		}
	}
}

func holds(rule string, code int, body string, header map[string][]string) string {
	what, rest, _ := strings.Cut(rule, " ")
	got := body
	switch what {
	case "code":
		want, err := strconv.Atoi(strings.TrimPrefix(rest, "== "))
		if err != nil || want != code {
			return "the code is " + strconv.Itoa(code)
		}
		return ""
	case "header":
		name, tail, _ := strings.Cut(rest, " ")
		rest = tail
		got = strings.Join(header[name], "; ")
	case "text": // without tags
		got = plainText(body)
	case "body":
	default:
		return "this rule is not known"
	}
	op, want, _ := strings.Cut(rest, " ")
	switch {
	case op == "contains" && !strings.Contains(got, want):
		return "it does not"
	case op == "!contains" && strings.Contains(got, want):
		return "it does"
	case op == "==" && got != want:
		return "it is " + got
	case op != "contains" && op != "!contains" && op != "==":
		return "this rule is not known"
	}
	return ""
}

// plainText is a page without tags, its white space folded.
func plainText(html string) string {
	var b strings.Builder
	in := false
	for _, r := range html {
		switch {
		case r == '<':
			in = true
			b.WriteByte(' ')
		case r == '>':
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	s := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(b.String())
	return strings.Join(strings.Fields(s), " ")
}

func query(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return u.Query()
}
