package export

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/motion"
)

// bom tells spreadsheets that the file is UTF-8.
const bom = "\uFEFF"

// formulas are the characters with which a spreadsheet takes a cell for a formula, full-width ones included.
const formulas = "=+-@\t\r\n＝＋－＠"

// cell makes a text safe to open in a spreadsheet: what it would take for a formula is marked as text.
func cell(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0\u3000"))
	if s != "" && strings.ContainsRune(formulas, first) {
		return "'" + s
	}
	return s
}

// tables writes the numbers of one decision as CSV.
func (j job) tables(w io.Writer, r record) error {
	return j.csv(w, func(line func(record) error) error { return line(r) })
}

// allTables writes the numbers of all decisions as CSV, a line each.
func (j job) allTables(w io.Writer) error { return j.csv(w, j.eachDecision) }

func (j job) csv(w io.Writer, each func(func(record) error) error) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	t := j.Voice.T
	header := []string{
		t("export.csv.number"), t("export.title"), t("export.csv.outcome"), t("export.for"), t("export.against"), t("export.abstain"),
		t("export.turnout"), t("export.entitled"), t("export.quorum"), t("export.csv.secret"), t("export.csv.round"), t("export.csv.meeting"), t("export.csv.present"), t("export.csv.opened"),
		t("export.csv.closed"), t("export.csv.rules"), t("export.csv.dissents"), t("export.csv.text_hash"), t("export.short"),
	}
	for i := range header {
		header[i] = cell(header[i])
	}
	if err := c.Write(header); err != nil {
		return err
	}
	err := each(func(r record) error {
		v := r.Votes
		yes := t("export.csv.no")
		if r.secret {
			yes = t("export.csv.yes")
		}
		meeting, present := "", "" // online
		if r.Room != nil {
			meeting, present = number(int64(motion.MeetingNumber(r.Room.Meeting))), number(int64(r.Room.Present))
		}
		return c.Write([]string{
			cell(r.Number), cell(r.Title), cell(j.Voice.Say(r.ended())), counted(v.For), counted(v.Against), counted(v.Abstain),
			number(v.Turnout), number(v.Entitled), number(v.Quorum), cell(yes), number(int64(r.Ballot.Round)), meeting, present,
			cell(j.time(r.opened)), cell(j.time(r.closed)), number(int64(r.Rules.Number)), number(int64(len(r.Dissents))),
			cell(r.TextHash), cell(j.checkpoint()),
		})
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

// counted is a cell with a number of votes, empty where they were not counted.
func counted(n *int64) string {
	if n == nil {
		return ""
	}
	return number(*n)
}
