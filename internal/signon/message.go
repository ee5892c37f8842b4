package signon

import (
	"strings"

	"stocktake/internal/store"
)

// A Message is a letter to one mailbox. It never holds the text of a statement, its title, or another organisation's name: until the link in
// it is opened and its button pressed, it tells that somebody asks for a signature and nothing about for what.
type Message struct {
	Key          string // names the letter: one of the same key goes out once. It holds ids alone
	Kind         MessageKind
	To           string // a mail address
	Lang         string
	Asks         string // who asks
	Organisation string // for which the mailbox is to answer
	Closes       Instant
	Token        string // what the link ends with; empty where there is none
	Link         string // the whole link
	Subject      string
	Text         string // plain
}

// MessageKind is what a message is for.
type MessageKind string

// The kinds.
const (
	MailInvitation  MessageKind = "invitation"
	MailReminder    MessageKind = "reminder"
	MailConfirm     MessageKind = "confirm"     // use the link, so that we know the mailbox is yours
	MailAgain       MessageKind = "again"       // you have answered already; here is the link to your answer
	MailCountersign MessageKind = "countersign" // a second officer is asked
	MailEntered     MessageKind = "entered"     // a convenor entered your yes
	MailListed      MessageKind = "listed"
	MailReconfirm   MessageKind = "reconfirm" // the text was changed in substance
	MailWithdrawn   MessageKind = "withdrawn"
	MailReceipt     MessageKind = "receipt" // it is published
)

// MessageKinds lists all of them.
func MessageKinds() []MessageKind {
	return []MessageKind{MailInvitation, MailReminder, MailConfirm, MailAgain, MailCountersign, MailEntered, MailListed, MailReconfirm, MailWithdrawn, MailReceipt}
}

// Post queues a message in the transaction of what it tells of, so that there is none without the other.
type Post func(tx store.PrivateTx, m Message) error

// Write sets subject and text in the message's language, or in English.
func (m *Message) Write() {
	base, _, _ := strings.Cut(m.Lang, "-")
	w, ok := words[base]
	if !ok {
		w, m.Lang = words["en"], "en"
	}
	r := strings.NewReplacer("%A", m.Asks, "%O", m.Organisation, "%U", m.Closes.String())
	m.Subject = strings.Join(strings.Fields(r.Replace(w[m.Kind][0])), " ")
	m.Text = r.Replace(w[m.Kind][1])
	if m.Link != "" {
		m.Text += "\n\n" + m.Link + "\n"
	}
	m.Text = strings.TrimRight(m.Text, "\n") + "\n\n" + r.Replace(w["foot"][1]) + "\n"
}

