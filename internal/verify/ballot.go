package verify

import (
	"math"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/merkle"
)

type ballot struct {
	opened  entry
	closed  *entry
	end     time.Time // when it closes; later than was frozen if it was extended, and earlier if everybody had voted
	more    []int64   // the entry that extended it
	fewer   []int64   // the entries by which one fewer votes by hand
	stopped bool      // its urn was not as it must be, and nothing was counted
	decided bool
	motion  *motion
	version version

	overturned bool // what was agreed was stopped by those who were absent
}

func (b *book) aboutBallot(e entry) *Problem {
	switch e.kind {
	case "ballot.opened":
		return b.opened(e)
	case "ballot.closed":
		return b.closed(e)
	case "ballot.announced":
		if b.ballots[e.of] != nil || b.announced[e.of] {
			return broken("entry", "N", e.n)
		}
		b.announced[e.of] = true
	case "ballot.stopped":
		return b.stopped(e)
	case "ballot.extended":
		return b.extended(e)
	case "ballot.hands_fewer":
		return b.fewer(e)
	}
	return nil
}

// stopped checks that what is stopped was open. A vote that was to be held again may be stopped before that too, but only with its group, or
// where there is nothing left to decide.
func (b *book) stopped(e entry) *Problem {
	bal := b.ballots[e.of]
	if why := e.data.str("reason"); bal == nil && b.announced[e.of] && (why == "archived" || why == "moot") {
		bal = &ballot{}
		b.ballots[e.of] = bal
	} else if bal == nil || bal.closed != nil || bal.stopped {
		return broken("no_opening", "N", e.n)
	}
	bal.stopped = true
	return nil
}

// round checks, in a file that holds the whole log, that a vote is held again only after one that was inquorate or stopped,
// and only once: nobody asks until the answer suits.
func (b *book) round(e entry, bal *ballot) *Problem {
	m := bal.motion
	m.rounds = append(m.rounds, bal)
	if b.only != "" {
		return nil // it holds one of the votes
	}
	if e.data.num("round") != int64(len(m.rounds)) || !inTurn(m.rounds) {
		return broken("round", "N", e.n)
	}
	return nil
}

// inTurn says whether ballots on a proposal follow each other as they may: first calls for agreement, each after one that came to none, and then a vote, which is
// held again once if it ended without an answer.
func inTurn(rounds []*ballot) bool {
	votes := 0
	for i, bal := range rounds {
		switch {
		case i > 0 && !rounds[i-1].again(), votes > 0 && calls(bal.opened.data):
			return false
		case !calls(bal.opened.data):
			votes++
		}
	}
	return votes <= 2
}

// again says whether the vote ended without an answer.
func (bal *ballot) again() bool {
	return bal.stopped || bal.overturned || bal.closed != nil && slices.Contains([]string{"inquorate", "not_agreed", "blocked"}, bal.closed.data.str("outcome"))
}

