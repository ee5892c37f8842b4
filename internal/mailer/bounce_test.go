package mailer

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"stocktake"
	"stocktake/internal/store"
)

// report makes one in the form of RFC 3464, as Postfix writes it.
func reportOf(id, fields string) string {
	return "From: MAILER-DAEMON@example.net\r\nTo: letters@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b/1\"\r\nMessage-Id: <of-the-report@example.net>\r\n\r\nThis is a MIME-encapsulated message.\r\n\r\n--b/1\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\nAction: is needed\r\n\r\n" +
		"--b/1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.net\r\nArrival-Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\n" + strings.ReplaceAll(fields, "\n", "\r\n") +
		"\r\n--b/1\r\nContent-Type: message/rfc822\r\n\r\nFrom: letters@example.org\r\nSubject: Will you\r\n sign\r\nMessage-ID: <" + id + ">\r\n\r\nText\r\n--b/1--\r\n"
}

const (
	nobody = "Final-Recipient: rfc822; nobody@example.net\nOriginal-Recipient: rfc822;Nobody@example.net\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 550 5.1.1 <nobody@example.net>:\n    Recipient address rejected\n"
	full   = "Final-Recipient: RFC822; full@example.net\nAction: Failed\nStatus: 4.2.2 (mailbox full)\n"
	late   = "Final-Recipient: rfc822;late@example.net\nAction: delayed\nStatus: 4.4.1\n"
)

func TestReadReport(t *testing.T) {
	forwarded := "From: ana@example.org\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nlook\r\n--c\r\nContent-Type: message/rfc822\r\n\r\n" + reportOf("x@example.org", nobody) + "\r\n--c--\r\n"
	encoded := strings.Replace(reportOf("x@example.org", ""), "Content-Type: message/delivery-status\r\n\r\n", "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString([]byte("Reporting-MTA: dns; a\n\n"+nobody))+"\r\n", 1)
	for name, c := range map[string]struct {
		in   string
		want string
	}{
		"one":       {reportOf("x@example.org", nobody), "nobody@example.net failed 5.1.1 true x@example.org"},
		"three":     {reportOf("x@example.org", nobody+"\n"+full+"\n"+late), "nobody@example.net failed 5.1.1 true x@example.org; full@example.net failed 4.2.2 false x@example.org; late@example.net delayed 4.4.1 false x@example.org"},
		"forwarded": {forwarded, "nobody@example.net failed 5.1.1 true x@example.org"},
		"in base64": {encoded, "nobody@example.net failed 5.1.1 true x@example.org"},
		"pasted":    {"Hello,\n\n  your letter came back:\n\n" + nobody + "\nMessage-ID: <y@example.org>\n", "nobody@example.net failed 5.1.1 true y@example.org"},
		"quoted":    {"> Final-Recipient: rfc822; nobody@example.net\n> Action: failed\n> Status: 5.1.1\n", "nobody@example.net failed 5.1.1 true "},
		"run on":    {full + late, "full@example.net failed 4.2.2 false ; late@example.net delayed 4.4.1 false "},
		"no status": {"Final-Recipient: rfc822; a@example.net\nAction: failed\n", "a@example.net failed  false "},
		"own words": {reportOf("x@example.org", "Final-Recipient: utf-8; josé@example.net\nAction: failed\nStatus: 5.6.7\n"), "josé@example.net failed 5.6.7 true x@example.org"},
	} {
		list, err := ReadReport([]byte(c.in))
		var got []string
		for _, b := range list {
			got = append(got, fmt.Sprintf("%s %s %s %v %s", b.To, b.Action, b.Status, b.Permanent, b.MessageID))
		}
		if s := strings.Join(got, "; "); err != nil || s != c.want {
			t.Errorf("%s: %q, %v; want %q", name, s, err, c.want)
		}
	}
	list, _ := ReadReport([]byte(reportOf("x@example.org", nobody)))
	if len(list) != 1 || list[0].Reason != "550 5.1.1 <nobody@example.net>: Recipient address rejected" {
		t.Errorf("%+v", list)
	}
	for _, in := range []string{"", "Hello", "Subject: out of office\n\nI am away.", "Action: failed\nStatus: 5.1.1\n", "Final-Recipient: rfc822; nobody\nAction: failed\n", strings.Repeat("x", maxReport+1),
		"Content-Type: multipart/report; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 1000)} {
		if list, err := ReadReport([]byte(in)); stocktake.KindOf(err) != stocktake.Invalid {
			t.Errorf("%.50q: %v, %v", in, list, err)
		}
	}
}

func TestBounced(t *testing.T) {
	st, p, c := openSQLite(t, filepath.Join(t.TempDir(), "record.db")), newPost(t, postOptions{}), newClock()
	queue(t, st, Message{Key: "k", To: "nobody@example.net", At: c.now()}, Message{Key: "l", To: "late@example.net", At: c.now()})
	passes(t, NewWorker(st, plainConfig(t, p), c.now, nil))
	b := Box{st, c.now}
	bounce := func(key, fields string) []Entry {
		t.Helper()
		list, err := ReadReport([]byte(reportOf(stateOf(t, st, key).ID+"@example.org", fields)))
		if err != nil {
			t.Fatal(err)
		}
		found, err := b.Bounced(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := bounce("k", full); len(got) != 0 || stateOf(t, st, "k").State != Sent { // of somebody else
		t.Errorf("%+v", got)
	}
	if got := bounce("l", late); len(got) != 1 || stateOf(t, st, "l").State != Sent { // not failed
		t.Errorf("%+v", got)
	}
	if got := bounce("k", nobody); len(got) != 1 || got[0].State != Bounced || stateOf(t, st, "k").State != Bounced {
		t.Errorf("%+v", got)
	}
	if e := stateOf(t, st, "k"); e.Day != "2026-11-23" || !e.To.IsZero() {
		t.Errorf("%+v", e)
	}
	// 30 days after it was sent, it goes, too.
	c.pass(Keep)
	if _, err := Sweep(t.Context(), st, c.now()); err != nil {
		t.Fatal(err)
	}
	if _, err := Sweep(t.Context(), st, c.now()); err != nil { // the text first, then the rest
		t.Fatal(err)
	}
	if err := st.ReadPrivate(t.Context(), func(r store.PrivateReader) error { _, err := Lookup(r, "k"); return err }); stocktake.KindOf(err) != stocktake.NotFound {
		t.Errorf("%v; %s", err, dump(t, st))
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte(reportOf("x@example.org", nobody+"\n"+late)))
	f.Add([]byte(full + late))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := ReadReport(b)
		if (err == nil) != (len(list) > 0) {
			t.Fatalf("%v, %v", list, err)
		}
		for _, n := range list {
			if n.To.IsZero() || n.Action == "" || strings.ContainsAny(n.Reason+n.MessageID, "\r\n") {
				t.Fatalf("%+v", n)
			}
		}
	})
}
