package script

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/agree"
	"folkmoot/internal/lang"
	"folkmoot/internal/procedure"
	"folkmoot/internal/tally"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var at = time.Date(2026, 3, 3, 20, 5, 0, 0, time.UTC)

// branch is a meeting of a branch that talks about a proposal of 15 minutes, which was called.
func branch() Situation {
	return Situation{
		Phase: Items, Facilitator: "Sam", Vice: "Kim", Present: 12, Quorum: 8, Mover: 3 * time.Minute, Other: 2 * time.Minute, LastWord: time.Minute,
		Support: 2 * time.Minute, Items: 7, Left: 4, Minutes: 60, LastRecord: true, Due: 2, Starts: at.Add(-time.Hour),
		Item: Item{Number: 3, Title: "Roof", Kind: agenda.Proposal, Minutes: 15, Called: true, Mover: "Ana"},
	}
}

// Cues that were said by the time nobody waits to speak on a proposal.
var heard = []Cue{CueSupporter, CueFacts, CueAgainst, CueConcerns}

func catalogue(t testing.TB) *lang.Catalog {
	t.Helper()
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scene is a case of TestNext.
type scene struct {
	name   string
	f      func(*Situation)
	cue    Cue
	reader procedure.Runner // "": whoever facilitates
	want   string
}

func move(kind procedure.Kind, m Move) func(*Situation) {
	return func(s *Situation) {
		row, _ := procedure.Find(kind)
		m.Kind, m.By, m.Majority = kind, "Jo", row.Majority
		s.Moves = []Move{m}
	}
}

func scenes() []scene {
	opening := func(said ...Cue) func(*Situation) {
		return func(s *Situation) { s.Phase, s.Item, s.Said = Opening, Item{}, said }
	}
	closing := func(decisions, open int, said ...Cue) func(*Situation) {
		return func(s *Situation) {
			s.Phase, s.Item, s.Said, s.Decisions, s.Unassigned = Closing, Item{}, said, decisions, open
		}
	}
	kind := func(k agenda.Kind, said ...Cue) func(*Situation) {
		return func(s *Situation) { s.Item.Kind, s.Said = k, said }
	}
	ready := func(f func(*Situation)) func(*Situation) { // nobody waits any more
		return func(s *Situation) {
			s.Item.Opened, s.Said = true, append(slices.Clone(heard), CueAnyMore)
			f(s)
		}
	}
	result := func(r Result) func(*Situation) { return func(s *Situation) { s.Result = &r } }
	votes := tally.Votes{For: 12, Against: 3, Abstain: 1, Entitled: 20}
	out := []scene{
		{"not begun", func(s *Situation) { s.Phase = Before }, CueEarly, "", "We begin at 7:05 pm. Please check in until then."},
		{"over", func(s *Situation) { s.Phase = Over }, CueOver, "", "The meeting is over. Thank you all."},

		// the checklist
		{"check in", opening(), CueCheckIn, "", "Welcome. Please check in, so that we know how many we are.|If you have no phone with you, go to the door and say your name."},
		{"enough", opening(CueCheckIn), CueEnough, "", "12 people are here. That is enough to decide."},
		{"not yet enough", func(s *Situation) { opening(CueCheckIn)(s); s.Present = 5 }, CueEnough, "", "5 of the 8 people we need are here.|We wait a little for others."},
		{"not enough", func(s *Situation) { opening(CueCheckIn)(s); s.Present, s.Waited = 5, true }, CueEnough, "",
			"We are 5, and 8 are needed to decide.|Shall we only talk, meet another day, or vote online?"},
		{"jobs", opening(CueCheckIn, CueEnough), CueJobs, "", "The lot has given out the jobs. Your page says who has which.|Whoever has a job, or learns one: please show us who you are."},
		{"some jobs have nobody", func(s *Situation) {
			opening(CueCheckIn, CueEnough)(s)
			s.Unfilled = []lang.Msg{lang.M("meeting.job.vice")}
		}, CueJobs, "",
			"The lot has given out the jobs. Your page says who has which.|Whoever has a job, or learns one: please show us who you are.|Nobody has this job: Second facilitator.|We go on without."},
		{"jobs go on", func(s *Situation) { opening(CueCheckIn, CueEnough)(s); s.Resumed = true }, CueJobs, "",
			"Whoever had a job last time keeps it. Your page says who has which.|Whoever has a job, or learns one: please show us who you are."},
		{"after a round nobody begins", func(s *Situation) { s.Item.Round, s.Said = true, []Cue{CueSupporter} }, CueFacts, "", "Is anything unclear? Please ask.|Only questions for now, no opinions."},
		{"the agenda", opening(CueCheckIn, CueEnough, CueJobs), CueAgenda, "", "There are 7 items on the agenda. I read them out in their order.|Does anybody want to change that?"},
		{"no agenda", func(s *Situation) { opening(CueCheckIn, CueEnough, CueJobs)(s); s.Items = 0 }, CueAgenda, "",
			"There is nothing on the agenda.|Does anybody want to change that?"},
		{"how to speak", opening(Checklist()[:4]...), CueHow, "", "If you want to speak, raise your hand and wait for your turn.|" +
			"Nobody speaks twice before everybody who wants to has spoken once.|You have 2 minutes each time.|If something is unfair or unsafe, say so at once."},
		{"interests", opening(Checklist()[:5]...), CueInterests, "", "Is an item about you, or your money? Please say so now."},
		{"the last record", opening(Checklist()[:6]...), CueRecord, "", "Is the record of our last meeting right?|We only ask whether it is right. We do not decide anything anew."},
		{"matters due", opening(Checklist()[:7]...), CueDue, "", "2 things are due. We go through them now."},
		{"a first meeting has no record", func(s *Situation) { opening(Checklist()[:6]...)(s); s.LastRecord, s.Due = false, 0 }, CueBegin, "", "Then we begin with the first item."},
		{"all done", opening(Checklist()...), CueBegin, "", "Then we begin with the first item."},

		// an item
		{"call it", func(s *Situation) { s.Item.Called = false }, CueCall, "", "Item 3 of 7: Roof|We have 15 minutes for it."},
		{"call one without a time", func(s *Situation) { s.Item.Called, s.Item.Minutes = false, 0 }, CueCall, "", "Item 3 of 7: Roof"},
		{"a matter of their own", func(s *Situation) { s.Item.Own = true }, CueHandOver, "", "I have a part in this item, so Kim facilitates until it is over."},
		{"the mover opens", func(*Situation) {}, CueOpens, "", "Ana, please tell us what you propose and why.|You have 3 minutes."},
		{"without a limit", func(s *Situation) { s.Mover = 0 }, CueOpens, "", "Ana, please tell us what you propose and why.|About three minutes is good."},
		{"nobody presents it", func(s *Situation) { s.Item.Missing = true }, CueMissing, "", "Nobody is here to present this. We leave it, and it comes back at the next meeting."},
		{"again nobody does", func(s *Situation) { s.Item.Missing, s.Item.Again = true, true }, CueMissing, "",
			"Again nobody is here to present this, so all members vote on it online."},
		{"a supporter", func(s *Situation) { s.Item.Opened = true }, CueSupporter, "", "Does a supporter want to say something? They have 2 minutes."},
		{"questions of fact", func(s *Situation) { s.Item.Opened, s.Support = true, 0 }, CueFacts, "", "Is anything unclear? Please ask.|Only questions for now, no opinions."},
		{"who is against goes first", func(s *Situation) { s.Item.Opened, s.Said = true, heard[:2] }, CueAgainst, "", "Who sees it otherwise? You can speak first."},
		{"concerns", func(s *Situation) { s.Item.Opened, s.Said, s.Consensus = true, heard[:2], true }, CueConcerns, "",
			"What worries you about this?|We write each worry down, and look for an answer to it."},
		{"the list", func(s *Situation) { s.Item.Opened, s.Said, s.Next = true, heard, "Priya" }, CueNextUp, "", "Priya, please."},
		{"somebody speaks", func(s *Situation) { s.Item.Opened, s.Said, s.Speaker = true, heard, "Priya" }, CueSpeaker, "", "Priya has the floor.|Thank you. Who else wants to speak?"},
		{"somebody speaks, and somebody waits", func(s *Situation) { s.Speaker, s.Next = "Priya", "Lee" }, CueSpeaker, "", "Priya has the floor.|Thank you. Next is Lee."},
		{"their time is over", func(s *Situation) { s.Speaker, s.Overrun = "Priya", true }, CueOverrun, "", "Priya, your time is over. Please finish your sentence."},
		{"a round", func(s *Situation) { s.Round = "Lee" }, CueRound, "", "Lee, it is your turn. You can also pass."},
		{"groups that one speaks for", func(s *Situation) { s.Spokes = true }, CueSpokes, "",
			"You are in groups now. Each group chooses somebody who speaks for it.|Talk with your group first. Whoever speaks for it raises a hand."},
		{"a round begins", func(s *Situation) { s.Round, s.RoundTime = "Lee", 90*time.Second }, CueRound, "",
			"We go round once. Each person has 90 seconds. You can pass, or say: later.|Lee, it is your turn. You can also pass."},
		{"with a question", func(s *Situation) { s.Round, s.RoundTime, s.RoundAsks = "Lee", time.Minute, "What do you need?" }, CueRound, "",
			"We go round once. Each person has 1 minute. You can pass, or say: later.|The question is: What do you need?|Lee, it is your turn. You can also pass."},
		{"the time of the item is up", func(s *Situation) { s.Item.Opened, s.Item.TimeUp, s.Said, s.Next = true, true, heard, "Lee" }, CueItemTime, "",
			"The time for this item is up.|Shall we vote, or does anybody want more time?"},
		{"of a talk", func(s *Situation) { s.Item.Kind, s.Item.Opened, s.Item.TimeUp = agenda.Discussion, true, true }, CueItemTime, "",
			"The time for this item is up.|Does anybody want more time?"},
		{"nobody is against", func(s *Situation) { s.Item.Opened, s.Said = true, heard }, CueAnyMore, "", "Any against? Any questions?"},
		{"somebody was", func(s *Situation) { s.Item.Opened, s.Item.Against, s.Said = true, true, heard }, CueAnyMore, "", "Does anybody else want to speak?"},
		{"a go-round before a vote", ready(func(*Situation) {}), CueGoRound, "", "Before we vote, we go round once. Everybody gets one short turn.|You can pass, or say: later."},
		{"among many, on a long item", ready(func(s *Situation) { s.Present, s.Item.Minutes = 31, 25 }), CueGoRound, "",
			"Before we vote, we talk in small groups for some minutes.|Everybody gets a turn there, and can pass."},
		{"among many", ready(func(s *Situation) { s.Present = 31 }), CueGoRound, "", "Before we vote: who has not spoken yet, and would like to?|We wait a moment."},
		{"none on a short item", ready(func(s *Situation) { s.Item.Minutes = 9 }), CueToVote, "",
			"We vote now.|I read out the text as it stands.|You can vote for it, against it, or abstain."},
		{"none before a call", ready(func(s *Situation) { s.Consensus = true }), CueToVote, "",
			"Let us see whether we agree.|I read out the text as it stands.|You can agree, agree with a reservation, stand aside, or block."},
		{"people show how they feel", func(s *Situation) { s.Feeling, s.Felt = true, FeltShown }, CueFeeling, "", "How do you feel about it? Please show it now.|This is not a vote."},
		{"they have", func(s *Situation) { s.Felt = FeltShown }, CueFelt, "", "That is how people here feel. It is not a vote.|What do you see in it? Who would like to say something?"},
		{"too few have", func(s *Situation) { s.Felt = FeltFew }, CueFelt, "", "Too few people answered, so nothing is shown."},
		{"none twice", ready(func(s *Situation) { s.Item.Round = true }), CueToVote, "",
			"We vote now.|I read out the text as it stands.|You can vote for it, against it, or abstain."},
		{"the last word", ready(func(s *Situation) { s.Item.Round, s.Item.Against = true, true }), CueLastWord, "",
			"Ana, you have the last word, for 1 minute.|Please only answer. Nothing new now."},
		{"of a minute and a half", ready(func(s *Situation) { s.Item.Round, s.Item.Against, s.LastWord = true, true, 90*time.Second }), CueLastWord, "",
			"Ana, you have the last word, for 90 seconds.|Please only answer. Nothing new now."},
		{"point by point", ready(func(s *Situation) { s.Item.Round, s.Item.Clauses, s.Item.Clause = true, 3, 2 }), CueToVote, "",
			"We vote on point 2 of 3. I read it out.|You can vote for it, against it, or abstain."},
		{"and the whole", ready(func(s *Situation) { s.Item.Round, s.Item.Clauses, s.Item.Clause = true, 3, 4 }), CueToVote, "",
			"Now we vote on the whole, as it stands.|You can vote for it, against it, or abstain."},
		{"too few to vote", ready(func(s *Situation) { s.TooFew, s.Said = true, append(s.Said, CueTooFew) }), CueNoVote, "",
			"Too few people are here to vote, so this goes to an online vote."},
		{"it was carried", func(s *Situation) { s.Item.Voted, s.Item.Carried = true, true }, CueWhoDoes, "", "Who does this, and by when?"},
		{"it was not", func(s *Situation) { s.Item.Voted = true }, CueNextItem, "", "We go on. There are 4 items left."},
		{"it was the last", func(s *Situation) { s.Item.Voted, s.Left = true, 0 }, CueLast, "", "That was the last item, so we close."},
		{"no item", func(s *Situation) { s.Item = Item{} }, CueLast, "", "That was the last item, so we close."},

		// items of other kinds
		{"an interim act", kind(agenda.Interim), CueOpens, "", "Ana, please tell us what you did, and why it could not wait."},
		{"a report", kind(agenda.Report), CueOpens, "", "Ana, please tell us how it went."},
		{"a talk", kind(agenda.Discussion), CueOpens, "", "Ana, please tell us what this is about."},
		{"a talk that nobody brought", func(s *Situation) { s.Item.Kind, s.Item.Mover = agenda.Discussion, "" }, CueOpens, "", "Who would like to begin?"},
		{"news", kind(agenda.Notice), CueOpens, "", "Does anybody have news?|We only listen now, and decide nothing."},
		{"the end of a talk", kind(agenda.Discussion, CueOpens, CueAnyMore), CueLeave, "", "We leave it there. Nothing is decided on this today."},
		{"the end of a report", kind(agenda.Report, CueOpens, CueFacts, CueAnyMore), CueLeave, "", "Does anybody want to send back a part of it?|Otherwise we have heard it, and go on."},
		{"of an assessment", kind(agenda.Assessment, CueOpens, CueFacts, CueAnyMore), CueLeave, "", "How this went, all members say in an online vote."},
		{"of an election", kind(agenda.Election, CueOpens, CueFacts, CueAnyMore), CueLeave, "", "All members decide this, in a secret vote online."},
		{"and after it", kind(agenda.Election, CueOpens, CueFacts, CueAnyMore, CueLeave), CueNextItem, "", "We go on. There are 4 items left."},

		// what comes between
		{"a ruling", func(s *Situation) { s.Ruling = true }, CueRuling, "", "That is my ruling. If you think it is wrong, you can challenge it now."},
		{"too few", func(s *Situation) { s.TooFew = true }, CueTooFew, "", "Too few people are here now to decide. We can go on talking.|What we decided before still stands."},
		{"time is up", func(s *Situation) { s.Stopped = true }, CueTimeUp, "", "Our time is up.|Does anybody want more time? Otherwise we close now."},
		{"again", func(s *Situation) { s.Stopped, s.StopMoved = true, true }, CueTimeUp, "", "Our time is up.|We had more time already, so we close now."},
		{"time is nearly up", func(s *Situation) { s.Minutes = 8 }, CueOpens, "",
			"We have 8 minutes left in this meeting.|Ana, please tell us what you propose and why.|You have 3 minutes."},
		{"an hour has passed", func(s *Situation) { s.Item.Called, s.BreakDue = false, true }, CueBreakDue, "", "We have talked for an hour. Shall we take five minutes?"},
		{"a break", func(s *Situation) { s.Phase, s.Until = Break, at }, CueBreak, "", "We have a break. We go on at 8:05 pm."},
		{"after it", func(s *Situation) { s.Phase, s.BreakOver = Break, true }, CueBreakOver, "", "The break is over. Please sit down, and come back online."},
		{"groups", func(s *Situation) { s.Phase, s.Until = Groups, at }, CueGroups, "",
			"Talk in your groups until 8:05 pm. Everybody in the group gets a turn.|Write up to three lines on your card for all of us."},
		{"after them", func(s *Situation) { s.Phase, s.BreakOver = Groups, true }, CueGroupsEnd, "", "The groups are over. Each one reads out what is on its card."},
		{"and a card is shown", func(s *Situation) { s.Phase, s.BreakOver, s.Card = Groups, true, 3 }, CueGroupsEnd, "", "The groups are over. Each one reads out what is on its card.|Group 3, please."},
		{"a minute before", func(s *Situation) { s.Phase, s.Until, s.LastMinute = Groups, at, true }, CueGroups, "",
			"One minute is left. Come to an end.|Write up to three lines on your card for all of us."},

		// moves
		{"a move", move(procedure.MoveOn, Move{Supporters: 1, Needed: 2}), CueMove, "", "Jo asks: Leave it and move on|Does anybody support that?"},
		{"a secret vote, too few ask", move(procedure.SecretVote, Move{Supporters: 1, Needed: 10}), CueMove, "", "Jo asks: Secret vote|9 more people must ask for it."},
		{"for it", move(procedure.MoveOn, Move{Supporters: 2, Needed: 2}), CueMoveFor, "", "Jo, you have 1 minute to say why."},
		{"against it", move(procedure.MoveOn, Move{Supporters: 2, Needed: 2, For: true}), CueMoveAgainst, "", "Does anybody want to speak against? You have 1 minute."},
		{"put to the vote", move(procedure.MoveOn, Move{Supporters: 2, Needed: 2, For: true, Against: true}), CueMoveVote, "",
			"We vote on this: Leave it and move on|At least 2 of every 3 votes must be for it."},
		{"by more for than against", move(procedure.MoreTime, Move{Supporters: 1, Needed: 1}), CueMoveVote, "", "We vote on this: More time|It needs more votes for than against."},
		{"together with others", func(s *Situation) { move(procedure.MoveOn, Move{Supporters: 2, Needed: 2})(s); s.Grouped = true }, CueMoveVote, "",
			"We take these one after another, without speeches.|We vote on this: Leave it and move on|At least 2 of every 3 votes must be for it."},
		{"who is asked to leave answers", move(procedure.AskToLeave, Move{Supporters: 2, Needed: 2, About: "Lee"}), CueMoveReply, "",
			"Jo asks: Ask someone to leave (this meeting)|Lee, you can answer before we vote."},
		{"a rules question interrupts", func(s *Situation) { move(procedure.RulesQuestion, Move{})(s); s.Speaker = "Priya" }, CueMoveDo, "",
			"Jo has a rules question. Please wait a moment with everything else.|Which rule is it, or what is unfair or unsafe?"},
		{"a challenge", move(procedure.Challenge, Move{Supporters: 1, Needed: 2}), CueMove, procedure.Vice, "Jo asks: Challenge that ruling|Does anybody support that?"},
		{"a challenge to the vote", func(s *Situation) {
			move(procedure.Challenge, Move{Supporters: 2, Needed: 2, For: true, Against: true})(s)
			s.Ruling = true
		}, CueMoveVote, procedure.Vice, "Is the ruling wrong? Vote for, if it shall fall.|On a tie it stands."},
		{"a move of whoever facilitates", move(procedure.Adjourn, Move{Supporters: 2, Needed: 2, Own: true}), CueMoveVote, procedure.Vice,
			"We vote on this: Take a break or stop here|It needs more votes for than against."},
		{"a question of fact", move(procedure.Fact, Move{}), CueMoveDo, "", "Jo, what is your question? You have 30 seconds."},
		{"a correction", move(procedure.Explain, Move{}), CueMoveDo, "", "Jo, please put it right. You have 1 minute."},
		{"a secret vote", move(procedure.SecretVote, Move{Supporters: 2, Needed: 2}), CueMoveDo, "", "Enough people ask for it, so the vote on this is secret."},
		{"a recount", move(procedure.Recount, Move{}), CueMoveDo, "", "Jo asks for a recount. Please count that vote again."},
		{"a show of feeling", move(procedure.Feeling, Move{}), CueMoveDo, "", "How do you feel about it? Please show it now.|This is not a vote."},
		{"enough people?", move(procedure.Quorum, Move{}), CueMoveDo, "", "We count who is here. Please check in if you have not."},
		{"a round that whoever facilitates grants", func(s *Situation) { move(procedure.GoRound, Move{})(s); s.Moves[0].Majority = tally.Rule{} }, CueMoveDo, "",
			"Jo asks: Go round|We do that now. Everybody gets a turn, and can pass."},
		{"groups that whoever facilitates grants", func(s *Situation) { move(procedure.Spokes, Move{})(s); s.Moves[0].Majority = tally.Rule{} }, CueMoveDo, "",
			"Jo asks: Speak through groups|We do that now. Each group chooses somebody who speaks for it."},
		{"by name, as delegates vote anyway", func(s *Situation) { move(procedure.NamedVote, Move{})(s); s.Moves[0].Majority = tally.Rule{} }, CueMoveDo, "",
			"Jo asks: Named vote|We do that now."},

		// votes
		{"a vote", func(s *Situation) { s.Vote = &Vote{Seconds: 60} }, CueVote, "", "The vote is open. Please vote now.|It closes in 60 seconds."},
		{"a secret vote is open", func(s *Situation) { s.Vote = &Vote{Secret: true} }, CueVote, "", "The vote is open. Please vote now.|Nobody sees how you vote."},
		{"a call", func(s *Situation) { s.Vote = &Vote{Call: true} }, CueVote, "", "Please answer now. Do we agree?"},
		{"a vote on a challenge", func(s *Situation) { move(procedure.Challenge, Move{})(s); s.Vote = &Vote{Move: procedure.Challenge} }, CueVote, procedure.Vice,
			"The vote is open. Please vote now."},
		{"carried", result(Result{Votes: votes, Outcome: tally.Carried}), CueResult, "", "Carried: 12 for, 3 against, 1 abstain."},
		{"not carried", result(Result{Votes: tally.Votes{For: 1, Against: 3}, Outcome: tally.NotCarried, Rule: lang.M("ballot.rule.simple")}), CueResult, "",
			"Not carried: 1 for, 3 against, 0 abstain.|Carried if more vote for than against. A tie is not carried."},
		{"a tie", result(Result{Votes: tally.Votes{For: 3, Against: 3}, Outcome: tally.NotCarried, Tied: true}), CueResult, "", "Not carried: 3 for, 3 against, 0 abstain."},
		{"a move that is lost", result(Result{Move: procedure.MoveOn, Votes: tally.Votes{For: 1, Against: 3}, Outcome: tally.NotCarried}), CueResult, "",
			"For: 1. Against: 3. Abstained: 0.|It is not carried."},
		{"a move with a tie", result(Result{Move: procedure.MoveOn, Votes: tally.Votes{For: 3, Against: 3}, Outcome: tally.NotCarried, Tied: true}), CueResult, "",
			"For: 3. Against: 3. Abstained: 0.|It is a tie, so it is not carried."},
		{"inquorate", result(Result{Outcome: tally.Inquorate}), CueResult, "", "Too few people are here, so this vote does not count.|The question goes to an online vote."},
		{"an inquorate move", result(Result{Move: procedure.MoveOn, Outcome: tally.Inquorate}), CueResult, "", "Too few people are here, so this vote does not count."},
		{"a ruling stands", result(Result{Move: procedure.Challenge, Votes: tally.Votes{For: 3, Against: 3}, Outcome: tally.NotCarried, Tied: true}), CueResult, procedure.Vice,
			"For: 3. Against: 3. Abstained: 0.|The ruling stands."},
		{"a ruling falls", result(Result{Move: procedure.Challenge, Votes: votes, Outcome: tally.Carried}), CueResult, procedure.Vice,
			"For: 12. Against: 3. Abstained: 1.|The ruling falls. We go on as if it had not been made."},
		{"agreed", result(Result{Agreed: &agree.Result{Next: agree.Provisional, Consented: tally.Consented{Call: tally.Call{Agree: 6, Reservation: 1, Entitled: 10}}}}), CueResult, "",
			"6 agree, 1 agrees with a reservation.|3 people have not answered.|You agree. People who were absent can object once the record is out."},
		{"blocked", result(Result{Agreed: &agree.Result{Next: agree.Redraft, Consented: tally.Consented{Call: tally.Call{Aside: 2, Block: 1, Entitled: 3}}}}), CueResult, "",
			"Nobody agrees, 2 stand aside, 1 blocks.|Everybody has answered.|Too many people stand aside. Go back to the draft and change it."},
		{"too few answered", result(Result{Agreed: &agree.Result{Next: agree.AskAgain}}), CueResult, "", "Too few people answered. Ask again."},

		// the close
		{"read back", closing(2, 0), CueReadBack, "", "We made 2 decisions. I read them out.|Is that what we decided?"},
		{"nothing was decided", closing(0, 0), CueReadBack, "", "We decided nothing today, and that is all right."},
		{"tasks", closing(2, 0, CueReadBack), CueTasks, "", "Everything has somebody who does it. Please look at your tasks."},
		{"tasks that nobody has", closing(2, 1, CueReadBack), CueTasks, "", "1 decision has nobody yet who does it.|Who does it, and by when?"},
		{"the next date", func(s *Situation) { closing(0, 0, CueReadBack)(s); s.NextDate = at.AddDate(0, 0, 28) }, CueNextDate, "", "We meet again on Tuesday 31 March 2026, 8:05 pm."},
		{"none is set", closing(0, 0, CueReadBack), CueNextDate, "", "When do we meet again?"},
		{"pulse", closing(0, 0, CueReadBack, CueNextDate), CuePulse, "", "How was this meeting for you? Please answer on your phone."},
		{"close", closing(0, 0, Close()...), CueClose, "", "I close the meeting now. Thank you all."},
		{"a move comes before the close", func(s *Situation) { closing(0, 0)(s); move(procedure.Quorum, Move{})(s) }, CueMoveDo, "", "We count who is here. Please check in if you have not."},
	}
	for _, m := range procedure.Table() {
		if m.Majority == (tally.Rule{}) || m.Kind == procedure.Challenge {
			continue
		}
		reader := procedure.Votes(m.Kind, false)
		out = append(out, scene{"carried: " + string(m.Kind), result(Result{Move: m.Kind, Votes: votes, Outcome: tally.Carried}), CueResult, reader,
			"For: 12. Against: 3. Abstained: 1.|It is carried.|" + effects[m.Effect]})
	}
	return out
}

// effects are what is said when a move is carried.
var effects = map[procedure.Effect]string{
	procedure.NextFacilitates: "The next on the list facilitates from now on.", procedure.RuleAside: "That rule does not hold for this item. All others do.",
	procedure.LastWordThenVote: "We stop talking. After the last word we vote.", procedure.ClockExtended: "We have that much more time.",
	procedure.ItemDropped: "We drop this item without voting on it.", procedure.ItemPostponed: "We come back to this on that day.",
	procedure.ItemReferred: "The group looks at it and tells us by that day.", procedure.PartSentBack: "That part is done again by that day.",
	procedure.ClausesThenWhole: "We vote on each point, and then on the whole.", procedure.BallotNamed: "The record will say how each of us votes.",
	procedure.ItemsReordered: "We take the items in the new order.", procedure.RoundHeld: "We do that now.",
	procedure.SpokesSpeak: "Each group chooses somebody who speaks for it.", procedure.AllSpeakAgain: "From now on everybody can raise a hand again.",
	procedure.UrgencyLifted: "This is not urgent any more: people who are absent can still object.",
	procedure.DoorsClosed:   "Only members stay. Guests, please wait outside.",
	procedure.PersonLeaves:  "Please leave us until the end of this meeting. You can still vote online.", procedure.MeetingAdjourned: "We stop now, and go on at that time.",
}

// TestNext: what is said in each situation, who says it, and that no sentence of the catalogue is never said.
func TestNext(t *testing.T) {
	c := catalogue(t)
	used := map[string]bool{"script.quoted": true}
	for _, tt := range scenes() {
		s := branch()
		tt.f(&s)
		got := Next(s)
		var lines []string
		for _, l := range got.Lines {
			lines = append(lines, c.Voice("en").Say(l))
			note(used, l)
		}
		if tt.reader == "" {
			tt.reader = procedure.Facilitator
		}
		if got.Cue != tt.cue || got.Reader != tt.reader {
			t.Errorf("%s: %s, read by %s; want %s, read by %s", tt.name, got.Cue, got.Reader, tt.cue, tt.reader)
		}
		if diff := cmp.Diff(strings.Split(tt.want, "|"), lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, id := range c.IDs() {
		if strings.HasPrefix(id, "script.") && !used[id] {
			t.Errorf("%s is never said", id)
		}
	}
}

// note keeps which sentences are said, also within others.
func note(used map[string]bool, m lang.Msg) {
	used[m.ID] = true
	for _, a := range m.Args {
		if within, ok := a.(lang.Msg); ok {
			note(used, within)
		}
	}
}

// TestReadAloud: what is read out has at most 20 words in a sentence, in every language, and stands in its quotation marks.
func TestReadAloud(t *testing.T) {
	c := catalogue(t)
	for _, tag := range c.Tags() {
		v := c.Voice(tag)
		for _, tt := range scenes() {
			s := branch()
			tt.f(&s)
			for _, l := range Next(s).Lines {
				said := v.Say(l)
				if said == l.ID || strings.Contains(said, "<no value>") || strings.Contains(said, "script.") {
					t.Errorf("%s: %s: says %q", tag, tt.name, said)
				}
				for _, sentence := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
					if n := len(strings.Fields(sentence)); n > 20 {
						t.Errorf("%s: %s has %d words: %s", tag, tt.name, n, said)
					}
				}
				open, shut := map[string]string{"en": "“", "es": "«"}[tag], map[string]string{"en": "”", "es": "»"}[tag]
				if got := v.Say(Quoted(l)); open == "" || got != open+said+shut {
					t.Errorf("%s: stands as %q", tag, got)
				}
			}
		}
	}
}

// syllables counts those of an English word well enough for a reading grade.
func syllables(word string) (n int) {
	vowel := false
	word = strings.TrimSuffix(strings.ToLower(word), "e")
	for _, r := range word {
		is := strings.ContainsRune("aeiouy", r)
		if is && !vowel {
			n++
		}
		vowel = is
	}
	return max(1, n)
}

// TestReadingAge: the script as a whole can be read at eleven or twelve: its Flesch-Kincaid grade is below 6 (Kincaid et al. 1975).
func TestReadingAge(t *testing.T) {
	v := catalogue(t).Voice("en")
	words, sentences, sounds := 0, 0, 0
	for _, tt := range scenes() {
		s := branch()
		tt.f(&s)
		for _, l := range Next(s).Lines {
			for _, sentence := range strings.FieldsFunc(v.Say(l), func(r rune) bool { return strings.ContainsRune(".?!", r) }) {
				sentences++
				for _, w := range strings.Fields(sentence) {
					words++
					sounds += syllables(strings.Trim(w, ",()"))
				}
			}
		}
	}
	grade := 0.39*float64(words)/float64(sentences) + 11.8*float64(sounds)/float64(words) - 15.59
	if grade >= 6 {
		t.Errorf("the grade is %.1f", grade)
	}
	t.Logf("%d sentences, grade %.1f", sentences, grade)
}

func anyMove(t *rapid.T) Move {
	row := rapid.SampledFrom(procedure.Table()).Draw(t, "move")
	m := Move{
		Kind: row.Kind, By: "Jo", About: "Lee", Needed: row.Supporters(rapid.IntRange(1, 3).Draw(t, "secret request")), Supporters: 1,
		Own: rapid.Bool().Draw(t, "own"), Majority: row.Majority,
	}
	if row.Decided == procedure.ByFacilitatorOrVote && rapid.Bool().Draw(t, "granted") {
		m.Majority = tally.Rule{}
	}
	return m
}

func anyItem(t *rapid.T, number int) Item {
	return Item{
		Number: number, Title: "Roof", Kind: rapid.SampledFrom(agenda.Kinds()).Draw(t, "kind"), Minutes: rapid.IntRange(0, 20).Draw(t, "minutes"),
		Mover: rapid.SampledFrom([]string{"", "Ana"}).Draw(t, "mover"), Missing: rapid.IntRange(0, 4).Draw(t, "missing") == 0,
		Own: rapid.IntRange(0, 4).Draw(t, "own item") == 0, Again: rapid.Bool().Draw(t, "again"),
	}
}

func cues() []Cue {
	return slices.Concat(Checklist(), Close(), heard, []Cue{CueEarly, CueOver, CueRuling, CueTooFew, CueTimeUp, CueSpeaker, CueOverrun, CueRound, CueBreak, CueBreakOver,
		CueBreakDue, CueGroups, CueGroupsEnd, CueStopNear, CueBegin, CueCall, CueHandOver, CueMissing, CueOpens, CueNextUp, CueItemTime, CueAnyMore, CueGoRound,
		CueLastWord, CueToVote, CueNoVote, CueWhoDoes, CueLeave, CueNextItem, CueLast, CueMove, CueMoveFor, CueMoveAgainst, CueMoveReply, CueMoveVote, CueMoveDo,
		CueVote, CueResult, CueFeeling, CueFelt, CueSpokes})
}

// TestAlwaysASentence: whatever a situation is, there is something to say, in whole sentences, and somebody to say it.
func TestAlwaysASentence(t *testing.T) {
	c := catalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		name := func(what string) string { return rapid.SampledFrom([]string{"", "", "Priya"}).Draw(t, what) }
		number := func(what string, most int) int { return rapid.IntRange(0, most).Draw(t, what) }
		s := branch()
		s.Phase = rapid.SampledFrom([]Phase{"", Before, Opening, Items, Items, Items, Break, Groups, Closing, Over}).Draw(t, "phase")
		s.Said = rapid.SliceOfN(rapid.SampledFrom(cues()), 0, 30).Draw(t, "said")
		s.Present, s.Waited, s.LastRecord, s.Due = number("present", 20), flag("waited"), flag("record"), number("due", 2)
		s.Consensus, s.Mover, s.Support = flag("consensus"), time.Duration(number("mover", 200))*time.Second, time.Duration(number("support", 2))*time.Minute
		s.Items, s.Left, s.Item = number("items", 3), number("left", 3), anyItem(t, number("number", 3))
		s.Item.Called, s.Item.Opened, s.Item.Against, s.Item.Round = flag("called"), flag("opened"), flag("against"), flag("go-round")
		s.Item.Ended, s.Item.Voted, s.Item.Carried, s.Item.TimeUp = flag("ended"), flag("voted"), flag("carried"), flag("time up")
		s.Item.Clauses, s.Item.Clause = number("clauses", 3), number("clause", 4)
		s.RoundTime, s.RoundAsks = rapid.SampledFrom([]time.Duration{0, time.Minute, 90 * time.Second}).Draw(t, "round-time"), name("round-asks")
		s.Speaker, s.Overrun, s.Next, s.Round, s.Ruling = name("speaker"), flag("overrun"), name("next"), name("round"), flag("ruling")
		for range number("moves", 2) {
			m := anyMove(t)
			m.Supporters, m.For, m.Against, m.Replied = number("supporters", 3), flag("for"), flag("spoken against"), flag("replied")
			s.Moves = append(s.Moves, m)
		}
		s.Grouped = flag("grouped")
		if number("vote", 4) == 0 {
			s.Vote = &Vote{Call: flag("call"), Secret: flag("secret"), Seconds: number("seconds", 60)}
		}
		if number("result", 4) == 0 {
			kinds := []procedure.Kind{"", procedure.Challenge, procedure.MoveOn, procedure.SecretVote}
			outcomes := []tally.Outcome{tally.Carried, tally.NotCarried, tally.Inquorate}
			s.Result = &Result{Move: rapid.SampledFrom(kinds).Draw(t, "on"), Outcome: rapid.SampledFrom(outcomes).Draw(t, "outcome"), Tied: flag("tied")}
		}
		s.BreakOver, s.BreakDue, s.TooFew = flag("break over"), flag("break due"), flag("too few")
		s.Minutes, s.Stopped, s.StopMoved = number("left over", 60), flag("stopped"), flag("moved")
		s.Decisions, s.Unassigned = number("decisions", 3), number("unassigned", 3)
		if s.Spokes, s.Resumed = flag("spokes"), flag("resumed"); flag("unfilled") {
			s.Unfilled = []lang.Msg{lang.M("meeting.job.note")}
		}
		s.Feeling, s.Felt = flag("feeling"), rapid.SampledFrom([]Felt{"", FeltShown, FeltFew}).Draw(t, "felt")
		spoken(t, c, Next(s))
	})
}

