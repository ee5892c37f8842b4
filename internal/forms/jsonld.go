package forms

import (
	"strconv"

	"stocktake"
)

// object is a node of JSON-LD; encoding/json sorts its keys, so the same value gives the same bytes.
type object map[string]any

// JSONLD writes schema.org as JSON-LD: a NewsArticle for each language, an ItemList of the names in order, each an EndorseAction with agent,
// object, endorsee, start and end; what is cited as Legislation with Quotations; corrections as CorrectionComments.
func (f *Form) JSONLD() ([]byte, error) {
	s := f.s
	graph := []object{f.article(f.texts[0], s.Address)}
	main := graph[0]
	if s.status() != Usable {
		main["creativeWorkStatus"] = string(s.status())
		return marshal(object{"@context": "https://schema.org", "@graph": graph})
	}
	main["creativeWorkStatus"] = "published"
	if s.Published.IsZero() {
		main["creativeWorkStatus"] = "embargoed"
	}
	if s.Rehearsal {
		main["creativeWorkStatus"] = "rehearsal"
	}
	var cites, corrections, calls, others []object
	for _, c := range s.Citations {
		law := object{"@type": "Legislation", "name": line(c.Title)}
		if c.Address != "" {
			law["url"] = c.Address
		}
		cites = append(cites, law)
		if q := line(c.Quote); q != "" {
			cites = append(cites, object{"@type": "Quotation", "text": q, "isPartOf": law})
		}
	}
	for _, c := range s.Corrections {
		corrections = append(corrections, nonEmpty(object{"@type": "CorrectionComment", "text": line(c.Note), "datePublished": c.On.String()}))
	}
	for _, c := range s.Calls {
		calls = append(calls, nonEmpty(object{"@type": "Quotation", "text": line(c.Text), "about": nonEmpty(object{"@type": "Thing", "name": line(c.Addressee)}), "url": c.Address}))
	}
	for _, t := range f.texts[1:] {
		address := t.Address
		if address == "" {
			address = s.Address + "#" + t.Lang
		}
		a := f.article(t, address)
		if f.texts[0].Authoritative {
			a["translationOfWork"] = object{"@id": s.Address}
		}
		graph = append(graph, a)
		others = append(others, object{"@id": address})
	}
	set := func(key string, list []object) {
		if len(list) > 0 {
			main[key] = list
		}
	}
	set("citation", cites)
	set("correction", corrections)
	set("hasPart", calls)
	if f.texts[0].Authoritative {
		set("workTranslation", others)
	}
	if len(s.Names) > 0 {
		graph = append(graph, f.endorsements())
	}
	return marshal(object{"@context": "https://schema.org", "@graph": graph})
}

// article is the statement in one language.
func (f *Form) article(t text, address string) object {
	s := f.s
	a := object{"@type": "NewsArticle", "@id": address, "identifier": line(s.ID), "headline": line(t.Title), "inLanguage": t.Lang, "url": address, "version": strconv.Itoa(s.Version)}
	if s.Rehearsal {
		a["headline"], a["abstract"] = rehearsed(f.w, line(t.Title)), f.w.rehearsal
	}
	if s.status() != Usable {
		a["abstract"] = line(s.StatusNote)
		return nonEmpty(a)
	}
	a["alternativeHeadline"], a["articleBody"], a["wordCount"] = line(t.Subtitle), plain(t.blocks), bodyWords(t.blocks)
	a["dateline"], a["dateCreated"], a["datePublished"] = line(s.Dateline), s.Date.String(), rfc3339(s.Published)
	if !s.First.IsZero() && !s.First.Equal(s.Published) {
		a["datePublished"], a["dateModified"] = rfc3339(s.First), rfc3339(s.Published)
	}
	if p := line(s.Place); p != "" {
		a["locationCreated"] = object{"@type": "Place", "name": p}
	}
	if c := line(s.Coalition); c != "" {
		a["author"] = nonEmpty(object{"@type": "Organization", "name": c, "url": s.Home})
	}
	if c := line(s.Site); c != "" {
		a["publisher"] = object{"@type": "Organization", "name": c}
	}
	if by := line(t.TranslatedBy); by != "" {
		a["translator"] = object{"@type": "Organization", "name": by}
	}
	var files []object
	if t.SHA256 != "" {
		files = append(files, object{"@type": "MediaObject", "encodingFormat": "text/plain", "inLanguage": t.Lang, "sha256": line(t.SHA256)})
	}
	if address == s.Address {
		for _, x := range s.Files {
			o := object{"@type": "MediaObject", "encodingFormat": line(x.MediaType), "contentUrl": x.Address}
			if x.Bytes > 0 {
				o["contentSize"] = strconv.FormatInt(x.Bytes, 10)
			}
			files = append(files, nonEmpty(o))
		}
		a["isBasedOn"] = s.Source
	}
	if len(files) > 0 {
		a["encoding"] = files
	}
	return nonEmpty(a)
}

// endorsements is the list of names, in the order of every form.
func (f *Form) endorsements() object {
	s := f.s
	var list []object
	for i, n := range s.inOrder() {
		kind := "Organization"
		if n.Tier == stocktake.TierPersonal {
			kind = "Person"
		}
		agent := object{"@type": kind, "name": n.in(f.texts[0].Lang)}
		var also []string
		for _, t := range f.texts[1:] {
			if x := n.in(t.Lang); x != agent["name"] {
				also = append(also, x)
			}
		}
		if len(also) > 0 {
			agent["alternateName"] = also
		}
		how := n.How
		if how == unknownHow {
			how = Imported
		}
		action := object{"@type": "EndorseAction", "agent": agent, "object": object{"@id": s.Address}, "name": n.groupID(), "description": string(how),
			"startTime": n.Joined.String(), "endTime": n.Withdrew.String()}
		if n.Joined.IsZero() {
			first := s.First
			if first.IsZero() {
				first = s.Published
			}
			action["startTime"] = rfc3339(first)
		}
		if c := line(s.Coalition); c != "" {
			action["endorsee"] = object{"@type": "Organization", "name": c}
		}
		list = append(list, object{"@type": "ListItem", "position": i + 1, "item": nonEmpty(action)})
	}
	return object{"@type": "ItemList", "@id": s.Address + "#names", "numberOfItems": len(list), "itemListElement": list}
}

// nonEmpty drops keys with empty strings and empty objects.
func nonEmpty(o object) object {
	for k, v := range o {
		switch x := v.(type) {
		case string:
			if x == "" {
				delete(o, k)
			}
		case object:
			if len(x) == 0 || len(x) == 1 && x["@type"] != nil {
				delete(o, k)
			}
		}
	}
	return o
}

func itoa(n int) string { return strconv.Itoa(n) }
