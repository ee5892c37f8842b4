package ingest

import "strings"

var swedish = indexed(&lexicon{
	code:     "sv",
	common:   set("och att det som en på är av för med till den har de inte om ett men var sig från vi kan när ska dem efter eller mot vid nu även deras har"),
	subjects: set("vi"),
	adverbs:  set("därför också även återigen starkt bestämt gemensamt nu härmed kraftfullt med all kraft enträget tillsammans"),
	calls: joinVerbs(
		verbs("", "uppmanar", "uppmuntrar", "ber", "vädjar till", "anmodar", "manar", "bönfaller", "uppfordrar"),
		verbs("direct", "kräver", "begär", "efterlyser", "yrkar på", "fordrar", "insisterar på", "förväntar oss", "vill se"),
	),
	preps: set("till"),
	toDo:  set("att om"),
	infinitive: func(w string) bool {
		return strings.HasSuffix(w, "a") || strings.HasSuffix(w, "å") || w == "se" || w == "ge" || w == "be"
	},
	promises: phrases("kommer att", "ska", "skall", "åtar oss", "förbinder oss att", "lovar att", "avser att", "är beredda att", "är fast beslutna att", "fortsätter att", "utlovar"),
	articles: set("den det de alla vår våra vårt en ett"),
	offices:  set("regering regeringen regeringar myndigheter myndigheterna staten president presidenten minister statsminister"),
	bodies:   set("undertecknande undertecknade organisationer organisationerna föreningar nätverk förbund undertecknarna"),
	signed: phrases("undertecknare", "undertecknat", "undertecknat av", "undertecknas av", "undertecknande organisationer", "signerat av", "undertecknade", "undertecknade av", "skrivet av", "stöds av", "vänliga hälsningar", "med vänliga hälsningar", "vänlig hälsning", "högaktningsfullt", "undertecknat av följande", "med vänlig hälsning",
		"organisationer", "underskrifter", "undertecknande"),
	speaksOf: phrases("vi undertecknade", "undertecknande organisationer", "undertecknade organisationer", "de undertecknande"),
	contact:  phrases("för mer information", "mer information", "kontakt", "kontakter", "presskontakt", "kontaktperson", "pressfrågor", "för ytterligare information"),
	embargo:  phrases("embargo", "under embargo", "embargo till"),
	slugs:    phrases("pressmeddelande", "uttalande", "gemensamt uttalande", "för omedelbar publicering", "öppet brev", "pressrelease"),
	greeting: phrases("kära", "bästa", "till", "ers excellens", "hej"),
	starters: set("vi den det de denna detta dessa en ett i på för med när om och men som att under efter"),
	finite:   set("är var har hade ska skall bör måste kan kunde vill skulle blir blev får fick gör gjorde vi det som att inte men eftersom därför vår våra vårt dessa denna detta finns gäller kräver säger"),
})
