package forms

// words is what the forms say in their own voice, in one language. %s and %d stand where something is put in, in every language alike.
type words struct {
	rehearsal                                             string // nobody issued or signed it
	embargo, withheld, canceled                           string // state: an instant; nothing; nothing
	published, version                                    string // an instant; a number
	missing, none                                         string // names of languages; a text that is in no language yet
	authoritative, translation, translated, checked       string // by whom
	untold                                                string // nobody says who translated it
	apart                                                 string // why two languages stand one after the other
	authors, signatories, shares, personal, joined, left  string // headings of groups of names
	joinedOn, leftOn                                      string // a day
	hidden                                                string // how many names are kept back
	verified, entered, imported, printed                  string // what stands behind a name
	all, rest                                             string // what stands behind all of them; behind those without a note
	general, special, roster                              string // "in … consultative status"
	calls, cites, corrections, versions, contact, about   string // headings
	address, source, hash, listHash, proof, other, became string // labels
	unOne, unMany, unTitle                                string // a written submission: by one, by several
	why, stop                                             string // an e-mail: who sends it; how to end it
	comma, colon                                          string // between pieces of a line
}

// wordsIn returns the words of a language, English where there are none, and the language that they are in.
func wordsIn(lang string) (*words, string) {
	if w, ok := allWords[base(lang)]; ok {
		return w, base(lang)
	}
	return allWords["en"], "en"
}

var allWords = map[string]*words{"en": &english, "es": &spanish, "fr": &french, "pt": &portuguese, "de": &german, "ar": &arabic, "ru": &russian, "zh": &chinese}

var english = words{
	rehearsal: "Rehearsal: a demonstration with stand-in organisations. Nobody issued or signed it.",
	embargo:   "Under embargo until %s", withheld: "This text is held back; it is not for use.", canceled: "This statement was withdrawn.",
	published: "Published %s", version: "Version %d",
	missing: "Not available in: %s", none: "There is no text in this language.",
	authoritative: "Authoritative text", translation: "Translation", translated: "Translated by %s", checked: "Checked by %s",
	untold:  "It is not stated who translated it",
	apart:   "The texts are not divided into the same paragraphs, so they stand one after the other.",
	authors: "Authors", signatories: "Signatories", shares: "The following share the views expressed in this statement",
	personal: "In a personal capacity", joined: "Joined after publication", left: "Withdrawn endorsements",
	joinedOn: "joined %s", leftOn: "withdrew on %s", hidden: "Names withheld for safety: %d",
	verified: "verified here", entered: "entered by a convenor", imported: "imported, unverified", printed: "as printed in the source, not verified",
	all: "All names: %s.", rest: "Names without a note were verified here.",
	general: "in general consultative status", special: "in special consultative status", roster: "on the roster",
	calls: "What is asked", cites: "Texts cited", corrections: "Corrections", versions: "Earlier versions", contact: "Contact", about: "This text",
	address: "Permanent address", source: "Source", hash: "SHA-256 of the text (%s)", listHash: "SHA-256 of the list of names", proof: "Proof", other: "Other forms", became: "What became of it",
	unOne:   "Written statement submitted by %s, a non-governmental organization %s",
	unMany:  "Joint written statement submitted by %s, non-governmental organizations in consultative status",
	unTitle: "Language: %s", why: "You receive this because this address asked for statements of %s.", stop: "Stop these messages",
	comma: ", ", colon: ": ",
}

