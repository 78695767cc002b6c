package web

import (
	"strconv"

	"folkmoot/internal/flow"
	"folkmoot/internal/lang"
	"folkmoot/internal/tally"
)

// Flow is where the votes of a ranked count went, as a picture, in tables and in words: part "flow".
type Flow struct {
	ID     string // begins every id in it
	Title  lang.Msg
	Say    []lang.Msg // how to read the picture
	Width  flow.Px
	Height flow.Px
	Stages []FlowStage
}

// FlowStage is a stage with its name.
type FlowStage struct {
	flow.Stage
	Name  lang.Msg
	Say   []lang.Msg // what it did, in the words of the page
	Bands []FlowBand
}

// FlowBand is a band with its label.
type FlowBand struct {
	flow.Band
	Short  lang.Msg // in the picture
	Name   lang.Msg // in the table
	Stands lang.Msg // zero: neither elected nor excluded
	Sign   string   // a shape that says so too, as the d of an SVG path
	SignY  flow.Px
	X      flow.Px // where the name begins
	Line1  flow.Px
	Line2  flow.Px
}

// The signs, in a square of 12 at the beginning of a label.
const (
	signElected  = "M1 7L4.5 10.5L11 2"
	signExcluded = "M2 2L10 10M10 2L2 10"
)

// flowOf makes the part from a picture and what is said of each stage. The id must be the page's only one that begins so.
func flowOf(id string, f *flow.Flow, say [][]lang.Msg) Flow {
	p := Flow{ID: id, Title: lang.M("flow.title"), Say: []lang.Msg{lang.M("flow.read")}, Width: f.Width, Height: f.Height}
	if f.Quota != "" {
		p.Say = append(p.Say, lang.M("flow.quota", "Quota", f.Quota))
	}
	p.Say = append(p.Say, lang.M("flow.signs"))
	for i, st := range f.Stages {
		s := FlowStage{Stage: st, Name: stageName(st), Say: say[i]}
		for _, b := range st.Bands {
			s.Bands = append(s.Bands, flowBand(b, f.Lanes[b.Lane]))
		}
		p.Stages = append(p.Stages, s)
	}
	return p
}

// stageName says what a stage is about in a few words.
func stageName(st flow.Stage) lang.Msg {
	number := strconv.Itoa(st.Number)
	if len(st.Of) == 1 && (st.Action == tally.Surplus || st.Action == tally.Exclude) {
		return lang.M("flow.stage."+string(st.Action), "Number", number, "Who", st.Of[0])
	}
	if st.Action == tally.First {
		return lang.M("flow.stage.first", "Number", number)
	}
	return lang.M("flow.stage.other", "Number", number)
}

func flowBand(b flow.Band, l flow.Lane) FlowBand {
	out := FlowBand{Band: b, Short: plain(l.Short), Name: plain(l.Name), X: b.Box.X, SignY: l.Top + 300, Line1: l.Top + 1400, Line2: l.Top + 3000}
	switch b.State {
	case flow.Elected:
		out.Stands, out.Sign = lang.M("flow.elected"), signElected
	case flow.Excluded:
		out.Stands, out.Sign = lang.M("flow.excluded"), signExcluded
	case flow.Nobody:
		out.Short, out.Name = lang.M("flow.nobody"), lang.M("flow.nobody")
	}
	if out.Sign != "" {
		out.X += 1700
	}
	return out
}
