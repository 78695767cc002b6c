package ballot

import (
	"context"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/urn"
)

// Part is a member's own part in an open vote.
type Part struct {
	May   bool // they are on its roll, and it is open
	Voted bool // they have; nobody but themselves is ever told

	AtOnce bool // it is a call on one sentence among people who are together
}

// mineRow is an open vote with the reader's place on its roll.
type mineRow struct {
	ID       ID
	Ref      string
	GroupID  member.GroupID
	MotionID motion.ID
	Secret   db.Flag
	OpensAt  db.Instant
	ClosesAt db.Instant // when it is over
	Method   string
	Options  string
	Slot     int64
	InBox    int64 // open votes: 1 if the reader's is there
}

const mineColumns = `b.id, b.ref, b.group_id, b.motion_id, b.secret, b.opens_at, COALESCE(b.over_at, b.closes_at) AS closes_at, b.method, b.options, r.slot,
	(SELECT COUNT(*) FROM open_votes v WHERE v.ballot_id = b.id AND v.member_id = r.member_id) AS in_box`

// notByHand leaves votes out in which the reader votes by show of hands.
const notByHand = "(b.by_hand = 0 OR NOT EXISTS (SELECT 1 FROM hand_voters h WHERE h.ballot_id = b.id AND h.member_id = r.member_id))"

// voted says in which of the votes the reader has voted. Of secret ones the urn is asked under the reader's pseudonym, as the
// page of the vote does, and nothing is written.
func (s *Service) voted(tx *db.Tx, rows []mineRow) (map[ID]bool, error) {
	out := map[ID]bool{}
	var secret []urn.Asked
	for _, r := range rows {
		if r.Secret {
			c, err := ParseContest(r.Method, 0, r.Options)
			if err != nil {
				return nil, err
			}
			secret = append(secret, urn.Asked{Ballot: urn.Ballot{ID: int64(r.ID), Ref: r.Ref, Size: c.size()}, Slot: r.Slot})
		}
		out[r.ID] = r.InBox > 0
	}
	if len(secret) == 0 {
		return out, nil
	}
	inUrn, err := s.urn.Voted(tx, secret)
	for id, yes := range inUrn {
		out[ID(id)] = yes
	}
	return out, err
}

// Parts says for lists in which of the motions' open votes the member may vote, and in which they have.
func (s *Service) Parts(ctx context.Context, a member.Actor, ms []motion.Motion) (parts map[motion.ID]Part, err error) {
	var voting []motion.ID
	for _, m := range ms {
		if m.State == motion.Voting {
			voting = append(voting, m.ID)
		}
	}
	if len(voting) == 0 {
		return nil, nil
	}
	err = s.look(ctx, func(tx *db.Tx) error {
		var rows []mineRow
		err := tx.Raw("SELECT "+mineColumns+` FROM ballots b JOIN roll r ON r.ballot_id = b.id AND r.member_id = ?
			WHERE `+notByHand+` AND b.motion_id IN ? AND b.state = ? AND b.opens_at <= ? AND COALESCE(b.over_at, b.closes_at) > ?`,
			a.Member.ID, voting, Open, db.At(tx.Now), db.At(tx.Now)).Scan(&rows).Error
		if err != nil {
			return err
		}
		voted, err := s.voted(tx, rows)
		parts = make(map[motion.ID]Part, len(rows))
		for _, r := range rows {
			parts[r.MotionID] = Part{May: true, Voted: voted[r.ID], AtOnce: r.Method == AtOnce}
		}
		return err
	})
	return parts, err
}

// Waiting is what waits for a member's vote in one group.
type Waiting struct {
	Votes         int       // open votes in which the member may vote and has not
	Voted         int       // open votes in which they have
	Opens, Closes time.Time // of the vote that closes first, among those in which they have not voted if there are any
}

// WaitingFor returns what is open to the person in each of their groups; a group with nothing open is not in it.
func (s *Service) WaitingFor(ctx context.Context, p member.PersonID) (out map[member.GroupID]Waiting, err error) {
	err = s.look(ctx, func(tx *db.Tx) error {
		var rows []mineRow
		err := tx.Raw("SELECT "+mineColumns+` FROM members m
			JOIN ballots b ON b.group_id = m.group_id AND b.state = ?
			JOIN roll r ON r.ballot_id = b.id AND r.member_id = m.id
			WHERE `+notByHand+` AND m.person_id = ? AND m.left_at IS NULL AND b.opens_at <= ? AND COALESCE(b.over_at, b.closes_at) > ?
			ORDER BY closes_at`, Open, p, db.At(tx.Now), db.At(tx.Now)).Scan(&rows).Error
		if err != nil {
			return err
		}
		voted, err := s.voted(tx, rows)
		out = map[member.GroupID]Waiting{}
		for _, r := range rows {
			w := out[r.GroupID]
			if !voted[r.ID] && w.Votes == 0 || voted[r.ID] && w.Votes+w.Voted == 0 {
				w.Opens, w.Closes = r.OpensAt.Time, r.ClosesAt.Time
			}
			if voted[r.ID] {
				w.Voted++
			} else {
				w.Votes++
			}
			out[r.GroupID] = w
		}
		return err
	})
	return out, err
}

// unfinished returns the group's ballots that are not counted and not stopped.
func unfinished(tx *db.Tx, g member.GroupID) ([]Ballot, error) {
	var rows []row
	if err := tx.Where("group_id = ? AND state IN ?", g, []State{Announced, Open, Closing}).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return ballots(tx, rows)
}
