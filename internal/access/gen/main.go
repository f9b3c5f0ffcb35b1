// Command gen writes docs/permissions.md from the table of access. It takes the file as its argument.
package main

import (
	"log"
	"os"

	"neike/internal/access"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gen FILE")
	}
	if err := os.WriteFile(os.Args[1], []byte(access.Markdown()), 0o644); err != nil {
		log.Fatal(err)
	}
}
