package audit

import (
	"fmt"
	"strconv"
	"strings"
)

// meetingBook is what the entries say of meetings: that members asked for them, what they talked about, and who had which job in them.
type meetingBook struct {
	calls, meetings, items, terms, moves map[string]row // by the name of the row
	minutes, texts, names, fixes         map[string]row
	tabled                               map[string]any // when each proposal was, by its name
	together                             togetherBook
}

func newMeetingBook() meetingBook {
	return meetingBook{
		map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{},
		map[string]any{}, newTogetherBook(),
	}
}

func (b *meetingBook) note(e entry) {
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "call":
		b.noteCall(e)
	case "topic", "item":
		b.noteItem(e)
	case "meeting":
		b.noteMeeting(e)
	case "job":
		b.noteJob(e)
	case "minutes":
		b.noteMinutes(e)
	case "move":
		b.noteMove(e)
	case "feeling", "round", "breakout", "spokes":
		b.together.note(e)
	}
}

func (b *meetingBook) noteCall(e entry) {
	d := e.data
	k := b.calls[e.name()]
	if e.kind == "call.started" || k == nil {
		k = row{
			"state": "collecting", "business": d.words("business"), "needed": d.num("needed"), "signed": nil, "rulebook": d.num("rulebook"),
			"started_at": e.at, "closes_at": d.time("closes"), "reached_at": instant{}, "ended_at": instant{},
		}
		b.calls[e.name()] = k
	}
	switch e.kind {
	case "call.reached":
		k["state"], k["signed"], k["reached_at"] = "reached", d.num("signed"), e.at
	case "call.unanswered":
		k["state"] = "convening"
	case "call.ended":
		k["state"], k["signed"], k["ended_at"] = d.str("how"), d.num("signed"), e.at
	}
}

// item returns what is put down under a number; what is on no agenda is not compared with anything that stands there.
func (b *meetingBook) item(id int64) row {
	it := b.items[fmt.Sprint(id)]
	if it == nil {
		it = row{}
	}
	return it
}

func (b *meetingBook) put(id int64, kind string, title, text any) row {
	it := row{
		"meeting_id": nil, "kind": kind, "motion_id": nil, "title": title, "text": text, "by_id": nil, "added_at": instant{}, "minutes": int64(0),
		"carried": int64(0), "place": int64(0), "why": "", "fits": true, "state": "waiting", "began_at": instant{}, "ended_at": instant{}, "aside_id": nil, "urgent": false,
		"report_from": int64(0), "report_to": int64(0), "report_due": instant{},
	}
	b.items[fmt.Sprint(id)] = it
	return it
}

func (b *meetingBook) noteItem(e entry) {
	d := e.data
	it, m := b.item(d.num("item")), b.meetings[numberOf(d.str("meeting"))]
	switch e.kind {
	case "topic.put":
		it = b.put(d.num("item"), "topic", d.words("title"), d.words("text"))
		it["by_id"], it["added_at"], it["minutes"] = e.by, e.at, d.num("minutes")
	case "topic.taken_back":
		it["state"], it["ended_at"] = "withdrawn", e.at
	case "item.came":
		for _, o := range b.items {
			if o["meeting_id"] == numeral(numberOf(d.str("meeting"))) && o["place"].(int64) >= d.num("place") {
				o["place"] = o["place"].(int64) + 1
			}
		}
		it = b.report(d)
		it["meeting_id"], it["added_at"], it["place"], it["why"] = numeral(numberOf(d.str("meeting"))), e.at, d.num("place"), d.str("why")
	case "item.went":
		it["state"], it["ended_at"] = "withdrawn", e.at
	case "item.began":
		it["state"], it["began_at"] = "now", e.at
		if d.has("to") {
			it["report_from"], it["report_to"], it["report_due"] = d.num("from"), d.num("to"), instant{}
		}
		if d.has("late") {
			it["report_due"] = d.time("late")
		}
		if m != nil {
			m["item_id"] = d.num("item")
		}
	case "item.aside":
		it["aside_id"] = e.by
	case "item.ended":
		if it["state"] = d.str("how"); d.str("how") != "waiting" { // for the next sitting
			it["ended_at"] = e.at
		}
		if d.has("to") {
			it["report_from"], it["report_to"] = d.num("from"), d.num("to")
		}
		if d.has("late") {
			it["report_due"] = d.time("late")
		}
		if m != nil {
			m["item_id"] = nil
		}
	}
}

