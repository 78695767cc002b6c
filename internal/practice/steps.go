package practice

import (
	"slices"
	"sync"
)

// Step is something that whoever facilitates does in a meeting.
type Step string

// The steps, in the order in which they are met.
const (
	Here      Step = "here"
	Would     Step = "would"
	Begin     Step = "begin"
	Adopt     Step = "adopt"
	Opening   Step = "opening"
	Take      Step = "take"
	Next      Step = "next"
	More      Step = "more"
	Round     Step = "round"
	Feeling   Step = "feeling"
	Finish    Step = "finish"
	Rule      Step = "rule"
	Challenge Step = "challenge"
	Vote      Step = "vote"
	Cast      Step = "cast"
	Move      Step = "move"
	Notes     Step = "notes"
	Close     Step = "close"
	Record    Step = "record"
)

// Steps lists them.
func Steps() []Step {
	return []Step{Here, Would, Begin, Adopt, Opening, Take, Next, More, Round, Feeling, Finish, Rule, Challenge, Vote, Cast, Move, Notes, Close, Record}
}

// learnt is what the person has done of it.
type learnt struct {
	mu   sync.Mutex
	done map[Step]bool
}

// Did notes that the person has done a step. What is none changes nothing.
func (h *Hall) Did(s Step) {
	h.learnt.mu.Lock()
	defer h.learnt.mu.Unlock()
	if slices.Contains(Steps(), s) {
		h.learnt.done[s] = true
	}
}

// Done says which steps the person has done.
func (h *Hall) Done(s Step) bool {
	h.learnt.mu.Lock()
	defer h.learnt.mu.Unlock()
	return h.learnt.done[s]
}