// spoken fails unless a script can be read out.
func spoken(t *rapid.T, c *lang.Catalog, next Script) {
	if len(next.Lines) == 0 || !slices.Contains(cues(), next.Cue) || next.Reader != procedure.Facilitator && next.Reader != procedure.Vice {
		t.Fatalf("nothing to say: %+v", next)
	}
	for _, tag := range c.Tags() {
		for _, l := range next.Lines {
			if said := c.Voice(tag).Say(l); said == "" || strings.Contains(said, "script.") || strings.Contains(said, "<no value>") || strings.HasPrefix(said, ",") {
				t.Fatalf("%s: says %q", next.Cue, said)
			}
		}
	}
}

// walk is a meeting in which everybody does what the script says, and things happen in between.
type walk struct {
	Situation
	items  []Item
	events int
	trail  []Cue
}

// happens has something happen that the script did not call for, as often as there are events left.
func (w *walk) happens(t *rapid.T) {
	if w.events == 0 || w.Phase == Before || w.Phase == Over {
		return
	}
	w.events--
	switch rapid.IntRange(0, 12).Draw(t, "event") {
	case 0, 1:
		w.Next = "Lee"
	case 2, 3, 4:
		m := anyMove(t)
		row, _ := procedure.Find(m.Kind)
		if w.Vote == nil || row.When == procedure.Interrupts || row.When == procedure.AtOnce {
			w.Moves = append([]Move{m}, w.Moves...)
		}
	case 5:
		w.TooFew = !w.TooFew
	case 6:
		w.BreakDue = true
	case 7:
		if w.Vote == nil && w.Phase == Items {
			w.Phase, w.BreakOver = rapid.SampledFrom([]Phase{Break, Groups}).Draw(t, "pause"), false
		}
	case 8:
		w.Ruling = true
	case 9:
		w.Item.TimeUp = true
	case 10:
		w.Item.Against = true
	case 11:
		if w.Minutes -= 25; w.Minutes <= 0 {
			w.Stopped = true
		}
	case 12:
		w.Round = "Kim"
	}
}

