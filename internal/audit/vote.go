package audit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/merkle"
	"folkmoot/internal/motion"
)

// vote is one ballot as the entries tell of it.
type vote struct {
	ref, replaces  string
	state, receipt string
	version, round int64
	rulebook       int64
	secret         bool
	opens, closes  instant // closes: when it is over
	planned, over  instant // when it was to close as it was frozen, and when it does if that is another moment
	opened, closed data    // what was frozen, and what was counted
	counted        instant
	incident       string
	emptied        instant // when its urn is to be emptied because its group was archived; zero: it need not, or has been
	method         string  // of counting papers with an order on them; "" where people vote for or against
	seats          int64
	options        string
	fewer          int64 // of those who were to vote by hand do not
}

func (p *proposal) noteVote(e entry) {
	v := p.vote(e)
	if v == nil {
		return
	}
	switch e.kind {
	case "ballot.put_off", "ballot.late":
		v.opens, v.closes = e.data.time("opens_at"), e.data.time("closes_at")
		p.opens, p.closes = v.opens, v.closes
	case "ballot.opened":
		v.open(e.data)
		p.enter(motion.Voting)
		p.closes = v.closes
		if !v.isCall() { // if that comes to nothing, the vote opens when it would have
			p.opens = v.opens
		}
	case "ballot.closed":
		if e.data.has("closes_at") {
			p.ends(v, e.data.time("closes_at"))
		}
		v.state, v.closed, v.counted = string(ballot.Counted), e.data, e.at
		p.counted(v)
	case "ballot.hands_fewer":
		v.fewer = e.data.num("fewer")
	case "ballot.extended":
		p.ends(v, e.data.time("closes_at"))
	case "ballot.stopped":
		v.state, v.incident = string(ballot.Stopped), e.data.str("reason")
		if v.incident == ballot.ArchivedGroup {
			v.emptied = e.at // is to be
		} else if v.replaces != "" && v.incident != ballot.MootMotion {
			p.end(motion.Lapsed, e.at)
		}
	case "ballot.key_destroyed":
		v.emptied = instant{}
		if v.state != string(ballot.Stopped) {
			v.state = string(ballot.Purged)
		}
	}
}

// vote returns the ballot an entry is about, which begins with its announcement or its opening.
func (p *proposal) vote(e entry) *vote {
	if (e.kind == "ballot.put_off" || e.kind == "ballot.late") && !e.data.has("ballot") { // there was none yet
		p.opens = e.data.time("opens_at")
		return nil
	}
	ref := strings.TrimPrefix(e.data.str("ballot"), "ballot/")
	for _, v := range p.ballots {
		if v.ref == ref {
			return v
		}
	}
	v := &vote{ref: ref, round: e.data.num("round")}
	if e.kind == "ballot.announced" && len(p.ballots) > 0 {
		was := p.ballots[len(p.ballots)-1]
		v.state, v.replaces, v.version, v.rulebook = string(ballot.Announced), was.ref, was.version, was.rulebook
		v.secret, v.receipt = was.secret, was.receipt
		v.method, v.seats, v.options = was.method, was.seats, was.options
		v.opens, v.closes = e.data.time("opens_at"), e.data.time("closes_at")
		p.enter(motion.Inquorate)
		p.meeting = ""
		p.opens, p.closes = v.opens, v.closes
	}
	p.ballots = append(p.ballots, v)
	return v
}

// ends has a vote in a room end at another moment than was frozen.
func (p *proposal) ends(v *vote, at instant) {
	v.closes, v.over, p.closes = at, at, at
}

func (v *vote) open(d data) {
	v.state, v.opened, v.version, v.rulebook = string(ballot.Open), d, d.num("version"), d.num("rulebook")
	v.secret, v.receipt, v.round = d.flag("secret"), d.str("receipt"), d.num("round")
	v.opens, v.closes, v.planned = d.time("opens_at"), d.time("closes_at"), d.time("closes_at")
	v.method, v.seats, v.options = d.str("method"), d.num("seats"), optionsOf(d)
}

