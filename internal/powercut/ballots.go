package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// The workload "ballots": at every start a group opens a secret vote, an open one and one by ranking, and all its members cast in all of
// them, through the services the server uses. An acknowledgement is a receipt code of a secret vote, or a member and their choice in the
// open one. The check counts the votes on a copy and looks for the codes in the published list, and for the choices; the orders that are
// published must be as many as took part.
const (
	voters = 1500
	// apart is the time on the workload's clock from one start to the next: the votes of one are over at the next.
	apart = 20 * 24 * time.Hour
)

var firstStart = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// moot is a group and the services that carry its proposals to a vote.
type moot struct {
	db        *db.DB
	ledger    *ledger.Ledger
	rules     *rulebook.Service
	motions   *motion.Service
	ballots   *ballot.Service
	decisions *decision.Service

	began time.Time // by the real clock, and at what the moot's stood then
	at    atomic.Int64
	folk  []member.Actor
}

func (m *moot) now() time.Time {
	return time.UnixMilli(m.at.Load()).UTC().Add(time.Since(m.began))
}

// openMoot takes up the group in a data folder, or founds it, with the clock at the time.
func openMoot(ctx context.Context, dir string, control bool, at time.Time) (m *moot, err error) {
	m = &moot{began: time.Now()}
	m.at.Store(at.UnixMilli())
	if m.db, err = db.Open(ctx, db.Options{Dir: dir, Now: m.now, Unsafe: control}); err != nil {
		return nil, err
	}
	keys := dir + "-keys"
	l, _, err := ledger.Open(keys)
	m.ledger = l
	if err == nil {
		m.rules, m.motions, m.decisions = rulebook.NewService(m.db, l), motion.NewService(m.db, l), decision.NewService(m.db, l)
		m.ballots, err = ballot.New(ctx, m.db, l, keys, m.decisions.Record, slog.New(slog.DiscardHandler))
	}
	if err == nil {
		m.ballots.OnRanked(motion.Election, func(*db.Tx, motion.Motion) (ballot.Contest, error) {
			return ballot.Contest{Method: ballot.Scottish, Seats: 2, RON: 4, Options: []string{"c_a", "c_b", "c_c", "ron"}}, nil
		})
		m.decisions.OnElected(func(*db.Tx, ballot.Closed, string) error { return nil })
		err = m.db.Write(ctx, m.gather)
	}
	if err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

// gather finds the group's members, or founds it.
func (m *moot) gather(tx *db.Tx) error {
	var ids []member.ID
	if err := tx.Raw("SELECT id FROM members ORDER BY id").Scan(&ids).Error; err != nil {
		return err
	}
	if len(ids) == 0 {
		names := make([]string, voters)
		for i := range names {
			names[i] = fmt.Sprintf("Member-%04d", i)
		}
		_, made, err := dbtest.PutGroup(tx, "moot", string(rulebook.Branch), names...)
		if err != nil {
			return err
		}
		for _, id := range made {
			ids = append(ids, member.ID(id))
		}
	}
	people, err := member.Many(tx, ids)
	if err != nil {
		return err
	}
	g, err := member.GetGroup(tx, people[ids[0]].Group)
	if err != nil {
		return err
	}
	m.folk = nil
	for _, id := range ids {
		m.folk = append(m.folk, member.Actor{Person: people[id].Person, Member: people[id], Group: g})
	}
	if _, err := rulebook.Current(tx, g.ID, tx.Now); db.IsNotFound(err) {
		return m.rules.Begin(tx, g, m.folk[0].Member)
	}
	return err
}

func (m *moot) close() error {
	if m.ballots != nil {
		return errors.Join(m.ballots.Close(), m.db.Close())
	}
	return m.db.Close()
}

// tick does everything that is due.
func (m *moot) tick(ctx context.Context) error {
	return errors.Join(m.motions.Tick(ctx), m.ballots.Tick(ctx))
}

// propose brings a proposal to the group, to be voted on in secret or openly.
func (m *moot) propose(ctx context.Context, secret bool) (motion.Motion, error) {
	p := motion.Proposal{Kind: motion.Action, ReviewDays: 90, AboutPerson: secret, Text: motion.Text{
		Title: "Buy a kettle", Won: "There is tea.", Clauses: []motion.Clause{{Text: "We buy a kettle by May."}},
	}}
	mo, err := m.motions.Propose(ctx, m.folk[0], db.Once{}, 0, p)
	for i := 1; err == nil && mo.State == motion.Seeking; i++ {
		mo, err = m.motions.Support(ctx, m.folk[i], mo.Number, mo.Version)
	}
	return mo, err
}

// elect brings a vote by ranking before the group, which opens when the others do.
func (m *moot) elect(ctx context.Context, opens time.Time) (mo motion.Motion, err error) {
	err = m.db.Write(ctx, func(tx *db.Tx) error {
		mo, err = motion.Call(tx, m.ledger, m.folk[0].Group, motion.Called{
			Kind: motion.Election, AboutPerson: true, Opens: opens, By: "role/none", Text: motion.Text{Title: "Choose two of us", Clauses: []motion.Clause{{Text: "Two of us."}}},
		})
		return err
	})
	return mo, err
}

// writeBallots closes the votes of the last start, opens three and casts.
func writeBallots(ctx context.Context, p place, ack func(string)) (err error) {
	m, err := openMoot(ctx, p.dir, p.control, firstStart.Add(time.Duration(p.run)*apart))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	if err := m.tick(ctx); err != nil {
		return fmt.Errorf("close the last votes: %w", err)
	}
	secret, err := m.propose(ctx, true)
	if err != nil {
		return err
	}
	open, err := m.propose(ctx, false)
	if err != nil {
		return err
	}
	ranked, err := m.elect(ctx, open.Opens)
	if err != nil {
		return err
	}
	m.at.Add(open.Opens.Sub(m.now()).Milliseconds() + 1000)
	if err := m.tick(ctx); err != nil {
		return fmt.Errorf("open the votes: %w", err)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i/3 >= len(m.folk) {
					<-ctx.Done() // all have voted; nothing to do until the end
					return
				}
				who, number := m.folk[i/3], []int{secret.Number, open.Number, ranked.Number}[i%3]
				if errs[w] = m.cast(ctx, who, number, ballot.Choice(1+i/3%3), ack); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return errors.Join(errs...)
}

// cast casts one vote and acknowledges it: "secret/BALLOT/CODE" or "open/BALLOT/MEMBER/CHOICE".
func (m *moot) cast(ctx context.Context, who member.Actor, number int, c ballot.Choice, ack func(string)) error {
	v, err := m.ballots.Show(ctx, who, number)
	if err != nil {
		return err
	}
	t, err := m.ballots.Cast(ctx, who, number, ballot.Vote{Choice: c, Ranking: []int{int(c), 4}, Client: who.Member.Ref, Basis: v.Basis})
	if err != nil {
		return err
	}
	if t.Secret {
		ack(fmt.Sprintf("secret/%d/%s", t.ID, t.Receipt.Code))
	} else {
		ack(fmt.Sprintf("open/%d/%d/%d", t.ID, who.Member.ID, c))
	}
	return nil
}

// checkBallots has the votes counted on a copy and returns the acknowledged ones that were not.
func checkBallots(ctx context.Context, p place, acks []string) (missing []string, err error) {
	copied, err := os.MkdirTemp("", "folkmoot-powercut-check")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(copied)) }()
	dir := copied + "/data"
	for from, to := range map[string]string{p.dir: dir, p.dir + "-keys": dir + "-keys"} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			return nil, err
		}
	}
	d, err := db.Open(ctx, db.Options{Dir: dir, Now: time.Now})
	if err != nil {
		return nil, err
	}
	var last int64
	err = d.Read(ctx, func(tx *db.Tx) error {
		if err := intact(tx); err != nil {
			return err
		}
		return tx.Raw("SELECT COALESCE(MAX(closes_at), 0) FROM ballots").Scan(&last).Error
	})
	if err = errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	m, err := openMoot(ctx, dir, false, time.UnixMilli(max(last, firstStart.UnixMilli())+1000))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	if err := m.tick(ctx); err != nil {
		return nil, fmt.Errorf("close the votes: %w", err)
	}
	err = m.db.Read(ctx, func(tx *db.Tx) error {
		missing, err = uncounted(tx, acks)
		return err
	})
	return missing, err
}

