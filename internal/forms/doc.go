// Package forms writes a published statement in every form in which it goes out: HTML, a page for print, plain text, Markdown, DOCX, PDF,
// ninjs, JSON-LD, Atom, JSON Feed, a written submission to the United Nations, an e-mail, and lists of names as CSV and XLSX.
//
//	s := forms.Statement{ID: "…", Address: "https://…", Languages: …, Names: …}
//	p, err := forms.New(s, forms.Options{Langs: []string{"en", "es"}})
//	p.HTML(); p.Text(70); p.Markdown(); p.DOCX() …
//
// New lays the statement out once, as a list of parts in reading order, with all wording in place. Every form writes that one list, so
// that text, names and order are the same in all of them; a test reads each form back and compares.
//
// What was typed is text: no mark in it is taken for a command of any format. Bodies are paragraphs between empty lines; headings begin with
// "# ", "## " or "### ", list entries with "- ", "* ", "• " or "1. "; a line that ends in two spaces or a backslash is broken there.
//
// All of it is pure but Printer, which starts a browser to make a PDF. The same value gives the same bytes, PDF again apart.
// docs/forms.md describes each form and its fields.
package forms
