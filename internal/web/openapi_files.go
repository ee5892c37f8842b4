package web

// addFiles describes the addresses of files and feeds, which are no pages.
func addFiles(paths map[string]any, problem map[string]any) {
	text := map[string]any{"type": "string"}
	in := func(names ...string) (list []any) {
		for _, n := range names {
			list = append(list, map[string]any{"name": n, "in": "path", "required": true, "schema": text})
		}
		return list
	}
	get := func(about string, params []any, responses map[string]any) map[string]any {
		return map[string]any{"get": map[string]any{"summary": about, "parameters": orNone(params), "responses": responses}}
	}
	binary := map[string]any{"description": "the bytes of the file", "content": map[string]any{"application/octet-stream": map[string]any{}}}
	paths["/st/{statement}/{version}/form/{name}"] = get("A file of a version, by its name: en.txt, en.md, en.html, en.docx, en.pdf, en_es.pdf, en.un.docx, all.ninjs.json, all.jsonld, names.csv, names.xlsx. It is made where nobody asked for it before",
		in("statement", "version", "name"), map[string]any{"303": map[string]any{"description": "see the address with the SHA-256 of its bytes"}, "404": problem, "410": problem, "503": problem})
	paths["/st/{statement}/{version}/form/{sha256}/{name}"] = get("A file as it was given out; 410 where words in it had to be taken away", in("statement", "version", "sha256", "name"),
		map[string]any{"200": binary, "304": map[string]any{"description": "not changed since the ETag given"}, "404": problem, "410": problem})
	for kind, media := range map[string]string{"atom": "application/atom+xml", "json": "application/feed+json"} {
		answer := map[string]any{"200": map[string]any{"description": "a feed; each version is an entry, whose id is its permanent address", "content": map[string]any{media: map[string]any{}}}, "404": problem}
		paths["/feeds/statements."+kind] = get("All statements, as a feed", nil, answer)
		paths["/feeds/c/{coalition}."+kind] = get("Statements by a coalition, as a feed", in("coalition"), answer)
		paths["/feeds/p/{party}."+kind] = get("Statements that name a party or call on it, as a feed", in("party"), answer)
		paths["/feeds/i/{instrument}."+kind] = get("Statements that cite an instrument, as a feed", in("instrument"), answer)
	}
}

func orNone(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}
