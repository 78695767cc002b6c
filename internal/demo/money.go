package demo

import (
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
)

const (
	moneyLook  = 7  // days between two looks of whoever writes the reports
	moneyWrite = 5  // days that they take for one, once its time is over
	moneyOwed  = 60 // days before today from which on a group of the sample files none, where it owes one
)

// planMoney has whoever writes the reports on the group's money file them. Visitors find one that is due where the group owes it.
func (g *group) planMoney(began time.Time) {
	for day := moneyLook; day <= g.began; day += moneyLook {
		if g.owes && g.began-day < moneyOwed {
			return
		}
		g.at(began.AddDate(0, 0, day).Add(10*time.Hour), g.fileMoney)
	}
}

// fileMoney files the report on the last quarter, if it is over and somebody can.
func (g *group) fileMoney() error {
	for _, p := range g.body.people {
		a, err := g.actor(p.name)
		if err != nil || !member.Can(a, member.FinanceNote, g.clock.Now()) {
			continue // not here, or not chosen
		}
		v, err := g.Money.List(g.ctx, a, 0)
		if err != nil {
			return fmt.Errorf("look at the money of %s: %w", g.name, err)
		}
		from, to := v.Span(a.Group)
		if last := to.In(a.Group.Zone); to == "" || last.Sub(from.In(a.Group.Zone)) < (money.EveryDays-2)*24*time.Hour || g.clock.Now().Before(last.AddDate(0, 0, moneyWrite)) {
			return nil
		}
		if _, err := g.Money.File(g.ctx, a, db.Once{}, quarter(v, from, to)); err != nil {
			return fmt.Errorf("%s reports on the money of %s: %w", p.name, g.name, err)
		}
		return nil
	}
	return nil
}

// quarter is what a tenants' group has and pays in a quarter; no two are alike.
func quarter(v money.View, from, to money.Day) money.Typed {
	n := v.Last.Number
	dues, hall, post, tea := 180+10*(n%5), 90, 22+7*(n%3), 15+n%4
	start := 120
	t := money.Typed{After: n, From: string(from), To: string(to), Start: fmt.Sprint(start), Currency: "pounds", End: fmt.Sprint(start + dues - hall - post - tea)}
	if n > 0 {
		t.End = (v.Last.End + money.Amount(100*(dues-hall-post-tea))).String()
	}
	t.Lines = []money.TypedLine{
		{What: "Dues and collections", In: fmt.Sprint(dues)}, {What: "The hall, three evenings", Out: fmt.Sprint(hall)},
		{What: "Leaflets and stamps", Out: fmt.Sprint(post)}, {What: "Tea, milk and biscuits", Out: fmt.Sprint(tea)},
	}
	if n%3 == 1 {
		t.Words = "Receipts are in the folder in the community kitchen. Come and look at any of them."
	}
	return t
}
