package export

import (
	"cmp"
	"slices"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/decision"
	"folkmoot/internal/lang"
	"folkmoot/internal/tally"
)

// absent is until when those who were absent could object to a decision, and what they said. The times are "" where they are not known yet.
type absent struct {
	State   string      `json:"state"` // open, stands, stopped
	Until   string      `json:"until"`
	EndedAt string      `json:"ended_at"`
	Said    []objection `json:"said"`

	window decision.Window
}

type objection struct {
	At     string `json:"at"`
	By     string `json:"by"`
	How    string `json:"how"` // concern, block
	Ground string `json:"ground"`
	Names  string `json:"names"`
	Text   string `json:"text"`
}

// readAbsent reads what those who were absent from a call could say of a decision, and said.
func (r *record) readAbsent(tx *db.Tx, id decision.ID) error {
	w, said, err := decision.Absent(tx, id)
	if err != nil || w.State == "" {
		return err
	}
	r.Absent = &absent{State: string(w.State), Said: []objection{}, window: w}
	if !w.Until.IsZero() {
		r.Absent.Until = at(db.At(w.Until))
	}
	for _, o := range said {
		r.Absent.Said = append(r.Absent.Said, objection{at(db.At(o.At)), o.By, string(o.Response), string(o.Ground), o.Names, o.Words})
	}
	return nil
}

// ended says how a decision ended, in a word or two.
func (r record) ended() lang.Msg {
	d := decision.Decision{Contest: r.frozen.Contest, Outcome: tally.Outcome(r.Outcome)}
	if r.Absent != nil {
		d.Window = r.Absent.window
	}
	return d.Ended()
}

// settle gives what an entry tells of the time that the log has for it.
func (a *absent) settle(kind, by, how, at string) {
	if a == nil {
		return
	}
	switch kind {
	case "decision.stands", "decision.stopped":
		a.EndedAt = at
	case "decision.objected":
		for i := range a.Said {
			if o := &a.Said[i]; o.By == by && o.How == how {
				o.At = at
			}
		}
		slices.SortFunc(a.Said, func(a, b objection) int {
			return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.By, b.By), cmp.Compare(a.How, b.How))
		})
	}
}

// absent says whether a decision is provisional, and what those who were absent said of it.
func (j job) absent(out sheet, r record, level int) {
	a, t := r.Absent, j.Voice.T
	if a == nil {
		return
	}
	out.heading(level, t("call.absent_said"))
	w := a.window
	w.Until, w.Ended = w.Until.In(j.group.Zone), w.Ended.In(j.group.Zone)
	out.para(j.Voice.Say(w.Say()))
	for _, o := range a.Said {
		what := []lang.Msg{agree.Response(o.How).Name()}
		if o.Ground != "" {
			what = append(what, agree.Ground(o.Ground).Name(), lang.M("layout.plain", "Text", o.Names))
		}
		said := j.person(o.By, "dissenter") + ", " + j.stamped(o.At) + ": "
		for i, m := range what {
			if i > 0 {
				said += " · "
			}
			said += j.Voice.Say(m)
		}
		out.para(said)
		out.words(o.Text)
	}
}
