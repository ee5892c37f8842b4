package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"stocktake"
)

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

const bodyEN = `The undersigned met at Example Harbour and agreed on this text.

## What happened

On 2 December the delegation of Exampleland said that it would leave the process (note "A/EX/1" & others). Costs rose by 5 < 7 * 2,
and nobody *answered* the_letter.

We call on the government to:

- return to the process;
- publish its reasons:
  - in full,
  - in both languages;
- answer the letter of #4 November.

1. First, by 1 January.
2. Second, by 1 March.

7. Seventh, where the list of the annex goes on.

12 March Street\
Example Harbour

We will report what became of it.`

const bodyES = `Las organizaciones firmantes se reunieron en Puerto Ejemplo y acordaron este texto.

## Qué ocurrió

El 2 de diciembre la delegación de Ejemplolandia dijo que dejaría el proceso (nota «A/EX/1» y otras). Los costos subieron 5 < 7 * 2,
y nadie *respondió* la_carta.

Pedimos al gobierno que:

- vuelva al proceso;
- publique sus razones:
  - completas,
  - en ambos idiomas;
- responda la carta del #4 de noviembre.

1. Primero, antes del 1 de enero.
2. Segundo, antes del 1 de marzo.

7. Séptimo, donde sigue la lista del anexo.

Calle 12 de Marzo\
Puerto Ejemplo

Informaremos de lo que resulte.`

const bodyAR = `اجتمعت المنظمات الموقعة في ميناء المثال واتفقت على هذا النص.

## ما حدث

في 2 كانون الأول 2017 قال وفد «بلد المثال» إنه سيترك العملية (الوثيقة A/EX/1).

ندعو الحكومة إلى:

- العودة إلى العملية؛
- نشر أسبابها كاملة.

1. أولا، قبل 1 كانون الثاني.
2. ثانيا، قبل 1 آذار.

وسنبلغ بما آل إليه الأمر، مع Example Legal Centre.`

// two is a statement in English and Spanish, with a French text that is missing and a name of every kind.
func two() Statement {
	published := time.Date(2017, 12, 4, 18, 0, 0, 0, time.UTC)
	return Statement{
		ID: "example-harbour-2017", Address: "https://record.example.org/s/example-harbour-2017/2", Site: "Example record", Coalition: "Example Harbour Coalition", Home: "https://coalition.example.org/",
		Kind: "joint statement", Version: 2, First: published, Published: published.Add(20 * time.Hour), Embargoed: published, PubStatus: Usable,
		Versions: []VersionNote{{Version: 1, Published: published, Note: "A date in the first list was wrong.", Address: "https://record.example.org/s/example-harbour-2017/1"}},
		Date:     stocktake.MustDate("2017-12-04"), Place: "Example Harbour", Dateline: "Example Harbour, 4 December 2017",
		Languages: []Language{
			{Lang: "en", Title: "Joint statement on the process", Subtitle: "Adopted at the meeting in Example Harbour", Body: bodyEN, Authoritative: true, SHA256: sum(bodyEN)},
			{Lang: "es", Title: "Declaración conjunta sobre el proceso", Subtitle: "Aprobada en la reunión de Puerto Ejemplo", Body: bodyES, TranslatedBy: "Oficina de traducción de ejemplo", CheckedBy: "Centro Jurídico de Ejemplo", SHA256: sum(bodyES)},
			{Lang: "fr"},
		},
		Names: []Name{
			{Display: map[string]string{"en": "Example Legal Centre", "es": "Centro Jurídico de Ejemplo"}, Tier: stocktake.TierSignatory, How: Verified, Status: "special", Country: "Mexico"},
			{Display: map[string]string{"": "Rede Exemplo"}, Tier: stocktake.TierSignatory, How: Entered, Country: "Brazil"},
			{Display: map[string]string{"en": "Example International"}, Tier: stocktake.TierAuthor, How: Verified, Status: "general"},
			{Display: map[string]string{"": `"Quoted" & <Sons> Association`}, Tier: stocktake.TierSignatory, How: Imported},
			{Display: map[string]string{"": "جمعية المثال"}, Tier: stocktake.TierSharesViews, How: Verified, Status: "roster"},
			{Display: map[string]string{"": "A. Person"}, Tier: stocktake.TierPersonal, How: Verified, Note: "Professor, Example University"},
			{Display: map[string]string{"": "Late Joiners' Union"}, Tier: stocktake.TierSignatory, How: Verified, Joined: stocktake.MustDate("2017-12-08"), Status: "roster"},
			{Display: map[string]string{"": "Left Again"}, Tier: stocktake.TierSignatory, How: Verified, Withdrew: stocktake.MustDate("2018-01-10"), Status: "special"},
		},
		Withheld:    1,
		Contacts:    []Contact{{Name: "Press desk", Role: "Example Harbour Coalition", Email: "press@coalition.example.org", Phone: "+1 555 0100"}},
		Citations:   []Citation{{Title: "Declaration of Examples", Address: "https://record.example.org/i/declaration", Quote: "Everybody has the right to an example."}, {Title: "Resolution A/EX/1"}},
		Calls:       []Call{{Addressee: "Exampleland", Text: "return to the process", Address: "https://record.example.org/c/1"}},
		Corrections: []Correction{{On: stocktake.MustDate("2017-12-05"), Note: "The list said 11 January; it is 1 January."}},
		Files:       []File{{Form: "pdf", MediaType: "application/pdf", Address: "https://record.example.org/f/1.pdf", Bytes: 4711}, {Form: "docx", MediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Address: "https://record.example.org/f/1.docx"}},
		ListSHA256:  sum("list"), Proof: "https://record.example.org/p/4711.tlog-proof",
	}
}

