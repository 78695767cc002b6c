package main

import (
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
)

// TestJourneyMeeting walks a meeting in the browser, from those who ask for it to its end: nobody calls it, so they do; jobs are drawn, people speak, a proposal is decided in the
// room, and what happens on one screen shows on the others by itself.
func TestJourneyMeeting(t *testing.T) {
	w := newTown(t)
	walkMeeting(t, []*walker{w.person("Ada", browsertest.Phone), w.person("Bo", browsertest.Phone), w.person("Cem", browsertest.Desktop)})
}

// TestJourneyMeetingPlain is the same on phones that run no scripts, in the second language.
func TestJourneyMeetingPlain(t *testing.T) {
	face := browsertest.Phone
	face.NoJavaScript, face.Language = true, "es"
	w := newTown(t)
	walkMeeting(t, []*walker{w.person("Ada", face), w.person("Bo", face), w.person("Cem", face)})
}

func walkMeeting(t *testing.T, all []*walker) {
	invitation := begin(all[0])
	join(all[1], invitation)
	join(all[2], invitation)
	walkTogether(t, all, []part{
		{"a proposal for it", proposeForMeeting}, {"asked for", askForMeeting}, {"called", callMeeting}, {"at the door", comeToMeeting}, {"talked", talkInMeeting},
		{"voted", voteInMeeting}, {"closed", closeMeeting},
	})
}

const meetingsPage = "/meetings"

// proposeForMeeting has Ada propose something that a meeting is to decide, and Bo support it.
func proposeForMeeting(all []*walker) {
	ada, bo := all[0], all[1]
	ada.goTo(ada.group("/proposals/new")).choose("motion.form.forum.meeting")
	ada.fill("title", "Buy a kettle", "clause-1", "Ada buys a kettle by Friday.", "won", "There is tea.").press("motion.form.propose").at("Buy a kettle").isAbout(ada.Path())
	bo.goTo(bo.proposal("")).press("motion.act.support").reads(".notice", "motion.flash.supported")
	ada.goTo(ada.proposal("")).reads("main", "motion.forum.meeting")
}

// askForMeeting: two of three ask, nobody calls it for a week, and then they can.
func askForMeeting(all []*walker) {
	ada, bo := all[0], all[1]
	bo.goTo(bo.group(meetingsPage)).reads("main", "meeting.list.empty").unfold("meeting.topic.open")
	bo.fill("title", "The stall on Saturday").press("meeting.topic.put").WantText("main", "The stall on Saturday")
	ada.goTo(ada.group(meetingsPage)).unfold("meeting.ask.open")
	ada.fill("business", "The heating is broken.").press("meeting.ask.start").WantText("main", "The heating is broken.")
	bo.goTo(bo.group(meetingsPage)).press("meeting.ask.sign").reads(".notice", "meeting.flash.signed")
	pass(all, 8)
}

func callMeeting(all []*walker) {
	bo := all[1]
	bo.waitFor(bo.group(meetingsPage), ".head .buttons a")
	bo.look().press("meeting.call").at("meeting.call.title.special")
	bo.press("meeting.call.do").reads(".problems", "meeting.form.missing")
	bo.fill("title", "About the heating", "place", "Laundry room", "getting-in", "No steps. Ring twice.").press("meeting.call.do").reads(".notice", "meeting.flash.called")
	bo.WantText("main", "Buy a kettle", "The stall on Saturday", "Laundry room")
	bo.press("meeting.print").WantText("main", "About the heating")
}

// meetingPage is the page of the meeting that the journey is about.
func (p *walker) meetingPage() string { return p.group(meetingsPage + "/1") }

func comeToMeeting(all []*walker) {
	ada := all[0]
	ada.goTo(ada.meetingPage()).passUntil(".head time")
	for _, p := range all {
		p.goTo(p.meetingPage()).press("meeting.mode.room").reads("main", "meeting.enter.is.room")
		p.choose("meeting.job.facilitate").choose("meeting.job.note").press("meeting.would.do")
	}
	ada.goTo(ada.meetingPage()).press("meeting.begin").reads(".head", "meeting.state.session")
}

// desk is where the meeting is run.
func (p *walker) desk() string { return p.meetingPage() + "/run" }

// facilitator returns who facilitates, with the console before them, and the others.
func facilitator(all []*walker) (chair *walker, others []*walker) {
	for _, p := range all {
		if chair == nil && p.Open(p.meetingPage()).Has(`.head .act[href$="/run"]`) {
			chair = p
			continue
		}
		others = append(others, p)
	}
	if chair == nil {
		all[0].t.Fatal("nobody facilitates")
	}
	chair.look().press("meeting.console.open")
	return chair, others
}

func talkInMeeting(all []*walker) {
	chair, others := facilitator(all)
	chair.look().press("meeting.adopt").press("meeting.console.take").WantText("#now", "About the heating")
	for _, p := range others {
		p.Open(p.meetingPage())
	}
	others[0].look().press("meeting.side.speak").reads("main", "meeting.why.first")
	if !chair.face.NoJavaScript {
		chair.WantText("#list + ol", others[0].name) // by itself
	}
	chair.goTo(chair.desk()).press("meeting.call_next").WantText("[data-part=speaking]", others[0].name)
	if !others[0].face.NoJavaScript {
		others[0].reads("main", "meeting.you_speak")
	}
	others[0].goTo(others[0].meetingPage()).press("meeting.finished")
}

// voteInMeeting has the proposal put to the vote, by somebody who has not proposed it, and everybody vote.
func voteInMeeting(all []*walker) {
	chair, _ := facilitator(all)
	for n := 0; !strings.Contains(chair.Text("#now"), "Buy a kettle"); n++ {
		if n > 3 {
			chair.t.Fatal("the proposal is not on the agenda")
		}
		chair.goTo(chair.desk()).press("meeting.console.take")
		chair, _ = facilitator(all)
	}
	chair.look().press("meeting.vote.do")
	for _, p := range all {
		p.goTo(p.meetingPage()).press("meeting.vote_now").choose("ballot.for").press("ballot.check").press("ballot.cast")
	}
	for _, p := range all {
		p.waitFor(p.proposal("/vote"), ".outcome")
		p.reads(".outcome", "ballot.outcome.carried")
	}
}

func closeMeeting(all []*walker) {
	chair, _ := facilitator(all)
	chair.confirm("meeting.close", "meeting.close.yes").reads(".head", "meeting.state.closed", "Count", 3)
	for _, p := range all {
		p.goTo(p.meetingPage()).reads("main", "meeting.after.note")
		p.goTo(p.group(meetingsPage)).WantText("main", "About the heating")
	}
}
