package sortition

import (
	"context"
	"fmt"
	"strings"
)

// Infeasible is the error when no panel meets the quotas.
type Infeasible struct {
	Changes []Change // the least that makes a panel possible; nil: no change of quotas does
}

// Change is a quota and the bounds it would need.
type Change struct {
	Quota    Quota
	Min, Max int
}

// Error says what would have to be changed.
func (e *Infeasible) Error() string {
	if e.Changes == nil {
		return "cannot be drawn: there is no such panel, whatever the quotas, because too many people share an address"
	}
	var parts []string
	for _, c := range e.Changes {
		parts = append(parts, fmt.Sprintf("%s: %s from %d to %d, instead of %d to %d", c.Quota.Feature, c.Quota.Value, c.Min, c.Max, c.Quota.Min, c.Quota.Max))
	}
	return "cannot be drawn: no panel meets all quotas; the least that would have to change is " + strings.Join(parts, "; ")
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
	e := &Infeasible{}
	for i, q := range p.Quotas {
		if x != nil && x[people+2*i]+x[people+2*i+1] > 0 {
			e.Changes = append(e.Changes, Change{q, q.Min - x[people+2*i], q.Max + x[people+2*i+1]})
		}
	}
	return e
}
