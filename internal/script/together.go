package script

// The cues of what people do together.
const (
	CueFeeling Cue = "feeling" // people show how they feel
	CueFelt    Cue = "felt"    // it was just shown
	CueSpokes  Cue = "spokes"  // groups have one of them speak
)

// Felt is what came of a show of feeling.
type Felt string

// What can come of it.
const (
	FeltShown Felt = "shown"
	FeltFew   Felt = "few" // too few have answered
)

// round says whose turn it is in a round, and before the first what everybody is asked.
func (s Situation) round() Script {
	whose := say("round", "Who", s.Round)
	switch {
	case s.RoundTime == 0:
		return script(CueRound, whose)
	case s.RoundAsks == "":
		return script(CueRound, say("round_begins", "Time", span(s.RoundTime)), whose)
	}
	return script(CueRound, say("round_begins", "Time", span(s.RoundTime)), say("round_asks", "Question", s.RoundAsks), whose)
}

// felt says what came of a show of feeling, until it was read out.
func (s Situation) felt() (Script, bool) {
	if s.Felt == "" || s.said(CueFelt) {
		return Script{}, false
	}
	if s.Felt == FeltFew {
		return script(CueFelt, say("felt_few")), true
	}
	return script(CueFelt, say("felt"), say("felt_ask")), true
}
