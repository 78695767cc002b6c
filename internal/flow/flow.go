// Package flow turns the sheet of a ranked count into a picture: one column a stage, one band a candidate, and between two columns the
// votes that stay and the votes that move. It says where everything lies and draws nothing.
package flow

import (
	"errors"
	"fmt"
	"slices"

	"folkmoot/internal/tally"
)

// ErrSheet is wrapped by every refusal of a sheet that cannot be drawn so.
var ErrSheet = errors.New("count cannot be drawn as a flow")

// State is how a candidate stands at the end of a stage.
type State string

// The states of a band. Those who were excluded at an earlier stage have no band any more.
const (
	Standing State = "standing"
	Elected  State = "elected"
	Excluded State = "excluded" // at the end of this stage; the votes move in the next
	Nobody   State = "nobody"   // votes that count for nobody any more
)

// Pool stands in a Ribbon for the votes of several that move together. The sheet does not say who got whose, so neither does the picture.
const Pool = -1

// Flow is the picture of a count.
type Flow struct {
	Lanes  []Lane // the candidates in the order of the sheet, without those who have withdrawn, and the last for votes that count for nobody
	Stages []Stage
	Papers int64
	Quota  string // at the end; "" where the method has none
	Width  Px     // of one stage
	Height Px
}

// Lane is where a candidate's bands lie in every column.
type Lane struct {
	Number int // of the candidate, from 1; 0: votes that count for nobody
	Name   string
	Short  string // Name, cut to what fits above a band
	Top    Px     // of the first line of its label
	Band   Px     // where its bands begin
	Room   Px     // the height of the highest band, or of the quota where that is more

	most int64
}

// Stage is a column, with the gap to its left across which votes come from the stage before.
type Stage struct {
	Number  int // from 1
	Action  tally.Action
	Of      []string // whose surplus, or who is excluded
	Say     string
	Quota   string
	Bands   []Band
	Ribbons []Ribbon // none in the first
	Pool    Box      // zero where no pool is needed

	votes []int64 // by lane
	quota int64
}

// Band is how many votes a candidate has after a stage.
type Band struct {
	Lane  int // its place in Flow.Lanes
	State State
	Votes string
	Moved string // what came, or went with a minus; "" is nothing
	Box   Box
	Mark  Px // where the quota lies across the band; 0: it has none

	value int64
}

// Ribbon is votes that stay with a candidate from one stage to the next, or move to another.
type Ribbon struct {
	From, To int // places in Flow.Lanes, or Pool
	Votes    string
	Path     string // as the d of an SVG path

	value       int64
	left, right Box // where it begins and ends: boxes of no width
}

// Moves says whether the votes go to somebody else.
func (r Ribbon) Moves() bool { return r.From != r.To }

// New makes the picture of a count by transfers. It returns ErrSheet where the sheet has no stages, where a stage does not add up to the valid papers,
// and for a method that does not move votes from one candidate to another.
func New(s *tally.Sheet) (*Flow, error) {
	places, err := precision(s)
	if err != nil {
		return nil, err
	}
	b := builder{sheet: s, places: places, unit: pow10(places)}
	f := &Flow{Papers: s.Valid, Quota: s.Quota}
	b.lanes(f)
	if s.Valid < 1 || len(s.Stages) == 0 || s.Valid > largest/b.unit/int64(len(f.Lanes)) {
		return nil, fmt.Errorf("%w: %d papers in %d stages", ErrSheet, s.Valid, len(s.Stages))
	}
	for i := range s.Stages {
		if err := b.stage(f, i); err != nil {
			return nil, fmt.Errorf("stage %d: %w", i+1, err)
		}
	}
	f.lay()
	return f, nil
}

// builder reads the figures of a sheet.
type builder struct {
	sheet  *tally.Sheet
	places int
	unit   int64 // one vote
	gone   []bool
	won    []bool
}

func (b *builder) lanes(f *Flow) {
	for i, name := range b.sheet.Candidates {
		if !slices.Contains(b.sheet.Withdrawn, i+1) {
			f.Lanes = append(f.Lanes, Lane{Number: i + 1, Name: name, Short: Cut(name, labelSigns)})
		}
	}
	f.Lanes = append(f.Lanes, Lane{})
	b.gone, b.won = make([]bool, len(f.Lanes)), make([]bool, len(f.Lanes))
}

