package decision

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/notify"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
)

// Service records decisions and takes reports of those who disagree.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger

	notices *notify.Service // nil: members are told on pages only

	elected func(tx *db.Tx, c ballot.Closed, decision string) error
	windUp  func(tx *db.Tx, g member.Group, m motion.Motion, does motion.Effect, decision string) (kind, subject string, err error)
	stay    func(tx *db.Tx, g member.Group, decision, role, who string) (role.Why, error)
}

// NewService returns a Service on the database that writes to the record.
func NewService(d *db.DB, l *ledger.Ledger) *Service { return &Service{db: d, ledger: l} }

// OnElected has the count of an election's ballot told, with the name of the decision, in the transaction that records it.
func (s *Service) OnElected(f func(tx *db.Tx, c ballot.Closed, decision string) error) { s.elected = f }

// OnWindUp has f do what follows from a proposal to wind the group up that was carried, in the transaction that records it. It returns what was
// done, and to what.
func (s *Service) OnWindUp(f func(tx *db.Tx, g member.Group, m motion.Motion, does motion.Effect, decision string) (kind, subject string, err error)) {
	s.windUp = f
}

// OnStay has f let who held a role last look after it for some weeks, because members decided it.
func (s *Service) OnStay(f func(tx *db.Tx, g member.Group, decision, role, who string) (role.Why, error)) {
	s.stay = f
}

// Record records the decision that follows from a counted ballot and moves its motion on. It is the ballot's OnClose.
func (s *Service) Record(tx *db.Tx, c ballot.Closed) error {
	d := Decision{
		Group: c.Group.ID, Year: c.Closes.In(c.Group.Zone).Year(), Motion: c.Motion.ID, Version: c.Version, Ballot: c.Ballot.ID,
		Title: c.Motion.Title, Outcome: c.Result.Outcome, At: c.Closes, Rulebook: c.Rulebook,
	}
	if d.Outcome == tally.Carried && c.Motion.ReviewDays > 0 {
		d.Review = d.At.AddDate(0, 0, c.Motion.ReviewDays)
	}
	d, err := insert(tx, d)
	if err != nil {
		return fmt.Errorf("insert decision: %w", err)
	}
	text, err := motion.TextOf(tx, c.Motion.ID, c.Version)
	if err != nil {
		return fmt.Errorf("look up what was decided on: %w", err)
	}
	moot, err := isMoot(tx, c, text.Effect)
	if err != nil {
		return err
	}
	if err := s.moveOn(tx, c, moot); err != nil {
		return fmt.Errorf("move the motion on: %w", err)
	}
	data := ledger.Data{
		"number": d.Number(), "motion": c.Motion.Ref(), "version": d.Version, "ballot": c.InRecord(), "outcome": string(d.Outcome),
		"title": ledger.Text(d.Title), "text_hash": hex.EncodeToString(c.Text[:]), "rulebook": d.Rulebook,
	}
	if !d.Review.IsZero() {
		data["review_at"] = d.Review
	}
	if c.InRoom() {
		data["meeting"] = c.Meeting
	}
	if moot && c.Rerun.ID == 0 {
		data["moot"] = true
	}
	if d.Window, err = windowOf(tx, c); err != nil {
		return err
	}
	d.Window.say(data)
	if err := s.note(tx, c.Group, "decision.recorded", d, "", data); err != nil {
		return err
	}
	switch {
	case d.Window.State == Pending:
		err = insertWindow(tx, d) // what it does by itself waits
	case d.Outcome == tally.Carried:
		err = s.enact(tx, c, d, text.Effect)
	}
	if err != nil {
		return fmt.Errorf("enact: %w", err)
	}
	if err := s.goesOn(tx, c, d, text.Effect); err != nil {
		return err
	}
	if err := s.blocks(tx, c, d); err != nil {
		return fmt.Errorf("put blocks beside the decision: %w", err)
	}
	if d.Outcome == tally.Blocked || d.Outcome == tally.Carried {
		if err := s.resolve(tx, c.Group, c.Ballot, c.Motion, c.Rulebook, d.Outcome == tally.Blocked, nil); err != nil {
			return fmt.Errorf("begin a resolution group: %w", err)
		}
	}
	if err := s.tell(tx, c, d); err != nil {
		return err
	}
	switch c.Motion.Kind {
	case motion.Election:
		return s.elected(tx, c, d.Ref())
	case motion.Vacancy:
		return s.become(tx, c, d)
	case motion.Founding:
		return again(tx, c)
	}
	return s.settle(tx, c, moot)
}

