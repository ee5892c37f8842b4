package web

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
)

// The script that checks in the browser is written as modules, and rests on two libraries that lie unchanged in assets/vendor. It goes out as
// one script, because the page that works from a file cannot ask for others.
//
//go:embed assets/check*.js assets/vendor/*/*.js assets/vendor/*/LICENSE
var checkFiles embed.FS

// checkScript is that script. The modules are part of the program: one that cannot be joined panics, which no build that passed its tests can do.
var checkScript = sync.OnceValue(func() []byte {
	b, err := joinModules("assets/check.js")
	if err != nil {
		panic(err)
	}
	return b
})

var (
	commentBlock = regexp.MustCompile(`(?ms)^[ \t]*/\*\*.*?\*/[ \t]*\n`)
	commentLine  = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
	importLine   = regexp.MustCompile(`(?m)^import (?:\* as (\w+)|\{([^}]*)\}) from ["']([^"']+)["'];\n`)
	exportList   = regexp.MustCompile(`(?m)^export \{([^}]*)\};\n`)
	exportThing  = regexp.MustCompile(`(?m)^export ((?:async )?function|const|class) (\w+)`)
)

// joinModules returns one script of a module and all that it imports: each becomes a function that returns what it exports. It knows the forms of
// import and export that our modules and those of assets/vendor use, no others. Comments are left out, licences put in front.
func joinModules(entry string) ([]byte, error) {
	var out bytes.Buffer
	licences, err := checkFiles.ReadDir("assets/vendor")
	if err != nil {
		return nil, err
	}
	for _, e := range licences {
		text, err := checkFiles.ReadFile("assets/vendor/" + e.Name() + "/LICENSE")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "/* This script contains %s.\n%s\n*/\n", e.Name(), bytes.TrimSpace(text))
	}
	names := map[string]string{} // of the modules that were written
	var write func(file string) error
	write = func(file string) error {
		b, err := checkFiles.ReadFile(file)
		if err != nil {
			return fmt.Errorf("join the modules of a script: %w", err)
		}
		text := commentLine.ReplaceAllString(commentBlock.ReplaceAllString(string(b), ""), "")
		for _, m := range importLine.FindAllStringSubmatch(text, -1) {
			if from := path.Join(path.Dir(file), m[3]); names[from] == "" {
				if err := write(from); err != nil {
					return err
				}
			}
		}
		text = importLine.ReplaceAllStringFunc(text, func(line string) string {
			m := importLine.FindStringSubmatch(line)
			from := names[path.Join(path.Dir(file), m[3])]
			if m[1] != "" {
				return "const " + m[1] + " = " + from + ";\n"
			}
			return "const {" + strings.ReplaceAll(m[2], " as ", ": ") + "} = " + from + ";\n"
		})
		var exports []string
		for _, m := range exportList.FindAllStringSubmatch(text, -1) {
			exports = append(exports, strings.TrimSpace(m[1]))
		}
		for _, m := range exportThing.FindAllStringSubmatch(text, -1) {
			exports = append(exports, m[2])
		}
		text = exportThing.ReplaceAllString(exportList.ReplaceAllString(text, ""), "$1 $2")
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "export ") {
				return fmt.Errorf("join the modules of a script: %s: this form is not known: %s", file, strings.TrimSpace(line))
			}
		}
		name := fmt.Sprintf("module%d", len(names)+1)
		names[file] = name
		fmt.Fprintf(&out, "const %s = (() => {\n%s\nreturn { %s };\n})();\n", name, strings.TrimSpace(text), strings.Join(exports, ", "))
		return nil
	}
	if err := write(entry); err != nil {
		return nil, err
	}
	if bytes.Contains(bytes.ToLower(out.Bytes()), []byte("</script")) || bytes.Contains(out.Bytes(), []byte("<!--")) {
		return nil, fmt.Errorf("the script cannot stand in a page: it holds </script or <!--")
	}
	return out.Bytes(), nil
}
