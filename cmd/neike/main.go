// Command neike is the whole product: server, demo, import, backup and the tools of the operator.
package main

import (
	"os"

	"neike/internal/app/cli"
)

// finish is done before the process ends.
var finish = func() {}

func main() {
	code := cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	finish()
	os.Exit(code)
}
