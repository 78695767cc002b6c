package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type breakoutRow struct {
	ID        BreakoutID
	GroupID   member.GroupID
	MeetingID ID
	ItemID    ItemID
	ByID      member.ID
	Question  string
	Choice    db.Flag
	Tables    int
	State     BreakoutState
	OpensAt   db.Instant
	ClosesAt  db.Instant
	EndedAt   db.Instant
	People    int
	Shown     int
	ShownAt   db.Instant
}

func (breakoutRow) TableName() string { return "meeting_breakouts" }

type tableRow struct {
	BreakoutID BreakoutID
	Number     int
	Topic      string
	Line1      string
	Line2      string
	Line3      string
	Version    int
}

func (tableRow) TableName() string { return "meeting_tables" }

func (r tableRow) card() Card { return Card{r.Number, r.Topic, Lines{r.Line1, r.Line2, r.Line3}} }

type cardRow struct {
	BreakoutID BreakoutID
	Number     int
	Topic      string
	Line1      string
	Line2      string
	Line3      string
}

func (cardRow) TableName() string { return "meeting_cards" }

type seatRow struct {
	BreakoutID BreakoutID
	MemberID   member.ID
	Number     int
	Lot        int
}

func (seatRow) TableName() string { return "meeting_seats" }

// breakoutsOf returns the small groups of a meeting, as they began, with the cards of those that are over.
func breakoutsOf(tx *db.Tx, m ID) ([]Breakout, error) {
	var rows []breakoutRow
	if err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var cards []tableRow
	var err error
	if rows[0].State != BreakoutOpen { // the first are over: there may be cards
		err = tx.Raw(`SELECT c.* FROM meeting_breakouts b JOIN meeting_cards c ON c.breakout_id = b.id WHERE b.meeting_id = ? ORDER BY c.breakout_id, c.number`, m).Scan(&cards).Error
	}
	out := make([]Breakout, len(rows))
	for i, r := range rows {
		out[i] = Breakout{
			ID: r.ID, Group: r.GroupID, Meeting: r.MeetingID, Item: r.ItemID, By: r.ByID, Question: r.Question, Choice: bool(r.Choice), Tables: r.Tables, State: r.State,
			Opens: r.OpensAt.Time, Closes: r.ClosesAt.Time, Ended: r.EndedAt.Time, People: r.People, shown: r.Shown, shownAt: r.ShownAt.Time,
		}
		for _, c := range cards {
			if c.BreakoutID == r.ID {
				out[i].Cards = append(out[i].Cards, c.card())
			}
		}
	}
	return out, err
}

// insertBreakout stores small groups that begin, with the topic of each and who is in which.
func insertBreakout(tx *db.Tx, b Breakout, topics []string, seats []tableSeat) (Breakout, error) {
	row := breakoutRow{
		GroupID: b.Group, MeetingID: b.Meeting, ItemID: b.Item, ByID: b.By, Question: b.Question, Choice: db.Flag(b.Choice), Tables: b.Tables, State: b.State,
		OpensAt: db.At(b.Opens), ClosesAt: db.At(b.Closes), People: b.People,
	}
	if err := tx.Create(&row).Error; err != nil {
		return b, err
	}
	b.ID = row.ID
	tables := make([]tableRow, len(topics))
	for i, t := range topics {
		tables[i] = tableRow{BreakoutID: b.ID, Number: i + 1, Topic: t}
	}
	if err := tx.Create(&tables).Error; err != nil || len(seats) == 0 {
		return b, err
	}
	rows := make([]seatRow, len(seats))
	for i, s := range seats {
		rows[i] = seatRow{b.ID, s.Member, s.Number, s.Lot}
	}
	return b, tx.Create(&rows).Error
}

// putBreakout stores until when small groups talk, or their end.
func putBreakout(tx *db.Tx, b Breakout) error {
	return db.Affected(tx.Model(&breakoutRow{}).Where("id = ? AND state = 'open'", b.ID).Updates(map[string]any{
		"state": b.State, "closes_at": db.At(b.Closes), "ended_at": db.At(b.Ended), "people": b.People, "shown_at": db.At(b.shownAt),
	}), 1)
}