// opened checks that the ballot froze a text, rules and a roll, and that the hash of the question is the hash of these.
func (b *book) opened(e entry) *Problem {
	d := e.data
	m := b.motions[refOf("motion", d["motion"])]
	n := d.num("version")
	if b.ballots[e.of] != nil || m == nil || n < 1 || n > int64(len(m.versions)) {
		return broken("entry", "N", e.n)
	}
	v := m.versions[n-1]
	if d.str("text_hash") != v.hash {
		return broken("ballot_text", "N", e.n)
	}
	if _, ok := b.rules[d.num("rulebook")]; !ok {
		return broken("rulebook", "N", e.n, "Number", d.num("rulebook"))
	}
	asks := map[string]any{
		"ballot": strings.TrimPrefix(e.of, "ballot/"), "closes_at": d["closes_at"], "opens_at": d["opens_at"], "quorum": d["quorum"],
		"roll": d["roll_hash"], "secret": d["secret"], "text": d["text_hash"],
	}
	if where := d.str("meeting"); where != "" {
		asks["meeting"], asks["named"] = where, d["named"]
	}
	switch {
	case calls(d):
		asks["call"] = d["call"]
	case elects(d):
		asks["contest"], asks["method"], asks["seats"] = d["contest"], d["method"], d["seats"]
	default:
		rule := d.obj("rule")
		asks["rule"] = map[string]any{"base": rule["base"], "den": rule["den"], "num": rule["num"], "strict": rule["strict"]}
	}
	question, err := merkle.Canonical(asks)
	if err != nil || digest(question) != d.str("question_hash") {
		return broken("question", "N", e.n)
	}
	opens, err := time.Parse(stamp, d.str("opens_at"))
	closes, err2 := time.Parse(stamp, d.str("closes_at"))
	if err != nil || err2 != nil || !opens.Before(closes) || e.at.Before(opens) {
		return broken("ballot_times", "N", e.n)
	}
	if p := b.inRoom(e, m, v, opens, closes); p != nil {
		return p
	}
	if p := b.byHand(e); p != nil {
		return p
	}
	if p := b.byRules(e, v, opens, closes); p != nil {
		return p
	}
	if p := b.roll(e, opens); p != nil {
		return p
	}
	b.ballots[e.of] = &ballot{opened: e, motion: m, version: v, end: closes}
	b.promisesLot(e)
	return b.round(e, b.ballots[e.of])
}

// closed counts again. Where too few took part there is nothing to count, and there may be nothing: votes that were
// counted then were known before the question was closed.
func (b *book) closed(e entry) *Problem {
	bal := b.ballots[e.of]
	if bal == nil || bal.closed != nil || bal.stopped {
		return broken("no_opening", "N", e.n)
	}
	d, o := e.data, bal.opened.data
	if p := bal.ends(e); p != nil {
		return p
	}
	turnout, ok := d["turnout"].(int64)
	listed := o.str("receipt") != "none" || d.num("papers") != 0
	if !ok || turnout < 0 || turnout > o.num("entitled") || listed && d.num("papers") != turnout {
		return broken("turnout", "N", e.n)
	}
	outcome, reason := "inquorate", "too_few_voted"
	if !bal.tooFew(turnout) {
		var p *Problem
		if outcome, reason, p = bal.recount(e, turnout); p != nil {
			return p
		}
	}
	if outcome != d.str("outcome") || reason != d.str("reason") {
		return broken("outcome", "N", e.n, "Got", d.str("outcome"), "Want", outcome)
	}
	if p := b.named(bal, e, turnout); p != nil {
		return p
	}
	if p := bal.hands(e, turnout); p != nil {
		return p
	}
	if bal.tooFew(turnout) && d.without("closes_at").without("hands").exactly("ballot", "motion", "turnout", "outcome", "reason", "papers", "papers_hash") != nil {
		return broken("few_counted", "N", e.n)
	}
	bal.closed = &e
	return nil
}

// choices are the names under which a closing entry says how the votes fell.
var choices = []string{"for", "against", "abstain"}

// tooFew says whether so few took part that the votes may not be counted.
func (bal *ballot) tooFew(turnout int64) bool { return turnout < bal.opened.data.num("quorum") }

// elects says whether the ballot that the entry opens puts options in order.
func elects(opened object) bool { return opened.str("method") != "" && !calls(opened) }

// elected returns how a ballot by ranking ended, by whom the entry that closes it names: each was an option, once, and there are no more of
// them than places, unless a lot is drawn among all whom half approve. The papers are counted again from the file that the election's page has.
func (bal *ballot) elected(e entry) (outcome string, p *Problem) {
	o := bal.opened.data
	names, options := e.data.list("elected"), o.obj("contest").list("options")
	if int64(len(names)) > o.num("seats") && o.str("method") != "approval" {
		return "", broken("uncounted", "N", e.n)
	}
	for i, n := range names {
		if _, ok := n.(string); !ok || !slices.Contains(options, n) || slices.Contains(names[:i], n) {
			return "", broken("uncounted", "N", e.n)
		}
	}
	if len(names) == 0 {
		return "not_carried", nil
	}
	return "carried", nil
}

