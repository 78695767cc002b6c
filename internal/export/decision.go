package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	ballots "folkmoot/internal/ballot"
	"folkmoot/internal/election"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/vacancy"
)

// person is what a member is called in the file: their name, or the role in which they appear.
func (j job) person(ref, role string) string {
	if j.HideNames {
		return j.Voice.T("export.role." + role)
	}
	if name, ok := j.names[ref]; ok {
		return name
	}
	return j.Voice.T("record.former")
}

// proposedBy says who put a proposal forward: a member, or a petition of so many.
func (j job) proposedBy(mover string, signed int, at string) string {
	if mover == "" && signed == 0 {
		return j.Voice.T("export.called", "At", at)
	}
	if mover == "" {
		return j.Voice.N("export.petitioned", signed, "At", at)
	}
	return j.Voice.T("export.proposed_by", "Who", j.person(mover, "member"), "At", at)
}

func (j job) time(t time.Time) string { return j.Voice.DateTime(t.In(j.group.Zone)) }

// stamped is an instant of the record as people read it.
func (j job) stamped(s string) string {
	t, err := time.Parse(stamp, s)
	if err != nil {
		return s
	}
	return j.time(t)
}

// oneDecision fills a sheet with one decision and how to check it.
func (j job) oneDecision(out sheet, r record) error {
	if err := j.tell(out, r, 1); err != nil {
		return err
	}
	j.checking(out)
	return nil
}

// tell fills a sheet with a decision, in the order that is the same everywhere (practice.md §5.8).
func (j job) tell(out sheet, r record, level int) error {
	t := j.Voice.T
	out.heading(level, t("export.decision", "Number", r.Number, "Title", r.Title))
	if level == 1 {
		if err := j.standing(out); err != nil {
			return err
		}
	}
	out.heading(level+1, t("export.text"))
	texts := make([]string, len(r.Clauses))
	for i, c := range r.Clauses {
		texts[i] = c.Text
	}
	out.points(texts, true)
	j.reasons(out, r.Proposal)
	j.result(out, r, level+1)
	j.changes(out, r, level+1)
	j.absent(out, r, level+1)
	j.arguments(out, r.Statements, level+1)
	if err := j.dissent(out, r, level+1); err != nil {
		return err
	}
	if !r.review.IsZero() {
		out.para(t("export.review", "At", j.time(r.review)))
	}
	return j.proof(out, r, level+1)
}

// reasons are what the proposal says beside its points, under the words that its form and its page have for each.
func (j job) reasons(out sheet, p proposal) {
	for _, part := range []struct{ id, md string }{
		{"why", p.Why}, {"able", p.Able}, {"won", p.Won}, {"partly", p.Partly}, {"not_acceptable", p.NotAcceptable},
	} {
		if part.md != "" {
			out.para(j.Voice.T("export.passage", "Name", lang.M("motion."+part.id)))
			out.words(part.md)
		}
	}
}

// standing says of what and of when a file is.
func (j job) standing(out sheet) error {
	until, err := j.until()
	if err != nil {
		return err
	}
	out.para(j.Voice.T("export.standing", "Group", j.group.Name, "At", j.time(until), "Zone", j.group.Zone.String()))
	return nil
}

// until is when the record last grew: what a file is of, whenever it is made.
func (j job) until() (time.Time, error) {
	es, err := ledger.Before(j.tx, j.group.Log(), j.head.Size, 1)
	if err != nil || len(es) == 0 {
		return time.Time{}, err
	}
	return es[0].At, nil
}

