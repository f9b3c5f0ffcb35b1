// Package content holds what Neike brings along: service packs, one per department, and the code lists they share.
// README.md describes their format.
package content

import (
	"embed"
	"io/fs"
	"path"
	"sort"
	"strings"
)

//go:embed packs/*.yaml scales.yaml
var files embed.FS

// Packs lists the names of the service packs, sorted: the department codes.
func Packs() []string {
	list, err := fs.Glob(files, "packs/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	names := make([]string, 0, len(list))
	for _, file := range list {
		names = append(names, strings.TrimSuffix(path.Base(file), ".yaml"))
	}
	sort.Strings(names)
	return names
}

// Pack is a service pack as YAML; ok is false when there is none of that name.
func Pack(name string) (data []byte, ok bool) {
	data, err := files.ReadFile("packs/" + name + ".yaml")
	return data, err == nil
}

// Scales is scales.yaml: durations, schedules, audiences and answer scales with their labels.
func Scales() []byte {
	data, err := files.ReadFile("scales.yaml")
	if err != nil {
		panic(err) // embedded
	}
	return data
}
