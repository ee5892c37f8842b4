package journey

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// seed is the statement of 4 December 2017, in the folder of the real data; empty where that is not there.
func seed(t testing.TB) string {
	t.Helper()
	for _, kind := range []string{"*.txt"} {
		list, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "seed", kind))
		if len(list) > 0 {
			b, err := os.ReadFile(list[0])
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	if os.Getenv("CI") == "true" || os.Getenv("STOCKTAKE_REQUIRE_SHARED") == "1" {
		t.Fatal("../shared/seed is not there")
	}
	t.Skip("../shared/seed is not there: the rehearsal needs its text")
	return ""
}

// TestRehearsal has the text of 4 December 2017 approved in two languages, endorsed by seven stand-in organisations through seven mailboxes, by one through a
// link in a chat and by one by telephone, and published; and it holds every form to tools of others.
func TestRehearsal(t *testing.T) {
	text := seed(t)
	mails := newPost(t)
	p := newProgram(t, mails.env()...)
	p.public()
	p.serve()
	// Two persons: one who writes, and one who approves.
	f, bo := p.forms(), p.forms()
	f.post(find(t, p.run("user", "add", "ana@example.org", "--name", "Ana Example", "--admin"), `http://\S+(/in/[\w-]+)`))
	f.post("/desk/coalitions", "name", "Example Coalition", "lang", "en")
	f.post("/desk/c/example-coalition/about", "part", "rules", "two", "yes", "approver", "approver")
	f.post("/desk/c/example-coalition/invite", "email", "bo@example.net", "name", "Bo Example", "role", "approver", "way", "mail")
	link, err := mails.to(t, "bo@example.net", 1)[0].link()
	if err != nil {
		t.Fatal(err)
	}
	bo.post(link)
	work := f.begin(text, "rehearsal", "1")
	f.post(work+"/language", "lang", "es", "translated-by", "Example Centre", "checked-by", "Example Union")
	spanish := rehearsalInSpanish
	f.post(work+"/text/es", "base", "0", "title", spanish[0], "body", spanish[1])
	if code, page := f.sendApproval(work); code != http.StatusOK || !strings.Contains(page, "A second person has to approve") {
		t.Errorf("who wrote a text approved it alone: %d %s", code, plain(page))
	}
	bo.approve(work)
	f.post(work+"/board/open", "date", "2099-01-01", "clock", "18:00", "zone", "America/Mexico_City")

	var who []string
	for i := range 7 {
		who = append(who, fmt.Sprintf("Example Organisation %d; office@org%d.example; MEX", i+1, i+1))
	}
	asked := f.post(work+"/board/invite", "who", strings.Join(append(who, "Example Chat Network; ; USA"), "\n"))
	chat := find(t, asked, `http://[^/]*(/sign/[A-Za-z0-9_-]+)`)
	for i := range 7 {
		box := fmt.Sprintf("office@org%d.example", i+1)
		got := mails.to(t, box, 1)
		if strings.Contains(got[0].text+got[0].subject, "Compact") {
			t.Errorf("the letter tells of the text: %s", got[0].text)
		}
		link, err := got[0].link()
		if err != nil {
			t.Fatal(err)
		}
		page := f.post(link + "/open")
		answer := f.post(link+"/answer", "sum", find(t, page, `name="sum" value="([0-9a-f]{64})"`), "organisation", fmt.Sprintf("Example Organisation %d", i+1), "office", "Director", "signer", "Ana Example", "mailbox", box, "may", "yes")
		if !strings.Contains(plain(answer), "Your organisation is on the list") {
			t.Errorf("a yes by a link that was mailed to the organisation's domain: %s", plain(answer)[:300])
		}
	}

	// One by a link in a chat: the mailbox is confirmed by letter, and a convenor gives the word.
	page := f.post(chat + "/open")
	f.post(chat+"/answer", "sum", find(t, page, `name="sum" value="([0-9a-f]{64})"`), "organisation", "Example Chat Network", "office", "Coordinator", "signer", "Eva Example", "mailbox", "eva@chat.example", "may", "yes")
	confirm, err := mails.to(t, "eva@chat.example", 1)[0].link()
	if err != nil {
		t.Fatal(err)
	}
	if s := f.get(confirm); strings.Contains(s, "Compact") || strings.Contains(plain(f.get(work+"/board")), "Example Chat Network USA · mailbox") {
		t.Errorf("a GET of the link that confirms did something: %s", plain(s))
	}
	f.post(confirm + "/open")
	f.post(confirm+"/use", "do", "confirm")
	// One by telephone.
	f.post(work+"/board/enter", "organisation", "Example Parish", "country", "USA", "signer", "Ben Example", "road", "telephone", "evidence", "Called the parish office", "mailbox", "parish@mail.example")
	mails.to(t, "parish@mail.example", 1) // it is told
	board := f.get(work + "/board")
	if !strings.Contains(plain(board), "on the list 9") {
		f.post(work+"/board/act", "id", find(t, board, `name="id" value="([^"]+)"> (?:<b>)?Example Chat Network`), "do", "accept", "evidence", "Known partner")
		board = f.get(work + "/board")
	}
	if !strings.Contains(plain(board), "on the list 9") {
		t.Fatalf("not all nine are on the list: %s", plain(board))
	}

	// Until it is published, nothing that leaves this computer says anything of it.
	out := t.TempDir()
	p.run("export", filepath.Join(out, "record.tar.zst"))
	p.run("publish", filepath.Join(out, "site"))
	holdsNot(t, out, "Example Organisation 1", "Example Parish", "rehearsal-", "Puerto Vallarta, Mexico")
	f.post(work+"/release", "sure", "yes")
	id := find(t, f.get(work), `href="/st/([^"]+)"`)

	// The public page, and each file that it names.
	stranger := p.forms()
	public := stranger.get("/st/" + id)
	said := plain(public)
	for _, w := range []string{"Example Organisation 7", "Example Chat Network", "Example Parish", "rehearsal"} {
		if !strings.Contains(said, w) {
			t.Errorf("the public page does not say %q:\n%s", w, said)
		}
	}
	for _, w := range []string{"Pacto Mundial", "Global Compact"} { // paragraph against paragraph
		if side := plain(stranger.get("/st/" + id + "/1/side?langs=en,es")); !strings.Contains(side, w) {
			t.Errorf("side by side, there is no %q:\n%s", w, side)
		}
	}
	checkForms(t, p, id, public, stranger.get("/st/"+id+"/1/es"), stranger.get("/st/"+id+"/1/side?langs=en,es"))
}

