// Package script writes what whoever facilitates says next, so that somebody who has never done it can read it out (practice.md §5.3). Everybody
// sees it, under the heading "What should happen now?", and so can put them right.
//
//	script.go   what is known of the meeting, and which part of the script comes next
//	item.go     an item, from its call to the next
//	move.go     a move that is pending, a vote and its result
//	around.go   the opening, breaks and the close
//	together.go what people do together
//
// It knows of no meeting and no clock, and decides nothing: what it needs to know comes as a Situation. Its sentences have at most 20 words, and
// say names and times as they are spoken.
package script

import (
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/agree"
	"folkmoot/internal/lang"
	"folkmoot/internal/procedure"
	"folkmoot/internal/tally"
)

// Phase is how far the meeting is.
type Phase string

// The phases.
const (
	Before  Phase = "before" // it has not begun
	Opening Phase = "opening"
	Items   Phase = "items"
	Break   Phase = "break"
	Groups  Phase = "groups" // people talk in small groups
	Closing Phase = "closing"
	Over    Phase = "over"
)

// Cue is a place in the script. Whoever facilitates says that they have read it out, and the meeting remembers it as said: for the item that is
// talked about, or, of cues that are about the meeting, until it closes.
type Cue string

// Situation is what is known of a meeting.
type Situation struct {
	Phase Phase
	Said  []Cue // of the item, of the opening, of the close and of the meeting

	Facilitator string // what they are called
	Vice        string
	Present     int
	Quorum      int
	Unfilled    []lang.Msg // the jobs that nobody has
	Resumed     bool       // it goes on after a sitting before, whose jobs go on
	Waited      bool       // for a quorum, as long as the rules say
	LastRecord  bool       // there is the record of a last meeting to confirm
	Due         int        // matters: tasks, reports, assessments, free places
	Starts      time.Time

	Consensus bool // the group looks for agreement before it votes
	Mover     time.Duration
	Other     time.Duration // of a speech
	LastWord  time.Duration // zero: there is none
	Support   time.Duration // that a supporter has; zero: none speaks after the mover

	Items int  // on the agenda
	Left  int  // still to come, without the one that is talked about
	Item  Item // that is talked about or, while it is not called, comes next; zero: none

	Speaker string // who speaks; "": nobody
	Overrun bool   // their time is over
	Next    string // first on the list of speakers; "": nobody waits
	Round   string // whose turn it is in a round; "": there is none

	Spokes bool // groups have one of them speak

	RoundAsks string        // what everybody is asked in it
	RoundTime time.Duration // that each has, until the first was called

	Moves   []Move // pending, in their precedence
	Grouped bool   // they are put together, without speeches
	Ruling  bool   // was just given, and nothing has come since
	Vote    *Vote  // open
	Result  *Result
	Feeling bool // people show how they feel
	Felt    Felt // what came of it, just now; "": nothing

	Until      time.Time // when a break or the groups end
	BreakOver  bool
	LastMinute bool // the groups have no more than a minute left
	Card       int  // of which group is shown; 0: none
	BreakDue   bool
	TooFew     bool // fewer are here than the quorum
	Minutes    int  // until the hard stop
	Stopped    bool // it has come
	StopMoved  bool // and was moved once
	NextDate   time.Time
	Decisions  int // made in this meeting
	Unassigned int // decisions that say nobody who does them
}

// Item is an item as far as the script depends on it.
type Item struct {
	Number  int // on the agenda, from 1
	Title   string
	Kind    agenda.Kind
	Minutes int
	TimeUp  bool
	Called  bool
	Mover   string // of a proposal; who reports, or has put it down; "": nobody
	Missing bool   // the mover is not here, and nobody speaks for them
	Again   bool   // it was on the agenda of a meeting before
	Own     bool   // it is about whoever facilitates, or they have proposed it
	Opened  bool   // the mover has spoken
	Against bool   // somebody has spoken against
	Round   bool   // there was a go-round
	Ended   bool   // the mover had the last word
	Voted   bool   // its question is decided
	Carried bool
	Clauses int // decided one by one; 0: as a whole
	Clause  int // the one that comes next, from 1; more than Clauses: the whole
}

// Move is a move that is pending.
type Move struct {
	Kind       procedure.Kind
	Name       lang.Msg // what it asks for; zero: the name of its kind
	By         string
	About      string // the person whom it is about
	Supporters int    // whoever made it included
	Needed     int
	For        bool // somebody spoke for it, or nobody would
	Against    bool
	Replied    bool // the person whom it is about has answered, or would not
	Own        bool // whoever facilitates has made it, or it is about them
	Majority   tally.Rule
}

// Vote is a vote that is open.
type Vote struct {
	Move    procedure.Kind // "": on the item
	Own     bool           // as of a Move
	Call    bool           // for agreement
	Secret  bool
	Seconds int // until it closes
}

