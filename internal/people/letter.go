package people

import (
	"strings"
)

// words are what a letter says in one language. %S is the site, %L the link, %C the coalition, %R the roles, %B who invites.
type words struct {
	inSubject, in         string
	inviteSubject, invite string
	roles                 map[Role]string
}

var letters = map[string]words{
	"en": {
		"Link to sign in at %S",
		"Somebody asked for a link to sign in at %S with this address. If it was you, open it within 15 minutes and press the button:\n\n%L\n\nIf it was not you, do nothing: without the link nobody comes in.\n",
		"Invitation into %C",
		"%B invites you into %C at %S, as %R. Open this link within 14 days and press the button:\n\n%L\n\nIf you do not want to, do nothing.\n",
		map[Role]string{Convenor: "convenor", Editor: "editor", Approver: "approver", SigningOfficer: "signing officer", PressOfficer: "press officer", Reader: "reader"},
	},
	"es": {
		"Enlace para entrar en %S",
		"Alguien ha pedido un enlace para entrar en %S con esta dirección. Si ha sido usted, ábralo en los próximos 15 minutos y pulse el botón:\n\n%L\n\nSi no ha sido usted, no haga nada: sin el enlace no entra nadie.\n",
		"Invitación a %C",
		"%B le invita a %C en %S, con la función de %R. Abra este enlace en los próximos 14 días y pulse el botón:\n\n%L\n\nSi no lo desea, no haga nada.\n",
		map[Role]string{Convenor: "coordinación", Editor: "redacción", Approver: "aprobación", SigningOfficer: "firma por una organización", PressOfficer: "prensa", Reader: "lectura"},
	},
	"fr": {
		"Lien de connexion à %S",
		"Quelqu’un a demandé un lien pour se connecter à %S avec cette adresse. Si c’était vous, ouvrez-le dans les 15 minutes et appuyez sur le bouton :\n\n%L\n\nSi ce n’était pas vous, ne faites rien : sans le lien, personne n’entre.\n",
		"Invitation à rejoindre %C",
		"%B vous invite à rejoindre %C sur %S, avec la fonction suivante : %R. Ouvrez ce lien dans les 14 jours et appuyez sur le bouton :\n\n%L\n\nSi vous ne le souhaitez pas, ne faites rien.\n",
		map[Role]string{Convenor: "coordination", Editor: "rédaction", Approver: "approbation", SigningOfficer: "signature pour une organisation", PressOfficer: "presse", Reader: "lecture"},
	},
	"pt": {
		"Ligação para entrar em %S",
		"Alguém pediu uma ligação para entrar em %S com este endereço. Se foi você, abra-a nos próximos 15 minutos e prima o botão:\n\n%L\n\nSe não foi você, não faça nada: sem a ligação ninguém entra.\n",
		"Convite para %C",
		"%B convida-o ou convida-a para %C em %S, com a função de %R. Abra esta ligação nos próximos 14 dias e prima o botão:\n\n%L\n\nSe não quiser, não faça nada.\n",
		map[Role]string{Convenor: "coordenação", Editor: "redação", Approver: "aprovação", SigningOfficer: "assinatura por uma organização", PressOfficer: "imprensa", Reader: "leitura"},
	},
	"de": {
		"Link zum Anmelden bei %S",
		"Jemand hat mit dieser Adresse um einen Link zum Anmelden bei %S gebeten. Wenn Sie es waren, öffnen Sie ihn innerhalb von 15 Minuten und drücken Sie den Knopf:\n\n%L\n\nWenn Sie es nicht waren, tun Sie nichts: Ohne den Link kommt niemand hinein.\n",
		"Einladung zu %C",
		"%B lädt Sie zu %C bei %S ein, mit der Aufgabe: %R. Öffnen Sie diesen Link innerhalb von 14 Tagen und drücken Sie den Knopf:\n\n%L\n\nWenn Sie nicht möchten, tun Sie nichts.\n",
		map[Role]string{Convenor: "Koordination", Editor: "Redaktion", Approver: "Freigabe", SigningOfficer: "Unterschrift für eine Organisation", PressOfficer: "Presse", Reader: "Lesen"},
	},
}

// wordsIn returns the words of a language, or of English.
func wordsIn(lang string) (words, string) {
	base, _, _ := strings.Cut(lang, "-")
	if w, ok := letters[base]; ok {
		return w, base
	}
	return letters["en"], "en"
}

func (p *People) siteName() string {
	if p.opt.Site != "" {
		return p.opt.Site
	}
	_, host, _ := strings.Cut(p.opt.Address, "//")
	return host
}

// LinkTo is the address of the page that a token opens.
func (p *People) LinkTo(token string) string { return p.opt.Address + "/in/" + token }

func (p *People) signInLetter(x Person, token string) Letter {
	w, lang := wordsIn(x.Lang)
	r := strings.NewReplacer("%S", p.siteName(), "%L", p.LinkTo(token))
	return Letter{To: x.Email, Name: x.Name, Lang: lang, Subject: r.Replace(w.inSubject), Text: r.Replace(w.in), Key: "sign-in/" + hashed(token)}
}

func (p *People) invitationLetter(by Person, c Coalition, i Invitation, token string) Letter {
	first := "en"
	if len(c.Langs) > 0 {
		first = c.Langs[0]
	}
	w, lang := wordsIn(first)
	var roles []string
	for _, x := range i.Roles {
		roles = append(roles, w.roles[x])
	}
	who := by.Shown()
	if by.IsLocal() {
		who = c.Name(first)
	}
	r := strings.NewReplacer("%S", p.siteName(), "%L", p.LinkTo(token), "%C", c.Name(first), "%R", strings.Join(roles, ", "), "%B", who)
	return Letter{To: i.Email, Name: i.Name, Lang: lang, Subject: r.Replace(w.inviteSubject), Text: r.Replace(w.invite), Key: "invitation/" + i.ID}
}
