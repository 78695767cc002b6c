package meeting

import (
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
)

type moveRow struct {
	ID           MoveID
	GroupID      member.GroupID
	MeetingID    ID
	ItemID       *ItemID
	Kind         procedure.Kind
	ByID         member.ID
	Rule         string
	Safety       db.Flag
	Whole        db.Flag
	Minutes      int
	ComesAt      db.Instant
	FirstID      *ItemID
	AboutID      *member.ID
	OfID         *MoveID
	Support      int
	State        MoveState
	MadeAt       db.Instant
	ReadyAt      db.Instant
	Needs        string
	OpensAt      db.Instant
	ClosesAt     db.Instant
	Entitled     int
	VotesFor     int
	VotesAgainst int
	DecidedAt    db.Instant
	Ruling       string
	RulingRule   string
}

func (moveRow) TableName() string { return "procedural_moves" }

// How majorities are stored.
const (
	needsSimple    = "simple"
	needsTwoThirds = "two_thirds"
)

func needs(r tally.Rule) string {
	switch r {
	case tally.Simple():
		return needsSimple
	case tally.TwoThirds():
		return needsTwoThirds
	}
	return ""
}

func majority(needs string) tally.Rule {
	switch needs {
	case needsSimple:
		return tally.Simple()
	case needsTwoThirds:
		return tally.TwoThirds()
	}
	return tally.Rule{}
}

func (r moveRow) move() Move {
	return Move{
		ID: r.ID, Group: r.GroupID, Meeting: r.MeetingID, Item: value(r.ItemID), Kind: r.Kind, By: r.ByID,
		Named: Named{Rule: r.Rule, Safety: bool(r.Safety), Whole: bool(r.Whole), Minutes: r.Minutes, At: r.ComesAt.Time, First: value(r.FirstID)},
		About: value(r.AboutID), Of: value(r.OfID), Support: r.Support, State: r.State, Made: r.MadeAt.Time, Ready: r.ReadyAt.Time, Majority: majority(r.Needs),
		Opens: r.OpensAt.Time, Closes: r.ClosesAt.Time, Entitled: r.Entitled, For: r.VotesFor, Against: r.VotesAgainst, Decided: r.DecidedAt.Time,
		Ruling: r.Ruling, RuledBy: r.RulingRule,
	}
}

// proceduresOf returns the moves of a meeting as they were made.
func proceduresOf(tx *db.Tx, m ID) ([]Move, error) {
	var rows []moveRow
	err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error
	out := make([]Move, len(rows))
	for i, r := range rows {
		out[i] = r.move()
	}
	return out, err
}

func insertProcedure(tx *db.Tx, mv Move) (Move, error) {
	r := moveRow{
		GroupID: mv.Group, MeetingID: mv.Meeting, ItemID: orNull(mv.Item), Kind: mv.Kind, ByID: mv.By, Rule: mv.Rule, Safety: db.Flag(mv.Safety), Whole: db.Flag(mv.Whole),
		Minutes: mv.Minutes, ComesAt: db.At(mv.At), FirstID: orNull(mv.First), AboutID: orNull(mv.About), OfID: orNull(mv.Of), Support: mv.Support, State: mv.State,
		MadeAt: db.At(mv.Made), ReadyAt: db.At(mv.Ready), DecidedAt: db.At(mv.Decided),
	}
	err := tx.Create(&r).Error
	mv.ID = r.ID
	return mv, err
}

// putProcedure stores what can change of a move, which was in the state.
func putProcedure(tx *db.Tx, mv Move, was MoveState) error {
	return db.Affected(tx.Model(&moveRow{}).Where("id = ? AND state = ?", mv.ID, was).Updates(map[string]any{
		"first_id": orNull(mv.First), "support": mv.Support, "state": mv.State, "ready_at": db.At(mv.Ready), "needs": needs(mv.Majority), "opens_at": db.At(mv.Opens),
		"closes_at": db.At(mv.Closes), "entitled": mv.Entitled, "votes_for": mv.For, "votes_against": mv.Against, "decided_at": db.At(mv.Decided),
		"ruling": mv.Ruling, "ruling_rule": mv.RuledBy,
	}), 1)
}

// nextMove finds the earliest of what dueMoves returns once its time has come.
const nextMove = "SELECT MIN(closes_at) FROM procedural_moves WHERE state = 'voting'"

// dueMoves returns the meetings in which a vote on a move is to be counted.
func dueMoves(tx *db.Tx, limit int) ([]Meeting, error) {
	var rows []row
	err := tx.Raw(`SELECT m.* FROM procedural_moves v JOIN meetings m ON m.id = v.meeting_id WHERE v.state = 'voting' AND v.closes_at <= ?
		ORDER BY v.closes_at, v.id LIMIT ?`, db.At(tx.Now), limit).Scan(&rows).Error
	return meetings(rows), err
}