// counted has the proposal go where the count leads. Where the vote is held again, its announcement follows.
func (p *proposal) counted(v *vote) {
	switch outcome := v.closed.str("outcome"); {
	case outcome == "carried":
		p.end(motion.Carried, v.closes)
	case outcome == "not_carried":
		p.end(motion.NotCarried, v.closes)
	case v.replaces != "" && outcome == "inquorate":
		p.end(motion.Lapsed, v.closes)
	}
}

// hasPublicChoices says whether the table of open votes has those of the ballot: of a secret one and of one in which too few
// took part it has none, and who took part stands elsewhere.
func (v *vote) hasPublicChoices() bool { return !v.secret && v.closed.has("for") }

func (v *vote) isCounted() bool {
	return v.state == string(ballot.Counted) || v.state == string(ballot.Purged)
}

// keptUntil is until when it is known who took part.
func (v *vote) keptUntil() time.Time { return ballot.Ballot{Closes: v.closes.Time}.KeptUntil() }

func (v *vote) mayBeForgotten(now time.Time) bool { return v.isCounted() && !now.Before(v.keptUntil()) }

func (v *vote) inRecord() string { return "ballot/" + v.ref }

// due is when somebody has to look at the ballot again; nil where nobody has to.
func (v *vote) due(now time.Time) any {
	switch {
	case v.state == string(ballot.Announced):
		return v.opens
	case v.state == string(ballot.Open) && v.opened.num("by_hand") > 0: // whether the tellers agree is not recorded before the close
		return anyOf{v.closes, exactly(v.closes.Add(ballot.HandTime))}
	case v.state == string(ballot.Open):
		return v.closes
	case v.state == string(ballot.Counted) && v.secret:
		return v.counted
	case v.secret && !v.emptied.IsZero():
		return v.emptied
	case v.mayBeForgotten(now):
		return anyOf{exactly(v.keptUntil()), nil} // forgotten, or about to be
	case v.isCounted():
		return exactly(v.keptUntil())
	}
	return nil
}

// row is the ballot's row at a moment. That votes are being counted is not recorded: the entry of the count is.
func (v *vote) row(p *proposal, now time.Time) row {
	o, c := v.opened, v.closed
	r := row{
		"group_id": p.group, "version": v.version, "round": v.round, "replaces_id": orNil(v.replaces), "state": v.state,
		"secret": v.secret, "receipt": v.receipt, "opens_at": v.opens, "closes_at": v.closes, "due_at": v.due(now), "rulebook": v.rulebook,
		"rule": v.rule(), "active": o.num("active"), "quorum": o.num("quorum"), "quorum_by": o.str("quorum_by"), "entitled": o.num("entitled"),
		"roll_hash": orNil(o.str("roll_hash")), "text_hash": orNil(o.str("text_hash")), "question_hash": orNil(o.str("question_hash")),
		"turnout": nil, "votes_for": nil, "votes_against": nil, "abstentions": nil, "outcome": c.str("outcome"), "papers_hash": orNil(c.str("papers_hash")),
		"counted_at": v.counted, "incident": v.incident, "method": v.method, "seats": v.seats, "options": v.options,
		"meeting": o.str("meeting"), "present": o.num("present"), "named": o.flag("named"), "urgent": o.flag("urgent"), "over_at": v.over,
		"by_hand": o.num("by_hand"), "hands_fewer": v.fewer, "hands": "", "hands_turnout": int64(0), "hands_for": nil, "hands_against": nil, "hands_abstain": nil,
	}
	if h := c.obj("hands"); c.has("hands") {
		r["hands_turnout"] = h.num("turnout")
		r["hands"], r["hands_for"], r["hands_against"], r["hands_abstain"] = h.str("how"), h.count("for"), h.count("against"), h.count("abstain")
	}
	if !v.planned.IsZero() {
		r["closes_at"] = v.planned
	}
	if v.isCounted() {
		r["turnout"], r["votes_for"], r["votes_against"], r["abstentions"] = c.count("turnout"), c.count("for"), c.count("against"), c.count("abstain")
	}
	if v.state == string(ballot.Open) && v.secret {
		r["state"] = anyOf{string(ballot.Open), string(ballot.Closing)}
	}
	return r
}

