package ingest

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// scriptShapes returns the names of instruments in u that are written in Cyrillic, Chinese or Arabic characters.
func (d *reader) scriptShapes(u unit) []shape {
	text := d.s[u.a:u.b]
	var list []shape
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return r >= 0x0400 && r <= 0x04FF }):
		list = d.russianShapes(u)
	case strings.ContainsFunc(text, unspaced):
		list = d.chineseShapes(u)
	case strings.ContainsFunc(text, func(r rune) bool { return r >= 0x0600 && r <= 0x06FF }):
		list = d.arabicShapes(u)
	}
	return list
}

var (
	// The stems of the words for an instrument, without the ends that cases give them.
	russianHeads = regexp.MustCompile(`^(конвенци|декларац|пакт|протокол|соглашени|хартии|хартия|хартию|хартией|статут|договор|устав|повестк)\p{L}{0,4}$`)
	// Words that go on with a name behind its head.
	russianOpens = set("о об против по для между относительно в")
	russianVerbs = []string{"ает", "яет", "ует", "ют", "ут", "ит", "ят", "ся", "сь", "ла", "ли", "лен", "ельна", "ельно", "ена", "ено", "ены"}
	russianEnds  = set("и а но что который которая которое которые которую чтобы является это как не мы все всех каждый должны должен на от до с со к из за при после")
)

// russianShapes reads "Конвенция о правах ребенка", "Международный пакт о гражданских и политических правах", "Резолюция 2334 (2016) Совета
// Безопасности".
func (d *reader) russianShapes(u unit) []shape {
	var list []shape
	for i := u.ta; i < u.tb; i++ {
		t := d.toks[i]
		if t.kind != word {
			continue
		}
		if strings.HasPrefix(t.low, "резолюци") {
			b := i + 1
			for b < u.tb && b < i+4 && d.toks[b].kind == word && d.capital(b) {
				b++
			}
			if k, _, ok := d.codeAfter(b, u.tb); ok {
				for k < u.tb && k < i+12 && d.toks[k].kind == word && (d.capital(k) || d.toks[k].is("безопасности", "ассамблеи")) {
					k++
				}
				list = append(list, shape{span: span{t.a, d.toks[k-1].b}, head: i, law: true})
				i = k - 1
			}
			continue
		}
		if !russianHeads.MatchString(t.low) {
			continue
		}
		a := i
		for a > u.ta && d.toks[a-1].kind == word && (d.capital(a-1) || a-1 > u.ta && d.capital(a-2) && strings.HasSuffix(d.toks[a-1].low, "ая")) && !russianOpens[d.toks[a-1].low] && !russianEnds[d.toks[a-1].low] && onlyBlank(d.s[d.toks[a-1].b:d.toks[a].a]) {
			a--
		}
		if a == i && !d.capital(i) {
			continue
		}
		b := i + 1
		for k := b; k < u.tb && k < i+22; k++ {
			w := d.toks[k]
			if w.is(",") && k+2 < u.tb && d.toks[k+1].kind == word && !d.capital(k+1) && !russianEnds[d.toks[k+1].low] && k > i+2 && strings.HasSuffix(d.toks[k+1].low, "ых") {
				continue
			}
			if w.kind == number && year(w.low) > 0 {
				b = k + 1
				if b < u.tb && strings.HasPrefix(d.toks[b].low, "год") {
					b++
				}
				break
			}
			if w.kind != word || k == i+1 && !russianOpens[w.low] && !d.capital(k) && !w.is("прав", "организации") {
				break
			}
			if w.is("и", "или") && k+1 < u.tb && d.toks[k+1].kind == word && !russianHeads.MatchString(d.toks[k+1].low) && (!d.capital(k+1) || d.capital(k-1)) && k > i+2 {
				continue
			}
			if russianEnds[w.low] || k > i+2 && hasEnd(w.low, russianVerbs) && utf8.RuneCountInString(w.low) > 4 || russianHeads.MatchString(w.low) && d.toks[k-1].is("и") {
				break
			}
			if !russianOpens[w.low] {
				b = k + 1
			}
		}
		if a == i && b == i+1 {
			list = append(list, shape{span: t.span, head: i, bare: true})
			continue
		}
		list = append(list, shape{span: span{d.toks[a].a, d.toks[b-1].b}, head: i, open: b > i+1})
		i = b - 1
	}
	return list
}