// addSupport notes that somebody supports a move; again is no news.
func addSupport(tx *db.Tx, id MoveID, who member.ID) (first bool, err error) {
	hit, err := tx.Do("INSERT INTO procedural_supports (move_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING", id, who)
	return hit > 0, err
}

// ofMine returns which moves of a meeting somebody supports, and their answers in votes that are open, ” where they can still answer.
func ofMine(tx *db.Tx, m ID, who member.ID) (supports map[MoveID]bool, answers map[MoveID]Answer, err error) {
	var ids []MoveID
	err = tx.Raw("SELECT s.move_id FROM procedural_supports s JOIN procedural_moves v ON v.id = s.move_id WHERE v.meeting_id = ? AND s.member_id = ?", m, who).Scan(&ids).Error
	supports, answers = map[MoveID]bool{}, map[MoveID]Answer{}
	for _, id := range ids {
		supports[id] = true
	}
	if err != nil {
		return supports, answers, err
	}
	var rows []struct {
		MoveID MoveID
		Answer Answer
	}
	err = tx.Raw("SELECT w.move_id, w.answer FROM procedural_votes w JOIN procedural_moves v ON v.id = w.move_id WHERE v.meeting_id = ? AND w.member_id = ?", m, who).Scan(&rows).Error
	for _, r := range rows {
		answers[r.MoveID] = r.Answer
	}
	return supports, answers, err
}

// enroll has people vote on a move.
func enroll(tx *db.Tx, id MoveID, who []member.ID) error {
	for _, m := range who {
		if err := tx.Exec("INSERT INTO procedural_votes (move_id, member_id) VALUES (?, ?)", id, m).Error; err != nil {
			return fmt.Errorf("insert who votes on a move: %w", err)
		}
	}
	return nil
}

// answer keeps what somebody says of a move; it says no if they have answered, or cannot.
func answer(tx *db.Tx, id MoveID, who member.ID, a Answer) (bool, error) {
	hit, err := tx.Do("UPDATE procedural_votes SET answer = ? WHERE move_id = ? AND member_id = ? AND answer = ''", a, id, who)
	return hit > 0, err
}

// answers returns how people answered, and how many have not.
func answers(tx *db.Tx, id MoveID) (yes, no, none int, err error) {
	var rows []struct {
		Answer Answer
		N      int
	}
	err = tx.Raw("SELECT answer, COUNT(*) AS n FROM procedural_votes WHERE move_id = ? GROUP BY answer", id).Scan(&rows).Error
	for _, r := range rows {
		switch r.Answer {
		case Yes:
			yes = r.N
		case No:
			no = r.N
		default:
			none = r.N
		}
	}
	return yes, no, none, err
}

// forgetVotes removes who voted how on a move.
func forgetVotes(tx *db.Tx, id MoveID) error {
	return tx.Exec("DELETE FROM procedural_votes WHERE move_id = ?", id).Error
}

type saidRow struct {
	MeetingID ID
	About     string
	Cue       script.Cue
}

func (saidRow) TableName() string { return "meeting_said" }

func saidOfItem(id ItemID) string { return fmt.Sprintf("item/%d", id) }
func saidOfMove(id MoveID) string { return fmt.Sprintf("move/%d", id) }

func saidIn(tx *db.Tx, m ID) (rows []saidRow, err error) {
	err = tx.Where("meeting_id = ?", m).Order("about, cue").Find(&rows).Error
	return rows, err
}

func putSaid(tx *db.Tx, m ID, about string, c script.Cue) error {
	return tx.Exec("INSERT INTO meeting_said (meeting_id, about, cue) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", m, about, c).Error
}

// postponed returns what was put off to a date after the one: proposals, and items that wait for a meeting.
func postponed(tx *db.Tx, g member.GroupID, after db.Instant) (motions map[motion.ID]bool, items map[ItemID]bool, err error) {
	var rows []struct {
		MotionID *motion.ID
		FirstID  *ItemID
	}
	err = tx.Raw(`SELECT i.motion_id, v.first_id FROM procedural_moves v JOIN meeting_items i ON i.id = v.item_id
		WHERE v.group_id = ? AND v.kind = 'come_back' AND v.state = 'carried' AND v.comes_at > ?`, g, after).Scan(&rows).Error
	motions, items = map[motion.ID]bool{}, map[ItemID]bool{}
	for _, r := range rows {
		if r.MotionID != nil {
			motions[*r.MotionID] = true
		}
		if r.FirstID != nil {
			items[*r.FirstID] = true
		}
	}
	return motions, items, err
}
