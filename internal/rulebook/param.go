package rulebook

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Kind is what a rule's value is a value of.
type Kind string

// The kinds.
const (
	Weeks   Kind = "weeks"
	Days    Kind = "days"
	Hours   Kind = "hours"
	Minutes Kind = "minutes"
	Seconds Kind = "seconds"
	Count   Kind = "count"   // people or times
	Words   Kind = "words"   // length of a text
	Levels  Kind = "levels"  // a few numbers, each with a meaning of its own
	Share   Kind = "share"   // a Fraction
	Choice  Kind = "choice"  // a Word of Choices
	Support Kind = "support" // a Threshold: a number, or a Word of Choices
)

// Part is the part of a group's life a rule is about; the rules page is ordered by it.
type Part string

// The parts, in the order they are shown.
const (
	PartMembers   Part = "members"
	PartProposals Part = "proposals"
	PartDeciding  Part = "deciding"
	PartMeetings  Part = "meetings"
	PartRoles     Part = "roles"
	PartDelegates Part = "delegates"
	PartRecord    Part = "record"
	PartRules     Part = "rules"
)

// Parts lists the parts in the order they are shown.
func Parts() []Part {
	return []Part{PartMembers, PartProposals, PartDeciding, PartMeetings, PartRoles, PartDelegates, PartRecord, PartRules}
}

// The tiers of rules: what changing one takes (HowToChange).
const (
	TierFloor          = 0 // guarantees; no rule is of this tier
	TierConstitution   = 1 // who belongs, who decides, terms, recall, thresholds
	TierStandingOrders = 2 // notice, speaking, the course of things
	TierPractice       = 3 // rhythm and habit
)

// Param describes one rule: everything about it but its value.
type Param struct {
	Key       string // its name in the canonical JSON, and in the message ids rule.<key>.name, .say, .why
	Tier      int
	Part      Part
	Kind      Kind
	Min, Max  int      // bounds of a number
	Low, High Fraction // bounds of a share
	Choices   []Word   // the words allowed, for Choice and Support
	Off       bool     // 0, or no share, means that the rule is not used; the sentence is then rule.<key>.off

	added  int              // the schema from which on there is this rule; 0: the first
	waits  bool             // nothing in this version of the program asks for it; see Waits
	elects bool             // about elections; see Waits
	agrees bool             // about agreement; see Waits
	calls  bool             // about calls for agreement; see Waits
	at     func(*Rules) any // *int, *Fraction, *Threshold or *Word: the field of the rule
}

// Value is a rule's value as it stands in the canonical JSON: a word or a share if Word is set, else the number.
type Value struct {
	Number int
	Word   string
}

// String writes the value as a form field would hold it.
func (v Value) String() string {
	if v.Word != "" {
		return v.Word
	}
	return strconv.Itoa(v.Number)
}

// ErrValue is wrapped when a value is of the wrong kind for its rule, ErrKey when there is no such rule.
var (
	ErrValue = errors.New("not a value of this rule")
	ErrKey   = errors.New("no such rule")
)

// Get returns the rule's value in r.
func (p Param) Get(r Rules) Value { return p.get(&r) }

// get is Get without a copy of all rules, which escapes to the heap.
func (p Param) get(r *Rules) Value {
	switch f := p.at(r).(type) {
	case *Fraction:
		return Value{Word: f.String()}
	case *Word:
		return Value{Word: string(*f)}
	case *Threshold:
		return Value{Number: f.Number, Word: string(f.Rule)}
	case *int:
		return Value{Number: *f}
	default:
		panic(fmt.Sprintf("rulebook: %s is a %T", p.Key, f)) // the table is wrong; its test says so first
	}
}