// uncounted returns the acknowledgements that the counted ballots do not bear out.
func uncounted(tx *db.Tx, acks []string) (missing []string, err error) {
	byBallot := map[ballot.ID][]string{}
	for _, a := range acks {
		parts := strings.Split(a, "/")
		id, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil {
			return nil, err
		}
		byBallot[ballot.ID(id)] = append(byBallot[ballot.ID(id)], a)
	}
	for id, acks := range byBallot {
		there, few, err := counted(tx, id)
		if err != nil {
			return nil, err
		}
		found := 0
		for _, a := range acks {
			if there[a] {
				found++
			} else if !few {
				missing = append(missing, a)
			}
		}
		if few && found < len(acks) { // who voted how is forgotten; that so many did is not
			votes, err := turnout(tx, id)
			if err != nil {
				return nil, err
			}
			missing = append(missing, acks[min(votes, len(acks)):]...)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// counted returns what a ballot would have acknowledged, by what was counted; forgotten says that an open one no longer
// tells.
func counted(tx *db.Tx, id ballot.ID) (acks map[string]bool, forgotten bool, err error) {
	acks = map[string]bool{}
	b, err := ballot.Get(tx, id)
	if db.IsNotFound(err) {
		return acks, false, nil
	}
	if err != nil || !b.IsCounted() {
		return acks, false, err
	}
	if b.Secret {
		papers, err := ballot.Published(tx, id, "", 0)
		for _, p := range papers {
			acks[fmt.Sprintf("secret/%d/%s", id, p.Code)] = true
		}
		if err == nil && b.Ranked() {
			err = sheeted(tx, b)
		}
		return acks, false, err
	}
	var rows []struct{ MemberID, Choice int64 }
	err = tx.Raw("SELECT member_id, choice FROM open_votes WHERE ballot_id = ?", id).Scan(&rows).Error
	for _, r := range rows {
		acks[fmt.Sprintf("open/%d/%d/%d", id, r.MemberID, r.Choice)] = true
	}
	return acks, len(rows) == 0, err
}

// sheeted returns an error unless a counted vote by ranking has its sheet, and an order on record for everybody who took part.
func sheeted(tx *db.Tx, b ballot.Ballot) error {
	kinds, err := ballot.Kinds(tx, b.ID)
	if err != nil || b.Turnout < int64(b.Quorum) {
		return err
	}
	papers := int64(0)
	for _, k := range kinds {
		papers += k.Papers
	}
	if b.Turnout >= ballot.LeastPapers && papers != b.Turnout {
		return fmt.Errorf("of ballot %s %d orders are published, and %d took part", b.Ref, papers, b.Turnout)
	}
	_, err = ballot.SheetOf(tx, b.ID)
	return err
}

func turnout(tx *db.Tx, id ballot.ID) (int, error) {
	b, err := ballot.Get(tx, id)
	return int(b.Turnout), err
}