var spanish = words{
	rehearsal: "Ensayo: una demostración con organizaciones ficticias. Nadie lo emitió ni lo firmó.",
	embargo:   "Embargado hasta %s", withheld: "Este texto está retenido; no se debe utilizar.", canceled: "Esta declaración fue retirada.",
	published: "Publicado %s", version: "Versión %d",
	missing: "No disponible en: %s", none: "No hay texto en este idioma.",
	authoritative: "Texto auténtico", translation: "Traducción", translated: "Traducido por %s", checked: "Revisado por %s",
	untold:  "No consta quién lo tradujo",
	apart:   "Los textos no están divididos en los mismos párrafos; por eso figuran uno después del otro.",
	authors: "Autores", signatories: "Firmantes", shares: "Comparten las opiniones expresadas en esta declaración",
	personal: "A título personal", joined: "Se sumaron después de la publicación", left: "Adhesiones retiradas",
	joinedOn: "se sumó el %s", leftOn: "se retiró el %s", hidden: "Nombres reservados por seguridad: %d",
	verified: "verificado aquí", entered: "anotado por un convocante", imported: "importado, sin verificar", printed: "tal como figura en la fuente, sin verificar",
	all: "Todos los nombres: %s.", rest: "Los nombres sin nota fueron verificados aquí.",
	general: "reconocida como entidad consultiva de carácter general", special: "reconocida como entidad consultiva de carácter especial", roster: "incluida en la Lista",
	calls: "Lo que se pide", cites: "Textos citados", corrections: "Correcciones", versions: "Versiones anteriores", contact: "Contacto", about: "Este texto",
	address: "Dirección permanente", source: "Fuente", hash: "SHA-256 del texto (%s)", listHash: "SHA-256 de la lista de nombres", proof: "Prueba", other: "Otros formatos", became: "Qué fue de ello",
	unOne:   "Exposición escrita presentada por %s, organización no gubernamental %s",
	unMany:  "Exposición conjunta escrita presentada por %s, organizaciones no gubernamentales reconocidas como entidades consultivas",
	unTitle: "Idioma: %s", why: "Recibe este mensaje porque esta dirección pidió las declaraciones de %s.", stop: "No recibir más mensajes",
	comma: ", ", colon: ": ",
}

var french = words{
	rehearsal: "Répétition : une démonstration avec des organisations fictives. Personne ne l’a émise ni signée.",
	embargo:   "Sous embargo jusqu’au %s", withheld: "Ce texte est retenu ; il ne doit pas être utilisé.", canceled: "Cette déclaration a été retirée.",
	published: "Publié le %s", version: "Version %d",
	missing: "Non disponible en : %s", none: "Il n’y a pas de texte dans cette langue.",
	authoritative: "Texte faisant foi", translation: "Traduction", translated: "Traduit par %s", checked: "Relu par %s",
	untold:  "Le traducteur n’est pas indiqué",
	apart:   "Les textes ne sont pas divisés en paragraphes identiques ; ils se suivent donc.",
	authors: "Auteurs", signatories: "Signataires", shares: "Partagent les opinions exprimées dans cet exposé",
	personal: "À titre personnel", joined: "Ont rejoint après la publication", left: "Signatures retirées",
	joinedOn: "a rejoint le %s", leftOn: "s’est retiré le %s", hidden: "Noms non divulgués pour raison de sécurité : %d",
	verified: "vérifié ici", entered: "inscrit par un organisateur", imported: "importé, non vérifié", printed: "tel qu’imprimé dans la source, non vérifié",
	all: "Tous les noms : %s.", rest: "Les noms sans note ont été vérifiés ici.",
	general: "dotée du statut consultatif général", special: "dotée du statut consultatif spécial", roster: "inscrite sur la Liste",
	calls: "Ce qui est demandé", cites: "Textes cités", corrections: "Corrections", versions: "Versions antérieures", contact: "Contact", about: "Ce texte",
	address: "Adresse permanente", source: "Source", hash: "SHA-256 du texte (%s)", listHash: "SHA-256 de la liste des noms", proof: "Preuve", other: "Autres formats", became: "Ce qu’il en est advenu",
	unOne:   "Exposé écrit présenté par %s, organisation non gouvernementale %s",
	unMany:  "Exposé écrit conjoint présenté par %s, organisations non gouvernementales dotées du statut consultatif",
	unTitle: "Langue : %s", why: "Vous recevez ce message parce que cette adresse a demandé les déclarations de %s.", stop: "Ne plus recevoir ces messages",
	comma: ", ", colon: " : ",
}

