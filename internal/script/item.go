package script

import (
	"folkmoot/internal/agenda"
	"folkmoot/internal/lang"
)

// The cues of an item, in their order.
const (
	CueCall      Cue = "call"
	CueHandOver  Cue = "hand_over"
	CueMissing   Cue = "missing"
	CueOpens     Cue = "opens"
	CueSupporter Cue = "supporter"
	CueFacts     Cue = "facts"
	CueAgainst   Cue = "against"
	CueConcerns  Cue = "concerns" // where the group looks for agreement
	CueNextUp    Cue = "next_up"
	CueItemTime  Cue = "item_time"
	CueAnyMore   Cue = "any_more"
	CueGoRound   Cue = "go_round"
	CueLastWord  Cue = "last_word"
	CueToVote    Cue = "to_vote"
	CueNoVote    Cue = "no_vote" // too few are here
	CueWhoDoes   Cue = "who_does"
	CueLeave     Cue = "leave" // nothing is decided on it in the room
	CueNextItem  Cue = "next_item"
	CueLast      Cue = "last" // no item is left
)

// A round is suggested before a vote by majority on an item of so many minutes (practice.md §2.3.8). Of more people than can be heard in one,
// it is small groups on a long item (§2.16), and on others a word to those who have not spoken.
const (
	roundFrom  = 10
	roundMost  = 30 // people
	groupsOver = 20 // minutes
)

// voted says whether the item ends with a vote in the room.
func (i Item) voted() bool {
	return i.Kind == agenda.Proposal || i.Kind == agenda.Emergency || i.Kind == agenda.Interim
}

// talk says whether nothing is put forward that could be asked about: people talk about it, or are told of it.
func (i Item) talk() bool {
	return i.Kind == agenda.Business || i.Kind == agenda.Discussion || i.Kind == agenda.Notice
}

// item returns what comes next on the item that is talked about, or on the agenda.
func (s Situation) item() Script {
	i := s.Item
	switch {
	case !i.Called && s.BreakDue && !s.said(CueBreakDue):
		return script(CueBreakDue, say("break_due"))
	case i.Number == 0:
		return script(CueLast, say("last"))
	case !i.Called:
		lines := []lang.Msg{say("call", "Number", i.Number, "Items", s.Items, "Title", i.Title)}
		if i.Minutes > 0 {
			lines = append(lines, say("call_time", "Count", i.Minutes))
		}
		return script(CueCall, lines...)
	case i.Own && !s.said(CueHandOver) && s.Vice != "":
		return script(CueHandOver, say("hand_over", "Who", s.Vice))
	case i.voted() && i.Voted:
		return s.after()
	}
	if s.Spokes && !s.said(CueSpokes) {
		return script(CueSpokes, say("spokes"), say("spokes_then"))
	}
	if next, ok := s.begin(); ok {
		return next
	}
	if i.TimeUp && !s.said(CueItemTime) {
		if i.voted() {
			return script(CueItemTime, say("item_time"), say("item_time_ask"))
		}
		return script(CueItemTime, say("item_time"), say("item_time_more"))
	}
	if s.Next != "" {
		return script(CueNextUp, say("next_up", "Who", s.Next))
	}
	return s.end()
}

// begin is the course of an item until everybody who waits is heard.
func (s Situation) begin() (next Script, ok bool) {
	i := s.Item
	proposal := i.voted() && i.Kind != agenda.Interim
	switch {
	case i.Opened || i.Round || s.said(CueOpens): // in a round everybody was heard, so that nobody begins any more
	case i.Missing && proposal && i.Again:
		return script(CueMissing, say("missing_again")), true
	case i.Missing && proposal:
		return script(CueMissing, say("missing")), true
	default:
		return s.opens(), true
	}
	switch {
	case proposal && s.Support > 0 && !s.said(CueSupporter):
		return script(CueSupporter, say("supporter", "Time", span(s.Support))), true
	case !i.talk() && !s.said(CueFacts):
		return script(CueFacts, say("facts"), say("facts_only")), true
	case i.voted() && s.Consensus && !s.said(CueConcerns):
		return script(CueConcerns, say("concerns"), say("concerns_note")), true
	case i.voted() && !s.Consensus && !i.Against && !s.said(CueAgainst):
		return script(CueAgainst, say("against")), true
	}
	return Script{}, false
}

