package audit

import "fmt"

// moneyBook is what the entries say of a group's money.
type moneyBook struct {
	reports map[string]row // by their numbers
	lines   map[string]row // by those of their reports and their own
}

func newMoneyBook() moneyBook { return moneyBook{map[string]row{}, map[string]row{}} }

func (b *moneyBook) note(e entry) {
	if e.kind != "money.reported" {
		return
	}
	d := e.data
	name := fmt.Sprint(d.num("number"))
	r := row{
		"corrects": d.num("corrects"), "from_day": d.str("from"), "to_day": d.str("to"), "currency": d.words("currency"), "start": d.num("start"),
		"came_in": d.num("in"), "paid": d.num("out"), "counted": d.num("end"), "text": "", "by_id": e.by, "at": e.at,
	}
	if d.has("text") {
		r["text"] = d.words("text")
	}
	b.reports[name] = r
	for i, l := range d.list("lines") {
		b.lines[fmt.Sprint(name, " ", i+1)] = row{"purpose": l.words("what"), "amount": l.num("amount")}
	}
}
