package ingest

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// moreForms are short names of well-known instruments that lists made from treaty collections do not hold, by the ids of the record.
var moreForms = map[string][]string{
	"crc": {"UNCRC", "Barnkonventionen", "FN:s barnkonvention", "FN:s konvention om barnets rättigheter", "Konventionen om barnets rättigheter", "UN-Kinderrechtskonvention", "Kinderrechtskonvention",
		"Übereinkommen über die Rechte des Kindes", "Convention internationale des droits de l'enfant", "Convention internationale relative aux droits de l'enfant", "Convención de los Derechos del Niño", "Convenção sobre os Direitos da Criança"},
	"refugee-convention-1951": {"Genfer Flüchtlingskonvention", "Flüchtlingskonvention", "Flyktingkonventionen", "Genèvekonventionen om flyktingars rättsliga ställning", "Convention relative au statut des réfugiés", "Convention de Genève relative au statut des réfugiés", "Convenção sobre o Estatuto dos Refugiados"},
	"udhr": {"FN:s allmänna förklaring om de mänskliga rättigheterna", "allmänna förklaringen om de mänskliga rättigheterna", "Allgemeine Erklärung der Menschenrechte", "Declaração Universal dos Direitos Humanos", "Declaración Universal de los Derechos Humanos", "Declaración Universal de Derechos Humanos",
		"Déclaration universelle des droits humains"},
	"iccpr":               {"UN-Zivilpakt", "Internationaler Pakt über bürgerliche und politische Rechte", "Pacto Internacional dos Direitos Civis e Políticos", "Pacto Internacional sobre Direitos Civis e Políticos"},
	"icescr":              {"UN-Sozialpakt", "Internationaler Pakt über wirtschaftliche, soziale und kulturelle Rechte", "Pacto Internacional dos Direitos Econômicos, Sociais e Culturais", "Pacto Internacional sobre Direitos Econômicos, Sociais e Culturais"},
	"cedaw":               {"Kvinnokonventionen", "UN-Frauenrechtskonvention", "Frauenrechtskonvention"},
	"cat":                 {"UNCAT", "Tortyrkonventionen", "UN-Antifolterkonvention", "Antifolterkonvention"},
	"crpd":                {"UN-Behindertenrechtskonvention", "Behindertenrechtskonvention", "UN-BRK", "Funktionsrättskonventionen"},
	"istanbul-convention": {"Istanbul-Konvention", "Istanbulkonvention", "Istanbulkonventionen", "Convenio de Estambul", "Convention d'Istanbul", "Convenção de Istambul"},
	"paris":               {"Parisavtalet", "Pariser Abkommen", "Pariser Klimaabkommen", "Übereinkommen von Paris", "Acordo de Paris"},
	"gcm":                 {"UN-Migrationspakt", "Globaler Pakt für eine sichere, geordnete und reguläre Migration", "Pacto Global para a Migração Segura, Ordenada e Regular"},
	"gcr":                 {"UN-Flüchtlingspakt", "Globaler Pakt für Flüchtlinge"},
	"icrmw":               {"ICRMW", "UN-Wanderarbeiterkonvention", "UN Migrant Workers Convention"},
}

// regionTags are the languages whose names of states are added to those of the list; true where their genitive ends with an "s".
var regionTags = []struct {
	namer    display.Namer
	genitive bool
}{{display.Regions(language.Swedish), true}, {display.Regions(language.German), true}, {display.Regions(language.EuropeanPortuguese), false}}

// regionNames returns names of the state with the given ISO code of three letters in further languages, and those of them that take a
// genitive; nothing for what is no such code.
func regionNames(id string) (names, genitives []string) {
	if len(id) != 3 {
		return nil, nil
	}
	region, err := language.ParseRegion(id)
	if err != nil || !region.IsCountry() {
		return nil, nil
	}
	if id == "USA" {
		names = append(names, "America")
	}
	for _, t := range regionTags {
		s := t.namer.Name(region)
		if s == "" {
			continue
		}
		names = append(names, s)
		if last := s[len(s)-1]; t.genitive && last != 's' && last != 'x' && last != 'z' {
			genitives = append(genitives, s+"s")
		}
	}
	return names, genitives
}