// moveOn gives the motion the state that follows from the count, or from there being nothing left to do.
func (s *Service) moveOn(tx *db.Tx, c ballot.Closed, moot bool) error {
	to, times := motion.Carried, motion.Times{Ended: c.Closes, Closes: c.Closes}
	switch {
	case c.Calls() && c.Result.Outcome != tally.Carried && (c.Together() || c.Result.Outcome != tally.Inquorate):
		rest, err := restAfter(tx, c)
		if err != nil {
			return err
		}
		return motion.BackToDraft(tx, s.ledger, c.Group, c.Motion, rest)
	case c.Rerun.ID != 0:
		to, times = motion.Inquorate, motion.Times{Opens: c.Rerun.Opens, Closes: c.Rerun.Closes}
	case moot:
		to = motion.Moot
	case c.Result.Outcome == tally.NotCarried:
		to = motion.NotCarried
	case c.Result.Outcome == tally.Inquorate:
		to = motion.Lapsed
	}
	return motion.SetState(tx, c.Motion.ID, motion.Voting, to, times)
}

func (s *Service) note(tx *db.Tx, g member.Group, kind string, d Decision, actor string, data ledger.Data) error {
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: d.Ref(), Actor: actor, Data: data})
	return err
}

// dissenter returns the actor, who may have left since the page was shown, and the decision with the number if they may dissent
// from it.
func (s *Service) dissenter(tx *db.Tx, a member.Actor, number string) (now member.Actor, d Decision, err error) {
	if now, err = member.Again(tx, a); err != nil {
		return now, d, err
	}
	if d, err = Find(tx, now.Group.ID, number); err != nil {
		return now, d, err
	}
	return now, d, d.MayDissent(now.Member)
}

// File sets a report beside the decision in the actor's name. A member has one report beside each decision; the same form sent again
// changes nothing. It returns fault.Invalid for a text that is empty or too long, fault.NotFound for who is not a member and
// if there is no such decision, fault.Denied for who joined after it, and fault.Conflict if too few took part, so that nothing
// was decided, and for a second report.
func (s *Service) File(ctx context.Context, a member.Actor, once db.Once, number, text string) (dissent Dissent, err error) {
	if !a.IsMember() {
		return dissent, fault.New(fault.NotFound, "fault.not_found")
	}
	if err := Check(text); err != nil {
		return dissent, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, d, err := s.dissenter(tx, a, number)
		if err != nil {
			return err
		}
		if id, seen, err := tx.Seen(once); err != nil || seen {
			dissent = Dissent{ID: id, Decision: d.ID, Author: a.Member.ID}
			return err
		}
		dissent, err = insertDissent(tx, Dissent{
			Decision: d.ID, Author: a.Member.ID, Text: motion.Tidy(text), At: tx.Now, Late: !d.InTime(tx.Now), Signers: 1,
		})
		if isTwice(err) {
			return fault.New(fault.Conflict, "decision.dissent.twice").Because(err)
		}
		if err != nil {
			return fmt.Errorf("insert dissent: %w", err)
		}
		if err := s.note(tx, a.Group, "dissent.filed", d, a.Member.Ref, ledger.Data{
			"decision": d.Ref(), "dissent": dissent.ID, "text": ledger.Text(dissent.Text), "late": dissent.Late,
		}); err != nil {
			return err
		}
		if err := member.Touch(tx, a.Member); err != nil {
			return err
		}
		return tx.Did(once, dissent.ID)
	})
	return dissent, err
}

