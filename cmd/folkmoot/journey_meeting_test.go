package main

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// TestJourneyMeeting walks a meeting in five browsers at once, from those who ask for it to the confirmation of its record by the next: four people and the screen in the room. What
// happens on one shows on the others by itself.
func TestJourneyMeeting(t *testing.T) {
	dark := browsertest.Desktop
	dark.Dark = true
	walkMeeting(t, browsertest.Phone, browsertest.Phone, browsertest.Desktop, dark)
}

// TestJourneyMeetingPlain is the same where no scripts run, in the second language.
func TestJourneyMeetingPlain(t *testing.T) {
	face := browsertest.Phone
	face.NoJavaScript, face.Language = true, "es"
	walkMeeting(t, face, face, face, face)
}

func walkMeeting(t *testing.T, faces ...browsertest.Look) {
	w := newTown(t)
	w.preset = "A"
	all := []*walker{w.person("Ada", faces[0]), w.person("Bo", faces[1]), w.person("Cem", faces[2]), w.person("Dora", faces[3])}
	invitation := begin(all[0])
	for _, p := range all[1:] {
		join(p, invitation)
	}
	m := &assembly{screen: w.person("screen", browsertest.Look{Width: 1280, Height: 720, NoJavaScript: faces[0].NoJavaScript, Language: faces[0].Language})}
	walkTogether(t, all, []part{
		{"proposals", m.in(m.propose)}, {"asked for", askForMeeting}, {"called", callMeeting}, {"at the door", m.in(m.comeIn)}, {"opened", m.in(m.open)}, {"items", m.in(m.items)},
		{"closed", m.in(m.close)}, {"confirmed", m.in(m.confirm)},
	})
}

// assembly is what the parts of a meeting's journey know of it.
type assembly struct {
	screen    *walker
	proposals map[string]string // their numbers, by their titles
	number    string            // of the meeting
	seat      int               // of who facilitates, among all
	chair     *walker           // who facilitates
	vice      *walker           // who would in their place
}

// in has a part fail where it fails.
func (m *assembly) in(walk func([]*walker)) func([]*walker) {
	return func(all []*walker) {
		m.screen = m.screen.in(all[0].t)
		m.sit(all, m.seat)
		walk(all)
	}
}

// sit says who facilitates. Ada and Cem would.
func (m *assembly) sit(all []*walker, seat int) {
	m.seat, m.chair, m.vice = seat, all[seat], all[2-seat]
}

const meetingsPage = "/meetings"

// The business of the meeting: two proposals that are put to the vote, one of them in secret, and one on which they are asked to agree.
const (
	buyKettle, paintDoor, onMondays = "Buy a kettle", "Paint the door", "Meet on Mondays"
	heating, stall                  = "About the heating", "The stall on Saturday"
)

// propose has Bo propose what a meeting is to decide.
func (m *assembly) propose(all []*walker) {
	m.proposals = map[string]string{}
	bo, cem := all[1], all[2]
	for _, title := range []string{buyKettle, paintDoor, onMondays} {
		bo.goTo(bo.group("/proposals/new")).choose("motion.form.forum.meeting")
		bo.fill("title", title, "clause-1", "Ada does it by Friday.", "won", "It is done.").press("motion.form.propose").at(title).reads("main", "motion.forum.meeting")
		m.proposals[title] = path.Base(bo.Path())
		if title == paintDoor {
			cem.goTo(bo.Path()).press("motion.act.secret").reads("main", "motion.held.secret")
		}
	}
}

// askForMeeting: members ask, and as nobody holds a role that calls meetings, they can themselves.
func askForMeeting(all []*walker) {
	ada, bo := all[0], all[1]
	bo.goTo(bo.group(meetingsPage)).reads("main", "now.meeting").unfold("meeting.topic.open")
	bo.fill("title", stall).press("meeting.topic.put").WantText("main", stall)
	if left := bo.goTo(bo.Path()).unfold("meeting.topic.open").Value("title"); left != "" {
		bo.t.Errorf("what was put down stands in the form again: %q", left)
	}
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
	bo.fill("title", heating, "place", "Laundry room", "getting-in", "No steps. Ring twice.").press("meeting.call.do").reads(".notice", "meeting.flash.called")
	bo.WantText("main", buyKettle, paintDoor, onMondays, stall, "Laundry room")
	bo.press("meeting.print").WantText("main", heating)
}

