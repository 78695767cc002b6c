package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/flow"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"

	"github.com/labstack/echo/v4"
)

// Count is how a ballot by ranking was counted: part "count". The zero value shows nothing.
type Count struct {
	Elected lang.Msg // who, in the order of their election
	Terms   []lang.Msg
	Flow    Flow // without stages: none can be drawn
	Lot     lang.Msg

	Approvals Result // in an election by approval: on how many papers each stands

	Seed   []Fact
	Say    []lang.Msg // what is published, and what is not
	Files  []Link
	Repeat []Copy // how anybody counts again
}

// Counted says whether there is something to show.
func (p Count) Counted() bool { return !p.Elected.IsZero() }

// countOf returns how the ballot was counted, or the last one if none is given; nothing before the count, or if too few took part.
func (s *Server) countOf(c echo.Context, f Frame, m motion.Motion, on ranked, b ballot.Ballot) (p Count, err error) {
	a := s.actor(c)
	r, err := s.Elections.Result(c.Request().Context(), a, m.Number)
	if fault.KindOf(err) == fault.NotFound {
		return p, nil
	}
	if err != nil || r.Sheet == "" || b.ID != 0 && b.ID != r.ID {
		return p, err
	}
	names := optionNames(f.voice(), on, r)
	sheet, err := sheetOf(r, names)
	if err != nil {
		return p, err
	}
	if r.Approves() {
		if err := p.approvedOf(on.election, r, names, sheet.Stages[0].Votes, sheet.Valid); err != nil {
			return p, err
		}
		p.files(a, m, r)
		return p, nil
	}
	if p.elected(a, on.election, r); on.isQuestion() {
		p.chosen(on, r, sheet.Elected)
	}
	pic, err := flow.New(sheet)
	if err != nil && !errors.Is(err, flow.ErrSheet) {
		return p, err
	}
	if say := reservedCount(sheet, names); !say.IsZero() {
		p.Terms = append(p.Terms, say)
	}
	if err == nil {
		if p.Flow = flowOf("count", pic, stageSays(sheet)); on.isQuestion() {
			p.Flow.asQuestion()
		}
	}
	if slices.ContainsFunc(sheet.Ties, func(t tally.Tie) bool { return t.By != tally.ByEarlier }) && len(sheet.Lot) > 0 {
		var order []lang.Msg
		for _, n := range sheet.Lot {
			order = append(order, plain(names[n-1]))
		}
		p.Lot = lang.M("count.lot", "Names", namesOf(order))
		p.Seed = []Fact{{Label: lang.M("count.seed"), Value: plain(r.Lots()), Code: true}}
	}
	p.files(a, m, r)
	return p, nil
}

// elected says who has a place and for how long.
func (p *Count) elected(a member.Actor, e election.View, r election.Result) {
	won := slices.DeleteFunc(e.Together(), func(c election.Candidature) bool { return c.Lead().Turn == 0 })
	if len(won) == 0 {
		p.Elected = lang.M("election.nobody_elected")
		return
	}
	slices.SortFunc(won, func(a, b election.Candidature) int { return a.Lead().Turn - b.Lead().Turn })
	var names []lang.Msg
	shared := false
	for _, c := range won {
		names, shared = append(names, candidateName(e, c)), shared || c.IsShared()
	}
	p.Elected = lang.M("election.elected", "Count", len(won), "Names", namesOf(names), "Role", roleName(e.Role))
	for _, t := range e.Terms {
		p.Terms = append(p.Terms, lang.M("election.term", "Name", memberName(e.People[t.Member]), "From", local(a, t.Begins), "Until", local(a, t.Ends)))
	}
	if shared {
		p.Terms = append(p.Terms, lang.M("election.share.each"))
	}
	if free := r.Seats - len(won); free > 0 {
		p.Terms = append(p.Terms, lang.M("election.left_free", "Count", free))
	}
}

// files says what is published of the papers, and with what command anybody counts them again.
func (p *Count) files(a member.Actor, m motion.Motion, r election.Result) {
	p.Files = []Link{{Href: motionPath(a.Group, m, "count.json"), Label: lang.M("count.sheet")}}
	if len(r.Kinds) == 0 {
		id := "count.few"
		if r.Approves() {
			id = "approval.few"
		}
		p.Say = append(p.Say, lang.M(id, "Least", ballot.LeastPapers))
		return
	}
	p.Say = append(p.Say, lang.M("count.papers"))
	p.Files = append([]Link{{Href: motionPath(a.Group, m, "papers.blt"), Label: lang.M("count.blt")}}, p.Files...)
	p.Repeat = []Copy{{ID: "repeat", Label: lang.M("count.repeat"), Text: countCommand(m, r), Long: true}}
}

