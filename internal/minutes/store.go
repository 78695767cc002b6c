package minutes

import (
	"folkmoot/internal/db"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

type row struct {
	MeetingID   meeting.ID `gorm:"primaryKey;autoIncrement:false"`
	GroupID     member.GroupID
	State       State
	DraftUntil  db.Instant
	PublishedAt db.Instant
	PublishedBy *member.ID
	UntilAt     db.Instant
	ConfirmedAt db.Instant
	ConfirmedIn *meeting.ID
	DueAt       db.Instant
}

func (row) TableName() string { return "minutes" }

func (r row) minutes() Minutes {
	return Minutes{
		Meeting: r.MeetingID, Group: r.GroupID, State: r.State, DraftUntil: r.DraftUntil.Time, Published: r.PublishedAt.Time, PublishedBy: value(r.PublishedBy),
		Until: r.UntilAt.Time, Confirmed: r.ConfirmedAt.Time, ConfirmedIn: value(r.ConfirmedIn), due: r.DueAt.Time,
	}
}

// value returns what a column refers to, 0 for nothing; orNull is how that is stored.
func value[T ~int64](id *T) (v T) {
	if id != nil {
		v = *id
	}
	return v
}

func orNull[T ~int64](id T) *T {
	if id == 0 {
		return nil
	}
	return &id
}

func insert(tx *db.Tx, m Minutes) error {
	return tx.Create(&row{MeetingID: m.Meeting, GroupID: m.Group, State: m.State, DraftUntil: db.At(m.DraftUntil), DueAt: db.At(m.due)}).Error
}

// put stores what can change of a record, which was in the state.
func put(tx *db.Tx, m Minutes, was State) error {
	return db.Affected(tx.Model(&row{}).Where("meeting_id = ? AND state = ?", m.Meeting, was).Updates(map[string]any{
		"state": m.State, "published_at": db.At(m.Published), "published_by": orNull(m.PublishedBy), "until_at": db.At(m.Until),
		"confirmed_at": db.At(m.Confirmed), "confirmed_in": orNull(m.ConfirmedIn), "due_at": db.At(m.due),
	}), 1)
}

// get returns how far the record of a meeting is; without a state, where it has none.
func get(tx *db.Tx, id meeting.ID) (Minutes, error) {
	var r row
	err := tx.Where("meeting_id = ?", id).Limit(1).Find(&r).Error
	return r.minutes(), err
}

func list(rows []row) []Minutes {
	out := make([]Minutes, len(rows))
	for i, r := range rows {
		out[i] = r.minutes()
	}
	return out
}

// nextDue finds the earliest of what dueOnes returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM minutes WHERE due_at IS NOT NULL"

func dueOnes(tx *db.Tx, limit int) ([]Minutes, error) {
	var rows []row
	err := tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, meeting_id").Limit(limit).Find(&rows).Error
	return list(rows), err
}

// drafts returns the records of the group that are not published.
func drafts(tx *db.Tx, g member.GroupID) ([]Minutes, error) {
	var rows []row
	err := tx.Where("due_at IS NOT NULL AND group_id = ?", g).Order("meeting_id").Find(&rows).Error
	return list(rows), err
}

// unconfirmed returns the numbers of the group's meetings whose record waits to be confirmed, the first one first.
func unconfirmed(tx *db.Tx, g member.GroupID) (out []int, err error) {
	err = tx.Raw(`SELECT t.number FROM minutes m JOIN meetings t ON t.id = m.meeting_id
		WHERE m.group_id = ? AND m.state = 'published' ORDER BY m.meeting_id`, g).Scan(&out).Error
	return out, err
}

type noteRow struct {
	MeetingID meeting.ID
	ItemID    meeting.ItemID
	Version   int
	Text      string
	ByID      member.ID
	At        db.Instant
}

func (noteRow) TableName() string { return "minutes_notes" }

func (r noteRow) note() Note { return Note{r.ItemID, r.Version, r.Text, r.ByID, r.At.Time} }

// notes returns what is written about the items of a meeting now.
func notes(tx *db.Tx, m meeting.ID) (map[meeting.ItemID]Note, error) {
	var rows []noteRow
	err := tx.Where(`meeting_id = ? AND version = (SELECT MAX(o.version) FROM minutes_notes o
		WHERE o.meeting_id = minutes_notes.meeting_id AND o.item_id = minutes_notes.item_id)`, m).Order("item_id").Find(&rows).Error
	out := make(map[meeting.ItemID]Note, len(rows))
	for _, r := range rows {
		out[r.ItemID] = r.note()
	}
	return out, err
}

// noteAt returns what a version says; the zero Note, if there is none such.
func noteAt(tx *db.Tx, m meeting.ID, item meeting.ItemID, version int) (Note, error) {
	var r noteRow
	err := tx.Where("meeting_id = ? AND item_id = ? AND version = ?", m, item, version).Limit(1).Find(&r).Error
	return r.note(), err
}

func insertNote(tx *db.Tx, m meeting.ID, n Note) error {
	return tx.Create(&noteRow{m, n.Item, n.Version, n.Text, n.By, db.At(n.At)}).Error
}

func insertText(tx *db.Tx, m meeting.ID, item meeting.ItemID, text string) error {
	return tx.Exec("INSERT INTO minutes_texts (meeting_id, item_id, text) VALUES (?, ?, ?)", m, item, text).Error
}

// texts returns what was published.
func texts(tx *db.Tx, m meeting.ID) (map[meeting.ItemID]string, error) {
	var rows []struct {
		ItemID meeting.ItemID
		Text   string
	}
	err := tx.Raw("SELECT item_id, text FROM minutes_texts WHERE meeting_id = ? ORDER BY item_id", m).Scan(&rows).Error
	out := make(map[meeting.ItemID]string, len(rows))
	for _, r := range rows {
		out[r.ItemID] = r.Text
	}
	return out, err
}

func addName(tx *db.Tx, item meeting.ItemID, who member.ID) (first bool, err error) {
	hit, err := tx.Do("INSERT INTO minutes_names (item_id, member_id, at) VALUES (?, ?, ?) ON CONFLICT (item_id, member_id) DO NOTHING", item, who, db.At(tx.Now))
	return hit > 0, err
}

func dropName(tx *db.Tx, item meeting.ItemID, who member.ID) (was bool, err error) {
	hit, err := tx.Do("DELETE FROM minutes_names WHERE item_id = ? AND member_id = ?", item, who)
	return hit > 0, err
}

// namesOf returns who wants their name beside what was said, in the order in which they said so.
func namesOf(tx *db.Tx, m meeting.ID) (map[meeting.ItemID][]member.ID, error) {
	var rows []struct {
		ItemID   meeting.ItemID
		MemberID member.ID
	}
	err := tx.Raw(`SELECT n.item_id, n.member_id FROM meeting_items i JOIN minutes_names n ON n.item_id = i.id
		WHERE i.meeting_id = ? ORDER BY n.item_id, n.at, n.member_id`, m).Scan(&rows).Error
	out := map[meeting.ItemID][]member.ID{}
	for _, r := range rows {
		out[r.ItemID] = append(out[r.ItemID], r.MemberID)
	}
	return out, err
}

type correctionRow struct {
	MeetingID  meeting.ID
	N          int
	ItemID     meeting.ItemID
	ByID       member.ID
	Text       string
	At         db.Instant
	How        string
	Answer     string
	AnsweredBy *member.ID
	AnsweredIn *meeting.ID
	AnsweredAt db.Instant
}

func (correctionRow) TableName() string { return "minutes_corrections" }

func (r correctionRow) correction() Correction {
	return Correction{
		N: r.N, Item: r.ItemID, By: r.ByID, Text: r.Text, At: r.At.Time, How: r.How, Answer: r.Answer, AnsweredBy: value(r.AnsweredBy),
		AnsweredIn: value(r.AnsweredIn), Answered: r.AnsweredAt.Time,
	}
}

func insertCorrection(tx *db.Tx, m meeting.ID, c Correction) error {
	return tx.Create(&correctionRow{MeetingID: m, N: c.N, ItemID: c.Item, ByID: c.By, Text: c.Text, At: db.At(c.At)}).Error
}

func putAnswer(tx *db.Tx, m meeting.ID, c Correction) error {
	return db.Affected(tx.Model(&correctionRow{}).Where("meeting_id = ? AND n = ? AND how = ''", m, c.N).Updates(map[string]any{
		"how": c.How, "answer": c.Answer, "answered_by": orNull(c.AnsweredBy), "answered_in": orNull(c.AnsweredIn), "answered_at": db.At(c.Answered),
	}), 1)
}

// corrections returns what was suggested, the first one first.
func corrections(tx *db.Tx, m meeting.ID) ([]Correction, error) {
	var rows []correctionRow
	err := tx.Where("meeting_id = ?", m).Order("n").Find(&rows).Error
	out := make([]Correction, len(rows))
	for i, r := range rows {
		out[i] = r.correction()
	}
	return out, err
}
