package draft

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"stocktake"
)

// eachType calls f for every struct of a filing, Filing first, each once, in the order in which they are met.
func eachType(f func(reflect.Type)) {
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || written(t) || seen[t] {
			return
		}
		seen[t] = true
		f(t)
		for _, x := range shapeOf(t).fields {
			visit(t.Field(x.at).Type)
		}
	}
	visit(reflect.TypeFor[stocktake.Filing]())
}

// goDocs are the comments of package stocktake: of types by name, of fields by type and Go name, joined by a dot.
type goDocs struct{ types, fields map[string]string }

func typeDocs(t *testing.T) goDocs {
	t.Helper()
	d := goDocs{map[string]string{}, map[string]string{}}
	files, err := filepath.Glob("../../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source of package stocktake: ", err)
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				typ := spec.(*ast.TypeSpec)
				doc := typ.Doc
				if doc == nil {
					doc = gen.Doc
				}
				d.types[typ.Name.Name] = oneLine(doc)
				if st, ok := typ.Type.(*ast.StructType); ok {
					for _, f := range st.Fields.List {
						for _, n := range f.Names {
							text := oneLine(f.Doc)
							if text == "" {
								text = oneLine(f.Comment)
							}
							d.fields[typ.Name.Name+"."+n.Name] = text
						}
					}
				}
			}
		}
	}
	return d
}

func oneLine(c *ast.CommentGroup) string {
	return strings.Join(strings.Fields(c.Text()), " ")
}

func (d goDocs) of(t reflect.Type, field string) string { return d.fields[t.Name()+"."+field] }

var update = flag.Bool("update", false, "write golden files, the schema and the reference anew")
