package intake

import (
	"bytes"
	"mime"
	"path/filepath"
	"strings"

	"stocktake"
)

// A Kind is a kind of file that Read can read.
type Kind string

// The kinds.
const (
	Plain    Kind = "text"
	Markdown Kind = "markdown"
	HTML     Kind = "html"
	PDF      Kind = "pdf"
	DOCX     Kind = "docx"
	Mail     Kind = "mail"
)

// Known lists what can be read, for a sentence.
const Known = "plain text, Markdown, HTML, PDF, DOCX and e-mail (.eml)"

// charsetOf returns the charset that a media type names, in lower case, or "".
func charsetOf(media string) string {
	_, p, err := mime.ParseMediaType(media)
	if err != nil {
		return ""
	}
	return strings.ToLower(p["charset"])
}

// others are kinds of file that cannot be read, by their first bytes.
var others = []struct{ first, is, hint string }{
	{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "a file of an old office program (.doc, .xls, .ppt or .msg)", "open it and save it as DOCX or PDF, or paste its text"},
	{"{\\rtf", "a rich text file (RTF)", "open it in a word processor and save it as DOCX, or paste its text"},
	{"\x89PNG", "a picture", pictureHint}, {"\xFF\xD8\xFF", "a picture", pictureHint}, {"GIF8", "a picture", pictureHint}, {"II*\x00", "a picture", pictureHint}, {"MM\x00*", "a picture", pictureHint},
	{"\x1F\x8B", "a compressed file (gzip)", unpackHint}, {"BZh", "a compressed file (bzip2)", unpackHint}, {"\xFD7zXZ\x00", "a compressed file (xz)", unpackHint}, {"(\xB5/\xFD", "a compressed file (zstd)", unpackHint},
	{"7z\xBC\xAF\x27\x1C", "an archive (7z)", unpackHint}, {"Rar!\x1A\x07", "an archive (RAR)", unpackHint},
	{"%!PS", "a PostScript file", "convert it to PDF, or paste its text"},
	{"SQLite format 3\x00", "a database", "export its text"},
	{"\x7FELF", "a program", "choose the document itself"}, {"MZ\x90\x00", "a program", "choose the document itself"},
}

const (
	pictureHint = "what stands in pictures cannot be read; use a file with text in it, or type or paste the text"
	unpackHint  = "unpack it, and choose the document that is in it"
)

// sniff tells the kind of a file from its first bytes, and from name and media where they leave it open.
func sniff(name, media string, head []byte) (Kind, error) {
	hint := hinted(name, media)
	if len(head) == 0 {
		if hint == "" || hint == Plain || hint == Markdown || hint == HTML {
			return Plain, nil
		}
		return "", stocktake.Invalidf("is empty").Hinted("choose the file again; it may not have been saved or downloaded whole")
	}
	if i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); i >= 0 && (i == 0 || hint == PDF || !printable(head[:i])) {
		return PDF, nil
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return DOCX, nil // or another kind of zip file, which its reader says
	}
	for _, o := range others {
		if bytes.HasPrefix(head, []byte(o.first)) {
			return "", stocktake.Invalidf("is %s", o.is).Hinted("%s; what can be read is %s", o.hint, Known)
		}
	}
	if hint == PDF || hint == DOCX {
		return "", stocktake.Invalidf("is not a %s file, though it is named as one", strings.ToUpper(string(hint))).Hinted("it may be cut off or damaged: get it again, or open it and save it anew")
	}
	text := head
	if wide := utf16Of(head); wide == "" && !printable(head) {
		return "", stocktake.Invalidf("is not text, nor any kind of document that can be read").Hinted("what can be read is %s", Known)
	} else if wide != "" {
		var t Text
		text = []byte(t.decode(head[:len(head)&^1], ""))
	}
	switch {
	case looksHTML(text):
		return HTML, nil
	case looksMail(text, hint == Mail):
		return Mail, nil
	case hint == HTML && bytes.ContainsRune(text, '<'):
		return HTML, nil
	case hint == Markdown:
		return Markdown, nil
	case hint == Mail:
		return "", stocktake.Invalidf("is not an e-mail as mail programs save it, though it is named as one").Hinted("save the message as .eml, or paste its text")
	}
	return Plain, nil
}

// hinted returns the kind that a name or media type promises, or "".
func hinted(name, media string) Kind {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".txt", ".text":
		return Plain
	case ".md", ".markdown", ".mkd", ".mdown":
		return Markdown
	case ".html", ".htm", ".xhtml", ".xht":
		return HTML
	case ".pdf":
		return PDF
	case ".docx", ".docm", ".dotx":
		return DOCX
	case ".eml", ".mht", ".mhtml":
		return Mail
	}
	t, _, _ := mime.ParseMediaType(media)
	switch t {
	case "text/plain":
		return Plain
	case "text/markdown", "text/x-markdown":
		return Markdown
	case "text/html", "application/xhtml+xml":
		return HTML
	case "application/pdf":
		return PDF
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return DOCX
	case "message/rfc822", "multipart/related":
		return Mail
	}
	return ""
}

// printable reports whether the bytes can be text in an encoding that has ASCII in it.
func printable(b []byte) bool {
	control := 0
	for _, c := range b {
		switch {
		case c == 0:
			return false
		case c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1B, c == 0x7F:
			control++
		}
	}
	return control*200 <= len(b)
}

// looksHTML reports whether a text begins as an HTML document or fragment does.
func looksHTML(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	for {
		b = bytes.TrimLeft(b, " \t\r\n\f")
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			i := bytes.Index(b, []byte("-->"))
			if i < 0 {
				return true
			}
			b = b[i+3:]
			continue
		case bytes.HasPrefix(b, []byte("<?xml")):
			i := bytes.Index(b, []byte("?>"))
			if i < 0 {
				return false
			}
			b = b[i+2:]
			continue
		}
		break
	}
	start := strings.ToLower(string(b[:min(len(b), 32)]))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<main", "<article", "<section", "<header", "<div", "<p", "<h1", "<h2", "<h3", "<table", "<ul", "<ol", "<style", "<script"} {
		if rest, ok := strings.CutPrefix(start, tag); ok && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n/>")) {
			return true
		}
	}
	return false
}

// looksMail reports whether a text begins with the header of an e-mail: fields of the form "Name: value", an empty line after them, and
// among the names some that only mail has. A press release that begins with "Contact:" and "Date:" is none. named is whether the file is
// said to be mail: then two usual fields are enough.
func looksMail(b []byte, named bool) bool {
	usual, sure := 0, 0
	first := true
	for line := range bytes.Lines(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))) {
		end := bytes.TrimRight(line, "\r\n")
		if len(end) == 0 {
			break
		}
		if end[0] == ' ' || end[0] == '\t' {
			if first {
				return false
			}
			continue
		}
		if first && bytes.HasPrefix(end, []byte("From ")) { // the mark of a mailbox file
			first = false
			continue
		}
		first = false
		name, _, ok := strings.Cut(string(end), ":")
		if !ok || strings.ContainsAny(name, " \t") {
			return false
		}
		switch strings.ToLower(name) {
		case "from", "to", "subject", "date", "cc", "reply-to":
			usual++
		case "mime-version", "message-id", "received", "return-path", "content-type", "delivered-to", "dkim-signature", "x-mailer", "content-transfer-encoding":
			sure++
		}
	}
	return sure >= 1 && usual >= 1 || sure >= 3 || named && usual+sure >= 2
}
