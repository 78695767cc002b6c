package export

import (
	"context"
	"encoding/csv"
	"io"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
)

// Money exports the reports on a group's money as a table: a line for each line of a report, which begins and ends with what there was. It is
// fault.NotFound for who is not a member, and fault.Invalid for a format other than Tables.
func (s *Service) Money(ctx context.Context, a member.Actor, o Options) (*File, error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if o.Format != Tables {
		return nil, fault.New(fault.Invalid, "export.no_format")
	}
	return s.make(ctx, a.Group, o, a.Group.Slug+"-money", func(w io.Writer, j job) error { return j.money(w) })
}

// money writes the reports, the oldest first. Amounts are written without anything that parts thousands, so that they can be added up.
func (j job) money(w io.Writer) error {
	reports, err := money.All(j.tx, j.group.ID)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	people, err := j.filers(reports)
	if err != nil {
		return err
	}
	t, c := j.Voice.T, csv.NewWriter(w)
	header := []string{
		t("export.money.number"), t("export.money.corrects"), t("money.from"), t("money.to"), t("export.money.what"), t("money.in"), t("money.out"), t("export.money.there"),
		t("money.currency"), t("export.money.by"), t("export.when"),
	}
	for i := range header {
		header[i] = cell(header[i])
	}
	lines := [][]string{header}
	for _, r := range reports {
		corrects := ""
		if r.Corrects != 0 {
			corrects = number(int64(r.Corrects))
		}
		add := func(what, in, out, there string) {
			lines = append(lines, []string{
				number(int64(r.Number)), corrects, string(r.From), string(r.To), cell(what), in, out, there, cell(r.Currency), cell(people[r.By]), cell(j.time(r.At)),
			})
		}
		add(t("money.start"), "", "", r.Start.String())
		for _, l := range r.Lines {
			if l.Amount > 0 {
				add(l.What, l.Amount.String(), "", "")
			} else {
				add(l.What, "", (-l.Amount).String(), "")
			}
		}
		add(t("money.end"), r.In.String(), r.Out.String(), r.End.String())
	}
	if err := c.WriteAll(lines); err != nil {
		return err
	}
	return c.Error()
}

// filers returns what those are called who filed the reports.
func (j job) filers(reports []money.Report) (map[member.ID]string, error) {
	ids := make([]member.ID, len(reports))
	for i, r := range reports {
		ids[i] = r.By
	}
	found, err := member.Many(j.tx, ids)
	out := make(map[member.ID]string, len(found))
	for id, m := range found {
		out[id] = j.person(m.Ref, "member")
	}
	return out, err
}
