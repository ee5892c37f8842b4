package ingest

import "strings"

var spanish = indexed(&lexicon{
	code:     "es",
	common:   set("el la los las de del que y en un una por para con se su sus al como es más no lo"),
	subjects: set("nosotros nosotras"),
	adverbs:  set("también además nuevamente firmemente enérgicamente respetuosamente urgentemente asimismo"),
	calls: joinVerbs(verbs("third", "exigen", "instan", "piden", "exhortan", "llaman", "solicitan", "demandan", "urgen", "reclaman", "hacen un llamado", "hace un llamado", "hacen un llamamiento", "hace un llamamiento", "pide", "solicita", "demanda", "reclama", "urge", "reiteran su llamado", "reiteran el llamado", "exige", "insta", "exhorta", "llama"), verbs("self", "reivindicamos", "clamamos por", "nos sumamos a la exigencia", "queremos exigir", "queremos pedir", "instamos", "exhortamos", "llamamos", "pedimos", "solicitamos", "exigimos", "demandamos", "hacemos un llamado", "hacemos un llamamiento", "invitamos", "urgimos", "apelamos",
		"requerimos", "reclamamos", "alentamos", "conminamos", "urgimos a", "demandamos", "hacemos el llamado", "recomendamos", "interpelamos", "suplicamos", "rogamos", "insistimos en que", "hacemos un enérgico llamado", "hacemos un urgente llamado", "reiteramos nuestro llamado", "reiteramos el llamado", "nos sumamos al llamado", "nos unimos al llamado", "nos sumamos a los llamados", "reiteramos nuestra exigencia", "reiteramos nuestra demanda", "reiteramos nuestra solicitud", "emplazamos", "interpelamos", "hacemos un firme llamado", "hacemos un llamamiento urgente", "hacemos llamado", "llamamos a", "solicitamos respetuosamente", "insistimos en")),
	preps:      set("a al"),
	toDo:       set("a para que de"),
	infinitive: romanceInfinitive,
	promises: phrases("seguiremos", "continuaremos", "nos comprometemos", "trabajaremos", "mantendremos", "acompañaremos", "vigilaremos", "exigiremos", "instaremos", "haremos", "también instaremos",
		"también exigiremos", "no cesaremos", "tenemos la intención de", "pretendemos", "prevemos", "planeamos", "acordamos", "estamos comprometidos", "estamos comprometidas", "estamos decididos", "estamos decididas", "seguimos comprometidos", "nos proponemos", "procuraremos", "continuamos comprometidos", "asumimos el compromiso", "estamos dispuestos a", "estamos dispuestas a"),
	articles: set("el la los las al todos todas nuestro nuestra nuestros nuestras"),
	offices:  set("gobierno gobiernos de del autoridades estado república administración"),
	bodies:   set("colectivo red asamblea federación asociación coordinadora movimiento comité organizaciones organización firmantes abajo colectivos redes coalición asociaciones sindicatos representantes"),
	signed: phrases("firmantes", "firman", "firmado por", "firmada por", "suscriben", "suscrito por", "organizaciones firmantes", "organizaciones que firman", "adhesiones", "adhieren", "cordialmente", "respetuosamente", "saludos cordiales", "muy atentamente", "atentamente", "organizaciones",
		"lista de firmantes", "respaldan", "organizaciones que suscriben"),
	speaksOf: phrases("abajo firmantes", "las organizaciones firmantes", "las organizaciones que suscribimos", "los abajo firmantes"),
	contact: phrases("para más información", "para mayor información", "para mayores informes", "más información", "contacto", "contactos", "contacto de prensa", "contacto para prensa", "contactos de prensa",
		"contacto para medios", "para entrevistas"),
	embargo:  phrases("embargado hasta", "bajo embargo", "embargo hasta", "no publicar antes"),
	slugs:    phrases("para publicación inmediata", "para su publicación inmediata", "comunicado de prensa", "comunicado", "boletín de prensa", "pronunciamiento", "comunicado conjunto", "declaración conjunta", "para difusión inmediata"),
	greeting: phrases("distinguido", "distinguida", "distinguidos", "distinguidas", "honorable", "respetado", "respetada", "señor", "señora", "señores", "apreciado", "apreciada", "apreciados", "apreciadas", "estimado", "estimada", "estimados", "estimadas", "excelencias", "excelentísimo", "querido", "queridas", "queridos"),
	finite:   set("es son fue fueron era ha han había será serán debe deben que se nos hemos nuestra nuestro nuestras nuestros pero cuando porque está están"),
})

