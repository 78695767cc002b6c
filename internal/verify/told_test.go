package verify

import (
	"maps"
	"slices"
	"testing"
)

// forgery is what somebody who signs entries puts into one of them instead.
type forgery struct {
	at   int
	data object
}

// in returns what is told with the forgery in it.
func (f forgery) in(all []told) []told {
	said := slices.Clone(all)
	said[f.at].data = maps.Clone(said[f.at].data)
	maps.Copy(said[f.at].data, f.data)
	return said
}

// firstWrong returns which of the entries is the first that the book finds wrong, and why; -1 if none is. about looks at all but terms.
func (b *book) firstWrong(t *testing.T, of string, about func(entry) *Problem, said []told) (int, *Problem) {
	t.Helper()
	for n, s := range said {
		e, look := entry{n: int64(n), kind: s.kind, of: of, by: s.by, data: s.data}, about
		if s.kind == "term.begun" {
			look = b.aboutTerm
		}
		if p := look(e); p != nil {
			return n, p
		}
	}
	return -1, nil
}
