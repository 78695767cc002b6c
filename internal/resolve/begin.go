package resolve

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/sortition"
)

// Promise makes the secret of the lot that falls if the call is blocked, and returns what it comes to. The record has that as the call opens, when nobody knows yet among whom the lot will fall: so
// whoever keeps the service cannot choose whom it draws.
func Promise(tx *db.Tx, ballot int64) (commit string, err error) {
	l := lotRow{BallotID: ballot, Secret: secret()}
	return sortition.Commitment(l.Secret), insertLot(tx, l)
}

func secret() []byte {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// LotName is what the n-th lot of a call is called.
func LotName(ballot string, n int) string { return ballot + "/resolution/" + strconv.Itoa(n) }

// Called is a call that somebody blocked.
type Called struct {
	Ballot   int64
	Ref      string // of the ballot, in the record
	Motion   motion.Motion
	Version  int
	Stops    bool // the block stops the decision
	Meetings int
	Days     int
	Blockers []member.ID
	Roll     []member.ID // who could answer
}

// Begin has a resolution group begin, in the transaction in which it is found that the call is blocked. One on the same motion that is still open ends. There is none where the rules have no meetings
// for it, or who blocked has left.
func Begin(tx *db.Tx, l *ledger.Ledger, g member.Group, c Called) error {
	people, err := member.Many(tx, append(append(slices.Clone(c.Roll), c.Blockers...), c.Motion.Mover))
	if err != nil {
		return err
	}
	left := func(id member.ID) bool { return !people[id].Left.IsZero() || people[id].ID == 0 }
	c.Blockers = slices.DeleteFunc(slices.Clone(c.Blockers), left)
	slices.Sort(c.Blockers)
	c.Blockers = slices.Compact(c.Blockers)
	if c.Meetings == 0 || c.Days == 0 || len(c.Blockers) == 0 {
		return nil
	}
	if was, open, err := openOn(tx, c.Motion.ID); err != nil {
		return err
	} else if open {
		if err := finish(tx, l, g, c.Motion, was, Over, 0); err != nil {
			return err
		}
	}
	r := Resolution{
		Group: g.ID, Motion: c.Motion.ID, Ballot: c.Ballot, Version: c.Version, Stops: c.Stops, Meetings: c.Meetings, State: Open, Opens: tx.Now,
		Until: tx.Now.Add(time.Duration(c.Days) * 24 * time.Hour),
	}
	var seats []Seat
	if m := c.Motion.Mover; m != 0 && !left(m) && !slices.Contains(c.Blockers, m) {
		seats = append(seats, Seat{Member: m, Part: Mover, Sitting: Sits})
	}
	for _, b := range c.Blockers {
		seats = append(seats, Seat{Member: b, Part: Blocker, Sitting: Sits})
	}
	pool := slices.DeleteFunc(slices.Clone(c.Roll), func(id member.ID) bool { return left(id) || seatOf(seats, id).Part != "" })
	slices.SortFunc(pool, func(a, b member.ID) int { return cmp.Compare(people[a].Ref, people[b].Ref) })
	data := ledger.Data{"ballot": c.Ref, "version": c.Version, "stops": c.Stops, "meetings": c.Meetings, "until": r.Until}
	tickets, err := falls(tx, c, &r, pool, data)
	if err != nil {
		return err
	}
	if len(tickets) > 0 {
		seats = append(seats, Seat{Member: tickets[0].Member, Part: Drawn, Number: tickets[0].Number, Sitting: Sits})
	}
	if r, err = insert(tx, r, seats, tickets); err != nil {
		return fmt.Errorf("insert resolution group: %w", err)
	}
	data["resolution"], data["people"] = int64(r.ID), r.People
	in := make([]any, len(seats))
	for i, s := range seats {
		in[i] = ledger.Data{"member": people[s.Member].Ref, "part": string(s.Part), "number": s.Number}
	}
	data["seats"] = in
	return note(tx, l, g, c.Motion, "resolution.begun", "", data)
}

// ticket is somebody in the lot.
type ticket struct {
	Number int
	Member member.ID
	Turn   int
}

// falls has the lot fall that was promised as the call opened, and promises the next. Members have numbers in the order of their references, which nobody can choose. A call that opened before lots
// were promised has none, and there is nobody to draw.
func falls(tx *db.Tx, c Called, r *Resolution, pool []member.ID, said ledger.Data) ([]ticket, error) {
	l, err := lotOf(tx, c.Ballot)
	if err != nil || l.Secret == nil || len(pool) == 0 {
		return nil, err
	}
	l.Drawn++
	r.Draw, r.People, r.Secret = l.Drawn, len(pool), hex.EncodeToString(l.Secret)
	lot, err := lotIn(c.Ref, *r)
	if err != nil {
		return nil, err
	}
	out := make([]ticket, len(lot.Order))
	for i, n := range lot.Order {
		out[i] = ticket{int(n), pool[n-1], i + 1}
	}
	l.Secret = secret()
	said["draw"], said["secret"], said["next"] = r.Draw, r.Secret, sortition.Commitment(l.Secret)
	return out, putLot(tx, l)
}

// lotIn returns the lot of a resolution group as it is published.
func lotIn(ballot string, r Resolution) (d sortition.Draw, err error) {
	secret, err := hex.DecodeString(r.Secret)
	if err != nil {
		return d, fmt.Errorf("secret of a lot: %w", err)
	}
	p, err := sortition.Numbers(r.People)
	if err != nil {
		return d, err
	}
	if d, err = sortition.Announce(LotName(ballot, r.Draw), p, secret); err != nil {
		return d, err
	}
	return d.Reveal(secret, nil)
}

func note(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.Motion, kind, by string, d ledger.Data) error {
	d["motion"] = m.Ref()
	_, err := l.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: m.Ref(), Actor: by, Data: d})
	return err
}

