package discussion

import (
	"context"
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Service is what members do in talks.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
}

// NewService returns a Service on the database that writes to the record.
func NewService(d *db.DB, l *ledger.Ledger) *Service { return &Service{d, l} }

// enter looks up the member, who may have left since the page was shown, and the motion.
// It returns fault.NotFound for everybody who is not a member, and for a motion they may not see.
func enter(tx *db.Tx, a member.Actor, number int) (member.Member, motion.Motion, error) {
	a, err := member.Again(tx, a)
	if err != nil {
		return member.Member{}, motion.Motion{}, err
	}
	m, err := motion.Look(tx, a, number)
	return a.Member, m, err
}

// Add says something about a proposal. The same form sent again changes nothing. An answer to an answer stands below
// the post that both answer.
// It returns fault.Invalid with the fields that are wrong, fault.NotFound if there is no such post to answer, and
// fault.Conflict for a draft, and for an answer in a talk that has closed.
func (s *Service) Add(ctx context.Context, a member.Actor, once db.Once, number int, d Draft) (p Post, err error) {
	d.Text = motion.Tidy(d.Text)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		who, m, err := enter(tx, a, number)
		if err != nil {
			return err
		}
		id, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			p, err = get(tx, m.ID, PostID(id))
			return err
		}
		if m.State == motion.Draft {
			return fault.New(fault.Conflict, "motion.is_draft")
		}
		if p, err = s.add(tx, who, m, d); err != nil {
			return err
		}
		if err := member.Touch(tx, who); err != nil {
			return err
		}
		if err := s.tell(tx, a.Group, m, "post.added", who, ledger.Data{
			"post": int64(p.ID), "clause": p.Clause, "kind": string(p.Kind), "parent": int64(p.Parent), "phase": string(p.Phase), "text": ledger.Text(p.Text),
		}); err != nil {
			return err
		}
		return tx.Did(once, int64(p.ID))
	})
	return p, err
}

func (s *Service) add(tx *db.Tx, who member.Member, m motion.Motion, d Draft) (Post, error) {
	p := Post{Motion: m.ID, Clause: d.Clause, Phase: PhaseAt(m, tx.Now), Author: who.ID, Kind: d.Kind, Text: d.Text, Version: 1, At: tx.Now}
	text, err := motion.TextOf(tx, m.ID, m.Version)
	if err != nil {
		return p, err
	}
	clauses := text.Clauses
	if d.Parent != 0 {
		parent, err := thread(tx, m.ID, d.Parent)
		if err != nil {
			return p, err
		}
		if err := parent.isOpen(m, tx.Now); err != nil {
			return p, err
		}
		p.Parent, p.Clause, p.No = parent.ID, parent.Clause, parent.Replies+1
		d.Clause, clauses = 0, nil // that the clause is gone by now does not stop anybody from answering
		if err := countReply(tx, parent, who.ID != parent.Author); err != nil {
			return p, err
		}
	}
	if err := d.check(clauses); err != nil {
		return p, err
	}
	if p.ID, err = insert(tx, p); err != nil {
		return p, fmt.Errorf("insert post: %w", err)
	}
	return p, s.count(tx, who, m, p)
}

// count keeps the counters, and the reader who was up to date stays so with what they say themselves.
func (s *Service) count(tx *db.Tx, who member.Member, m motion.Motion, p Post) error {
	if err := motion.CountPost(tx, m.ID, int64(p.ID)); err != nil {
		return err
	}
	if err := countClause(tx, p); err != nil {
		return err
	}
	mark, err := markOf(tx, m.ID, who.ID)
	if err != nil || int64(mark) != m.LastPost {
		return err
	}
	return putMark(tx, m.ID, who.ID, p.ID)
}

// thread returns the post that begins the thread which the post stands in.
func thread(tx *db.Tx, m motion.ID, id PostID) (Post, error) {
	p, err := get(tx, m, id)
	if err != nil || p.Parent == 0 {
		return p, err
	}
	return get(tx, m, p.Parent)
}

func (s *Service) tell(tx *db.Tx, g member.Group, m motion.Motion, kind string, who member.Member, data ledger.Data) error {
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: m.Ref(), Actor: who.Ref, Data: data})
	return err
}

// Edit gives the member's own post another text; base is the version they changed. What stood there is kept and shown.
// The same text again changes nothing. It returns fault.Invalid, fault.Denied for somebody else's post, and
// fault.Conflict if the talk has closed or the post was edited elsewhere meanwhile.
func (s *Service) Edit(ctx context.Context, a member.Actor, number int, id PostID, base int, text string) (p Post, err error) {
	text = motion.Tidy(text)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		who, m, err := enter(tx, a, number)
		if err != nil {
			return err
		}
		if p, err = get(tx, m.ID, id); err != nil {
			return err
		}
		if err := p.MayEdit(who.ID, m, tx.Now); err != nil {
			return err
		}
		wrong := map[string]lang.Msg{}
		checkText(text, wrong)
		if err := fault.Form(wrong); err != nil {
			return err
		}
		switch {
		case p.Text == text:
			return nil
		case p.Version != base:
			return fault.New(fault.Conflict, "talk.edited_elsewhere")
		}
		if err := replace(tx, p, text); err != nil {
			return fmt.Errorf("replace post: %w", err)
		}
		p.Text, p.Version, p.Edited = text, p.Version+1, tx.Now
		return s.tell(tx, a.Group, m, "post.edited", who, ledger.Data{"post": int64(p.ID), "version": p.Version, "text": ledger.Text(text)})
	})
	return p, err
}

// Mark notes, for the member alone, that they have read the talk up to a post. Marks only move forward.
func (s *Service) Mark(ctx context.Context, a member.Actor, number int, upTo PostID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		who, m, err := enter(tx, a, number)
		if err != nil {
			return err
		}
		if upTo <= 0 || m.State == motion.Draft {
			return nil
		}
		return putMark(tx, m.ID, who.ID, min(upTo, PostID(m.LastPost)))
	})
}
