// Command stocktake keeps the record of what governments undertook and where each stands. See `stocktake --help`.
package main

import (
	"os"

	"stocktake/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