// recount returns how a vote in which enough took part ended, by the numbers of the entry that closes it.
func (bal *ballot) recount(e entry, turnout int64) (outcome, reason string, p *Problem) {
	d, o := e.data, bal.opened.data
	if calls(o) {
		return bal.agreed(e, turnout)
	}
	if elects(o) {
		outcome, p = bal.elected(e)
		return outcome, "", p
	}
	for _, name := range choices {
		if _, ok := d[name].(int64); !ok {
			return "", "", broken("uncounted", "N", e.n)
		}
	}
	c := count{d.num("for"), d.num("against"), d.num("abstain"), o.num("entitled")}
	if !c.possible() || c.turnout() != turnout {
		return "", "", broken("turnout", "N", e.n)
	}
	outcome, reason, ok := c.outcome(o.obj("rule"))
	if !ok {
		return "", "", broken("rule", "N", e.n)
	}
	return outcome, reason, nil
}

// count is the numbers of a ballot for, against and abstaining.
type count struct{ yes, no, abstain, entitled int64 }

func (c count) turnout() int64 { return c.yes + c.no + c.abstain }

// possible says whether the numbers can be of one ballot. They are small enough then to be multiplied.
func (c count) possible() bool {
	for _, n := range []int64{c.yes, c.no, c.abstain, c.entitled} {
		if n < 0 || n > math.MaxInt32 {
			return false
		}
	}
	return c.turnout() <= c.entitled
}

// outcome decides by the frozen rule: more for than against, and the share asked for.
func (c count) outcome(rule object) (outcome, reason string, ok bool) {
	num, den, base := rule.num("num"), rule.num("den"), rule.str("base")
	if den < 1 || den > math.MaxInt32 || num < 0 || num > den || base != "cast" && base != "roll" {
		return "", "", false
	}
	of := c.yes + c.no
	if base == "roll" {
		of = c.entitled
	}
	have, want := c.yes*den, num*of
	enough := have > want || have == want && !rule.flag("strict")
	switch {
	case c.turnout() == 0:
		return "not_carried", "nobody_voted", true
	case c.yes+c.no == 0:
		return "not_carried", "all_abstained", true
	case c.yes == c.no:
		return "not_carried", "tied", true
	case c.yes < c.no:
		return "not_carried", "more_against", true
	case !enough:
		return "not_carried", "short_of_needed", true
	}
	return "carried", "enough_for", true
}

// papers checks the published receipt codes against the hash that was recorded when the ballot closed, and counts them
// where they show their choice, which they may only in a ballot that says so and was counted.
func (bal *ballot) papers(number string, codes []any) *Problem {
	d := bal.closed.data
	want := d.num("papers")
	if bal.opened.data.str("receipt") == "none" {
		want = 0 // nobody was given a code to look for
	}
	if int64(len(codes)) != want {
		return broken("papers", "Number", number)
	}
	if want == 0 {
		return nil
	}
	var all strings.Builder
	var c count
	shown := bal.opened.data.str("receipt") == "full" && !bal.tooFew(d.num("turnout"))
	last := ""
	for _, v := range codes {
		line, ok := v.(string)
		if !ok || line <= last || strings.ContainsAny(line, "\r\n") {
			return broken("papers", "Number", number)
		}
		last = line
		all.WriteString(line + "\n")
		_, choice, ok := strings.Cut(line, " ")
		if ok && !shown {
			return broken("papers_tell", "Number", number)
		}
		c.add(choice)
	}
	if digest([]byte(all.String())) != d.str("papers_hash") {
		return broken("papers", "Number", number)
	}
	if shown && (c.yes != d.num("for") || c.no != d.num("against") || c.abstain != d.num("abstain")) {
		return broken("recount", "Number", number)
	}
	return nil
}

func (c *count) add(choice string) {
	switch choice {
	case "1":
		c.yes++
	case "2":
		c.no++
	case "3":
		c.abstain++
	}
}
