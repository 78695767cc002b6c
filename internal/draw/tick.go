package draw

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/sortition"
	"folkmoot/internal/token"
)

// Tick does what is due by time alone: it announces draws and has the lot fall. No power begins or ends by it: terms have their dates.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		due, err := dueOnes(tx, limit)
		for _, d := range due {
			out = append(out, db.Due{Name: fmt.Sprintf("draw %d", d.ID), Do: func(tx *db.Tx) error { return s.moveOn(tx, d) }})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// Lead is how long before a seat is free everybody is asked who would take it. Answers close in an evening, up to a day after their time:
// without that day the seat would be free for one whenever this runs a moment late.
func (s *Service) Lead(r rulebook.Rules) time.Duration {
	return time.Duration(r.NominationsDays+1)*24*time.Hour + WordsTime + declineTime
}

// Last tells of the role's newest draw.
func (s *Service) Last(tx *db.Tx, r role.ID) (role.Attempt, error) {
	last, err := latest(tx, []role.ID{r})
	d := last[r]
	return role.Attempt{
		Open: d.State == Asking || d.State == Announced, Began: d.Asked, Failed: d.State == Nobody, Again: d.Closes.AddDate(0, 0, againDays),
	}, err
}

// Refill gives seats that somebody gave back to the next in the order of the role's newest lot.
func (s *Service) Refill(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Rules) error {
	last, err := latest(tx, []role.ID{r.ID})
	if d := last[r.ID]; err == nil && d.State == Drawn {
		err = s.offer(tx, g, r, d, rules)
	}
	return err
}

// Open begins a draw for seats that are or will be free: everybody is asked whether they would do it.
func (s *Service) Open(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Version, seats []role.Vacancy) error {
	d := Draw{
		Group: g.ID, Role: r.ID, State: Asking, Seats: len(seats), Rulebook: rules.Number, Asked: tx.Now,
		Closes: rulebook.Evening(tx.Now.AddDate(0, 0, rules.Rules.NominationsDays), g.Zone),
	}
	d.At = d.Closes.Add(WordsTime)
	d.Starts = rulebook.Later(d.At.Add(declineTime), seats[len(seats)-1].From)
	d.due = d.Closes
	d, err := insert(tx, d)
	if err != nil {
		return fmt.Errorf("insert draw: %w", err)
	}
	return s.note(tx, g, d.Ref(), "draw.opened", "", ledger.Data{
		"role": r.Ref(), "seats": d.Seats, "rulebook": d.Rulebook, "closes": d.Closes, "at": d.At, "starts": d.Starts,
	})
}

// moveOn brings one draw to where the rules have it by now.
func (s *Service) moveOn(tx *db.Tx, d Draw) error {
	g, err := member.GetGroup(tx, d.Group)
	if err != nil {
		return err
	}
	r, err := role.Get(tx, d.Role)
	if err != nil {
		return err
	}
	rules, err := rulebook.Get(tx, g.ID, d.Rulebook)
	if err != nil {
		return err
	}
	if d.State == Asking {
		return s.announce(tx, g, r, d, rules.Rules)
	}
	return s.fall(tx, g, r, d, rules.Rules)
}

// announce publishes who can be drawn, and commits to a secret.
func (s *Service) announce(tx *db.Tx, g member.Group, r role.Role, d Draw, rules rulebook.Rules) error {
	ids, err := willing(tx, d.ID)
	if err != nil {
		return err
	}
	counts, err := told(tx, g, d)
	if err != nil {
		return err
	}
	who, relaxed, err := role.Within(tx, g, ids, r, d.filling(), rules)
	if err != nil {
		return err
	}
	if err := keepWilling(tx, d); err != nil {
		return fmt.Errorf("keep who may be asked to look after it: %w", err)
	}
	tickets := ticketsOf(who)
	if len(tickets) == 0 {
		d.State, d.due = Nobody, time.Time{}
		if err := put(tx, d, Asking); err != nil {
			return err
		}
		if err := role.LookAfter(tx, r.ID); err != nil {
			return err
		}
		return s.note(tx, g, d.Ref(), "draw.nobody", "", ledger.Data{"answers": counts})
	}
	return s.publish(tx, g, d, tickets, relaxed, counts)
}

// told returns what is told of the answers: how many gave each, and in a small group nothing, because it would tell who said what.
func told(tx *db.Tx, g member.Group, d Draw) (ledger.Data, error) {
	out := ledger.Data{}
	n, err := member.OnRoll(tx, g.ID)
	if err != nil || member.Few(n) {
		return out, err
	}
	said, err := answers(tx, d.ID)
	for _, a := range Answers() {
		out[string(a)] = said[a]
	}
	return out, err
}

// publish publishes who can be drawn in a draw that asks, or that has asked nobody, and commits to a secret.
func (s *Service) publish(tx *db.Tx, g member.Group, d Draw, tickets []Ticket, relaxed []role.Bar, answers ledger.Data) error {
	d.Secret = make([]byte, sha256Size)
	if _, err := io.ReadFull(s.chance, d.Secret); err != nil {
		return err
	}
	lot, err := sortition.Announce(drawID(g, d), poolOf(tickets), d.Secret)
	if err != nil {
		return err
	}
	d.State, d.Relaxed, d.PoolHash, d.Commit = Announced, relaxed, lot.PoolHash, lot.Commit
	d.At = rulebook.Later(d.At, tx.Now.Add(WordsTime))
	d.Starts = rulebook.Later(d.Starts, d.At.Add(declineTime))
	d.due = d.At
	if err := put(tx, d, Asking); err != nil {
		return err
	}
	if err := insertPool(tx, d.ID, tickets); err != nil {
		return fmt.Errorf("insert pool: %w", err)
	}
	lines, ids := make([]any, len(tickets)), make([]member.ID, len(tickets))
	for i, t := range tickets {
		ids[i] = t.Member
	}
	names, err := member.Many(tx, ids)
	if err != nil {
		return err
	}
	for i, t := range tickets {
		lines[i] = ledger.Data{"place": t.Place, "member": names[t.Member].Ref, "weight": t.Weight}
	}
	return s.note(tx, g, d.Ref(), "draw.announced", "", ledger.Data{
		"answers": answers, "pool": lines, "pool_hash": d.PoolHash, "commit": d.Commit, "relaxed": role.WriteBars(d.Relaxed), "at": d.At, "starts": d.Starts,
	})
}

const sha256Size = 32

// drawID is what the draw is called in what is published of it; no other draw of any group is called so.
func drawID(g member.Group, d Draw) string { return g.Ref + " " + d.Ref() }

// fall reveals the secret, and with it the order of the lot. Terms for the first of them begin with the transaction.
func (s *Service) fall(tx *db.Tx, g member.Group, r role.Role, d Draw, rules rulebook.Rules) error {
	tickets, err := pool(tx, d.ID)
	if err != nil {
		return err
	}
	lot, err := d.lot(g, tickets)
	if err != nil {
		return err
	}
	d.State, d.Seed, d.due = Drawn, lot.Seed, time.Time{}
	d.Starts = rulebook.Later(d.Starts, tx.Now.Add(declineTime))
	if err := put(tx, d, Announced); err != nil {
		return err
	}
	if err := putOrder(tx, d.ID, lot.Order); err != nil {
		return err
	}
	order := make([]any, len(lot.Order))
	for i, place := range lot.Order {
		order[i] = place
	}
	if err := s.note(tx, g, d.Ref(), "draw.drawn", "", ledger.Data{
		"secret": hex.EncodeToString(d.Secret), "seed": d.Seed, "order": order, "starts": d.Starts,
	}); err != nil {
		return err
	}
	if err := s.offer(tx, g, r, d, rules); err != nil {
		return err
	}
	return role.LookAfter(tx, r.ID)
}

// record returns what is published of the draw: until the lot falls no secret, and what was thrown in only after it.
func (d Draw) record(g member.Group, tickets []Ticket) (sortition.Draw, error) {
	if d.State == Drawn {
		return d.lot(g, tickets)
	}
	lot, err := sortition.Announce(drawID(g, d), poolOf(tickets), d.Secret)
	if err == nil && (lot.Commit != d.Commit || lot.PoolHash != d.PoolHash) {
		err = errOther
	}
	return lot, err
}

var errOther = errors.New("the draw is not the one that was announced")

// lot returns the draw as it is published, revealed.
func (d Draw) lot(g member.Group, tickets []Ticket) (sortition.Draw, error) {
	lot, err := sortition.Announce(drawID(g, d), poolOf(tickets), d.Secret)
	if err != nil {
		return lot, err
	}
	if lot.Commit != d.Commit || lot.PoolHash != d.PoolHash {
		return lot, errOther
	}
	var words []sortition.Contribution
	for _, t := range tickets {
		if t.Words != "" {
			words = append(words, sortition.Contribution{ID: int64(t.Place), Text: t.Words})
		}
	}
	return lot.Reveal(d.Secret, words)
}

func poolOf(tickets []Ticket) (out sortition.Pool) {
	for _, t := range tickets {
		out = append(out, sortition.Member{ID: int64(t.Place), Weight: t.Weight})
	}
	return out
}

// offer gives the seats that the draw is for to the next in the order of the lot who can still take them: at first, and again where
// somebody gave up a term that came from it. Nobody is drawn anew for them.
func (s *Service) offer(tx *db.Tx, g member.Group, r role.Role, d Draw, rules rulebook.Rules) error {
	o, err := s.offering(tx, g, r, d, rules)
	if err != nil {
		return err
	}
	for _, seat := range o.open() {
		t := o.term(seat)
		if t.Ends.Sub(t.Begins) < role.LeastDays*24*time.Hour {
			continue // everybody is asked anew
		}
		for done := false; !done && len(o.left) > 0; o.left = o.left[1:] {
			who := o.left[0]
			t.Ref, t.Group, t.Role, t.Member, t.Caps, t.Cause, t.Waived = token.Ref("t_"), g.ID, r.ID, who.ID, r.Caps, d.Ref(), who.Waived
			if done, err = s.begin(tx, g, r, t, who.Member); err != nil {
				return err
			}
		}
	}
	return nil
}

// offering is what decides who gets which seat of a draw.
type offering struct {
	Draw
	role  role.Role
	rules rulebook.Rules
	zone  *time.Location
	now   time.Time
	own   []role.Term   // terms that came from the draw, in the order in which they were given
	other []role.Term   // terms of the role that came from elsewhere and are not over
	first bool          // nobody ever held the role before
	left  []role.Judged // who is next in the order of the lot, and can still take a term
}

func (s *Service) offering(tx *db.Tx, g member.Group, r role.Role, d Draw, rules rulebook.Rules) (o offering, err error) {
	o = offering{Draw: d, role: r, rules: rules, zone: g.Zone, now: tx.Now}
	if o.own, err = role.Given(tx, r.ID, d.Ref()); err != nil {
		return o, err
	}
	all, err := role.Running(tx, r.ID)
	if err != nil {
		return o, err
	}
	o.other = slices.DeleteFunc(all, func(t role.Term) bool { return t.Cause == d.Ref() })
	if o.first, err = role.IsFirst(tx, r.ID, d.Ref()); err != nil {
		return o, err
	}
	tickets, err := pool(tx, d.ID)
	if err != nil {
		return o, err
	}
	slices.SortFunc(tickets, func(a, b Ticket) int { return a.Turn - b.Turn })
	var ids []member.ID
	for _, t := range tickets {
		if !slices.ContainsFunc(o.own, func(own role.Term) bool { return own.Member == t.Member }) {
			ids = append(ids, t.Member)
		}
	}
	who, err := role.JudgeAll(tx, g, ids, r, d.filling(), rules, d.Relaxed)
	for _, c := range who {
		if len(c.Bars) == 0 {
			o.left = append(o.left, c)
		}
	}
	return o, err
}

// last returns the newest term that the draw gave for the seat.
func (o offering) last(seat int) (t role.Term, ok bool) {
	for _, own := range o.own {
		if own.Seat == seat {
			t, ok = own, true
		}
	}
	return t, ok
}

// open returns the seats that the draw has to give somebody.
func (o offering) open() (seats []int) {
	given := map[int]bool{}
	for _, t := range o.own {
		given[t.Seat] = true
	}
	for _, v := range role.Vacancies(o.role, o.other, o.now) {
		last, mine := o.last(v.Seat)
		switch {
		case mine && !last.Ended.IsZero() && last.Ends.After(o.now) && last.How != role.Archived:
			seats = append(seats, v.Seat)
		case !mine && !v.From.After(o.Starts) && len(given) < o.Seats:
			given[v.Seat] = true
			seats = append(seats, v.Seat)
		}
	}
	return seats
}

// short says whether terms are half as long: limits gave way, or a vote should have given the seats and gave them to nobody.
func (o offering) short() bool {
	return len(o.Relaxed) > 0 || o.role.Fill != role.ByLot && o.Cause == ""
}

// term returns from when until when somebody would hold the seat: what is left of a term that was given up, or a whole one.
func (o offering) term(seat int) role.Term {
	soonest := o.now.Add(declineTime)
	if last, ok := o.last(seat); ok {
		return role.Term{Seat: seat, Begins: rulebook.Later(last.Begins, soonest), Ends: last.Ends}
	}
	begins := rulebook.Later(o.Starts, soonest)
	days := role.TermDays(o.rules, seat, o.first, o.short())
	return role.Term{Seat: seat, Begins: begins, Ends: begins.In(o.zone).AddDate(0, 0, days).UTC()}
}