// Result is the result of a vote that was not read out yet.
type Result struct {
	Move    procedure.Kind
	Own     bool
	Votes   tally.Votes
	Outcome tally.Outcome
	Tied    bool
	Rule    lang.Msg      // of a vote on an item: what it takes, in words
	Agreed  *agree.Result // of a call for agreement
}

// Script is what comes next.
type Script struct {
	Cue    Cue
	Reader procedure.Runner // who reads it out
	Lines  []lang.Msg       // in sentences of their own
}

// Quoted returns a line as it stands on the page, in the quotation marks of the language.
func Quoted(line lang.Msg) lang.Msg { return lang.M("script.quoted", "Text", line) }

// script returns lines for whoever facilitates.
func script(c Cue, lines ...lang.Msg) Script { return Script{c, procedure.Facilitator, lines} }

// say returns a sentence of the script.
func say(id string, kv ...any) lang.Msg { return lang.M("script."+id, kv...) }

// span returns a time as it is spoken.
func span(d time.Duration) lang.Msg {
	if d%time.Minute == 0 {
		return say("minutes", "Count", int(d/time.Minute))
	}
	return say("seconds", "Count", int(d/time.Second))
}

// said says whether a cue was read out.
func (s Situation) said(c Cue) bool {
	for _, have := range s.Said {
		if have == c {
			return true
		}
	}
	return false
}

// The cues of what comes between everything else.
const (
	CueEarly     Cue = "early"
	CueOver      Cue = "over"
	CueRuling    Cue = "ruling"
	CueTooFew    Cue = "too_few"
	CueTimeUp    Cue = "time_up"
	CueSpeaker   Cue = "speaker"
	CueOverrun   Cue = "overrun"
	CueRound     Cue = "round"
	CueBreak     Cue = "break"
	CueBreakOver Cue = "break_over"
	CueBreakDue  Cue = "break_due"
	CueGroups    Cue = "groups"
	CueGroupsEnd Cue = "groups_over"
	CueStopNear  Cue = "stop_near"
)

// nearStop is how many minutes before the hard stop it is said.
const nearStop = 10

// Next returns what is to be said now. There is always something.
//
// What interrupts comes first, then a vote and its result, then what the whole meeting depends on, then whoever speaks, moves, and the course
// of the meeting.
func Next(s Situation) Script {
	switch {
	case s.Phase == Over:
		return script(CueOver, say("over"))
	case s.Phase == Before || s.Phase == "":
		return script(CueEarly, say("early", "At", lang.Clock(s.Starts)))
	}
	if m, ok := s.interrupting(); ok {
		return m.script(s)
	}
	if felt, fresh := s.felt(); fresh && s.Vote == nil && s.Result == nil && !s.Feeling {
		return felt
	}
	switch {
	case s.Vote != nil:
		return s.Vote.script()
	case s.Result != nil:
		return s.Result.script()
	case s.Feeling:
		return script(CueFeeling, say("do_feeling"), say("do_feeling_not"))
	case s.Ruling:
		return script(CueRuling, say("ruling"))
	case s.Phase == Break || s.Phase == Groups:
		return s.pause()
	case s.Phase == Closing:
		return s.floor(s.closing)
	case s.TooFew && s.Phase == Items && !s.said(CueTooFew):
		return script(CueTooFew, say("too_few"), say("too_few_votes"))
	case s.Stopped:
		return s.floor(s.timeUp)
	case s.Phase == Opening:
		return s.floor(s.opening)
	}
	return s.floor(s.item)
}

// floor returns what is said to who speaks, and to moves; if there is neither, what comes by the course of the meeting, after a word that its
// end is near.
func (s Situation) floor(course func() Script) Script {
	switch {
	case s.Speaker != "" && s.Overrun:
		return script(CueOverrun, say("overrun", "Who", s.Speaker))
	case s.Speaker != "":
		return s.speaks()
	case len(s.Moves) > 0:
		return s.Moves[0].script(s)
	case s.Round != "":
		return s.round()
	}
	next := course()
	if s.Phase == Items && s.Minutes > 0 && s.Minutes <= nearStop && !s.Stopped && !s.said(CueStopNear) {
		next.Lines = append([]lang.Msg{say("stop_near", "Count", s.Minutes)}, next.Lines...)
	}
	return next
}

// speaks says who has the floor, and what to say when they have finished.
func (s Situation) speaks() Script {
	if s.Next == "" {
		return script(CueSpeaker, say("speaks", "Who", s.Speaker), say("speaks_then"))
	}
	return script(CueSpeaker, say("speaks", "Who", s.Speaker), say("speaks_next", "Who", s.Next))
}

// timeUp asks what to do at the hard stop.
func (s Situation) timeUp() Script {
	if s.StopMoved {
		return script(CueTimeUp, say("time_up"), say("time_up_again"))
	}
	return script(CueTimeUp, say("time_up"), say("time_up_ask"))
}