// opens asks whoever has brought the item to begin.
func (s Situation) opens() Script {
	i := s.Item
	switch {
	case i.Kind == agenda.Notice:
		return script(CueOpens, say("opens_notice"), say("opens_notice_only"))
	case i.Mover == "" || i.Missing:
		return script(CueOpens, say("opens_anybody"))
	case i.Kind == agenda.Interim:
		return script(CueOpens, say("opens_interim", "Who", i.Mover))
	case i.Kind == agenda.Report || i.Kind == agenda.Assessment:
		return script(CueOpens, say("opens_report", "Who", i.Mover))
	case !i.voted():
		return script(CueOpens, say("opens_talk", "Who", i.Mover))
	case s.Mover == 0:
		return script(CueOpens, say("opens", "Who", i.Mover), say("opens_short"))
	}
	return script(CueOpens, say("opens", "Who", i.Mover), say("opens_time", "Time", span(s.Mover)))
}

// end is the course of an item once nobody waits to speak.
func (s Situation) end() Script {
	i := s.Item
	majority := !s.Consensus
	switch {
	case !s.said(CueAnyMore) && i.voted() && !i.Against && majority:
		return script(CueAnyMore, say("any_against"))
	case !s.said(CueAnyMore):
		return script(CueAnyMore, say("any_more"))
	case !i.voted() && !s.said(CueLeave):
		return s.leave()
	case !i.voted():
		return s.onward()
	case s.TooFew:
		return script(CueNoVote, say("no_vote"))
	case majority && i.Minutes >= roundFrom && !i.Round && !s.said(CueGoRound):
		return s.goRound()
	case i.Against && s.LastWord > 0 && i.Mover != "" && !i.Missing && !i.Ended && !s.said(CueLastWord):
		return script(CueLastWord, say("last_word", "Who", i.Mover, "Time", span(s.LastWord)), say("last_word_new"))
	}
	return s.toVote()
}

// goRound has everybody be heard before a vote.
func (s Situation) goRound() Script {
	switch {
	case s.Present <= roundMost:
		return script(CueGoRound, say("go_round"), say("go_round_pass"))
	case s.Item.Minutes > groupsOver:
		return script(CueGoRound, say("go_groups"), say("go_groups_turn"))
	}
	return script(CueGoRound, say("go_quiet"), say("go_quiet_wait"))
}

// toVote puts the question.
func (s Situation) toVote() Script {
	i := s.Item
	switch {
	case s.Consensus:
		return script(CueToVote, say("to_call"), say("to_call_read"), say("to_call_answers"))
	case i.Clauses > 0 && i.Clause <= i.Clauses:
		return script(CueToVote, say("to_vote_clause", "Number", i.Clause, "Clauses", i.Clauses), say("to_vote_answers"))
	case i.Clauses > 0:
		return script(CueToVote, say("to_vote_whole"), say("to_vote_answers"))
	}
	return script(CueToVote, say("to_vote"), say("to_vote_read"), say("to_vote_answers"))
}

// leave ends an item on which nothing is decided in the room.
func (s Situation) leave() Script {
	switch s.Item.Kind {
	case agenda.Report:
		return script(CueLeave, say("leave_report"), say("leave_report_note"))
	case agenda.Assessment:
		return script(CueLeave, say("leave_assessment"))
	case agenda.Recall, agenda.Vacancy, agenda.Election:
		return script(CueLeave, say("leave_power"))
	}
	return script(CueLeave, say("leave"))
}

// after is what follows a decision.
func (s Situation) after() Script {
	if s.Item.Carried && !s.said(CueWhoDoes) {
		return script(CueWhoDoes, say("who_does"))
	}
	return s.onward()
}

// onward goes to the next item, or to the close.
func (s Situation) onward() Script {
	if s.Left > 0 {
		return script(CueNextItem, say("next_item", "Count", s.Left))
	}
	return script(CueLast, say("last"))
}
