package paper

import (
	"bytes"
	"encoding/json"

	"github.com/gowebpki/jcs"
)

type object = map[string]any

func pretty(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	raw, err := jcs.Transform(b.Bytes())
	if err != nil {
		return nil, err
	}
	b.Reset()
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// dataPackage describes the tables (Frictionless Data Package and Table Schema).
func (m *maker) dataPackage(tables []*sheet, files []File) ([]byte, error) {
	r := m.r
	var list []any
	for _, t := range tables {
		var fields []any
		for _, f := range t.fields {
			fields = append(fields, object{"name": f.name, "type": f.kind, "description": f.about})
		}
		schema := object{"fields": fields, "missingValues": []string{""}}
		if len(t.key) > 0 {
			schema["primaryKey"] = t.key
		}
		x := object{"name": t.name, "title": t.title, "path": t.name + ".csv", "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
			"dialect": object{"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": true, "header": true}, "schema": schema}
		for _, f := range files {
			if f.Name == t.name+".csv" {
				x["bytes"], x["hash"] = len(f.Bytes), "sha256:"+sum(f.Bytes)
			}
		}
		list = append(list, x)
	}
	var sources []any
	for _, s := range r.Sources {
		x := object{"title": s.Title}
		if s.Address != "" {
			x["path"] = s.Address
		}
		sources = append(sources, x)
	}
	p := object{"profile": "tabular-data-package", "name": r.Scope.ID, "title": r.Scope.Title, "id": "sha256:" + m.sum, "description": m.citation(), "version": r.On,
		"contributors": []any{object{"title": r.Scope.By, "role": "author"}}, "resources": list}
	if len(sources) > 0 {
		p["sources"] = sources
	}
	return pretty(p)
}

// linked describes the stocktake for machines that read schema.org.
func (m *maker) linked(files []File) ([]byte, error) {
	r := m.r
	var about, based, files2 []any
	for _, p := range r.Provisions {
		about = append(about, object{"@type": "CreativeWork", "identifier": string(p.ID), "name": p.Title, "isPartOf": object{"@type": "CreativeWork", "identifier": string(p.Instrument), "name": p.Of}})
	}
	var places []any
	for _, p := range r.Parties {
		places = append(places, object{"@type": "Country", "identifier": string(p.ID), "name": p.Name})
	}
	for _, s := range r.Sources {
		x := object{"@type": "CreativeWork", "identifier": string(s.ID), "name": s.Title}
		if s.Address != "" {
			x["url"] = s.Address
		}
		if s.Publisher != "" {
			x["publisher"] = object{"@type": "Organization", "name": s.Publisher}
		}
		based = append(based, x)
	}
	for _, f := range files {
		files2 = append(files2, object{"@type": "DataDownload", "name": f.Name, "contentUrl": f.Name, "encodingFormat": f.Media, "contentSize": len(f.Bytes), "sha256": sum(f.Bytes)})
	}
	x := object{"@context": "https://schema.org/", "@type": []string{"Report", "Dataset"}, "@id": "urn:sha256:" + m.sum, "identifier": r.Scope.ID, "name": r.Scope.Title, "inLanguage": "en", "description": m.citation(),
		"author": object{"@type": "Organization", "name": r.Scope.By}, "temporalCoverage": r.On, "about": about, "spatialCoverage": places, "distribution": files2, "citation": m.citation()}
	if len(based) > 0 {
		x["isBasedOn"] = based
	}
	return pretty(x)
}
