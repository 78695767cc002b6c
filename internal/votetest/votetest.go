// Package votetest gives tests a group that votes: people with rules, proposals that have come to their vote, and a clock.
package votetest

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/founding"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/resolve"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
	"folkmoot/internal/vacancy"
)

// World is a group and the services that carry its proposals to a decision.
type World struct {
	testing.TB
	DB        *db.DB
	Clock     *dbtest.Clock
	Ledger    *ledger.Ledger
	Members   *member.Service
	Rules     *rulebook.Service
	Roles     *role.Service
	Petitions *petition.Service
	Draws     *draw.Service
	Elections *election.Service
	Consent   *consent.Service
	Handovers *handover.Service
	Vacancies *vacancy.Service
	Balances  *balance.Service
	Money     *money.Service
	Meetings  *meeting.Service
	Minutes   *minutes.Service
	Motions   *motion.Service
	Ballots   *ballot.Service
	Decisions *decision.Service
	Resolve   *resolve.Service
	Revivals  *revival.Service
	Foundings *founding.Service
	Keys      string // the key folder
	Group     member.Group
	Who       []member.Actor

	contest ballot.Contest // that TableRanked has votes be about
	log     *slog.Logger
}

// New makes a group from a preset, whose people joined just now.
func New(t testing.TB, d *db.DB, c *dbtest.Clock, preset string, people int) *World {
	t.Helper()
	return NewIn(t, d, c, t.TempDir(), preset, people)
}

// NewIn is New with the keys in a folder of the test's choice.
func NewIn(t testing.TB, d *db.DB, c *dbtest.Clock, keys, preset string, people int) *World {
	t.Helper()
	w := services(t, d, c, keys)
	names := make([]string, people)
	for i := range names {
		names[i] = fmt.Sprintf("Member-%03d", i)
	}
	var n int64
	w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM groups").Scan(&n).Error })
	_, ids := dbtest.Group(t, d, fmt.Sprintf("group-%d", n+1), preset, names...)
	for _, id := range ids {
		w.Who = append(w.Who, w.Actor(id))
	}
	w.Group = w.Who[0].Group
	w.Write(func(tx *db.Tx) error { return w.Rules.Begin(tx, w.Group, w.Who[0].Member) })
	w.lookForRhythm(far)
	w.Restart()
	return w
}

// far is later than any test goes.
const far = 1 << 42

// KeepRhythm has the group's meetings be called by the rule on how often it meets, where nobody calls them. Groups in tests of anything else meet when the test has them.
func (w *World) KeepRhythm() {
	w.Helper()
	w.lookForRhythm(0)
}

// lookForRhythm sets when the clock looks whether a meeting is to be called by the rule.
func (w *World) lookForRhythm(at int64) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		return tx.Exec("UPDATE groups SET rhythm_at = ? WHERE id = ?", at, w.Group.ID).Error
	})
}

