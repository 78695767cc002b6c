package discussion

import (
	"context"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Page is a page of a motion's talk as one member sees it.
type Page struct {
	Now            time.Time
	Motion         motion.Motion
	Text           motion.Version // for the clauses' names
	Phase          Phase          // shown here
	Current        Phase          // in which something can be said now
	Posts          []Post
	Replies        map[PostID][]Post // the first answers to each
	Earlier, Later bool              // there are posts before and after these
	People         map[member.ID]member.Member
	Mark           PostID      // the last post the reader had seen; 0: they have never looked
	Counts         map[int]int // how many posts this phase has about each clause
}

// IsNew says whether the post came since the reader last looked. To somebody who never looked nothing is marked.
func (p Page) IsNew(post Post, reader member.ID) bool {
	return p.Mark != 0 && post.ID > p.Mark && post.Author != reader
}

// Thread returns a page of a motion's talk. An empty phase in the filter stands for the current one.
// It returns fault.NotFound if there is no such motion for this member.
func (s *Service) Thread(ctx context.Context, a member.Actor, number int, f Filter) (p Page, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if p, err = begin(tx, a, number); err != nil {
			return err
		}
		if f.Phase == "" {
			f.Phase = p.Current
		}
		p.Phase = f.Phase
		if f.Show == New && f.After == 0 && f.Before == 0 {
			f.After = p.Mark
		}
		if p.Posts, p.Earlier, p.Later, err = list(tx, p.Motion.ID, f); err != nil {
			return err
		}
		if f.Show != New {
			if p.Replies, err = firstReplies(tx, p.Posts); err != nil {
				return err
			}
		}
		if p.Counts, err = counts(tx, p.Motion.ID, p.Phase); err != nil {
			return err
		}
		return p.people(tx)
	})
	return p, err
}

func begin(tx *db.Tx, a member.Actor, number int) (p Page, err error) {
	p = Page{Now: tx.Now}
	if p.Motion, err = motion.Look(tx, a, number); err != nil {
		return p, err
	}
	if p.Motion.State == motion.Draft {
		return p, fault.New(fault.NotFound, "fault.not_found")
	}
	p.Current = PhaseAt(p.Motion, tx.Now)
	if p.Text, err = motion.TextOf(tx, p.Motion.ID, p.Motion.Version); err != nil {
		return p, err
	}
	p.Mark, err = markOf(tx, p.Motion.ID, a.Member.ID)
	return p, err
}

// people looks up everybody who says something here.
func (p *Page) people(tx *db.Tx) (err error) {
	ids := []member.ID{p.Motion.Mover}
	for _, post := range p.Posts {
		ids = append(ids, post.Author)
		for _, r := range p.Replies[post.ID] {
			ids = append(ids, r.Author)
		}
	}
	p.People, err = member.Many(tx, ids)
	return err
}

// One is a thread on its own page: the post, a page of the answers to it, and what it said before.
type One struct {
	Page
	Post Post
	Was  []Wording
}

// ShowPost returns a thread with its answers, those after number no. For an answer, it returns the thread it stands in.
// It returns fault.NotFound if the motion's talk has no such post.
func (s *Service) ShowPost(ctx context.Context, a member.Actor, number int, id PostID, no int) (o One, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		o = One{}
		if o.Page, err = begin(tx, a, number); err != nil {
			return err
		}
		if o.Post, err = thread(tx, o.Motion.ID, id); err != nil {
			return err
		}
		o.Phase = o.Post.Phase
		if o.Posts, o.Later, err = replies(tx, o.Post.ID, no); err != nil {
			return err
		}
		o.Earlier = no > 0
		if o.Was, err = wordings(tx, o.Post.ID); err != nil {
			return err
		}
		if err := o.people(tx); err != nil {
			return err
		}
		if _, ok := o.People[o.Post.Author]; !ok {
			o.People[o.Post.Author], err = member.Get(tx, o.Post.Author)
		}
		return err
	})
	return o, err
}

// Wordings returns a post and every text it had before, the first one first.
func (s *Service) Wordings(ctx context.Context, a member.Actor, number int, id PostID) (o One, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		o = One{}
		if o.Page, err = begin(tx, a, number); err != nil {
			return err
		}
		if o.Post, err = get(tx, o.Motion.ID, id); err != nil {
			return err
		}
		o.Phase = o.Post.Phase
		if o.Was, err = wordings(tx, id); err != nil {
			return err
		}
		o.Posts = []Post{o.Post}
		return o.people(tx)
	})
	return o, err
}

// Summary is what a motion's own page says about its talk.
type Summary struct {
	Newest []Post      // the newest first
	Counts map[int]int // how many posts the talk before the vote has about each clause
	Mark   PostID
	People map[member.ID]member.Member
}

// newestShown is how many posts a summary shows.
const newestShown = 3

// Summary returns the newest posts about a motion and how many there are about each clause.
func (s *Service) Summary(ctx context.Context, a member.Actor, m motion.Motion) (sum Summary, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		sum = Summary{}
		if sum.Newest, err = newest(tx, m.ID, newestShown); err != nil {
			return err
		}
		if sum.Counts, err = counts(tx, m.ID, Before); err != nil {
			return err
		}
		if sum.Mark, err = markOf(tx, m.ID, a.Member.ID); err != nil {
			return err
		}
		var ids []member.ID
		for _, p := range sum.Newest {
			ids = append(ids, p.Author)
		}
		sum.People, err = member.Many(tx, ids)
		return err
	})
	return sum, err
}

// HasNew says of each motion whether something was said since the member last looked.
func (s *Service) HasNew(ctx context.Context, a member.Actor, ms []motion.Motion) (fresh map[motion.ID]bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		fresh = map[motion.ID]bool{}
		ids := make([]motion.ID, len(ms))
		for i, m := range ms {
			ids[i] = m.ID
		}
		seen, err := marks(tx, a.Member.ID, ids)
		for _, m := range ms {
			fresh[m.ID] = m.LastPost > int64(seen[m.ID])
		}
		return err
	})
	return fresh, err
}