var portuguese = words{
	rehearsal: "Ensaio: uma demonstração com organizações fictícias. Ninguém a emitiu nem assinou.",
	embargo:   "Sob embargo até %s", withheld: "Este texto está retido; não deve ser usado.", canceled: "Esta declaração foi retirada.",
	published: "Publicado em %s", version: "Versão %d",
	missing: "Não disponível em: %s", none: "Não há texto neste idioma.",
	authoritative: "Texto que faz fé", translation: "Tradução", translated: "Traduzido por %s", checked: "Revisto por %s",
	untold:  "Não consta quem o traduziu",
	apart:   "Os textos não estão divididos nos mesmos parágrafos; por isso seguem um após o outro.",
	authors: "Autores", signatories: "Signatários", shares: "Partilham as opiniões expressas nesta declaração",
	personal: "A título pessoal", joined: "Aderiram após a publicação", left: "Adesões retiradas",
	joinedOn: "aderiu em %s", leftOn: "retirou-se em %s", hidden: "Nomes reservados por segurança: %d",
	verified: "verificado aqui", entered: "registado por um organizador", imported: "importado, não verificado", printed: "como impresso na fonte, não verificado",
	all: "Todos os nomes: %s.", rest: "Os nomes sem nota foram verificados aqui.",
	general: "com estatuto consultivo geral", special: "com estatuto consultivo especial", roster: "inscrita na Lista",
	calls: "O que se pede", cites: "Textos citados", corrections: "Correções", versions: "Versões anteriores", contact: "Contacto", about: "Este texto",
	address: "Endereço permanente", source: "Fonte", hash: "SHA-256 do texto (%s)", listHash: "SHA-256 da lista de nomes", proof: "Prova", other: "Outros formatos", became: "O que aconteceu depois",
	unOne:   "Declaração escrita apresentada por %s, organização não governamental %s",
	unMany:  "Declaração escrita conjunta apresentada por %s, organizações não governamentais com estatuto consultivo",
	unTitle: "Idioma: %s", why: "Recebe esta mensagem porque este endereço pediu as declarações de %s.", stop: "Não receber mais mensagens",
	comma: ", ", colon: ": ",
}

var german = words{
	rehearsal: "Probe: eine Vorführung mit erdachten Organisationen. Niemand hat sie herausgegeben oder unterzeichnet.",
	embargo:   "Sperrfrist bis %s", withheld: "Dieser Text ist zurückgehalten und nicht zu verwenden.", canceled: "Diese Erklärung wurde zurückgezogen.",
	published: "Veröffentlicht %s", version: "Fassung %d",
	missing: "Nicht verfügbar auf: %s", none: "In dieser Sprache gibt es keinen Text.",
	authoritative: "Verbindlicher Text", translation: "Übersetzung", translated: "Übersetzt von %s", checked: "Geprüft von %s",
	untold:  "Wer übersetzt hat, ist nicht angegeben",
	apart:   "Die Texte sind nicht in dieselben Absätze geteilt und stehen deshalb nacheinander.",
	authors: "Verfasser", signatories: "Unterzeichnende", shares: "Die in dieser Erklärung geäußerten Ansichten teilen",
	personal: "In persönlicher Eigenschaft", joined: "Nach der Veröffentlichung beigetreten", left: "Zurückgezogene Unterschriften",
	joinedOn: "beigetreten %s", leftOn: "zurückgezogen am %s", hidden: "Aus Sicherheitsgründen nicht genannte Namen: %d",
	verified: "hier geprüft", entered: "von den Einladenden eingetragen", imported: "übernommen, ungeprüft", printed: "wie in der Quelle gedruckt, ungeprüft",
	all: "Alle Namen: %s.", rest: "Namen ohne Vermerk wurden hier geprüft.",
	general: "mit allgemeinem Konsultativstatus", special: "mit besonderem Konsultativstatus", roster: "auf der Liste (Roster)",
	calls: "Was verlangt wird", cites: "Angeführte Texte", corrections: "Berichtigungen", versions: "Frühere Fassungen", contact: "Kontakt", about: "Dieser Text",
	address: "Dauerhafte Adresse", source: "Quelle", hash: "SHA-256 des Textes (%s)", listHash: "SHA-256 der Namensliste", proof: "Nachweis", other: "Weitere Formate", became: "Was daraus wurde",
	unOne:   "Schriftliche Erklärung, vorgelegt von %s, einer nichtstaatlichen Organisation %s",
	unMany:  "Gemeinsame schriftliche Erklärung, vorgelegt von %s, nichtstaatlichen Organisationen mit Konsultativstatus",
	unTitle: "Sprache: %s", why: "Sie erhalten dies, weil diese Adresse um Erklärungen von %s gebeten hat.", stop: "Keine Nachrichten mehr erhalten",
	comma: ", ", colon: ": ",
}
