package audit

import (
	"strings"

	"folkmoot/internal/member"
)

// book is what the entries say of the group itself, and where what they say of everything else is found.
type book struct {
	group       row
	third       instant
	founder     string
	people      map[string]*person
	within      int // how many are members after the entries so far
	keys        []*heldKey
	money       moneyBook
	invitations map[int64]*invitation
	rules       []version
	leaves      []leave
	founders    map[string]row // who wanted the question put
	powers      roleBook
	learning    learnBook
	choosing    selectBook
	meetings    meetingBook
	motions     int64
	ballotsOf   map[string][]string // subjects, by the motion's
	decisionsOf map[string][]string
	electionsOf map[string][]string
}

type person struct {
	ref, by      string // by: who invited them
	name         words
	key          any // of the name
	founder      bool
	joined, left instant
}

type invitation struct {
	by                     string
	made, expires, revoked instant
	left                   int64 // how many may still join by it
}

type version struct {
	n    int64 // entry
	by   string
	data data
}

// leave is the entry by which somebody left: proposals they supported have to know.
type leave struct {
	n   int64
	ref string
}

func newBook() *book {
	return &book{
		group:    row{"founding_at": nil, "founding_place": "", "adopted_at": nil, "archived_at": nil, "archived_by": "", "reopened_at": nil},
		founders: map[string]row{}, people: map[string]*person{}, money: newMoneyBook(), powers: newRoleBook(), learning: newLearnBook(), choosing: newSelectBook(), meetings: newMeetingBook(), invitations: map[int64]*invitation{},
		ballotsOf: map[string][]string{}, decisionsOf: map[string][]string{},
		electionsOf: map[string][]string{},
	}
}

// note takes down what an entry says. Entries come in order.
func (b *book) note(e entry) {
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "group", "founding", "key", "rulebook", "operator":
		b.noteGroup(e)
	case "member":
		b.noteMember(e)
	case "money":
		b.money.note(e)
	case "invitation":
		b.noteInvitation(e)
	case "effect":
		b.powers.note(e)
		b.noteAdopted(e)
	case "role", "draw", "term", "count", "petition", "waiver", "revival", "vacancy", "balance":
		b.powers.note(e)
	case "understudy", "handover", "asking":
		b.learning.note(e)
	case "selection":
		b.choosing.note(e)
	case "call", "topic", "meeting", "item", "job", "minutes", "move", "feeling", "round", "breakout", "spokes":
		b.meetings.note(e)
	default:
		b.notePlace(e)
	}
}

func (b *book) noteGroup(e entry) {
	switch e.kind {
	case "group.started":
		b.founder = e.by
		for _, k := range []string{"name", "aim", "slug"} {
			b.group[k] = e.data.words(k)
		}
		b.group["ref"], b.group["zone"], b.group["lang"] = e.data.str("group"), e.data.str("zone"), e.data.str("lang")
		b.group["parent_id"], b.group["created_at"] = orNil(e.data.str("parent")), e.at
	case "founding.called":
		b.group["founding_at"], b.group["founding_place"] = e.data.time("at"), e.data.words("place")
	case "group.archived":
		b.group["archived_at"], b.group["archived_by"] = e.at, e.data.str("cause")
		b.revoke(e.at)
	case "group.reopened":
		b.group["archived_at"], b.group["archived_by"], b.group["reopened_at"] = nil, "", e.at
	case "founding.wanted":
		b.founders[e.by] = row{"at": e.at}
	case "key.noted":
		b.noteKey(e)
	case "key.tested":
		b.testKey(e)
	case "rulebook.begun":
		b.group["preset"] = e.data.str("preset")
		b.rules = append(b.rules, version{e.n, e.by, e.data})
	case "operator.restored": // no invitation outlives it
		for _, i := range b.invitations {
			if i.revoked.IsZero() {
				i.left, i.revoked = 0, e.at
			}
		}
	}
}

