package election

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/token"
)

// Tick does what is due by time alone: it settles who stands, publishes answers and gives terms. Ballots are package ballot's.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		due, err := dueOnes(tx, limit)
		for _, e := range due {
			out = append(out, db.Due{Name: fmt.Sprintf("election %d", e.ID), Do: func(tx *db.Tx) error { return s.moveOn(tx, e) }})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// stage is an election with what moving it on needs.
type stage struct {
	*Service
	tx    *db.Tx
	g     member.Group
	e     Election
	role  role.Role
	rules rulebook.Rules
}

func (s *Service) stage(tx *db.Tx, e Election) (*stage, error) {
	g, err := member.GetGroup(tx, e.Group)
	if err != nil {
		return nil, err
	}
	rules, err := rulebook.Get(tx, g.ID, e.Rulebook)
	if err != nil {
		return nil, err
	}
	r, err := role.Get(tx, e.Role)
	return &stage{s, tx, g, e, r, rules.Rules}, err
}

func (st *stage) note(kind string, data ledger.Data) error {
	_, err := st.ledger.Append(st.tx, st.g.Log(), ledger.Event{Kind: kind, Subject: st.e.Ref(), Data: data})
	return err
}

// moveOn brings one election to where the rules have it by now.
func (s *Service) moveOn(tx *db.Tx, e Election) error {
	st, err := s.stage(tx, e)
	if err != nil {
		return err
	}
	switch e.State {
	case Nominating:
		return st.settle()
	case Answering:
		return st.publish()
	case Voting:
		return st.look()
	case Objecting:
		return st.finish()
	}
	return fmt.Errorf("%s is %s and due", e.Ref(), e.State)
}

// Open begins an election for seats of the role, in the transaction in which it is found that they will be free. It is role's.
func (s *Service) Open(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Version, seats []role.Vacancy) error {
	e := Election{
		Group: g.ID, Role: r.ID, State: Nominating, Seats: seats, Rulebook: rules.Number, Opened: tx.Now,
		Until: rulebook.Evening(tx.Now.AddDate(0, 0, rules.Rules.NominationsDays), g.Zone),
	}
	e.plan(r, rules.Rules, g)
	if err := e.reserve(tx, r); err != nil {
		return err
	}
	m, err := motion.Call(tx, s.ledger, g, motion.Called{Kind: motion.Election, AboutPerson: true, Text: s.words(g, r, len(seats)), Opens: e.Opens, By: r.Ref()})
	if err != nil {
		return fmt.Errorf("put the election before the group: %w", err)
	}
	e.Motion, e.Number = m.ID, m.Number
	if _, err := insert(tx, e); err != nil {
		return fmt.Errorf("insert election: %w", err)
	}
	st := &stage{s, tx, g, e, r, rules.Rules}
	numbers := make([]any, len(seats))
	free := make([]any, len(seats))
	for i, v := range seats {
		numbers[i], free[i] = v.Seat, v.From
	}
	data := ledger.Data{
		"motion": m.Ref(), "role": r.Ref(), "seats": numbers, "free": free, "rulebook": e.Rulebook, "until": e.Until, "opens": e.Opens, "starts": e.Starts,
	}
	if e.Reserved > 0 {
		data["reserved"], data["reserved_for"] = e.Reserved, e.For
	}
	return st.note("election.opened", data)
}

// plan sets what follows from when nominations close.
func (e *Election) plan(ro role.Role, r rulebook.Rules, g member.Group) {
	e.Opens = e.Until.Add(answerTime)
	e.Starts = r.BallotWindow(e.Opens, g.Zone).Add(ObjectTime + rest(ro))
	e.Starts = rulebook.Later(e.Starts, e.Seats[0].From) // the first that is free
	e.due = e.Until
}

// Last tells of the role's newest election.
func (s *Service) Last(tx *db.Tx, r role.ID) (role.Attempt, error) {
	last, err := latest(tx, []role.ID{r})
	e := last[r]
	return role.Attempt{Open: e.ID != 0 && e.State.Open(), Began: e.Opened, Failed: e.State == Nobody}, err
}

// Refill does nothing: whom the members did not elect is not next in line.
func (s *Service) Refill(*db.Tx, member.Group, role.Role, rulebook.Rules) error { return nil }

// Lead is how long before a seat is free its election opens: nominations, answers, the ballot with up to a day until its hour,
// objections, and what is left for handing over (practice.md §2.8.1, §2.12.5).
func Lead(r rulebook.Rules) time.Duration {
	return time.Duration(r.NominationsDays)*day + answerTime + time.Duration(r.OnlineVoteHours)*time.Hour + day + ObjectTime + restTime
}

// Lead is how long before a seat is free its election opens.
func (s *Service) Lead(r rulebook.Rules) time.Duration { return Lead(r) }

// ThenLot is the way of filling seats by a vote on whom members trust, and a lot among those whom half do.
func (s *Service) ThenLot() role.Filler { return thenLot{s} }

type thenLot struct{ *Service }

// Lead is how long before a seat is free its election opens, of which the last days are for the lot.
func (l thenLot) Lead(r rulebook.Rules) time.Duration {
	return Lead(r) + draw.LotTime - restTime
}

// rest is how long it is from the final result until the first terms can begin.
func rest(r role.Role) time.Duration {
	if approves(r) {
		return draw.LotTime
	}
	return restTime
}

// settle closes nominations, or extends them once by half where nobody could be left out (practice.md §2.8.2), or where fewer stand for reserved
// places than there are.
func (st *stage) settle() error {
	all, err := candidates(st.tx, st.e.ID)
	if err != nil {
		return err
	}
	standing := standing(all)
	if !st.e.Extended && (len(standing) <= len(st.e.Seats) || len(reserved(standing)) < st.e.Reserved) {
		return st.extend()
	}
	if err := st.lapse(false); err != nil {
		return err
	}
	standing, err = st.within(standing)
	if err != nil {
		return err
	}
	asked, err := openOffers(st.tx, st.e.ID)
	if err != nil {
		return err
	}
	if len(standing) == 0 && len(asked) == 0 {
		return st.nobody("nobody_stands")
	}
	st.e.State = Answering
	st.e.Opens = rulebook.Later(st.e.Opens, st.tx.Now.Add(answerTime/2))
	if err := motion.PutOff(st.tx, st.e.Motion, st.e.Opens); err != nil {
		return err
	}
	st.e.due = st.e.Opens
	if err := put(st.tx, st.e, Nominating); err != nil {
		return err
	}
	refs := make([]any, len(standing))
	for i, c := range standing {
		refs[i] = c.Ref
	}
	return st.note("election.settled", ledger.Data{"candidates": refs, "relaxed": role.WriteBars(st.e.Relaxed), "opens": st.e.Opens})
}

// extend gives more time for nominations, once.
func (st *stage) extend() error {
	st.e.Extended = true
	st.e.Until = rulebook.Evening(st.tx.Now.AddDate(0, 0, max(1, st.rules.NominationsDays/2)), st.g.Zone)
	st.e.plan(st.role, st.rules, st.g)
	if err := motion.PutOff(st.tx, st.e.Motion, st.e.Opens); err != nil {
		return err
	}
	if err := put(st.tx, st.e, Nominating); err != nil {
		return err
	}
	return st.note("election.extended", ledger.Data{"until": st.e.Until, "opens": st.e.Opens, "starts": st.e.Starts})
}

// within returns those who may take the role by the limits, of which some give way where there are too few (practice.md §2.12.2); the
// others stand no longer.
func (st *stage) within(standing []Candidature) (out []Candidature, err error) {
	can, relaxed, err := role.WithinTogether(st.tx, st.g, teams(standing), st.role, st.e.when(), st.rules)
	if err != nil {
		return nil, err
	}
	st.e.Relaxed = relaxed
	for _, c := range standing {
		var barred []member.ID
		for _, p := range c.People {
			if slices.ContainsFunc(can, func(j role.Judged) bool { return j.ID == p.Member }) {
				continue
			}
			barred, p.Gone = append(barred, p.Member), st.tx.Now
			if err := putCandidate(st.tx, p); err != nil {
				return nil, err
			}
			if err := st.note("candidate.barred", ledger.Data{"candidate": p.Ref}); err != nil {
				return nil, err
			}
		}
		if len(barred) == 0 {
			out = append(out, c)
			continue
		}
		if err := st.asNobody().breakUp(c, barred...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// asNobody is the stage for what the clock does and a member could have brought about.
func (st *stage) asNobody() *scene {
	return &scene{st.Service, st.tx, member.Actor{Group: st.g}, st.e, st.role, st.rules}
}

// nobody ends an election that has nobody to vote on.
func (st *stage) nobody(why string) error {
	was := st.e.State
	st.e.State, st.e.due = Nobody, time.Time{}
	if err := st.lapse(true); err != nil {
		return err
	}
	if err := motion.Lapse(st.tx, st.e.Motion, st.tx.Now); err != nil {
		return err
	}
	return st.ended(was, why)
}

// ended stores an election that filled no seat, and has the role looked after.
func (st *stage) ended(was State, why string) error {
	if err := put(st.tx, st.e, was); err != nil {
		return err
	}
	if err := st.note("election.failed", ledger.Data{"why": why, "decision": st.e.Decision}); err != nil {
		return err
	}
	return role.LookAfter(st.tx, st.role.ID)
}

// publish records what the candidates have answered, as the ballot opens, and that these are all the answers.
func (st *stage) publish() error {
	all, err := candidates(st.tx, st.e.ID)
	if err != nil {
		return err
	}
	if len(stand(all)) == 0 {
		return st.nobody("nobody_stands")
	}
	if err := st.lapse(true); err != nil {
		return err
	}
	given, err := answers(st.tx, st.e.ID)
	if err != nil {
		return err
	}
	who := map[CandidateID]Candidate{}
	for _, c := range all {
		who[c.ID] = c
	}
	for _, a := range given {
		if err := st.note("question.answered", ledger.Data{"question": int64(a.Question), "candidate": who[a.Candidate].Ref, "text": ledger.Text(a.Text), "at": a.At}); err != nil {
			return err
		}
	}
	st.e.State, st.e.due = Voting, st.e.Opens.Add(day)
	if err := put(st.tx, st.e, Answering); err != nil {
		return err
	}
	return st.note("election.published", ledger.Data{"answers": len(given)})
}

// look ends an election whose vote could not be held: its urn was damaged twice. Of every other vote the count tells.
func (st *stage) look() error {
	m, err := motion.Get(st.tx, st.e.Motion)
	if err != nil {
		return err
	}
	if !m.IsOver() {
		st.e.due = st.tx.Now.Add(day)
		return put(st.tx, st.e, Voting)
	}
	st.e.State, st.e.due = Nobody, time.Time{}
	return st.ended(Voting, "void")
}

// RON is the reference of the option "none of these: ask again".
const RON = "ron"

// errUnsettled is why a ballot does not open yet: the next Tick settles who stands.
var errUnsettled = errors.New("election: it is not settled who stands")

// Contest returns who stands in the election that the motion is, as its ballot opens. It is the ballots' for motions of the kind Election.
func (s *Service) Contest(tx *db.Tx, m motion.Motion) (c ballot.Contest, err error) {
	e, err := Of(tx, m.ID)
	if err != nil {
		return c, err
	}
	all, err := candidates(tx, e.ID)
	if err != nil {
		return c, err
	}
	standing := standing(all)
	if e.State != Answering && e.State != Voting || len(standing) == 0 {
		return c, errUnsettled
	}
	r, err := role.Get(tx, e.Role)
	if err != nil {
		return c, err
	}
	c = ballot.Contest{Seats: len(e.Seats)}
	for _, cand := range standing {
		c.Options = append(c.Options, cand.Ref)
	}
	keep := e.keeps(standing)
	switch {
	case approves(r):
		c.Method = ballot.Approval // who trusts none of them names nobody
		return c, nil
	case c.Seats == 1 && keep == 0:
		c.Method = ballot.IRV
	default:
		c.Method = ballot.Scottish
	}
	c.Options, c.RON = append(c.Options, RON), len(standing)+1
	if keep > 0 {
		c.Reserved, c.For = keep, reserved(standing)
	}
	return c, nil
}

// Counted moves the election on with the count of its ballot, in the transaction that records it as a decision.
func (s *Service) Counted(tx *db.Tx, c ballot.Closed, decision string) error {
	e, err := Of(tx, c.Motion.ID)
	if err != nil {
		return err
	}
	if c.Rerun.ID != 0 {
		return nil // it goes on
	}
	st, err := s.stage(tx, e)
	if err != nil {
		return err
	}
	was := e.State
	st.e.Decision, st.e.due = decision, time.Time{}
	if c.Result.Outcome != tally.Carried {
		st.e.State = Nobody
		return st.ended(was, string(c.Result.Outcome))
	}
	all, err := candidates(tx, e.ID)
	if err != nil {
		return err
	}
	for i, ref := range c.Count.Elected {
		won, err := ofRef(all, ref)
		if err != nil {
			return err
		}
		for _, p := range won.People {
			if c.Approves() {
				err = errors.Join(err, approve(tx, p.ID))
			} else {
				err = errors.Join(err, seat(tx, p.ID, i+1, e.Seats[i].Seat))
			}
		}
		if err != nil {
			return err
		}
	}
	st.e.State, st.e.Final = Objecting, c.Closes.Add(ObjectTime)
	st.e.Starts = rulebook.Later(st.e.Starts, st.e.Final.Add(rest(st.role)))
	st.e.due = st.e.Final
	if err := put(tx, st.e, was); err != nil {
		return err
	}
	elected := make([]any, len(c.Count.Elected))
	for i, ref := range c.Count.Elected {
		elected[i] = ref
	}
	found := "elected"
	if c.Approves() {
		found = "approved"
	}
	return st.note("election.counted", ledger.Data{"decision": decision, found: elected, "final": st.e.Final, "starts": st.e.Starts})
}

// finish gives the terms, or has a lot drawn for them, once no objection is in time any more.
func (st *stage) finish() error {
	all, err := candidates(st.tx, st.e.ID)
	if err != nil {
		return err
	}
	if approves(st.role) {
		return st.draw(all)
	}
	slices.SortStableFunc(all, byTurn)
	first, err := role.IsFirst(st.tx, st.role.ID, st.e.Decision)
	if err != nil {
		return err
	}
	st.e.State, st.e.due = Final, time.Time{}
	if err := put(st.tx, st.e, Objecting); err != nil {
		return err
	}
	if err := st.note("election.final", ledger.Data{}); err != nil {
		return err
	}
	for _, c := range all {
		if c.Turn == 0 {
			continue
		}
		if err := st.give(c, first); err != nil {
			return err
		}
	}
	return role.LookAfter(st.tx, st.role.ID)
}

// byTurn orders candidates as they were elected, of people who share a seat the one whose name comes first on the paper.
func byTurn(a, b Candidate) int {
	lead := func(c Candidate) int {
		if c.under() == c.Ref {
			return 0
		}
		return 1
	}
	return cmp.Or(a.Turn-b.Turn, lead(a)-lead(b), strings.Compare(a.Ref, b.Ref))
}

// draw ends an election that found whom half of the members trust, and begins the draw among them. If none of them can take a seat any more,
// it ends as one that elected nobody.
func (st *stage) draw(all []Candidate) error {
	var who []member.ID
	for _, c := range all {
		if c.Approved {
			who = append(who, c.Member)
		}
	}
	rules, err := rulebook.Get(st.tx, st.g.ID, st.e.Rulebook)
	if err != nil {
		return err
	}
	ok, err := st.draws.Among(st.tx, st.g, st.role, draw.Among{Seats: st.e.Seats, Rulebook: rules, Who: who, Relaxed: st.e.Relaxed, Cause: st.e.Ref()})
	if err != nil {
		return err
	}
	st.e.due = time.Time{}
	if !ok {
		st.e.State = Nobody
		return st.ended(Objecting, "nobody_left")
	}
	st.e.State = Final
	if err := put(st.tx, st.e, Objecting); err != nil {
		return err
	}
	return st.note("election.final", ledger.Data{})
}

// give gives somebody who was elected their term. People who share a seat have one each, with the same dates, so that all of its days count for
// each of them (practice.md §2.12.2).
func (st *stage) give(c Candidate, first bool) error {
	who, err := member.Get(st.tx, c.Member)
	if err != nil {
		return err
	}
	t := st.e.term(st.g, st.role, st.rules, c, first, st.tx.Now)
	t.Ref = token.Ref("t_")
	judged, err := role.JudgeAll(st.tx, st.g, []member.ID{who.ID}, st.role, st.e.when(), st.rules, st.e.Relaxed)
	if err != nil {
		return err
	}
	for _, j := range judged {
		t.Waived = j.Waived // told of a waiver that the term uses up; who was elected is not judged anew
	}
	_, err = st.begin(st.tx, st.g, st.role, t, who)
	return err
}

// term returns the term, without a name in the record, that somebody who was elected is given. It begins at now at the earliest.
func (e Election) term(g member.Group, r role.Role, rules rulebook.Rules, c Candidate, first bool, now time.Time) role.Term {
	begins := rulebook.Later(e.Final.Add(restTime), now)
	for _, v := range e.Seats {
		if v.Seat == c.Seat {
			begins = rulebook.Later(begins, v.From)
		}
	}
	days := role.TermDays(rules, c.Seat, first, len(e.Relaxed) > 0)
	if c.Trial {
		days = min(days, TrialDays)
	}
	return role.Term{
		Group: g.ID, Role: r.ID, Member: c.Member, Seat: c.Seat, Caps: r.Caps,
		Begins: begins, Ends: begins.In(g.Zone).AddDate(0, 0, days).UTC(), Cause: e.Decision, Share: c.Share,
	}
}
