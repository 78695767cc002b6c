package election

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
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

// OfferID names an offer.
type OfferID int64

// Offer is that people would stand together. Only they see it, and nothing of it is recorded unless all of them say yes.
type Offer struct {
	ID        OfferID
	Election  ID
	Statement string
	Rest      bool // those who are left where somebody stepped back; there may be one of them
	Opened    time.Time
	People    []Sharer // the first is who asked, and whose name comes first on the paper
}

// Sharer is somebody of an offer, and what they have said.
type Sharer struct {
	Member    member.ID
	Agreed    time.Time
	Declined  time.Time
	Interests string
	Reserved  bool
}

// Waits says whether they have not said yet.
func (s Sharer) Waits() bool { return s.Agreed.IsZero() && s.Declined.IsZero() }

// of returns which of the people somebody is, or -1.
func (o Offer) of(m member.ID) int {
	return slices.IndexFunc(o.People, func(s Sharer) bool { return s.Member == m })
}

// Mine returns what somebody of the offer has said.
func (o Offer) Mine(m member.ID) Sharer {
	if at := o.of(m); at >= 0 {
		return o.People[at]
	}
	return Sharer{}
}

// Untouched says whether nobody has said yes, so that whoever does first can still change what they all say.
func (o Offer) Untouched() bool {
	return !slices.ContainsFunc(o.People, func(s Sharer) bool { return !s.Agreed.IsZero() })
}

// MayShare returns nil while people can ask each other to stand together. Where a lot follows the vote, they cannot: it draws people.
func (e Election) MayShare(r role.Role, now time.Time) error {
	if approves(r) {
		return fault.New(fault.Conflict, "election.share.lot")
	}
	return e.MayNominate(now)
}

// mayJoin returns nil while people of the offer can say yes: until nominations close, or where somebody has stepped back until the ballot
// opens.
func (e Election) mayJoin(o Offer, now time.Time) error {
	if o.Rest {
		return e.MayAnswer(now)
	}
	return e.MayNominate(now)
}

// Share asks others, by name, to stand together with the actor, who says yes by it. If they stand together already, it is how what they say
// is changed: it holds once all have said yes again. It returns fault.Invalid with the fields "with", "statement" and "interests",
// fault.Denied where the limits are against the actor, and fault.Conflict once nominations are closed.
func (s *Service) Share(ctx context.Context, a member.Actor, once db.Once, number int, with []string, say Standing) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		if err := sc.e.MayShare(sc.role, sc.tx.Now); err != nil {
			return err
		}
		if _, seen, err := sc.tx.Seen(once); err != nil || seen {
			return err
		}
		wrong := fault.Fields(say.check(sc.rules))
		if err := sc.mayStand(); err != nil {
			return err
		}
		o := Offer{Election: sc.e.ID, Statement: say.Statement, Opened: sc.tx.Now}
		o.People = []Sharer{{Member: sc.a.Member.ID, Agreed: sc.tx.Now, Interests: say.Interests, Reserved: say.Reserved && sc.e.Reserved > 0}}
		err := sc.name(&o, with)
		if named := fault.Fields(err); named != nil || wrong != nil { // all that is wrong is told at once
			all := map[string]lang.Msg{}
			maps.Copy(all, wrong)
			maps.Copy(all, named)
			err = fault.Form(all)
		}
		if err != nil {
			return err
		}
		if err := sc.replace(o); err != nil {
			return err
		}
		if o, err = insertOffer(sc.tx, o); err != nil {
			return fmt.Errorf("insert offer: %w", err)
		}
		return sc.tx.Did(once, int64(o.ID))
	})
}

// name adds to the offer whom its first person names.
func (sc *scene) name(o *Offer, with []string) error {
	wrong := func(id string) error { return oneField("with", id) }
	for _, name := range with {
		if name == "" {
			continue
		}
		m, err := member.ByName(sc.tx, sc.a.Group.ID, name)
		switch {
		case db.IsNotFound(err):
			return wrong("election.nobody_called")
		case err != nil:
			return err
		case m.ID == sc.a.Member.ID:
			return wrong("election.share.yourself")
		case o.of(m.ID) >= 0:
			return wrong("election.share.twice")
		}
		o.People = append(o.People, Sharer{Member: m.ID})
	}
	if len(o.People) < 2 || len(o.People) > MaxSharers {
		return wrong("election.share.nobody")
	}
	all, err := candidates(sc.tx, sc.e.ID)
	if err != nil {
		return err
	}
	for _, p := range o.People {
		if o.tears(all, p.Member) {
			return wrong("election.share.has")
		}
	}
	said, err := offersOf(sc.tx, sc.e.ID, sc.a.Member.ID, true)
	if err != nil {
		return err
	}
	for _, was := range said {
		for _, p := range o.People[1:] {
			if was.People[0].Member == sc.a.Member.ID && !was.Rest && !was.Mine(p.Member).Declined.IsZero() {
				return wrong("election.share.declined")
			}
		}
	}
	return nil
}