// services returns a world without a group.
func services(t testing.TB, d *db.DB, c *dbtest.Clock, keys string) *World {
	t.Helper()
	w := &World{TB: t, DB: d, Clock: c, Keys: keys, log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	var err error
	if w.Ledger, _, err = ledger.Open(w.Keys); err != nil {
		t.Fatal(err)
	}
	w.Members, w.Rules, w.Motions = member.New(d, w.Ledger), rulebook.NewService(d, w.Ledger), motion.NewService(d, w.Ledger)
	w.Members.OnBegin(w.Rules.Begin)
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	w.Resolve = resolve.NewService(d, w.Ledger)
	w.Members.OnLeave(w.Resolve.Part)
	w.Decisions = decision.NewService(d, w.Ledger)
	w.Roles = role.NewService(d, w.Ledger, words)
	w.Draws = draw.NewService(d, w.Ledger, rand.Reader, w.Decisions.Begin)
	w.Roles.OnFill(role.ByLot, w.Draws)
	w.Members.OnForm(w.Roles.Form)
	w.Members.OnLeave(motion.Part)
	w.Members.OnLeave(w.Roles.Part)
	w.Petitions = petition.NewService(d, w.Ledger, words)
	w.Roles.OnEnd(w.Petitions.Ended)
	w.Members.OnLeave(w.Petitions.Part)
	w.Members.OnLeave(w.Draws.Part)
	w.Elections = election.NewService(d, w.Ledger, w.Decisions.Begin, w.Roles.TextOf, w.Draws)
	w.Roles.OnFill(role.ByElection, w.Elections)
	w.Roles.OnFill(role.ByApproval, w.Elections.ThenLot())
	w.Balances = balance.NewService(d, w.Ledger, words)
	w.Money = money.NewService(d, w.Ledger, words)
	w.Consent = consent.NewService(d, w.Ledger, rand.Reader, w.Decisions.Begin)
	w.Roles.OnFill(role.ByConsent, w.Consent)
	w.Members.OnLeave(w.Consent.Part)
	w.Vacancies = vacancy.NewService(d, w.Ledger, rand.Reader, w.Decisions.Begin, w.Roles, words)
	w.Decisions.OnStay(w.Vacancies.Stay)
	w.Vacancies.OnUnderstudy(handover.Understudy)
	w.Decisions.OnElected(w.Elections.Counted)
	w.Members.OnLeave(w.Elections.Part)
	w.Handovers = handover.NewService(d, w.Ledger, rand.Reader, words)
	w.Members.OnLeave(w.Handovers.Part)
	w.Meetings = meeting.NewService(d, w.Ledger, rand.Reader, words)
	w.Members.OnLeave(w.Meetings.Part)
	w.Minutes = minutes.NewService(d, w.Ledger, words)
	w.Meetings.OnClose(w.Minutes.Begin)
	w.Foundings = founding.NewService(d, w.Ledger, words)
	w.Revivals = revival.NewService(d, w.Ledger, words)
	w.Revivals.OnReopen(role.Reopen)
	w.Decisions.OnWindUp(w.Revivals.Carried)
	w.Members.OnLeave(w.Revivals.Part)
	return w
}

// Found makes a group with one member as people do, so that all of it is on record.
func Found(t testing.TB, d *db.DB, c *dbtest.Clock, f member.Founding) *World {
	t.Helper()
	return FoundIn(t, d, c, t.TempDir(), f)
}

// FoundIn is Found with the keys in a folder of the test's choice.
func FoundIn(t testing.TB, d *db.DB, c *dbtest.Clock, keys string, f member.Founding) *World {
	t.Helper()
	w := services(t, d, c, keys)
	founder := w.person(f.By)
	g, err := w.Members.Found(t.Context(), db.Once{}, founder, f)
	if err != nil {
		t.Fatal(err)
	}
	w.Group = g
	w.lookForRhythm(far)
	w.Restart()
	w.Who = []member.Actor{w.Visit(founder)}
	return w
}

// person puts a person into the tables, who is in no group.
func (w *World) person(name string) (id member.PersonID) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		return tx.Raw("INSERT INTO people (ref, handle, handle_key, created_at) VALUES (?, ?, ?, ?) RETURNING id",
			"p_"+name, name, name, tx.Now.UnixMilli()).Scan(&id).Error
	})
	return id
}