// numberOf is what stands behind the word in the name of something: 3 in meeting/3.
func numberOf(ref string) string {
	_, number, _ := strings.Cut(ref, "/")
	return number
}

// numeral is a number as the table has it; nil if it is none.
func numeral(number string) any {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil
	}
	return n
}

func (b *meetingBook) noteMeeting(e entry) {
	d, number := e.data, e.name()
	m := b.meetings[number]
	if e.kind == "meeting.called" || m == nil {
		m = row{
			"kind": d.str("kind"), "state": "called", "title": d.words("title"), "called_at": e.at, "called_by": orNil(e.by), "cause": d.str("cause"),
			"rulebook": d.num("rulebook"), "code": d.str("code"), "commit_to": d.str("commit"), "secret": nil, "lot_at": d.time("lot_at"),
			"ordered_at": instant{}, "jobs_commit": d.str("jobs_commit"), "jobs_secret": nil, "active": int64(0), "quorum": int64(0), "present": int64(0),
			"most": nil, "enough": false, "began_at": instant{}, "adopted_at": instant{}, "item_id": nil, "break_until": instant{}, "ended_at": instant{},
			"sitting": int64(1), "sat_at": instant{}, "talk_at": instant{}, "noted": int64(0),
		}
		b.meetings[number] = m
		b.gather(e)
	}
	switch e.kind {
	case "meeting.called", "meeting.moved", "meeting.placed":
		if m["notice_at"] = e.at; e.kind != "meeting.placed" {
			m["opens_at"], m["stop_at"] = d.time("opens"), d.time("stop")
		}
		for _, k := range []string{"place", "getting_in", "link", "dial_in", "help"} {
			m[k] = d.words(k)
		}
	case "meeting.ordered":
		m["ordered_at"], m["secret"] = e.at, d.str("secret")
		for i, line := range d.list("items") {
			it := b.item(line.num("item"))
			it["place"], it["why"], it["fits"] = int64(i+1), line.str("why"), line.flag("fits")
		}
	case "meeting.began":
		m["state"], m["sat_at"], m["enough"], m["active"], m["quorum"] = "session", e.at, d.flag("enough"), d.num("active"), d.num("quorum")
		if at, ok := m["began_at"].(instant); ok && at.IsZero() {
			m["began_at"], m["present"] = e.at, d.num("present")
		}
	case "meeting.adjourned":
		m["state"], m["sitting"], m["enough"], m["talk_at"], m["sat_at"], m["noted"] = "called", d.num("sitting"), false, instant{}, instant{}, int64(0)
		m["opens_at"], m["stop_at"], m["notice_at"], m["jobs_commit"], m["jobs_secret"] = d.time("opens"), d.time("stop"), e.at, d.str("jobs_commit"), nil
	case "meeting.noted", "meeting.unnoted":
		m["noted"] = d.num("noted")
	case "meeting.talk":
		m["talk_at"] = e.at
	case "meeting.jobs":
		m["jobs_secret"] = d.str("secret")
	case "meeting.adopted":
		m["adopted_at"] = e.at
	case "meeting.quorum":
		if m["enough"] = d.flag("enough"); d.flag("enough") {
			m["talk_at"] = instant{}
		}
	case "meeting.online": // the end of what is talked about is an entry of its own
		for _, v := range d.nums("items") {
			if it := b.item(v); it["state"] == "waiting" {
				it["state"], it["ended_at"] = "online", e.at
			}
		}
	case "meeting.ended":
		m["state"], m["ended_at"], m["most"], m["talk_at"], m["noted"] = d.str("how"), e.at, d.num("most"), instant{}, int64(0)
		b.carry(e)
	}
}