var french = indexed(&lexicon{
	code:     "fr",
	common:   set("le la les des de du et que dans pour une un nous est au aux en par sur qui ce cette avec à sont ne pas"),
	subjects: set("nous"),
	adverbs:  set("aussi également donc fermement instamment solennellement à nouveau"),
	calls: joinVerbs(verbs("third", "appellent", "demandent", "exigent", "exhortent", "réclament", "invitent", "enjoignent", "lancent un appel", "interpellent", "sollicitent", "exhortent", "réaffirment leur appel", "appelle", "exhorte"), verbs("", "enjoignons", "pressons", "conjurons", "interpellons", "attendons", "appelons", "exhortons", "invitons", "prions", "engageons", "encourageons", "sommons",
		"demandons instamment", "appelons également", "demandons également", "appelons donc"),
		verbs("direct", "exigeons", "réclamons", "demandons", "revendiquons", "appelons à", "plaidons pour", "voulons que", "souhaitons que", "réitérons notre appel", "réitérons notre demande", "renouvelons notre appel", "insistons pour que", "nous associons à l ' appel", "en appelons", "lançons un appel", "joignons notre voix")),
	preps:      set("à aux au"),
	toDo:       set("à de d que afin pour"),
	infinitive: frenchInfinitive,
	promises:   phrases("continuerons", "nous engageons", "poursuivrons", "resterons", "travaillerons", "veillerons", "demanderons", "œuvrerons", "appellerons", "entendons", "avons l ' intention", "sommes déterminés", "sommes déterminées", "sommes résolus", "restons déterminés", "restons déterminées", "restons engagés", "prévoyons", "cherchons à", "avons pour intention", "avons également pour intention", "avons l ' intention", "comptons", "nous efforcerons", "convenons de", "décidons de", "nous engageons également", "sommes prêts à", "sommes engagés", "restons résolus"),
	articles:   set("le la les l tous toutes notre nos"),
	offices:    set("gouvernement gouvernements de du des autorités état république administration"),
	bodies:     set("organisations organisation soussignées soussignés associations réseau réseaux signataires coalition syndicats collectifs"),
	signed: phrases("signataires", "organisations signataires", "liste des signataires", "signé par", "signée par", "premiers signataires", "associations signataires", "les soussignés", "soutenu par",
		"organisations", "cordialement", "bien cordialement", "respectueusement"),
	speaksOf: phrases("les soussignés", "les organisations soussignées", "organisations signataires", "nous soussignés", "les associations signataires"),
	contact: phrases("pour plus d", "pour de plus amples informations", "pour toute information", "pour en savoir plus", "contact", "contacts", "contact presse", "contacts presse", "contact média", "contact médias",
		"plus d", "renseignements"),
	embargo:  phrases("sous embargo", "embargo jusqu", "embargo"),
	slugs:    phrases("pour diffusion immédiate", "communiqué de presse", "communiqué", "déclaration", "déclaration conjointe", "communiqué conjoint", "pour publication immédiate"),
	greeting: phrases("cher", "chère", "chers", "chères", "excellences", "mesdames", "monsieur", "madame"),
	finite:   set("est sont était a ont sera seront doit doivent que qui nous notre nos ce cette ces il elle ils elles mais car lorsque dont"),
})

var portuguese = indexed(&lexicon{
	code:     "pt",
	common:   set("o a os as de do da dos das que e em um uma por para com se na no não ao é mais como"),
	subjects: set("nós"),
	adverbs:  set("também ainda novamente firmemente respeitosamente"),
	calls: joinVerbs(verbs("third", "exigem", "pedem", "apelam", "instam", "exortam", "solicitam", "demandam", "conclamam", "reivindicam", "exige", "insta", "pede", "solicita", "exorta", "conclama", "requer", "reivindica", "apela"), verbs("self", "reivindicamos", "clamamos por", "cobramos", "queremos exigir", "queremos pedir", "reiteramos nosso apelo", "reiteramos o nosso apelo", "reiteramos o apelo", "renovamos o nosso apelo", "nos somamos ao apelo", "somamo-nos ao apelo", "rogamos", "recomendamos", "requisitamos", "fazemos um chamado", "lançamos um apelo", "dirigimos um apelo", "insistimos que", "instamos", "exortamos", "apelamos", "pedimos", "solicitamos", "exigimos", "demandamos", "conclamamos", "convocamos", "convidamos", "fazemos um apelo", "requeremos", "chamamos",
		"encorajamos")),
	preps:      set("a ao aos à às"),
	toDo:       set("a para que"),
	infinitive: romanceInfinitive,
	promises: phrases("continuaremos", "comprometemo-nos", "nos comprometemos", "seguiremos", "trabalharemos", "manteremos", "acompanharemos", "faremos", "exigiremos", "temos a intenção de", "pretendemos",
		"estamos empenhados", "estamos empenhadas", "estamos comprometidos", "estamos comprometidas", "estamos determinados", "continuamos comprometidos", "continuamos empenhados", "permanecemos comprometidos", "seguimos comprometidos", "planejamos", "planeamos", "procuramos", "tencionamos", "acordamos", "assumimos o compromisso", "estamos prontos para", "não cessaremos"),
	articles: set("o a os as ao aos todos todas nosso nossa nossos nossas"),
	offices:  set("governo governos de do da dos das autoridades estado república administração"),
	bodies:   set("organizações organização signatárias signatários abaixo-assinadas entidades redes coalizão associações sindicatos movimentos"),
	signed: phrases("assinam", "assinam esta nota", "assinado por", "assinada por", "signatários", "organizações signatárias", "entidades signatárias", "subscrevem", "lista de signatários", "atenciosamente", "cordialmente", "respeitosamente", "organizações",
		"assinaturas"),
	speaksOf: phrases("abaixo assinadas", "abaixo assinados", "abaixo-assinadas", "organizações signatárias", "entidades signatárias"),
	contact:  phrases("para mais informações", "mais informações", "contato", "contatos", "contacto", "contato para imprensa", "informações à imprensa", "contacto de imprensa"),
	embargo:  phrases("embargado até", "sob embargo", "embargo até"),
	slugs:    phrases("para divulgação imediata", "comunicado de imprensa", "comunicado à imprensa", "nota pública", "nota à imprensa", "nota conjunta"),
	greeting: phrases("senhor", "senhora", "senhores", "caro", "cara", "caros", "caras", "prezado", "prezada", "prezados", "prezadas", "excelências", "excelentíssimo"),
	finite:   set("é são foi foram era há será serão deve devem que se nós nosso nossa nossos nossas mas quando porque está estão"),
})