// countCommand is the line that counts the published papers again and comes to the same sheet.
func countCommand(m motion.Motion, r election.Result) string {
	line := "folkmoot count --method " + r.Method
	if r.Approves() {
		line += " --variant " + ballot.HalfOf
	}
	if n := r.CountedRON(); n > 0 {
		line += " --ron " + strconv.Itoa(n)
	}
	if r.Reserved > 0 {
		var of []string
		for _, n := range r.For {
			of = append(of, strconv.Itoa(n))
		}
		line += " --reserve " + strconv.Itoa(r.Reserved) + " --reserved-for " + strings.Join(of, ",")
	}
	return line + " --seed " + r.Lots() + " " + papersName(m)
}

func papersName(m motion.Motion) string { return "election-" + motion.FormatNumber(m.Number) + ".blt" }

// optionNames are the names of who can be put in order, as the ballot numbers them.
func optionNames(v *lang.Voice, on ranked, r election.Result) []string {
	out := make([]string, len(r.Options))
	for i, ref := range r.Options {
		out[i] = v.Say(on.name(ref))
	}
	return out
}

func optionName(e election.View, ref string) lang.Msg {
	for _, c := range e.Together() {
		if c.Ref == ref {
			return candidateName(e, c)
		}
	}
	return lang.M("election.ron")
}

// sheetOf reads the count, with names in place of references.
func sheetOf(r election.Result, names []string) (*tally.Sheet, error) {
	var sheet tally.Sheet
	if err := json.Unmarshal([]byte(r.Sheet), &sheet); err != nil {
		return nil, fmt.Errorf("read a count: %w", err)
	}
	if len(sheet.Candidates) != len(names) {
		return nil, fmt.Errorf("a count of %d candidates has %d names", len(sheet.Candidates), len(names))
	}
	sheet.Candidates = names
	wholeFigures(&sheet)
	return &sheet, nil
}

// wholeFigures drops the digits behind the point where no figure of the count has any but zeros.
func wholeFigures(s *tally.Sheet) {
	whole := true
	each(s, func(text *string) {
		_, rest, _ := strings.Cut(*text, ".")
		whole = whole && strings.Trim(rest, "0") == ""
	})
	if whole {
		each(s, func(text *string) { *text, _, _ = strings.Cut(*text, ".") })
	}
}

// each calls do with the figures of a count: votes, those that count for nobody, and how many are needed.
func each(s *tally.Sheet, do func(text *string)) {
	do(&s.Quota)
	for i := range s.Stages {
		st := &s.Stages[i]
		do(&st.Quota)
		do(&st.Nontransferable)
		for j := range st.Votes {
			do(&st.Votes[j])
		}
	}
}

// stageSays says what each stage of a count did, in the words of the page.
func stageSays(s *tally.Sheet) [][]lang.Msg {
	out := make([][]lang.Msg, len(s.Stages))
	for i, st := range s.Stages {
		say := []lang.Msg{stageDid(s, st)}
		if nobody := strings.Trim(st.Nontransferable, "0."); nobody != "" {
			say = append(say, lang.M("count.nobody", "Votes", st.Nontransferable))
		}
		for _, t := range s.Ties {
			if t.Stage == i+1 {
				say = append(say, tieSay(s, t))
			}
		}
		for _, n := range st.Elected {
			say = append(say, wonSay(s, st, n))
		}
		for _, n := range st.Excluded {
			say = append(say, dropsSay(s, i, n))
		}
		out[i] = say
	}
	return out
}