// page is the page of the meeting that the journey is about, and what is below it.
func (m *assembly) page(p *walker, below string) string {
	return p.group(meetingsPage + "/" + m.number + below)
}

// comeIn has everybody check in and say what they would do. Whoever called the meeting puts it on the screen.
func (m *assembly) comeIn(all []*walker) {
	m.number = "1"
	m.checkIn(all)
	bo := all[1]
	bo.town.clock.stand(bo.t)
	bo.goTo(m.page(bo, "/screen")).press("screen.make").reads(".notice", "screen.flash.made")
	m.screen = m.screen.in(bo.t)
	m.screen.Open(bo.Value(bo.say("screen.address"))).WantText("main", heating)
}

// checkIn waits until people can come in, and has them do so. Ada and Cem would facilitate, and Dora would write notes.
func (m *assembly) checkIn(all []*walker) {
	ada := all[0]
	ada.goTo(m.page(ada, "")).passUntil(".head time")
	for i, p := range all {
		p.goTo(m.page(p, "")).press("meeting.mode.room").reads("main", "meeting.enter.is.room")
		if i == 1 {
			continue
		}
		p.choose([]string{"meeting.job.facilitate", "", "meeting.job.facilitate", "meeting.job.note"}[i]).press("meeting.would.do")
	}
}

// open has the meeting begin, its jobs drawn and its agenda adopted.
func (m *assembly) open(all []*walker) {
	bo := all[1]
	bo.goTo(m.page(bo, "")).press("meeting.begin").reads(".head", "meeting.state.session")
	m.draw(all)
	m.desk().press("meeting.adopt").reads("main", "meeting.opening.agenda")
}

// draw finds who facilitates, and who would in their place.
func (m *assembly) draw(all []*walker) {
	m.sit(all, 0)
	if !m.chair.Open(m.page(m.chair, "")).Has(`.head .act[href$="/run"]`) {
		m.sit(all, 2)
	}
	m.chair.goTo(m.page(m.chair, "")).press("meeting.console.open").at("meeting.console.title")
}

// desk is the console of whoever facilitates.
func (m *assembly) desk() *walker { return m.chair.goTo(m.page(m.chair, "/run")) }

// items deals with all that is on the agenda, in the order that rules and the lot have put it.
func (m *assembly) items(all []*walker) {
	left := map[string]func([]*walker){heating: m.talk, stall: m.overrule, buyKettle: m.voteWithoutBo, paintDoor: m.voteInSecret, onMondays: m.block}
	for range 5 {
		now := m.desk().press("meeting.console.take").Text("#now")
		for title, deal := range left {
			if strings.Contains(now, title) {
				delete(left, title)
				m.follows(m.screen, m.screen.Path(), "main", title)
				deal(all)
			}
		}
	}
	if len(left) > 0 {
		m.chair.t.Fatalf("%d items are left over", len(left))
	}
}

// follows expects words on a page: where scripts run it gets them by itself.
func (m *assembly) follows(p *walker, path, selector string, words ...string) {
	p.t.Helper()
	if p.face.NoJavaScript || p.Path() != path {
		p.Open(path)
	}
	p.WantText(selector, words...)
}

