package tally

import (
	"fmt"
	"slices"
)

func (c *ranked) name(cand int) string {
	if cand == c.writeIns() {
		return "people who are not candidates"
	}
	return c.e.Candidates[cand].Name
}

func (c *ranked) names(cs []int) string {
	var out []string
	for _, cand := range cs {
		out = append(out, c.name(cand))
	}
	return list(out)
}

func (c *ranked) figure(n int64) string { return decimal(n, c.places) }

// people returns the numbers of those who are candidates.
func (c *ranked) people(cs []int) []int {
	return numbers(slices.DeleteFunc(slices.Clone(cs), func(h int) bool { return h == c.writeIns() }))
}

// endings writes why papers do not count, or nil if all do: in votes at that many decimals, or in papers if it is 0.
func (c *ranked) endings(places int) *Ended {
	sums := c.ended
	for why := range sums {
		if places == 0 {
			sums[why] /= c.unit
		}
	}
	return writeEnded(sums, places)
}

// papersOf writes how many papers there are.
func papersOf(n int64) string {
	if n == 1 {
		return "1 paper"
	}
	return fmt.Sprintf("%d papers", n)
}

func (c *ranked) sayFirst() string { return "First preferences of " + papersOf(c.valid) + "." }

func (c *ranked) sayThreshold() string {
	if c.one {
		return fmt.Sprintf("More than half of %s is %s.", plural(c.counting(), "paper that counts", "papers that count"), c.figure(c.threshold))
	}
	return fmt.Sprintf("Whoever has %s votes is elected.", c.figure(c.threshold))
}

func (c *ranked) sayWin(cand int) string {
	why := "because no more are left than there are places"
	switch {
	case !c.rules.BottomsUp && c.votes[cand] >= c.threshold:
		why = "with " + c.figure(c.votes[cand]) + " votes"
		if c.one {
			why = fmt.Sprintf("with %s of %s", c.figure(c.votes[cand]), papersOf(c.counting()))
		}
	case c.rules.FirstThreshold && len(c.hopeful) == 2 && c.tied(cand):
		why = "as one of the last two, who have as many papers"
	case c.rules.FirstThreshold && len(c.hopeful) == 2:
		why = "as the one of the last two who has more papers"
	}
	return fmt.Sprintf("%s is elected, %s.", c.name(cand), why)
}

func (c *ranked) sayOut(cs []int) string {
	switch {
	case cs[0] == c.writeIns() && len(cs) == 1:
		return "Those who are not candidates are excluded next."
	case c.votes[cs[0]] < c.rules.Minimum*c.unit:
		return fmt.Sprintf("Those with fewer than %d votes are excluded next: %s.", c.rules.Minimum, c.names(cs))
	case len(cs) > 1:
		return fmt.Sprintf("Even together %s have fewer votes than anybody else, and are excluded next.", c.names(cs))
	}
	if c.tied(cs[0]) {
		return "Of those with the fewest votes " + c.name(cs[0]) + " is excluded next."
	}
	return c.name(cs[0]) + " has the fewest votes and is excluded next."
}

// tied says whether a tie of this stage has just chosen the candidate.
func (c *ranked) tied(cand int) bool {
	last := len(c.s.Ties) - 1
	return last >= 0 && c.s.Ties[last].Stage == len(c.s.Stages) && c.s.Ties[last].Chosen == cand+1
}

// sayMove says what a stage has done, from how things stood before it.
func (c *ranked) sayMove(before []int64, ended [endings]int64) string {
	sum := int64(0)
	for _, cand := range c.moving {
		sum += before[cand]
		if c.action == Surplus {
			sum -= min(before[cand], c.threshold)
		}
	}
	who := c.names(c.moving)
	switch {
	case c.action == Complete:
		return c.name(c.s.Elected[0]-1) + " has won, and the count goes on until two are left."
	case c.action == Surplus && sum == 0:
		return fmt.Sprintf("Nothing is passed on from %s, who had no more votes than are needed.", who)
	case c.action == Surplus && c.vacancies() == 0:
		return fmt.Sprintf("All places are filled, so the %s votes that %s had above what is needed go to nobody.", c.figure(sum), who)
	case c.action == Surplus:
		return fmt.Sprintf("The %s votes that %s had above what is needed are passed on, as a part of every paper.", c.figure(sum), who) + c.sayEnded(ended)
	case sum == 0:
		return "No papers stood with " + who + "."
	case c.one && sum == 1:
		return "The only paper of " + who + " goes to the next candidate on it who is left." + c.sayEnded(ended)
	case c.one:
		return fmt.Sprintf("The %s of %s go to the next candidate on them who is left.", papersOf(sum), who) + c.sayEnded(ended)
	}
	return fmt.Sprintf("The papers of %s, worth %s votes, go to the next candidate on them who is left, at the value they have.", who, c.figure(sum)) + c.sayEnded(ended)
}

// sayEnded says which papers have come to their end since.
func (c *ranked) sayEnded(since [endings]int64) string {
	why := [endings]string{
		endExhausted: "because nobody else on them is left",
		endOver:      "because the next rank on them is given to more than one",
		endSkipped:   "because too many ranks in a row are left out on them",
		endRepeated:  "because they name somebody again",
	}
	var parts []string
	for e := endExhausted; e < endSurplus; e++ {
		if n := c.ended[e] - since[e]; n > 0 {
			parts = append(parts, c.figure(n)+" "+why[e])
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " These go no further: " + list(parts) + "."
}

// note adds how close it was: at the last stage, and at the exclusion with the smallest margin.
func (c *ranked) note() {
	won, second, last := c.s.Elected[0]-1, -1, len(c.history)-1
	votes, gone := c.history[last], c.gone(last)
	for cand := range c.e.Candidates {
		if cand != won && !gone[cand] && (second < 0 || votes[cand] > votes[second]) {
			second = cand
		}
	}
	if second >= 0 && votes[won] > votes[second] {
		ahead := votes[won] - votes[second]
		c.s.Notes = append(c.s.Notes, fmt.Sprintf("At the last stage %s had %d more than %s: with %d of those papers for %[3]s instead, %[3]s would have been ahead.",
			c.name(won), ahead, c.name(second), ahead/2+1))
	}
	c.noteExclusion()
}

// gone returns who took no part, or had been excluded by the end of so many stages.
func (c *ranked) gone(stages int) []bool {
	out := make([]bool, len(c.e.Candidates))
	for cand := range out {
		out[cand] = !c.taking[cand]
	}
	for _, st := range c.s.Stages[:stages] {
		for _, cand := range st.Excluded {
			out[cand-1] = true
		}
	}
	return out
}

func (c *ranked) noteExclusion() {
	stage, margin, lost, kept := 0, int64(0), 0, 0
	for i, st := range c.s.Stages {
		gone := c.gone(i + 1)
		for _, cand := range st.Excluded {
			for other, votes := range c.history[i][:len(gone)] {
				if d := votes - c.history[i][cand-1]; !gone[other] && (stage == 0 || d < margin) {
					stage, margin, lost, kept = i+1, d, cand-1, other
				}
			}
		}
	}
	switch {
	case stage == 0:
		return
	case margin == 0:
		c.s.Notes = append(c.s.Notes, fmt.Sprintf("At stage %d %s was excluded with as many as %s had.", stage, c.name(lost), c.name(kept)))
	default:
		c.s.Notes = append(c.s.Notes, fmt.Sprintf("The closest exclusion was at stage %d: %s had %d fewer than %s.", stage, c.name(lost), margin, c.name(kept)))
	}
}
