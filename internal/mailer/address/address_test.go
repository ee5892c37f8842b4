package address

import (
	"net/mail"
	"strings"
	"testing"

	"stocktake"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, name, want string }{
		{"ana@example.org", "", "ana@example.org"},
		{"  <ana@example.org> ", "", "ana@example.org"},
		{"mailto:ana@example.org", "", "ana@example.org"},
		{"Ana Ruiz <ana@example.org>", "Ana Ruiz", "ana@example.org"},
		{"Ruiz, Ana <ana@example.org>", "Ruiz, Ana", "ana@example.org"}, // as people paste it, without quotes
		{`"Ruiz, Ana \"A\"" <ana@example.org>`, `Ruiz, Ana "A"`, "ana@example.org"},
		{"=?utf-8?q?Mar=C3=ADa?= <maria@example.org>", "María", "maria@example.org"},
		{"María  José <Maria.Jose@EXAMPLE.org.>", "María José", "Maria.Jose@example.org"},
		{"josé@example.org", "", "josé@example.org"},
		{"jose\u0301@example.org", "", "josé@example.org"},
		{"info@Bücher.example", "", "info@xn--bcher-kva.example"},
		{"info@bu\u0308cher.example", "", "info@xn--bcher-kva.example"},
		{"用户@例子.example", "", "用户@xn--fsqu00a.example"},
		{"a!#$%&'*+-/=?^_`{|}~z@example.org", "", "a!#$%&'*+-/=?^_`{|}~z@example.org"},
		{strings.Repeat("a", 64) + "@example.org", "", strings.Repeat("a", 64) + "@example.org"},
	} {
		a, err := Parse(c.in)
		if err != nil || a.Name != c.name || a.String() != c.want {
			t.Errorf("Parse(%q) = %q, %q, %v; want %q, %q", c.in, a.Name, a, err, c.name, c.want)
			continue
		}
		again, err := Parse(a.Full())
		if err != nil || again != a {
			t.Errorf("%q prints as %q, which reads as %+v, %v", c.in, a.Full(), again, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, in := range []string{"", " ", "ana", "@example.org", "ana@", "ana@example", "ana@localhost", "ana@[192.0.2.1]", "ana@192.0.2.1", "ana@example..org", "ana@-example.org",
		"a na@example.org", ".ana@example.org", "ana.@example.org", "a..na@example.org", `"a na"@example.org`, "ana@exa mple.org", "ana@example.org, bo@example.org",
		"ana@example.org\r\nBcc: bo@example.org", "Ana\r\nBcc: bo@example.org <ana@example.org>", "ana\x00@example.org", "Ana <ana@example.org", "ana@example.org>", "ana@bo@example.org",
		"\u202eana@example.org", "Ana\u202e <ana@example.org>", "ana\xff@example.org", strings.Repeat("a", 65) + "@example.org",
		"ana@" + strings.Repeat("a", 64) + ".org", "ana@" + strings.Repeat("abc.", 80) + "org", strings.Repeat("n", 201) + " <ana@example.org>",
		"=?utf-8?q?Ana=0D=0ABcc:_bo@example.org?= <ana@example.org>", "ana(comment)@example.org", "<<ana@example.org>>", "ana@exa_mple.org"} {
		a, err := Parse(in)
		if stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("Parse(%q) = %+v, %v; want an Invalid fault", in, a, err)
			continue
		}
		if len(in) > 3 && in != "ana@example" && strings.Contains(err.Error(), in) {
			t.Errorf("the fault repeats what was typed: %v", err)
		}
	}
}

func TestCanonical(t *testing.T) {
	for _, same := range [][]string{
		{"ana.ruiz@gmail.com", "AnaRuiz@gmail.com", "a.n.a.ruiz+petition@googlemail.com", "anaruiz@gmail.com"},
		{"ana@outlook.com", "Ana+x@outlook.com"},
		{"ana@icloud.com", "ana@me.com", "ana+x@mac.com"},
		{"ana.ruiz@proton.me", "ana-ruiz@protonmail.com", "ana_ruiz+x@pm.me", "anaruiz@protonmail.ch"},
		{"ana@fastmail.com", "ana+x@fastmail.com", "anything@ana.fastmail.com"},
		{"ana.ruiz@yandex.ru", "ana-ruiz@ya.ru", "ana-ruiz+x@yandex.com"},
		{"Ana@example.org", "ana@EXAMPLE.org"},
		{"ａｎａ@example.org", "ana@example.org"}, // wide letters
	} {
		want := ""
		for _, s := range same {
			a, err := Parse(s)
			if err != nil {
				t.Fatalf("%s: %v", s, err)
			}
			if want == "" {
				want = a.Canonical()
			}
			if got := a.Canonical(); got != want {
				t.Errorf("%s is %s, want %s as %s", s, got, want, same[0])
			}
			b, err := Parse(a.Canonical())
			if err != nil || b.Canonical() != want {
				t.Errorf("the canonical form of %s, %s, has another one: %s, %v", s, want, b.Canonical(), err)
			}
		}
	}
	for _, two := range [][2]string{{"ana+x@example.org", "ana@example.org"}, {"a.na@outlook.com", "ana@outlook.com"}, {"ana@outlook.com", "ana@hotmail.com"}, {"a.na@icloud.com", "ana@icloud.com"},
		{"ana@fastmail.com", "ana@fastmail.fm"}, {"a-b@yahoo.com", "a@yahoo.com"}, {"+a@gmail.com", "+b@gmail.com"}, {"x@ana.example.org", "ana@example.org"}} {
		a, _ := Parse(two[0])
		b, err := Parse(two[1])
		if err != nil || a.Canonical() == b.Canonical() {
			t.Errorf("%s and %s are taken for one: %s", two[0], two[1], a.Canonical())
		}
	}
}

func TestRulesHaveSourcesAndOneDomainEach(t *testing.T) {
	seen := map[string]string{}
	for _, r := range Rules {
		if (r.Tag != "" || r.Ignored != "" || r.Same != "" || r.Subdomain || !r.Apart) && len(r.Sources) == 0 {
			t.Errorf("%s has rules and no source", r.Provider)
		}
		for _, d := range r.Domains {
			if seen[d] != "" {
				t.Errorf("%s stands under %s and %s", d, seen[d], r.Provider)
			}
			seen[d] = r.Provider
			if got, err := Domain(d); err != nil || got != d {
				t.Errorf("%s reads as %s, %v", d, got, err)
			}
		}
	}
}

func TestRegistrable(t *testing.T) {
	for in, want := range map[string]string{"a@example.org": "example.org", "a@mail.example.co.uk": "example.co.uk", "a@x.example.org.mx": "example.org.mx", "a@bücher.example": "xn--bcher-kva.example", "a@ngo.github.io": "ngo.github.io"} {
		a, err := Parse(in)
		if got, ok := a.Registrable(); err != nil || !ok || got != want {
			t.Errorf("%s: %s, %v, %v; want %s", in, got, ok, err, want)
		}
	}
	a, _ := Parse("a@co.uk")
	if d, ok := a.Registrable(); ok {
		t.Errorf("co.uk is taken for registered: %s", d)
	}
	for in, want := range map[string]bool{"a@gmail.com": true, "x@ana.fastmail.com": true, "a@example.org": false, "a@mail.gmail.com": false} {
		a, err := Parse(in)
		if err != nil || a.Shared() != want {
			t.Errorf("%s: shared is %v, %v", in, a.Shared(), err)
		}
	}
	b, _ := Parse("info@xn--bcher-kva.example")
	if b.Shown() != "info@bücher.example" || !b.IsASCII() {
		t.Errorf("shown as %s", b.Shown())
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"ana@example.org", "Ana <ana@example.org>", "josé@bücher.example", `"a" <b@c.example>`, "=?utf-8?q?a?= <b@c.example>", "ᴀ@ℂ.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(a.Full()+a.String()+a.Name, "\r\n\x00") {
			t.Fatalf("%q has a line end: %q", s, a.Full())
		}
		again, err := Parse(a.Full())
		if err != nil || again != a {
			t.Fatalf("%q reads as %+v and prints as %q, which reads as %+v, %v", s, a, a.Full(), again, err)
		}
		if m, err := mail.ParseAddress(a.Full()); err != nil || m.Address != a.String() {
			t.Fatalf("net/mail reads %q as %v, %v", a.Full(), m, err)
		}
		if a.Canonical() == "" || strings.Count(a.Canonical(), "@") != 1 {
			t.Fatalf("%q has the canonical form %q", s, a.Canonical())
		}
	})
}
