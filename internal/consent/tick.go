package consent

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
)

// Tick does what is due by time alone: it reads out what was written, proposes names, and gives terms.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		due, err := dueOnes(tx, limit)
		for _, x := range due {
			out = append(out, db.Due{Name: fmt.Sprintf("selection %d", x.ID), Do: func(tx *db.Tx) error { return s.moveOn(tx, x) }})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// Lead is how long before a seat is free its selection opens: until the first name is agreed on, with up to a day until the first evening.
func (s *Service) Lead(r rulebook.Rules) time.Duration {
	days, _ := firstDays(r)
	return time.Duration(days+3*stepDays+1) * 24 * time.Hour
}

// Last tells of the role's newest selection.
func (s *Service) Last(tx *db.Tx, r role.ID) (role.Attempt, error) {
	last, err := latest(tx, []role.ID{r})
	x := last[r]
	return role.Attempt{Open: x.State.IsOpen(), Began: x.Opened, Failed: x.State == Nobody}, err
}

// Refill does nothing: on whom members have not agreed is not next in line.
func (s *Service) Refill(*db.Tx, member.Group, role.Role, rulebook.Rules) error { return nil }

// stage is a selection with what moving it on needs.
type stage struct {
	*Service
	tx       *db.Tx
	g        member.Group
	x        Selection
	role     role.Role
	rules    rulebook.Rules
	nominees []Nominee
}

func (s *Service) stage(tx *db.Tx, x Selection) (*stage, error) {
	g, err := member.GetGroup(tx, x.Group)
	if err != nil {
		return nil, err
	}
	rules, err := rulebook.Get(tx, g.ID, x.Rulebook)
	if err != nil {
		return nil, err
	}
	r, err := role.Get(tx, x.Role)
	if err != nil {
		return nil, err
	}
	st := &stage{Service: s, tx: tx, g: g, x: x, role: r, rules: rules.Rules}
	st.nominees, err = nominees(tx, x.ID)
	return st, err
}

func (st *stage) note(kind, actor string, data ledger.Data) error {
	data["selection"] = st.x.Ref()
	_, err := st.ledger.Append(st.tx, st.g.Log(), ledger.Event{Kind: kind, Subject: st.x.Ref(), Actor: actor, Data: data})
	return err
}

// Open begins a selection for seats of the role, in the transaction in which it is found that they will be free. It is role's.
func (s *Service) Open(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Version, seats []role.Vacancy) error {
	days, _ := firstDays(rules.Rules)
	x := Selection{
		Group: g.ID, Role: r.ID, State: Naming, Seats: seats, Rulebook: rules.Number, Opened: tx.Now,
		Until: rulebook.Evening(tx.Now.In(g.Zone).AddDate(0, 0, days), g.Zone), Secret: make([]byte, 32),
	}
	if _, err := io.ReadFull(s.chance, x.Secret); err != nil {
		return err
	}
	x.Commit = commitTo(x.Secret)
	st := &stage{Service: s, tx: tx, g: g, x: x, role: r, rules: rules.Rules}
	st.plan()
	wait, window := time.Duration(st.rules.VotingWaitDays)*24*time.Hour, time.Duration(st.rules.ActiveWindowDays)*24*time.Hour
	var err error
	if st.x.Active, err = member.ActiveOnRoll(tx, g.ID, tx.Now, wait, window); err != nil {
		return fmt.Errorf("count active members: %w", err)
	}
	st.x.Quorum = st.rules.Quorum(st.x.Active)
	if err := st.relax(nil); err != nil {
		return err
	}
	if st.x, err = insert(tx, st.x); err != nil {
		return fmt.Errorf("insert selection: %w", err)
	}
	numbers, free := make([]any, len(seats)), make([]any, len(seats))
	for i, v := range seats {
		numbers[i], free[i] = v.Seat, v.From
	}
	return st.note("selection.opened", "", ledger.Data{
		"role": r.Ref(), "seats": numbers, "free": free, "rulebook": st.x.Rulebook, "until": st.x.Until, "starts": st.x.Starts,
		"active": st.x.Active, "quorum": st.x.Quorum, "commit": st.x.Commit, "relaxed": role.WriteBars(st.x.Relaxed),
	})
}

// plan sets what follows from when the step under way ends: when the clock looks again, and when the first term begins if all goes well.
func (st *stage) plan() {
	steps := map[State]int{Naming: 3, Changing: 2, Asking: 1}[st.x.State]
	st.x.Starts = rulebook.Later(st.x.Until.In(st.g.Zone).AddDate(0, 0, steps*stepDays).UTC(), st.x.Seats[0].From)
	st.x.due = st.x.Until
}

// relax has limits give way so that enough of those who have not refused are within them (the scale clamp of practice.md §2.12.2). A limit that
// gave way stays so for the selection: people were named by that.
func (st *stage) relax(out []member.ID) error {
	roll, err := st.roll(st.tx)
	if err != nil {
		return err
	}
	roll = slices.DeleteFunc(roll, func(id member.ID) bool { return slices.Contains(out, id) })
	_, relaxed, err := role.Within(st.tx, st.g, roll, st.role, st.x.filling(), st.rules)
	if len(relaxed) > len(st.x.Relaxed) {
		st.x.Relaxed = relaxed
	}
	return err
}

// roll returns who takes part: who could vote as the selection opened.
func (st *stage) roll(tx *db.Tx) ([]member.ID, error) {
	return member.RollAt(tx, st.g.ID, st.x.Opened, time.Duration(st.rules.VotingWaitDays)*24*time.Hour)
}

// moveOn brings one selection to where the rules have it by now.
func (s *Service) moveOn(tx *db.Tx, x Selection) error {
	st, err := s.stage(tx, x)
	if err != nil {
		return err
	}
	if tx.Now.Sub(x.Until) > late && !x.Extended {
		return st.extend()
	}
	switch x.State {
	case Naming:
		return st.readNames()
	case Changing:
		return st.order()
	case Asking:
		return st.readAnswers()
	case Accepting:
		return st.settle()
	}
	return fmt.Errorf("%s is %s and due", x.Ref(), x.State)
}

// evening is when a step ends that begins as another does: in the evening so many days after that, or after now where nothing ran when it
// should have ended, or where it ended early.
func (st *stage) evening(days int) time.Time {
	from := st.x.Until
	if from.After(st.tx.Now) || st.tx.Now.Sub(from) > grace {
		from = st.tx.Now
	}
	return rulebook.Evening(from.In(st.g.Zone).AddDate(0, 0, days), st.g.Zone)
}

// extend gives the step under way more time, once.
func (st *stage) extend() error {
	days := stepDays
	if st.x.State == Naming {
		_, days = firstDays(st.rules)
	}
	st.x.Extended, st.x.Until = true, st.evening(days)
	st.plan()
	if err := put(st.tx, st.x, st.x.State); err != nil {
		return err
	}
	return st.note("selection.extended", "", ledger.Data{"until": st.x.Until, "starts": st.x.Starts})
}

// next begins another step.
func (st *stage) next(to State) error {
	was := st.x.State
	st.x.State, st.x.Extended, st.x.Until = to, false, st.evening(stepDays)
	st.plan()
	return put(st.tx, st.x, was)
}

// names returns the members by what the record calls them, if they are members still.
func (st *stage) names(all []Paper) (map[member.ID]string, map[member.ID]member.Member, error) {
	var ids []member.ID
	for _, p := range all {
		ids = append(ids, p.By, p.Named)
	}
	people, err := member.Many(st.tx, ids)
	refs := map[member.ID]string{}
	for id, m := range people {
		if m.Left.IsZero() {
			refs[id] = m.Ref
		}
	}
	return refs, people, err
}

// readOut records what was written in a round, as all may read it from now on.
func (st *stage) readOut(all []Paper, round int, people map[member.ID]member.Member) (n int, err error) {
	for _, p := range all {
		if p.Round != round {
			continue
		}
		n++
		if err := st.note("selection.named", people[p.By].Ref, ledger.Data{
			"round": p.Round, "member": people[p.Named].Ref, "reason": ledger.Text(p.Reason),
		}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// readNames reads out the first names. If hardly anybody wrote one there is more time, once.
func (st *stage) readNames() error {
	all, err := papers(st.tx, st.x.ID)
	if err != nil {
		return err
	}
	if len(all) < st.x.Quorum && !st.x.Extended {
		return st.extend()
	}
	if len(all) == 0 {
		return st.end(NobodyNamed)
	}
	_, people, err := st.names(all)
	if err != nil {
		return err
	}
	n, err := st.readOut(all, FirstRound, people)
	if err != nil {
		return err
	}
	out, err := refusals(st.tx, st.x.ID)
	if err != nil {
		return err
	}
	if err := st.relax(out); err != nil {
		return err
	}
	if err := st.next(Changing); err != nil {
		return err
	}
	return st.note("selection.read", "", ledger.Data{"papers": n, "until": st.x.Until, "starts": st.x.Starts, "relaxed": role.WriteBars(st.x.Relaxed)})
}

// order reads out the changed names, publishes in which order names are proposed, and proposes the first.
func (st *stage) order() error {
	all, err := papers(st.tx, st.x.ID)
	if err != nil {
		return err
	}
	refs, people, err := st.names(all)
	if err != nil {
		return err
	}
	if _, err := st.readOut(all, ChangeRound, people); err != nil {
		return err
	}
	out, err := refusals(st.tx, st.x.ID)
	if err != nil {
		return err
	}
	st.nominees = rank(all, refs, func(id member.ID) bool { return slices.Contains(out, id) }, st.x.Secret)
	if len(st.nominees) == 0 {
		return st.end(NobodyNamed)
	}
	if err := insertNominees(st.tx, st.x.ID, st.nominees); err != nil {
		return fmt.Errorf("insert nominees: %w", err)
	}
	lines := make([]any, len(st.nominees))
	for i, n := range st.nominees {
		lines[i] = ledger.Data{"turn": n.Turn, "member": refs[n.Member], "named": n.Named, "first": n.First}
	}
	if err := st.note("selection.ordered", "", ledger.Data{"secret": hex.EncodeToString(st.x.Secret), "order": lines}); err != nil {
		return err
	}
	return st.propose()
}

// propose puts the next names to a round of consent, as many as there are seats left, or ends the selection.
func (st *stage) propose() error {
	seats := st.x.Left(st.nominees)
	var turns []any
	for i, n := range st.nominees {
		if n.Round == 0 && n.How == "" && len(turns) < seats && st.x.Round < MaxRounds {
			st.nominees[i].Round = st.x.Round + 1
			turns = append(turns, n.Turn)
		}
	}
	if len(turns) == 0 {
		return st.end(NobodyAgreed)
	}
	st.x.Round++
	for _, n := range st.inQuestion() {
		if err := putNominee(st.tx, st.x.ID, *n); err != nil {
			return err
		}
	}
	if err := st.next(Asking); err != nil {
		return err
	}
	return st.note("selection.proposed", "", ledger.Data{"round": st.x.Round, "turns": turns, "until": st.x.Until, "starts": st.x.Starts})
}

// inQuestion returns those who are proposed now.
func (st *stage) inQuestion() (out []*Nominee) {
	for i, n := range st.nominees {
		if st.x.proposes(n) {
			out = append(out, &st.nominees[i])
		}
	}
	return out
}

// readAnswers reads out what members say to the names, and asks those who can be agreed on. If too few have spoken there is more time, once.
func (st *stage) readAnswers() error {
	all, err := said(st.tx, st.x.ID)
	if err != nil {
		return err
	}
	names := st.inQuestion()
	few := func(n *Nominee) bool { return countOf(all, n.Turn).spoke() < st.x.Quorum }
	if !st.x.Extended && slices.ContainsFunc(names, few) {
		return st.extend()
	}
	var ids []member.ID
	for _, a := range all {
		ids = append(ids, a.By)
	}
	for _, n := range names {
		ids = append(ids, n.Member)
	}
	people, err := member.Many(st.tx, ids)
	if err != nil {
		return err
	}
	var turns []any
	why := NobodyAgreed
	for _, n := range names {
		for _, a := range all {
			if a.Turn != n.Turn {
				continue
			}
			if err := st.note("selection.answered", people[a.By].Ref, ledger.Data{
				"turn": n.Turn, "member": people[n.Member].Ref, "answer": string(a.Answer), "reason": ledger.Text(a.Reason),
			}); err != nil {
				return err
			}
		}
		c := countOf(all, n.Turn)
		n.How = st.x.judge(c, st.rules)
		if err := st.note("selection.judged", "", ledger.Data{
			"turn": n.Turn, "member": people[n.Member].Ref, "agree": c.Agree, "aside": c.Aside, "object": c.Object, "how": string(n.How),
		}); err != nil {
			return err
		}
		switch n.How {
		case "":
			turns = append(turns, n.Turn)
			continue
		case Few:
			why = TooFew
		}
		if err := putNominee(st.tx, st.x.ID, *n); err != nil {
			return err
		}
	}
	switch {
	case len(turns) > 0:
		if err := st.next(Accepting); err != nil {
			return err
		}
		return st.note("selection.asked", "", ledger.Data{"turns": turns, "until": st.x.Until, "starts": st.x.Starts})
	case why == TooFew:
		return st.end(why) // another name would find no more of them there
	}
	return st.propose()
}

// settle gives those who have said yes their terms, and goes on to the next names where somebody has not.
func (st *stage) settle() error {
	for _, n := range st.inQuestion() {
		n.How = Silent
		if !n.Accepted.IsZero() {
			if err := st.give(n); err != nil {
				return err
			}
		}
		if err := st.settled(*n); err != nil {
			return err
		}
	}
	return st.propose()
}

// settled stores how it ended for somebody who was named, and records it.
func (st *stage) settled(n Nominee) error {
	if err := putNominee(st.tx, st.x.ID, n); err != nil {
		return err
	}
	who, err := member.Get(st.tx, n.Member)
	if err != nil {
		return err
	}
	return st.note("selection.settled", "", ledger.Data{"turn": n.Turn, "member": who.Ref, "how": string(n.How), "seat": n.Seat})
}

// give gives somebody who is agreed on, and has said yes, their term, if nothing stands against it by now.
func (st *stage) give(n *Nominee) error {
	t, err := st.term(*n)
	if err != nil {
		return err
	}
	f := role.Filling{Closes: st.x.Opened, Starts: t.Begins, Seats: 1}
	may, err := role.JudgeAll(st.tx, st.g, []member.ID{n.Member}, st.role, f, st.rules, st.x.Relaxed)
	if err != nil {
		return err
	}
	switch {
	case len(may) == 0:
		n.How = HasLeft
		return nil
	case len(may[0].Bars) > 0:
		n.How = Barred
		return nil
	}
	t.Ref, t.Waived = token.Ref("t_"), may[0].Waived
	done, err := st.begin(st.tx, st.g, st.role, t, may[0].Member)
	if n.How = Undone; done {
		n.How, n.Seat = Agreed, t.Seat
	}
	return err
}

// term returns the term, without a name in the record, that somebody is given: in the first of the seats that nobody has been given, from when
// it is free.
func (st *stage) term(n Nominee) (t role.Term, err error) {
	terms, err := role.Running(st.tx, st.role.ID)
	if err != nil {
		return t, err
	}
	free := role.Vacancies(st.role, terms, st.tx.Now)
	t = role.Term{Group: st.g.ID, Role: st.role.ID, Member: n.Member, Caps: st.role.Caps, Begins: st.tx.Now, Cause: st.x.Ref()}
	for _, v := range st.x.Seats {
		if slices.ContainsFunc(st.nominees, func(o Nominee) bool { return o.Seat == v.Seat }) {
			continue
		}
		t.Seat = v.Seat
		if i := slices.IndexFunc(free, func(f role.Vacancy) bool { return f.Seat == v.Seat }); i >= 0 {
			t.Begins = rulebook.Later(t.Begins, free[i].From)
		}
		break
	}
	first, err := role.IsFirst(st.tx, st.role.ID, st.x.Ref())
	days := role.TermDays(st.rules, t.Seat, first, len(st.x.Relaxed) > 0)
	t.Ends = t.Begins.In(st.g.Zone).AddDate(0, 0, days).UTC()
	return t, err
}

// end ends the selection, and has the role looked after. why is told if it has filled no seat.
func (st *stage) end(why Why) error {
	was := st.x.State
	st.x.State, st.x.Why, st.x.due = Nobody, why, time.Time{}
	for _, n := range st.nominees {
		if n.How == Agreed {
			st.x.State, st.x.Why = Final, ""
		}
		if n.How != "" {
			continue
		}
		n.How = Unasked
		if err := putNominee(st.tx, st.x.ID, n); err != nil {
			return err
		}
	}
	if err := put(st.tx, st.x, was); err != nil {
		return err
	}
	kind, data := "selection.final", ledger.Data{}
	if st.x.State == Nobody {
		kind, data["why"] = "selection.failed", string(why)
	}
	if err := st.note(kind, "", data); err != nil {
		return err
	}
	return role.LookAfter(st.tx, st.role.ID)
}

// Archive ends every selection of a group that is archived: nobody is given a term by it, and what nobody has read yet is forgotten.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	all, err := open(tx, g.ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		st, err := s.stage(tx, x)
		if err != nil {
			return err
		}
		if err := st.forget(); err != nil {
			return err
		}
		if err := st.end(Archived); err != nil {
			return err
		}
	}
	return nil
}

// forget forgets what is written in the step under way.
func (st *stage) forget() error {
	if round := st.x.State.paperRound(); round != 0 {
		return forgetPapers(st.tx, st.x.ID, round)
	}
	if st.x.State != Asking {
		return nil
	}
	for _, n := range st.inQuestion() {
		if err := forgetTurn(st.tx, st.x.ID, n.Turn); err != nil {
			return err
		}
	}
	return nil
}
