package ingest

import "strings"

var english = indexed(&lexicon{
	code:     "en",
	common:   set("the of and to in we that is for on with by as are has have our this its from be will not which who their at an was were"),
	subjects: set("we i"),
	adverbs: set("also therefore strongly hereby further again respectfully urgently once jointly thus now particularly especially all here " +
		"collectively continue once-again together both still unanimously firmly call respectfully, humbly today earnestly specifically additionally reiterate"),
	calls: joinVerbs(
		verbs("", "call on", "call upon", "urge", "appeal to", "request", "invite", "encourage", "ask", "implore", "exhort", "press", "insist", "recommend", "challenge"),
		verbs("direct", "call for", "demand", "warn", "ask for", "press for", "appeal for", "plead for", "propose that", "call once again for", "join the call for", "join calls for", "join the calls for", "echo the call for", "echo calls for", "support the call for", "join the call on", "join in calling for", "insist that", "insist on", "request that", "ask that", "urge that", "recommend that", "petition for"),
		verbs("", "expect", "want", "need", "petition", "beseech", "beg", "entreat", "plead with", "look to", "advise", "counsel"),
		verbs("third", "calls on", "calls upon", "urges", "appeals to", "requests", "invites", "encourages", "implores", "exhorts", "is urging", "are urging", "is calling on", "are calling on",
			"is calling upon", "are calling upon", "called on", "called upon", "urged", "appealed to", "encouraged", "invited", "requested", "have called on", "have urged", "asked", "are asking", "is asking", "ask"),
		verbs("direct third", "calls for", "demands", "is demanding", "are demanding", "is calling for", "are calling for", "demanded", "called for", "have called for", "have demanded", "warned"),
		verbs("noun", "our call on", "our call upon", "our appeal to"),
		verbs("noun again", "our call for", "our calls for", "our call to", "our calls on", "our calls to", "our demand that", "our demand for", "our demands for", "our demand to", "our request that", "our request for", "our request to", "our recommendation that", "the call for", "the call on", "calls for", "calls on", "the demand for", "the demand that"),
		verbs("gerund", "calling on", "calling upon", "urging", "appealing to", "asking", "imploring"),
		verbs("direct gerund", "calling for", "demanding"),
	),
	toDo: set("to"),
	infinitive: func(w string) bool {
		return !enNotVerb[w] && !strings.HasSuffix(w, "ing")
	},
	promises: phrases("will", "shall", "'ll", "pledge to", "pledge our", "commit to", "commit ourselves to", "are committed to", "remain committed to",
		"undertake to", "promise to", "vow to", "plan to", "seek to", "aim to", "have agreed to", "agreed to", "have decided to", "decide to", "recommit to", "re-commit to", "have committed to", "are prepared to", "endeavor to", "endeavour to", "strive to", "remain determined to", "remain resolved to", "intend ,", "commit ,", "are dedicated to", "renew our pledge to", "commit", "are steadfast in our commitment to", "are united in our commitment to", "resolve to", "intend to", "are determined to", "agree to", "are resolved to", "are ready to", "stand ready to"),
	articles: set("the a an all our its their this these those"),
	offices:  set("government governments of authorities administration republic state"),
	bodies: set("undersigned organizations organisations organization organisation groups ngos coalition coalitions network networks signatories associations " +
		"unions churches representatives advocates leaders federation"),
	starters: set("the we in this as while it these our a an i they however that those for on at with since because if when all by to such there their his her he she you but and"),
	signed: phrases("signed", "signed by", "signatories", "signatory", "signatory organizations", "signatory organisations", "list of signatories", "undersigned", "the undersigned",
		"endorsed by", "endorsing organizations", "endorsing organisations", "endorsements", "endorsers", "supporting organizations", "supporting organisations", "supported by",
		"co-signed by", "cosigned by", "co-signatories", "cosponsors", "co-sponsors", "co-sponsored by", "sincerely", "yours sincerely", "yours faithfully", "yours truly", "respectfully yours", "respectfully submitted", "best regards", "kind regards", "with kind regards", "regards", "respectfully", "in solidarity", "organizations", "organisations",
		"on behalf of the undersigned", "participating organizations", "participating organisations", "signing organizations", "signing organisations", "joint signatories", "this statement is endorsed by", "this statement is signed by"),
	speaksOf: phrases("the undersigned", "we the undersigned", "signatories below", "signed below", "organizations below", "organisations below", "listed below"),
	contact: phrases("for further information", "for more information", "for additional information", "further information", "more information", "for further details", "for media enquiries",
		"for media inquiries", "for press enquiries", "for press inquiries", "for interviews", "for enquiries", "for inquiries", "media contact", "media contacts", "press contact",
		"press contacts", "contact", "contacts", "contact person", "contact persons", "contact information", "media enquiries", "media inquiries", "press enquiries", "press inquiries", "to arrange interviews"),
	embargo: phrases("embargoed", "embargo", "under embargo", "strictly embargoed", "under strict embargo", "hold for release", "hold until", "not for release", "not for publication", "not to be released",
		"not to be published", "for release on", "for release at"),
	slugs: phrases("for immediate release", "for immediate distribution", "for release", "press release", "media release", "news release", "press statement", "media advisory", "news advisory", "media statement", "press advisory", "statement",
		"joint statement", "immediate release", "joint press release", "begin text", "draft", "open letter"),
	greeting: phrases("dear", "to", "excellencies", "your excellencies", "your excellency", "esteemed", "mr", "madam", "honorable", "honourable"),
	finite: set("is are was were be been has have had will shall would should must can could may might do does did we they it this that these those there our your you who whose which what how why when " +
		"because therefore however please not if also than says said according"),
})

// enNotVerb are words that follow a "to" which opens no thing to do.
var enNotVerb = set("the a an this that these those our its their his her your my which whom whose what all any each every some both such them us it him you me and or of in on at for from with by " +
	"date people everyone others other more most many international human national ends")
