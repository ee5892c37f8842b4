// Package intake turns the bytes of a file into plain text, as a person would paste it out of the program that shows the file: plain text,
// Markdown, HTML, PDF, DOCX and e-mail. It knows nothing of statements and keeps nothing.
//
//	t, err := intake.Read(ctx, "statement.docx", "", file, intake.Limits{})
//
// Text is in Unicode normalisation form C with line feeds. Paragraphs are parted by an empty line, rows of tables have tabs between their
// cells, list items keep their marks. What was left out is told in Text.Notes, what a person should look at in Text.Flags.
//
// Everything but plain text is read in a process of its own: the same program, started again with ChildArg as its only argument. It has
// limits of time and memory and ends with them, so that a hostile file can hurt neither the record nor whoever serves it. A program that
// calls Read must therefore begin with
//
//	if len(os.Args) == 2 && os.Args[1] == intake.ChildArg {
//		os.Exit(intake.Child(os.Stdin, os.Stdout))
//	}
//
// and a test binary must do so in TestMain.
package intake
