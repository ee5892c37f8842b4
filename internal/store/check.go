package store

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"stocktake"
)

// CheckRows reports whether rows may follow head, by everything that can be told without looking into the database: whole rows (Invalid
// faults), numbers without a gap, times that rise strictly, no hash twice among them (Conflict faults). Every backend calls it in Append.
func CheckRows(head Head, rows []Row) error {
	seen := make(map[string]int64, len(rows))
	for _, r := range rows {
		where := "filing " + strconv.FormatInt(r.Number, 10)
		switch {
		case len(r.Bytes) == 0:
			return stocktake.Invalidf("the filing has no bytes").At(where)
		case !isSHA256(r.SHA256):
			return stocktake.Invalidf("the hash %q is not 64 lower-case hexadecimal digits", r.SHA256).At(where)
		case !isText(r.Key):
			return stocktake.Invalidf("the key is not UTF-8 text without NUL").At(where)
		case r.Filed.IsZero() || r.Filed.Nanosecond()%1000 != 0:
			return stocktake.Invalidf("the moment of filing %s is not a whole microsecond", stamp(r.Filed)).At(where)
		case r.Number != head.Number+1:
			return (&stocktake.Fault{Kind: stocktake.Conflict, What: "the number does not follow " + strconv.FormatInt(head.Number, 10) + ", the newest"}).
				At(where).Hinted("somebody else may have filed meanwhile: read the newest number and file again")
		case head.Number > 0 && !r.Filed.After(head.Filed):
			return (&stocktake.Fault{Kind: stocktake.Conflict, What: "the moment of filing " + stamp(r.Filed) + " is not after that of the filing before, " + stamp(head.Filed)}).
				At(where).Hinted("the clock may have been set back: set it right, or wait until it has passed that moment")
		}
		if n, twice := seen[r.SHA256]; twice {
			return AlreadyFiled(r, n)
		}
		seen[r.SHA256] = r.Number
		head = Head{Number: r.Number, Filed: r.Filed}
	}
	return nil
}

// AlreadyFiled is the Conflict fault for a row whose hash the filing with that number has.
func AlreadyFiled(r Row, number int64) error {
	return (&stocktake.Fault{Kind: stocktake.Conflict, What: "the same bytes are filed already, as filing " + strconv.FormatInt(number, 10)}).
		At("filing " + strconv.FormatInt(r.Number, 10)).Hinted("nothing is to be done: the record has it")
}

// NoFiling is the NotFound fault for a number.
func NoFiling(number int64) error { return stocktake.NotFoundf("there is no filing %d", number) }

// CheckSheet reports whether s is whole (Invalid fault). Text may be empty.
func CheckSheet(s Sheet) error {
	where := "sheet " + s.Path + " of filing " + s.Filing
	switch {
	case !isSHA256(s.Filing):
		return stocktake.Invalidf("the hash of the filing is not 64 lower-case hexadecimal digits").At(where)
	case s.Path == "" || s.Commitment == "":
		return stocktake.Invalidf("the sheet has no path or no commitment").At(where)
	case !isText(s.Path) || !isText(s.Commitment) || !isText(s.Salt) || !isText(s.Text):
		return stocktake.Invalidf("the sheet holds something else than UTF-8 text without NUL").At(where)
	}
	return nil
}

// NoFilingOf is the NotFound fault for a sheet whose filing is not here.
func NoFilingOf(s Sheet) error {
	return stocktake.NotFoundf("there is no filing %s, to which the sheet %s belongs", s.Filing, s.Path)
}

// OtherSheet is the Conflict fault for a sheet in whose place, or under whose commitment, there is another one.
func OtherSheet(s Sheet) error {
	return (&stocktake.Fault{Kind: stocktake.Conflict, What: "there is another sheet with that path or commitment"}).
		At("sheet " + s.Path + " of filing " + s.Filing).Hinted("remove that one first")
}

// NoSheet is the NotFound fault for a sheet that is to be removed and is not there.
func NoSheet(filing, commitment string) error {
	return stocktake.NotFoundf("there is no sheet with the commitment %s beside filing %s", commitment, filing)
}

// CheckSetting reports whether a name and value can be stored (Invalid fault).
func CheckSetting(name, value string) error {
	if name == "" || !isText(name) || !isText(value) {
		return stocktake.Invalidf("the setting %q has no name, or is not UTF-8 text without NUL", name)
	}
	return nil
}

// CheckProjection reports whether a projection up to number can be stored beside head (Invalid fault).
func CheckProjection(head Head, name string, number int64) error {
	if name == "" || !isText(name) {
		return stocktake.Invalidf("the projection %q has no name, or one that is not UTF-8 text without NUL", name)
	}
	if number < 0 || number > head.Number {
		return stocktake.Invalidf("the projection %q says that it was made from %d filings, and there are %d", name, number, head.Number)
	}
	return nil
}

// Gap is the error for a filing that is not where it must be. It means that the database was damaged or edited by hand.
func Gap(missing int64) error {
	return &stocktake.Fault{Kind: stocktake.Internal, What: "filing " + strconv.FormatInt(missing, 10) + " is missing in the middle of the record",
		Hint: "the database was damaged or changed by hand: restore it from a backup"}
}

func isSHA256(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999999Z") }