// next takes the next item of the agenda.
func (w *walk) next() {
	w.Item = Item{}
	w.Left = 0
	if len(w.items) > 0 {
		w.Item, w.items = w.items[0], w.items[1:]
		w.Left = len(w.items)
	}
	w.Said = slices.DeleteFunc(w.Said, func(c Cue) bool { return c != CueTooFew && c != CueStopNear && c != CueBreakDue })
}

// do does what a cue asks for, as the meeting would.
func (w *walk) do(t *rapid.T, next Script) {
	w.Said = append(w.Said, next.Cue)
	if next.Lines[0].ID == "script.stop_near" {
		w.Said = append(w.Said, CueStopNear)
	}
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	switch next.Cue {
	case CueEarly:
		w.Phase = Opening
	case CueEnough:
		if w.Present < w.Quorum && !w.Waited {
			w.Waited, w.Said = true, w.Said[:len(w.Said)-1]
		}
	case CueBegin:
		w.Phase = Items
		w.next()
	case CueCall:
		w.Item.Called = true
	case CueOpens:
		w.Item.Opened, w.Speaker = true, w.Item.Mover
	case CueNextUp:
		w.Speaker, w.Next = w.Next, ""
	case CueSpeaker:
		w.Overrun = flag("overruns")
		if !w.Overrun {
			w.Speaker = ""
		}
	case CueOverrun:
		w.Speaker, w.Overrun = "", false
	case CueRound:
		w.Round = ""
	case CueGoRound:
		w.Item.Round = true
	case CueRuling:
		w.Ruling = false
	case CueBreak, CueGroups:
		w.BreakOver = true
	case CueBreakOver, CueGroupsEnd:
		w.Phase, w.BreakOver = Items, false
	case CueMissing, CueNextItem, CueNoVote:
		w.next()
	case CueLast, CueTimeUp:
		w.Phase, w.Said = Closing, nil
	case CueToVote:
		w.Vote = &Vote{Call: w.Consensus}
	case CueMove:
		if w.Moves[0].Supporters++; flag("nobody supports it") {
			w.Moves = w.Moves[1:]
		}
	case CueMoveFor:
		w.Moves[0].For = true
	case CueMoveAgainst:
		w.Moves[0].Against = true
	case CueMoveReply:
		w.Moves[0].Replied = true
	case CueMoveVote:
		if w.Vote == nil { // a challenge that interrupts a vote is decided by hands
			w.Vote = &Vote{Move: w.Moves[0].Kind, Own: w.Moves[0].Own}
		}
		w.Moves = w.Moves[1:]
	case CueMoveDo:
		w.Ruling = w.Moves[0].Kind == procedure.RulesQuestion
		w.Moves = w.Moves[1:]
	case CueVote:
		w.Result = &Result{Move: w.Vote.Move, Own: w.Vote.Own, Outcome: rapid.SampledFrom([]tally.Outcome{tally.Carried, tally.NotCarried}).Draw(t, "outcome")}
		w.Vote = nil
	case CueResult:
		if w.Result.Move == "" {
			w.Item.Voted, w.Item.Carried = true, w.Result.Outcome == tally.Carried
			if w.Item.Carried {
				w.Decisions++
			}
		}
		w.Result = nil
	case CueClose:
		w.Phase = Over
	}
}