// result says how it ended, by what numbers and what rule.
func (j job) result(out sheet, r record, level int) {
	t, n := j.Voice.T, func(v int64) string { return strconv.FormatInt(v, 10) }
	out.heading(level, t("export.result"))
	out.para(j.Voice.Say(r.ended()))
	if !r.frozen.Ranked() || r.result.Reason != "" {
		out.para(j.Voice.Say(r.frozen.Explain(r.result)))
	}
	if r.Election != nil && r.Proposal.Kind == string(motion.Vacancy) {
		for _, choice := range r.Election.Elected {
			out.para(j.Voice.Say(lang.M("vacancy.chosen", "Choice", vacancy.Choice(choice).Name())))
		}
	} else if r.Election != nil && len(r.Election.Elected) > 0 {
		names := make([]string, len(r.Election.Elected))
		for i, ref := range r.Election.Elected {
			var who []lang.Msg
			for _, m := range r.standing[ref] {
				who = append(who, lang.M("layout.plain", "Text", j.person(m, "member")))
			}
			names[i] = j.Voice.Say(election.NameOf(who))
		}
		found := "export.elected"
		if r.frozen.Approves() {
			found = "export.approved"
		}
		out.para(t(found))
		out.points(names, true)
	}
	j.call(out, r)
	v := r.Votes
	var rows [][]string
	if v.For != nil {
		rows = [][]string{{t("export.for"), n(*v.For)}, {t("export.against"), n(*v.Against)}, {t("export.abstain"), n(*v.Abstain)}}
	}
	out.table([]string{t("export.what"), t("export.number")}, append(rows, [][]string{
		{t("export.turnout"), n(v.Turnout)}, {t("export.entitled"), n(v.Entitled)}, {t("export.quorum"), n(v.Quorum)},
	}...))
	out.para(j.Voice.Say(ballots.ExplainBallot(r.frozen)))
	if r.frozen.QuorumBy != "" {
		out.para(t("ballot.quorum.waking"))
	}
	out.para(t("export.rules_version", "Number", r.Rules.Number))
	out.heading(level, t("export.method"))
	secrecy := "export.open_vote"
	switch {
	case r.secret:
		secrecy = "export.secret_vote"
	case r.frozen.Calls():
		secrecy = "call.export_open"
	}
	out.para(t(secrecy) + " " + t("export.times", "Opened", j.time(r.opened), "Closed", j.time(r.closed)))
	if r.Room != nil {
		j.room(out, r)
	}
	if r.frozen.Replaces != 0 {
		out.para(t("export.again"))
	}
	if len(r.Codes) > 0 {
		out.para(t("export.codes"))
		out.points(r.Codes, false)
	}
}

// room says where a vote was held, that was not online, and who voted how if that is published.
func (j job) room(out sheet, r record) {
	t := j.Voice.T
	out.para(t("export.room", "Number", motion.MeetingNumber(r.Room.Meeting), "Present", r.Room.Present, "Entitled", r.Votes.Entitled))
	if r.Room.Urgent {
		out.para(t("call.urgent_was"))
	}
	j.hands(out, r)
	if len(r.Room.Votes) == 0 {
		return
	}
	rows := make([][]string, len(r.Room.Votes))
	for i, v := range r.Room.Votes {
		rows[i] = []string{j.person(v.Member, "member"), t("ballot." + v.Choice)}
	}
	out.para(t("export.named"))
	out.table([]string{t("export.who"), t("export.vote")}, rows)
}

func (j job) changes(out sheet, r record, level int) {
	t := j.Voice.T
	out.heading(level, t("export.changes"))
	out.para(j.proposedBy(r.Proposal.Mover, r.Proposal.signed, j.stamped(r.Proposal.ProposedAt)))
	if len(r.Versions) == 1 {
		out.para(t("export.unchanged"))
		return
	}
	rows := make([][]string, len(r.Versions))
	for i, v := range r.Versions {
		fate := t("export.replaced")
		if v.N == r.Version {
			fate = t("export.voted_on")
		}
		rows[i] = []string{strconv.Itoa(v.N), j.stamped(v.At), v.Title, fate}
	}
	out.table([]string{t("export.version"), t("export.when"), t("export.title"), t("export.fate")}, rows)
	for _, v := range r.Versions {
		if v.N == r.Version {
			continue
		}
		out.para(t("export.version_text", "Number", v.N))
		texts := make([]string, len(v.Clauses))
		for i, c := range v.Clauses {
			texts[i] = c.Text
		}
		out.points(texts, true)
	}
}

