package script

import (
	"folkmoot/internal/agree"
	"folkmoot/internal/lang"
	"folkmoot/internal/procedure"
	"folkmoot/internal/tally"
)

// The cues of moves and votes.
const (
	CueMove        Cue = "move"
	CueMoveFor     Cue = "move_for"
	CueMoveAgainst Cue = "move_against"
	CueMoveReply   Cue = "move_reply"
	CueMoveVote    Cue = "move_vote"
	CueMoveDo      Cue = "move_do" // it is done without a vote
	CueVote        Cue = "vote"
	CueResult      Cue = "result"
)

// interrupting returns the first pending move if it is heard at once, whatever goes on; ok is false if there is none, or the vote that is open
// is on it.
func (s Situation) interrupting() (m Move, ok bool) {
	if len(s.Moves) == 0 {
		return m, false
	}
	m = s.Moves[0]
	row, known := procedure.Find(m.Kind)
	heard := known && (row.When == procedure.Interrupts || row.When == procedure.AtOnce)
	return m, heard && (s.Vote == nil || s.Vote.Move != m.Kind)
}

// reader is who reads what is said about a move.
func reader(k procedure.Kind, own bool) procedure.Runner {
	if r := procedure.Votes(k, own); r == procedure.Vice {
		return r
	}
	return procedure.Facilitator
}

// name is what a move asks for, in its own words.
func (m Move) name() lang.Msg {
	if m.Name.IsZero() {
		return m.Kind.Name()
	}
	return m.Name
}

// script is how a move is dealt with: whether enough want it, what is said about it, and how it is decided.
func (m Move) script(s Situation) Script {
	row, _ := procedure.Find(m.Kind)
	out := script(CueMove)
	out.Reader = reader(m.Kind, m.Own)
	asks := say("move", "Who", m.By, "Move", m.name())
	switch {
	case m.Supporters < m.Needed && row.Support == procedure.ByNumber:
		out.Lines = []lang.Msg{asks, say("move_more", "Count", m.Needed-m.Supporters)}
	case m.Supporters < m.Needed:
		out.Lines = []lang.Msg{asks, say("move_support")}
	case row.Debate == procedure.MayReply && !m.Replied:
		out.Cue, out.Lines = CueMoveReply, []lang.Msg{asks, say("move_reply", "Who", m.About)}
	case row.Debate == procedure.OneEach && !s.Grouped && !m.For:
		out.Cue, out.Lines = CueMoveFor, []lang.Msg{say("move_for", "Who", m.By, "Time", span(procedure.SpeechTime))}
	case row.Debate == procedure.OneEach && !s.Grouped && !m.Against:
		out.Cue, out.Lines = CueMoveAgainst, []lang.Msg{say("move_against", "Time", span(procedure.SpeechTime))}
	case m.Majority != tally.Rule{}:
		out.Cue, out.Lines = CueMoveVote, m.vote(s)
	default:
		out.Cue, out.Lines = CueMoveDo, m.do(asks)
	}
	return out
}

// vote puts a move to the vote.
func (m Move) vote(s Situation) []lang.Msg {
	var lines []lang.Msg
	if s.Grouped {
		lines = append(lines, say("grouped"))
	}
	if m.Kind == procedure.Challenge {
		return append(lines, say("move_overturn"), say("move_tie"))
	}
	lines = append(lines, say("move_vote", "Move", m.name()))
	if m.Majority == tally.Simple() {
		return append(lines, say("move_simple"))
	}
	return append(lines, say("move_share", "Num", m.Majority.Num, "Den", m.Majority.Den))
}

