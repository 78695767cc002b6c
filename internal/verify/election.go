package verify

import (
	"cmp"
	"slices"
	"strings"
)

// contest is an election: who stands in it, alone or under one reference with others, whom the count elected, and who was given which seat.
type contest struct {
	seats    []any
	standing map[string]standing // by the reference of the candidature
	elected  []any
	given    map[string]bool // members
}

type standing struct{ member, share string }

// under is the reference under which somebody stands, which is that of the others who share a place with them.
func (x *contest) under(member string) (ref, share string) {
	for own, s := range x.standing {
		if s.member == member && s.share != "" {
			return s.share, s.share
		}
		if s.member == member {
			ref = own
		}
	}
	return ref, ""
}

// aboutElection says whether who is said to be elected stood and was elected in the vote, and takes down who stands. Each member says for
// themselves that they stand, and with whom.
func (b *book) aboutElection(e entry) *Problem {
	if b.only != "" {
		return nil
	}
	x := b.contests[e.of]
	if e.kind == "election.opened" {
		if x != nil {
			return broken("election", "N", e.n)
		}
		b.contests[e.of] = &contest{seats: e.data.list("seats"), standing: map[string]standing{}, given: map[string]bool{}}
		return nil
	}
	if x == nil {
		return nil
	}
	switch ref := e.data.str("candidate"); e.kind {
	case "candidate.stands":
		if e.by != e.data.str("member") || !b.people[e.by].isThere() {
			return broken("election", "N", e.n)
		}
		x.standing[ref] = standing{e.by, e.data.str("share")}
	case "candidate.stood_down", "candidate.barred", "candidate.parted":
		delete(x.standing, ref)
	case "election.counted":
		return b.elected(x, e)
	}
	return nil
}

// isOn says whether those who stand, and nobody else, were on the paper of a vote.
func (x *contest) isOn(paper []any) bool {
	stand := map[any]bool{}
	for own, s := range x.standing {
		stand[cmp.Or(s.share, own)] = true
	}
	paper = slices.DeleteFunc(slices.Clone(paper), func(o any) bool { return o == "ron" })
	return len(paper) == len(stand) && !slices.ContainsFunc(paper, func(o any) bool { return !stand[o] })
}

// elected compares whom the election has as elected with whom the vote has, and who stands with whom members could vote on.
func (b *book) elected(x *contest, e entry) *Problem {
	cause := e.data.str("decision")
	d := b.byNumber[strings.TrimPrefix(cause, "decision/")]
	if d == nil || b.causes[cause] != nil {
		return broken("election", "N", e.n)
	}
	if !x.isOn(d.ballot.opened.data.obj("contest").list("options")) {
		return broken("election", "N", e.n)
	}
	voted := d.ballot.closed.data.list("elected")
	for _, ref := range append(slices.Clone(e.data.list("elected")), e.data.list("approved")...) {
		if !slices.Contains(voted, ref) {
			return broken("election", "N", e.n)
		}
	}
	x.elected, b.causes[cause] = e.data.list("elected"), x
	return nil
}

// inOffice says whether a term that came of an election was given to somebody whom it elected, in their seat, and shared with those alone with whom
// they stood.
func (b *book) inOffice(e entry) *Problem {
	x := b.causes[e.data.str("cause")]
	if x == nil {
		return broken("election", "N", e.n)
	}
	who := e.data.str("member")
	ref, share := x.under(who)
	at := slices.Index(x.elected, any(ref))
	if ref == "" || at < 0 || at >= len(x.seats) || x.seats[at] != any(e.data.num("seat")) || share != e.data.str("share") || x.given[who] {
		return broken("election", "N", e.n)
	}
	x.given[who] = true
	return nil
}
