package meeting

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
)

type row struct {
	ID         ID
	GroupID    member.GroupID
	Number     int
	Kind       Kind
	State      State
	Title      string
	Place      string
	GettingIn  string
	Link       string
	DialIn     string
	Help       string
	OpensAt    db.Instant
	StopAt     db.Instant
	NoticeAt   db.Instant
	CalledAt   db.Instant
	CalledBy   *member.ID
	Cause      string
	Rulebook   int
	Code       string
	CommitTo   string
	Secret     []byte
	LotAt      db.Instant
	OrderedAt  db.Instant
	JobsCommit string
	JobsSecret []byte
	Active     int
	Quorum     int
	Present    int
	Most       int
	Enough     db.Flag
	BeganAt    db.Instant
	AdoptedAt  db.Instant
	ItemID     *ItemID
	BreakUntil db.Instant
	Sitting    int
	SatAt      db.Instant
	TalkAt     db.Instant
	Noted      int
	EndedAt    db.Instant
	DueAt      db.Instant
}

func (row) TableName() string { return "meetings" }

func (r row) meeting() Meeting {
	return Meeting{
		ID: r.ID, Group: r.GroupID, Number: r.Number, Kind: r.Kind, State: r.State,
		Details: Details{Title: r.Title, Place: r.Place, GettingIn: r.GettingIn, Link: r.Link, Phone: r.DialIn, Help: r.Help, Opens: r.OpensAt.Time, Stop: r.StopAt.Time},
		Notice:  r.NoticeAt.Time, CalledAt: r.CalledAt.Time, CalledBy: value(r.CalledBy), Cause: r.Cause, Rulebook: r.Rulebook, Code: r.Code,
		Commit: r.CommitTo, Secret: r.Secret, LotAt: r.LotAt.Time, OrderedAt: r.OrderedAt.Time, JobsCommit: r.JobsCommit, JobsSecret: r.JobsSecret,
		Active: r.Active, Quorum: r.Quorum, Present: r.Present, Most: r.Most, Enough: bool(r.Enough), Began: r.BeganAt.Time, Adopted: r.AdoptedAt.Time,
		Item: value(r.ItemID), Break: r.BreakUntil.Time, Sitting: r.Sitting, Sat: r.SatAt.Time, Talk: r.TalkAt.Time, Noted: r.Noted, Ended: r.EndedAt.Time, due: r.DueAt.Time,
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

func meetings(rows []row) []Meeting {
	out := make([]Meeting, len(rows))
	for i, r := range rows {
		out[i] = r.meeting()
	}
	return out
}

// insert adds the meeting under the group's next number.
func insert(tx *db.Tx, m Meeting) (Meeting, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM meetings WHERE group_id = ?", m.Group).Scan(&m.Number).Error; err != nil {
		return m, err
	}
	r := row{
		GroupID: m.Group, Number: m.Number, Kind: m.Kind, State: m.State, Title: m.Title, Place: m.Place, GettingIn: m.GettingIn, Link: m.Link, DialIn: m.Phone,
		Help: m.Help, OpensAt: db.At(m.Opens), StopAt: db.At(m.Stop), NoticeAt: db.At(m.Notice), CalledAt: db.At(m.CalledAt), CalledBy: orNull(m.CalledBy),
		Cause: m.Cause, Rulebook: m.Rulebook, Code: m.Code, CommitTo: m.Commit, Secret: m.Secret, LotAt: db.At(m.LotAt), JobsCommit: m.JobsCommit,
		JobsSecret: m.JobsSecret, Sitting: 1, DueAt: db.At(m.due),
	}
	err := tx.Create(&r).Error
	m.ID, m.Sitting = r.ID, 1
	return m, err
}

// put stores what can change of a meeting, which was in the state.
func put(tx *db.Tx, m Meeting, was State) error {
	return db.Affected(tx.Model(&row{}).Where("id = ? AND state = ?", m.ID, was).Updates(map[string]any{
		"state": m.State, "opens_at": db.At(m.Opens), "stop_at": db.At(m.Stop), "notice_at": db.At(m.Notice), "place": m.Place, "getting_in": m.GettingIn,
		"link": m.Link, "dial_in": m.Phone, "help": m.Help, "lot_at": db.At(m.LotAt), "ordered_at": db.At(m.OrderedAt), "active": m.Active, "quorum": m.Quorum,
		"present": m.Present, "most": m.Most, "enough": db.Flag(m.Enough), "began_at": db.At(m.Began), "adopted_at": db.At(m.Adopted), "item_id": orNull(m.Item), "break_until": db.At(m.Break),
		"ended_at": db.At(m.Ended), "due_at": db.At(m.due), "sitting": m.Sitting, "sat_at": db.At(m.Sat), "talk_at": db.At(m.Talk), "noted": m.Noted, "jobs_commit": m.JobsCommit, "jobs_secret": m.JobsSecret,
	}), 1)
}

// forgotten notes that nothing is left to do for a meeting that is over.
func forgotten(tx *db.Tx, id ID) error {
	return db.Affected(tx.Model(&row{}).Where("id = ?", id).Updates(map[string]any{"due_at": nil}), 1)
}

// find returns the group's meeting with the number, or fault.NotFound.
func find(tx *db.Tx, g member.GroupID, number int) (Meeting, error) {
	var r row
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.meeting(), err
}

func get(tx *db.Tx, id ID) (Meeting, error) {
	var r row
	err := tx.Where("id = ?", id).Take(&r).Error
	return r.meeting(), err
}

// many returns the meetings with the ids.
func many(tx *db.Tx, ids []ID) (map[ID]Meeting, error) {
	var rows []row
	err := tx.Where("id IN ?", ids).Find(&rows).Error
	out := make(map[ID]Meeting, len(rows))
	for _, m := range meetings(rows) {
		out[m.ID] = m
	}
	return out, err
}

// byCode returns the meeting that the code finds, or fault.NotFound.
func byCode(tx *db.Tx, code string) (Meeting, error) {
	var r row
	err := tx.Where("code = ?", code).Take(&r).Error
	return r.meeting(), err
}

// ahead returns the group's meetings that are not over, the next one first.
func aheadOf(tx *db.Tx, g member.GroupID) ([]Meeting, error) {
	var rows []row
	// The states are written out, so that the index of those can serve.
	err := tx.Where("group_id = ? AND state IN ('called', 'session')", g).Order("opens_at, id").Find(&rows).Error
	return meetings(rows), err
}

// page returns up to limit of the group's meetings whose number is under one, the newest first.
func page(tx *db.Tx, g member.GroupID, under, limit int) ([]Meeting, error) {
	var rows []row
	err := tx.Where("group_id = ? AND number < ?", g, under).Order("number DESC").Limit(limit).Find(&rows).Error
	return meetings(rows), err
}

// nextDue finds the earliest of what dueOnes returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM meetings WHERE due_at IS NOT NULL"

// dueOnes returns up to limit meetings for which time alone has something to do, the longest overdue first.
func dueOnes(tx *db.Tx, limit int) ([]Meeting, error) {
	var rows []row
	err := tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	return meetings(rows), err
}

type itemRow struct {
	ID        ItemID
	GroupID   member.GroupID
	MeetingID *ID
	Kind      ItemKind
	MotionID  *motion.ID
	Title     string
	Text      string
	ByID      *member.ID
	AddedAt   db.Instant
	Minutes   int
	Carried   int
	Place     int
	Why       string
	Fits      db.Flag
	State     ItemState
	BeganAt   db.Instant
	EndedAt   db.Instant
	AsideID   *member.ID
	Urgent    db.Flag

	ReportFrom int
	ReportTo   int
	ReportDue  db.Instant
}

func (itemRow) TableName() string { return "meeting_items" }

func (r itemRow) item() Item {
	return Item{
		ID: r.ID, Group: r.GroupID, Meeting: value(r.MeetingID), Kind: r.Kind, Motion: value(r.MotionID), Title: r.Title, Text: r.Text, By: value(r.ByID),
		Added: r.AddedAt.Time, Minutes: r.Minutes, Carried: r.Carried, Place: r.Place, Why: r.Why, Fits: bool(r.Fits), State: r.State, Began: r.BeganAt.Time,
		Ended: r.EndedAt.Time, Urgent: bool(r.Urgent), Aside: value(r.AsideID), Received: Received{r.ReportFrom, r.ReportTo, r.ReportDue.Time},
	}
}

func items(rows []itemRow) []Item {
	out := make([]Item, len(rows))
	for i, r := range rows {
		out[i] = r.item()
	}
	return out
}

func insertItem(tx *db.Tx, it Item) (Item, error) {
	r := itemRow{
		GroupID: it.Group, MeetingID: orNull(it.Meeting), Kind: it.Kind, MotionID: orNull(it.Motion), Title: it.Title, Text: it.Text, ByID: orNull(it.By),
		AddedAt: db.At(it.Added), Minutes: it.Minutes, Carried: it.Carried, Place: it.Place, Why: it.Why, Fits: true, State: it.State, Urgent: db.Flag(it.Urgent),
		ReportFrom: it.From, ReportTo: it.To, ReportDue: db.At(it.Late),
	}
	err := tx.Create(&r).Error
	it.ID, it.Fits = r.ID, true
	return it, err
}

// putItem stores what can change of an item, which was in the state.
func putItem(tx *db.Tx, it Item, was ItemState) error {
	return db.Affected(tx.Model(&itemRow{}).Where("id = ? AND state = ?", it.ID, was).Updates(map[string]any{
		"meeting_id": orNull(it.Meeting), "minutes": it.Minutes, "place": it.Place, "why": it.Why, "fits": db.Flag(it.Fits), "state": it.State,
		"carried": it.Carried, "began_at": db.At(it.Began), "ended_at": db.At(it.Ended), "aside_id": orNull(it.Aside),
		"report_from": it.From, "report_to": it.To, "report_due": db.At(it.Late),
	}), 1)
}

// itemsOf returns the items of a meeting in their order; until there is one, as they were put down.
func itemsOf(tx *db.Tx, m ID) ([]Item, error) {
	var rows []itemRow
	err := tx.Where("meeting_id = ?", m).Order("place, id").Find(&rows).Error
	list := items(rows)
	if err != nil || !slices.ContainsFunc(list, func(it Item) bool { return it.Urgent }) {
		return list, err
	}
	calm, err := calmed(tx, m)
	for i := range list {
		list[i].Urgent = list[i].Urgent && !slices.Contains(calm, list[i].ID)
	}
	return list, err
}

// calmed returns the items of a meeting of which people decided that they are not urgent, as the notice had said.
func calmed(tx *db.Tx, m ID) (out []ItemID, err error) {
	err = tx.Raw("SELECT item_id FROM procedural_moves WHERE meeting_id = ? AND kind = ? AND state = ?", m, procedure.NotUrgent, MoveCarried).Scan(&out).Error
	return out, err
}

// lastReceived returns the number of the newest report on the group's money that a meeting has received; 0: none has.
func lastReceived(tx *db.Tx, g member.GroupID) (n int, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(report_to), 0) FROM meeting_items WHERE group_id = ? AND report_to > 0 AND state = 'done'", g).Scan(&n).Error
	return n, err
}

// lastTaken returns the number of the newest report on the group's money that an item is about which a meeting has received, talks about, or has put off; 0: none is.
func lastTaken(tx *db.Tx, g member.GroupID) (n int, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(report_to), 0) FROM meeting_items WHERE group_id = ? AND report_to > 0 AND state IN ('done', 'now', 'waiting')", g).Scan(&n).Error
	return n, err
}

// waitingItems returns what waits for the group's next meeting, the oldest first.
func waitingItems(tx *db.Tx, g member.GroupID) ([]Item, error) {
	var rows []itemRow
	err := tx.Where("group_id = ? AND meeting_id IS NULL AND state = 'waiting'", g).Order("id").Limit(mostItems + 1).Find(&rows).Error
	return items(rows), err
}

// getItem returns the group's item with the id, or fault.NotFound.
func getItem(tx *db.Tx, g member.GroupID, id ItemID) (Item, error) {
	var r itemRow
	err := tx.Where("id = ? AND group_id = ?", id, g).Take(&r).Error
	return r.item(), err
}
