package audit

// noteRevival takes down what an entry says of a notice to a sleeping group.
func (b *roleBook) noteRevival(e entry) {
	r := b.revivals[e.name()]
	if e.kind == "revival.noticed" || r == nil {
		r = row{
			"why": e.data.str("why"), "since_at": e.data.time("since"), "noticed_at": e.at, "ended_at": instant{}, "how": "", "answered": nil,
		}
		b.revivals[e.name()] = r
	}
	switch e.kind {
	case "revival.noticed", "revival.late":
		r["opens_at"], r["closes_at"], r["archives_at"] = e.data.time("opens"), e.data.time("closes"), e.data.time("archives")
	case "revival.ended":
		r["ended_at"], r["how"], r["answered"] = e.at, e.data.str("how"), e.data.num("answered")
	}
}
