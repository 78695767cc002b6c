package export

import (
	"slices"
	"strconv"

	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/rulebook"
)

// everything fills a sheet with all that a member may read.
func (j job) everything(out sheet) error {
	out.heading(1, j.Voice.T("export.everything", "Group", j.group.Name))
	if err := j.standing(out); err != nil {
		return err
	}
	if j.group.Aim != "" {
		out.para(j.Voice.T("export.aim"))
		out.words(j.group.Aim)
	}
	if !j.group.Founding.IsZero() {
		out.para(j.Voice.T("export.meeting", "At", j.time(j.group.Founding)))
		if j.group.FoundingPlace != "" {
			out.words(j.group.FoundingPlace)
		}
	}
	for _, part := range []func(sheet) error{j.people, j.allDecisions, j.proposals, j.allRules, j.log} {
		if err := part(out); err != nil {
			return err
		}
	}
	j.checking(out)
	return nil
}

func (j job) people(out sheet) error {
	t := j.Voice.T
	out.heading(2, t("export.people"))
	rows, err := peopleOf(j.tx, j.group.ID)
	if err != nil {
		return err
	}
	if j.HideNames {
		out.para(j.Voice.N("export.people_count", len(rows)))
		return nil
	}
	table := make([][]string, len(rows))
	for i, m := range rows {
		left := ""
		if !m.LeftAt.IsZero() {
			left = j.Voice.Date(m.LeftAt.In(j.group.Zone))
		}
		table[i] = []string{j.person(m.Ref, "member"), j.Voice.Date(m.JoinedAt.In(j.group.Zone)), left}
	}
	out.table([]string{t("export.name"), t("export.joined"), t("export.left")}, table)
	return nil
}

func (j job) allDecisions(out sheet) error {
	out.heading(2, j.Voice.T("export.decisions"))
	any := false
	err := j.eachDecision(func(r record) error {
		any = true
		return j.tell(out, r, 3)
	})
	if err == nil && !any {
		out.para(j.Voice.T("export.no_decisions"))
	}
	return err
}

// proposals are all that was put before the group, also what was withdrawn or is still open, with the talk about it.
func (j job) proposals(out sheet) error {
	out.heading(2, j.Voice.T("export.proposals"))
	const page = 50
	for last, any := 0, false; ; {
		ms, err := motionsAfter(j.tx, j.group.ID, last, page)
		if err != nil {
			return err
		}
		for _, m := range ms {
			any, last = true, m.Number
			if err := j.proposal(out, m); err != nil {
				return err
			}
		}
		if len(ms) < page {
			if !any {
				out.para(j.Voice.T("export.no_proposals"))
			}
			return nil
		}
	}
}

func (j job) proposal(out sheet, m motionRow) error {
	t := j.Voice.T
	out.heading(3, t("export.proposal", "Number", m.Number, "Title", m.Title))
	out.para(j.proposedBy(m.Mover, m.Supporters, j.time(m.SoughtAt.Time)))
	out.para(t("export.state." + m.State))
	texts, err := textsOf(j.tx, m.ID)
	if err != nil {
		return err
	}
	for _, v := range texts {
		out.para(t("export.version_text", "Number", v.N))
		clauses := make([]string, len(v.version.Clauses))
		for i, c := range v.version.Clauses {
			clauses[i] = c.Text
		}
		out.points(clauses, true)
		j.reasons(out, proposal{Why: v.Why, Able: v.Able, Won: v.Won, Partly: v.Partly, NotAcceptable: v.NotAcceptable})
	}
	all, err := statementsOf(j.tx, m.ID)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		j.arguments(out, all, 4)
	}
	var now []clause
	if len(texts) > 0 {
		now = texts[len(texts)-1].Clauses
	}
	return j.talk(out, m, now)
}

// talk is what was said about a proposal. Which point a post is about is said by where the point stands in the words as
// they are now, as on the page of the talk.
func (j job) talk(out sheet, m motionRow, now []clause) error {
	const page = 200
	for last := int64(0); ; {
		posts, err := postsAfter(j.tx, m.ID, last, page)
		if err != nil {
			return err
		}
		if last == 0 && len(posts) > 0 {
			out.heading(4, j.Voice.T("export.talk"))
		}
		for _, p := range posts {
			last = p.ID
			said := j.Voice.Say(j.over(p, now))
			if p.Version > 1 {
				said += " " + j.Voice.T("export.edited")
			}
			out.para(said)
			out.words(p.Text)
		}
		if len(posts) < page {
			return nil
		}
	}
}

// over stands over a post: its number, what it is meant as, what it is about, by whom it is and when it was said.
func (j job) over(p postRow, now []clause) lang.Msg {
	kv := []any{"N", p.ID, "Who", j.person(p.Author, "member"), "At", j.time(p.At.Time)}
	if p.ParentID != 0 {
		return lang.M("export.reply", append(kv, "Kind", lang.M("talk.kind.answer"), "To", p.ParentID)...)
	}
	kv = append(kv, "Kind", lang.M("talk.kind."+p.Kind))
	if p.ClauseID == 0 {
		return lang.M("export.post", kv...)
	}
	about := lang.M("talk.about_gone")
	if i := slices.IndexFunc(now, func(c clause) bool { return c.ID == p.ClauseID }); i >= 0 {
		about = lang.M("talk.about", "Number", i+1)
	}
	return lang.M("export.post_about", append(kv, "About", about)...)
}

// allRules are all versions of the rules, each rule in a sentence. As on the page of the rules, those that nothing goes
// by for now stand apart.
func (j job) allRules(out sheet) error {
	out.heading(2, j.Voice.T("export.all_rules"))
	chain, err := rulebook.Chain(j.tx, j.group.ID)
	if err != nil {
		return err
	}
	for _, v := range chain {
		out.heading(3, j.Voice.T("export.rules_from", "Number", v.Number, "At", j.time(v.From)))
		var used, waiting []string
		for _, p := range rulebook.Params() {
			s := j.Voice.Say(p.Say(v.Rules))
			if p.Waits(v.Rules) {
				// With its name, because many say no more than that they are not used, and each is counted.
				waiting = append(waiting, j.Voice.T("export.rule", "Name", p.Name(), "Say", s))
				continue
			}
			if less := p.Meanwhile(v.Rules); !less.IsZero() {
				s += " " + j.Voice.Say(less)
			}
			// What a group has none of is said once, not for each rule about it.
			if !slices.Contains(used, s) {
				used = append(used, s)
			}
		}
		out.points(used, false)
		if len(waiting) > 0 {
			out.heading(4, j.Voice.T("rules_page.later"))
			out.para(j.Voice.N("rules_page.later_say", len(waiting)))
			out.points(waiting, false)
		}
	}
	return nil
}

// log is every entry of the record, the first one first.
func (j job) log(out sheet) error {
	out.heading(2, j.Voice.T("export.log"))
	for from := int64(0); from < j.head.Size; from += entriesAtOnce {
		es, err := ledger.Entries(j.tx, j.group.Log(), from, entriesAtOnce)
		if err != nil {
			return err
		}
		if err := j.entryTable(out, es, true); err != nil {
			return err
		}
	}
	return nil
}

// number is a cell with a whole number.
func number(n int64) string { return strconv.FormatInt(n, 10) }
