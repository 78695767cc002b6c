package demo

import (
	"slices"
	"strings"
	"testing"
)

// TestTheStoryHoldsTogether: everybody who acts is there by then, and nobody is there twice.
func TestTheStoryHoldsTogether(t *testing.T) {
	for _, b := range story() {
		day := map[string]int{} // days before today on which they came
		for _, p := range b.people {
			if _, twice := day[p.name]; twice {
				t.Errorf("%s: %s joins twice", b.name, p.name)
			}
			day[p.name] = p.day
		}
		for _, p := range b.people {
			if p.left > 0 && p.left >= p.day {
				t.Errorf("%s: %s leaves before they come", b.name, p.name)
			}
		}
		for key, elections := range b.stands {
			for _, names := range slices.Concat(elections...) {
				for name := range strings.SplitSeq(names, "+") { // who share a place
					if _, ok := day[name]; !ok {
						t.Errorf("%s: %s of the %s is not there", b.name, name, key)
					}
				}
			}
		}
		for _, m := range b.motions {
			for _, name := range m.everybody() {
				if came, ok := day[name]; !ok || came < m.day {
					t.Errorf("%s: %q: %s is not there yet (came %d days ago, needed %d)", b.name, m.title, name, came, m.day)
				}
			}
			if strings.TrimSpace(m.title) == "" || len(m.clauses) == 0 {
				t.Errorf("%s: a proposal without words", b.name)
			}
		}
	}
}

// everybody lists who acts in the first days of a proposal.
func (p proposal) everybody() []string {
	names := append([]string{p.by}, p.support...)
	names = append(append(names, p.secret...), p.spare...)
	for _, s := range append(p.statements, p.posts...) {
		names = append(names, s.by)
		for _, r := range s.replies {
			names = append(names, r.by)
		}
	}
	return names
}
