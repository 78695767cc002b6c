package election

import (
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// A place can be shared (practice.md §2.8.2): two or three people stand as one candidate, with one name on the paper, one statement and one
// vote. Each says yes for themselves, and until all have, nobody else sees anything of it. Each is given a term of their own, with all of
// its days counted for each.
//
// Whoever steps back before the ballot opens breaks it up: the others stand no longer, because what they agreed to is no more, and are
// asked whether they stand with the rest or alone. Who says nothing does not stand.

// MaxSharers is how many can share a place.
const MaxSharers = 3

// Candidature is what members put in order on their papers: somebody who stands, or several who stand together.
type Candidature struct {
	Ref    string
	People []Candidate // the first is whose reference it has, the others follow by theirs
}

// Lead returns the first of them, whose row has what they say together.
func (c Candidature) Lead() Candidate { return c.People[0] }

// Stands says whether they are candidates now: all of them stand, or none does.
func (c Candidature) Stands() bool {
	return !slices.ContainsFunc(c.People, func(p Candidate) bool { return !p.Stands() })
}

// IsShared says whether several people stand together.
func (c Candidature) IsShared() bool { return len(c.People) > 1 }

// Reserved says whether they stand for a reserved place. People who stand together do only if each of them says so: if one leaves, the
// others go on with the seat, and it must still be what it was kept for.
func (c Candidature) Reserved() bool {
	return !slices.ContainsFunc(c.People, func(p Candidate) bool { return !p.Reserved })
}

// Has says whether the member is one of them.
func (c Candidature) Has(m member.ID) bool {
	return slices.ContainsFunc(c.People, func(p Candidate) bool { return p.Member == m })
}

// under returns the reference under which somebody stands, or stood.
func (c Candidate) under() string {
	if c.Share != "" {
		return c.Share
	}
	return c.Ref
}

// Together puts the candidates who stand together into candidatures, and those who stand no longer alone each, in the order of their
// references.
func Together(all []Candidate) (out []Candidature) {
	for _, c := range all {
		if !c.Stands() {
			out = append(out, Candidature{c.Ref, []Candidate{c}})
			continue
		}
		at := slices.IndexFunc(out, func(o Candidature) bool { return o.Stands() && o.Ref == c.under() })
		switch {
		case at < 0:
			out = append(out, Candidature{c.under(), []Candidate{c}})
		case c.Ref == c.Share:
			out[at].People = slices.Insert(out[at].People, 0, c)
		default:
			out[at].People = append(out[at].People, c)
		}
	}
	return out
}

// standing returns those who stand, people who stand together as one.
func standing(all []Candidate) []Candidature { return Together(stand(all)) }

// ofRef returns the candidature that stands under the reference.
func ofRef(all []Candidate, ref string) (Candidature, error) {
	for _, c := range standing(all) {
		if c.Ref == ref {
			return c, nil
		}
	}
	return Candidature{}, fmt.Errorf("nobody stands as %s", ref)
}

// stands has the people of an offer stand together, or its only one alone, in place of how they stood before.
func (sc *scene) stands(o Offer, all []Candidate) error {
	lead := ""
	for _, p := range o.People {
		c := Candidate{Ref: token.Ref("c_"), Election: sc.e.ID, Member: p.Member, Asked: sc.tx.Now}
		if at := slices.IndexFunc(all, func(x Candidate) bool { return x.Member == p.Member }); at >= 0 {
			c = all[at]
		}
		if c.ID == 0 {
			var err error
			if c, err = insertCandidate(sc.tx, c); err != nil {
				return fmt.Errorf("insert candidate: %w", err)
			}
		}
		if lead == "" {
			lead = c.Ref
		}
		if c.Share = ""; len(o.People) > 1 {
			c.Share = lead
		}
		c.Statement, c.Interests, c.Reserved, c.Trial, c.Gone = o.Statement, p.Interests, p.Reserved, p.Trial, time.Time{}
		if c.Accepted.IsZero() {
			c.Accepted = sc.tx.Now
		}
		if err := sc.putStanding(c); err != nil {
			return err
		}
	}
	return nil
}

// putStanding stores that somebody stands, and records it with what they say.
func (sc *scene) putStanding(c Candidate) error {
	if err := putCandidate(sc.tx, c); err != nil {
		return err
	}
	who, err := member.Get(sc.tx, c.Member)
	if err != nil {
		return err
	}
	data := ledger.Data{
		"election": sc.e.Ref(), "candidate": c.Ref, "member": who.Ref, "statement": ledger.Text(c.Statement), "interests": ledger.Text(c.Interests),
	}
	if c.Share != "" {
		data["share"] = c.Share
	}
	if c.Reserved {
		data["reserved"] = true
	}
	if c.Trial {
		data["trial"] = true
	}
	_, err = sc.ledger.Append(sc.tx, sc.a.Group.Log(), ledger.Event{Kind: "candidate.stands", Subject: sc.e.Ref(), Actor: who.Ref, Data: data})
	return err
}

// breakUp has those stand no longer who stood together with people who stepped back or cannot take the role, and asks them how they go on.
func (sc *scene) breakUp(together Candidature, gone ...member.ID) error {
	var left []Sharer
	for _, c := range together.People {
		if slices.Contains(gone, c.Member) {
			continue
		}
		c.Gone = sc.tx.Now
		if err := putCandidate(sc.tx, c); err != nil {
			return err
		}
		if _, err := sc.ledger.Append(sc.tx, sc.a.Group.Log(), ledger.Event{
			Kind: "candidate.parted", Subject: sc.e.Ref(), Data: ledger.Data{"election": sc.e.Ref(), "candidate": c.Ref},
		}); err != nil {
			return err
		}
		left = append(left, Sharer{Member: c.Member, Interests: c.Interests, Reserved: c.Reserved})
	}
	if len(left) == 0 {
		return nil
	}
	if err := closeOffersAmong(sc.tx, sc.e.ID, together); err != nil {
		return err
	}
	return sc.askRest(together.Lead().Statement, left, sc.tx.Now)
}

// isAbout says whether the offer asks somebody how they go on without those with whom they stood, as everybody could see.
func (o Offer) isAbout(c Candidate) bool {
	return o.Rest && c.Share != "" && !c.Gone.IsZero() && c.Gone.Equal(o.Opened) && o.of(c.Member) >= 0
}

// Left returns with whom somebody whom the offer asks how they go on stood, and who stands no longer; nobody where they never stood together.
func (v View) Left(o Offer) (out []member.ID) {
	at := slices.IndexFunc(v.Candidates, func(c Candidate) bool { return c.Member == v.Me && o.isAbout(c) })
	if at < 0 {
		return nil
	}
	for _, c := range v.Candidates {
		if c.Share == v.Candidates[at].Share && c.Gone.Equal(o.Opened) && o.of(c.Member) < 0 {
			out = append(out, c.Member)
		}
	}
	return out
}

// parted adds who is asked how they go on, which everybody may know, because everybody saw that they stood together with others.
func (v *View) parted(tx *db.Tx) error {
	if !slices.ContainsFunc(v.Candidates, func(c Candidate) bool { return c.Share != "" && !c.Gone.IsZero() }) {
		return nil
	}
	open, err := openOffers(tx, v.ID)
	if err != nil {
		return err
	}
	v.Parted = map[member.ID]bool{}
	for _, o := range open {
		for _, c := range v.Candidates {
			if v.mayJoin(o, v.Now) == nil && o.isAbout(c) {
				v.Parted[c.Member] = true
			}
		}
	}
	return nil
}

// teams returns who would hold a seat together.
func teams(all []Candidature) (out [][]member.ID) {
	for _, c := range all {
		var ids []member.ID
		for _, p := range c.People {
			ids = append(ids, p.Member)
		}
		out = append(out, ids)
	}
	return out
}

// NameOf joins the names of people who stand or hold a seat together: one name on the paper.
func NameOf(names []lang.Msg) lang.Msg {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return lang.M("election.share.two", "First", names[0], "Second", names[1])
	}
	return lang.M("election.share.three", "First", names[0], "Second", names[1], "Third", names[2])
}
