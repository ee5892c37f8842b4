package draft

import (
	"reflect"
	"strings"
	"sync"

	"stocktake"
)

// A field is one field of the format: its name, where it stands in its struct, and whether it must be there.
type field struct {
	name     string
	at       int
	required bool
}

// A shape is what a struct of package stocktake looks like in a draft.
type shape struct {
	name   string // of the Go type
	fields []field
	byName map[string]int
}

var shapes sync.Map // reflect.Type to *shape

// shapeOf reads the json tags of a struct. A field without omitempty or omitzero must be there; format is the exception.
func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{name: t.Name(), byName: map[string]int{}}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		s.byName[name] = len(s.fields)
		s.fields = append(s.fields, field{name, i, options == "" && !(s.name == "Filing" && name == "format")})
	}
	shapes.Store(t, s)
	return s
}

func (s *shape) names() []string {
	list := make([]string, len(s.fields))
	for i, f := range s.fields {
		list[i] = f.name
	}
	return list
}

var (
	dateType    = reflect.TypeFor[stocktake.Date]()
	actKindType = reflect.TypeFor[stocktake.ActKind]()
	phaseType   = reflect.TypeFor[stocktake.Phase]()
	sheetedType = reflect.TypeFor[stocktake.Sheeted]()
)

// written reports whether t is a scalar of its own: a date, an act kind, a phase, text that may go.
func written(t reflect.Type) bool {
	return t == dateType || t == actKindType || t == phaseType || t == sheetedType
}

// mayBeZero reports whether the zero value of t says something, so that only the key's absence shows that it is missing.
func mayBeZero(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Bool:
		return true
	}
	return t == phaseType
}

// A trail is the way from a filing to one of its values, as in acts/3/quotes/0/exact. The nil trail is the filing itself.
type trail struct {
	up   *trail
	name string
	at   int // member of a list, where name is empty
}

func (t *trail) String() string {
	if t == nil {
		return ""
	}
	step := t.name
	if step == "" {
		step = itoa(t.at)
	}
	if t.up == nil {
		return step
	}
	return t.up.String() + "/" + step
}
