package role

import (
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Bars that never give way, beside those of limits.go.
const (
	Waiting Bar = "waiting" // for their first vote
	Seated  Bar = "seated"  // they hold a seat of the role at that time already
)

// exclusive is the family of which nobody holds two roles at once (practice.md §2.12.2).
const exclusive = "leadership"

// Judged is a member who might take a term, with what keeps them from it.
type Judged struct {
	member.Member
	Bars   []Bar
	Waived []Bar // what would stand against them without a waiver
	Held   int   // terms in the family that they have served, or serve
	past   Past
}

// dayOf returns the day of an instant in the zone.
func dayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// Filling is what limits ask of a filling of seats.
type Filling struct {
	Closes time.Time // who cannot vote by then cannot stand
	Starts time.Time // when the terms begin
	Seats  int
	Days   int // how long the terms are; 0: as the rules have it
}

// Judge returns what keeps a member from a term of the role, and if something does, the first day on which the limits would let them begin
// one; zero if nobody can say.
func Judge(tx *db.Tx, g member.Group, who member.ID, r Role, rules rulebook.Rules, f Filling) (bars []Bar, from time.Time, err error) {
	people, err := member.Many(tx, []member.ID{who})
	if err != nil {
		return nil, from, err
	}
	return judgeOne(tx, g, people[who], r, rules, f)
}

// JudgeActor is Judge for who asks, who is known.
func JudgeActor(tx *db.Tx, a member.Actor, r Role, rules rulebook.Rules, f Filling) (bars []Bar, from time.Time, err error) {
	return judgeOne(tx, a.Group, a.Member, r, rules, f)
}

func judgeOne(tx *db.Tx, g member.Group, who member.Member, r Role, rules rulebook.Rules, f Filling) (bars []Bar, from time.Time, err error) {
	all, err := judge(tx, g, map[member.ID]member.Member{who.ID: who}, []member.ID{who.ID}, r, f, rules, nil)
	if err != nil || len(all) == 0 || len(all[0].Bars) == 0 {
		return nil, from, err
	}
	return all[0].Bars, all[0].From(g, r, f, rules), nil
}

// From returns the first day on which the limits would let them begin the term that the filling gives; zero if nobody can say.
func (c Judged) From(g member.Group, r Role, f Filling, rules rulebook.Rules) (from time.Time) {
	if day, ok := FirstDay(rules.Office, c.past, f.post(g, r, rules, false)); ok {
		from = dateOf(day, g.Zone)
	}
	return from
}

// JudgeAll returns those of the members who still are members, with what keeps each from the term that the filling gives. Limits of which
// some are relaxed are taken as that.
func JudgeAll(tx *db.Tx, g member.Group, ids []member.ID, r Role, f Filling, rules rulebook.Rules, relaxed []Bar) (out []Judged, err error) {
	who, err := member.Many(tx, ids)
	if err != nil {
		return nil, err
	}
	return judge(tx, g, who, ids, r, f, rules, relaxed)
}

// judge is JudgeAll for people who have been read.
func judge(tx *db.Tx, g member.Group, who map[member.ID]member.Member, ids []member.ID, r Role, f Filling, rules rulebook.Rules, relaxed []Bar) (out []Judged, err error) {
	terms, err := ofMembers(tx, ids)
	if err != nil {
		return nil, err
	}
	of := map[member.ID][]memberTerm{}
	for _, t := range terms {
		of[t.of] = append(of[t.of], t)
	}
	waivers, err := freeWaivers(tx, r.ID)
	if err != nil {
		return nil, err
	}
	post := f.post(g, r, rules, len(relaxed) > 0)
	wait := time.Duration(rules.VotingWaitDays) * 24 * time.Hour
	for _, id := range ids {
		m := who[id]
		if m.ID == 0 || !m.Left.IsZero() {
			continue
		}
		c := Judged{Member: m}
		c.past, c.Held = pastOf(of[id], id, r.Family, g.Zone, tx.Now)
		if m.VotesFrom(g, wait).After(f.Closes) {
			c.Bars = append(c.Bars, Waiting)
		}
		if slices.ContainsFunc(of[id], func(t memberTerm) bool {
			return t.Fills() && t.Role == r.ID && t.Over().After(f.Starts) && t.Over().After(t.Begins)
		}) {
			c.Bars = append(c.Bars, Seated)
		}
		for _, b := range Bars(rules.Office, c.past, post, relaxed) {
			w, ok := waivers[id]
			if ok && b != Holding && (b != Recalled || w.reaches(lastRecall(of[id], r.ID))) {
				c.Waived = append(c.Waived, b)
			} else {
				c.Bars = append(c.Bars, b)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// lastRecall returns when members last ended a term of the role before its date; zero if they never did.
func lastRecall(terms []memberTerm, r ID) (last time.Time) {
	for _, t := range terms {
		if t.Role == r && t.How == ByVote && t.Ended.After(last) {
			last = t.Ended
		}
	}
	return last
}

// pastOf returns what limits ask of somebody's terms, and how many there are in the family that they have held as the member they are: a weight
// is published, and must not tell as whom somebody was here before. Terms that ended before they began are none.
func pastOf(terms []memberTerm, id member.ID, family string, zone *time.Location, now time.Time) (p Past, held int) {
	for _, t := range terms {
		if t.How == ByVote {
			p.Recalled = append(p.Recalled, Recall{Role: t.key, On: dayOf(t.Ended, zone)})
		}
		if !t.Over().After(t.Begins) {
			continue
		}
		p.Held = append(p.Held, Held{Role: t.key, Family: t.family, Span: Span{dayOf(t.Begins, zone), dayOf(t.Over(), zone)}})
		if t.Member == id && t.family == family && t.Served(now) {
			held++
		}
	}
	return p, held
}

// post returns the term that the filling gives, as limits look at it.
func (f Filling) post(g member.Group, r Role, rules rulebook.Rules, relaxed bool) Post {
	days := f.Days
	if days == 0 {
		days = TermDays(rules, 1, false, relaxed)
	}
	return Post{Role: r.Key, Family: r.Family, Start: dayOf(f.Starts, g.Zone), Days: days, Exclusive: r.Family == exclusive}
}

// Within returns who of the willing may take a term of the role, and which limits gave way so that there are enough of them (the scale clamp of
// practice.md §2.12.2).
func Within(tx *db.Tx, g member.Group, ids []member.ID, r Role, f Filling, rules rulebook.Rules) (out []Judged, relaxed []Bar, err error) {
	alone := make([][]member.ID, len(ids))
	for i := range ids {
		alone[i] = ids[i : i+1]
	}
	return WithinTogether(tx, g, alone, r, f, rules)
}

// WithinTogether is Within for people of whom some would hold a seat together. Those count as one who is willing, and as one who may only if
// each of them may: there are as many to choose from as there are candidatures.
func WithinTogether(tx *db.Tx, g member.Group, teams [][]member.ID, r Role, f Filling, rules rulebook.Rules) (out []Judged, relaxed []Bar, err error) {
	ids := slices.Concat(teams...)
	all, err := JudgeAll(tx, g, ids, r, f, rules, nil)
	if err != nil {
		return nil, nil, err
	}
	of := map[member.ID]Judged{}
	for _, c := range all {
		of[c.ID] = c
	}
	var pasts [][]Past
	for _, team := range teams {
		var together []Past
		for _, id := range team {
			if c, is := of[id]; is && Relaxable(c.Bars) {
				together = append(together, c.past)
			}
		}
		if len(together) == len(team) {
			pasts = append(pasts, together)
		}
	}
	if relaxed = Relax(rules.Office, pasts, f.post(g, r, rules, false), f.Seats); len(relaxed) > 0 {
		if all, err = JudgeAll(tx, g, ids, r, f, rules, relaxed); err != nil {
			return nil, nil, err
		}
	}
	return slices.DeleteFunc(all, func(c Judged) bool { return len(c.Bars) > 0 }), relaxed, nil
}
