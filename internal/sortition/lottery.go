package sortition

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// distribution turns chances of panels of kinds into tickets of panels of people.
func (p Panels) distribution(m *master, chance []float64, total int64) Distribution {
	d := Distribution{Total: total, Chance: make([]float64, len(p.People))}
	var blocks []block
	for i, n := range tickets(chance, total) {
		if n > 0 {
			blocks = append(blocks, block{n, m.panels[i], nil})
		}
	}
	for t, k := range m.kinds {
		of := 0.0
		for i, x := range m.panels {
			of += chance[i] * float64(x[t]) / float64(len(k.people))
		}
		for _, person := range k.people {
			d.Chance[person] = of
			if !m.can[t] {
				d.Never = append(d.Never, p.People[person].ID)
			}
		}
		seat(blocks, t, k.people)
	}
	slices.Sort(d.Never)
	index := map[string]int{}
	for _, b := range blocks {
		for _, panel := range b.panels(p.People) {
			key := fmt.Sprint(panel.Members)
			if at, known := index[key]; known {
				d.Panels[at].Tickets += panel.Tickets
				continue
			}
			index[key] = len(d.Panels)
			d.Panels = append(d.Panels, panel)
		}
	}
	slices.SortFunc(d.Panels, func(a, b Panel) int { return slices.Compare(a.Members, b.Members) })
	return d
}

// tickets shares the total by chances, by largest remainder; of equal remainders the earlier come first.
func tickets(chance []float64, total int64) []int64 {
	sum := 0.0
	for _, c := range chance {
		sum += max(0, c)
	}
	out, rest, byRest := make([]int64, len(chance)), make([]float64, len(chance)), make([]int, len(chance))
	left := total
	for i, c := range chance {
		exact := max(0, c) / sum * float64(total)
		out[i] = min(int64(exact), left)
		rest[i], byRest[i] = exact-math.Floor(exact), i
		left -= out[i]
	}
	slices.SortStableFunc(byRest, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for i := range int(left) {
		out[byRest[i%len(byRest)]]++
	}
	return out
}

// block is tickets one after another that all have a panel of the same kinds. Who sits there changes along the way.
type block struct {
	tickets int64
	x       []int
	seats   []stretch
}

// stretch is a person who is on the panels of the tickets from one number in a block up to another, without that.
type stretch struct {
	person   int
	from, to int64
}

// seat gives the places of a kind to its people, so that the tickets that each is on differ by one at most, and with few changes.
// What each still needs after a block must fit into the blocks after it; the block is given whole to those who need most if that is
// so, and otherwise level, by McNaughton's rule ("Scheduling with deadlines and loss functions", Management Science 6, 1959): one
// place after another is filled, and who does not get to the end of one goes on at the start of the next.
func seat(blocks []block, t int, people []int) {
	n := len(people)
	room := make([]int64, n+1) // tickets that any so many of the people can still be on
	for _, b := range blocks {
		for k := range room {
			room[k] += b.tickets * int64(min(k, b.x[t]))
		}
	}
	need := make([]int64, n)
	for i := range need {
		need[i] = room[n] / int64(n)
		if int64(i) < room[n]%int64(n) {
			need[i]++
		}
	}
	for i := range blocks {
		b := &blocks[i]
		for k := range room {
			room[k] -= b.tickets * int64(min(k, b.x[t]))
		}
		got := whole(need, b.tickets, b.x[t])
		if !fits(need, got, room) {
			got = level(need, b.tickets, b.x[t])
		}
		b.fill(people, got)
		for j := range need {
			need[j] -= got[j]
		}
	}
}

// byNeed returns the places of the numbers, largest first.
func byNeed(need []int64) []int {
	order := make([]int, len(need))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(need[b], need[a]) })
	return order
}

// whole gives all tickets to as many as there are places.
func whole(need []int64, tickets int64, places int) []int64 {
	got := make([]int64, len(need))
	for _, i := range byNeed(need)[:places] {
		got[i] = tickets
	}
	return got
}

// fits says whether what everybody still needs after this can be had.
func fits(need, got, room []int64) bool {
	left := make([]int64, len(need))
	for i := range left {
		if left[i] = need[i] - got[i]; left[i] < 0 {
			return false
		}
	}
	sum := int64(0)
	for k, i := range byNeed(left) {
		if sum += left[i]; sum > room[k+1] {
			return false
		}
	}
	return true
}

// level gives tickets so that what is still needed comes as near to being equal as it can.
func level(need []int64, tickets int64, places int) []int64 {
	all := tickets * int64(places)
	give := func(down int64) (got []int64, sum int64) {
		got = make([]int64, len(need))
		for i, n := range need {
			got[i] = min(max(n-down, 0), tickets)
			sum += got[i]
		}
		return got, sum
	}
	lo, hi := int64(0), slices.Max(need) // at lo it is enough, at hi too little
	for lo+1 < hi {
		if mid := (lo + hi) / 2; sumOf(give(mid)) >= all {
			lo = mid
		} else {
			hi = mid
		}
	}
	got, sum := give(lo)
	for i, n := range need {
		if sum > all && n-lo > 0 && n-lo <= tickets {
			got[i]--
			sum--
		}
	}
	return got
}

func sumOf(_ []int64, sum int64) int64 { return sum }

// fill seats people for as many tickets as each has got, those with all first.
func (b *block) fill(people []int, got []int64) {
	at := int64(0)
	for _, i := range byNeed(got) {
		for left := got[i]; left > 0; {
			from := at % b.tickets
			n := min(left, b.tickets-from)
			b.seats = append(b.seats, stretch{people[i], from, from + n})
			at, left = at+n, left-n
		}
	}
}

// panels returns who is on the panels of the block, one for each stretch of tickets without a change.
func (b *block) panels(people []Person) []Panel {
	cuts := []int64{0}
	for _, s := range b.seats {
		cuts = append(cuts, s.from, s.to)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []Panel
	for i, from := range cuts[:len(cuts)-1] {
		panel := Panel{Tickets: cuts[i+1] - from}
		for _, s := range b.seats {
			if s.from <= from && from < s.to {
				panel.Members = append(panel.Members, people[s.person].ID)
			}
		}
		slices.Sort(panel.Members)
		out = append(out, panel)
	}
	return out
}
