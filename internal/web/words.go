package web

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"stocktake"
)

// longDay writes a day as 19 December 2018.
func longDay(d stocktake.Day) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format("2 January 2006")
}

// dateWords writes a date as its source gives it, in words: 19 December 2018; December 2018; 2018; 20 to 21 November 2018; from 2018 on;
// 2018 (in doubt). What it has no words for stays in EDTF.
func dateWords(d stocktake.Date) string {
	s := d.String()
	if s == "" {
		return "day not stated"
	}
	from, to, span := strings.Cut(s, "/")
	if !span {
		return partWords(s)
	}
	switch {
	case to == "..":
		return "from " + partWords(from) + " on"
	case to == "":
		return "from " + partWords(from) + ", end not known"
	case from == ".." || from == "":
		return "up to " + partWords(to)
	}
	if x, y, ok := yearless(from); ok {
		if u, v, ok := yearless(to); ok && y == v {
			return x + " to " + u + " " + v + " of a year that is not stated"
		} else if ok {
			return x + " " + y + " to " + u + " " + v + " of a year that is not stated"
		}
	}
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA == nil && errB == nil && a.Year() == b.Year() {
		if a.Month() == b.Month() {
			return a.Format("2") + " to " + b.Format("2 January 2006")
		}
		return a.Format("2 January") + " to " + b.Format("2 January 2006")
	}
	return partWords(from) + " to " + partWords(to)
}

// yearless reads XXXX-11-28: the day and the month of a date whose year is not stated.
func yearless(s string) (day, month string, ok bool) {
	rest, ok := strings.CutPrefix(s, "XXXX-")
	if !ok {
		return "", "", false
	}
	t, err := time.Parse(time.DateOnly, "2000-"+rest)
	return t.Format("2"), t.Format("January"), err == nil
}

func partWords(s string) string {
	body, doubt := s, ""
	switch {
	case strings.HasSuffix(s, "?"):
		body, doubt = s[:len(s)-1], " (in doubt)"
	case strings.HasSuffix(s, "~"):
		body, doubt = s[:len(s)-1], " (about)"
	case strings.HasSuffix(s, "%"):
		body, doubt = s[:len(s)-1], " (about, in doubt)"
	}
	if day, month, ok := yearless(body); ok {
		return day + " " + month + " of a year that is not stated" + doubt
	}
	if strings.HasPrefix(body, "XXXX-") {
		if t, err := time.Parse("2006-01", "2000-"+strings.TrimSuffix(body[5:], "-XX")); err == nil {
			return t.Format("January") + " of a year that is not stated" + doubt
		}
	}
	if len(body) == 10 && strings.HasSuffix(body, "-XX") {
		body = body[:7]
	}
	if t, err := time.Parse(time.DateOnly, body); err == nil {
		return t.Format("2 January 2006") + doubt
	}
	if t, err := time.Parse("2006-01", body); err == nil {
		return t.Format("January 2006") + doubt
	}
	if len(body) == 7 && body[4] == '-' {
		if season, ok := map[string]string{"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}[body[5:]]; ok {
			return season + " " + body[:4] + doubt
		}
		if body[5:] == "XX" {
			return body[:4] + doubt
		}
	}
	if strings.HasSuffix(body, "X") && len(body) == 4 && !strings.HasPrefix(body, "X") {
		if strings.HasSuffix(body, "XX") {
			return "some time from " + body[:2] + "00 to " + body[:2] + "99" + doubt
		}
		return "the " + body[:3] + "0s" + doubt
	}
	return body + doubt
}

// onDate puts "on", "in", "by" or the like before a date, as its precision asks for.
func onDate(d stocktake.Date) string {
	s := d.String()
	switch {
	case s == "":
		return "on a day not stated"
	case d.Exact() || strings.Trim(s, "?~%0123456789-") == "" && len(strings.TrimRight(s, "?~%")) == 10:
		return "on " + dateWords(d)
	}
	switch from, to, span := strings.Cut(s, "/"); {
	case !span:
		return "in " + dateWords(d)
	case from == ".." || from == "":
		return "by " + partWords(to)
	case to == ".." || to == "":
		return "some time from " + partWords(from) + " on"
	}
	return "some time from " + dateWords(d)
}

// sinceWords puts "since" before a date.
func sinceWords(d stocktake.Date) string {
	from, to, span := strings.Cut(d.String(), "/")
	switch {
	case !span:
		return "since " + dateWords(d)
	case from == ".." || from == "":
		return "since " + partWords(to) + " or before"
	case to == ".." || to == "":
		return "since some day from " + partWords(from) + " on"
	}
	return "since some day from " + dateWords(d)
}

// knownWords writes a moment as answers print it by its day.
func knownWords(s string) string {
	if d, err := stocktake.ParseDate(s); err == nil {
		return dateWords(d)
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC().Format("2 January 2006")
	}
	return s
}

var isoDay = regexp.MustCompile(`\b(1[89]|20)\d\d-[01]\d-[0-3]\d\b`)

