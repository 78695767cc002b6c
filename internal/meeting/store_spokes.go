package meeting

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type spokesRow struct {
	ID        SpokesID
	GroupID   member.GroupID
	MeetingID ID
	ItemID    ItemID
	ByID      member.ID
	Circles   int
	People    int
	State     SpokesState
	OpensAt   db.Instant
	EndedAt   db.Instant
}

func (spokesRow) TableName() string { return "meeting_spokes" }

type circleRow struct {
	SpokesID SpokesID
	Number   int
	SpokeID  *member.ID
}

func (circleRow) TableName() string { return "meeting_circles" }

type circleSeatRow struct {
	SpokesID SpokesID
	MemberID member.ID
	Number   int
	Lot      int
	NamedID  *member.ID
}

func (circleSeatRow) TableName() string { return "meeting_circle_seats" }

func (r circleSeatRow) seat() circleSeat {
	return circleSeat{r.MemberID, r.Number, r.Lot, value(r.NamedID)}
}

// atOnce is how many rows one statement adds.
const atOnce = 500

// spokesOf returns the spokes of a meeting, as they began.
func spokesOf(tx *db.Tx, m ID) ([]Spokes, error) {
	var rows []spokesRow
	err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error
	out := make([]Spokes, len(rows))
	for i, r := range rows {
		out[i] = Spokes{
			ID: r.ID, Group: r.GroupID, Meeting: r.MeetingID, Item: r.ItemID, By: r.ByID, Circles: r.Circles, People: r.People, State: r.State, Opens: r.OpensAt.Time, Ended: r.EndedAt.Time,
		}
	}
	return out, err
}

// insertSpokes stores spokes that begin, with who is in which group.
func insertSpokes(tx *db.Tx, x Spokes, seats []tableSeat) (Spokes, error) {
	row := spokesRow{GroupID: x.Group, MeetingID: x.Meeting, ItemID: x.Item, ByID: x.By, Circles: x.Circles, People: x.People, State: x.State, OpensAt: db.At(x.Opens)}
	if err := tx.Create(&row).Error; err != nil {
		return x, err
	}
	x.ID = row.ID
	circles := make([]circleRow, x.Circles)
	for i := range circles {
		circles[i] = circleRow{SpokesID: x.ID, Number: i + 1}
	}
	if err := tx.CreateInBatches(&circles, atOnce).Error; err != nil {
		return x, err
	}
	rows := make([]circleSeatRow, len(seats))
	for i, s := range seats {
		rows[i] = circleSeatRow{SpokesID: x.ID, MemberID: s.Member, Number: s.Number, Lot: s.Lot}
	}
	return x, tx.CreateInBatches(&rows, atOnce).Error
}

// putSpokes stores the end of spokes.
func putSpokes(tx *db.Tx, x Spokes) error {
	return db.Affected(tx.Model(&spokesRow{}).Where("id = ? AND state = 'open'", x.ID).Updates(map[string]any{"state": x.State, "ended_at": db.At(x.Ended)}), 1)
}

// circlesOf returns the groups, with who speaks for each.
func circlesOf(tx *db.Tx, id SpokesID) ([]Circle, error) {
	var rows []circleRow
	err := tx.Where("spokes_id = ?", id).Order("number").Find(&rows).Error
	out := make([]Circle, len(rows))
	for i, r := range rows {
		out[i] = Circle{Number: r.Number, Spoke: value(r.SpokeID)}
	}
	return out, err
}

// circledOf returns who is in which of the groups, of those who are there.
func circledOf(tx *db.Tx, x Spokes, circles []Circle) (c circled, err error) {
	c.circles = slices.Clone(circles)
	var rows []struct {
		MemberID, NamedID member.ID
		Number, Lot       int
		Mode              Mode
	}
	err = tx.Raw(`SELECT s.member_id, COALESCE(s.named_id, 0) AS named_id, s.number, s.lot, p.mode FROM meeting_circle_seats s JOIN meeting_presence p ON p.meeting_id = ? AND p.member_id = s.member_id AND p.left_at IS NULL
		WHERE s.spokes_id = ? ORDER BY s.member_id`, x.Meeting, x.ID).Scan(&rows).Error
	c.seats, c.modes = make(map[member.ID]circleSeat, len(rows)), make(map[member.ID]Mode, len(rows))
	for _, r := range rows {
		c.seats[r.MemberID], c.modes[r.MemberID] = circleSeat{r.MemberID, r.Number, r.Lot, r.NamedID}, r.Mode
		at := &c.circles[r.Number-1]
		at.People = append(at.People, r.MemberID)
	}
	return c, err
}

// circleSeatOf returns where somebody is, or was until they went; without a Number: nowhere.
func circleSeatOf(tx *db.Tx, id SpokesID, who member.ID) (circleSeat, error) {
	var r circleSeatRow
	err := tx.Raw("SELECT * FROM meeting_circle_seats WHERE spokes_id = ? AND member_id = ?", id, who).Scan(&r).Error
	return r.seat(), err
}

// circleSeats returns who of a group is there.
func circleSeats(tx *db.Tx, x Spokes, number int) (out []circleSeat, err error) {
	var rows []circleSeatRow
	err = tx.Raw(`SELECT s.* FROM meeting_circle_seats s JOIN meeting_presence p ON p.meeting_id = ? AND p.member_id = s.member_id AND p.left_at IS NULL
		WHERE s.spokes_id = ? AND s.number = ? ORDER BY s.lot`, x.Meeting, x.ID, number).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, r.seat())
	}
	return out, err
}

// sitInSmallest has somebody be in the group with the fewest who are there, behind all others where the lot counts.
func sitInSmallest(tx *db.Tx, x Spokes, who member.ID) (circleSeat, error) {
	var r circleSeatRow
	err := tx.Raw(`SELECT c.number, (SELECT MAX(l.lot) + 1 FROM meeting_circle_seats l WHERE l.spokes_id = ?) AS lot FROM meeting_circles c
		LEFT JOIN meeting_circle_seats s ON s.spokes_id = c.spokes_id AND s.number = c.number
		LEFT JOIN meeting_presence p ON p.meeting_id = ? AND p.member_id = s.member_id AND p.left_at IS NULL
		WHERE c.spokes_id = ? GROUP BY c.number ORDER BY COUNT(p.id), c.number LIMIT 1`, x.ID, x.Meeting, x.ID).Scan(&r).Error
	if err != nil {
		return circleSeat{}, err
	}
	r.SpokesID, r.MemberID = x.ID, who
	return r.seat(), tx.Create(&r).Error
}

// nameSpoke keeps whom somebody would have speak for their group; 0: nobody.
func nameSpoke(tx *db.Tx, id SpokesID, who, named member.ID) error {
	return db.Affected(tx.Exec("UPDATE meeting_circle_seats SET named_id = ? WHERE spokes_id = ? AND member_id = ?", orNull(named), id, who), 1)
}

// putSpoke stores who speaks for a group, and says whether that is somebody else than before.
func putSpoke(tx *db.Tx, id SpokesID, number int, who member.ID) (changed bool, err error) {
	res := tx.Exec("UPDATE meeting_circles SET spoke_id = ? WHERE spokes_id = ? AND number = ? AND COALESCE(spoke_id, 0) <> ?", orNull(who), id, number, who)
	return res.RowsAffected > 0, res.Error
}

// forgetCircles removes who was in which group, and who spoke for it.
func forgetCircles(tx *db.Tx, id SpokesID) error {
	for _, table := range []string{"meeting_circle_seats", "meeting_circles"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE spokes_id = ?", id).Error; err != nil {
			return err
		}
	}
	return nil
}