// stageDid says whose votes moved, and why.
func stageDid(s *tally.Sheet, st tally.Stage) lang.Msg {
	var names []lang.Msg
	for _, n := range st.Of {
		names = append(names, plain(s.Candidates[n-1]))
	}
	switch {
	case st.Action == tally.First:
		return lang.M("count.first", "Count", int(s.Valid), "Needed", quotaOf(s, st))
	case st.Action == tally.Surplus && len(names) > 0 && st.Value != "":
		return lang.M("count.surplus", "Name", namesOf(names), "Value", st.Value)
	case st.Action == tally.Surplus && len(names) > 0:
		return lang.M("count.surplus_plain", "Name", namesOf(names))
	case st.Action == tally.Exclude && len(names) > 0:
		return lang.M("count.moved", "Name", namesOf(names))
	case st.Action == tally.Fill:
		return lang.M("count.fill")
	}
	return lang.M("count.other")
}

// quotaOf returns how many votes elect at the stage.
func quotaOf(s *tally.Sheet, st tally.Stage) string {
	if st.Quota != "" {
		return st.Quota
	}
	return s.Quota
}

// wonSay says that somebody has a place, and why where their votes are fewer than it takes.
func wonSay(s *tally.Sheet, st tally.Stage, n int) lang.Msg {
	if n == s.RON {
		return lang.M("count.asked_again", "Name", s.Candidates[n-1])
	}
	id := "count.elected"
	have, ok := new(big.Rat).SetString(st.Votes[n-1])
	needed, is := new(big.Rat).SetString(quotaOf(s, st))
	if ok && is && have.Cmp(needed) < 0 {
		id = "count.elected_left"
	}
	return lang.M(id, "Name", s.Candidates[n-1], "Votes", st.Votes[n-1])
}

// fewestVotes says whether nobody who is in after the stage, by its place, has fewer votes at it than the candidate.
func fewestVotes(s *tally.Sheet, stage, n int) bool {
	gone := map[int]bool{}
	for _, st := range s.Stages[:stage+1] {
		for _, m := range slices.Concat(st.Elected, st.Excluded) {
			gone[m] = true
		}
	}
	votes := s.Stages[stage].Votes
	have, ok := new(big.Rat).SetString(votes[n-1])
	for i, text := range votes {
		if other, is := new(big.Rat).SetString(text); ok && is && !gone[i+1] && other.Cmp(have) < 0 {
			return false
		}
	}
	return true
}

// tieSay says between whom it had to be chosen, and by what.
func tieSay(s *tally.Sheet, t tally.Tie) lang.Msg {
	var among []lang.Msg
	for _, n := range t.Among {
		among = append(among, plain(s.Candidates[n-1]))
	}
	id := "count.tie.lot"
	if t.By == tally.ByEarlier {
		id = "count.tie.earlier"
	}
	return lang.M(id, "Names", namesOf(among), "Chosen", s.Candidates[t.Chosen-1], "From", t.From)
}

// counted returns the result of the election in the address with the names of its options, or fault.NotFound where none is published.
func (s *Server) counted(c echo.Context) (m motion.Motion, r election.Result, names []string, err error) {
	n, err := number(c)
	if err != nil {
		return m, r, nil, err
	}
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Motions.Show(ctx, a, n)
	if err != nil {
		return m, r, nil, err
	}
	on, err := s.rankedOn(ctx, a, v.Motion)
	if err != nil {
		return m, r, nil, err
	}
	if r, err = s.Elections.Result(ctx, a, n); err == nil && r.Sheet == "" {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return v.Motion, r, optionNames(s.groupFrame(c, SectionDecisions).voice(), on, r), err
}

// sendPapers sends the published papers of an election as a BLT file.
func (s *Server) sendPapers(c echo.Context) error {
	m, r, names, err := s.counted(c)
	if err == nil && len(r.Kinds) == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return err
	}
	e, err := r.Election(m.Title, names, r.Lots(), r.Kinds)
	if err != nil {
		return err
	}
	e.Lots = nil // the command names the seed from which they are drawn
	var b bytes.Buffer
	if err := votefile.WriteBLT(&b, e); err != nil {
		return err
	}
	return sendFile(c, papersName(m), "text/plain; charset=utf-8", b.Bytes())
}

// sendSheet sends the count of an election byte for byte as it was counted: its fingerprint is in the record. Candidates stand in it by
// reference, in the order in which the file of papers names them.
func (s *Server) sendSheet(c echo.Context) error {
	m, r, _, err := s.counted(c)
	if err != nil {
		return err
	}
	return sendFile(c, "election-"+motion.FormatNumber(m.Number)+".json", echo.MIMEApplicationJSON, []byte(r.Sheet))
}

func sendFile(c echo.Context, name, kind string, content []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, kind, content)
}