// gather takes down what is on the agenda of a meeting as it is called.
func (b *meetingBook) gather(e entry) {
	call := b.calls[numberOf(e.data.str("call"))]
	for _, line := range e.data.list("items") {
		id, kind := line.num("item"), line.str("kind")
		it := b.items[fmt.Sprint(id)]
		switch {
		case it != nil:
		case kind == "report":
			it = b.report(line)
			it["added_at"] = e.at
		case kind == "business" && call != nil:
			it = b.put(id, kind, e.data.words("title"), call["business"])
			it["added_at"] = call["started_at"]
		default:
			it = b.put(id, kind, "", "")
			it["motion_id"], it["added_at"], it["carried"] = numbered(line.str("motion")), b.tabled[line.str("motion")], line.num("carried")
		}
		it["meeting_id"], it["minutes"], it["urgent"] = numeral(e.name()), line.num("minutes"), line.flag("urgent")
	}
}

// report is what a meeting is to hear of money, as an entry has it.
func (b *meetingBook) report(line data) row {
	it := b.put(line.num("item"), "report", line.words("title"), "")
	it["minutes"], it["carried"] = line.num("minutes"), line.num("carried")
	return it
}

// carry has what a meeting did not reach wait for the next one.
func (b *meetingBook) carry(e entry) {
	for _, line := range e.data.list("left") {
		it := b.item(line.num("item"))
		it["state"], it["ended_at"] = "left", e.at
		if !line.has("next") {
			continue
		}
		b.again(it, line.num("next"))
	}
}

// again has an item wait for the next meeting under a number of its own.
func (b *meetingBook) again(it row, number int64) {
	next := b.put(number, "", it["title"], it["text"])
	for _, k := range []string{"kind", "motion_id", "by_id", "added_at", "minutes", "report_from", "report_to", "report_due"} {
		next[k] = it[k]
	}
	if n, ok := it["carried"].(int64); ok {
		next["carried"] = n + 1
	}
}

func (b *meetingBook) noteJob(e entry) {
	d := e.data
	switch t := b.terms[d.str("term")]; {
	case e.kind == "job.begun":
		t = row{
			"meeting_id": nil, "job": d.str("job"), "member_id": d.str("member"), "shadow": d.flag("shadow"), "caps": d.str("caps"), "starts_at": d.time("begins"),
			"ends_at": d.time("ends"), "cause": d.str("cause"), "ended_at": instant{}, "ended_how": "",
		}
		if strings.HasPrefix(d.str("cause"), "meeting/") {
			t["meeting_id"] = numeral(numberOf(d.str("cause")))
		}
		b.terms[d.str("term")] = t
	case t != nil && e.kind == "job.ended":
		t["ended_at"], t["ended_how"] = e.at, d.str("how")
	}
}

// noteMinutes takes down what is on record of a meeting beside what it did.
func (b *meetingBook) noteMinutes(e entry) {
	d, number := e.data, e.name()
	m := b.minutes[number]
	if e.kind == "minutes.begun" || m == nil {
		m = row{
			"state": "draft", "draft_until": d.time("draft_until"), "published_at": instant{}, "published_by": nil, "until_at": instant{},
			"confirmed_at": instant{}, "confirmed_in": nil,
		}
		if e.kind == "minutes.begun" {
			b.minutes[number] = m
		}
	}
	switch e.kind {
	case "minutes.published":
		m["state"], m["published_at"], m["published_by"], m["until_at"] = "published", e.at, orNil(e.by), d.time("until")
		for _, line := range d.list("notes") {
			b.texts[fmt.Sprint(number, " ", line.num("item"))] = row{"text": line.words("text")}
		}
	case "minutes.confirmed":
		m["state"], m["confirmed_at"], m["confirmed_in"] = "confirmed", e.at, numeral(numberOf(d.str("in")))
	case "minutes.named":
		b.names[fmt.Sprint(d.num("item"), " ", e.by)] = row{"at": e.at}
	case "minutes.unnamed":
		delete(b.names, fmt.Sprint(d.num("item"), " ", e.by))
	case "minutes.correction":
		b.fixes[fmt.Sprint(number, " ", d.num("n"))] = row{
			"item_id": d.num("item"), "by_id": e.by, "text": d.words("text"), "at": e.at, "how": "", "answer": "", "answered_by": nil, "answered_in": nil,
			"answered_at": instant{},
		}
	case "minutes.answered":
		if c := b.fixes[fmt.Sprint(number, " ", d.num("n"))]; c != nil {
			c["how"], c["answer"], c["answered_by"], c["answered_at"] = d.str("how"), d.words("answer"), e.by, e.at
			c["answered_in"] = numeral(numberOf(d.str("in")))
		}
	}
}