// showCard stores which card is shown, and since when.
func showCard(tx *db.Tx, b Breakout) error {
	return db.Affected(tx.Model(&breakoutRow{}).Where("id = ?", b.ID).Updates(map[string]any{"shown": b.shown, "shown_at": db.At(b.shownAt)}), 1)
}

// partedOf returns who talks with whom, and what is on the cards so far.
func partedOf(tx *db.Tx, b Breakout) (p parted, err error) {
	var rows []tableRow
	if err = tx.Where("breakout_id = ?", b.ID).Order("number").Find(&rows).Error; err != nil {
		return p, err
	}
	var seats []struct {
		MemberID member.ID
		Number   int
		Lot      int
		Mode     Mode
	}
	err = tx.Raw(`SELECT s.member_id, s.number, s.lot, p.mode FROM meeting_seats s JOIN meeting_presence p ON p.meeting_id = ? AND p.member_id = s.member_id AND p.left_at IS NULL
		WHERE s.breakout_id = ? ORDER BY s.member_id`, b.Meeting, b.ID).Scan(&seats).Error
	if err != nil {
		return p, err
	}
	p.tables, p.modes, p.lots = make([]Table, len(rows)), make(map[member.ID]Mode, len(seats)), make(map[member.ID]int, len(seats))
	at := map[int]int{}
	for i, r := range rows {
		p.tables[i], at[r.Number] = Table{Card: r.card(), Version: r.Version}, i
	}
	for _, s := range seats {
		t := &p.tables[at[s.Number]]
		t.People, p.modes[s.MemberID], p.lots[s.MemberID] = append(t.People, s.MemberID), s.Mode, s.Lot
	}
	return p, nil
}

// putSeat has somebody be in a group, in place of the one in which they were.
func putSeat(tx *db.Tx, id BreakoutID, s tableSeat) error {
	return tx.Exec(`INSERT INTO meeting_seats (breakout_id, member_id, number) VALUES (?, ?, ?)
		ON CONFLICT (breakout_id, member_id) DO UPDATE SET number = excluded.number`, id, s.Member, s.Number).Error
}

// seated says whether somebody is in a group, or was until they went.
func seated(tx *db.Tx, id BreakoutID, who member.ID) (bool, error) {
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM meeting_seats WHERE breakout_id = ? AND member_id = ?", id, who).Scan(&n).Error
	return n > 0, err
}

// putCard stores what is on the card of a group.
func putCard(tx *db.Tx, id BreakoutID, t Table) error {
	return db.Affected(tx.Model(&tableRow{}).Where("breakout_id = ? AND number = ? AND version = ?", id, t.Number, t.Version).Updates(map[string]any{
		"line1": t.Lines[0], "line2": t.Lines[1], "line3": t.Lines[2], "version": t.Version + 1,
	}), 1)
}

// insertCard puts a card on record.
func insertCard(tx *db.Tx, id BreakoutID, c Card) error {
	return tx.Create(&cardRow{id, c.Number, c.Topic, c.Lines[0], c.Lines[1], c.Lines[2]}).Error
}

// forgetTables removes who was in which group, and what they wrote on the way.
func forgetTables(tx *db.Tx, id BreakoutID) error {
	for _, table := range []string{"meeting_seats", "meeting_tables"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE breakout_id = ?", id).Error; err != nil {
			return err
		}
	}
	return nil
}

// allHere returns who is at a meeting now and how, in the order in which they came.
func allHere(tx *db.Tx, m ID) ([]Presence, error) {
	var rows []presenceRow
	err := tx.Where("meeting_id = ? AND left_at IS NULL", m).Order("id").Find(&rows).Error
	out := make([]Presence, len(rows))
	for i, r := range rows {
		out[i] = r.presence()
	}
	return out, err
}
