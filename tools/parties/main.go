// Command parties writes the reference part of the built-in record that is made from public tables: the states and territories, the
// treaties of the register, and the articles of the core instruments. What the tables lack or have wrong is in the hand-written files
// beside this one; what is written is committed, and the same input gives the same bytes.
//
//	go run ./tools/parties -data ../shared/data -out internal/builtin/record/parties/states.yaml
//	go run ./tools/parties -data ../shared/data -make untc -out internal/builtin/record/instruments/untc.yaml
//	go run ./tools/parties -data ../shared/data -make articles -out internal/builtin/record/instruments/articles.yaml
//	go run ./tools/parties -make cldr -cldr UNPACKED-NPM-PACKAGE -out tools/parties/cldr-names.csv
//
// The last is needed only for a newer edition of CLDR: names in eight languages come from the npm package cldr-localenames-full.
package main

import (
	"flag"
	"fmt"
	"os"

	"stocktake"
)

func main() {
	data := flag.String("data", "../shared/data", "folder with the public tables")
	what := flag.String("make", "states", "states, untc, articles or cldr")
	out := flag.String("out", "", "file to write; none: standard output")
	cldr := flag.String("cldr", "", "with -make cldr: the unpacked npm package cldr-localenames-full")
	notes := flag.Bool("v", false, "print on standard error what was left out, and why")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "parties: %q is no flag; see -help\n", flag.Arg(0))
		os.Exit(2)
	}
	text, remarks, err := generate(*what, *data, *cldr)
	if err == nil {
		if *out == "" {
			_, err = os.Stdout.Write(text)
		} else {
			err = os.WriteFile(*out, text, 0o644)
		}
	}
	if *notes {
		for _, r := range remarks {
			fmt.Fprintln(os.Stderr, r)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "parties:", err)
		os.Exit(1)
	}
}

// generate returns the file that what names, and remarks on what was left out.
func generate(what, data, cldr string) (text []byte, remarks []string, err error) {
	var f stocktake.Filing
	switch what {
	case "states":
		f, remarks, err = states(data)
	case "untc":
		f, remarks, err = treaties(data)
	case "articles":
		f, err = articles(data)
	case "cldr":
		text, err = extractCLDR(cldr)
		return text, nil, err
	default:
		return nil, nil, fmt.Errorf("-make %s: states, untc, articles or cldr", what)
	}
	if err != nil {
		return nil, remarks, err
	}
	text, err = writeFiling(f, "# Written by tools/parties from public tables; change the tables' overrides there, not this file.\n")
	return text, remarks, err
}