// holdsNot looks through files, those in archives too, for words.
func holdsNot(t testing.TB, dir string, words ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if z, err := zstd.NewReader(bytes.NewReader(b)); err == nil {
			if all, err := io.ReadAll(z); err == nil {
				b = append(b, all...)
			}
			z.Close()
		}
		for _, w := range words {
			if bytes.Contains(b, []byte(w)) {
				t.Errorf("%s says %q before it is published", path, w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The statement in Spanish, paragraph against paragraph, shortened.
var rehearsalInSpanish = [2]string{
	"Ensayo: el retiro de Estados Unidos de las negociaciones del Pacto Mundial para la Migración",
	`Puerto Vallarta, México – 4 de diciembre de 2017 – Estados Unidos deja las negociaciones del Pacto Mundial para la Migración, y con ellas lo que prometió en la Declaración de Nueva York y en la Agenda 2030. Le pedimos que vuelva al proceso.

Los derechos humanos y los derechos laborales son de todas las personas; por eso hace falta un proceso de todo el mundo.

El Gobierno ha preferido otro camino, junto con otras decisiones sobre quienes migran.

La mayoría de la gente del país ve en la inmigración un bien.

El Pacto permite coordinar la migración con respeto a los derechos humanos. Instamos a la comunidad internacional a confirmar su compromiso.

Pedimos a Estados Unidos que trabaje en favor de un Pacto Mundial que promueva los derechos y la cooperación.

Seguiremos trabajando con otros gobiernos, y pediremos al nuestro una posición más responsable.`,
}