// arguments are the statements for and against.
func (j job) arguments(out sheet, all []statement, level int) {
	t := j.Voice.T
	out.heading(level, t("export.statements"))
	if len(all) == 0 {
		out.para(t("export.no_statements"))
	}
	for _, side := range []string{"for", "against"} {
		for _, s := range all {
			if s.Side == side {
				out.para(t("export.statement_"+side, "Who", j.person(s.By, "member"), "At", j.stamped(s.At)))
				out.words(s.Text)
			}
		}
	}
}

// dissent is always there: who disagreed and why, or that nobody said so.
func (j job) dissent(out sheet, r record, level int) error {
	t := j.Voice.T
	v, err := rulebook.Get(j.tx, j.group.ID, r.Rules.Number)
	if err != nil {
		return err
	}
	out.heading(level, t("export.dissents"))
	if len(r.Dissents) == 0 {
		out.para(t("export.no_dissents"))
	}
	for _, d := range r.Dissents {
		id := "export.note"
		if d.Signers >= int64(v.Rules.Assessment.MinorityMin) {
			id = "export.report"
		}
		said := j.Voice.N(id, int(d.Signers), "Who", j.person(d.By, "dissenter"), "At", j.stamped(d.At))
		if d.Late {
			said += " " + t("export.late")
		}
		out.para(said)
		out.words(d.Text)
	}
	return nil
}

// proof lists the entries a decision rests on, with the hashes that stand for them.
func (j job) proof(out sheet, r record, level int) error {
	t := j.Voice.T
	out.heading(level, t("export.proof"))
	out.para(t("export.proof_text", "Text", r.TextHash, "Question", r.Ballot.QuestionHash))
	es, err := entriesAt(j.tx, j.group.Log(), r.Entries)
	if err != nil {
		return err
	}
	return j.entryTable(out, es, false)
}

// entryTable lists entries; whole says that they follow each other without gaps.
func (j job) entryTable(out sheet, es []ledger.Entry, whole bool) error {
	if len(es) == 0 {
		return nil
	}
	texts, err := j.textsAt(es, whole)
	if err != nil {
		return err
	}
	rows := make([][]string, len(es))
	for i, e := range es {
		rows[i] = j.row(e, texts)
	}
	t := j.Voice.T
	out.table([]string{t("export.entry"), t("export.when"), t("export.what"), t("export.hash")}, rows)
	return nil
}

// row is an entry in a table of entries.
func (j job) row(e ledger.Entry, texts map[[32]byte]ledger.Sealed) []string {
	l := LineOf(e, j.shownNames(), texts, Named{}).In(j.group.Zone)
	if j.HideNames && strings.HasPrefix(e.Kind, "member.") {
		l.Say.Args["name"] = j.Voice.T("export.role.member")
	}
	return []string{strconv.FormatInt(e.N, 10), j.time(e.At), j.Voice.Say(l.Say), l.Hash()[:16]}
}

func (j job) shownNames() map[string]string {
	if j.HideNames {
		return nil
	}
	return j.names
}

// checking ends a file: the checkpoint, and how to check it in three lines.
func (j job) checking(out sheet) {
	t := j.Voice.T
	out.heading(2, t("export.checkpoint"))
	out.table([]string{t("export.what"), t("export.value")}, [][]string{
		{t("export.short"), j.checkpoint()},
		{t("export.size"), strconv.FormatInt(j.head.Size, 10)},
		{t("export.root"), fmt.Sprintf("%x", j.head.Root[:])},
		{t("export.key"), j.ledger.VerifierKey()},
	})
	out.heading(2, t("export.verify"))
	out.points([]string{t("export.verify_1"), t("export.verify_2"), t("export.verify_3")}, true)
}