// Sign adds the actor's name to a report beside the decision. Signing again changes nothing. It returns fault.NotFound for who is
// not a member and if there is no such decision or report, fault.Denied for who joined after the decision, and
// fault.Conflict if too few took part, so that nothing was decided.
func (s *Service) Sign(ctx context.Context, a member.Actor, number string, dissent int64) error {
	if !a.IsMember() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, d, err := s.dissenter(tx, a, number)
		if err != nil {
			return err
		}
		r, err := getDissent(tx, d.ID, dissent)
		if err != nil {
			return err
		}
		first, err := sign(tx, r, a.Member.ID)
		if err != nil || !first {
			return err
		}
		if err := s.note(tx, a.Group, "dissent.signed", d, a.Member.Ref, ledger.Data{
			"decision": d.Ref(), "dissent": r.ID, "signers": r.Signers + 1,
		}); err != nil {
			return err
		}
		return member.Touch(tx, a.Member)
	})
}

// View is a decision as one member sees it at one moment.
type View struct {
	Decision
	Now     time.Time
	Ballot  ballot.Ballot
	Result  tally.Result
	Motion  motion.Motion
	Words   motion.Version // exactly the text that was decided on
	Next    ballot.Ballot  // the ballot that is held instead; zero if there is none
	Reports []Report
	Least   int                // names that make a minority report
	Filed   bool               // the viewer has a report here
	Signed  []ballot.Signature // tellers' names under the count, the first one first
	MaySign bool               // the viewer is a teller, and has not signed
	Common  string             // the key of the role that nobody holds, for which the viewer may sign with another member; "" otherwise
	Effects []Effect           // what it did by itself
	Named   []ballot.NamedVote // who voted how, where that is published
	Said    []ballot.Told      // what is on record of the answers to a call for agreement
	Late    []Objection        // what those who were absent said to it afterwards
	Tellers []member.ID        // who counted hands

	MayObject   error // nil if the viewer was absent and can object now
	BlockStops  bool  // one more block stops what is provisional
	Provisional bool  // it was carried before the members had adopted their rules
	People      map[member.ID]member.Member
}

// Report is a dissent with the people behind it.
type Report struct {
	Dissent
	Names  []member.ID // the author first
	Signed bool        // by the viewer
}

// Show returns the decision with the number, or fault.NotFound.
func (s *Service) Show(ctx context.Context, a member.Actor, number string) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		d, err := Find(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		v, err = show(tx, a, d)
		return err
	})
	return v, err
}

func show(tx *db.Tx, a member.Actor, d Decision) (v View, err error) {
	v = View{Decision: d, Now: tx.Now}
	rounds, err := ballot.Of(tx, d.Motion)
	if err != nil {
		return v, err
	}
	for i, b := range rounds {
		if b.ID == d.Ballot {
			v.Ballot = b
			if i+1 < len(rounds) {
				v.Next = rounds[i+1]
			}
		}
	}
	v.Contest = v.Ballot.Contest
	if v.Result, err = v.Ballot.Result(); err != nil {
		return v, err
	}
	if v.Motion, err = motion.Get(tx, d.Motion); err != nil {
		return v, err
	}
	if v.Words, err = motion.TextOf(tx, d.Motion, d.Version); err != nil {
		return v, err
	}
	if v.Effects, err = effectsOf(tx, d.Group, d.Ref()); err != nil {
		return v, err
	}
	if v.Named, err = ballot.NamedVotes(tx, v.Ballot); err != nil {
		return v, err
	}
	if v.Said, err = ballot.ToldIn(tx, v.Ballot); err != nil {
		return v, err
	}
	if v.Tellers, err = ballot.HandTellers(tx, v.Ballot.ID); err != nil {
		return v, err
	}
	if err := v.absent(tx, a); err != nil {
		return v, err
	}
	rules, err := rulebook.Get(tx, d.Group, d.Rulebook)
	if err != nil {
		return v, err
	}
	v.Least = rules.Rules.Assessment.MinorityMin
	g, err := member.GetGroup(tx, d.Group)
	if err != nil {
		return v, err
	}
	v.Provisional = isProvisional(g, d, v.Motion.Kind)
	if v.Signed, err = ballot.Signatures(tx, d.Ballot); err != nil {
		return v, err
	}
	if v.MaySign, err = v.maySign(tx, a); err != nil {
		return v, err
	}
	if err := v.inCommon(tx, a); err != nil {
		return v, err
	}
	if v.MaySign || v.Common != "" {
		stands, err := election.Stands(tx, v.Motion.ID, a.Member.ID)
		if err != nil {
			return v, err
		}
		if stands {
			v.MaySign, v.Common = false, "" // a count is nobody's who was voted on (G10)
		}
	}
	return v, v.reports(tx, a.Member.ID)
}

