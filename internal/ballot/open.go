package ballot

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
)

// wait is how long the opening of a ballot is put off while there are too few people to hold it.
const wait = 24 * time.Hour

// grace is how late a ballot may open and still close when the rules said. If nothing ran for longer, its time begins when
// something runs again: members must have had all of it.
const grace = time.Hour

const day = 24 * time.Hour

// errFew says that there are too few on the roll to hold the ballot.
var errFew = errors.New("too few on the roll")

// open opens the ballot on a motion whose day has come. Nobody can change any more whether it is secret.
func (s *Service) open(ctx context.Context, m motion.Motion) error {
	made := prepared{ref: token.Ref("b_")}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		_, v, err := setting(tx, m.Group, m.Rulebook)
		if err != nil {
			return err
		}
		c, err := s.contestOn(tx, m)
		made.secret, made.size = m.Secret(v.Rules), c.size()
		return err
	})
	if err == nil && made.secret {
		err = s.urn.Prepare(made.ref, made.size) // first: a transaction touches no files
	}
	if err != nil {
		return err
	}
	opened := false
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		opened, err = s.openIn(tx, m.ID, made)
		return err
	})
	if made.secret && (err != nil || !opened) {
		err = errors.Join(err, s.discard(ctx, made.ref))
	}
	return err
}

// prepared is what was made ready for a ballot before the transaction that opens it.
type prepared struct {
	ref    string
	secret bool
	size   int // of a paper
}

// contestOn returns what a ballot by ranking on the motion would be about, or that there is a call for agreement; the zero Contest if people vote for or against it.
func (s *Service) contestOn(tx *db.Tx, m motion.Motion) (c Contest, err error) {
	of, ranked := s.contest[m.Kind]
	if !ranked {
		is, err := callsOnline(tx, m)
		if is {
			c = Contest{Method: Consensus, Seats: 1}
		}
		return c, err
	}
	if c, err = of(tx, m); err == nil {
		err = c.check()
	}
	return c, err
}

// discard removes the key and the journal of a ballot that did not open. An error may hide that it did: then they stay, as
// they do while the database cannot be asked; the next start removes what nobody needs.
func (s *Service) discard(ctx context.Context, ref string) error {
	there := false
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		there, err = exists(tx, ref)
		return err
	})
	if err != nil || there {
		return err
	}
	return s.urn.Discard(ref)
}

// openIn opens the ballot in the transaction, with what was made ready for it, if all is still as it was when that was made.
func (s *Service) openIn(tx *db.Tx, id motion.ID, made prepared) (opened bool, err error) {
	m, err := motion.Get(tx, id)
	if err != nil || m.State != motion.Tabled || m.Opens.After(tx.Now) || !m.LeaveAsked.IsZero() {
		return false, err // it has moved on since it was found due
	}
	g, v, err := setting(tx, m.Group, m.Rulebook)
	if err != nil || m.Secret(v.Rules) != made.secret {
		return false, err // the last who asked for a secret vote came in between: the next look sees them
	}
	contest, err := s.contestOn(tx, m)
	if err != nil || contest.size() != made.size {
		return false, err // somebody stood or stood down in between
	}
	b := Ballot{
		Contest: contest, Ref: made.ref, Group: g.ID, Motion: m.ID, Version: m.Version, Round: 1, State: Open, Secret: made.secret, Receipts: NoReceipt,
		Opens: m.Opens, Closes: m.Kind.Closes(v.Rules, m.Opens, g.Zone), Rulebook: v.Number,
	}
	if made.secret {
		b.Receipts = Presence
	}
	if tx.Now.Sub(b.Opens) > grace {
		return false, s.openLater(tx, g, m, b)
	}
	if b.Round, err = nextRound(tx, m.ID); err != nil {
		return false, err
	}
	roll, err := s.fix(tx, &b, g, v.Rules, nil)
	if errors.Is(err, errFew) {
		return false, s.putOff(tx, g, m, b)
	}
	if err != nil {
		return false, err
	}
	if b, err = insert(tx, b, 0); err != nil {
		return false, fmt.Errorf("insert ballot: %w", err)
	}
	if err := motion.SetState(tx, m.ID, motion.Tabled, motion.Voting, motion.Times{Closes: b.Closes}); err != nil {
		return false, err
	}
	return true, s.noteOpened(tx, g, m, b, roll, nil, "")
}

// openAgain opens a ballot that was announced.
func (s *Service) openAgain(ctx context.Context, b Ballot) error {
	if b.Secret {
		if err := s.urn.Prepare(b.Ref, b.size()); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, err := Get(tx, b.ID)
		if err != nil || b.State != Announced || b.Opens.After(tx.Now) {
			return err
		}
		g, v, err := setting(tx, b.Group, b.Rulebook)
		if err != nil {
			return err
		}
		m, err := motion.Get(tx, b.Motion)
		if err != nil {
			return err
		}
		if tx.Now.Sub(b.Opens) > grace {
			if b, err = holdLater(tx, v.Rules, g, m, b, tx.Now); err != nil {
				return err
			}
			return s.noteLate(tx, g, m, b)
		}
		roll, err := s.fix(tx, &b, g, v.Rules, nil)
		if errors.Is(err, errFew) {
			if b, err = holdLater(tx, v.Rules, g, m, b, b.Opens.Add(wait)); err != nil {
				return err
			}
			return s.notePutOff(tx, g, m, b)
		}
		if err != nil {
			return err
		}
		if err := freeze(tx, b); err != nil {
			return fmt.Errorf("open ballot: %w", err)
		}
		if err := motion.SetState(tx, m.ID, motion.Inquorate, motion.Voting, motion.Times{Opens: b.Opens, Closes: b.Closes}); err != nil {
			return err
		}
		return s.noteOpened(tx, g, m, b, roll, nil, "")
	})
}