// words are subject and text by language: %A asks, %O is the organisation, %U the closing hour. The link stands behind the text.
var words = map[string]map[MessageKind][2]string{
	"en": {
		MailInvitation:  {"%A asks %O for its signature", "%A asks whether %O signs a text. It can be read and answered under this link until %U. Please keep the text to yourself until it is published. The link is meant for %O alone."},
		MailReminder:    {"%A: the list closes at %U", "%A has no answer of %O yet. A yes or a no can be given under this link until %U."},
		MailConfirm:     {"Please confirm for %A", "Somebody gave this address for the signature of %O, asked for by %A. If it was you, open the link and press the button. If it was not, do nothing: nothing is listed without it."},
		MailAgain:       {"Your answer to %A", "Somebody gave this address again for the signature of %O, asked for by %A. An answer from this address is here already. Under the link you can look at it, or take it back."},
		MailCountersign: {"%A: a second signature for %O", "An officer of %O has signed a text for %A and named you as second officer. If you agree, open the link and press the button."},
		MailEntered:     {"%A has entered the yes of %O", "A convenor of %A has entered that %O said yes by letter, telephone or in a meeting. If that is right, confirm it under the link; if it is not, take it back there."},
		MailListed:      {"%O stands under the text of %A", "%O stands among those who sign the text of %A. If that is wrong, or nobody was allowed to do it, take it back under the link."},
		MailReconfirm:   {"%A: the text was changed", "The text that %O signed for %A was changed in substance. %O does not stand under it any more until it says yes to the new text, under this link, until %U."},
		MailWithdrawn:   {"%O has withdrawn", "The signature of %O for the text of %A was withdrawn. Nothing else is needed."},
		MailReceipt:     {"Receipt: %O and %A", "The text of %A that %O signed is published. Under the link is a receipt: the text, its hash, the list and a proof that can be checked without this site. Please keep it."},
		"foot":          {"", "Opening a link changes nothing; only pressing the button does."},
	},
	"es": {
		MailInvitation:  {"%A pide la firma de %O", "%A pregunta si %O firma un texto. Se puede leer y contestar en este enlace hasta %U. Por favor, no difunda el texto antes de su publicación. El enlace es solo para %O."},
		MailReminder:    {"%A: la lista se cierra a las %U", "%A aún no tiene respuesta de %O. Se puede contestar sí o no en este enlace hasta %U."},
		MailConfirm:     {"Confirme, por favor, para %A", "Alguien ha dado esta dirección para la firma de %O que pide %A. Si ha sido usted, abra el enlace y pulse el botón. Si no, no haga nada: sin ello no se publica nada."},
		MailAgain:       {"Su respuesta a %A", "Alguien ha dado otra vez esta dirección para la firma de %O que pide %A. Ya hay una respuesta desde esta dirección. En el enlace puede verla o retirarla."},
		MailCountersign: {"%A: una segunda firma por %O", "Una persona de %O ha firmado un texto para %A y le ha nombrado como segunda responsable. Si está de acuerdo, abra el enlace y pulse el botón."},
		MailEntered:     {"%A ha anotado el sí de %O", "La coordinación de %A ha anotado que %O dijo sí por carta, por teléfono o en una reunión. Si es correcto, confírmelo en el enlace; si no, retírelo allí."},
		MailListed:      {"%O figura en el texto de %A", "%O figura entre quienes firman el texto de %A. Si es un error, o nadie tenía permiso para hacerlo, retírelo en el enlace."},
		MailReconfirm:   {"%A: el texto ha cambiado", "El texto que %O firmó para %A ha cambiado en lo sustancial. %O ya no figura en él hasta que diga sí al nuevo texto, en este enlace, hasta %U."},
		MailWithdrawn:   {"%O se ha retirado", "La firma de %O para el texto de %A se ha retirado. No hace falta nada más."},
		MailReceipt:     {"Recibo: %O y %A", "El texto de %A que firmó %O está publicado. En el enlace hay un recibo: el texto, su hash, la lista y una prueba que se puede comprobar sin este sitio. Por favor, guárdelo."},
		"foot":          {"", "Abrir un enlace no cambia nada; solo lo hace pulsar el botón."},
	},
	"fr": {
		MailInvitation:  {"%A demande la signature de %O", "%A demande si %O signe un texte. On peut le lire et répondre par ce lien jusqu’à %U. Merci de garder le texte pour vous jusqu’à sa publication. Le lien est réservé à %O."},
		MailReminder:    {"%A : la liste est close à %U", "%A n’a pas encore de réponse de %O. On peut répondre oui ou non par ce lien jusqu’à %U."},
		MailConfirm:     {"Merci de confirmer pour %A", "Quelqu’un a donné cette adresse pour la signature de %O que demande %A. Si c’était vous, ouvrez le lien et appuyez sur le bouton. Sinon, ne faites rien : sans cela, rien n’est publié."},
		MailAgain:       {"Votre réponse à %A", "Quelqu’un a donné de nouveau cette adresse pour la signature de %O que demande %A. Une réponse de cette adresse est déjà là. Par le lien, vous pouvez la voir ou la retirer."},
		MailCountersign: {"%A : une seconde signature pour %O", "Une personne de %O a signé un texte pour %A et vous a désigné pour la seconde signature. Si vous êtes d’accord, ouvrez le lien et appuyez sur le bouton."},
		MailEntered:     {"%A a noté le oui de %O", "La coordination de %A a noté que %O a dit oui par courrier, par téléphone ou en réunion. Si c’est exact, confirmez-le par le lien ; sinon, retirez-le là."},
		MailListed:      {"%O figure sous le texte de %A", "%O figure parmi les signataires du texte de %A. Si c’est une erreur, ou si personne n’en avait le droit, retirez la signature par le lien."},
		MailReconfirm:   {"%A : le texte a changé", "Le texte que %O a signé pour %A a changé sur le fond. %O n’y figure plus tant qu’un oui au nouveau texte n’est pas donné par ce lien, jusqu’à %U."},
		MailWithdrawn:   {"%O s’est retiré", "La signature de %O pour le texte de %A est retirée. Rien d’autre n’est nécessaire."},
		MailReceipt:     {"Reçu : %O et %A", "Le texte de %A que %O a signé est publié. Par le lien, un reçu : le texte, son empreinte, la liste et une preuve vérifiable sans ce site. Merci de le garder."},
		"foot":          {"", "Ouvrir un lien ne change rien ; seul le bouton agit."},
	},
	"pt": {
		MailInvitation:  {"%A pede a assinatura de %O", "%A pergunta se %O assina um texto. Pode ser lido e respondido nesta ligação até %U. Por favor, não divulgue o texto antes da publicação. A ligação destina-se apenas a %O."},
		MailReminder:    {"%A: a lista fecha às %U", "%A ainda não tem resposta de %O. Pode responder-se sim ou não nesta ligação até %U."},
		MailConfirm:     {"Por favor, confirme para %A", "Alguém deu este endereço para a assinatura de %O que %A pede. Se foi você, abra a ligação e prima o botão. Se não, não faça nada: sem isso nada é publicado."},
		MailAgain:       {"A sua resposta a %A", "Alguém deu de novo este endereço para a assinatura de %O que %A pede. Já há uma resposta deste endereço. Na ligação pode vê-la ou retirá-la."},
		MailCountersign: {"%A: uma segunda assinatura por %O", "Alguém de %O assinou um texto para %A e indicou-o ou indicou-a para a segunda assinatura. Se concorda, abra a ligação e prima o botão."},
		MailEntered:     {"%A registou o sim de %O", "A coordenação de %A registou que %O disse sim por carta, telefone ou numa reunião. Se está certo, confirme-o na ligação; se não, retire-o lá."},
		MailListed:      {"%O está no texto de %A", "%O está entre quem assina o texto de %A. Se está errado, ou ninguém o podia fazer, retire a assinatura na ligação."},
		MailReconfirm:   {"%A: o texto mudou", "O texto que %O assinou para %A mudou na substância. %O já não está nele até dizer sim ao novo texto, nesta ligação, até %U."},
		MailWithdrawn:   {"%O retirou-se", "A assinatura de %O no texto de %A foi retirada. Não é preciso mais nada."},
		MailReceipt:     {"Recibo: %O e %A", "O texto de %A que %O assinou está publicado. Na ligação há um recibo: o texto, o seu hash, a lista e uma prova que se verifica sem este sítio. Por favor, guarde-o."},
		"foot":          {"", "Abrir uma ligação não muda nada; só o botão o faz."},
	},
	"de": {
		MailInvitation:  {"%A bittet um die Unterschrift von %O", "%A fragt, ob %O einen Text unterschreibt. Er ist unter diesem Link bis %U zu lesen und zu beantworten. Bitte behalten Sie den Text bis zur Veröffentlichung für sich. Der Link ist nur für %O bestimmt."},
		MailReminder:    {"%A: Die Liste schließt um %U", "%A hat noch keine Antwort von %O. Ein Ja oder Nein ist unter diesem Link bis %U möglich."},
		MailConfirm:     {"Bitte bestätigen, für %A", "Jemand hat diese Adresse für die Unterschrift von %O angegeben, um die %A bittet. Wenn Sie es waren, öffnen Sie den Link und drücken Sie den Knopf. Wenn nicht, tun Sie nichts: Ohne das wird nichts veröffentlicht."},
		MailAgain:       {"Ihre Antwort an %A", "Jemand hat diese Adresse noch einmal für die Unterschrift von %O angegeben, um die %A bittet. Von dieser Adresse ist schon eine Antwort da. Unter dem Link können Sie sie ansehen oder zurücknehmen."},
		MailCountersign: {"%A: eine zweite Unterschrift für %O", "Jemand von %O hat einen Text für %A unterschrieben und Sie für die zweite Unterschrift genannt. Wenn Sie einverstanden sind, öffnen Sie den Link und drücken Sie den Knopf."},
		MailEntered:     {"%A hat das Ja von %O eingetragen", "Die Koordination von %A hat eingetragen, dass %O brieflich, am Telefon oder in einer Sitzung zugesagt hat. Wenn das stimmt, bestätigen Sie es unter dem Link; wenn nicht, nehmen Sie es dort zurück."},
		MailListed:      {"%O steht unter dem Text von %A", "%O steht unter denen, die den Text von %A unterschreiben. Wenn das falsch ist oder niemand es durfte, nehmen Sie es unter dem Link zurück."},
		MailReconfirm:   {"%A: Der Text wurde geändert", "Der Text, den %O für %A unterschrieben hat, wurde in der Sache geändert. %O steht nicht mehr darunter, bis dem neuen Text zugestimmt wird, unter diesem Link, bis %U."},
		MailWithdrawn:   {"%O ist zurückgetreten", "Die Unterschrift von %O unter den Text von %A ist zurückgezogen. Mehr ist nicht nötig."},
		MailReceipt:     {"Beleg: %O und %A", "Der Text von %A, den %O unterschrieben hat, ist veröffentlicht. Unter dem Link liegt ein Beleg: der Text, sein Hash, die Liste und ein Nachweis, der ohne diese Seite zu prüfen ist. Bitte bewahren Sie ihn auf."},
		"foot":          {"", "Einen Link zu öffnen ändert nichts; nur der Knopf tut es."},
	},
}