// tears says whether somebody stands together with people who are not of the offer.
func (o Offer) tears(all []Candidate, m member.ID) bool {
	for _, c := range standing(all) {
		if c.Has(m) && slices.ContainsFunc(c.People, func(p Candidate) bool { return o.of(p.Member) < 0 }) {
			return true
		}
	}
	return false
}

// replace closes what the actor has asked before: only the newest holds.
func (sc *scene) replace(o Offer) error {
	open, err := offersOf(sc.tx, sc.e.ID, sc.a.Member.ID, false)
	if err != nil {
		return err
	}
	for _, was := range open {
		if was.Rest || was.People[0].Member != o.People[0].Member {
			continue
		}
		if err := closeOffer(sc.tx, was.ID); err != nil {
			return err
		}
	}
	return nil
}

// mayStand returns fault.Denied where the limits are against the actor, and will be.
func (sc *scene) mayStand() error {
	all, err := role.JudgeAll(sc.tx, sc.a.Group, []member.ID{sc.a.Member.ID}, sc.role, sc.e.when(), sc.rules, sc.e.Relaxed)
	if err != nil || len(all) == 0 {
		return err
	}
	bars := all[0].Bars
	settled := sc.e.State != Nominating // then it is known which limits give way, and no other does
	if len(bars) > 0 && (settled || !role.Relaxable(bars)) {
		err = fault.New(fault.Denied, "election.bar."+string(bars[0]))
	}
	return err
}

// Agree says yes to standing together, or, where somebody has stepped back and nobody else is left, to standing alone. As long as nobody
// has said yes, what they all say can be changed by it. When all have said yes, they are candidates. It returns fault.NotFound for who is
// not asked, fault.Invalid with the fields "statement" and "interests", fault.Denied where the limits are against the actor, and
// fault.Conflict out of time.
func (s *Service) Agree(ctx context.Context, a member.Actor, number int, id OfferID, say Standing) error {
	return s.onOffer(ctx, a, number, id, func(sc *scene, o Offer, at int) error {
		if !o.Untouched() {
			say.Statement = o.Statement
		}
		if err := say.check(sc.rules); err != nil {
			return err
		}
		if err := sc.mayStand(); err != nil {
			return err
		}
		all, err := candidates(sc.tx, sc.e.ID)
		if err != nil {
			return err
		}
		if o.tears(all, sc.a.Member.ID) {
			return fault.New(fault.Conflict, "election.share.has")
		}
		p := &o.People[at]
		p.Agreed, p.Interests, p.Reserved, o.Statement = sc.tx.Now, say.Interests, say.Reserved && sc.e.Reserved > 0, say.Statement
		if err := putSharer(sc.tx, o, at); err != nil {
			return err
		}
		if slices.ContainsFunc(o.People, func(s Sharer) bool { return s.Agreed.IsZero() }) {
			return nil
		}
		return sc.join(o, all)
	})
}

// onOffer runs what somebody says to an offer that is open.
func (s *Service) onOffer(ctx context.Context, a member.Actor, number int, id OfferID, do func(sc *scene, o Offer, at int) error) error {
	return s.act(ctx, a, number, func(sc *scene) error {
		open, err := offersOf(sc.tx, sc.e.ID, sc.a.Member.ID, false)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(open, func(o Offer) bool { return o.ID == id })
		if at < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := sc.e.mayJoin(open[at], sc.tx.Now); err != nil {
			return err
		}
		return do(sc, open[at], open[at].of(sc.a.Member.ID))
	})
}

// Alone says that the actor would rather stand by themselves than with those who are left where somebody stepped back. The others are asked
// again. It returns what Agree returns.
func (s *Service) Alone(ctx context.Context, a member.Actor, number int, id OfferID, say Standing) error {
	return s.onOffer(ctx, a, number, id, func(sc *scene, o Offer, at int) error {
		if !o.Rest {
			return fault.New(fault.NotFound, "fault.not_found") // while nominations are open, everybody can stand by themselves anyhow
		}
		if err := say.check(sc.rules); err != nil {
			return err
		}
		if err := sc.mayStand(); err != nil {
			return err
		}
		if err := sc.part(o, at); err != nil {
			return err
		}
		all, err := candidates(sc.tx, sc.e.ID)
		if err != nil {
			return err
		}
		one := Offer{Election: o.Election, Statement: say.Statement, People: []Sharer{{
			Member: sc.a.Member.ID, Interests: say.Interests, Reserved: say.Reserved && sc.e.Reserved > 0,
		}}}
		return sc.stands(one, all)
	})
}

