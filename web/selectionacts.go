package web

import (
	"net/http"
	"strconv"

	"folkmoot/internal/consent"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// What the forms of a selection by consent do.

// inSelection does something in the selection in the address, and goes back to the place on its page with a sentence about it. What is wrong with
// a form stands beside its fields.
func (s *Server) inSelection(c echo.Context, flash, place string, do func(member.Actor, int) error) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	err = do(a, n)
	if wrong := fault.Fields(err); wrong != nil {
		return s.renderSelection(c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, selectionPath(a.Group, n)+place)
}

func (s *Server) writeName(c echo.Context) error {
	id, err := strconv.ParseInt(value(c, "member"), 10, 64)
	if err != nil {
		id = 0 // nobody is chosen
	}
	return s.inSelection(c, "selection.flash.written", "", func(a member.Actor, n int) error {
		return s.Selections.Write(c.Request().Context(), a, n, member.ID(id), value(c, "reason"))
	})
}

// mostNames is how many answers one form takes: more than a role has places.
const mostNames = 50

func (s *Server) answerNames(c echo.Context) error {
	value(c, "turn") // reads the form
	var all []consent.Said
	for _, sent := range c.Request().PostForm["turn"] {
		turn, err := strconv.Atoi(sent)
		if err != nil || turn < 1 || len(all) == mostNames {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		all = append(all, consent.Said{Turn: turn, Answer: consent.Answer(value(c, "answer-"+sent)), Reason: value(c, "reason-"+sent)})
	}
	return s.inSelection(c, "selection.flash.spoken", "#consent", func(a member.Actor, n int) error {
		return s.Selections.AnswerAll(c.Request().Context(), a, n, all)
	})
}

func (s *Server) acceptRole(c echo.Context) error {
	return s.inSelection(c, "selection.flash.accepted", "", func(a member.Actor, n int) error {
		return s.Selections.Accept(c.Request().Context(), a, n)
	})
}

func (s *Server) declineName(c echo.Context) error {
	return s.inSelection(c, "selection.flash.declined", "", func(a member.Actor, n int) error {
		return s.Selections.Decline(c.Request().Context(), a, n)
	})
}
