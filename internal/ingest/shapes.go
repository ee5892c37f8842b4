package ingest

// heads are the words that name what an instrument is, in English, Spanish, French and Portuguese. German and Swedish ones, which end
// compounds, are in shapes_de.go and shapes_sv.go.
var heads = set("declaration declarations compact compacts agenda convention conventions covenant covenants protocol protocols charter treaty treaties agreement agreements pact statute accord accords principles guidelines " +
	"act acts bill directive regulation regulations constitution amendment memorandum ordinance code roadmap communiqué law rules document strategy consensus communication resolution recommendation " +
	"declaración pacto pactos convención convenciones convenio convenios protocolo protocolos carta tratado acuerdo acuerdos estatuto principios directrices marco ley leyes código directiva reglamento constitución decreto reglas resolución estrategia consenso " +
	"déclaration pacte pactes traité charte accord statut protocole protocoles principes cadre loi lois règlement décret règles résolution stratégie " +
	"declaração convenção convenções tratado acordo acordos princípios diretrizes lei leis diretiva regulamento constituição regras resolução estratégia " +
	"programme program programa plan plano platform framework")

// actionHeads are heads only before "of Action", "for Action" and the like; a framework also behind a name in capitals, a programme also
// before a year.
var actionHeads = set("programme program programa plan plano platform framework")

// weakHeads are heads only with words in capitals before or behind them that make a name: the set says which are enough on their left side
// alone. A strategy or a plan needs two words there, or one and what it is for.
var weakHeads = map[string]int{"regulation": 1, "regulations": 1, "directive": 1, "law": 1, "rules": 1, "document": 1, "strategy": 2, "consensus": 1, "communication": 9, "resolution": 9, "recommendation": 9, "roadmap": 1, "amendment": 1}

// fields are words before "law" that make it a field and no text, and before other weak heads what names nothing.
var fields = set("international humanitarian public private civil criminal administrative martial common sharia islamic refugee environmental maritime rights federal state national domestic european eu constitutional customary family labour labor immigration tax the this new our " +
	"working outcome policy position travel final key draft identity concept legal such any")

// lawHeads are heads whose name stands before them and may hold small words: "Freedom of Information Act", "Protection and Solutions Framework".
var lawHeads = set("act acts bill framework agreement agreements law regulation regulations directive code rules treaty charter convention")

// namedHeads are no heads where nothing but the head and small letters stands there.
var namedHeads = set("act acts bill code roadmap memorandum amendment framework marco cadre carta ley lei loi leyes leis lois principles guidelines principios directrices principes diretrizes princípios communiqué constitution constitución constituição decreto décret " +
	"law rules document strategy consensus communication resolution recommendation reglas resolución estrategia consenso règles résolution stratégie regras resolução estratégia regulation regulations directive")

// opens are the words that may follow a head and go on with its name.
var opens = set("on for of against to relating concerning regarding with sobre para contra de del relativo relativa relativos relativas sur pour relatif relative relatifs relatives à contre des du da do dos das concernant visant")

// inside are the words in lower case that a name may hold, never at its end.
var inside = set("on for of against to relating concerning regarding among between with and or in the its their all forms at by from as de del la las los el y e sobre para contra relativo relativa a al sus su " +
	"sur pour relatif relative à contre des du et les le d l aux au leurs da do dos das ao aos os o as à às no na nos nas em ou u dans")

// demonstratives do not belong to a name at the start of a sentence, where they have a capital.
var demonstratives = set("the this these that those our their its his her esta este estas estos nuestra nuestro la el los las cette ce ces notre le les essa esse nossa nosso o a os as diese dieser unsere")

// own are the words by which a text speaks of itself: "this Declaration".
var own = set("this present esta este presente cette ce présente présent diese")

// A shape is an instrument's name found by how it is written: a head with what stands before and behind it.
type shape struct {
	span
	head int  // token of the head
	open bool // small letters go on behind it, as French and Spanish names do: its end is not sure
	bare bool // nothing but the head, and perhaps "process" behind it
	law  bool // found by a number, an abbreviation or the form of a case
}

// shapes returns the instruments' names in units of prose, headings and titles, by their shape.
func (d *reader) shapes() []shape {
	var list []shape
	for _, u := range d.units {
		if u.role == boilerplate || u.role == signature || u.role == contactRole || u.role == embargoRole || u.tb <= u.ta {
			continue
		}
		list = append(list, d.scriptShapes(u)...)
		switch {
		case d.lex == german:
			list = append(list, d.germanShapes(u)...)
		case d.lex == swedish:
			list = append(list, d.swedishShapes(u)...)
		case allCaps(d.s[u.a:u.b]) || u.role == head && d.titleCase(u) && u.words > 3:
			// Capitals tell nothing here; the list of names, and names found elsewhere, still do.
		case romance[d.lex.code]:
			list = append(list, d.romanceShapes(u)...)
		default:
			list = append(list, d.englishShapes(u)...)
		}
	}
	return list
}

// softHeads join to one name: "Principles and Guidelines".
var softHeads = set("principles guidelines principios directrices princípios diretrizes principes directives")

var romance = map[string]bool{"es": true, "fr": true, "pt": true}

// capitalWord reports a word that starts with an upper-case letter or, as "ePrivacy", holds one behind its first letter.
func (d *reader) capitalWord(i int) bool {
	if d.capital(i) {
		return true
	}
	t := d.s[d.toks[i].a:d.toks[i].b]
	return len(t) > 2 && t[0] >= 'a' && t[0] <= 'z' && t[1] >= 'A' && t[1] <= 'Z'
}

var actions = set("action acción ação")
