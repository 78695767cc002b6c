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
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

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
	Trial     bool // of somebody who stands alone
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
// again. Who stands by themselves anyhow changes nothing of what they said, once nominations are closed. It returns what Agree returns.
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
		if c := mine(all, sc.a.Member.ID); c.Stands() && c.Share == "" && sc.e.MayNominate(sc.tx.Now) != nil {
			return nil
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
	since := sc.tx.Now
	if o.Rest {
		since = o.Opened // it is about the same parting
	}
	return sc.askRest(o.Statement, slices.Delete(slices.Clone(o.People), at, at+1), since)
}

// askRest asks those who are left whether they stand together, or the one who is whether they stand alone. Who stands anyhow is not asked
// the latter. since is when what they had agreed to came to an end.
func (sc *scene) askRest(statement string, left []Sharer, since time.Time) error {
	all, err := candidates(sc.tx, sc.e.ID)
	if err != nil {
		return err
	}
	o := Offer{Election: sc.e.ID, Statement: statement, Rest: true, Opened: since}
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
