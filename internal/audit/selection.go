package audit

import (
	"fmt"
	"strings"
	"time"
)

// selectBook is what the entries say of selections by consent. What nobody has read yet stands in no entry, and its rows are not compared.
type selectBook struct {
	selections, papers, refusals, nominees, answers map[string]row // by the name of the row
}

func newSelectBook() selectBook {
	return selectBook{map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}}
}

func (b *selectBook) note(e entry) {
	d, number := e.data, e.name()
	s := b.selections[number]
	if e.kind == "selection.opened" || s == nil {
		s = opened(e)
		b.selections[number] = s
	}
	nominee := func(turn int64) row {
		n := b.nominees[fmt.Sprint(number, " ", turn)]
		if n == nil {
			n = row{} // of a turn that nobody has
		}
		return n
	}
	switch e.kind {
	case "selection.extended":
		s["extended"], s["until_at"], s["starts_at"] = true, d.time("until"), d.time("starts")
	case "selection.declined":
		b.refusals[number+" "+e.by] = row{"at": e.at}
	case "selection.named":
		b.papers[fmt.Sprint(number, " ", d.num("round"), " ", e.by)] = row{"named_id": d.str("member"), "reason": d.words("reason")}
	case "selection.read":
		step(s, "changing", d)
		s["relaxed"] = d.str("relaxed")
	case "selection.ordered":
		s["secret"] = d.str("secret")
		for _, line := range d.list("order") {
			b.nominees[fmt.Sprint(number, " ", line.num("turn"))] = row{
				"member_id": line.str("member"), "named": line.num("named"), "named_first": line.num("first"), "round": int64(0), "accepted_at": nil, "how": "", "seat": nil,
			}
		}
	case "selection.proposed":
		step(s, "asking", d)
		s["round"] = d.num("round")
		for _, turn := range d.nums("turns") {
			nominee(turn)["round"] = d.num("round")
		}
	case "selection.answered":
		b.answers[fmt.Sprint(number, " ", d.num("turn"), " ", e.by)] = row{"answer": d.str("answer"), "reason": d.words("reason")}
	case "selection.asked":
		step(s, "accepting", d)
	case "selection.accepted":
		nominee(d.num("turn"))["accepted_at"] = e.at
	case "selection.judged", "selection.settled":
		n := nominee(d.num("turn"))
		n["how"] = d.str("how")
		if seat := d.num("seat"); seat != 0 {
			n["seat"] = seat
		}
	case "selection.final", "selection.failed":
		s["state"], s["why"] = "final", d.str("why")
		if e.kind == "selection.failed" {
			s["state"] = "nobody"
		}
		b.unasked(number)
	}
}

// opened is a selection as it begins.
func opened(e entry) row {
	d := e.data
	var seats []string
	free := d.strs("free")
	for i, seat := range d.nums("seats") {
		if i < len(free) {
			at, err := time.Parse(time.RFC3339, free[i])
			if err != nil {
				at = time.Time{}
			}
			seats = append(seats, fmt.Sprintf("%d@%d", seat, at.UnixMilli()))
		}
	}
	return row{
		"role_id": strings.TrimPrefix(d.str("role"), "role/"), "state": "naming", "seats": strings.Join(seats, " "), "rulebook": d.num("rulebook"),
		"opened_at": e.at, "until_at": d.time("until"), "extended": false, "round": int64(0), "starts_at": d.time("starts"), "active": d.num("active"),
		"quorum": d.num("quorum"), "relaxed": d.str("relaxed"), "commit_to": d.str("commit"), "secret": nil, "why": "",
	}
}

// step has a selection begin another step.
func step(s row, state string, d data) {
	s["state"], s["extended"], s["until_at"], s["starts_at"] = state, false, d.time("until"), d.time("starts")
}

// unasked notes whose turn never came.
func (b *selectBook) unasked(number string) {
	for name, n := range b.nominees {
		if strings.HasPrefix(name, number+" ") && n["how"] == "" {
			n["how"] = "unasked"
		}
	}
}

// aboutSelections holds the tables of selections against the record.
func (c *check) aboutSelections() error {
	b := c.book.choosing
	for _, x := range []struct {
		t    table
		rows map[string]row
	}{{selections, b.selections}, {selectionPapers, b.papers}, {selectionRefusals, b.refusals}, {selectionNominees, b.nominees}, {selectionAnswers, b.answers}} {
		if _, err := c.rows(x.t, "group", just(x.rows), c.group.ID); err != nil {
			return err
		}
	}
	return nil
}

// inSelection is which rows belong to selections of the group.
const inSelection = "t.selection_id IN (SELECT s.id FROM selections s WHERE s.group_id = ?)"

var (
	selections = table{"selections", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(nowhere, "key", "roles", "role_id"), named(key, "number"),
		is("state", "seats", "rulebook", "opened_at", "until_at", "extended", "round", "starts_at", "active", "quorum", "relaxed", "commit_to"),
		[]column{{name: "secret", sql: "CASE WHEN EXISTS (SELECT 1 FROM selection_nominees n WHERE n.selection_id = t.id) THEN t.secret END"}},
		is("why"), not(ahead, "due_at"))}
	selectionPapers = table{"selection_papers", `t.selection_id IN (SELECT s.id FROM selections s WHERE s.group_id = ?
			AND CASE s.state WHEN 'naming' THEN 1 WHEN 'changing' THEN 2 ELSE 0 END <> t.round)`, columns(
		by(key, "number", "selections", "selection_id"), named(key, "round"), by(key, "ref", "members", "member_id"),
		by(nowhere, "ref", "members", "named_id"), is("reason"))}
	selectionRefusals = table{"selection_refusals", inSelection, columns(
		by(key, "number", "selections", "selection_id"), by(key, "ref", "members", "member_id"), is("at"))}
	selectionNominees = table{"selection_nominees", inSelection, columns(
		by(key, "number", "selections", "selection_id"), named(key, "turn"), by(nowhere, "ref", "members", "member_id"),
		is("named", "named_first", "round", "accepted_at", "how", "seat"))}
	selectionAnswers = table{"selection_answers", inSelection + ` AND NOT EXISTS (SELECT 1 FROM selections s JOIN selection_nominees n
			ON n.selection_id = s.id AND n.round = s.round WHERE s.id = t.selection_id AND s.state = 'asking' AND n.turn = t.turn)`, columns(
		by(key, "number", "selections", "selection_id"), named(key, "turn"), by(key, "ref", "members", "member_id"), is("answer", "reason"))}
)