// Visit returns a person as an actor in the group.
func (w *World) Visit(p member.PersonID) member.Actor {
	w.Helper()
	a, _, err := w.Members.Visit(w.Context(), p, w.Group.Slug)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// Invite has people join on the invitation of the first member, and adds them to Who.
func (w *World) Invite(names ...string) {
	w.Helper()
	link, err := w.Members.Invite(w.Context(), db.Once{}, w.Who[0], len(names)+1, 7)
	for _, name := range names {
		p := w.person(name)
		if err == nil {
			_, err = w.Members.Join(w.Context(), p, link, name)
		}
		if err != nil {
			w.Fatal(err)
		}
		w.Who = append(w.Who, w.Visit(p))
	}
}

// Restart closes the ballots' files, if they are open, and takes everything up again, as a new start of the program would.
func (w *World) Restart() {
	w.Helper()
	if w.Ballots != nil {
		if err := w.Ballots.Close(); err != nil {
			w.Fatal(err)
		}
	}
	s, err := ballot.New(w.Context(), w.DB, w.Ledger, w.Keys, w.Decisions.Record, w.log)
	if err != nil {
		w.Fatal(err)
	}
	w.rankedBy(s)
	w.Ballots = s
	w.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.Error(err)
		}
	})
}

// rankedBy joins the ballots to the rest, and has them ask who can be put in order: in votes of TableRanked the options of the world's own, else who stands.
func (w *World) rankedBy(s *ballot.Service) {
	s.OnWaking(w.Revivals.Waking)
	w.Meetings.OnVotes(s)
	w.Revivals.Ends(w.Elections.Archive, s.Archive, w.Motions.Archive, w.Petitions.Archive, w.Draws.Archive, w.Consent.Archive, w.Vacancies.Archive, w.Roles.Archive, w.Handovers.Archive, w.Meetings.Archive, w.Minutes.Archive, w.Decisions.Archive)
	s.OnRanked(motion.Election, func(tx *db.Tx, m motion.Motion) (ballot.Contest, error) {
		if w.contest.Ranked() {
			return w.contest, nil
		}
		return w.Elections.Contest(tx, m)
	})
	s.OnRanked(motion.Vacancy, w.Vacancies.Contest)
	s.OnCommon(role.Common)
	s.OnOneSeat(role.OneSeat)
	s.OnStands(election.Stands)
	s.OnSpot(decision.ProvisionalOn)
}

// TakeUp closes the ballots' files and has the service, which lies on the same keys, take votes instead.
func (w *World) TakeUp(start func() (*ballot.Service, error)) {
	w.Helper()
	if err := w.Ballots.Close(); err != nil {
		w.Fatal(err)
	}
	s, err := start()
	if err != nil {
		w.Fatal(err)
	}
	w.rankedBy(s)
	w.Ballots = s
	w.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.Error(err)
		}
	})
}

// Actor returns the member as an actor in their group.
func (w *World) Actor(id int64) (a member.Actor) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		m, err := member.Get(tx, member.ID(id))
		if err != nil {
			return err
		}
		g, err := member.GetGroup(tx, m.Group)
		a = member.Actor{Person: m.Person, Member: m, Group: g}
		return err
	})
	return a
}

// Join has one more person join now.
func (w *World) Join(name string) member.Actor {
	w.Helper()
	return w.Actor(dbtest.Join(w, w.DB, int64(w.Group.ID), w.Group.Slug, name))
}

// Rejoin has somebody who has left join once more now, with the same account and under another name.
func (w *World) Rejoin(a member.Actor, name string) member.Actor {
	w.Helper()
	var id int64
	w.Write(func(tx *db.Tx) error {
		return tx.Raw("INSERT INTO members (ref, group_id, person_id, name, name_key, joined_at, active_month) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
			token.Ref("m_"), w.Group.ID, a.Person, name, member.Fold(name), tx.Now.UnixMilli(), member.Month(tx.Now)).Scan(&id).Error
	})
	return w.Actor(id)
}

