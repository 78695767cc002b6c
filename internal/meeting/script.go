package meeting

import (
	"slices"
	"time"

	"folkmoot/internal/floor"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
)

// resultWaits is how long the result of a vote on a move is part of the script, if nobody says that it was read out.
const resultWaits = 2 * time.Minute

// MoveLine is a move that is open, as the viewer sees it.
type MoveLine struct {
	Move
	Needed    int       // supporters in all
	Runner    member.ID // 0: nobody who could is there
	Own       bool      // whoever facilitates has made it, or it is about them
	Supported bool      // by the viewer
	May       bool      // the viewer can support it
	Alone     bool      // unless somebody supports it soon, it falls by what whoever facilitates can choose (practice.md §2.5.3)
	Put       bool      // the viewer can put it to the vote
	No        error     // why there can be no vote now, whoever runs it; nil: there can, or there is none
	OnRoll    bool      // the viewer votes
	Answer    Answer    // "": not yet
}

// Offer is a move that the viewer can make, or why not.
type Offer struct {
	Kind procedure.Kind
	No   []procedure.Reason
}

// ofMeeting says whether a part of the script is about the meeting, and not about an item.
func ofMeeting(c script.Cue) bool {
	return slices.Contains(script.Checklist(), c) || slices.Contains(script.Close(), c) ||
		slices.Contains([]script.Cue{script.CueBegin, script.CueTooFew, script.CueStopNear, script.CueBreakDue}, c)
}

// moves adds what is asked about how the meeting goes on, and what is to be said next.
func (v *View) moves(in *room) error {
	st, err := in.standing()
	if err != nil {
		return err
	}
	supports, mine, err := ofMine(in.tx, in.m.ID, v.Me)
	if err != nil {
		return err
	}
	p, err := in.person(st)
	if err != nil {
		return err
	}
	for _, w := range procedure.Precedence(st.Pending) {
		mv, _ := in.move(MoveID(w.ID))
		line := MoveLine{Move: mv, Needed: Supporters(mv.Kind), Runner: in.runner(mv, st), Own: mv.By == st.chair || mv.About != 0 && mv.About == st.chair}
		line.Supported = supports[mv.ID]
		line.Alone = mv.lone() && in.choosable()
		line.May = !line.Supported && mv.State == MovePending && (mv.Ready.IsZero() || line.Alone) && len(procedure.Supports(mv.Kind, st.Situation, p, mv.By == v.Me)) == 0
		line.Answer, line.OnRoll = mine[mv.ID], false
		if _, on := mine[mv.ID]; on && !v.Here.Paper && mv.State == MoveVoting && v.Now.Before(mv.Closes) {
			line.OnRoll = true
		}
		if mv.State == MovePending && mv.voted() {
			line.No, line.Put = in.canPut(mv, st), in.mayPut(mv, st, v.Me) == nil
			_, line.Majority = procedure.Needed(mv.Kind, st.Situation, procedure.Named{Meeting: mv.Whole, Minutes: mv.Minutes})
		}
		v.Moves = append(v.Moves, line)
	}
	for i := range in.moves {
		if mv := in.moves[len(in.moves)-1-i]; !mv.IsOpen() {
			v.Settled = append(v.Settled, mv)
		}
	}
	v.Ruling, v.Challengeable = in.ruling()
	v.Stopped = st.Stopped
	if p.Present && in.m.State == Session {
		for _, k := range Built() {
			if (k == procedure.Spokes || k == procedure.AllSpeak || k == procedure.ComeBack) && in.fits(k, st) != nil {
				continue // of the first two one at most is to the point, and nobody comes back to what is decided
			}
			if k == procedure.NotUrgent && !st.Item.Urgent {
				continue // it is nothing that anybody asks
			}
			v.Offers = append(v.Offers, Offer{k, procedure.InOrder(k, st.Situation, p)})
		}
	}
	v.VoteCalled = in.voteCalled()
	v.in, v.st = in, st
	return nil
}

// voteCalled says whether people decided to vote on what is talked about now.
func (in *room) voteCalled() bool {
	return in.m.Item != 0 && slices.ContainsFunc(in.moves, func(mv Move) bool {
		return mv.Kind == procedure.VoteNow && mv.State == MoveCarried && mv.Item == in.m.Item
	})
}

