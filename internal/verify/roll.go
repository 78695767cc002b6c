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
	if b.formed = b.formed || b.within >= 3; b.formed && b.third.IsZero() {
		b.third = e.at
	}
}

func (b *book) left(e entry) {
	b.within--
	for _, m := range b.assembly.meetings {
		m.gone++
	}
	b.departed++
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

// fit says whether so many can be there: no more than there are members, whom a file of one meeting does not tell.
func (b *book) fit(present int64) bool {
	return present >= 0 && (b.only != "" || present <= int64(b.within))
}

// quorate checks the quorum with which a meeting begins: it is what the rules in force make of how many count as active. Those are some of who might vote, and at least those of them who
// came and noted themselves as there, which nobody does who is not active. A file of one meeting tells neither.
func (b *book) quorate(m *gathering, e entry) bool {
	quorum, active := e.data.num("quorum"), e.data.num("active")
	if b.only != "" {
		return quorum > 0
	}
	number := int64(len(b.rules))
	on, doubtful := b.couldVote(object{"rulebook": number}, e.at)
	sure, unsure := b.couldVote(object{"rulebook": number}, m.opens) // by then at the latest, however late the entry is dated
	sure = slices.DeleteFunc(sure, func(ref string) bool { return !b.people[ref].isThere() })
	others := int64(b.within-len(sure)) + unsure
	return quorum == b.rules[number].votes.quorum(active) && active <= int64(len(on))+doubtful && active >= e.data.num("present")-m.noted-others
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
