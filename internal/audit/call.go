package audit

import (
	"fmt"

	"folkmoot/internal/ballot"
	"folkmoot/internal/merkle"
)

// isCall says whether the ballot is a call for agreement.
func (v *vote) isCall() bool { return ballot.Contest{Method: v.method}.Calls() }

// callRule is what a call takes, as the table has it.
func (v *vote) callRule() string {
	r := v.opened.obj("call")
	text, err := merkle.Canonical(map[string]any{"aside_den": r.num("aside_den"), "aside_num": r.num("aside_num"), "blocks": r.num("blocks")})
	if err != nil {
		return err.Error() // differs from whatever is stored
	}
	return string(text)
}

// aboutCall: what was answered to a call, and what of it is published, is what the record says; of any other ballot there is nothing of the kind.
func (c *check) aboutCall(v *vote) error {
	counted, said := map[string]wanted{}, map[string]wanted{}
	if v.isCall() && v.closed.has("agree") {
		counted[""] = func() row {
			return row{
				"agree": v.closed.num("agree"), "reservation": v.closed.num("reservation"), "aside": v.closed.num("aside"), "block": v.closed.num("block"),
			}
		}
		for i, s := range v.closed.list("said") {
			said[fmt.Sprint(i+1)] = func() row {
				return row{"answer": s.str("answer"), "member_id": orNil(s.str("member")), "text": s.words("words"), "ground": s.str("ground"), "names": s.words("names")}
			}
		}
	}
	if _, err := c.rows(calls, v.inRecord(), counted, v.ref); err != nil {
		return err
	}
	_, err := c.rows(callWords, v.inRecord(), said, v.ref)
	return err
}

// aboutWindow: until when those who were absent can object to a decision, and what they said, is what the record says.
func (c *check) aboutWindow(p *proposal, d *decided) error {
	of, want, said := "decision/"+d.number, map[string]wanted{}, map[string]wanted{}
	if w := d.window; w.state != "" {
		want[""] = func() row {
			return row{"group_id": c.group.ID, "state": w.state, "until_at": w.until, "ended_at": w.ended}
		}
	}
	for _, e := range d.late {
		said[fmt.Sprint(e.by, " ", e.data.str("how"))] = func() row {
			return row{"ground": e.data.str("ground"), "names": e.data.words("names"), "text": e.data.words("text"), "at": e.at}
		}
	}
	if _, err := c.rows(windows, of, want, c.group.ID, p.number, d.year, d.seq); err != nil {
		return err
	}
	_, err := c.rows(lateObjections, of, said, c.group.ID, p.number, d.year, d.seq)
	return err
}
