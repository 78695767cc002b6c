package procedure

import "folkmoot/internal/lang"

// Reason is why a move cannot be made now, or what must still be named with it.
type Reason string

// Reasons that hold for every move.
const (
	NoMove     Reason = "no_move"     // there is none of that kind
	Guest      Reason = "guest"       // no member
	NotHere    Reason = "not_here"    // not in the meeting
	NotOpen    Reason = "not_open"    // the meeting has not begun, or is over
	NotSitting Reason = "not_sitting" // it waits for people, or has a break
	VoteOpen   Reason = "vote_open"
	NoItem     Reason = "no_item"  // nothing is talked about
	MidItem    Reason = "mid_item" // only between items
	PastStop   Reason = "past_stop"
	OnceOnly   Reason = "once_only" // they have made it on this item
	Cooling    Reason = "cooling"   // it was lost less than CoolDown ago
	IsPending  Reason = "is_pending"
	OwnMove    Reason = "own_move" // nobody supports a move of their own
)

// Reasons of single moves.
const (
	OwnRuling         Reason = "own_ruling" // whoever facilitates does not challenge themselves
	NoRuling          Reason = "no_ruling"
	RuleTooBasic      Reason = "rule_too_basic" // a rule of tier 0 or 1
	RuleEasy          Reason = "rule_easy"      // a rule of tier 3, which more for than against change at once
	ForNotOffered     Reason = "for_not_offered"
	AgainstNotOffered Reason = "against_not_offered"
	HasSpoken         Reason = "has_spoken"
	NoQuestion        Reason = "no_question" // the item is not voted on
	StopMoved         Reason = "stop_moved"  // there was more time after the hard stop already
	TooManyMinutes    Reason = "too_many_minutes"
	DelaysPower       Reason = "delays_power" // a recall or an election would come later
	NoReport          Reason = "no_report"
	OneClause         Reason = "one_clause"
	IsByClause        Reason = "is_by_clause"
	IsSecret          Reason = "is_secret"
	IsNotUrgent       Reason = "is_not_urgent"
	IsNamed           Reason = "is_named"
	SecretAsked       Reason = "secret_asked"
	NoResult          Reason = "no_result"
	IsRecounted       Reason = "is_recounted"
	NothingLeft       Reason = "nothing_left" // that could stand in another order, or be talked about behind closed doors
	MustBeOpen        Reason = "must_be_open" // money, rules, elections
	IsClosed          Reason = "is_closed"
	NobodyWarned      Reason = "nobody_warned"
	NotAlone          Reason = "not_alone" // whoever facilitates needs a supporter and the vote as everybody does
)

// What must be named with a move.
const (
	NameRuleOrSafety Reason = "name_rule_or_safety"
	NameRule         Reason = "name_rule"
	NameMinutes      Reason = "name_minutes"
	NameDate         Reason = "name_date"
	NameGroup        Reason = "name_group"
	NamePart         Reason = "name_part"
	NameOrder        Reason = "name_order"
	NamePerson       Reason = "name_person"
	NameRelease      Reason = "name_release" // until when doors stay closed, at most 12 months
	NameExtent       Reason = "name_extent"  // for this item or for the meeting
)

// Reasons returns every reason.
func Reasons() []Reason {
	return []Reason{NoMove, Guest, NotHere, NotOpen, NotSitting, VoteOpen, NoItem, MidItem, PastStop, OnceOnly, Cooling, IsPending, OwnMove,
		OwnRuling, NoRuling, RuleTooBasic, RuleEasy, ForNotOffered, AgainstNotOffered, HasSpoken, NoQuestion, StopMoved, TooManyMinutes,
		DelaysPower, NoReport, OneClause, IsByClause, IsSecret, IsNotUrgent, IsNamed, SecretAsked, NoResult, IsRecounted, NothingLeft, MustBeOpen, IsClosed,
		NobodyWarned, NotAlone, NameRuleOrSafety, NameRule, NameMinutes, NameDate, NameGroup, NamePart, NameOrder, NamePerson, NameRelease,
		NameExtent}
}

// Say returns the reason as a sentence.
func (r Reason) Say() lang.Msg { return lang.M("procedure.no." + string(r)) }
