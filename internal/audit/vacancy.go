package audit

import "strings"

// noteRole takes down what a role is, and what members made of it.
func (b *roleBook) noteRole(e entry) {
	r := b.roles[e.name()]
	if e.kind == "role.begun" || r == nil {
		r = row{
			"family": e.data.str("family"), "fill": e.data.str("fill"), "seats": e.data.num("seats"), "caps": e.data.str("caps"),
			"begun_at": e.at, "cause": e.data.str("cause"), "ended_at": nil, "into_key": "", "slept_at": nil, "again_at": nil,
		}
		b.roles[e.name()] = r
	}
	switch e.kind {
	case "role.fewer", "role.more":
		r["seats"] = e.data.num("seats")
	case "role.took_over", "role.entrusted":
		r["caps"] = e.data.str("caps")
	case "role.ended":
		r["ended_at"], r["into_key"] = e.at, e.data.str("into")
	case "role.asked_again":
		r["again_at"] = e.at
	case "role.slept":
		r["slept_at"] = e.at
	case "role.woken":
		r["slept_at"] = nil
	}
}

// noteVacancy takes down that a seat was free, what members were asked about it, and how that ended.
func (b *roleBook) noteVacancy(e entry) {
	v := b.vacancies[e.name()]
	if e.kind == "vacancy.opened" || v == nil {
		v = row{
			"role_id": strings.TrimPrefix(e.data.str("role"), "role/"), "seat": e.data.num("seat"), "after_id": orNil(e.data.str("after")),
			"opened_at": e.data.time("opened"), "until_at": e.data.time("until"), "motion_id": nil, "closed_at": nil, "closed_how": "",
		}
		b.vacancies[e.name()] = v
	}
	switch e.kind {
	case "vacancy.asked":
		v["motion_id"] = numbered(e.data.str("motion"))
	case "vacancy.closed":
		v["closed_at"], v["closed_how"] = e.at, e.data.str("how")
	}
}
