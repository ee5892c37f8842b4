package ingest

import (
	"strings"
	"unicode"
)

// russianPairs are first words of names of several words, with their forms in the other cases.
var russianPairs = [][]string{
	{"Соединенные Штаты", "Соединенных Штатов", "Соединенным Штатам", "Соединенными Штатами", "Соединенных Штатах"},
	{"Российская Федерация", "Российской Федерации", "Российскую Федерацию", "Российской Федерацией"},
	{"Соединенное Королевство", "Соединенного Королевства", "Соединенному Королевству", "Соединенным Королевством", "Соединенном Королевстве"},
	{"Республика", "Республики", "Республике", "Республику", "Республикой"},
	{"Королевство", "Королевства", "Королевству", "Королевством", "Королевстве"},
	{"Государство", "Государства", "Государству", "Государством", "Государстве"},
	{"Саудовская Аравия", "Саудовской Аравии", "Саудовскую Аравию", "Саудовской Аравией"},
	{"Южная Корея", "Южной Кореи", "Южной Корее", "Южную Корею", "Южной Кореей"},
	{"Новая Зеландия", "Новой Зеландии", "Новую Зеландию", "Новой Зеландией"},
	{"Южная Африка", "Южной Африки", "Южной Африке", "Южную Африку", "Южной Африкой"},
}

// russianCases returns a Russian name of a state in the other cases, which a text has it in as often as in the first, and without "ё".
func russianCases(s string) []string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x0400 && r <= 0x04FF }) < 0 {
		return nil
	}
	var list []string
	for _, forms := range russianPairs {
		if rest, ok := strings.CutPrefix(s, forms[0]); ok && (rest == "" || rest[0] == ' ') {
			for _, f := range forms[1:] {
				list = append(list, f+rest)
			}
			return list
		}
	}
	if strings.ContainsAny(s, " -()") || strings.IndexFunc(s[2:], unicode.IsUpper) >= 0 {
		return nil
	}
	r := []rune(s)
	last, stem := r[len(r)-1], string(r[:len(r)-1])
	var ends string
	switch {
	case strings.HasSuffix(s, "ия"):
		ends = "и ю ей"
	case last == 'а':
		ends = "ы и е у ой"
	case last == 'я':
		ends = "и е ю ей"
	case last == 'й':
		ends = "я ю ем е"
	case last == 'ь':
		ends = "и ью я ю ем е"
	case strings.ContainsRune("бвгджзклмнпрстфхцчшщ", last):
		stem, ends = s, "а у ом е"
	default:
		return nil
	}
	for _, e := range strings.Fields(ends) {
		list = append(list, stem+e)
	}
	return list
}
