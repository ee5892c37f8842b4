package ingest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// before is what stands before each row of the tables: enough words to tell the language by, and no name.
var before = map[string]string{
	"en": "Crews ask for quays\n\nThe crews of the ferries wait in the harbour, and it is winter. They have asked for a warm place and for fair pay, and they have not had an answer from those who are in charge of the quays.\n\n",
	"es": "Las tripulaciones piden muelles\n\nLas tripulaciones de los barcos esperan en el puerto y es invierno. Han pedido un lugar con calor y un pago justo, y no han tenido una respuesta de los que están a cargo de los muelles.\n\n",
	"fr": "Les équipages demandent des quais\n\nLes équipages des bateaux attendent dans le port et c’est l’hiver. Ils ont demandé un lieu chaud et une paie juste, et ils n’ont pas eu de réponse de ceux qui ont la charge des quais.\n\n",
	"pt": "As tripulações pedem cais\n\nAs tripulações dos barcos esperam no porto e é inverno. Pediram um lugar quente e um pagamento justo, e não tiveram uma resposta dos que estão à frente dos cais.\n\n",
	"de": "Besatzungen bitten um Kais\n\nDie Besatzungen der Fähren warten im Hafen, und es ist Winter. Sie haben um einen warmen Ort und um gerechten Lohn gebeten, und sie haben keine Antwort von denen, die für die Kais zuständig sind.\n\n",
	"sv": "Besättningar ber om kajer\n\nBesättningarna på färjorna väntar i hamnen och det är vinter. De har bett om en varm plats och om rättvis lön, och de har inte fått något svar från dem som har ansvar för kajerna.\n\n",
	"ru": "Экипажи просят причалы\n\nЭкипажи паромов ждут в гавани, и стоит зима. Они просили теплое место и справедливую плату, и не получили ответа от тех, кто отвечает за причалы.\n\n",
	"zh": "船员要求码头\n\n渡轮的船员在港口等候，现在是冬天。他们要求温暖的地方和公平的报酬，没有得到答复。\n\n",
	"ar": "الطواقم تطلب أرصفة\n\nتنتظر طواقم العبارات في الميناء وهو الشتاء. وقد طلبوا مكانا دافئا وأجرا عادلا ولم يتلقوا ردا من المسؤولين عن الأرصفة.\n\n",
}

// rows returns the rows of a table in testdata.
func rows(t *testing.T, name string) [][3]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var list [][3]string
	for _, line := range strings.Split(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		p := strings.SplitN(line, " | ", 3)
		if len(p) != 3 || before[p[0]] == "" {
			t.Fatalf("%s: not a row: %s", name, line)
		}
		list = append(list, [3]string{p[0], strings.ReplaceAll(p[1], `\n`, "\n"), p[2]})
	}
	return list
}

// compare reports what of want, parted by "||", is not in got, and the other way round.
func compare(t *testing.T, row [3]string, got []string) {
	t.Helper()
	var want []string
	if strings.TrimSpace(row[2]) != "-" {
		for _, w := range strings.Split(row[2], "||") {
			want = append(want, strings.TrimSpace(w))
		}
	}
	for i := range got {
		got[i] = strings.Join(strings.Fields(got[i]), " ")
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s %q:\n got  %q\n want %q", row[0], row[1], got, want)
	}
}

// TestInstrumentNames reads the names of instruments in made-up sentences, by their shape: the short list of names knows few of them.
func TestInstrumentNames(t *testing.T) {
	for _, row := range rows(t, "instruments.txt") {
		d := Read(before[row[0]]+row[1]+"\n", testNames)
		var got []string
		for _, in := range d.Instruments {
			got = append(got, in.Text)
		}
		compare(t, row, got)
	}
}

// TestCallShapes reads the calls in made-up sentences and lists.
func TestCallShapes(t *testing.T) {
	for _, row := range rows(t, "calls.txt") {
		d := Read(before[row[0]]+row[1]+"\n", testNames)
		var got []string
		for _, c := range d.Calls {
			got = append(got, c.Text)
		}
		compare(t, row, got)
	}
}