var german = indexed(&lexicon{
	code:     "de",
	common:   set("der die das und zu den von wir mit für ist auf nicht ein eine dem des im sich als auch es sind werden wird"),
	subjects: set("wir"),
	adverbs:  set("daher deshalb auch nachdrücklich dringend erneut gemeinsam deswegen ebenfalls hiermit"),
	calls: joinVerbs(
		verbs("", "fordern … auf", "rufen … auf", "bitten", "appellieren", "ermutigen", "ersuchen", "laden … ein", "halten … an"),
		verbs("direct", "fordern", "verlangen", "erwarten", "bestehen auf", "mahnen", "drängen darauf"),
		verbs("third", "fordert … auf", "ruft … auf", "appelliert"),
		verbs("direct third", "fordert", "verlangt"),
	),
	preps:      set("an"),
	toDo:       set("zu"),
	infinitive: func(w string) bool { return strings.HasSuffix(w, "n") },
	promises:   phrases("werden", "verpflichten uns", "sagen zu", "setzen uns dafür ein", "geloben", "sind entschlossen", "beabsichtigen", "streben an", "sind bereit", "bekennen uns", "bleiben entschlossen", "haben vor"),
	articles:   set("der die das den dem alle unsere unser"),
	offices:    set("regierung regierungen von der des behörden staat republik"),
	bodies:     set("unterzeichnenden organisationen verbände unterzeichner netzwerk bündnis gewerkschaften vereine"),
	signed: phrases("unterzeichner", "unterzeichnende", "unterzeichnende organisationen", "unterzeichnet von", "erstunterzeichner", "erstunterzeichnende", "unterstützt von", "mitunterzeichner", "mit freundlichen grüßen", "mit freundlichem gruß", "hochachtungsvoll",
		"die unterzeichnenden organisationen", "unterzeichnende verbände"),
	speaksOf: phrases("die unterzeichnenden", "die unterzeichner", "unterzeichnenden organisationen"),
	contact: phrases("für weitere informationen", "weitere informationen", "kontakt", "kontakte", "pressekontakt", "ansprechpartner", "ansprechpartnerin", "rückfragen", "für rückfragen", "bei rückfragen",
		"presseanfragen"),
	embargo:  phrases("sperrfrist", "gesperrt bis", "embargo"),
	slugs:    phrases("pressemitteilung", "gemeinsame pressemitteilung", "zur sofortigen veröffentlichung", "presseerklärung", "offener brief"),
	greeting: phrases("sehr geehrte", "sehr geehrter", "liebe", "lieber", "exzellenzen"),
	finite:   set("ist sind war waren wird werden wurde wurden hat haben hatte muss müssen kann können soll sollen wir unser unsere es dass wenn weil aber nicht"),
})

// romanceInfinitive reports Spanish and Portuguese infinitives.
func romanceInfinitive(w string) bool {
	for _, end := range []string{"ar", "er", "ir", "or", "arse", "erse", "irse", "arlo", "arla"} {
		if strings.HasSuffix(w, end) && len(w) > 3 {
			return true
		}
	}
	return false
}

// frenchInfinitive reports French infinitives.
func frenchInfinitive(w string) bool {
	for _, end := range []string{"er", "ir", "re"} {
		if strings.HasSuffix(w, end) && len(w) > 3 && !frenchNouns[w] {
			return true
		}
	}
	return false
}

var frenchNouns = set("ministre ministère genre centre ordre notre votre autre membre cadre titre lettre premier dernier mer frontière entière leur")