// finish ends a resolution group. What it was about goes on at once where nothing blocks any more: there is a call on the words on which they agree, or on those that nobody blocks now.
func finish(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.Motion, r Resolution, how State, joint int) error {
	r.State, r.Joint, r.Ended = how, joint, tx.Now
	if err := put(tx, r); err != nil {
		return err
	}
	if err := forgetPool(tx, r.ID); err != nil {
		return err
	}
	d := ledger.Data{"resolution": int64(r.ID), "how": string(how)}
	if joint != 0 {
		d["version"] = joint
	}
	if err := note(tx, l, g, m, "resolution.ended", "", d); err != nil || how == Over || !r.Stops {
		return err
	}
	return motion.Sooner(tx, l, g, m)
}

// pass has the next in the order of the lot be in the group in place of somebody who was drawn; nobody where all were.
func pass(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.Motion, r Resolution, s Seat, how Sitting, by string) error {
	if err := putSeat(tx, r.ID, s.Member, how); err != nil {
		return err
	}
	d := ledger.Data{"resolution": int64(r.ID), "how": string(how), "number": s.Number, "next": 0, "member": ""}
	next, found, err := nextTicket(tx, r.ID, s.Member)
	if err != nil {
		return err
	}
	if found {
		if err := insertSeat(tx, r.ID, Seat{Member: next.Member, Part: Drawn, Number: next.Number, Sitting: Sits}); err != nil {
			return err
		}
		who, err := member.Get(tx, next.Member)
		if err != nil {
			return err
		}
		d["next"], d["member"] = next.Number, who.Ref
	}
	return note(tx, l, g, m, "resolution.passed", by, d)
}

// lift has somebody not block any more. Once nobody of them does, the group is done.
func lift(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.Motion, r Resolution, who member.Member, how Sitting, by string) error {
	if err := putSeat(tx, r.ID, who.ID, how); err != nil {
		return err
	}
	if err := note(tx, l, g, m, "resolution.lifted", by, ledger.Data{"resolution": int64(r.ID), "how": string(how), "member": who.Ref}); err != nil {
		return err
	}
	seats, err := seatsOf(tx, r.ID)
	if err != nil || len(blockers(seats)) > 0 {
		return err
	}
	return finish(tx, l, g, m, r, Lifted, 0)
}