// arabic1 is a statement in Arabic alone, with names as printed in a source.
func arabic1() Statement {
	return Statement{
		ID: "mithal-2017", Address: "https://record.example.org/s/mithal-2017/1", Coalition: "ائتلاف المثال", Kind: "بيان مشترك", Version: 1, Published: time.Date(2017, 12, 4, 18, 0, 0, 0, time.UTC),
		Date: stocktake.MustDate("2017-12-04"), Place: "ميناء المثال",
		Languages: []Language{{Lang: "ar", Title: "بيان مشترك بشأن العملية", Body: bodyAR, Authoritative: true, SHA256: sum(bodyAR)}},
		Names: []Name{
			{Display: map[string]string{"": "جمعية المثال"}, Tier: stocktake.TierSignatory, How: AsPrinted, Country: "لبنان"},
			{Display: map[string]string{"": "Example Legal Centre"}, Tier: stocktake.TierSignatory, How: AsPrinted},
		},
		Contacts: []Contact{{Name: "مكتب الصحافة", Email: "press@coalition.example.org"}},
	}
}

// unequal is two with a Spanish text in one paragraph.
func unequal() Statement {
	s := two()
	s.Languages[1].Body = "Las organizaciones firmantes se reunieron en Puerto Ejemplo."
	return s
}

// chinese1 is a statement in Chinese.
func chinese1() Statement {
	s := arabic1()
	s.Languages = []Language{{Lang: "zh", Title: "关于进程的联合声明", Authoritative: true, Body: strings.Repeat("我们在示例港开会，商定了本文本。", 9) + "\n\n- 返回进程；\n- 公布理由。"}}
	s.Place, s.Coalition, s.Kind = "示例港", "示例联盟", "联合声明"
	s.Names = []Name{{Display: map[string]string{"zh": "示例法律中心", "en": "Example Legal Centre"}, How: AsPrinted, Country: "墨西哥"}, {Display: map[string]string{"": "Example International"}, How: AsPrinted}}
	s.Contacts = nil
	return s
}

func samples() map[string]Statement {
	return map[string]Statement{"en-es": two(), "ar": arabic1(), "unequal": unequal(), "zh": chinese1(), "ar-en": arabicEnglish()}
}

// arabicEnglish has Arabic as its first language and English beside it.
func arabicEnglish() Statement {
	s := arabic1()
	s.Languages = append(s.Languages, Language{Lang: "en", Title: "Joint statement on the process", Body: "One met.\n\n## What happened\n\nTwo said.\n\nWe ask:\n\n- to return;\n- to publish.\n\n1. First.\n2. Second.\n\nWe will report."})
	return s
}

func form(t tb, s Statement, o Options) *Form {
	t.Helper()
	f, err := New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tb is what a test and a step of a property have in common.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}
