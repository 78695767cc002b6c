package rulebook

import (
	"strconv"

	"folkmoot/internal/lang"
)

// Guarantee is something no setting and no vote can remove.
type Guarantee struct{ ID string }

// Say is the guarantee in plain words.
func (g Guarantee) Say() lang.Msg { return lang.M("floor." + g.ID + ".say") }

// How many of each there are. Adding one means writing its text; removing one is a change of what this software is.
const (
	guarantees = 20
	refusals   = 18
	limits     = 5
)

// Floor lists the guarantees G1 to G20.
func Floor() []Guarantee {
	out := make([]Guarantee, guarantees)
	for i := range out {
		out[i].ID = "G" + strconv.Itoa(i+1)
	}
	return out
}

// Refusals says what this software does not do and will not do, one sentence each.
func Refusals() []lang.Msg { return numbered("refusal.", refusals) }

// Limits says what this software cannot protect people from, one text each.
func Limits() []lang.Msg { return numbered("limit.", limits) }

func numbered(prefix string, n int) []lang.Msg {
	out := make([]lang.Msg, n)
	for i := range out {
		out[i] = lang.M(prefix + strconv.Itoa(i+1))
	}
	return out
}
