package audit

import (
	"fmt"
	"strings"
)

// roleBook is what the entries say of roles, of who holds them and of the draws that fill them, and of the counts that tellers signed.
type roleBook struct {
	roles, draws, pools, terms, signed map[string]row // by the name of the row
	effects, petitions, waivers        map[string]row
	revivals, vacancies, balances      map[string]row
}

func newRoleBook() roleBook {
	return roleBook{
		map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{}, map[string]row{},
		map[string]row{}, map[string]row{}, map[string]row{},
	}
}

// name is what stands behind the word in the subject: 3 in draw/3.
func (e entry) name() string {
	_, name, _ := strings.Cut(e.of, "/")
	return name
}

func (b *roleBook) note(e entry) {
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "role":
		b.noteRole(e)
	case "vacancy":
		b.noteVacancy(e)
	case "draw":
		b.noteDraw(e)
	case "term":
		b.noteTerm(e)
	case "effect":
		b.effects[fmt.Sprint(e.data.str("cause"), " ", e.data.num("n"))] = row{
			"kind": e.data.str("effect"), "subject": e.data.str("subject"), "done": e.kind == "effect.done", "why": e.data.str("why"), "at": e.at,
		}
	case "petition":
		b.notePetition(e)
	case "waiver":
		b.noteWaiver(e)
	case "balance":
		b.balances[e.data.str("cause")] = row{
			"role_id": strings.TrimPrefix(e.data.str("role"), "role/"), "places": e.data.num("places"), "reserved_for": e.data.str("words"), "from_at": e.data.time("from"),
		}
	case "revival":
		b.noteRevival(e)
	case "count":
		b.signed[strings.TrimPrefix(e.data.str("ballot"), "ballot/")+" "+e.by] = row{"at": e.at, "common": strings.TrimPrefix(e.data.str("common"), "role/")}
	}
}

func (b *roleBook) noteDraw(e entry) {
	d := b.draws[e.name()]
	if e.kind == "draw.opened" || e.kind == "draw.begun" || d == nil {
		d = row{
			"role_id": strings.TrimPrefix(e.data.str("role"), "role/"), "state": "asking", "seats": e.data.num("seats"), "rulebook": e.data.num("rulebook"),
			"asked_at": e.at, "closes_at": e.data.time("closes"), "drawn_at": e.data.time("at"), "starts_at": e.data.time("starts"),
			"relaxed": "", "commit_to": "", "pool_hash": "", "secret": nil, "seed": "", "cause": e.data.str("cause"),
		}
		b.draws[e.name()] = d
	}
	ticket := func(place int64) row { return b.pools[fmt.Sprint(e.name(), " ", place)] }
	switch e.kind {
	case "draw.nobody":
		d["state"] = "nobody"
	case "draw.archived":
		d["state"] = "archived"
	case "draw.announced":
		d["state"], d["commit_to"], d["pool_hash"], d["relaxed"] = "announced", e.data.str("commit"), e.data.str("pool_hash"), e.data.str("relaxed")
		d["drawn_at"], d["starts_at"] = e.data.time("at"), e.data.time("starts")
		for _, line := range e.data.list("pool") {
			b.pools[fmt.Sprint(e.name(), " ", line.num("place"))] = row{"member_id": line.str("member"), "weight": line.num("weight"), "words": "", "turn": nil}
		}
	case "draw.words":
		if t := ticket(e.data.num("place")); t != nil {
			t["words"] = e.data.words("words")
		}
	case "draw.drawn":
		d["state"], d["secret"], d["seed"], d["starts_at"] = "drawn", e.data.str("secret"), e.data.str("seed"), e.data.time("starts")
		for i, place := range e.data.nums("order") {
			if t := ticket(place); t != nil {
				t["turn"] = int64(i + 1)
			}
		}
	}
}

func (b *roleBook) noteTerm(e entry) {
	switch t := b.terms[e.name()]; {
	case e.kind == "term.begun":
		b.terms[e.name()] = row{
			"role_id": strings.TrimPrefix(e.data.str("role"), "role/"), "member_id": e.data.str("member"), "kind": e.data.str("kind"), "seat": e.data.num("seat"), "caps": e.data.str("caps"),
			"starts_at": e.data.time("begins"), "ends_at": e.data.time("ends"), "cause": e.data.str("cause"), "share": e.data.str("share"), "ended_at": nil, "ended_how": "",
		}
	case t != nil && (e.kind == "term.ended" || e.kind == "term.recalled"):
		t["ended_at"], t["ended_how"] = e.at, e.data.str("how")
	}
}

func (b *roleBook) notePetition(e entry) {
	p := b.petitions[e.name()]
	if e.kind == "petition.started" || p == nil {
		p = row{
			"term_id": e.data.str("term"), "state": "collecting", "reason": e.data.words("reason"), "answer": "", "needed": e.data.num("needed"),
			"signed": nil, "rulebook": e.data.num("rulebook"), "started_at": e.at, "closes_at": e.data.time("closes"),
			"reached_at": instant{}, "motion_id": nil, "ended_at": instant{},
		}
		b.petitions[e.name()] = p
	}
	switch e.kind {
	case "petition.answered":
		p["answer"] = e.data.words("text")
	case "petition.reached":
		p["state"], p["reached_at"], p["signed"], p["motion_id"] = "reached", e.at, e.data.num("signed"), numbered(e.data.str("motion"))
	case "petition.ended":
		p["state"], p["ended_at"], p["signed"] = e.data.str("how"), e.data.time("at"), e.data.num("signed")
	}
}

func (b *roleBook) noteWaiver(e entry) {
	switch w := b.waivers[e.data.str("cause")]; {
	case e.kind == "waiver.granted":
		b.waivers[e.data.str("cause")] = row{
			"role_id": strings.TrimPrefix(e.data.str("role"), "role/"), "member_id": e.data.str("member"), "granted_at": e.at, "term_id": nil, "bars": "",
		}
	case w != nil && e.kind == "waiver.used":
		w["term_id"], w["bars"] = e.data.str("term"), e.data.str("bars")
	}
}

// aboutRoles holds the tables of roles against the record.
func (c *check) aboutRoles() error {
	b := c.book.powers
	for _, x := range []struct {
		t    table
		rows map[string]row
	}{{roles, b.roles}, {draws, b.draws}, {pools, b.pools}, {terms, b.terms}, {signatures, b.signed}, {effects, b.effects}, {petitions, b.petitions}, {waivers, b.waivers}, {revivals, b.revivals}, {vacancies, b.vacancies}, {balances, b.balances}} {
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
