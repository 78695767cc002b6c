package discussion

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

type row struct {
	ID       PostID
	MotionID motion.ID
	ClauseID int
	Phase    Phase
	ParentID *PostID
	AuthorID member.ID
	Kind     Kind
	Text     string
	Version  int
	Replies  int
	Answers  int
	ReplyNo  int
	At       db.Instant
	EditedAt db.Instant
}

func (row) TableName() string { return "posts" }

func (r row) post() Post {
	p := Post{
		ID: r.ID, Motion: r.MotionID, Clause: r.ClauseID, Phase: r.Phase, Author: r.AuthorID, Kind: r.Kind, Text: r.Text,
		Version: r.Version, Replies: r.Replies, Answers: r.Answers, No: r.ReplyNo, At: r.At.Time, Edited: r.EditedAt.Time,
	}
	if r.ParentID != nil {
		p.Parent = *r.ParentID
	}
	return p
}

func posts(rows []row) []Post {
	out := make([]Post, len(rows))
	for i, r := range rows {
		out[i] = r.post()
	}
	return out
}

// get returns a post of the motion, or fault.NotFound.
func get(tx *db.Tx, m motion.ID, id PostID) (Post, error) {
	var r row
	err := tx.Where("id = ? AND motion_id = ?", id, m).Take(&r).Error
	return r.post(), err
}

func insert(tx *db.Tx, p Post) (PostID, error) {
	r := row{
		MotionID: p.Motion, ClauseID: p.Clause, Phase: p.Phase, AuthorID: p.Author, Kind: p.Kind, Text: p.Text, Version: p.Version,
		ReplyNo: p.No, At: db.At(p.At),
	}
	if p.Parent != 0 {
		r.ParentID = &p.Parent
	}
	err := tx.Create(&r).Error
	return r.ID, err
}

// replace keeps the post's text among its versions and puts another in its place.
func replace(tx *db.Tx, p Post, text string) error {
	said := p.At
	if !p.Edited.IsZero() {
		said = p.Edited
	}
	if err := tx.Create(&versionRow{p.ID, p.Version, p.Text, db.At(said)}).Error; err != nil {
		return err
	}
	res := tx.Model(&row{}).Where("id = ? AND version = ?", p.ID, p.Version).
		Updates(map[string]any{"text": text, "version": p.Version + 1, "edited_at": db.At(tx.Now)})
	return db.Affected(res, 1)
}

// countReply counts one more answer below the parent.
func countReply(tx *db.Tx, parent Post, byOther bool) error {
	answers := parent.Answers
	if byOther {
		answers++
	}
	res := tx.Model(&row{}).Where("id = ?", parent.ID).Updates(map[string]any{"replies": parent.Replies + 1, "answers": answers})
	return db.Affected(res, 1)
}

func countClause(tx *db.Tx, p Post) error {
	return tx.Exec(`INSERT INTO talk_counts (motion_id, phase, clause_id, posts) VALUES (?, ?, ?, 1)
		ON CONFLICT (motion_id, phase, clause_id) DO UPDATE SET posts = talk_counts.posts + 1`, p.Motion, p.Phase, p.Clause).Error
}

// counts returns how many posts a phase of the motion's talk has about each clause.
func counts(tx *db.Tx, m motion.ID, phase Phase) (map[int]int, error) {
	var rows []struct{ ClauseID, Posts int }
	if err := tx.Raw("SELECT clause_id, posts FROM talk_counts WHERE motion_id = ? AND phase = ?", m, phase).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[int]int, len(rows))
	for _, r := range rows {
		out[r.ClauseID] = r.Posts
	}
	return out, nil
}

// markOf returns the last post the member has seen in the motion's talk, or 0.
func markOf(tx *db.Tx, m motion.ID, who member.ID) (id PostID, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(post_id), 0) FROM read_marks WHERE member_id = ? AND motion_id = ?", who, m).Scan(&id).Error
	return id, err
}

func putMark(tx *db.Tx, m motion.ID, who member.ID, upTo PostID) error {
	return tx.Exec(`INSERT INTO read_marks (member_id, motion_id, post_id) VALUES (?, ?, ?)
		ON CONFLICT (member_id, motion_id) DO UPDATE SET post_id = excluded.post_id WHERE read_marks.post_id < excluded.post_id`,
		who, m, upTo).Error
}

// marks returns the last post the member has seen in each of the motions' talks.
func marks(tx *db.Tx, who member.ID, ms []motion.ID) (map[motion.ID]PostID, error) {
	out := make(map[motion.ID]PostID, len(ms))
	if len(ms) == 0 {
		return out, nil
	}
	var rows []struct {
		MotionID motion.ID
		PostID   PostID
	}
	err := tx.Raw("SELECT motion_id, post_id FROM read_marks WHERE member_id = ? AND motion_id IN ?", who, ms).Scan(&rows).Error
	for _, r := range rows {
		out[r.MotionID] = r.PostID
	}
	return out, err
}

type versionRow struct {
	PostID PostID
	N      int
	Text   string
	At     db.Instant
}

func (versionRow) TableName() string { return "post_versions" }

// Wording is one text a post has had.
type Wording struct {
	N    int
	Text string
	At   time.Time
}

// wordings returns the texts the post had before the one it has, the first one first.
func wordings(tx *db.Tx, id PostID) ([]Wording, error) {
	var rows []versionRow
	if err := tx.Where("post_id = ?", id).Order("n").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Wording, len(rows))
	for i, r := range rows {
		out[i] = Wording{r.N, r.Text, r.At.Time}
	}
	return out, nil
}
