package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

// TestJourneyRotation is practice.md §5.7 on phones and by keyboard alone: who holds a role writes down what helps the next, a lot says who
// that is, members read on the day what changes hands, and the new holder, not the old, marks the handover complete.
func TestJourneyRotation(t *testing.T) {
	w := newTown(t)
	var all []*walker
	for _, name := range []string{"Ada", "Bo", "Cem", "Dora"} {
		all = append(all, w.person(name, browsertest.Phone))
	}
	invitation := begin(all[0])
	for _, p := range all[1:] {
		join(p, invitation)
	}
	for _, p := range all {
		p.keys = true
	}
	r := &rotation{}
	walkTogether(t, all, []part{
		{"first holders", r.firstHolders}, {"write", r.write}, {"next", r.next}, {"the day", r.today}, {"complete", r.complete}, {"afterwards", r.after},
	})
}

// rotation is what the journey has found out: who goes, and when.
type rotation struct {
	out   int // of the walkers
	ends  time.Time
	sheet string // the handover's path
}

// firstHolders has Bo and Dora drawn, and finds out whose term ends first.
func (r *rotation) firstHolders(all []*walker) {
	for _, i := range []int{1, 3} {
		all[i].wouldDo()
	}
	all[1].fallOfLot()
	all[0].town.clock.pass(all[0].t, 4*day)
	ada := all[0]
	ada.waitFor(ada.group(tellersPage), "#held ~ .powers time")
	ada.look()
	first := browsertest.Eval[[]string](ada.Tab, `[...document.querySelectorAll("#held ~ .powers li")].map(e => [e.querySelector(".end").dateTime, e.querySelector(".who").textContent]).sort()[0]`)
	var err error
	if r.ends, err = time.Parse(time.RFC3339, first[0]); err != nil {
		ada.t.Fatal(err)
	}
	if r.out = 1; strings.HasPrefix(first[1], "Dora") {
		r.out = 3
	}
}

// wouldDo says yes to the role.
func (p *walker) wouldDo() {
	p.t.Helper()
	p.waitFor(p.group(tellersPage), "form[action$='/answer']")
	p.look().pick("yes", "powers.answer.yes")
	p.push("powers.ask.do").reads(".notice", "powers.flash.said")
}

// fallOfLot waits until the answers are closed, and until the lot has fallen.
func (p *walker) fallOfLot() {
	p.t.Helper()
	p.goTo(p.group(tellersPage)).passUntil(".head time")
	p.waitFor(p.group(tellersPage), "#pool")
	p.passUntil(".head time")
	p.waitFor(p.group(tellersPage), "thead th:nth-child(5)")
	p.look()
}

// goOn lets time pass until the instant, a week at a time: everybody looks in, since nobody stays signed in who is away for long.
func (r *rotation) goOn(all []*walker, until time.Time) {
	c := all[0].town.clock
	for left := until.Sub(c.now()); left > 0; left = until.Sub(c.now()) {
		c.pass(all[0].t, min(left, 7*day)+time.Second)
		for _, p := range all {
			p.Open(p.group(""))
		}
	}
}

// write: three weeks before the end the outgoing writes as much as they like. Nobody else reads it.
func (r *rotation) write(all []*walker) {
	r.goOn(all, r.ends.Add(-21*day))
	p := all[r.out]
	p.waitFor(p.group(tellersPage), "a[href*='"+tellersPage+"/handover/']")
	p.look().push("handover.sheet.link.outgoing").at("handover.sheet.title", "Role", p.say("role.tellers.name"))
	r.sheet = p.Path()
	p.tabOn("[name=item-1]").Keys("Two counts a month, an hour each.")
	p.tabOn("[name=item-4]").Keys("The stamp is in the cupboard.")
	p.push("handover.sheet.save").reads(".notice", "handover.flash.kept")
	if got := p.Value("item-1"); got != "Two counts a month, an hour each." {
		p.t.Errorf("what was written is %q", got)
	}
	p.push("handover.sheet.met").reads("main", "handover.sheet.met_old", "Who", p.name)
	r.wantHidden(all, all[0])
}

// wantHidden fails the test if somebody who has no part in the handover can read it.
func (r *rotation) wantHidden(all []*walker, p *walker) {
	p.t.Helper()
	if p.Open(r.sheet); p.Status != http.StatusNotFound {
		p.t.Errorf("%s reads the handover of others: %d", p.name, p.Status)
	}
	p.goTo("/g/" + strings.Split(r.sheet, "/")[2])
}

// next: Cem alone says yes, and so comes next. Before the term begins there is nothing to tick.
func (r *rotation) next(all []*walker) {
	cem := all[2]
	r.goOn(all, r.ends.Add(-20*day))
	cem.wouldDo()
	cem.fallOfLot()
	cem.goTo(r.sheet).WantText("main", "Two counts a month, an hour each.")
	if cem.Has("form[action$='/check']") {
		cem.t.Error("the next holder ticks points before their term begins")
	}
}

// today: on the day every member reads on the first page what changes hands, and what the role is.
func (r *rotation) today(all []*walker) {
	r.goOn(all, r.ends)
	for _, p := range all {
		p.waitFor(p.group(""), "#hands")
		p.look().reads("#hands", "handover.today", "Count", 1).reads("main", "role.tellers.does").reads("main", "role.tellers.not")
	}
	ada, cem := all[0], all[2]
	ada.push("role.tellers.name").at("role.tellers.name").reads("main", "handover.unfinished")
	cem.goTo(cem.group(tellersPage)).reads("main", "power.sign_count.you").reads("main", "powers.mine.nobody")
}

// complete: Cem ticks every point, says that the two have met, and only then can mark it complete. Who leaves cannot.
func (r *rotation) complete(all []*walker) {
	out, cem := all[r.out], all[2]
	if out.goTo(r.sheet); out.Has("#finish-handover") || out.Has("form[action$='/check']") {
		out.t.Error("who leaves can mark the handover complete")
	}
	cem.goTo(cem.group("")).push("role.tellers.name")
	cem.goTo(r.sheet).reads("main", "handover.sheet.finish.wait").reads("main", "handover.sheet.met_old", "Who", out.name)
	points := browsertest.Eval[int](cem.Tab, `document.querySelectorAll("form[action$='/check'] [type=checkbox]").length`)
	for i := range points {
		cem.tabOn(fmt.Sprintf("[type=checkbox][name=item-%d]", i+1)).Keys(" ")
	}
	cem.push("handover.sheet.check_save").reads(".notice", "handover.flash.kept").reads("main", "handover.sheet.finish.wait")
	cem.push("handover.sheet.met").reads("main", "handover.sheet.met_new", "Who", cem.name)
	cem.confirm("handover.sheet.finish", "handover.sheet.finish.yes").reads(".notice", "handover.flash.finished").reads("main", "handover.sheet.fact.finished")
	if points < 5 {
		cem.t.Errorf("%d points were ticked", points)
	}
}

// after: the role says no more that a handover waits, who left reads that it is complete, and nobody else reads it.
func (r *rotation) after(all []*walker) {
	ada, out := all[0], all[r.out]
	if ada.goTo(ada.group(tellersPage)); strings.Contains(ada.Text("main"), ada.say("handover.unfinished")) {
		ada.t.Error("the handover is finished, and the role says that it is not")
	}
	out.goTo(r.sheet).reads("main", "handover.sheet.fact.finished").WantText("main", "Two counts a month, an hour each.")
	r.wantHidden(all, ada)
}