// TestWalk: whoever reads out what stands there, and does it, brings every meeting to its end, whatever comes between; and on the way nobody
// votes on a proposal before its mover could speak, questions were asked, and those who see it otherwise were offered the floor.
func TestWalk(t *testing.T) {
	c := catalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		w := walk{Situation: branch(), events: rapid.IntRange(0, 25).Draw(t, "events")}
		w.Phase, w.Item, w.Consensus = Before, Item{}, rapid.Bool().Draw(t, "consensus")
		w.Present, w.Due, w.LastRecord = rapid.IntRange(2, 40).Draw(t, "present"), rapid.IntRange(0, 2).Draw(t, "due"), rapid.Bool().Draw(t, "record")
		w.Support = time.Duration(rapid.IntRange(0, 2).Draw(t, "support")) * time.Minute
		for n := range rapid.IntRange(0, 4).Draw(t, "items") {
			w.items = append(w.items, anyItem(t, n+1))
		}
		w.Items, w.Left = len(w.items), len(w.items)
		for range 600 {
			w.happens(t)
			next := Next(w.Situation)
			spoken(t, c, next)
			w.trail = append(w.trail, next.Cue)
			if next.Cue == CueOver {
				return
			}
			if next.Cue == CueToVote {
				asked := w.said(CueAgainst) || w.said(CueConcerns) || w.Item.Against
				if !w.Item.Opened || !asked || !w.Item.voted() || w.Item.Kind != agenda.Interim && !w.said(CueFacts) {
					t.Fatalf("a vote too early: %v", w.trail)
				}
			}
			w.do(t, next)
		}
		t.Fatalf("it never ends: %v", fmt.Sprint(w.trail[len(w.trail)-20:]))
	})
}
