//go:build profile

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
)

// init writes where the processors' time goes into the file that NEIKE_PROFILE names, until the process ends: what the
// build reads back (scripts/neike.pgo, made by make profile). Only binaries built for that have it.
func init() {
	name := os.Getenv("NEIKE_PROFILE")
	if name == "" {
		return
	}
	f, err := os.Create(name)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "profile:", err)
		os.Exit(1)
	}
	finish = func() {
		pprof.StopCPUProfile()
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			fmt.Fprintln(os.Stderr, "profile:", err)
		}
	}
}
