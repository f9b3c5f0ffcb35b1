// Command neike is the whole product: server, demo, import, backup and the tools of the operator.
package main

import (
	"os"

	"neike/internal/app/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