// setting returns the group and the version of its rules that a ballot goes by.
func setting(tx *db.Tx, id member.GroupID, number int) (g member.Group, v rulebook.Version, err error) {
	if g, err = member.GetGroup(tx, id); err != nil {
		return g, v, err
	}
	v, err = rulebook.Get(tx, id, number)
	return g, v, err
}

// fix freezes the ballot: who may vote, what it takes, and which words. It returns errFew if there are too few people.
// Everything follows from the moment the vote opens, not from when this happens to run. In a room only who is present, in order of id, is on the roll.
func (s *Service) fix(tx *db.Tx, b *Ballot, g member.Group, r rulebook.Rules, present []member.ID) (roll []member.ID, err error) {
	newcomers, window := time.Duration(r.VotingWaitDays)*day, time.Duration(r.ActiveWindowDays)*day
	if roll, err = member.RollAt(tx, g.ID, b.Opens, newcomers); err != nil {
		return nil, fmt.Errorf("roll: %w", err)
	}
	if b.InRoom() {
		roll = slices.DeleteFunc(roll, func(id member.ID) bool {
			_, here := slices.BinarySearch(present, id)
			return !here
		})
	}
	if len(roll) < 2 || b.Secret && len(roll) < LeastSecret {
		return nil, errFew
	}
	if b.Active, err = member.ActiveOnRoll(tx, g.ID, b.Opens, newcomers, window); err != nil {
		return nil, fmt.Errorf("active members: %w", err)
	}
	b.Entitled = len(roll)
	people, err := member.Many(tx, roll)
	if err != nil {
		return nil, err
	}
	refs := make([]string, 0, len(roll))
	for _, id := range roll {
		refs = append(refs, people[id].Ref)
	}
	slices.Sort(refs)
	b.Roll = RollHash(refs)
	text, err := motion.TextOf(tx, b.Motion, b.Version)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	b.Text = text.Text.Hash()
	if err := s.setQuorum(tx, b, text.Effect, r); err != nil {
		return nil, err
	}
	switch {
	case b.IsAtOnce():
		b.Call = atOnceRule(b.Quorum)
	case b.Calls():
		b.Call = callRule(r, b.Active, b.Quorum)
	case b.ForAgainst():
		b.Rule = text.Effect.Majority(r)
	}
	b.State, b.due = Open, b.Closes
	b.Question, err = b.question()
	return roll, err
}

// noteOpened writes the roll and records the opening; by names who opened it, nobody but in a room.
func (s *Service) noteOpened(tx *db.Tx, g member.Group, m motion.Motion, b Ballot, roll, tellers []member.ID, by string) error {
	if err := insertRoll(tx, b.ID, roll); err != nil {
		return fmt.Errorf("insert roll: %w", err)
	}
	hash := func(h [32]byte) string { return hex.EncodeToString(h[:]) }
	data := ledger.Data{
		"ballot": b.InRecord(), "motion": m.Ref(), "version": b.Version, "round": b.Round, "secret": b.Secret, "receipt": string(b.Receipts),
		"opens_at": b.Opens, "closes_at": b.Closes, "rulebook": b.Rulebook, "quorum": b.Quorum,
		"active": b.Active, "entitled": b.Entitled, "roll_hash": hash(b.Roll), "text_hash": hash(b.Text), "question_hash": hash(b.Question),
	}
	if b.QuorumBy != "" {
		data["quorum_by"] = b.QuorumBy
	}
	switch {
	case b.Calls():
		data["method"], data["seats"], data["call"] = b.Method, b.Seats, ledger.Data(callData(b.Call))
	case b.Ranked():
		data["method"], data["seats"], data["contest"] = b.Method, b.Seats, ledger.Data(b.data())
	default:
		data["rule"] = ledger.Data(ruleData(b.Rule))
	}
	if b.Calls() && !b.IsAtOnce() {
		commit, err := resolve.Promise(tx, int64(b.ID))
		if err != nil {
			return fmt.Errorf("promise a lot: %w", err)
		}
		data["lot"] = commit
	}
	if b.InRoom() {
		data["meeting"], data["present"], data["named"] = b.Meeting, b.Present, b.Named
	}
	if b.Urgent {
		data["urgent"] = true
	}
	if b.ByHand > 0 {
		refs, err := refsOf(tx, tellers)
		if err != nil {
			return err
		}
		data["by_hand"], data["tellers"] = b.ByHand, refs
	}
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: "ballot.opened", Subject: b.InRecord(), Actor: by, Data: data, Also: b.changes(m)})
	return err
}