// Read reads, or fails the test.
func (w *World) Read(f func(*db.Tx) error) {
	w.Helper()
	if err := w.DB.Read(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

// Write writes, or fails the test.
func (w *World) Write(f func(*db.Tx) error) {
	w.Helper()
	if err := w.DB.Write(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

// Tick does everything that is due.
func (w *World) Tick() {
	w.Helper()
	if err := w.Motions.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	if err := w.Elections.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	if err := w.Ballots.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	if err := w.Decisions.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	if err := w.Resolve.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// GoTo moves the clock and does everything that is due.
func (w *World) GoTo(at time.Time) {
	w.Helper()
	w.Clock.Set(at)
	w.Tick()
}

// Sample is a proposal that nothing is wrong with.
func Sample(title string) motion.Proposal {
	return motion.Proposal{
		Kind: motion.Action, ReviewDays: 90,
		Text: motion.Text{Title: title, Won: "It is done.", Clauses: []motion.Clause{{Text: "We do it by May."}, {Text: "Two of us report."}}},
	}
}

// Table brings a proposal before the group, to be voted on in secret if asked, and returns it with its times.
func (w *World) Table(secret bool) motion.Motion {
	w.Helper()
	return w.table(Sample("Buy a kettle"), secret)
}

// TableForMeeting is Table for a proposal that a meeting is to decide.
func (w *World) TableForMeeting(secret bool) motion.Motion {
	w.Helper()
	p := Sample("Buy a kettle")
	p.Text.Forum = motion.AtMeeting
	return w.table(p, secret)
}

func (w *World) table(p motion.Proposal, secret bool) motion.Motion {
	w.Helper()
	m, err := w.Motions.Propose(w.Context(), w.Who[0], db.Once{}, 0, p)
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.Who[i], m.Number, 1)
	}
	rules := w.Rulebook()
	for i := 0; err == nil && secret && i < rules.SecretRequest; i++ {
		m, err = w.Motions.AskSecret(w.Context(), w.Who[i], m.Number)
	}
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// Schedule puts a proposal on the agenda of a meeting that is over by then.
func (w *World) Schedule(m motion.Motion, meeting string, until time.Time) motion.Motion {
	w.Helper()
	w.Write(func(tx *db.Tx) error { return motion.Schedule(tx, w.Ledger, w.Group, m, meeting, until) })
	return w.Motion(m.ID)
}

// NotReached has a meeting end without deciding a proposal.
func (w *World) NotReached(m motion.Motion, meeting string) motion.Motion {
	w.Helper()
	w.Write(func(tx *db.Tx) error { return motion.NotReached(tx, w.Ledger, w.Group, m, meeting) })
	return w.Motion(m.ID)
}

// Motion returns a proposal as it is stored.
func (w *World) Motion(id motion.ID) motion.Motion {
	w.Helper()
	m, err := w.motion(id)
	w.must(err)
	return m
}

// Present returns the first n members, as they are checked in at a meeting.
func (w *World) Present(n int) (ids []member.ID) {
	for _, a := range w.Who[:n] {
		ids = append(ids, a.Member.ID)
	}
	return ids
}

// TryRoom has the first member open a vote in a meeting.
func (w *World) TryRoom(number int, r ballot.Room) (ballot.Ballot, error) {
	return w.Ballots.OpenInRoom(w.Context(), number, w.Who[0], func(*db.Tx, motion.Motion) (ballot.Room, error) { return r, nil })
}

// OpenRoom brings a proposal before a meeting of the first n members and opens its vote there.
func (w *World) OpenRoom(secret bool, n int) ballot.View {
	w.Helper()
	const meeting = "meeting/3"
	m := w.TableForMeeting(secret)
	w.Schedule(m, meeting, w.Clock.Now().Add(time.Hour))
	_, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: w.Present(n)})
	w.must(err)
	return w.Show(m.Number)
}

// TableRanked brings a vote by ranking before the group that no election stands behind, and returns it with its times.
func (w *World) TableRanked(c ballot.Contest) (m motion.Motion) {
	w.Helper()
	w.contest = c
	w.Decisions.OnElected(func(*db.Tx, ballot.Closed, string) error { return nil })
	w.Write(func(tx *db.Tx) (err error) {
		m, err = motion.Call(tx, w.Ledger, w.Group, motion.Called{
			Kind: motion.Election, AboutPerson: true, Text: Sample("Choose two of us").Text, Opens: tx.Now.AddDate(0, 0, 7), By: "role/none",
		})
		return err
	})
	return m
}

// Options is a contest between so many for so many places, of which the last option stands for asking again.
func Options(options, places int) ballot.Contest {
	c := ballot.Contest{Method: ballot.Scottish, Seats: places, RON: options}
	if places == 1 {
		c.Method = ballot.IRV
	}
	for i := range options - 1 {
		c.Options = append(c.Options, fmt.Sprintf("c_%03d", i+1))
	}
	c.Options = append(c.Options, election.RON)
	return c
}

// OpenRanked brings a vote by ranking before the group and opens it.
func (w *World) OpenRanked(c ballot.Contest) ballot.View {
	w.Helper()
	m := w.TableRanked(c)
	w.GoTo(m.Opens)
	return w.Show(m.Number)
}

// Order is what Form and Cast put on a paper by ranking for a choice: each of the first three options first, the others after it.
func Order(c ballot.Choice) []int {
	return [][]int{{1, 2, 3}, {2, 3, 1}, {3, 1, 2}}[c-1]
}

// Rulebook returns the group's rules now.
func (w *World) Rulebook() (r rulebook.Rules) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		v, err := rulebook.Current(tx, w.Group.ID, tx.Now)
		r = v.Rules
		return err
	})
	return r
}

