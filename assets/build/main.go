// Command build makes assets/dist from assets/src and assets/vendor.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"neike/assets/bundle"
)

func main() {
	files, err := bundle.Build(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.MkdirAll("dist", 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, body := range files {
		packed, err := bundle.Pack(body)
		if err == nil {
			err = os.WriteFile(filepath.Join("dist", name+".gz"), packed, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%-12s %7d bytes, %6d packed\n", name, len(body), len(packed))
	}
}
