package sortition

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Infeasible is the error when no panel meets the quotas.
type Infeasible struct {
	Why     []string // what no panel can meet for its numbers alone, each a sentence; empty if the quotas contradict each other only together
	Changes []Change // the least that makes a panel possible; nil: no change of quotas does
}

// Change is a quota and the bounds it would need.
type Change struct {
	Quota    Quota
	Min, Max int
}

// Error says why there is no panel, and what would have to be changed.
func (e *Infeasible) Error() string {
	if e.Changes == nil {
		return "no panel can be drawn, whatever the quotas, because too many people share a home"
	}
	why := e.Why
	if len(why) == 0 {
		why = []string{"each quota can be met, but not all of them together"}
	}
	var least []string
	for _, c := range e.Changes {
		least = append(least, fmt.Sprintf("%s: %s from %d to %d instead of from %d to %d", c.Quota.Feature, c.Quota.Value, c.Min, c.Max, c.Quota.Min, c.Quota.Max))
	}
	return "no panel meets all quotas: " + strings.Join(why, "; ") + ". The least that would have to change: " + strings.Join(least, "; ")
}

// Unwrap makes it an ErrDraw.
func (e *Infeasible) Unwrap() error { return ErrDraw }

// infeasible returns why there is no panel: the changes of quotas, by as few people as can be in all, that would allow one.
func (p Panels) infeasible(ctx context.Context) error {
	g, _ := p.program()
	people := len(g.cols)
	value := make([]float64, people, people+2*len(p.Quotas))
	most := 0
	for i := range p.Quotas {
		r := g.rows[i+1]
		for _, c := range []column{{[]int{i + 1}, 1, max(0, r.lo)}, {[]int{i + 1}, -1, max(0, p.Size-r.hi)}} {
			g.cols = append(g.cols, c)
			value = append(value, -1)
			most += c.most
		}
	}
	x, err := g.maximise(ctx, value, float64(-most-1))
	if err != nil {
		return err
	}
	e := &Infeasible{Why: p.impossible()}
	for i, q := range p.Quotas {
		if x != nil && x[people+2*i]+x[people+2*i+1] > 0 {
			e.Changes = append(e.Changes, Change{q, q.Min - x[people+2*i], q.Max + x[people+2*i+1]})
		}
	}
	return e
}

// impossible names the quotas that cannot be met for their numbers alone: more people asked for than there are, or than the panel
// has, or fewer allowed than it must have.
func (p Panels) impossible() (why []string) {
	have, asked := map[[2]string]int{}, map[string]int{} // people with a value, and with any value that is asked about
	var features []string
	quotas := map[string][]Quota{}
	for _, q := range p.Quotas {
		if quotas[q.Feature] == nil {
			features = append(features, q.Feature)
		}
		quotas[q.Feature] = append(quotas[q.Feature], q)
	}
	for _, person := range p.People {
		for feature, value := range person.Features {
			have[[2]string{feature, value}]++
			if slices.ContainsFunc(quotas[feature], func(q Quota) bool { return q.Value == value }) {
				asked[feature]++
			}
		}
	}
	for _, feature := range features {
		least, most := 0, len(p.People)-asked[feature]
		for _, q := range quotas[feature] {
			n := have[[2]string{feature, q.Value}]
			if n < q.Min {
				why = append(why, fmt.Sprintf("at least %d with %s: %s are asked for, and the pool has %d", q.Min, feature, q.Value, n))
			}
			least += q.Min
			most += min(q.Max, n)
		}
		if least > p.Size {
			why = append(why, fmt.Sprintf("the quotas for %s ask for at least %d people, and the panel has %d places", feature, least, p.Size))
		}
		if most < p.Size {
			why = append(why, fmt.Sprintf("the quotas for %s leave at most %d people, and the panel has %d places", feature, most, p.Size))
		}
	}
	return why
}