// Open brings a proposal to its vote and opens it.
func (w *World) Open(secret bool) ballot.View {
	w.Helper()
	m := w.Table(secret)
	w.GoTo(m.Opens)
	return w.Show(m.Number)
}

// Show returns the vote on the proposal as the first member sees it.
func (w *World) Show(number int) ballot.View { return w.ShowTo(w.Who[0], number) }

// ShowTo returns the vote on the proposal as a member sees it.
func (w *World) ShowTo(a member.Actor, number int) ballot.View {
	w.Helper()
	v, err := w.Ballots.Show(w.Context(), a, number)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// Form returns the vote a member would send with a fresh form.
func (w *World) Form(a member.Actor, number int, c ballot.Choice) ballot.Vote {
	w.Helper()
	return ballot.Vote{Choice: c, Ranking: Order(c), Client: fmt.Sprintf("words of %d at %d", a.Member.ID, w.Clock.Now().UnixMilli()), Basis: w.ShowTo(a, number).Basis}
}

// Cast casts a member's vote, or fails the test.
func (w *World) Cast(a member.Actor, number int, c ballot.Choice) ballot.Taken {
	w.Helper()
	t, err := w.Ballots.Cast(w.Context(), a, number, w.Form(a, number, c))
	if err != nil {
		w.Fatal(err)
	}
	return t
}

// Vote casts so many votes for, against and abstaining, by the members in their order, and counts.
func (w *World) Vote(v ballot.View, yes, no, abstain int) ballot.View {
	w.Helper()
	for i := range yes + no + abstain {
		c := ballot.For
		if i >= yes {
			c = ballot.Against
		}
		if i >= yes+no {
			c = ballot.Abstain
		}
		w.Cast(w.Who[i], v.Motion.Number, c)
	}
	w.GoTo(v.Closes)
	return w.Show(v.Motion.Number)
}

// WantKind fails the test unless the error is of the kind.
func (w *World) WantKind(what string, err error, k fault.Kind) {
	w.Helper()
	if err == nil || fault.KindOf(err) != k {
		w.Errorf("%s: %v, want kind %d", what, err, k)
	}
}

// Kinds returns the kinds of the record's entries about a subject, in order.
func (w *World) Kinds(subject string) (kinds []string) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		entries, err := ledger.About(tx, w.Group.Log(), subject)
		for _, e := range entries {
			kinds = append(kinds, e.Kind)
		}
		return err
	})
	return kinds
}