// talk: a hand goes up, and shows on the console; the next speaker is called, shows on the screen, and says when they are done. Meanwhile notes are taken, and the server breaks down: it is as
// it was when it is back, and the pages find it by themselves.
func (m *assembly) talk(all []*walker) {
	bo, dora := all[1], all[3]
	m.desk()
	bo.goTo(m.page(bo, "")).press("meeting.side.speak").reads("main", "meeting.why.first")
	m.follows(m.chair, m.page(m.chair, "/run"), "#list + ol", "Bo")
	m.chair.press("meeting.call_next").WantText("[data-part=speaking]", "Bo")
	m.follows(bo, m.page(bo, ""), "main", bo.say("meeting.you_speak"))
	m.follows(m.screen, m.screen.Path(), "main", "Bo")
	dora.goTo(m.page(dora, "/notes")).Fill(dora.notesOf(heating), "For: it is **cold**.")
	dora.press("minutes.notes.save")
	until := bo.until()
	dora.Fill(dora.notesOf(heating), "For: it is **cold**. Against: nothing.")
	bo.town.crash(bo.t, append(slices.Clone(all), m.screen)...)
	m.follows(dora, m.page(dora, "/notes"), "main", dora.say("minutes.notes.write"))
	if !dora.face.NoJavaScript {
		if typed := dora.Value(dora.notesOf(heating)); !strings.Contains(typed, "Against") {
			dora.t.Errorf("of the notes there is %q", typed)
		}
		dora.press("minutes.notes.save").WantText("main", "Against: nothing.")
	}
	if m.follows(bo, m.page(bo, ""), "main", bo.say("meeting.you_speak")); bo.until() != until {
		bo.t.Errorf("the turn was to end at %s, and is now at %s", until, bo.until())
	}
	bo.press("meeting.finished")
	m.follows(m.chair, m.page(m.chair, "/run"), "[data-part=speaking]", m.chair.say("meeting.console.silence"))
}

// until is when the turn that somebody has ends, as their page says.
func (p *walker) until() string {
	p.t.Helper()
	return browsertest.Eval[string](p.Tab, `document.querySelector("[data-part=floor] time").dateTime`)
}

// notesOf names the field for the notes on an item.
func (p *walker) notesOf(item string) string {
	p.t.Helper()
	return p.say("minutes.notes.label", "Title", item)
}

// overrule has a rules question asked, ruled on, and the ruling overturned: the vote on it is run by the second facilitator.
func (m *assembly) overrule(all []*walker) {
	bo, dora := all[1], all[3]
	bo.goTo(m.page(bo, "")).unfold("procedure.rules_question.name")
	bo.fill("about", "Speaking time").press("meeting.rules_ask")
	m.desk().fill("ruling", "Nobody speaks for longer than a minute.", "ruling-rule", "speech_seconds").press("meeting.moves.rule")
	bo.goTo(m.page(bo, "")).unfold("procedure.challenge.name").press("meeting.moves.make", "Move", bo.say("procedure.challenge.name"))
	dora.goTo(m.page(dora, "")).press("meeting.moves.support")
	m.vice.goTo(m.page(m.vice, "/run")).press("meeting.moves.put")
	for _, p := range all {
		p.goTo(m.page(p, "")).press("meeting.moves.yes")
	}
	bo.waitFor(m.page(bo, ""), "#moves-over")
	bo.look().reads("main", "meeting.moves.end.carried", "Move", bo.say("procedure.challenge.name"), "For", 4, "Against", 0)
}

// put has the proposal that is talked about put to the vote.
func (m *assembly) put() { m.desk().press("meeting.vote.do") }

// voteWithoutBo: Bo's phone has no connection while the others vote, and is right again afterwards.
func (m *assembly) voteWithoutBo(all []*walker) {
	bo := all[1]
	bo.goTo(m.page(bo, ""))
	if !bo.face.NoJavaScript {
		bo.Offline(true)
	}
	m.put()
	m.follows(m.screen, m.screen.Path(), "main", m.chair.say("screen.vote"))
	for _, p := range all {
		if p != bo {
			p.goTo(m.page(p, "")).press("meeting.vote_now").choose("ballot.for").press("ballot.check").press("ballot.cast")
		}
	}
	m.chair.town.clock.pass(m.chair.t, time.Minute+time.Second) // Bo has not voted, so it waits for its end
	if !bo.face.NoJavaScript {
		bo.Offline(false)
		bo.Forgive()
	}
	m.follows(bo, m.page(bo, ""), "#agenda + ol", bo.say("meeting.item.now"))
	m.carried(all, buyKettle, 3, 0)
}