// revoke closes all invitations that are open.
func (b *book) revoke(at instant) {
	for _, i := range b.invitations {
		if i.revoked.IsZero() {
			i.revoked = at
		}
	}
}

func (b *book) noteMember(e entry) {
	ref := e.data.str("member")
	p := b.people[ref]
	if p == nil {
		p = &person{ref: ref}
		b.people[ref] = p
	}
	switch e.kind {
	case "member.joined":
		p.joined, p.by, p.founder = e.at, e.data.str("introduced_by"), ref == b.founder
		p.call(e.data.words("name"))
		if i := b.invitations[e.data.num("invitation")]; i != nil {
			i.left--
		}
		if b.within++; b.within >= 3 && b.third.IsZero() {
			b.third = e.at
		}
	case "member.renamed":
		p.call(e.data.words("name"))
	case "member.left":
		b.within--
		p.left = e.at
		if at := e.data.time("left_at"); !at.IsZero() {
			p.left = at
		}
		b.leaves = append(b.leaves, leave{e.n, ref})
		for _, i := range b.invitations {
			if i.by == ref && i.revoked.IsZero() {
				i.revoked = e.at
			}
		}
	case "member.name_removed":
		p.name, p.key = words{gone: true}, quiet("")
	}
}

// noteAdopted takes down that the members have adopted their rules.
func (b *book) noteAdopted(e entry) {
	if e.kind == "effect.done" && e.data.str("effect") == "rules_adopted" {
		b.group["adopted_at"] = e.at
	}
}

// call gives the person a name. One that is removed may have gone with a restore, which hides it in the table too.
func (p *person) call(name words) {
	p.key = quiet(member.Fold(name.text)) // of a removed name it is ""
	name.text = ""
	p.name = name
}

func (b *book) noteInvitation(e entry) {
	id := e.data.num("invitation")
	switch i := b.invitations[id]; {
	case e.kind == "invitation.made":
		b.invitations[id] = &invitation{by: e.by, made: e.at, expires: e.data.time("expires"), left: e.data.num("uses")}
	case i != nil && i.revoked.IsZero():
		i.revoked = e.at
	}
}

// notePlace takes down where the entries about a proposal are found.
func (b *book) notePlace(e entry) {
	add := func(m map[string][]string) {
		of := e.data.str("motion")
		for _, known := range m[of] {
			if known == e.of {
				return
			}
		}
		m[of] = append(m[of], e.of)
	}
	switch e.kind {
	case "motion.proposed":
		b.motions++
	case "motion.tabled", "motion.untabled":
		b.meetings.noteTabled(e)
	case "ballot.opened", "ballot.announced":
		add(b.ballotsOf)
	case "decision.recorded":
		add(b.decisionsOf)
	case "election.opened":
		add(b.electionsOf)
	}
}

// rulesAt returns the number of the rules in force when an entry was written.
func (b *book) rulesAt(n int64) (number int64) {
	for _, v := range b.rules {
		if v.n < n {
			number = v.data.num("number")
		}
	}
	return number
}

func (b *book) groupRow() row {
	b.group["third_at"], b.group["motion_seq"] = b.third, b.motions
	return b.group
}

func (b *book) rulebookRow(v version) row {
	return row{
		"number": v.data.num("number"), "params": v.data.str("params"), "hash": v.data.str("version"), "prev_hash": v.data.str("previous"),
		"from_at": v.data.time("from"), "by_what": v.data.str("preset"), "by_member": orNil(v.by), "decision_id": nil,
	}
}

func (p *person) row() row {
	return row{
		"name": p.name, "name_key": p.key, "founder": p.founder, "introduced_by": orNil(p.by), "joined_at": p.joined, "left_at": p.left,
	}
}

func (i *invitation) row() row {
	return row{"made_by": i.by, "made_at": i.made, "expires_at": i.expires, "uses_left": i.left, "revoked_at": i.revoked}
}
