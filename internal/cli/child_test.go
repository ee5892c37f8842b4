package cli

import "os"

// child runs what the test binary was started for, and ends.
func child() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