// noteMove takes down what was asked about how a meeting goes on, and what came of it.
func (b *meetingBook) noteMove(e entry) {
	d := e.data
	name := fmt.Sprint(d.num("move"))
	mv := b.moves[name]
	if e.kind == "move.made" || mv == nil {
		mv = row{
			"meeting_id": numeral(numberOf(d.str("meeting"))), "item_id": someItem(d.num("item")), "kind": d.str("kind"), "by_id": e.by, "rule": d.words("rule"),
			"safety": d.flag("safety"), "whole": d.flag("whole"), "minutes": d.num("minutes"), "comes_at": d.time("comes"), "first_id": someItem(d.num("first")),
			"about_id": orNil(d.str("about")), "of_id": someItem(d.num("of")), "support": int64(1), "state": "pending", "made_at": e.at, "ready_at": instant{},
			"needs": "", "opens_at": instant{}, "closes_at": instant{}, "entitled": int64(0), "votes_for": int64(0), "votes_against": int64(0),
			"decided_at": instant{}, "ruling": "", "ruling_rule": "",
		}
		b.moves[name] = mv
		if d.flag("ready") {
			mv["ready_at"] = e.at
		}
	}
	switch e.kind {
	case "move.supported":
		mv["support"] = d.num("support")
		if at, ok := mv["ready_at"].(instant); ok && at.IsZero() && d.flag("ready") {
			mv["ready_at"] = e.at
		}
	case "move.put":
		mv["state"], mv["opens_at"], mv["closes_at"], mv["entitled"], mv["needs"] = "voting", d.time("opens"), d.time("closes"), d.num("entitled"), d.str("needs")
	case "move.ruled":
		mv["state"], mv["decided_at"], mv["ruling"], mv["ruling_rule"] = "ruled", e.at, d.words("ruling"), d.words("rule")
	case "move.decided":
		mv["state"], mv["decided_at"], mv["votes_for"], mv["votes_against"] = d.str("how"), e.at, d.num("for"), d.num("against")
		if d.str("how") == "carried" {
			b.carryOut(e, mv)
		}
	}
}

// carryOut has what a carried move asks for be so.
func (b *meetingBook) carryOut(e entry, mv row) {
	d := e.data
	m, it := b.meetings[numberOf(d.str("meeting"))], b.item(d.num("item"))
	switch mv["kind"] {
	case "more_time":
		if d.has("minutes") {
			it["minutes"] = d.num("minutes")
		}
		if d.has("stop") && m != nil {
			m["stop_at"] = d.time("stop")
		}
	case "reorder":
		for _, line := range d.list("items") {
			b.item(line.num("item"))["place"] = line.num("place")
		}
	case "adjourn":
		if m != nil && d.has("until") { // and not another date
			m["break_until"] = d.time("until")
		}
	case "come_back":
		if d.has("next") {
			mv["first_id"] = d.num("next")
			b.again(it, d.num("next"))
		}
	}
}

// someItem is the number of a row that a row refers to; nil if it refers to none.
func someItem(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// noteTabled takes down when a proposal was tabled: that is how long it waits for a meeting.
func (b *meetingBook) noteTabled(e entry) {
	switch e.kind {
	case "motion.tabled":
		b.tabled[e.of] = e.at
	case "motion.untabled":
		delete(b.tabled, e.of)
	}
}

// aboutMeetings holds the tables of meetings against the record.
func (c *check) aboutMeetings() error {
	b := c.book.meetings
	for _, x := range append([]filled{{meetingCalls, b.calls}, {meetings, b.meetings}, {meetingItems, b.items}, {meetingTerms, b.terms}, {proceduralMoves, b.moves}, {minutes, b.minutes}, {minutesTexts, b.texts}, {minutesNames, b.names}, {minutesCorrections, b.fixes}}, b.together.tables()...) {
		want := make(map[string]wanted, len(x.rows))
		for name, r := range x.rows {
			want[name] = func() row { return r }
		}
		if _, err := c.rows(x.t, "group", want, c.group.ID); err != nil {
			return err
		}
	}
	return nil
}