// maySign says whether the viewer is a teller who has not signed, and nobody has with whom they share their seat.
func (v *View) maySign(tx *db.Tx, a member.Actor) (bool, error) {
	if v.Outcome == tally.Inquorate || v.Ballot.Calls() || !member.Can(a, member.SignCount, tx.Now, v.Motion.About) {
		return false, nil
	}
	var signed []member.ID
	for _, s := range v.Signed {
		signed = append(signed, s.Member)
	}
	one, err := role.OneSeat(tx, a.Member.ID, member.SignCount, signed)
	return !one && !slices.Contains(signed, a.Member.ID), err
}

// inCommon says whether the viewer may sign the count together with another member, because nobody holds the role (practice.md §2.12.6).
func (v *View) inCommon(tx *db.Tx, a member.Actor) (err error) {
	signed := slices.ContainsFunc(v.Signed, func(s ballot.Signature) bool { return s.Member == a.Member.ID })
	if v.Outcome == tally.Inquorate || v.Ballot.Calls() || v.MaySign || signed || len(v.Signed) >= ballot.Signers || v.Motion.About == a.Member.ID {
		return nil
	}
	v.Common, err = role.Common(tx, v.Group, member.SignCount)
	return err
}

func (v *View) reports(tx *db.Tx, viewer member.ID) error {
	ds, err := Dissents(tx, v.Decision.ID)
	if err != nil {
		return err
	}
	names, err := Signers(tx, ds)
	if err != nil {
		return err
	}
	ids := append([]member.ID{v.Motion.Mover}, v.Tellers...)
	for _, s := range v.Signed {
		ids = append(ids, s.Member)
	}
	for _, n := range v.Named {
		ids = append(ids, n.Member)
	}
	for _, t := range v.Said {
		ids = append(ids, t.Who)
	}
	for _, o := range v.Late {
		ids = append(ids, o.Who)
	}
	for _, d := range ds {
		r := Report{Dissent: d, Names: []member.ID{d.Author}}
		v.Filed = v.Filed || d.Author == viewer
		for _, id := range names[d.ID] {
			r.Signed = r.Signed || id == viewer
			if id != d.Author {
				r.Names = append(r.Names, id)
			}
		}
		ids = append(ids, r.Names...)
		v.Reports = append(v.Reports, r)
	}
	v.People, err = member.Many(tx, ids)
	return err
}

// ByBallot returns the decision that the ballot led to, or fault.NotFound.
func (s *Service) ByBallot(ctx context.Context, a member.Actor, b ballot.ID) (d Decision, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		d, err = byBallot(tx, a.Group.ID, b)
		return err
	})
	return d, err
}

// About returns the decisions on a motion, one for each counted round, the first one first.
func (s *Service) About(ctx context.Context, m motion.ID) (ds []Decision, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		ds, err = Of(tx, m)
		return err
	})
	return ds, err
}

// OfMany returns the decisions on motions of the actor's group, those on each the first one first. It returns fault.NotFound for who is no member.
func (s *Service) OfMany(ctx context.Context, a member.Actor, ms []motion.ID) (ds map[motion.ID][]Decision, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		ds, err = OfMany(tx, ms)
		return err
	})
	return ds, err
}

// PageSize is how many decisions a list shows at once.
const PageSize = 25

// List returns a page of the group's decisions, the newest first, and whether there are older ones.
func (s *Service) List(ctx context.Context, a member.Actor, before ID) (ds []Decision, more bool, err error) {
	if !a.IsMember() {
		return nil, false, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if ds, err = Page(tx, a.Group.ID, before, PageSize+1); err != nil {
			return err
		}
		return missed(tx, a, ds)
	})
	if len(ds) > PageSize {
		return ds[:PageSize], true, err
	}
	return ds, false, err
}
