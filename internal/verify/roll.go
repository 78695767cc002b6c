package verify

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// person is a membership as the entries tell of it. An entry is never dated before the one ahead of it, so a clock that
// was put back dates it late; heldIn and heldOut say that this may be so.
type person struct {
	in, out         time.Time
	heldIn, heldOut bool
	first           bool // among those who were there when there were three, who need not wait
}

// isThere says whether somebody has joined and not left.
func (p *person) isThere() bool { return p != nil && p.out.IsZero() }

func (b *book) joined(e entry) {
	b.within++
	b.people[e.data.str("member")] = &person{in: e.at, heldIn: e.n > 2 && e.at.Equal(b.last), first: !b.formed}
	b.formed = b.formed || b.within >= 3
}

func (b *book) left(e entry) {
	b.within--
	for _, m := range b.assembly.meetings {
		m.gone++
	}
	if p := b.people[e.data.str("member")]; p != nil {
		// What the operator notes happened before a backup was put in place.
		p.out, p.heldOut = e.at, e.by == "operator" || e.at.Equal(b.last)
	}
}

// roll checks who might vote, in a file that holds the whole log: everybody who had joined long enough before and had not
// left. Where entries were dated late, it checks what is certain.
func (b *book) roll(e entry, opens time.Time) *Problem {
	if b.only != "" {
		return nil // it does not say who joined
	}
	on, doubtful := b.couldVote(e.data, opens)
	have, want := e.data.num("entitled"), int64(len(on))
	hash := digest([]byte(strings.Join(append(on, ""), "\n")))
	if inRoom(e.data) { // it does not say who was there
		if active := e.data.num("active"); have > want+doubtful || active > want+doubtful {
			return broken("roll", "N", e.n, "Got", max(have, active), "Want", want)
		}
		return nil
	}
	switch {
	case have == want && hash == e.data.str("roll_hash"):
		return nil
	case doubtful > 0 && have >= want-doubtful && have <= want+doubtful:
		return nil
	}
	return broken("roll", "N", e.n, "Got", have, "Want", want)
}

// couldVote returns who might vote by the rules under which a ballot opened, in order, and of how many that is in doubt because entries were dated late.
func (b *book) couldVote(opened object, opens time.Time) (on []string, doubtful int64) {
	latest := opens.Add(-time.Duration(b.rules[opened.num("rulebook")].votes.wait) * day)
	for _, ref := range slices.Sorted(maps.Keys(b.people)) {
		p := b.people[ref]
		isIn := !p.in.After(latest) || p.first && !p.in.After(opens)
		isOut := !p.out.IsZero() && !p.out.After(opens)
		switch {
		case isIn && !isOut:
			on = append(on, ref)
			if !p.out.IsZero() && p.heldOut {
				doubtful++
			}
		case !isOut && p.heldIn:
			doubtful++
		}
	}
	return on, doubtful
}