// stage returns what the script depends on.
func (v *View) stage() script.Situation {
	in, st := v.in, v.st
	name := func(id member.ID) string { return v.People[id].Name }
	r := v.Rules
	s := script.Situation{
		Facilitator: name(v.Chair), Present: v.Total(), Quorum: v.Needed, Waited: true, Starts: v.Opens.In(in.a.Group.Zone), Items: len(v.Items), Left: st.Left, Due: v.Matters.Count(),
		Mover: seconds(r.SpeechSeconds.Mover), Other: seconds(r.SpeechSeconds.Other), LastWord: seconds(r.SpeechSeconds.LastWord), Ruling: v.Challengeable,
		TooFew: v.Total() < v.Needed, Stopped: st.Stopped, StopMoved: st.StopMoved, Minutes: int(v.Stop.Sub(v.Now) / time.Minute), Until: v.Break.In(in.a.Group.Zone),
	}
	if second := Chair(in.terms, in.isHere, append(slices.Clone(st.about), st.chair), v.Now); second != 0 {
		s.Vice = name(second)
	}
	for _, job := range Jobs() {
		if !slices.ContainsFunc(in.terms, func(t Term) bool { return t.Job == job && !t.Shadow && t.Runs(v.Now) }) {
			s.Unfilled = append(s.Unfilled, msg("meeting.job."+string(job)))
		}
	}
	s.Resumed = v.Sitting > 1
	s.Phase = script.Before
	begun := v.begun()
	switch {
	case v.IsOver():
		s.Phase = script.Over
	case v.State == Called:
	case v.OnBreak(v.Now):
		s.Phase = script.Break
	case v.Adopted.IsZero() || !begun && len(v.Items) > 0:
		s.Phase = script.Opening
	default:
		s.Phase = script.Items
	}
	for _, x := range in.said {
		if x.About == "" || v.Current.ID != 0 && x.About == saidOfItem(v.Current.ID) {
			s.Said = append(s.Said, x.Cue)
		}
	}
	if !v.Adopted.IsZero() {
		s.Said = append(s.Said, script.CueAgenda)
	}
	if v.TalksOnly() { // it was said as it was chosen
		s.Said = append(s.Said, script.CueTooFew)
	}
	v.stageItem(&s)
	if v.Speaker.ID != 0 {
		s.Speaker, s.Overrun = name(v.Speaker.Member), !v.Now.Before(v.Speaker.Until())
	}
	if len(v.List) > 0 {
		s.Next = name(v.Hands[v.List[0].ID].Member)
	}
	if v.VoteCalled { // nobody but the proposer, who has the last word, speaks before the vote
		s.Next, s.Said = "", append(s.Said, script.CueSpokes, script.CueOpens, script.CueSupporter, script.CueFacts, script.CueAgainst, script.CueItemTime, script.CueAnyMore, script.CueGoRound)
	}
	v.stageResult(&s)
	v.stageMoves(&s)
	v.stageCall(&s)
	v.stageTogether(&s)
	return s
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// stands returns where on the agenda the item stands that is talked about, or else comes next, whether it is talked about, and who moved it.
// Without such an item the first is -1.
func (v *View) stands() (at int, called bool, mover member.ID) {
	at = slices.IndexFunc(v.Items, func(it Item) bool { return it.State == Now })
	called = at >= 0
	if !called {
		at = slices.IndexFunc(v.Items, func(it Item) bool { return it.State == Waiting })
	}
	if at < 0 {
		return at, false, 0
	}
	switch it := v.Items[at]; {
	case it.Motion != 0:
		mover = v.Motions[it.Motion].Mover
	case it.Kind == Report:
		if who := v.Matters.Of(it.ID).People(); len(who) > 0 {
			mover = who[0]
		}
	default:
		mover = it.By
	}
	return at, called, mover
}

// stageItem adds the item that is talked about, or comes next.
func (v *View) stageItem(s *script.Situation) {
	at, called, mover := v.stands()
	if at < 0 {
		return
	}
	it := v.Items[at]
	x := script.Item{Number: at + 1, Title: it.Title, Kind: asKind[it.Kind], Minutes: it.Minutes, Called: called, Mover: v.People[mover].Name}
	if it.Motion != 0 {
		m := v.Motions[it.Motion]
		x.Title = m.Title
		x.Voted, x.Carried = m.State != motion.Tabled && m.State != motion.Voting, m.State == motion.Carried
		if m.State == motion.Voting {
			s.Vote = &script.Vote{Secret: m.Secret(v.Rules), Seconds: max(0, int(m.Closes.Sub(v.Now)/time.Second))}
		}
	}
	x.Missing, x.Again = x.Mover != "" && !v.moverHere, it.Carried > 0
	if called {
		x.TimeUp = v.Now.After(it.Began.Add(time.Duration(it.Minutes) * time.Minute))
		x.Opened = v.st.spoke(it, func(h Hand) bool { return h.Member == mover })
		x.Against = v.st.spoke(it, func(h Hand) bool { return h.Side == floor.Against })
	}
	s.Item = x
}

// spoke says whether somebody has spoken about an item, or does, whose hand is such.
func (st standing) spoke(it Item, such func(Hand) bool) bool {
	return slices.ContainsFunc(st.hands, func(h Hand) bool { return h.Item == it.ID && h.Kind == floor.Speak && h.since(it) && such(h) })
}

// stageMoves adds the moves that are open, and the result of the last that people voted on.
func (v *View) stageMoves(s *script.Situation) {
	said := func(id MoveID, c script.Cue) bool {
		return slices.ContainsFunc(v.in.said, func(x saidRow) bool { return x.About == saidOfMove(id) && x.Cue == c })
	}
	for _, mv := range v.Moves {
		if mv.State == MoveVoting {
			s.Vote = &script.Vote{Move: mv.Kind, Own: mv.Own, Seconds: max(0, int(mv.Closes.Sub(v.Now)/time.Second))}
			continue
		}
		if v.in.moot(mv.Move, v.st) {
			continue
		}
		s.Moves = append(s.Moves, script.Move{
			Kind: mv.Kind, Name: mv.Name().In(v.in.a.Group.Zone), By: v.People[mv.By].Name, Supporters: mv.Support, Needed: mv.Needed, For: said(mv.ID, script.CueMoveFor),
			Against: said(mv.ID, script.CueMoveAgainst), Own: mv.Own, Majority: mv.Majority,
		})
	}
	for _, mv := range v.Settled {
		if mv.Entitled == 0 || mv.State != MoveCarried && mv.State != MoveLost {
			continue
		}
		if v.Now.Sub(mv.Decided) < resultWaits && !said(mv.ID, script.CueResult) {
			out := tally.NotCarried
			if mv.State == MoveCarried {
				out = tally.Carried
			}
			s.Result = &script.Result{
				Move: mv.Kind, Own: mv.By == v.Chair || mv.About != 0, Outcome: out, Tied: mv.For == mv.Against,
				Votes: tally.Votes{For: int64(mv.For), Against: int64(mv.Against), Entitled: int64(mv.Entitled)},
			}
		}
		return
	}
}

// Reading is which part of the script comes next, of which move if it is of one, and whether the viewer reads it out and says so.
type Reading struct {
	script.Script
	Of   MoveID
	Mine bool
	Said bool // reading it out is all there is to do, so that whoever does says that they have
}

// reading works out what is to be said next.
func (v *View) reading() Reading {
	stage := v.stage()
	out := Reading{Script: script.Next(stage)}
	read := out.Cue == script.CueResult && stage.Result != nil
	ofCall, ofMove := read && stage.Result.Agreed != nil && stage.Result.Outcome != tally.Carried, read && stage.Result.Move != ""
	moves := []script.Cue{script.CueMove, script.CueMoveFor, script.CueMoveAgainst, script.CueMoveVote, script.CueMoveDo}
	switch {
	case ofCall: // it is read out while it is fresh; it stays on the page
	case ofMove:
		i := slices.IndexFunc(v.Settled, func(mv Move) bool { return mv.Entitled > 0 && (mv.State == MoveCarried || mv.State == MoveLost) })
		out.Of = v.Settled[max(0, i)].ID
	case slices.Contains(moves, out.Cue):
		if i := slices.IndexFunc(v.Moves, func(mv MoveLine) bool { return mv.State == MovePending && !v.in.moot(mv.Move, v.st) }); i >= 0 {
			out.Of = v.Moves[i].ID
		}
	}
	out.Mine = v.Facilitates()
	if mv, ok := v.in.move(out.Of); ok && out.Reader == procedure.Vice {
		out.Mine = v.in.runner(mv, v.st) == v.Me && v.Me != 0
	}
	acts := []script.Cue{
		script.CueEarly, script.CueOver, script.CueAgenda, script.CueBegin, script.CueCall, script.CueNextUp, script.CueToVote, script.CueNoVote, script.CueNextItem, script.CueLast,
		script.CueMove, script.CueMoveVote, script.CueMoveDo, script.CueVote, script.CueRuling, script.CueTimeUp, script.CueSpeaker, script.CueOverrun, script.CueRound, script.CueBreak,
		script.CueBreakOver, script.CueFeeling, script.CueGroups, script.CueGroupsEnd, script.CueClose, script.CueMissing,
	}
	out.Said = !slices.Contains(acts, out.Cue) && !ofCall
	return out
}