// Decline says no to standing together. Nobody is told but those who were asked too, and nothing is recorded. They are asked whether they
// stand with the rest or alone. It returns fault.NotFound for who is not asked, and fault.Conflict out of time.
func (s *Service) Decline(ctx context.Context, a member.Actor, number int, id OfferID) error {
	return s.onOffer(ctx, a, number, id, func(sc *scene, o Offer, at int) error {
		if err := sc.part(o, at); err != nil {
			return err
		}
		return sc.lastGone()
	})
}

// part takes somebody out of an offer, and asks the others whether they stand with the rest or alone.
func (sc *scene) part(o Offer, at int) error {
	o.People[at].Agreed, o.People[at].Declined = time.Time{}, sc.tx.Now
	if err := putSharer(sc.tx, o, at); err != nil {
		return err
	}
	if err := closeOffer(sc.tx, o.ID); err != nil {
		return err
	}
	return sc.askRest(o.Statement, slices.Delete(slices.Clone(o.People), at, at+1))
}

// askRest asks those who are left whether they stand together, or the one who is whether they stand alone. Who stands anyhow is not asked
// the latter.
func (sc *scene) askRest(statement string, left []Sharer) error {
	all, err := candidates(sc.tx, sc.e.ID)
	if err != nil {
		return err
	}
	o := Offer{Election: sc.e.ID, Statement: statement, Rest: true, Opened: sc.tx.Now}
	for _, p := range left {
		who, err := member.Get(sc.tx, p.Member)
		if err != nil {
			return err
		}
		if who.Left.IsZero() {
			p.Agreed, p.Declined = time.Time{}, time.Time{}
			o.People = append(o.People, p)
		}
	}
	stands := func(p Sharer) bool {
		return slices.ContainsFunc(all, func(c Candidate) bool { return c.Member == p.Member && c.Stands() })
	}
	if len(o.People) == 0 || len(o.People) == 1 && stands(o.People[0]) {
		return nil
	}
	if _, err := insertOffer(sc.tx, o); err != nil {
		return fmt.Errorf("insert offer: %w", err)
	}
	return nil
}

// join makes candidates of people who have all said yes.
func (sc *scene) join(o Offer, all []Candidate) error {
	if err := closeOffer(sc.tx, o.ID); err != nil {
		return err
	}
	if err := sc.stands(o, all); err != nil || len(o.People) == 1 {
		return err
	}
	for _, p := range o.People {
		if err := sc.leaveOthers(o, p.Member); err != nil {
			return err
		}
	}
	return nil
}

// leaveOthers takes somebody who stands together with others now out of what else they were asked: nobody is in two candidatures.
func (sc *scene) leaveOthers(o Offer, m member.ID) error {
	open, err := offersOf(sc.tx, sc.e.ID, m, false)
	if err != nil {
		return err
	}
	for _, other := range open {
		if !slices.ContainsFunc(other.People, func(p Sharer) bool { return o.of(p.Member) < 0 }) {
			err = closeOffer(sc.tx, other.ID)
		} else {
			err = sc.part(other, other.of(m))
		}
		if err != nil {
			return err
		}
	}
	return nil
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
		c.Statement, c.Interests, c.Reserved, c.Gone = o.Statement, p.Interests, p.Reserved, time.Time{}
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
	return sc.askRest(together.Lead().Statement, left)
}

// lastGone has an election looked at for which nobody stands any more, once it is settled who does. Where people are asked whether they go
// on without somebody who stepped back, it waits for them until the ballot opens.
func (sc *scene) lastGone() error {
	if sc.e.State != Answering {
		return nil
	}
	all, err := candidates(sc.tx, sc.e.ID)
	if err != nil || len(stand(all)) > 0 {
		return err
	}
	asked, err := openOffers(sc.tx, sc.e.ID)
	if err != nil || len(asked) > 0 {
		return err
	}
	sc.e.due = sc.tx.Now
	return put(sc.tx, sc.e, Answering)
}

// lapse closes what was not agreed to in time; those that came of somebody stepping back go on until the ballot opens.
func (st *stage) lapse(all bool) error {
	open, err := openOffers(st.tx, st.e.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if !all && o.Rest {
			continue
		}
		if err := closeOffer(st.tx, o.ID); err != nil {
			return err
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

// Suited is somebody who is asked to stand together with others, and what the limits say of them: each of those who are asked sees it of
// all.
type Suited struct {
	Member member.ID
	Bars   []role.Bar
	From   time.Time // from when on the limits would let them begin a term; zero if nobody can say
}

// suited returns how the limits stand for the people of an offer.
func suited(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Rules, e Election, o Offer) (out []Suited, err error) {
	for _, p := range o.People {
		s := Suited{Member: p.Member}
		if s.Bars, s.From, err = role.Judge(tx, g, p.Member, r, rules, e.when()); err != nil {
			return nil, err
		}
		if e.State != Nominating { // it is settled which limits give way
			s.Bars = slices.DeleteFunc(s.Bars, func(b role.Bar) bool { return slices.Contains(e.Relaxed, b) })
		}
		out = append(out, s)
	}
	return out, nil
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
