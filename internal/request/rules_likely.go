package request

import (
	"cmp"
	"unicode"

	"neike/internal/catalog"
	"neike/internal/kit/sorting"
)

// piece is a bit of a word by which two texts are compared: two Chinese characters, or five letters.
type piece [5]rune

// eachPiece calls fn with every piece of a text.
func eachPiece(text string, fn func(piece)) {
	var window piece
	n := 0
	for _, c := range text {
		c = unicode.ToLower(c)
		han := unicode.Is(unicode.Han, c)
		if !han && !unicode.IsLetter(c) || n > 0 && han != unicode.Is(unicode.Han, window[n-1]) {
			window, n = piece{}, 0
		}
		if !unicode.IsLetter(c) {
			continue
		}
		size := len(window)
		if han {
			size = 2
		}
		if n == size {
			copy(window[:], window[1:size])
			n--
		}
		window[n] = c
		if n++; n == size {
			fn(window)
		}
	}
}

// similar lists the services whose names share the most with a text, the nearest first. One shared piece is chance.
func similar(services []*catalog.Service, text string) []*catalog.Service {
	type near struct {
		service *catalog.Service
		shared  int
	}
	words := map[piece]bool{}
	eachPiece(text, func(p piece) { words[p] = true })
	var found []near
	for _, x := range services {
		if !x.Askable() {
			continue
		}
		n := 0
		count := func(p piece) {
			if words[p] {
				n++
			}
		}
		eachPiece(x.Name.Zh, count)
		eachPiece(x.Name.En, count)
		if n >= 2 {
			found = append(found, near{x, n})
		}
	}
	sorting.Stable(found, func(a, b near) int { return cmp.Compare(b.shared, a.shared) })
	out := make([]*catalog.Service, 0, len(found))
	for _, f := range found {
		out = append(out, f.service)
	}
	return out
}
