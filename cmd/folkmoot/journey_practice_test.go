package main

import (
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// TestJourneyPractice: somebody who has never run a meeting begins a practice on a phone, and is led from step to step. Nobody else is needed, and its
// pages keep up by themselves.
func TestJourneyPractice(t *testing.T) {
	w := newTown(t)
	ada := w.person("Ada", browsertest.Phone)
	begin(ada)
	ada.goTo(ada.group(meetingsPage)).press("practice.link.list").at("practice.title")
	ada.press("practice.begin").reads(".practice", "practice.banner").reads("main", "practice.step.here")
	ada.press("meeting.mode.room").reads("main", "practice.step.would")
	ada.choose("meeting.job.facilitate").press("meeting.would.do").reads("main", "practice.step.begin")
	ada.press("meeting.begin").reads("main", "practice.step.adopt").press("meeting.console.open").at("meeting.console.title")
	ada.press("meeting.adopt").reads("main", "practice.step.opening")
	ada.press("meeting.moves.said").reads("main", "practice.step.take").press("meeting.console.take").reads("main", "practice.step.next")
	for range 20 { // hands go up by themselves
		if ada.Has(`form[action$="/next"]`) {
			break
		}
		w.clock.pass(t, 3*time.Second)
		time.Sleep(700 * time.Millisecond)
	}
	ada.look().press("meeting.call_next").reads("main", "practice.step.more").press("meeting.more").reads("main", "practice.step.round")
	big := browsertest.Desktop
	ada.Look(big)
	ada.look().press("meeting.finish")
	ada.press("meeting.console.take").confirm("meeting.close", "meeting.close.yes").reads(".head", "meeting.state.closed", "Count", 12)
	ada.goTo("/practice").confirm("practice.end", "practice.end.yes").reads(".notice", "practice.flash.ended")
}