func hasEnd(s string, ends []string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

var (
	chineseName       = regexp.MustCompile(`《([^》\n]{2,60})》`)
	chineseHead       = regexp.MustCompile(`(公约|宣言|盟约|议定书|条约|协定|协议|宪章|规约|契约|议程|章程|法|法案|框架|纲领|原则|准则|规则|声明|决议)$`)
	chineseResolution = regexp.MustCompile(`(?:联合国)?(?:安全理事会|安理会|大会|人权理事会|经社理事会)?第\s?[0-9]+(?:/[0-9]+)?(?:\s?[（(][0-9IVX]+[）)])?\s?号决议`)
)

// chineseShapes reads names in title marks, 《儿童权利公约》, which are left off, and resolutions by number, 第2334(2016)号决议.
func (d *reader) chineseShapes(u unit) []shape {
	var list []shape
	text := d.s[u.a:u.b]
	add := func(a, b int, law bool) {
		ta, _ := d.tokensIn(span{u.a + a, u.b})
		if ta >= len(d.toks) {
			return
		}
		if d.toks[ta].a > u.a+a && ta > 0 {
			ta--
		}
		list = append(list, shape{span: span{u.a + a, u.a + b}, head: ta, law: true})
	}
	for _, m := range chineseName.FindAllStringSubmatchIndex(text, -1) {
		if chineseHead.MatchString(text[m[2]:m[3]]) {
			add(m[2], m[3], true)
		}
	}
	for _, m := range chineseResolution.FindAllStringIndex(text, -1) {
		add(m[0], m[1], true)
	}
	return list
}

var (
	arabicHeads = set("اتفاقية الاتفاقية العهد الإعلان إعلان ميثاق الميثاق بروتوكول البروتوكول معاهدة المعاهدة اتفاق")
	arabicGoOn  = set("حقوق جميع أشكال من ضد غير أو بشأن أفراد أسرهم حماية منع مناهضة")
)

// arabicShapes reads "الاتفاقية الدولية لحماية حقوق جميع العمال المهاجرين" and "قرار مجلس الأمن 2334 (2016)".
func (d *reader) arabicShapes(u unit) []shape {
	var list []shape
	for i := u.ta; i < u.tb; i++ {
		t := d.toks[i]
		if t.kind != word {
			continue
		}
		from := t.a
		w := t.low
		if !arabicHeads[w] && w != "قرار" {
			if rest, ok := strings.CutPrefix(w, "و"); ok && (arabicHeads[rest] || rest == "قرار") {
				w, from = rest, t.a+len("و")
			}
		}
		if w == "قرار" {
			b := i + 1
			for b < u.tb && b < i+5 && d.toks[b].kind == word {
				b++
			}
			if k, _, ok := d.codeAfter(b, u.tb); ok && b > i {
				list = append(list, shape{span: span{from, d.toks[k-1].b}, head: i, law: true})
				i = k - 1
			}
			continue
		}
		if !arabicHeads[w] {
			continue
		}
		b := i + 1
		for k := b; k < u.tb && k < i+16; k++ {
			x := d.toks[k]
			if x.kind != word {
				break
			}
			goes := strings.HasPrefix(x.low, "ال") || strings.HasPrefix(x.low, "لل") || strings.HasPrefix(x.low, "ل") || arabicGoOn[x.low] || k == i+1 && !strings.HasPrefix(x.low, "ت") && !strings.HasPrefix(x.low, "ي") ||
				strings.HasPrefix(x.low, "وال") || strings.HasPrefix(x.low, "وأ") || strings.HasPrefix(x.low, "بال") || arabicGoOn[d.toks[k-1].low] && !x.is("على", "في", "إلى", "التي", "الذي")
			if x.is("على") && k+1 < u.tb && (d.toks[k+1].is("جميع") || strings.HasPrefix(d.toks[k+1].low, "ال")) && strings.HasPrefix(d.toks[k-1].low, "لل") {
				goes = true
			}
			if x.is("التي", "الذي", "الذين", "الجميع") || !goes || strings.HasPrefix(x.low, "و") && arabicHeads[strings.TrimPrefix(x.low, "و")] {
				break
			}
			if !x.is("على", "من", "ضد", "بشأن", "أو", "غير") {
				b = k + 1
			}
		}
		if b > i+1 {
			list = append(list, shape{span: span{from, d.toks[b-1].b}, head: i, law: true})
			i = b - 1
		}
	}
	return list
}