// do says what is done at once.
func (m Move) do(asks lang.Msg) []lang.Msg {
	switch m.Kind {
	case procedure.RulesQuestion:
		return []lang.Msg{say("do_rules", "Who", m.By), say("do_rules_which")}
	case procedure.Fact:
		return []lang.Msg{say("do_fact", "Who", m.By, "Time", span(procedure.FactTime))}
	case procedure.Explain:
		return []lang.Msg{say("do_explain", "Who", m.By, "Time", span(procedure.ExplainTime))}
	case procedure.SecretVote:
		return []lang.Msg{say("do_secret")}
	case procedure.Recount:
		return []lang.Msg{say("do_recount", "Who", m.By)}
	case procedure.Feeling:
		return []lang.Msg{say("do_feeling"), say("do_feeling_not")}
	case procedure.GoRound:
		return []lang.Msg{asks, say("do_round")}
	case procedure.Spokes:
		return []lang.Msg{asks, say("do_spokes")}
	case procedure.Quorum:
		return []lang.Msg{say("do_quorum")}
	}
	return []lang.Msg{asks, say("do_so")}
}

// script is what is said while a vote is open.
func (v Vote) script() Script {
	out := script(CueVote, say("vote"))
	out.Reader = reader(v.Move, v.Own)
	if v.Call {
		out.Lines[0] = say("vote_call")
	}
	if v.Secret {
		out.Lines = append(out.Lines, say("vote_secret"))
	}
	if v.Seconds > 0 {
		out.Lines = append(out.Lines, say("vote_closes", "Count", v.Seconds))
	}
	return out
}

// script reads a result out: the numbers, what they mean, and what follows.
func (r Result) script() Script {
	out := script(CueResult)
	out.Reader = reader(r.Move, r.Own)
	switch {
	case r.Agreed != nil:
		if r.Agreed.Next != agree.AskAgain { // then nothing is told of the answers
			out.Lines = append(out.Lines, aloud(r.Agreed.Call)...)
		}
		out.Lines = append(out.Lines, r.Agreed.Say()...)
		return out
	case r.Outcome == tally.Inquorate && r.Move == "":
		out.Lines = []lang.Msg{say("result_inquorate"), say("result_online")}
		return out
	case r.Outcome == tally.Inquorate:
		out.Lines = []lang.Msg{say("result_inquorate")}
		return out
	}
	if r.Move == "" {
		id := "result_item_lost"
		if r.Outcome == tally.Carried {
			id = "result_item"
		}
		out.Lines = []lang.Msg{say(id, "For", r.Votes.For, "Against", r.Votes.Against, "Abstain", r.Votes.Abstain)}
		if !r.Rule.IsZero() {
			out.Lines = append(out.Lines, r.Rule)
		}
		return out
	}
	out.Lines = []lang.Msg{say("result", "For", r.Votes.For, "Against", r.Votes.Against, "Abstain", r.Votes.Abstain)}
	carried := r.Outcome == tally.Carried
	switch {
	case r.Move == procedure.Challenge && carried:
		out.Lines = append(out.Lines, say("effect.ruling_overturned"))
	case r.Move == procedure.Challenge:
		out.Lines = append(out.Lines, say("ruling_stands"))
	case r.Tied:
		out.Lines = append(out.Lines, say("result_tied"))
	case !carried:
		out.Lines = append(out.Lines, say("result_lost"))
	default:
		row, _ := procedure.Find(r.Move)
		out.Lines = append(out.Lines, say("result_carried"))
		if row.Majority != (tally.Rule{}) {
			out.Lines = append(out.Lines, say("effect."+string(row.Effect)))
		}
	}
	return out
}

// aloud is what came of a call as somebody says it: what nobody answered is left out. The record has the form of agree.Line.
func aloud(c tally.Call) []lang.Msg {
	part := func(id string, n int64) any {
		if n == 0 {
			return ""
		}
		return say("answers."+id, "Count", n)
	}
	agreed := say("answers.agree", "Count", c.Agree)
	if c.Agree == 0 {
		agreed = say("answers.nobody")
	}
	answers := say("answers", "Agree", agreed, "Reservation", part("reservation", c.Reservation), "Aside", part("aside", c.Aside), "Block", part("block", c.Block))
	if c.Silent() == 0 {
		return []lang.Msg{answers, say("answers.all")}
	}
	return []lang.Msg{answers, say("answers.silent", "Count", c.Silent())}
}
