package election

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// View is an election as one member sees it at one moment.
type View struct {
	Election
	Now        time.Time
	Me         member.ID // the viewer
	Role       role.Role
	Rules      rulebook.Rules
	Candidates []Candidate        // who stands or stood, by reference
	Mine       Candidate          // the viewer's own candidature; zero if there is none
	Bars       []role.Bar         // what keeps the viewer from standing
	From       time.Time          // from when on the limits would let the viewer begin a term; zero if nobody can say
	First      bool               // nobody has held the role yet, so that terms are shorter
	Lot        draw.Draw          // that the vote led to; zero: none
	Terms      []role.Term        // of those who are elected, in the order of their election; to be given, until the result is final
	Answered   map[QuestionID]int // how many of those who stand have answered
	Questions  []Question
	Answers    []Answer // that the viewer may read: their own at any time
	Objections []Objection
	Offers     []Asking           // to stand together, that wait for the viewer or for others
	Parted     map[member.ID]bool // who stood together with somebody who stands no longer, and is asked whether they stand all the same
	People     map[member.ID]member.Member
}

// Show returns the election with the number of its motion. It returns fault.NotFound if there is none, and to who is no member.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{Now: tx.Now, Me: a.Member.ID}
		if v.Election, err = find(tx, a.Group.ID, number); err != nil {
			return err
		}
		if v.Role, err = role.Get(tx, v.Election.Role); err != nil {
			return err
		}
		rules, err := rulebook.Get(tx, a.Group.ID, v.Rulebook)
		if err != nil {
			return err
		}
		v.Rules = rules.Rules
		if err := v.people(tx, a); err != nil {
			return err
		}
		if err := v.terms(tx, a.Group); err != nil {
			return err
		}
		return v.talk(tx)
	})
	return v, err
}

// Approves says whether members say whom they trust, and a lot follows.
func (v View) Approves() bool { return approves(v.Role) }

// people adds who stands, and what concerns the viewer.
func (v *View) people(tx *db.Tx, a member.Actor) error {
	all, err := candidates(tx, v.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Member == a.Member.ID {
			v.Mine = c
		}
		if !c.Accepted.IsZero() {
			v.Candidates = append(v.Candidates, c)
		}
	}
	if err := v.offers(tx, a); err != nil {
		return err
	}
	if err := v.parted(tx); err != nil || v.State != Nominating {
		return err
	}
	v.Bars, v.From, err = role.Judge(tx, a.Group, a.Member.ID, v.Role, v.Rules, v.when())
	return err
}

// Asking is an offer as one of its people sees it.
type Asking struct {
	Offer
	Suited []Suited // how the limits stand for each of them
}

// offers adds what the viewer is asked, or has asked others, that can still be answered.
func (v *View) offers(tx *db.Tx, a member.Actor) error {
	open, err := offersOf(tx, v.ID, a.Member.ID, false)
	if err != nil {
		return err
	}
	for _, o := range open {
		if v.mayJoin(o, v.Now) != nil {
			continue
		}
		who, err := suited(tx, a.Group, v.Role, v.Rules, v.Election, o)
		if err != nil {
			return err
		}
		v.Offers = append(v.Offers, Asking{o, who})
	}
	return nil
}

// Together returns who stands or stood, people who stand together as one.
func (v View) Together() []Candidature { return Together(v.Candidates) }

// Own returns the candidature that the viewer is in; its reference is empty if they are in none.
func (v View) Own() Candidature {
	for _, c := range v.Together() {
		if c.Has(v.Mine.Member) && v.Mine.ID != 0 {
			return c
		}
	}
	return Candidature{}
}

// terms adds what those who are elected are or will be given.
func (v *View) terms(tx *db.Tx, g member.Group) (err error) {
	if v.State == Final && v.Approves() {
		if v.Lot, err = draw.Of(tx, v.Role.ID, v.Ref()); err == nil {
			v.Terms, err = role.Given(tx, v.Role.ID, v.Lot.Ref())
		}
		return err
	}
	if v.State == Final {
		v.Terms, err = role.Given(tx, v.Role.ID, v.Decision)
		return err
	}
	if v.First, err = role.IsFirst(tx, v.Role.ID, v.Decision); err != nil || v.State != Objecting {
		return err
	}
	won := slices.DeleteFunc(slices.Clone(v.Candidates), func(c Candidate) bool { return c.Turn == 0 })
	slices.SortStableFunc(won, byTurn)
	for _, c := range won {
		v.Terms = append(v.Terms, v.term(g, v.Role, v.Rules, c, v.First, v.Now))
	}
	return nil
}

