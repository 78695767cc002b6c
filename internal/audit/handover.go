package audit

import (
	"fmt"
	"strings"
)

// learnBook is what the entries say of understudies and the lots that name them, of handovers, and of the question who would be next.
type learnBook struct {
	understudies, lots, tickets, lists, handovers, askings map[string]row // by the name of the row
}

func newLearnBook() learnBook {
	return learnBook{map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}}
}

func (b *learnBook) note(e entry) {
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "understudy":
		b.noteUnderstudy(e)
	case "handover":
		b.noteHandover(e)
	case "asking":
		b.noteAsking(e)
	}
}

func (b *learnBook) noteUnderstudy(e entry) {
	d := e.data
	name, lot := fmt.Sprint(d.str("term"), " ", d.num("n")), fmt.Sprint(d.num("lot"))
	switch e.kind {
	case "understudy.named":
		b.understudies[name] = row{"member_id": d.str("member"), "named_at": e.at, "cause": d.str("cause"), "ended_at": nil, "ended_how": ""}
	case "understudy.ended":
		if u := b.understudies[name]; u != nil {
			u["ended_at"], u["ended_how"] = e.at, d.str("how")
		}
	case "understudy.lot":
		b.lots[lot] = row{
			"term_id": d.str("term"), "state": "announced", "at": d.time("at"), "pool_hash": d.str("pool_hash"), "commit_to": d.str("commit"),
			"secret": nil, "seed": "",
		}
		for _, place := range d.list("pool") {
			b.tickets[fmt.Sprint(lot, " ", place.num("place"))] = row{"weight": place.num("weight"), "turn": nil}
		}
	case "understudy.drawn":
		if l := b.lots[lot]; l != nil {
			l["state"], l["secret"], l["seed"] = "drawn", d.str("secret"), d.str("seed")
		}
		for i, place := range d.nums("order") {
			if t := b.tickets[fmt.Sprint(lot, " ", place)]; t != nil {
				t["turn"] = int64(i + 1)
			}
		}
	}
}

func (b *learnBook) noteHandover(e entry) {
	d := e.data
	h := b.handovers[d.str("term")]
	switch {
	case e.kind == "handover.list":
		key := strings.TrimPrefix(d.str("role"), "role/")
		b.lists[fmt.Sprint(key, " ", d.num("n"))] = row{"member_id": e.by, "items": d.words("items"), "at": e.at}
	case e.kind == "handover.opened":
		b.handovers[d.str("term")] = row{"opened_at": e.at, "finished_at": nil, "seal": "", "forgotten_at": nil}
	case h != nil && e.kind == "handover.finished":
		h["finished_at"], h["seal"] = e.at, d.str("seal")
	case h != nil && e.kind == "handover.forgotten":
		h["forgotten_at"] = e.at
	}
}

func (b *learnBook) noteAsking(e entry) {
	d, name := e.data, fmt.Sprint(e.data.num("asking"))
	k := b.askings[name]
	switch {
	case e.kind == "asking.opened":
		b.askings[name] = row{
			"role_id": strings.TrimPrefix(d.str("role"), "role/"), "opened_at": e.at, "closes_at": d.time("closes"), "free_at": d.time("free"),
			"counted_at": nil, "yes": int64(0), "with_someone": int64(0), "shadow_first": int64(0), "not_now": int64(0), "few": false,
		}
	case k != nil && e.kind == "asking.counted":
		k["counted_at"] = e.at
		said := d.obj("answers")
		if k["few"] = said.has("anybody"); said.has("anybody") {
			k["yes"] = said.flag("anybody")
			break
		}
		for _, answer := range []string{"yes", "with_someone", "shadow_first", "not_now"} {
			k[answer] = said.num(answer)
		}
	}
}

// aboutLearning holds the tables of learning and handing over against the record.
func (c *check) aboutLearning() error {
	b := c.book.learning
	for _, x := range []struct {
		t    table
		rows map[string]row
	}{{understudies, b.understudies}, {understudyLots, b.lots}, {understudyTickets, b.tickets}, {handoverLists, b.lists}, {handovers, b.handovers}, {askings, b.askings}} {
		if _, err := c.rows(x.t, "group", just(x.rows), c.group.ID); err != nil {
			return err
		}
	}
	return nil
}

// Why columns of theirs are not compared.
const (
	willing  = "who would be understudy is told to nobody; who is drawn is"
	pairwise = "what the outgoing and the new holder do together is theirs; that it is finished is recorded"
)

var (
	understudies = table{"understudies", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(key, "ref", "terms", "term_id"), named(key, "n"), by(nowhere, "ref", "members", "member_id"),
		is("named_at", "cause", "ended_at", "ended_how"))}
	understudyLots = table{"understudy_lots", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"), by(nowhere, "ref", "terms", "term_id"),
		is("state", "at", "pool_hash", "commit_to"), []column{{name: "secret", sql: "CASE WHEN t.state <> 'announced' THEN t.secret END"}}, is("seed"))}
	understudyTickets = table{"understudy_tickets", "t.lot_id IN (SELECT l.id FROM understudy_lots l WHERE l.group_id = ?)", columns(
		by(key, "number", "understudy_lots", "lot_id"), named(key, "place"), not(willing, "member_id"), is("weight", "turn"))}
	handoverLists = table{"handover_lists", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(key, "key", "roles", "role_id"), named(key, "n"), by(nowhere, "ref", "members", "member_id"), is("items", "at"))}
	handovers = table{"handovers", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(key, "ref", "terms", "term_id"), is("opened_at"), not(pairwise, "met_old", "met_new"),
		is("finished_at", "seal"), not(secret, "salt"), is("forgotten_at"))}
	askings = table{"askings", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(nowhere, "key", "roles", "role_id"), named(key, "number"),
		is("opened_at", "closes_at", "free_at", "counted_at", "yes", "with_someone", "shadow_first", "not_now", "few"))}
)