// set changes the rule's value in r. It returns ErrValue, wrapped, if v is of the wrong kind; bounds are left to Check.
func (p Param) set(r *Rules, v Value) error {
	bad := fmt.Errorf("%w: %s cannot be %q", ErrValue, p.Key, v)
	switch f := p.at(r).(type) {
	case *int:
		if v.Word != "" {
			return bad
		}
		*f = v.Number
	case *Fraction:
		s, err := parseFraction(v.Word)
		if err != nil {
			return bad
		}
		*f = s
	case *Word:
		if !slices.Contains(p.Choices, Word(v.Word)) {
			return bad
		}
		*f = Word(v.Word)
	case *Threshold:
		if v.Word != "" && (v.Number != 0 || !slices.Contains(p.Choices, Word(v.Word))) {
			return bad
		}
		*f = Threshold{Number: v.Number, Rule: Word(v.Word)}
	}
	return nil
}

// ParseValue reads what a form field holds, in the form Value.String writes. It returns ErrValue, wrapped, for anything else.
func (p Param) ParseValue(s string) (Value, error) {
	v := Value{Word: s}
	if n, err := strconv.Atoi(s); err == nil {
		v = Value{Number: n}
	}
	if v.String() != s || s == "" {
		return Value{}, fmt.Errorf("%w: %s cannot be %q", ErrValue, p.Key, s)
	}
	return v, p.set(&Rules{}, v)
}

// ParamOf returns the rule with this key.
func ParamOf(key string) (Param, bool) {
	for _, p := range Params() {
		if p.Key == key {
			return p, true
		}
	}
	return Param{}, false
}

// With returns r with one rule changed. It returns ErrKey or ErrValue, wrapped; whether the value is within its bounds,
// alone and beside the other rules, is for Check to say.
func (r Rules) With(key string, v Value) (Rules, error) {
	p, ok := ParamOf(key)
	if !ok {
		return r, fmt.Errorf("%w: %q", ErrKey, key)
	}
	err := p.set(&r, v)
	return r, err
}

// The makers of the table's rows.

func number(tier int, part Part, key string, kind Kind, lo, hi int, at func(*Rules) *int) Param {
	return Param{Key: key, Tier: tier, Part: part, Kind: kind, Min: lo, Max: hi, at: func(r *Rules) any { return at(r) }}
}

func share(tier int, part Part, key string, low, high Fraction, at func(*Rules) *Fraction) Param {
	return Param{Key: key, Tier: tier, Part: part, Kind: Share, Low: low, High: high, at: func(r *Rules) any { return at(r) }}
}

func choice(tier int, part Part, key string, at func(*Rules) *Word, words ...Word) Param {
	return Param{Key: key, Tier: tier, Part: part, Kind: Choice, Choices: words, at: func(r *Rules) any { return at(r) }}
}

func support(tier int, part Part, key string, lo, hi int, at func(*Rules) *Threshold, words ...Word) Param {
	return Param{Key: key, Tier: tier, Part: part, Kind: Support, Min: lo, Max: hi, Choices: words, at: func(r *Rules) any { return at(r) }}
}

// orOff allows the rule not to be used.
func (p Param) orOff() Param {
	p.Off = true
	return p
}

// since marks a rule that there was not in the schemas before this one. It must be one that need not be used: a group whose rules were made before does not use it.
func (p Param) since(schema int) Param {
	p.added = schema
	return p
}

// later marks a rule that waits for a part of the program that is not there yet.
func (p Param) later() Param {
	p.waits = true
	return p
}

// voted marks a rule about elections, which groups that choose people by consent do not hold.
func (p Param) voted() Param {
	p.elects = true
	return p
}

// called marks a rule about calls for agreement, which groups that decide by vote do not make.
func (p Param) called() Param {
	p.calls = true
	return p
}

// agreed marks a rule about agreement, which this version of the program looks for where people are chosen by consent, and where the group decides by it.
func (p Param) agreed() Param {
	p.agrees = true
	return p
}

// isOff says whether the rule is not used in r.
func (p Param) isOff(r *Rules) bool {
	v := p.get(r)
	return p.Off && v.Number == 0 && (v.Word == "" || v.Word == string(None))
}