// talk adds questions with the answers that may be read, objections, and the names of everybody.
func (v *View) talk(tx *db.Tx) (err error) {
	if v.Questions, err = questions(tx, v.ID); err != nil {
		return err
	}
	given, err := answers(tx, v.ID)
	if err != nil {
		return err
	}
	stands, own := standing(v.Candidates), v.Mine.ID
	if c := v.Own(); c.IsShared() {
		own = c.Lead().ID
	}
	v.Answers = shown(v.Election, v.Now, stands, given)
	v.Answered = map[QuestionID]int{}
	for _, a := range given {
		if slices.ContainsFunc(stands, func(c Candidature) bool { return c.Lead().ID == a.Candidate }) {
			v.Answered[a.Question]++
		}
		if a.Candidate == own && !slices.Contains(v.Answers, a) {
			v.Answers = append(v.Answers, a)
		}
	}
	if v.Objections, err = objections(tx, v.ID); err != nil {
		return err
	}
	var ids []member.ID
	for _, c := range v.Candidates {
		ids = append(ids, c.Member)
	}
	for _, o := range v.Offers {
		for _, p := range o.People {
			ids = append(ids, p.Member)
		}
	}
	for _, q := range v.Questions {
		ids = append(ids, q.Author)
	}
	for _, o := range v.Objections {
		ids = append(ids, o.Member)
	}
	v.People, err = member.Many(tx, ids)
	return err
}

// Stand returns those who stand, people who stand together as one.
func (v View) Stand() []Candidature { return standing(v.Candidates) }

// Kept returns for how many of the places there is somebody who stands for a reserved one, and so how many are reserved in the count.
func (v View) Kept() int { return v.keeps(v.Stand()) }

// Asked is an election in which somebody has put the viewer up, or asked them to stand together, and they have not said; or in which everybody
// they asked has said yes.
type Asked struct {
	Election
	Role   role.Role
	Offer  Offer // to stand together, or how they go on where somebody stands no longer; zero: they are put up, or stand together
	Shares Candidature
	People map[member.ID]member.Member // of the offer, or with whom they stand together
}

// Together says whether they are asked to stand with others.
func (a Asked) Together() bool { return a.Offer.ID != 0 }

// Asked returns the elections in which the actor was put up, or asked to stand together with others, and has neither accepted nor declined, and
// those to come in which they stand together with others.
func (s *Service) Asked(ctx context.Context, a member.Actor) (out []Asked, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err := askedOf(tx, a.Group.ID, a.Member.ID)
		if err != nil {
			return err
		}
		for _, c := range all {
			e, err := get(tx, c.Election)
			if err != nil {
				return err
			}
			r, err := role.Get(tx, e.Role)
			if err != nil {
				return err
			}
			one := Asked{Election: e, Role: r}
			if c.Stands() {
				if one.Shares, one.People, err = sharesOf(tx, c); err != nil {
					return err
				}
			}
			out = append(out, one)
		}
		offered, err := offeredTo(tx, a.Group.ID, a.Member.ID)
		if err != nil || len(offered) == 0 {
			return err
		}
		offers, err := offersOfMember(tx, a.Member.ID)
		if err != nil {
			return err
		}
		for _, e := range offered {
			if !tx.Now.Before(e.Opens) || e.State == Nominating && !tx.Now.Before(e.Until) {
				continue
			}
			one := Asked{Election: e}
			for _, o := range offers { // the newest of them
				if o.Election == e.ID && o.Mine(a.Member.ID).Waits() && (o.Rest || e.State == Nominating) {
					one.Offer = o
				}
			}
			if one.Role, err = role.Get(tx, e.Role); err != nil {
				return err
			}
			var ids []member.ID
			for _, p := range one.Offer.People {
				ids = append(ids, p.Member)
			}
			if one.People, err = member.Many(tx, ids); err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// sharesOf returns the candidature in which somebody stands together with others, with the names.
func sharesOf(tx *db.Tx, c Candidate) (one Candidature, people map[member.ID]member.Member, err error) {
	all, err := candidates(tx, c.Election)
	if err != nil {
		return one, nil, err
	}
	if one, err = ofRef(all, c.under()); err != nil {
		return one, nil, err
	}
	people, err = member.Many(tx, slices.Concat(teams([]Candidature{one})...))
	return one, people, err
}

// Running returns the group's elections under way, the oldest first.
func (s *Service) Running(ctx context.Context, a member.Actor) (out []Election, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = open(tx, a.Group.ID)
		return err
	})
	return out, err
}

// Latest returns the newest election of each of the roles.
func (s *Service) Latest(ctx context.Context, a member.Actor, roles []role.ID) (out map[role.ID]Election, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = latest(tx, roles)
		return err
	})
	return out, err
}

// Result is the count of a ballot by ranking: the sheet as it was counted, and its papers where they are published.
type Result struct {
	ballot.Ballot
	Sheet string // folkmoot-count/1, with options by reference; "" while nothing is counted
	Kinds []ballot.Kind
}

// Result returns how the last ballot of an election, or of another vote by ranking, was counted, or fault.NotFound while there is none.
func (s *Service) Result(ctx context.Context, a member.Actor, number int) (r Result, err error) {
	if !a.IsMember() {
		return r, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		m, err := motion.Find(tx, a.Group.ID, number)
		if err == nil && !m.Kind.Ranked() {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		rounds, err := ballot.Of(tx, m.ID)
		if err != nil {
			return err
		}
		if len(rounds) == 0 || !rounds[len(rounds)-1].IsCounted() {
			return fault.New(fault.NotFound, "ballot.none")
		}
		r.Ballot = rounds[len(rounds)-1]
		sheet, err := ballot.SheetOf(tx, r.ID)
		if db.IsNotFound(err) {
			return nil // too few took part
		}
		if err != nil {
			return err
		}
		r.Sheet = sheet
		r.Kinds, err = ballot.Kinds(tx, r.ID)
		return err
	})
	return r, err
}