// stage reads stage i, from 0: the figures, what has moved since the stage before, and how everybody stands.
func (b *builder) stage(f *Flow, i int) error {
	from := b.sheet.Stages[i]
	if !slices.Contains([]tally.Action{tally.First, tally.Surplus, tally.Exclude, tally.Fill, tally.Iterate}, from.Action) || len(from.Votes) != len(b.sheet.Candidates) {
		return fmt.Errorf("%w: %q", ErrSheet, from.Action)
	}
	st := Stage{Number: i + 1, Action: from.Action, Say: from.Say, Quota: from.Quota}
	if st.Quota == "" {
		st.Quota = b.sheet.Quota
	}
	for _, n := range from.Of {
		st.Of = append(st.Of, b.sheet.Candidates[n-1])
	}
	if err := b.votes(f, &st, from); err != nil {
		return err
	}
	if i > 0 {
		st.Ribbons = b.ribbons(f.Stages[i-1].votes, st.votes)
	}
	b.bands(f, &st, from)
	f.Stages = append(f.Stages, st)
	return nil
}

// votes reads who has how many, and checks that nothing is lost.
func (b *builder) votes(f *Flow, st *Stage, from tally.Stage) (err error) {
	if st.Quota != "" {
		if st.quota, err = parse(st.Quota, b.places); err != nil {
			return err
		}
	}
	sum := int64(0)
	for l := range f.Lanes {
		text := from.Nontransferable
		if n := f.Lanes[l].Number; n > 0 {
			text = from.Votes[n-1]
		}
		v, err := parse(text, b.places)
		if err != nil || v < 0 || v > b.sheet.Valid*b.unit {
			return fmt.Errorf("%w: a figure is %q", ErrSheet, text)
		}
		f.Lanes[l].most = max(f.Lanes[l].most, v)
		if f.Lanes[l].Number > 0 {
			f.Lanes[l].most = max(f.Lanes[l].most, min(st.quota, b.sheet.Valid*b.unit))
		}
		sum += v
		st.votes = append(st.votes, v)
	}
	if sum != b.sheet.Valid*b.unit {
		return fmt.Errorf("%w: it comes to %s votes of %d", ErrSheet, figure(sum, b.places), b.sheet.Valid)
	}
	return nil
}

// bands says how everybody stands at the end of the stage.
func (b *builder) bands(f *Flow, st *Stage, from tally.Stage) {
	last := len(f.Lanes) - 1
	for l, lane := range f.Lanes {
		v, band := st.votes[l], Band{Lane: l, State: Standing, Votes: figure(st.votes[l], b.places), value: st.votes[l]}
		if len(f.Stages) > 0 {
			if d := v - f.Stages[len(f.Stages)-1].votes[l]; d != 0 {
				band.Moved = figure(d, b.places)
			}
		}
		b.won[l] = b.won[l] || slices.Contains(from.Elected, lane.Number)
		out := slices.Contains(from.Excluded, lane.Number)
		switch {
		case l == last:
			band.State = Nobody
		case b.won[l]:
			band.State = Elected
		case out:
			band.State = Excluded
		}
		if v > 0 || l != last && !b.gone[l] {
			st.Bands = append(st.Bands, band)
		}
		b.gone[l] = b.gone[l] || out
	}
}

// ribbons tells the votes that stay from those that move. What one candidate loses goes to those who gain; what several lose goes by the pool.
func (b *builder) ribbons(before, after []int64) []Ribbon {
	var out []Ribbon
	var losers, gainers []int
	sum := int64(0)
	for l := range before {
		if kept := min(before[l], after[l]); kept > 0 {
			out = append(out, b.ribbon(l, l, kept))
		}
		switch {
		case before[l] > after[l]:
			losers = append(losers, l)
			sum += before[l] - after[l]
		case before[l] < after[l]:
			gainers = append(gainers, l)
		}
	}
	if sum == 0 {
		return out
	}
	from := losers[0]
	if len(losers) > 1 {
		from = Pool
		for _, l := range losers {
			out = append(out, b.ribbon(l, Pool, before[l]-after[l]))
		}
	}
	for _, g := range gainers {
		out = append(out, b.ribbon(from, g, after[g]-before[g]))
	}
	return out
}

func (b *builder) ribbon(from, to int, v int64) Ribbon {
	return Ribbon{From: from, To: to, Votes: figure(v, b.places), value: v}
}
