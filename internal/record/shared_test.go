package record

import (
	"reflect"
	"slices"

	"stocktake"
)

// Shared names the fields of two records that are one list or table in both.
func Shared(a, b *Record) (names []string) {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		switch f := x.Field(i); f.Kind() {
		case reflect.Map, reflect.Slice:
			if f.Len() > 0 && f.Pointer() == y.Field(i).Pointer() {
				names = append(names, x.Type().Field(i).Name)
			}
		}
	}
	return names
}

// Forgotten names the fields that a copy of a record that is full has not.
func Forgotten() (names []string) {
	full := &Record{}
	v := reflect.ValueOf(full).Elem()
	own := []string{"mu", "names", "namesHead", "namesMu"} // made anew
	for i := range v.NumField() {
		f := v.Field(i)
		if slices.Contains(own, v.Type().Field(i).Name) {
			continue
		}
		p := reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
		switch f.Kind() {
		case reflect.Map:
			p.Set(reflect.MakeMap(f.Type()))
			p.SetMapIndex(reflect.Zero(f.Type().Key()), reflect.Zero(f.Type().Elem()))
		case reflect.Slice:
			p.Set(reflect.MakeSlice(f.Type(), 1, 4))
		case reflect.Bool:
			p.SetBool(true)
		case reflect.Int64:
			p.SetInt(1)
		}
	}
	c := reflect.ValueOf(full.copied()).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() && c.Field(i).IsZero() && !slices.Contains(own, v.Type().Field(i).Name) {
			names = append(names, v.Type().Field(i).Name)
		}
	}
	return append(names, Shared(full, c.Addr().Interface().(*Record))...)
}

// Own is instrumentIDs.
func Own(r *Record, head int64) map[stocktake.InstrumentID]bool { return r.instrumentIDs(head) }
