package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/lang"
)

// aboutProposal rebuilds one proposal and compares all that hangs on it. What hangs on a row that is lacking is passed over.
func (c *check) aboutProposal(number int64) error {
	p := newProposal(c.book, c.group.ID, number)
	subjects := slices.Concat([]string{p.ref}, c.book.ballotsOf[p.ref], c.book.decisionsOf[p.ref], c.book.electionsOf[p.ref])
	if err := c.entries(subjects, false, p.note); err != nil {
		return err
	}
	p.catchUp(math.MaxInt64) // who left after the last entry
	both, err := c.rows(motions, p.ref, map[string]wanted{fmt.Sprint(number): p.row}, c.group.ID, number)
	if err != nil || len(both) == 0 {
		return err
	}
	for _, about := range []func(*proposal) error{c.aboutTexts, c.aboutPeople, c.aboutTalk, c.aboutVotes, c.aboutDecisions, c.aboutElection, c.aboutResolutions} {
		if err := about(p); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) aboutTexts(p *proposal) error {
	texts, parts := map[string]wanted{}, map[string]wanted{}
	for _, w := range p.versions {
		texts[fmt.Sprint(w.n)] = w.row
		for i, part := range w.data.list("clauses") {
			parts[fmt.Sprint(w.n, part.num("id"))] = func() row { return row{"pos": int64(i + 1), "text": part.words("text")} }
		}
	}
	if _, err := c.rows(versions, p.ref, texts, c.group.ID, p.number); err != nil {
		return err
	}
	_, err := c.rows(clauses, p.ref, parts, c.group.ID, p.number)
	return err
}

func (c *check) aboutPeople(p *proposal) error {
	backed, said := map[string]wanted{}, map[string]wanted{}
	for ref, s := range p.supports {
		backed[ref] = s.row
	}
	for name, s := range p.statements {
		said[name] = func() row { return s.row(p.ref) }
	}
	if _, err := c.rows(supports, p.ref, backed, c.group.ID, p.number); err != nil {
		return err
	}
	asks := map[string]wanted{"": func() row { return row{"motion_id": p.asks} }}
	if _, err := c.rows(secretAsks, p.ref, asks, c.group.ID, p.number); err != nil {
		return err
	}
	_, err := c.rows(statements, p.ref, said, c.group.ID, p.number)
	return err
}

func (c *check) aboutTalk(p *proposal) error {
	said, before, counts := map[string]wanted{}, map[string]wanted{}, map[string]wanted{}
	for id, x := range p.posts {
		said[fmt.Sprint(id)] = x.row
	}
	for _, e := range p.earlier {
		before[fmt.Sprint(e.post, e.n)] = e.row
	}
	for k, n := range p.counts {
		counts[fmt.Sprint(k.phase, " ", k.clause)] = func() row { return row{"posts": n} }
	}
	if _, err := c.rows(posts, p.ref, said, c.group.ID, p.number); err != nil {
		return err
	}
	if _, err := c.rows(postVersions, p.ref, before, c.group.ID, p.number); err != nil {
		return err
	}
	_, err := c.rows(talkCounts, p.ref, counts, c.group.ID, p.number)
	return err
}

func (c *check) aboutVotes(p *proposal) error {
	want := map[string]wanted{}
	for _, v := range p.ballots {
		want[v.ref] = func() row { return v.row(p, c.tx.Now) }
	}
	both, err := c.rows(ballots, p.ref, want, c.group.ID, p.number)
	for _, v := range p.ballots {
		if err == nil && both[v.ref] && v.opened.values != nil {
			err = c.aboutVote(v)
		}
	}
	return err
}

// aboutVote holds what belongs to a ballot against the numbers and hashes that the record has of it.
func (c *check) aboutVote(v *vote) error {
	for _, about := range []func(*vote) error{c.aboutRoll, c.aboutOpenVotes, c.aboutNames, c.aboutTurnout, c.aboutPapers, c.aboutCount, c.aboutRankings, c.aboutCall, c.aboutTellers} {
		if err := about(v); err != nil {
			return err
		}
	}
	return nil
}

// aboutRoll: the roll is who the recorded hash says it is, in the order in which they joined.
func (c *check) aboutRoll(v *vote) error {
	var refs []string
	places := map[any]bool{}
	err := roll.each(c.tx, func(r row) {
		refs = append(refs, fmt.Sprint(r["member_id"]))
		places[r["slot"]] = true
	}, v.ref)
	entitled := v.opened.num("entitled")
	inPlace := true
	for i := range entitled {
		inPlace = inPlace && places[i+1]
	}
	slices.Sort(refs)
	switch {
	case err != nil:
	case int64(len(refs)) != entitled:
		c.differ(v.inRecord(), roll.name, "", "ballot_id", value(entitled), value(len(refs)))
	case !inPlace:
		c.differ(v.inRecord(), roll.name, "", "slot", this(), other())
	case linesHash(refs) != v.opened.str("roll_hash"):
		c.differ(v.inRecord(), roll.name, "", "member_id", this(), other())
	}
	return err
}

// aboutOpenVotes: for as long as they are kept, the open votes of a counted ballot are the recorded numbers.
func (c *check) aboutOpenVotes(v *vote) error {
	if !v.isCounted() && !v.secret {
		return nil // still open; of one that was stopped, nothing is recorded
	}
	cast := int64(0)
	if v.hasPublicChoices() {
		cast = v.withDevice("turnout")
	}
	return openVotes.each(c.tx, func(r row) {
		numbers := fmt.Sprintf("%d %d %d", v.withDevice("for"), v.withDevice("against"), v.withDevice("abstain"))
		switch {
		case r["ballot_id"] == int64(0) && v.mayBeForgotten(c.tx.Now) && !v.closed.has("votes"):
		case r["ballot_id"] != cast:
			c.differ(v.inRecord(), openVotes.name, "", "ballot_id", value(cast), value(r["ballot_id"]))
		case v.hasPublicChoices() && r["choice"] != numbers:
			c.differ(v.inRecord(), openVotes.name, "", "choice", value(numbers), value(r["choice"]))
		}
	}, v.ref)
}

// aboutNames: where who votes how is published, the table has what the record says of everybody.
func (c *check) aboutNames(v *vote) error {
	if !v.closed.has("votes") {
		return nil
	}
	want := map[string]wanted{}
	for _, said := range v.closed.list("votes") {
		want[said.str("member")] = func() row { return row{"choice": int64(ballot.ParseChoice(said.str("choice")))} }
	}
	_, err := c.rows(namedVotes, v.inRecord(), want, v.ref)
	return err
}

// aboutTurnout: for as long as it is kept, as many took part as there were votes, where these are not kept themselves.
func (c *check) aboutTurnout(v *vote) error {
	voted := int64(0)
	if v.isCounted() && !v.hasPublicChoices() {
		voted = v.withDevice("turnout")
	}
	return turnout.each(c.tx, func(r row) {
		if n := r["ballot_id"]; n != voted && (n != int64(0) || !v.mayBeForgotten(c.tx.Now)) {
			c.differ(v.inRecord(), turnout.name, "", "ballot_id", value(voted), value(n))
		}
	}, v.ref)
}

// aboutPapers: the published papers have the recorded hash, and show their choice only where that was said beforehand.
func (c *check) aboutPapers(v *vote) error {
	var lines []string
	choices, full := 0, v.receipt == "full" && v.closed.has("for") // of too few there are the bare codes
	err := papers.each(c.tx, func(r row) {
		line := fmt.Sprint(r["code"])
		if r["choice"] != nil {
			choices++
		}
		if full {
			line += fmt.Sprint(" ", r["choice"])
		}
		lines = append(lines, line)
	}, v.ref)
	slices.Sort(lines)
	want := int64(0)
	if v.isCounted() && v.receipt != "none" {
		want = v.closed.num("papers")
	}
	switch {
	case err != nil:
	case int64(len(lines)) != want:
		c.differ(v.inRecord(), papers.name, "", "ballot_id", value(want), value(len(lines)))
	case choices > 0 && !full:
		c.differ(v.inRecord(), papers.name, "", "choice", none(), there())
	case want > 0 && linesHash(lines) != v.closed.str("papers_hash"):
		c.differ(v.inRecord(), papers.name, "", "code", this(), other())
	}
	return err
}

// aboutCount: a ballot by ranking that was counted has the recorded sheet, and no other ballot has one.
func (c *check) aboutCount(v *vote) error {
	var sheet any
	err := sheets.each(c.tx, func(r row) { sheet = r["sheet"] }, v.ref)
	text, is := sheet.(string)
	switch {
	case err != nil:
	case is != v.closed.has("sheet_hash"):
		c.differ(v.inRecord(), sheets.name, "", Whole, presence(!is), presence(is))
	case is && textHash(text) != v.closed.str("sheet_hash"):
		c.differ(v.inRecord(), sheets.name, "", "sheet", this(), other())
	}
	return err
}

// aboutRankings: the papers of a ballot by ranking are as many as took part, and have the recorded hash; they are published only where
// there are enough of them.
func (c *check) aboutRankings(v *vote) error {
	kinds, published := map[string]int64{}, int64(0)
	err := rankings.each(c.tx, func(r row) {
		n, _ := r["papers"].(int64)
		kinds[fmt.Sprint(r["ranking"])] = n
		published += n
	}, v.ref)
	lines := make([]string, 0, len(kinds))
	for _, order := range slices.Sorted(maps.Keys(kinds)) {
		lines = append(lines, fmt.Sprint(order, " x ", kinds[order]))
	}
	want := int64(0)
	if n := v.closed.num("turnout"); v.closed.has("rankings_hash") && n >= ballot.LeastPapers {
		want = n
	}
	switch {
	case err != nil:
	case published < want || want == 0 && len(kinds) > 0:
		c.differ(v.inRecord(), rankings.name, "", "ballot_id", value(want), value(published))
	case published > want:
		c.differ(v.inRecord(), rankings.name, "", "papers", value(want), value(published))
	case want > 0 && linesHash(lines) != v.closed.str("rankings_hash"):
		c.differ(v.inRecord(), rankings.name, "", "ranking", this(), other())
	}
	return err
}

func presence(is bool) lang.Msg {
	if is {
		return there()
	}
	return none()
}

func textHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func linesHash(sorted []string) string {
	return textHash(strings.Join(append(sorted, ""), "\n"))
}

func (c *check) aboutDecisions(p *proposal) error {
	want := map[string]wanted{}
	for _, d := range p.decisions {
		want[d.name()] = func() row { return d.row(p) }
	}
	both, err := c.rows(decisions, p.ref, want, c.group.ID, p.number)
	for _, d := range p.decisions {
		if err == nil && both[d.name()] {
			err = c.aboutDissents(p, d)
		}
		if err == nil && both[d.name()] {
			err = c.aboutWindow(p, d)
		}
	}
	return err
}

func (c *check) aboutDissents(p *proposal, d *decided) error {
	of, want := "decision/"+d.number, map[string]wanted{}
	for id, r := range d.reports {
		want[fmt.Sprint(id)] = r.row
	}
	both, err := c.rows(dissents, of, want, c.group.ID, p.number, d.year, d.seq)
	for id, r := range d.reports {
		if err != nil || !both[fmt.Sprint(id)] {
			continue
		}
		names := map[string]wanted{}
		for ref, at := range r.signers {
			names[ref] = func() row { return row{"at": at} }
		}
		_, err = c.rows(signers, of, names, id)
	}
	return err
}