// rule is the frozen rule as the table has it.
func (v *vote) rule() string {
	if v.isCall() && v.opened.has("call") {
		return v.callRule()
	}
	if !v.opened.has("rule") {
		return "" // not open yet, or by ranking
	}
	r := v.opened.obj("rule")
	text, err := merkle.Canonical(map[string]any{"base": r.str("base"), "den": r.num("den"), "num": r.num("num"), "strict": r.flag("strict")})
	if err != nil {
		return ""
	}
	return string(text)
}

// optionsOf returns who could be put in order, as the table has it.
func optionsOf(d data) string {
	if !d.has("contest") {
		return ""
	}
	c := d.obj("contest")
	options, reserved := []any{}, []any{}
	for _, ref := range c.strs("options") {
		options = append(options, ref)
	}
	for _, n := range c.nums("for") {
		reserved = append(reserved, n)
	}
	text, err := merkle.Canonical(map[string]any{"for": reserved, "options": options, "reserved": c.num("reserved"), "ron": c.num("ron")})
	if err != nil {
		return err.Error() // differs from whatever is stored
	}
	return string(text)
}

// decided is a decision as the entries tell of it.
type decided struct {
	number    string
	data      data
	at        instant
	reports   map[int64]*report
	window    window
	late      []entry // what those who were absent said
	year, seq int64
}

// window is until when those who were absent can object; without a state there is none.
type window struct {
	state        string
	until, ended instant
}

type report struct {
	by   string
	text words
	at   instant
	late bool
	// who signed it, and when; the author is among them
	signers map[string]instant
}

func (p *proposal) noteDecision(e entry) {
	number := strings.TrimPrefix(e.of, "decision/")
	if e.kind == "decision.recorded" {
		d := &decided{number: number, data: e.data, reports: map[int64]*report{}}
		d.year, d.seq = split(number)
		for _, v := range p.ballots {
			if "ballot/"+v.ref == e.data.str("ballot") {
				d.at = v.closes
			}
		}
		if e.data.flag("provisional") {
			d.window = window{state: string(decision.Pending), until: e.data.time("until")}
		}
		p.decisions = append(p.decisions, d)
		if e.data.flag("moot") {
			p.state = string(motion.Moot)
		}
		return
	}
	for _, d := range p.decisions {
		if d.number == number {
			d.noteAfter(e)
		}
	}
}

// noteAfter takes down what happens to a decision after it was recorded.
func (d *decided) noteAfter(e entry) {
	switch e.kind {
	case "decision.record_out":
		d.window.until = e.data.time("until")
	case "decision.objected":
		d.late = append(d.late, e)
	case "decision.stands":
		d.window.state, d.window.ended = string(decision.Stood), e.at
	case "decision.stopped":
		d.window.state, d.window.ended = string(decision.Overturned), e.at
	default:
		d.noteDissent(e)
	}
}

// name is what the decision's row is called.
func (d *decided) name() string { return fmt.Sprint(d.year, d.seq) }

func split(number string) (year, seq int64) {
	y, s, _ := strings.Cut(number, "-")
	year, _ = strconv.ParseInt(y, 10, 64)
	seq, _ = strconv.ParseInt(s, 10, 64)
	return year, seq
}

func (d *decided) noteDissent(e entry) {
	id := e.data.num("dissent")
	switch r := d.reports[id]; {
	case e.kind == "dissent.filed":
		d.reports[id] = &report{e.by, e.data.words("text"), e.at, e.data.flag("late"), map[string]instant{e.by: e.at}}
	case r != nil:
		r.signers[e.by] = e.at
	}
}

func (d *decided) row(p *proposal) row {
	return row{
		"group_id": p.group, "version": d.data.num("version"), "ballot_id": strings.TrimPrefix(d.data.str("ballot"), "ballot/"),
		"title": d.data.words("title"), "outcome": d.data.str("outcome"), "at": d.at, "review_at": d.data.time("review_at"),
		"rulebook": d.data.num("rulebook"),
	}
}

func (r *report) row() row {
	return row{"author_id": r.by, "text": r.text, "at": r.at, "late": r.late, "signers": int64(len(r.signers))}
}