// prose writes days that stand in a sentence as 2023-02-02 in words.
func prose(s string) string {
	return isoDay.ReplaceAllStringFunc(s, func(d string) string {
		if t, err := time.Parse(time.DateOnly, d); err == nil {
			return t.Format("2 January 2006")
		}
		return d
	})
}

// thousands writes 12345 as 12,345.
func thousands[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// count writes "1 act", "3 acts".
func count[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// and joins words as a list in prose.
func and(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(r)) + s[n:]
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".!?…:", last) {
		s += "."
	}
	return s
}

// kindWords are kinds of instrument, one and many.
var kindWords = map[stocktake.InstrumentKind][2]string{
	stocktake.Treaty: {"treaty", "Treaties"}, stocktake.ILOConvention: {"ILO convention", "ILO conventions"}, stocktake.Declaration: {"declaration", "Declarations"},
	stocktake.Agenda: {"agenda", "Agendas"}, stocktake.Resolution: {"resolution or proposal", "Resolutions"}, stocktake.Compact: {"compact", "Compacts"},
	stocktake.Process: {"talks", "Talks"}, stocktake.Forum: {"forum", "Forums"}, stocktake.Body: {"body", "Bodies"}, stocktake.PledgeKind: {"pledge", "Pledges"},
	stocktake.Plan: {"plan", "Plans"}, stocktake.StatementKind: {"statement", "Statements"},
}

func kindWord(k stocktake.InstrumentKind) string {
	if w, ok := kindWords[k]; ok {
		return w[0]
	}
	return string(k)
}

// kindsInOrder is the order in which kinds are listed: what binds and what is undertaken first.
var kindsInOrder = []stocktake.InstrumentKind{stocktake.Compact, stocktake.Process, stocktake.Declaration, stocktake.Agenda, stocktake.Treaty, stocktake.ILOConvention,
	stocktake.Forum, stocktake.Body, stocktake.PledgeKind, stocktake.Plan, stocktake.StatementKind, stocktake.Resolution}

// actWords say what was done, in the record's own words.
var actWords = map[stocktake.ActKind]string{
	stocktake.VoteYes: "vote in favour", stocktake.VoteNo: "vote against", stocktake.VoteAbstain: "abstention", stocktake.VoteAbsent: "absence from the vote",
	stocktake.VoteNotVoting: "vote not cast", stocktake.VoteMeantOtherwise: "says that it meant to vote otherwise", stocktake.AdoptionWithoutVote: "adoption without a vote",
	stocktake.SupportStated: "says that it supports", stocktake.StaysOutStated: "says that it stays out", stocktake.Deferral: "puts its decision off",
	stocktake.NotBecomingParty: "notice of not becoming a party", stocktake.Consent: "consent to be bound, form not told", stocktake.DeclarationOrReservation: "declaration or reservation",
	stocktake.PledgeRevised: "pledge revised", stocktake.PledgeWithdrawn: "pledge taken back", stocktake.ReservationWithdrawn: "reservation withdrawn",
	stocktake.Champion: "named as champion country", stocktake.MeetingHeld: "meeting held", stocktake.Participation: "takes part",
}

func actWord(k stocktake.ActKind) string {
	if w, ok := actWords[k]; ok {
		return w
	}
	return strings.ReplaceAll(k.String(), "-", " ")
}

var phaseWords = map[stocktake.Phase]string{stocktake.PhaseAnnounced: "announced", stocktake.PhaseDone: "done", stocktake.PhaseNotified: "notified", stocktake.PhaseEffect: "in effect"}

// relWords tell how one instrument is tied to another.
var relWords = map[string]string{"endorses": "endorses", "leads-to": "leads to", "protocol-to": "protocol to", "rests-on": "rests on", "follows": "follows", "amends": "amends", "part-of": "part of"}

// partyRelWords tell how parties are tied.
var partyRelWords = map[string]string{"successor-of": "successor of", "predecessor-of": "predecessor of", "part-of": "part of", "chapter-of": "chapter of"}

var partyKindWords = map[string]string{"state": "state", "former-state": "former state", "seat": "seat", "territory": "territory", "observer": "observer", "union": "union or organisation of states",
	"organ": "organ", "group": "group", "organisation": "organisation"}

func partyKindWord(k string) string {
	if w, ok := partyKindWords[k]; ok {
		return w
	}
	return k
}

// langNames are the names of the languages that sources are in.
var langNames = map[string]string{"en": "English", "es": "Spanish", "fr": "French", "ar": "Arabic", "ru": "Russian", "zh": "Chinese", "pt": "Portuguese", "de": "German", "it": "Italian", "hu": "Hungarian",
	"pl": "Polish", "cs": "Czech", "nl": "Dutch", "sv": "Swedish", "he": "Hebrew", "tr": "Turkish", "bg": "Bulgarian", "sk": "Slovak"}

func langName(code string) string {
	if n, ok := langNames[code]; ok {
		return n
	}
	return code
}

// rightToLeft reports whether a language is written from right to left.
func rightToLeft(lang string) bool {
	base, _, _ := strings.Cut(lang, "-")
	return base == "ar" || base == "he" || base == "fa" || base == "ur"
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }
