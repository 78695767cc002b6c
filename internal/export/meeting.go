package export

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
)

// Meeting exports what is on record of the meeting with the number, as it is: a draft says that it is one. It returns fault.NotFound if the actor is no member
// or there is no such meeting, fault.Conflict if it has not begun or was never held, and fault.Invalid for a format that is none.
func (s *Service) Meeting(ctx context.Context, a member.Actor, number int, o Options) (*File, error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return s.make(ctx, a.Group, o, fmt.Sprintf("%s-meeting-%d", a.Group.Slug, number), func(w io.Writer, j job) error {
		r, err := minutes.Read(j.tx, a.Group, number)
		if err != nil {
			return err
		}
		attach := func(w io.Writer) error { return j.writeMeeting(w, r) }
		switch o.Format {
		case JSON:
			return attach(w)
		case Tables:
			return j.meetingTable(w, r)
		}
		return j.write(w, func(out sheet) error { return j.oneMeeting(out, r) }, attach)
	})
}

// who is what a member is called in a meeting's file.
func (j job) who(r minutes.Record, id member.ID) string { return j.person(r.People[id].Ref, "member") }

// oneMeeting fills a sheet with what is on record of a meeting, and how to check it.
func (j job) oneMeeting(out sheet, r minutes.Record) error {
	t := j.Voice.T
	out.heading(1, t("export.meeting.title", "Number", r.Number, "Title", r.Title))
	if err := j.standing(out); err != nil {
		return err
	}
	out.para(j.Voice.Say(j.howFar(r)))
	out.heading(2, t("export.meeting.held"))
	rows := [][]string{
		{t("export.meeting.began"), j.time(r.Began)},
		{t("export.meeting.there"), strconv.Itoa(r.Present)},
		{t("export.quorum"), strconv.Itoa(r.Book.Quorum)},
	}
	if !r.Ended.IsZero() {
		rows = append(rows, []string{t("export.meeting.ended"), j.time(r.Ended)}, []string{t("export.meeting.most"), strconv.Itoa(r.Most)})
	}
	if r.Noted > 0 {
		rows = append(rows, []string{t("export.meeting.noted"), strconv.Itoa(r.Noted)}, []string{t("export.meeting.noted_back"), strconv.Itoa(r.Denied)})
	}
	out.table([]string{t("export.what"), t("export.value")}, rows)
	var changes []string
	for _, c := range r.Quorum {
		changes = append(changes, j.Voice.Say(j.enough(c)))
	}
	out.points(changes, false)
	j.jobs(out, r)
	for i, s := range r.Sections {
		j.section(out, r, s, i+1)
	}
	j.corrections(out, r)
	es, err := ledger.About(j.tx, j.group.Log(), r.Ref())
	if err != nil {
		return err
	}
	out.heading(2, t("export.proof"))
	if err := j.entryTable(out, es, false); err != nil {
		return err
	}
	j.checking(out)
	return nil
}

// howFar says whether the record is a draft, has been published, or is confirmed.
func (j job) howFar(r minutes.Record) lang.Msg {
	switch r.Minutes.State {
	case minutes.Live:
		return lang.M("export.meeting.live")
	case minutes.Draft:
		return lang.M("export.meeting.draft", "At", j.time(r.DraftUntil))
	case minutes.Confirmed:
		return lang.M("export.meeting.confirmed", "At", j.time(r.Confirmed), "Number", r.In.Number)
	}
	return lang.M("export.meeting.published", "At", j.time(r.Published))
}

// enough says when how many were there, and that they were enough, or too few, or what was chosen then.
func (j job) enough(c minutes.Change) lang.Msg {
	return lang.M("export.meeting."+string(c.What), "At", j.time(c.At), "Count", c.Present, "Next", j.time(c.Next))
}

// jobs lists who had which job.
func (j job) jobs(out sheet, r minutes.Record) {
	var rows [][]string
	for _, t := range r.Terms {
		if t.Shadow {
			continue
		}
		until := ""
		if !t.Ended.IsZero() {
			until = j.time(t.Ended)
		}
		rows = append(rows, []string{j.Voice.T("meeting.job." + string(t.Job)), j.who(r, t.Member), j.time(t.Begins), until})
	}
	out.heading(2, j.Voice.T("export.meeting.jobs"))
	if len(rows) == 0 {
		out.para(j.Voice.T("export.meeting.no_jobs"))
		return
	}
	out.table([]string{j.Voice.T("export.meeting.job"), j.Voice.T("export.meeting.who"), j.Voice.T("export.meeting.from"), j.Voice.T("export.meeting.to")}, rows)
}

// titleOf is what an item is about.
func (j job) titleOf(s minutes.Section) string {
	switch {
	case s.Item.ID == 0:
		return j.Voice.T("export.meeting.other")
	case s.Item.Motion != 0:
		return j.Voice.T("export.proposal", "Number", s.Motion.Number, "Title", s.Motion.Title)
	}
	return s.Item.Title
}

// section is one item: when it was talked about, what was decided, and the notes.
func (j job) section(out sheet, r minutes.Record, s minutes.Section, place int) {
	t := j.Voice.T
	text := s.Note.Text
	if r.IsOut() {
		text = s.Text
	}
	if s.Item.ID == 0 && text == "" && len(s.Fixed) == 0 && len(s.Moves) == 0 {
		return
	}
	title := j.titleOf(s)
	if s.Item.ID != 0 {
		title = t("export.meeting.item", "Place", place, "Title", title)
	}
	out.heading(2, title)
	switch {
	case s.Item.ID == 0:
	case s.Item.State == meeting.Online:
		out.para(t("export.meeting.online"))
	case s.Item.State == meeting.Left && len(s.Talked) == 0:
		out.para(t("export.meeting.not_reached"))
	case s.Item.State == meeting.Left:
		out.para(t("export.meeting.not_done"))
	}
	for _, x := range s.Talked {
		if x.Ended.IsZero() {
			out.para(t("export.meeting.since", "Began", j.time(x.Began)))
			continue
		}
		out.para(t("export.meeting.times", "Began", j.time(x.Began), "Ended", j.time(x.Ended)))
	}
	if len(s.Talked) > 1 {
		out.para(t("export.meeting.in_all", "Count", s.Minutes(r.Now)))
	}
	if s.Item.Aside != 0 {
		out.para(t("meeting.aside.said"))
	}
	for _, say := range s.Item.Said(j.group.Zone) {
		out.para(j.Voice.Say(say))
	}
	var moves []string
	for _, mv := range s.Moves {
		if mv.Rule != "" {
			moves = append(moves, t("minutes.asked", "Move", j.Voice.Say(mv.Name()), "Text", mv.Rule))
		}
		moves = append(moves, j.Voice.Say(mv.Came(r.Book.Moves).In(j.group.Zone)))
	}
	if len(moves) > 0 {
		out.points(moves, false)
	}
	for _, d := range slices.Concat(s.Decisions, s.Later) {
		out.para(t("export.decision", "Number", d.Number(), "Title", d.Title) + " " + j.Voice.Say(d.Ended()))
	}
	if text != "" {
		out.para(t("export.meeting.notes"))
		out.words(text)
	}
	if len(s.Named) > 0 && !j.HideNames {
		names := make([]string, len(s.Named))
		for i, id := range s.Named {
			names[i] = j.who(r, id)
		}
		out.para(t("export.meeting.named"))
		out.points(names, false)
	}
	for _, c := range s.Fixed {
		out.para(t("export.meeting.fixed", "Who", j.who(r, c.By), "At", j.time(c.At)))
		out.words(c.Text)
	}
}

// corrections lists what was suggested, and what was answered.
func (j job) corrections(out sheet, r minutes.Record) {
	if !r.IsOut() {
		return
	}
	t := j.Voice.T
	out.heading(2, t("export.meeting.corrections"))
	if len(r.Corrections) == 0 {
		out.para(t("export.meeting.no_corrections"))
	}
	for _, c := range r.Corrections {
		out.para(t("export.meeting.suggested", "Who", j.who(r, c.By), "At", j.time(c.At)))
		out.words(c.Text)
		if c.How == "" {
			out.para(t("export.meeting.waits"))
			continue
		}
		out.para(t("export.meeting."+c.How, "Who", j.who(r, c.AnsweredBy), "At", j.time(c.Answered)))
		if c.Answer != "" {
			out.words(c.Answer)
		}
	}
}

// meetingTable writes the numbers of a meeting as CSV: how many were there, and the votes.
func (j job) meetingTable(w io.Writer, r minutes.Record) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	t, c := j.Voice.T, csv.NewWriter(w)
	header := []string{
		t("export.what"), t("export.when"), t("export.meeting.there"), t("export.csv.number"), t("export.title"), t("export.csv.outcome"), t("export.for"),
		t("export.against"), t("export.abstain"), t("export.turnout"), t("export.entitled"), t("export.quorum"),
	}
	for i := range header {
		header[i] = cell(header[i])
	}
	lines := [][]string{header}
	attended := func(what, at string, n int) {
		lines = append(lines, []string{cell(what), cell(at), number(int64(n)), "", "", "", "", "", "", "", "", number(int64(r.Book.Quorum))})
	}
	for _, q := range r.Quorum {
		attended(j.Voice.Say(j.enough(q)), j.time(q.At), q.Present)
	}
	if !r.Ended.IsZero() {
		attended(t("export.meeting.most"), j.time(r.Ended), r.Most)
	}
	for _, s := range r.Sections {
		for _, d := range s.Decisions {
			line, err := j.voted(d)
			if err != nil {
				return err
			}
			lines = append(lines, line)
		}
	}
	if err := c.WriteAll(lines); err != nil {
		return err
	}
	return c.Error()
}

// voted is a vote of a meeting, as a line of a table.
func (j job) voted(d decision.Decision) ([]string, error) {
	row, err := findDecision(j.tx, j.group, d.Number())
	if err != nil {
		return nil, err
	}
	r, err := j.decision(row)
	if err != nil {
		return nil, err
	}
	v := r.Votes
	return []string{
		cell(j.Voice.T("export.csv.vote")), cell(j.time(r.closed)), number(int64(r.frozen.Present)), cell(r.Number), cell(r.Title),
		cell(j.Voice.Say(r.ended())), counted(v.For), counted(v.Against), counted(v.Abstain), number(v.Turnout),
		number(v.Entitled), number(v.Quorum),
	}, nil
}

// writeMeeting writes the file that package verify checks: everything that the record says of one meeting.
func (j job) writeMeeting(w io.Writer, r minutes.Record) error {
	places, err := j.meetingPlaces(r.Ref())
	if err != nil {
		return err
	}
	return j.writeFile(w, "meeting", r.Ref(), places, func(func(record) error) error { return nil })
}

// meetingPlaces returns the entries a meeting's file has to hold: those about it, the beginning of the log and its keys, and what the members who appear in
// them are called.
func (j job) meetingPlaces(ref string) ([]int64, error) {
	log := j.group.Log()
	general, err := placesOf(j.tx, log, []string{"group"}, generalKinds)
	if err != nil {
		return nil, err
	}
	about, err := ledger.About(j.tx, log, ref)
	if err != nil {
		return nil, err
	}
	people := map[string]bool{}
	all := general
	for _, e := range about {
		all = append(all, e.N)
		var leaf any
		if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.N, err)
		}
		membersIn(leaf, people)
	}
	persons, err := placesOf(j.tx, log, slices.Sorted(maps.Keys(people)), personKinds)
	if err != nil {
		return nil, err
	}
	return j.withRemovals(append(all, persons...))
}

// membersIn notes, as subjects of entries, the members whom a leaf names.
func membersIn(v any, found map[string]bool) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "m_") {
			found["member/"+v] = true
		}
	case []any:
		for _, e := range v {
			membersIn(e, found)
		}
	case map[string]any:
		for _, e := range v {
			membersIn(e, found)
		}
	}
}
