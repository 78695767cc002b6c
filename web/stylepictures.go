package web

import (
	"time"

	"folkmoot/internal/flow"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"
)

// styleFlow is the count of practice.md §2.8.4, as tally.Count writes it.
func styleFlow() Flow {
	names := []string{"Ines", "Marek", "قمر", "Wanderer of the long road", "Bo", "None of these: ask again"}
	stage := func(action tally.Action, of []int, value string, elected, excluded []int, nobody string, votes ...string) tally.Stage {
		return tally.Stage{Action: action, Of: of, Value: value, Votes: votes, Nontransferable: nobody, Elected: elected, Excluded: excluded}
	}
	sheet := &tally.Sheet{Candidates: names, Valid: 23, Seats: 3, Quota: "6", Stages: []tally.Stage{
		stage(tally.First, nil, "", []int{1}, nil, "0.00000", "9.00000", "2.00000", "4.00000", "3.00000", "4.00000", "1.00000"),
		stage(tally.Surplus, []int{1}, "0.33333", nil, []int{6}, "0.00003", "6.00000", "4.99997", "4.00000", "3.00000", "4.00000", "1.00000"),
		stage(tally.Exclude, []int{6}, "", nil, []int{4}, "1.00003", "6.00000", "4.99997", "4.00000", "3.00000", "4.00000", "0.00000"),
		stage(tally.Exclude, []int{4}, "", []int{3}, nil, "1.00003", "6.00000", "4.99997", "7.00000", "0.00000", "4.00000", "0.00000"),
		stage(tally.Surplus, []int{3}, "0.14285", nil, []int{5}, "2.00003", "6.00000", "4.99997", "6.00000", "0.00000", "4.00000", "0.00000"),
		stage(tally.Exclude, []int{5}, "", []int{2}, nil, "6.00003", "6.00000", "4.99997", "6.00000", "0.00000", "0.00000", "0.00000"),
	}}
	f, err := flow.New(sheet)
	if err != nil {
		return Flow{ID: "flow", Title: plain(err.Error())}
	}
	return flowOf("flow", f, stageSays(sheet))
}

// styleTimes is two years of a role, with a gap, somebody who gave it up and a term that is still to come.
func styleTimes(day time.Time) Times {
	at := func(days int) time.Time { return day.AddDate(0, 0, days) }
	id := role.TermID(0)
	span := func(seat, from, until int, name string) role.Stretch {
		id++
		return role.Stretch{Name: name, Term: role.Term{ID: id, Role: 1, Seat: seat, Begins: at(from), Ends: at(until)}}
	}
	spans := []role.Stretch{
		span(1, -800, -500, "Ines"), span(1, -450, -270, "Marek"), span(1, -270, -90, "قمر"), span(1, -90, 90, "Bo"), span(1, 90, 270, "Wanderer of the long road"),
		span(2, -640, -460, ""), span(2, -460, -280, "Ines"), span(2, -20, 160, "Marek"),
	}
	spans[6].Ended, spans[6].How = at(-300), role.Resigned
	r := role.Role{ID: 1, Begun: at(-900), Type: role.Type{Key: "tellers", Seats: 2}}
	t := role.NewTimeline([]role.Role{r}, spans, day.AddDate(-2, 0, 0), day)
	t.Folded = true
	return timesOf(member.Actor{}, t, false, "")
}
