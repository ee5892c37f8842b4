package ingest

import (
	"strings"
	"unicode/utf8"
)

// series are the first parts of UN document symbols: principal organs, treaty bodies, programmes and conferences of their own series.
var series = set("A E S T ST CCPR CEDAW CRC CAT CERD CMW CRPD CED OPCAT HRI FCCC CBD UNEP TD DP HSP HCR ICCD ID ECE ESCAP NPT BWC CCW APLC CD CTOC CAC PBC UNODC WHA CEB SPLOS ISBA UNCTAD LC EB CRPD AC")

// readSymbols finds the UN document symbols in the text, each written form once: A/RES/71/1, A/HRC/RES/35/17, A/CONF.231/3, E/CN.4/2000/82,
// CMW/C/GC/4-CRC/C/GC/23, S/RES/2240 (2015), HRI/GEN/1/Rev.9 (Vol. I). A symbol has three parts at least, and a number after the first.
func (d *reader) readSymbols() {
	seen := map[string]bool{}
	for _, p := range symbols(d.s) {
		if text := d.s[p.a:p.b]; !seen[text] {
			seen[text] = true
			d.out.Symbols = append(d.out.Symbols, d.entry(p, High))
		}
	}
}

// symbols returns the places of all document symbols in s.
func symbols(s string) []span {
	var list []span
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '/')
		if i < 0 {
			return list
		}
		i += from
		from = i + 1
		a := i
		for a > 0 && s[a-1] >= 'A' && s[a-1] <= 'Z' && i-a < 6 {
			a--
		}
		if !series[s[a:i]] {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(s[:a]); a > 0 && (isWordRune(before) && !unspaced(before) && !arabicPrefix(before) || strings.ContainsRune("-.&", before)) {
			continue
		}
		if b, ok := symbolEnd(s, i); ok {
			b = symbolTail(s, b)
			list = append(list, span{a, b})
			from = b
		} else {
			from = max(from, b) // what follows has no number either
		}
	}
}

// symbolEnd returns the end of the symbol whose first slash is at i; where there is none because no part has a number, where its parts end.
func symbolEnd(s string, i int) (end int, ok bool) {
	parts, digits := 1, false
	for i < len(s) && s[i] == '/' {
		j := i + 1
		for j < len(s) && symbolByte(s[j]) {
			j++
		}
		part := s[i+1 : j]
		trimmed := strings.TrimRight(part, ".-")
		if trimmed == "" || !(trimmed[0] >= 'A' && trimmed[0] <= 'Z' || trimmed[0] >= '0' && trimmed[0] <= '9') {
			break
		}
		parts++
		digits = digits || strings.ContainsAny(trimmed, "0123456789")
		end = i + 1 + len(trimmed)
		if len(trimmed) < len(part) {
			break
		}
		i = j
	}
	if parts < 3 || !digits {
		if digits {
			end = 0
		}
		return end, false
	}
	if r, _ := utf8.DecodeRuneInString(s[end:]); end < len(s) && isWordRune(r) && !unspaced(r) {
		return 0, false
	}
	return end, true
}

func symbolByte(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '.' || c == '-'
}

// symbolTail returns the end of a symbol with the bracket that belongs to it: a Roman numeral, a year, a volume.
func symbolTail(s string, end int) int {
	rest := s[end:]
	trimmed := strings.TrimLeft(rest, " \u00A0")
	if len(trimmed) > 3 && trimmed[0] >= 'A' && trimmed[0] <= 'F' && strings.HasPrefix(trimmed[1:], " (") { // A/RES/217 A (III)
		trimmed = trimmed[2:]
	}
	if !strings.HasPrefix(trimmed, "(") {
		return end
	}
	inside, _, ok := strings.Cut(trimmed[1:], ")")
	roman := inside != "" && strings.Trim(inside, "IVXLC-") == ""
	if ok && len(inside) <= 12 && (roman || year(inside) > 0 || strings.HasPrefix(inside, "Vol")) {
		return end + len(rest) - len(trimmed) + len(inside) + 2
	}
	return end
}
