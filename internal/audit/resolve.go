package audit

import (
	"fmt"
	"strings"
)

// resolveBook is what the entries say of resolution groups on a proposal.
type resolveBook struct{ groups, seats, said map[string]row }

func newResolveBook() resolveBook {
	return resolveBook{map[string]row{}, map[string]row{}, map[string]row{}}
}

// note takes down what an entry says of a resolution group in a group.
func (b *resolveBook) note(e entry, group int64) {
	d := e.data
	name := fmt.Sprint(d.num("resolution"))
	sit := func(who, part string, number int64) {
		b.seats[fmt.Sprint(name, " ", who)] = row{"part": part, "number": number, "state": "sits"}
	}
	rise := func(who string) {
		if s := b.seats[fmt.Sprint(name, " ", who)]; s != nil {
			s["state"] = d.str("how")
		}
	}
	switch e.kind {
	case "resolution.begun":
		b.groups[name] = row{
			"group_id": group, "ballot_id": strings.TrimPrefix(d.str("ballot"), "ballot/"), "version": d.num("version"), "stops": d.flag("stops"), "meetings": d.num("meetings"), "people": d.num("people"),
			"draw": d.num("draw"), "secret": d.str("secret"), "state": "open", "joint": int64(0), "opens_at": e.at, "until_at": d.time("until"), "ended_at": instant{},
		}
		for _, s := range d.list("seats") {
			sit(s.str("member"), s.str("part"), s.num("number"))
		}
	case "resolution.said":
		var text any = ""
		if d.has("text") {
			text = d.words("text")
		}
		b.said[fmt.Sprint(name, " ", d.num("n"))] = row{
			"member_id": e.by, "how": d.str("how"), "text": text, "on_at": d.time("on"), "version": d.num("version"), "at": e.at,
		}
	case "resolution.passed":
		for of, s := range b.seats {
			if strings.HasPrefix(of, name+" ") && s["part"] == "drawn" && s["number"] == d.num("number") {
				s["state"] = d.str("how")
			}
		}
		if d.str("member") != "" {
			sit(d.str("member"), "drawn", d.num("next"))
		}
	case "resolution.lifted":
		rise(d.str("member"))
	case "resolution.ended":
		if g := b.groups[name]; g != nil {
			g["state"], g["joint"], g["ended_at"] = d.str("how"), d.num("version"), e.at
		}
	}
}

// aboutResolutions holds the tables of resolution groups on a proposal against the record.
func (c *check) aboutResolutions(p *proposal) error {
	for _, x := range []filled{{resolutionGroups, p.resolve.groups}, {resolutionSeats, p.resolve.seats}, {resolutionWords, p.resolve.said}} {
		want := make(map[string]wanted, len(x.rows))
		for name, r := range x.rows {
			want[name] = func() row { return r }
		}
		if _, err := c.rows(x.t, p.ref, want, c.group.ID, p.number); err != nil {
			return err
		}
	}
	return nil
}
