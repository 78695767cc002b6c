package money

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type reportRow struct {
	ID       ID
	GroupID  member.GroupID
	Number   int
	Corrects int
	FromDay  Day
	ToDay    Day
	Currency string
	Start    Amount
	CameIn   Amount
	Paid     Amount
	Counted  Amount
	Text     string
	ByID     member.ID
	At       db.Instant
}

func (reportRow) TableName() string { return "money_reports" }

func (r reportRow) report() Report {
	return Report{
		ID: r.ID, Group: r.GroupID, Number: r.Number, Corrects: r.Corrects, From: r.FromDay, To: r.ToDay, Currency: r.Currency, Start: r.Start, In: r.CameIn,
		Out: r.Paid, End: r.Counted, Words: r.Text, By: r.ByID, At: r.At.Time,
	}
}

type lineRow struct {
	ReportID ID
	N        int
	Purpose  string
	Amount   Amount
}

func (lineRow) TableName() string { return "money_lines" }

// chain returns where the next report of the group begins.
func chain(tx *db.Tx, g member.GroupID) (c Chain, err error) {
	var rows []reportRow
	if err := tx.Where("group_id = ?", g).Order("number DESC").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return c, err
	}
	c.Last = rows[0].report()
	if c.Last.Corrects == 0 {
		c.First = c.Last.Number == 1
		return c, nil
	}
	var n int
	err = tx.Raw("SELECT COUNT(*) FROM (SELECT 1 FROM money_reports WHERE group_id = ? AND corrects = 0 LIMIT 2) x", g).Scan(&n).Error
	c.First = n == 1
	return c, err
}

// page returns up to limit reports before the number (0: the newest), the newest first, and which of them are corrected by which. A
// correction always has the number after that of the report it is for.
func page(tx *db.Tx, g member.GroupID, before, limit int) (out []Report, corrected map[int]int, more bool, err error) {
	q := tx.Where("group_id = ?", g).Order("number DESC").Limit(limit + 2)
	if before > 0 {
		q = q.Where("number <= ?", before)
	}
	var rows []reportRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, nil, false, err
	}
	corrected = map[int]int{}
	for _, r := range rows {
		if r.Corrects != 0 {
			corrected[r.Corrects] = r.Number
		}
		switch {
		case before > 0 && r.Number >= before:
		case len(out) == limit:
			more = true
		default:
			out = append(out, r.report())
		}
	}
	return out, corrected, more, nil
}

// filers returns who filed the reports with numbers from the one to the other, each once: first whoever filed the newest. They are no more than have written the
// group's reports.
func filers(tx *db.Tx, g member.GroupID, from, to int) (out []member.ID, err error) {
	err = tx.Raw("SELECT by_id FROM money_reports WHERE group_id = ? AND number BETWEEN ? AND ? GROUP BY by_id ORDER BY MAX(number) DESC", g, from, to).Scan(&out).Error
	return out, err
}

// linesOf returns the lines of reports, by the report.
func linesOf(tx *db.Tx, reports []ID) (map[ID][]Line, error) {
	var rows []lineRow
	err := tx.Where("report_id IN ?", reports).Order("report_id, n").Find(&rows).Error
	out := map[ID][]Line{}
	for _, r := range rows {
		out[r.ReportID] = append(out[r.ReportID], Line{r.Purpose, r.Amount})
	}
	return out, err
}

// All returns the group's reports with their lines, the oldest first, for a file; some are read at a time. The caller has seen to it that
// a member asks.
func All(tx *db.Tx, g member.GroupID) (out []Report, err error) {
	const some = 200
	for after := 0; ; {
		var rows []reportRow
		if err := tx.Where("group_id = ? AND number > ?", g, after).Order("number").Limit(some).Find(&rows).Error; err != nil || len(rows) == 0 {
			return out, err
		}
		ids := make([]ID, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		lines, err := linesOf(tx, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			one := r.report()
			one.Lines = lines[r.ID]
			out = append(out, one)
		}
		after = rows[len(rows)-1].Number
	}
}

func insert(tx *db.Tx, r Report) (ID, error) {
	row := reportRow{
		GroupID: r.Group, Number: r.Number, Corrects: r.Corrects, FromDay: r.From, ToDay: r.To, Currency: r.Currency, Start: r.Start, CameIn: r.In, Paid: r.Out,
		Counted: r.End, Text: r.Words, ByID: r.By, At: db.At(r.At),
	}
	if err := tx.Create(&row).Error; err != nil {
		return 0, err
	}
	lines := make([]lineRow, len(r.Lines)) // at most MaxLines
	for i, l := range r.Lines {
		lines[i] = lineRow{row.ID, i + 1, l.What, l.Amount}
	}
	if len(lines) == 0 {
		return row.ID, nil
	}
	return row.ID, tx.Create(&lines).Error
}
