package audit

import (
	"fmt"
	"strings"
	"time"
)

// contest is what the entries say of the election that a proposal is.
type contest struct {
	named     bool
	role      string
	seats     []int64
	free      []instant // from when, in the order of the seats
	state     string
	relaxed   string
	decision  string
	extended  bool
	published bool // the answers to questions are on record, all of them
	rulebook  int64

	reserved    int64 // places, and for whom
	reservedFor string

	opened, until, opens, final, starts instant

	candidates map[string]*candidate
	questions  map[int64]row
	answers    map[string]row
	objections map[string]row
}

// candidate is somebody who has stood. Who was put up and has not accepted is not recorded, and their rows are not compared.
type candidate struct {
	member               string
	accepted, gone       instant
	statement, interests words
	turn, seat           any
	approved             bool
	share                string // the reference under which they stand, or stood, with others
	reserved, trial      bool
}

func newContest() contest {
	return contest{candidates: map[string]*candidate{}, questions: map[int64]row{}, answers: map[string]row{}, objections: map[string]row{}}
}

// noteElection takes down what an entry says of the election. Where it moves the vote, the proposal moves with it.
func (p *proposal) noteElection(e entry) {
	x, d := &p.election, e.data
	switch e.kind {
	case "election.opened":
		x.open(e)
	case "election.extended":
		x.extended, x.until, x.starts = true, d.time("until"), d.time("starts")
		x.opens, p.opens = d.time("opens"), d.time("opens")
	case "election.settled":
		x.state, x.relaxed = "answering", d.str("relaxed")
		x.opens, p.opens = d.time("opens"), d.time("opens")
	case "election.published":
		x.state, x.published = "voting", true
	case "election.counted":
		x.count(d)
	case "election.final":
		x.state = "final"
	case "election.failed":
		x.state, x.decision = "nobody", d.str("decision")
		if p.beforeVote() {
			p.end("lapsed", e.at)
		}
	case "election.objected":
		x.objections[e.by] = row{"text": d.words("text"), "at": e.at}
	}
}

func (x *contest) open(e entry) {
	d := e.data
	x.named, x.state, x.role, x.rulebook = true, "nominating", strings.TrimPrefix(d.str("role"), "role/"), d.num("rulebook")
	x.seats, x.opened = d.nums("seats"), e.at
	x.reserved, x.reservedFor = d.num("reserved"), d.str("reserved_for")
	x.until, x.opens, x.starts = d.time("until"), d.time("opens"), d.time("starts")
	for _, at := range d.strs("free") {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t = time.Time{}
		}
		x.free = append(x.free, exactly(t))
	}
}

// count seats those who were elected, in the order in which they were, and notes who can be drawn.
func (x *contest) count(d data) {
	x.state, x.decision, x.final, x.starts = "objecting", d.str("decision"), d.time("final"), d.time("starts")
	for i, ref := range d.strs("elected") {
		for _, c := range x.under(ref) {
			if i < len(x.seats) {
				c.turn, c.seat = int64(i+1), x.seats[i]
			}
		}
	}
	for _, ref := range d.strs("approved") {
		for _, c := range x.under(ref) {
			c.approved = true
		}
	}
}

// under returns who stands under the reference: one, or people who stand together.
func (x *contest) under(ref string) (out []*candidate) {
	for own, c := range x.candidates {
		if c.gone == (instant{}) && (c.share == ref || c.share == "" && own == ref) {
			out = append(out, c)
		}
	}
	return out
}

// noteCandidate takes down who stands, who does no longer, and what they are asked and answer.
func (p *proposal) noteCandidate(e entry) {
	x, d := &p.election, e.data
	ref := d.str("candidate")
	switch c := x.candidates[ref]; {
	case e.kind == "candidate.stands":
		if c == nil {
			c = &candidate{member: d.str("member"), accepted: e.at}
			x.candidates[ref] = c
		}
		c.statement, c.interests, c.gone = d.words("statement"), d.words("interests"), instant{}
		c.share, c.reserved, c.trial = d.str("share"), d.flag("reserved"), d.flag("trial")
	case c != nil && (e.kind == "candidate.stood_down" || e.kind == "candidate.barred" || e.kind == "candidate.parted"):
		c.gone = e.at
	case e.kind == "question.asked":
		x.questions[d.num("question")] = row{"author_id": e.by, "text": d.words("text"), "at": e.at}
	case e.kind == "question.answered":
		x.answers[fmt.Sprint(d.num("question"), " ", ref)] = row{"text": d.words("text"), "at": d.time("at")}
	}
}

func (x *contest) row(group int64) row {
	seats := make([]string, min(len(x.seats), len(x.free)))
	for i := range seats {
		seats[i] = fmt.Sprintf("%d@%d", x.seats[i], x.free[i].UnixMilli())
	}
	return row{
		"group_id": group, "role_id": x.role, "state": x.state, "seats": strings.Join(seats, " "), "rulebook": x.rulebook, "opened_at": x.opened,
		"until_at": x.until, "extended": x.extended, "opens_at": x.opens, "final_at": x.final, "starts_at": x.starts, "relaxed": x.relaxed,
		"decision": x.decision, "reserved": x.reserved, "reserved_for": x.reservedFor,
	}
}

// row is a candidature. When somebody was put up is theirs alone to know; it was not after they accepted.
func (c *candidate) row() row {
	return row{
		"member_id": c.member, "asked_at": until(c.accepted), "accepted_at": c.accepted, "gone_at": c.gone, "statement": c.statement,
		"interests": c.interests, "turn": c.turn, "seat": c.seat, "approved": c.approved, "share": c.share, "reserved": c.reserved, "trial": c.trial,
	}
}

// aboutElection compares the election that the proposal is, if it is one, with all that hangs on it.
func (c *check) aboutElection(p *proposal) error {
	x, want := &p.election, map[string]wanted{}
	if x.named {
		want[fmt.Sprint(p.number)] = func() row { return x.row(p.group) }
	}
	both, err := c.rows(elections, p.ref, want, c.group.ID, p.number)
	if err != nil || len(both) == 0 {
		return err
	}
	stood, asked := map[string]wanted{}, map[string]wanted{}
	for ref, cand := range x.candidates {
		stood[ref] = cand.row
	}
	for id, q := range x.questions {
		asked[fmt.Sprint(id)] = func() row { return q }
	}
	if _, err := c.rows(candidates, p.ref, stood, c.group.ID, p.number); err != nil {
		return err
	}
	if _, err := c.rows(questions, p.ref, asked, c.group.ID, p.number); err != nil {
		return err
	}
	if x.published { // until then they are their writers' own
		if _, err := c.rows(answers, p.ref, just(x.answers), c.group.ID, p.number); err != nil {
			return err
		}
	}
	_, err = c.rows(objections, p.ref, just(x.objections), c.group.ID, p.number)
	return err
}

// just is rows as they are.
func just(rows map[string]row) map[string]wanted {
	out := make(map[string]wanted, len(rows))
	for name, r := range rows {
		out[name] = func() row { return r }
	}
	return out
}