// changes names what looks different when the vote opens, closes or goes on.
func (b Ballot) changes(m motion.Motion) []string {
	if b.InRoom() {
		return []string{m.Ref(), b.Meeting}
	}
	return []string{m.Ref()}
}

func (s *Service) note(tx *db.Tx, g member.Group, kind, subject string, data ledger.Data, also ...string) error {
	return record(tx, s.ledger, g, kind, subject, data, also...)
}

func record(tx *db.Tx, l *ledger.Ledger, g member.Group, kind, subject string, data ledger.Data, also ...string) error {
	_, err := l.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Data: data, Also: also})
	return err
}

// putOff has the vote on a motion open a day later.
func (s *Service) putOff(tx *db.Tx, g member.Group, m motion.Motion, b Ballot) error {
	opens := b.Opens.Add(wait)
	if err := motion.PutOff(tx, m.ID, opens); err != nil {
		return err
	}
	b.Ref, b.Opens = "", opens // the one there would have been is not
	return s.notePutOff(tx, g, m, b)
}

// notePutOff appends when a vote opens instead, because too few could take part.
func (s *Service) notePutOff(tx *db.Tx, g member.Group, m motion.Motion, b Ballot) error {
	needed := 2
	if b.Secret {
		needed = LeastSecret
	}
	data := later(m, b)
	data["needed"] = needed
	return s.note(tx, g, "ballot.put_off", m.Ref(), data)
}

// openLater has the vote on a motion open now, because nothing ran when it should have opened.
func (s *Service) openLater(tx *db.Tx, g member.Group, m motion.Motion, b Ballot) error {
	if err := motion.PutOff(tx, m.ID, tx.Now); err != nil {
		return err
	}
	b.Ref, b.Opens = "", tx.Now // the one there would have been is not
	return s.noteLate(tx, g, m, b)
}

// noteLate appends when a vote opens instead of when nothing ran.
func (s *Service) noteLate(tx *db.Tx, g member.Group, m motion.Motion, b Ballot) error {
	return s.note(tx, g, "ballot.late", m.Ref(), later(m, b))
}

// later names when a vote opens instead; a ballot that was announced is named, with its new close.
func later(m motion.Motion, b Ballot) ledger.Data {
	data := ledger.Data{"motion": m.Ref(), "opens_at": b.Opens}
	if b.Ref != "" {
		data["ballot"], data["closes_at"] = b.InRecord(), b.Closes
	}
	return data
}

// holdLater has a ballot that was announced open not before least, and returns it as it is then.
func holdLater(tx *db.Tx, r rulebook.Rules, g member.Group, m motion.Motion, b Ballot, least time.Time) (Ballot, error) {
	b.Opens, b.Closes = window(r, g, m.Kind, least, b.Opens)
	if err := update(tx, b.ID, Announced, map[string]any{"opens_at": db.At(b.Opens), "closes_at": db.At(b.Closes), "due_at": db.At(b.Opens)}); err != nil {
		return b, err
	}
	return b, motion.PutOffAgain(tx, b.Motion, b.Opens, b.Closes)
}

// announce announces that the ballot is held once more, and returns that ballot. The secrecy stays as it was.
func (s *Service) announce(tx *db.Tx, g member.Group, m motion.Motion, b Ballot) (Ballot, error) {
	v, err := rulebook.Get(tx, g.ID, b.Rulebook)
	if err != nil {
		return Ballot{}, err
	}
	next := Ballot{
		Ref: token.Ref("b_"), Group: b.Group, Motion: b.Motion, Version: b.Version, Round: b.Round + 1, State: Announced,
		Secret: b.Secret, Receipts: b.Receipts, Rulebook: b.Rulebook, Contest: b.Contest, Replaces: b.ID,
	}
	known := b.Closes // from when members can know of it
	if tx.Now.Sub(known) > grace {
		known = tx.Now
	}
	next.Opens, next.Closes = window(v.Rules, g, m.Kind, known.Add(time.Duration(v.Rules.NoticeDays.Meeting)*day), b.Opens)
	next.Planned = next.Closes
	next.due = next.Opens
	if next, err = insert(tx, next, b.ID); err != nil {
		return Ballot{}, fmt.Errorf("announce ballot: %w", err)
	}
	return next, s.note(tx, g, "ballot.announced", next.InRecord(), ledger.Data{
		"ballot": next.InRecord(), "motion": m.Ref(), "round": next.Round, "opens_at": next.Opens, "closes_at": next.Closes,
	})
}

// window returns when a ballot that is held again opens and closes: not before least, at the hour at which it opened first,
// so that it is as long as the first.
func window(r rulebook.Rules, g member.Group, k motion.Kind, least, first time.Time) (opens, closes time.Time) {
	at, from := first.In(g.Zone), least.In(g.Zone)
	for d := from.Day(); ; d++ {
		opens = time.Date(from.Year(), from.Month(), d, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), g.Zone).UTC()
		if !opens.Before(least) {
			return opens, k.Closes(r, opens, g.Zone)
		}
	}
}
