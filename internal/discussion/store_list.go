package discussion

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/motion"

	"gorm.io/gorm"
)

// PageSize is how many threads a page shows, FirstReplies how many answers below each.
const (
	PageSize     = 25
	FirstReplies = 5
)

// Show chooses the posts of a page.
type Show string

// What a page of talk shows.
const (
	All        Show = ""     // every thread
	Unanswered Show = "open" // questions and concerns that nobody else has answered
	New        Show = "new"  // every post since the reader last looked, answers too
)

// Filter chooses a page of talk. Posts stand in the order they were said.
type Filter struct {
	Phase  Phase
	Show   Show
	Clause int    // -1: all; 0: those about the whole
	After  PostID // those after this one; 0: from the start
	Before PostID // the last ones before this one; wins over After
	Last   bool   // the last page; wins over both
}

// list returns a page of posts and whether there are others before and after it.
func list(tx *db.Tx, m motion.ID, f Filter) (ps []Post, earlier, later bool, err error) {
	q := tx.Where("motion_id = ? AND phase = ?", m, f.Phase)
	switch {
	case f.Show == New:
		q = tx.Where("motion_id = ?", m)
	case f.Show == Unanswered:
		q = q.Where("parent_id IS NULL AND answers = 0 AND kind IN ('question', 'concern')")
	case f.Clause >= 0:
		q = q.Where("parent_id IS NULL AND clause_id = ?", f.Clause)
	default:
		q = q.Where("parent_id IS NULL")
	}
	backwards := f.Last || f.Before != 0
	switch {
	case f.Last:
		q = q.Order("id DESC")
	case f.Before != 0:
		q = q.Where("id < ?", f.Before).Order("id DESC")
	default:
		q = q.Where("id > ?", f.After).Order("id")
	}
	ps, more, err := take(q)
	if backwards {
		slices.Reverse(ps)
		return ps, more, !f.Last, err
	}
	return ps, f.After != 0, more, err
}

// take returns a page of what the query finds and whether there is more.
func take(q *gorm.DB) (ps []Post, more bool, err error) {
	var rows []row
	if err := q.Limit(PageSize + 1).Find(&rows).Error; err != nil {
		return nil, false, err
	}
	if len(rows) > PageSize {
		return posts(rows[:PageSize]), true, nil
	}
	return posts(rows), false, nil
}

// firstReplies returns the first answers to each of the posts, in order.
func firstReplies(tx *db.Tx, ps []Post) (map[PostID][]Post, error) {
	var ids []PostID
	for _, p := range ps {
		if p.Replies > 0 {
			ids = append(ids, p.ID)
		}
	}
	out := map[PostID][]Post{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []row
	err := tx.Where("parent_id IN ? AND reply_no <= ?", ids, FirstReplies).Order("parent_id, reply_no").Find(&rows).Error
	for _, p := range posts(rows) {
		out[p.Parent] = append(out[p.Parent], p)
	}
	return out, err
}

// replies returns a page of the answers to a post, those after number no, and whether there are more.
func replies(tx *db.Tx, parent PostID, no int) ([]Post, bool, error) {
	return take(tx.Where("parent_id = ? AND reply_no > ?", parent, no).Order("reply_no"))
}

// newest returns the newest posts of the motion's talk, the newest first.
func newest(tx *db.Tx, m motion.ID, limit int) ([]Post, error) {
	var rows []row
	err := tx.Where("motion_id = ?", m).Order("id DESC").Limit(limit).Find(&rows).Error
	return posts(rows), err
}
