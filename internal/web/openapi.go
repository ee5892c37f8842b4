package web

import (
	"encoding/json"
	"regexp"
	"strings"
)

var pathPart = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`)

// openAPI describes the JSON beside the pages, in OpenAPI 3.1, from the list of routes.
func openAPI(version string) []byte {
	ref := func(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }
	array := func(name string) map[string]any { return map[string]any{"type": "array", "items": ref(name)} }
	text := map[string]any{"type": "string"}
	maybe := func(t string) map[string]any { return map[string]any{"type": []string{t, "null"}} }
	number := map[string]any{"type": "integer"}
	object := func(props map[string]any) map[string]any {
		return map[string]any{"type": "object", "properties": props}
	}
	answered := func(props map[string]any) map[string]any {
		props["on"], props["known"], props["head"] = text, text, number
		return object(props)
	}
	schemas := map[string]any{
		"Standing": answered(map[string]any{"party": text, "instrument": text, "standing": text, "bound": maybe("boolean"), "in_force": maybe("boolean"), "since": maybe("string"), "unsure": map[string]any{"type": "boolean"},
			"conflicts": array("Conflict"), "caveats": map[string]any{"type": "array", "items": text}, "ends": maybe("string"), "acts": array("ActRef")}),
		"ActRef":      object(map[string]any{"id": text, "kind": text, "date": text, "phase": text, "via": text, "filing": number, "sources": map[string]any{"type": "array", "items": text}}),
		"Conflict":    object(map[string]any{"act": text, "about": text, "says": map[string]any{"type": "array", "items": object(map[string]any{"source": text, "value": text, "filing": number})}, "follows": text, "reason": text}),
		"RollCall":    answered(map[string]any{"id": text, "instrument": text, "symbol": text, "session": number, "date": text, "yes": number, "no": number, "abstain": number, "not_voting": number, "parties": map[string]any{"type": "object", "additionalProperties": text}}),
		"Undertaking": answered(map[string]any{"instrument": text, "provision": text, "number": text, "title": text, "text": maybe("string"), "standing": text, "bound": maybe("boolean"), "reservations": map[string]any{"type": "array"}, "since": maybe("string"), "sources": map[string]any{"type": "array", "items": text}}),
		"Change":      object(map[string]any{"party": text, "instrument": text, "before": text, "after": text, "unsure": map[string]any{"type": "boolean"}, "from": text, "to": text, "known": text, "head": number}),
		"Learned":     object(map[string]any{"filing": number, "filed": text, "known": text, "key": text, "title": text, "sha256": text, "acts": number}),
		"Call": answered(map[string]any{"statement": text, "title": text, "made": maybe("string"), "call": text, "kind": text, "verb": text, "addressee": text, "addressee_id": maybe("string"), "party": maybe("string"), "text": maybe("string"), "status": text,
			"unsure": map[string]any{"type": "boolean"}, "may": map[string]any{"type": "array", "items": text}, "when": maybe("string"), "by": array("CallAct"), "count": maybe("object"), "members": map[string]any{"type": []string{"array", "null"}}, "until": maybe("string"), "note": text, "read_by": text, "ends": maybe("string"), "filing": number}),
		"CallAct":   object(map[string]any{"id": text, "kind": text, "party": text, "instrument": text, "via": text, "date": text, "phase": text, "role": text, "unsure": map[string]any{"type": "boolean"}, "led": map[string]any{"type": "boolean"}, "filing": number, "sources": map[string]any{"type": "array", "items": text}, "reading": map[string]any{"type": "object"}}),
		"Hit":       object(map[string]any{"kind": text, "id": text, "title": text, "note": text}),
		"Agreement": answered(map[string]any{"party": text, "with": text, "joint": number, "same": number, "share": maybe("number")}),
		"Figure":    object(map[string]any{"series": text, "party": text, "counterpart": text, "period": text, "value": maybe("number"), "unit": text, "vintage": text, "source": text, "state": text, "rounded": number, "rows": number, "not_reported": number, "table": text}),
		"Series":    object(map[string]any{"series": text, "title": text, "unit": text, "times": text, "adds": text, "party": map[string]any{"type": "boolean"}, "counterpart": map[string]any{"type": "boolean"}, "rounded": number, "note": text, "publisher": text, "vintages": map[string]any{"type": "array", "items": map[string]any{"type": "object"}}}),
		"Line":      object(map[string]any{"table": text, "source": text, "line": number, "columns": map[string]any{"type": "array", "items": text}, "cells": map[string]any{"type": "array", "items": text}}),
		"Thing":     map[string]any{"type": "object", "description": "the description as filed; docs/filing-format.md explains its fields"},
		"Problem":   object(map[string]any{"type": text, "title": text, "status": number, "detail": text, "hint": text, "near": map[string]any{"type": "array", "items": object(map[string]any{"title": text, "address": text})}}),
	}
	shapes := map[string]map[string]any{"standings": array("Standing"), "standing": ref("Standing"), "rollcall": ref("RollCall"), "rollcalls": array("RollCall"), "undertakings": array("Undertaking"), "changes": array("Change"),
		"learned": array("Learned"), "hits": array("Hit"), "calls": array("Call"), "agreement": ref("Agreement"), "conflicts": array("Conflict"), "things": array("Thing"), "figures": array("Figure"), "series": array("Series"), "lines": array("Line"), "": ref("Thing"), "instrument": ref("Thing"), "party": ref("Thing")}
	var coords []any
	for _, c := range []struct{ name, about string }{
		{"on", "the day asked about, 2018-12-19; today where it is left out"},
		{"known", "what could be known by then: a day, meaning its end in UTC, or a moment (RFC 3339); now where it is left out"},
		{"head", "how many filings the record held; the newest where it is left out"},
		{"head-at", "the head at a moment; not together with head"},
	} {
		coords = append(coords, map[string]any{"name": c.name, "in": "query", "required": false, "description": c.about, "schema": text})
	}
	problem := map[string]any{"description": "what is wrong and what to do (RFC 9457)", "content": map[string]any{"application/problem+json": map[string]any{"schema": ref("Problem")}}}
	paths := map[string]any{}
	for _, r := range routes {
		if r.noForms {
			continue
		}
		path := strings.TrimSuffix(r.pattern, "{$}")
		if path == "/" {
			path = "/index"
		}
		path = pathPart.ReplaceAllString(path, "{$1}")
		params := append([]any{}, coords...)
		for _, m := range pathPart.FindAllStringSubmatch(r.pattern, -1) {
			params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "schema": text})
		}
		for _, p := range r.params {
			s := text
			if p.many {
				s = map[string]any{"type": "array", "items": text}
			}
			params = append(params, map[string]any{"name": p.name, "in": "query", "required": false, "description": p.about, "schema": s})
		}
		content := map[string]any{"application/json": map[string]any{"schema": shapes[r.shape]}}
		paths[path+".json"] = map[string]any{"get": map[string]any{"summary": r.about, "parameters": params, "responses": map[string]any{
			"200": map[string]any{"description": r.about, "content": content}, "304": map[string]any{"description": "not changed since the ETag given"}, "400": problem, "404": problem}}}
		paths[path+".csv"] = map[string]any{"get": map[string]any{"summary": r.about + ", as CSV", "parameters": params, "responses": map[string]any{
			"200": map[string]any{"description": r.about, "content": map[string]any{"text/csv": map[string]any{"schema": text}}}}}}
	}
	addFiles(paths, problem)
	doc := map[string]any{"openapi": "3.1.0", "info": map[string]any{"title": "Stocktake", "version": version,
		"description": "Who stands where on what they undertook towards people. Every address takes on, known and head; the same three give the same answer for ever. Nothing is asked of a caller, and nothing about one is kept.",
		"license":     map[string]any{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"paths": paths, "components": map[string]any{"schemas": schemas}}
	b, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return []byte("{}") // maps of strings and numbers always marshal
	}
	return append(b, '\n')
}
