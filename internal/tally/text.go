package tally

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the sheet for people: what was counted, each stage with its figures, and who is elected. It returns the errors of w.
func (s *Sheet) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	s.writeHead(t)
	var before []string
	for i, st := range s.Stages {
		fmt.Fprintf(t, "\n%d. %s\n", i+1, st.Say)
		s.writeStage(t, st, before)
		before = st.Votes
	}
	s.writeRanking(t)
	fmt.Fprintln(t)
	for _, tie := range s.Ties {
		fmt.Fprintln(t, s.sayTie(tie))
	}
	for _, n := range s.Notes {
		fmt.Fprintln(t, n)
	}
	fmt.Fprintln(t, s.sayElected())
	return t.Flush()
}

func (s *Sheet) writeHead(w io.Writer) {
	if s.Title != "" {
		fmt.Fprintln(w, s.Title)
	}
	facts := []string{"counted by " + s.Method}
	if s.Variant != "" {
		facts[0] += " (" + s.Variant + ")"
	}
	if s.Outcome == "" {
		facts = append(facts, plural(s.Seats, "place", "places"))
	}
	facts = append(facts, fmt.Sprintf("%d valid papers", s.Valid))
	if s.Budget != nil {
		facts = append(facts, "money "+s.Budget.Money, "spent "+s.Budget.Spent)
	}
	fmt.Fprintln(w, strings.Join(facts, ", "))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// writeStage writes a line for each candidate who has or had votes, and what became of them in the stage. Where candidates stand side
// by side and none is counted out, only those are written whose figure is another than before.
func (s *Sheet) writeStage(w io.Writer, st Stage, before []string) {
	for i, v := range st.Votes {
		if !st.Action.transfers() && i < len(before) && before[i] == v && !slices.Contains(st.Of, i+1) {
			continue
		}
		n, what := i+1, ""
		switch {
		case slices.Contains(st.Elected, n):
			what = "elected"
		case slices.Contains(st.Excluded, n):
			what = "excluded"
		}
		moved := ""
		if i < len(st.Moved) && strings.Trim(st.Moved[i], "0.") != "" {
			moved = st.Moved[i]
			if moved[0] != '-' {
				moved = "+" + moved
			}
		}
		if v != "" && (strings.Trim(v, "0.") != "" || moved != "" || what != "" || st.Action == First) {
			fmt.Fprintf(w, "   %d\t%s\t%s\t%s\t%s\n", n, s.Candidates[i], v, moved, what)
		}
	}
	if strings.Trim(st.Nontransferable, "0.") != "" {
		fmt.Fprintf(w, "   \tnot transferable\t%s\t\t\n", st.Nontransferable)
	}
}

func (s *Sheet) writeRanking(w io.Writer) {
	if len(s.Ranking) == 0 {
		return
	}
	fmt.Fprintln(w, "\nIn order:")
	for i, level := range s.Ranking {
		fmt.Fprintf(w, "   %d\t%s\n", i+1, s.names(level, " = "))
	}
}

func (s *Sheet) names(ns []int, between string) string {
	var out []string
	for _, n := range ns {
		out = append(out, s.Candidates[n-1])
	}
	return strings.Join(out, between)
}

func (s *Sheet) sayTie(t Tie) string {
	say := fmt.Sprintf("Stage %d: %s stood alike (%s). %s was taken, ", t.Stage, s.names(t.Among, ", "), t.For, s.Candidates[t.Chosen-1])
	switch t.By {
	case ByEarlier:
		return say + fmt.Sprintf("because they had differed at stage %d.", t.From)
	case ByLot:
		return say + "by the lot."
	case ByOrder:
		return say + "as the first in the list, because no lot was given."
	}
	return say + "by " + t.By + "."
}

func (s *Sheet) sayElected() string {
	var say string
	switch {
	case s.Outcome != "":
		return "Outcome: " + strings.ReplaceAll(s.Outcome, "_", " ")
	case len(s.Elected) == 0:
		say = "Nobody is elected."
	default:
		say = "Elected: " + s.names(s.Elected, ", ") + "."
	}
	if s.Unfilled > 0 {
		say += " Places left empty: " + fmt.Sprint(s.Unfilled) + "."
	}
	return say
}

// list writes names one after the other.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
