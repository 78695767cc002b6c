// Package discussion is the talk about proposals: questions, concerns, ideas and comments, about one clause or the whole,
// with answers one level deep.
//
// Everything stands in the order it was said; nothing is sorted by how many liked it (practice.md §1.3, 8). An edit
// keeps what stood there before and is marked as one. The talk before a vote closes with it, so that nobody
// answers a question whose time is over; what there is to say afterwards goes into a thread of its own (§5.6).
//
// A page costs the same for ten posts and a hundred thousand: keyset pages, counters kept in rows by the transaction that
// changes what they count.
package discussion

import (
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// PostID names a post.
type PostID int64

// Kind says what a post is meant as.
type Kind string

// The kinds. A question or a concern waits until somebody else answers.
const (
	Question Kind = "question"
	Concern  Kind = "concern"
	Idea     Kind = "idea"
	Comment  Kind = "comment"
)

// Kinds lists the kinds in the order they are offered.
func Kinds() []Kind { return []Kind{Question, Concern, Idea, Comment} }

// Phase is before or after the vote closed.
type Phase string

// The phases.
const (
	Before Phase = "before"
	After  Phase = "after"
)

// PhaseAt returns the phase of the talk about a motion at now: it follows from the ballot's closing time, so it does not
// wait for anybody to count.
func PhaseAt(m motion.Motion, now time.Time) Phase {
	over := m.IsOver() || m.State == motion.Voting && !m.Closes.IsZero() && !now.Before(m.Closes)
	switch m.StateAt(now) {
	case motion.Withdrawn, motion.Expired:
		over = true
	}
	if over {
		return After
	}
	return Before
}

// MaxText is how many characters a post may have.
const MaxText = 4000

// Post is one contribution.
type Post struct {
	ID      PostID
	Motion  motion.ID
	Clause  int // 0: the proposal as a whole
	Phase   Phase
	Parent  PostID // 0: not an answer
	Author  member.ID
	Kind    Kind
	Text    string // Markdown
	Version int
	Replies int
	Answers int // replies by others than its author
	No      int // among the answers to its parent, from 1
	At      time.Time
	Edited  time.Time // zero if it stands as it was first said
}

// Waits says whether the post is a question or concern that nobody else has answered.
func (p Post) Waits() bool {
	return p.Parent == 0 && p.Answers == 0 && (p.Kind == Question || p.Kind == Concern)
}

// MayEdit returns nil if the member may edit the post now: their own, for as long as its talk is open.
func (p Post) MayEdit(who member.ID, m motion.Motion, now time.Time) error {
	if p.Author != who {
		return fault.New(fault.Denied, "talk.not_yours")
	}
	return p.isOpen(m, now)
}

// isOpen returns nil while the talk that the post belongs to goes on.
func (p Post) isOpen(m motion.Motion, now time.Time) error {
	if p.Phase != PhaseAt(m, now) {
		return fault.New(fault.Conflict, "talk.closed")
	}
	return nil
}

// Draft is what a member wants to say.
type Draft struct {
	Clause int
	Kind   Kind
	Parent PostID // 0: a thread of its own
	Text   string
}

func (d Draft) check(clauses []motion.Clause) error {
	wrong := map[string]lang.Msg{}
	switch d.Kind {
	case Question, Concern, Idea, Comment:
	default:
		wrong["kind"] = lang.M("talk.need_kind")
	}
	known := d.Clause == 0
	for _, c := range clauses {
		known = known || c.ID == d.Clause
	}
	if !known {
		wrong["clause"] = lang.M("talk.no_clause")
	}
	checkText(d.Text, wrong)
	return fault.Form(wrong)
}

func checkText(text string, wrong map[string]lang.Msg) {
	switch n := utf8.RuneCountInString(text); {
	case text == "":
		wrong["text"] = lang.M("talk.need_text")
	case n > MaxText:
		wrong["text"] = lang.M("talk.text_long", "Max", MaxText, "Count", n)
	}
}