// carried expects that everybody reads the same of a proposal that was put to the vote. Groups that decide by agreement need three of every four votes.
func (m *assembly) carried(all []*walker, title string, yes, no int) {
	for _, p := range all {
		p.waitFor(p.group("/proposals/"+m.proposals[title]+"/vote"), ".outcome")
		p.look().reads(".outcome", "ballot.outcome.carried").reads(".why", "ballot.why.enough_for.cast", "For", yes, "Of", yes+no, "Needed", 3, "Num", 3, "Den", 4)
	}
}

// voteInSecret has a paper for everybody that nobody can tie to them. The vote ends when all have voted.
func (m *assembly) voteInSecret(all []*walker) {
	m.loseQuorum(all)
	m.put()
	for _, p := range all {
		p.goTo(m.page(p, "")).press("meeting.vote_now").choose("ballot.for").press("ballot.check").reads("main", "ballot.check.final")
		p.press("ballot.cast").at("ballot.done.title")
	}
	m.carried(all, paintDoor, 4, 0)
}

// loseQuorum has three leave, so that nothing can be put to the vote until they are back.
func (m *assembly) loseQuorum(all []*walker) {
	var away []*walker
	for _, p := range all {
		if p != m.chair {
			away = append(away, p)
		}
	}
	for _, p := range away {
		p.goTo(m.page(p, "")).press("meeting.enter.gone")
	}
	m.desk().reads("[data-part=now]", "meeting.present.few", "Count", 1, "Room", 1, "Remote", 0, "Phone", 0, "Need", 2)
	m.chair.reads("[data-part=run]", "meeting.too_few", "Count", 1)
	for _, p := range away {
		p.goTo(m.page(p, "")).press("meeting.mode.room")
	}
	m.desk().reads("[data-part=now]", "meeting.present.enough", "Count", 4, "Room", 4, "Remote", 0, "Phone", 0)
}

// block: Dora blocks, so they do not agree, and do not vote either: both sides look for a way first.
func (m *assembly) block(all []*walker) {
	dora := all[3]
	m.desk().press("call.do")
	m.follows(m.screen, m.screen.Path(), "main", m.chair.say("screen.call"))
	for _, p := range all {
		p.goTo(m.page(p, "")).press("call.answer_now")
		if p != dora {
			p.press("agree.response.agree")
			continue
		}
		p.press("agree.response.block").choose("agree.ground.safety").fill("words", "Nobody gets home.", "names", "The last bus").press("call.send_block")
	}
	m.chair.waitFor(m.page(m.chair, "/run"), "[data-part=calls] .now")
	m.chair.look().reads("[data-part=calls]", "call.outcome.blocked")
	for _, p := range all {
		p.goTo(p.group("/proposals/"+m.proposals[onMondays]+"/resolution")).reads("h1", "resolve.title")
	}
	m.desk().press("meeting.finish")
}

// close ends the meeting and the screen with it.
func (m *assembly) close(all []*walker) {
	m.desk().confirm("meeting.close", "meeting.close.yes").reads(".head", "meeting.state.closed", "Count", 4)
	for _, p := range all {
		p.goTo(m.page(p, "")).reads("main", "meeting.after.note")
		p.goTo(p.group("/decisions")).WantText(".rows", buyKettle, paintDoor)
	}
	m.follows(m.screen, m.screen.Path(), "body", m.chair.say("screen.over"))
}

// confirm has the record published, and the next meeting confirm it.
func (m *assembly) confirm(all []*walker) {
	dora := all[3]
	dora.goTo(m.page(dora, "/record")).confirm("minutes.publish", "minutes.publish.yes").WantText("main", "it is cold", "Nobody speaks for longer than a minute.")
	askForMeeting(all)
	bo := all[1]
	bo.waitFor(bo.group(meetingsPage), ".head .buttons a")
	bo.look().press("meeting.call").fill("title", heating, "place", "Laundry room").press("meeting.call.do").reads(".notice", "meeting.flash.called")
	m.number = "2"
	m.checkIn(all)
	m.open(all)
	m.desk()
	m.chair.Click(m.chair.say("meeting.opening.record", "Number", 1))
	m.chair.look().confirm("minutes.confirm", "minutes.confirm.yes").reads(".head", "minutes.state.confirmed", "Number", 2)
}
