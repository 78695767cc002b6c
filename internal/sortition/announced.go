package sortition

import (
	"bytes"
	"fmt"
	"slices"
)

// Contributions returns what was thrown in, by the numbers of those who did.
func (r Record) Contributions() []Contribution {
	switch {
	case r.Strata == nil:
		return r.Draw.Contributions
	case len(r.Strata.Strata) > 0:
		return r.Strata.Strata[0].Draw.Contributions
	}
	return nil
}

// Follows says whether the record is that of a draw which was announced, as somebody kept the announcement. Only so it shows whether
// a whole draw was made anew, because the first did not suit. It returns ErrDraw if the other record is no announcement.
func (r Record) Follows(announced Record) (Finding, error) {
	if announced.Revealed() {
		return Finding{}, refuse("that record is revealed; what is needed is the one that was published before the draw")
	}
	f := Finding{Step: "announced", Agrees: true, Say: "The draw is the one that was announced: the pool and the commitment are those of before."}
	not := func(why string) Finding {
		return Finding{Step: f.Step, Say: fmt.Sprintf("The draw is not the one that was announced: %s.", why)}
	}
	left := func(c Contribution) bool { return !slices.Contains(r.Contributions(), c) }
	var own, other bytes.Buffer
	if err := r.announcement().Write(&own); err != nil {
		return f, err
	}
	if err := announced.announcement().Write(&other); err != nil {
		return f, err
	}
	switch {
	case r.Commit() != announced.Commit():
		return not("it has another commitment, and so another secret"), nil
	case r.ID() != announced.ID():
		return not("it has another id"), nil
	case !bytes.Equal(own.Bytes(), other.Bytes()):
		return not("the pool, or what was asked for, is another"), nil
	case slices.ContainsFunc(announced.Contributions(), left):
		return not("something that was thrown in before has been changed or left out"), nil
	}
	return f, nil
}

// announcement returns the record as it was before anything was thrown in or revealed.
func (r Record) announcement() Record {
	if r.Strata == nil {
		d := r.Draw.announcement()
		return Record{Draw: &d}
	}
	s := *r.Strata
	s.Strata = slices.Clone(s.Strata)
	if s.Tie != nil {
		tie := *s.Tie
		for _, n := range tie.Got {
			if n >= 1 && n <= int64(len(s.Strata)) {
				s.Strata[n-1].Places--
			}
		}
		tie.Got, tie.Draw = nil, tie.Draw.announcement()
		s.Tie = &tie
	}
	for i := range s.Strata {
		st := &s.Strata[i]
		st.Chosen, st.Unfilled, st.Draw = nil, 0, st.Draw.announcement()
	}
	return Record{Strata: &s}
}

func (d Draw) announcement() Draw {
	d.Secret, d.Seed, d.Order, d.Contributions = "", "", nil, []Contribution{}
	return d
}
