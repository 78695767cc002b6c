package agree

import (
	"cmp"
	"slices"
	"strings"

	"folkmoot/internal/lang"
	"folkmoot/internal/line"
)

// MaxWords is how many characters what is said with an answer may have, and MaxName those of an aim, a principle or a need for safety.
const (
	MaxWords = 500
	MaxName  = 200
)

// Answer is what somebody answers to a call, with what they say beside it.
type Answer struct {
	Response Response
	Words    string // the reservation, why they stand aside, why they block
	Ground   Ground // of a block
	Names    string // which aim, principle or need for safety
	Named    bool   // they want their name beside it; beside a block it always stands
}

// Objection returns what a block rests on.
func (a Answer) Objection() Objection {
	return Objection{Ground: a.Ground, Which: a.Names, Why: a.Words}
}

// Tidy returns the answer as it is kept: nothing goes with it that its response has no place for.
func (a Answer) Tidy() Answer {
	a.Words, a.Names = line.Tidy(a.Words), line.Tidy(a.Names)
	switch a.Response {
	case Reservation, Aside, Concern:
		a.Ground, a.Names = "", ""
	case Block:
		a.Named = true // whoever stops others says so by name, and helps to find a way
	default:
		a.Words, a.Ground, a.Names, a.Named = "", "", "", false
	}
	return a
}

// Wrong returns what is wrong with a tidy answer by field: "answer", "words", "ground" and "names"; nil if it counts. A reservation says what it is, and a
// block what it rests on and why (practice.md §2.7.2).
func (a Answer) Wrong() map[string]lang.Msg {
	out := map[string]lang.Msg{}
	if !slices.Contains(Responses(), a.Response) {
		out["answer"] = lang.M("agree.no_answer")
	}
	for field, text := range map[string]string{"words": a.Words, "names": a.Names} {
		most := MaxWords
		if field == "names" {
			most = MaxName
		}
		switch {
		case len([]rune(text)) > most:
			out[field] = lang.M("agree.long", "Max", most)
		case strings.ContainsFunc(text, line.Hidden):
			out[field] = lang.M("agree.hidden")
		}
	}
	if a.Response == Reservation && a.Words == "" {
		out["words"] = lang.M("agree.no_reservation")
	}
	if a.Response == Block {
		for _, r := range a.Objection().Missing() {
			out[map[Reason]string{NoGround: "ground", NoWhich: "names", NoWhy: "words"}[r]] = r.Say()
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Concern is what a member who was absent can raise beside a block: it is put beside the decision, and changes nothing in the count. It is no answer to a call.
const Concern Response = "concern"

// LateResponses lists what a member who was absent can say afterwards, as it is offered.
func LateResponses() []Response { return []Response{Concern, Block} }

// WrongLate is Wrong of what a member who was absent says afterwards (practice.md §2.7.6): a concern in words, or a block with what it rests on.
func (a Answer) WrongLate() map[string]lang.Msg {
	if !slices.Contains(LateResponses(), a.Response) {
		return map[string]lang.Msg{"answer": lang.M("agree.no_late")}
	}
	if a.Response == Concern {
		a.Response = Reservation // which is checked alike
	}
	wrong := a.Wrong()
	if a.Response == Reservation && a.Words == "" {
		wrong["words"] = lang.M("agree.no_concern")
	}
	return wrong
}

// Said is what the record has of an answer beside its count.
type Said struct {
	Response Response
	Member   string // the reference of whoever said it; "": they did not want it known
	Words    string
	Ground   Ground
	Names    string
}

// OnRecord returns what of an answer is published: what was said, and who said it only where they want that, or block. is is false where there is nothing.
func (a Answer) OnRecord(member string) (s Said, is bool) {
	s = Said{Response: a.Response, Words: a.Words, Ground: a.Ground, Names: a.Names}
	if a.Named {
		s.Member = member
	}
	return s, a.Response != Yes && (s.Words != "" || s.Member != "")
}

// Arrange puts what was said in an order that follows from its words alone, so that it does not tell who answered first.
func Arrange(all []Said) {
	place := func(s Said) int { return slices.Index(Responses(), s.Response) }
	slices.SortFunc(all, func(a, b Said) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.Words, b.Words), strings.Compare(a.Names, b.Names), strings.Compare(string(a.Ground), string(b.Ground)),
			strings.Compare(a.Member, b.Member))
	})
}

// Name returns what the ground of a block is called.
func (g Ground) Name() lang.Msg { return lang.M("agree.ground." + string(g)) }

// Grounds lists the grounds as they are offered.
func Grounds() []Ground { return []Ground{Aim, Principle, Safety} }
