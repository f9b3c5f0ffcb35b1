package directory_test

import (
	"fmt"
	"iter"
)

func values(m map[string]any) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(fmt.Sprint(v)) {
				return
			}
		}
	}
}
