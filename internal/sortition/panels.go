package sortition

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// AnnouncePanels returns what is published before one of the panels of a distribution is drawn, which is one of what was asked for.
// The pool's members are the panels by their number, from 1, each with its tickets as weight. The draw's id is drawID, a slash and
// the hash of what was asked for and of the list of panels, so that the seed follows from both. Everybody who could be asked may
// contribute. Of people's features only those are published that a quota asks about. Errors wrap ErrDraw.
func AnnouncePanels(drawID string, asked Panels, d Distribution, secret []byte) (Draw, error) {
	if err := checkText("the draw's id", drawID); err != nil {
		return Draw{}, err
	}
	asked = asked.bare()
	out, err := Announce(drawID+"/"+hexHash(asked.lines()+panelLines(d.Panels)), panelPool(d.Panels), secret)
	if err != nil {
		return Draw{}, err
	}
	out.Asked, out.Panels, out.Contributors = &asked, d.Panels, asked.everybody()
	return out, out.checkPanels()
}

// bare returns what was asked for, people in the order of their numbers, without what no quota asks about.
func (p Panels) bare() Panels {
	asks := map[string]bool{}
	for _, q := range p.Quotas {
		asks[q.Feature] = true
	}
	p.Quotas = append([]Quota{}, p.Quotas...)
	p.People = slices.Clone(p.People)
	slices.SortFunc(p.People, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	for i := range p.People {
		own := map[string]string{}
		for feature, value := range p.People[i].Features {
			if asks[feature] {
				own[feature] = value
			}
		}
		p.People[i].Features = own
	}
	return p
}

func (p Panels) everybody() []int64 {
	var ids []int64
	for _, person := range p.People {
		ids = append(ids, person.ID)
	}
	slices.Sort(ids)
	return ids
}

// Drawn returns the panel that was drawn, or nil if none was.
func (d Draw) Drawn() []int64 {
	if len(d.Order) == 0 || d.Order[0] < 1 || d.Order[0] > int64(len(d.Panels)) {
		return nil
	}
	return d.Panels[d.Order[0]-1].Members
}

// lines is what was asked for as it is hashed, with tabs between: a line "size, n", a line "quota, feature, value, min, max" for
// each quota, and a line "person, id, home" for each person, with the features by their names, each followed by its value.
func (p Panels) lines() string {
	var b strings.Builder
	fmt.Fprintf(&b, "size\t%d\n", p.Size)
	for _, q := range p.Quotas {
		fmt.Fprintf(&b, "quota\t%s\t%s\t%d\t%d\n", q.Feature, q.Value, q.Min, q.Max)
	}
	for _, person := range p.People {
		fmt.Fprintf(&b, "person\t%d\t%s", person.ID, person.Address)
		for _, feature := range slices.Sorted(maps.Keys(person.Features)) {
			b.WriteString("\t" + feature + "\t" + person.Features[feature])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// panelLines is the list as it is hashed: a line "number,tickets:id id id" for each panel.
func panelLines(panels []Panel) string {
	var b strings.Builder
	for i, p := range panels {
		fmt.Fprintf(&b, "%d,%d:%s\n", i+1, p.Tickets, strings.Trim(fmt.Sprint(p.Members), "[]"))
	}
	return b.String()
}

func panelPool(panels []Panel) Pool {
	var pool Pool
	for i, p := range panels {
		pool = append(pool, Member{int64(i + 1), p.Tickets})
	}
	return pool
}

// checkPanels refuses a list of panels that is not the one in the draw's id, or not what the pool stands for, and any panel that is
// not as was asked for.
func (d Draw) checkPanels() error {
	if d.Asked == nil {
		return refuse("the record does not say what was asked of the panels")
	}
	if err := d.Asked.Check(); err != nil {
		return err
	}
	hash := hexHash(d.Asked.lines() + panelLines(d.Panels))
	name, ends := strings.CutSuffix(d.ID, "/"+hash)
	if !ends {
		return refuse("with what was asked for it has the hash %s, which the draw's id does not end with", hash)
	}
	if err := checkText("the draw's id before the hash", name); err != nil {
		return err
	}
	if d.Asked.lines() != d.Asked.bare().lines() {
		return refuse("the people are out of order, or have features that no quota asks about")
	}
	if !slices.Equal(d.Pool, panelPool(d.Panels)) {
		return refuse("the tickets of the panels are not the weights in the pool")
	}
	if !slices.Equal(d.Contributors, d.Asked.everybody()) {
		return refuse("those who may contribute are not the people of the pool")
	}
	people := map[int64]Person{}
	for _, person := range d.Asked.People {
		people[person.ID] = person
	}
	seen := map[string]int{}
	for i, panel := range d.Panels {
		if panel.Tickets == 0 {
			return refuse("panel %d has no ticket", i+1)
		}
		if err := d.Asked.allow(panel.Members, people); err != nil {
			return fmt.Errorf("panel %d cannot be: %w", i+1, err)
		}
		who := fmt.Sprint(panel.Members)
		if seen[who] > 0 {
			return refuse("panel %d has the same members as panel %d", i+1, seen[who])
		}
		seen[who] = i + 1
	}
	return nil
}

// allow refuses a panel that is not as was asked for.
func (p Panels) allow(members []int64, people map[int64]Person) error {
	if len(members) != p.Size {
		return refuse("it has %d members, and should have %d", len(members), p.Size)
	}
	counts, homes := map[[2]string]int{}, map[string]bool{}
	for i, id := range members {
		person, known := people[id]
		switch {
		case !known:
			return refuse("member %d is not in the pool", id)
		case i > 0 && members[i-1] >= id:
			return refuse("member %d is out of order", id)
		case person.Address != "" && homes[person.Address]:
			return refuse("it has two members of the home %s", person.Address)
		}
		homes[person.Address] = true
		for feature, value := range person.Features {
			counts[[2]string{feature, value}]++
		}
	}
	for _, q := range p.Quotas {
		if n := counts[[2]string{q.Feature, q.Value}]; n < q.Min || n > q.Max {
			return refuse("it has %d members with %s: %s, and the quota is from %d to %d", n, q.Feature, q.Value, q.Min, q.Max)
		}
	}
	return nil
}

// Chances returns on how many tickets each person is who was asked for, by their number, out of how many.
func (d Draw) Chances() (tickets map[int64]int64, total int64) {
	tickets = map[int64]int64{}
	if d.Asked != nil {
		for _, person := range d.Asked.People {
			tickets[person.ID] = 0
		}
	}
	for _, panel := range d.Panels {
		for _, id := range panel.Members {
			tickets[id] += panel.Tickets
		}
	}
	return tickets, d.Pool.Total()
}

// fairWithin is how far a published chance may be from the fairest one: a hundredth of it and what whole tickets do, of which there are
// DefaultTickets and which move it by some millionths; but no more than five in 10,000. In a large pool that alone would let somebody
// be left out altogether.
func fairWithin(fairest float64) float64 { return min(5e-4, 2e-5+fairest/100) }

// CheckFair works out again what the fairest chances are, and says whether the tickets give everybody theirs. It is for a draw of a
// panel in which all else agrees, and can take as long as Leximin, whose errors it returns.
func (d Draw) CheckFair(ctx context.Context, tell func(Progress)) (Finding, error) {
	again, err := d.Asked.Leximin(ctx, DefaultTickets, tell)
	if err != nil {
		return Finding{}, err
	}
	tickets, total := d.Chances()
	for i, person := range d.Asked.People {
		got := float64(tickets[person.ID]) / float64(total)
		if math.Abs(got-again.Chance[i]) > fairWithin(again.Chance[i]) {
			return Finding{Step: "chances", Say: fmt.Sprintf("The chances are not the fairest there are: person %d has a chance of %.3f%%, and worked out again it is %.3f%%.", person.ID, 100*got, 100*again.Chance[i])}, nil
		}
	}
	return Finding{Step: "chances", Agrees: true, Say: fmt.Sprintf("The chances are the fairest there are, by LEXIMIN, to within %g percentage points: nobody's can be raised without lowering that of somebody who has no more.", 100*fairWithin(1))}, nil
}
