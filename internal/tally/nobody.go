package tally

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"folkmoot/internal/line"
)

// errNobodyStands is what a method may return if all candidates have withdrawn.
var errNobodyStands = fmt.Errorf("%w: all candidates have withdrawn", ErrElection)

// finish makes of a count what all methods have in common: where nobody stands, or nobody has voted for anybody, nobody is elected,
// whatever the lot would do, and candidates who are fewer than the places are said to be.
func (m Method) finish(e *Election, o Options, s *Sheet, err error) (*Sheet, error) {
	if errors.Is(err, errNobodyStands) {
		s, err = newSheet(e, o, m.Name), nil
		s.Rejected = e.reject(0, skips{}, func([]Mark) bool { return false })
	}
	if err != nil {
		return nil, err
	}
	s.Candidates = nil
	for _, c := range e.Candidates {
		s.Candidates = append(s.Candidates, c.Name)
	}
	if s.Outcome != "" {
		return s, nil
	}
	stand := len(e.Candidates) - len(e.Withdrawn)
	switch {
	case stand == 0:
		s.nobody("All candidates have withdrawn")
	case s.Papers == 0:
		s.nobody("There are no papers")
	case s.Valid == 0 && s.Papers == 1:
		s.nobody("The only paper is not valid")
	case s.Valid == 0:
		s.nobody(fmt.Sprintf("None of the %d papers is valid", s.Papers))
	case s.Valid == s.Empty && m.Name != fillMethodName: // of which it is said value by value
		s.nobody("No paper names anybody who stands")
	}
	if o.RON > 0 && !slices.Contains(e.Withdrawn, o.RON-1) {
		stand-- // nobody who could have a place
	}
	if stand < s.Seats && stand > 0 {
		s.Notes = append([]string{fmt.Sprintf("Only %s for %s.", plural(stand, "candidate stands", "candidates stand"), plural(s.Seats, "place", "places"))}, s.Notes...)
	}
	return s, nil
}

// nobody turns the sheet into one on which nobody is elected.
func (s *Sheet) nobody(why string) {
	st := Stage{Action: Total, Nontransferable: "0"}
	if len(s.Stages) > 0 {
		st = s.Stages[0]
		st.Of, st.Elected, st.Excluded, st.Pairs, st.Substages, st.Needed = nil, nil, nil, nil, nil, ""
	}
	for len(st.Votes) < len(s.Candidates) {
		st.Votes = append(st.Votes, "0")
	}
	st.Say = why + ", so nobody is elected."
	if s.Method == fillMethodName {
		st.Say = why + ", so nothing fills the blank."
	}
	if s.Budget != nil {
		st.Say = why + ", so nothing is bought."
		whole, part, _ := strings.Cut(s.Budget.Money, ".")
		s.Budget.Spent = "0" + strings.Repeat("0", len(part))
		if len(whole) < len(s.Budget.Money) {
			s.Budget.Spent = "0." + strings.Repeat("0", len(part))
		}
	}
	if s.Ranking != nil {
		all := slices.Sorted(slices.Values(slices.Concat(s.Ranking...))) // nothing tells them apart
		s.Ranking = [][]int{all}
	}
	s.Stages, s.Elected, s.Ties, s.Notes, s.Unfilled = []Stage{st}, []int{}, []Tie{}, nil, s.Seats
}

// distinct returns the election with names that tell its candidates apart, as sentences and tables have them: who has no name, or one
// that another has too, is called by the number.
func (e *Election) distinct() *Election {
	var had, called []string
	for _, c := range e.Candidates {
		had = append(had, c.Name)
	}
	if called = apart(had, e.Budget > 0); slices.Equal(had, called) {
		return e
	}
	out := *e
	out.Candidates = slices.Clone(e.Candidates)
	for c, name := range called {
		out.Candidates[c].Name = name
	}
	return &out
}

// apart returns names that differ from one another, by the numbers of those who would be called the same.
func apart(had []string, projects bool) []string {
	out := slices.Clone(had)
	many := map[string]int{}
	for i, name := range had {
		many[alike(name)]++
		if alike(name) == "" {
			out[i] = fmt.Sprintf("candidate %d", i+1)
			if projects {
				out[i] = fmt.Sprintf("project %d", i+1)
			}
		}
	}
	for i, name := range had {
		if alike(name) != "" && many[alike(name)] > 1 {
			out[i] = fmt.Sprintf("%s (no. %d)", name, i+1)
		}
	}
	seen := map[string]bool{}
	clash := slices.ContainsFunc(out, func(name string) bool {
		was := seen[alike(name)]
		seen[alike(name)] = true
		return was
	})
	for i := range out { // somebody is called what another has just been named
		if clash {
			out[i] = fmt.Sprintf("%s (no. %d)", out[i], i+1)
		}
	}
	return out
}

// alike returns what a reader sees of a name: without signs that leave no ink, with single spaces, and however its accents were typed.
func alike(name string) string {
	return line.Tidy(strings.Map(func(r rune) rune {
		if inkless(r) {
			return -1
		}
		return r
	}, name))
}

// inkless tells the characters of a name of which nothing is seen: those that Unicode says to show as nothing, by the parts of
// Default_Ignorable_Code_Point, and the empty braille cell.
func inkless(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r) || r == '\u2800'
}
