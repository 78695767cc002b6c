package web

import (
	"strconv"

	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// elect does something in the election in the address, and goes back to the place on its page with a sentence about it. What is wrong with
// a form stands beside its fields; rename gives a field the name it has on the page.
func (s *Server) elect(c echo.Context, flash, place string, do func(member.Actor, int) error, rename ...string) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	err = do(a, n)
	if wrong := fault.Fields(err); wrong != nil {
		if len(rename) == 2 {
			wrong = map[string]lang.Msg{rename[1]: wrong[rename[0]]}
		}
		return s.asElection(c, n, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, motionPath(a.Group, motion.Motion{Number: n})+place)
}

func (s *Server) stand(c echo.Context) error {
	return s.elect(c, "election.flash.stands", "#standing", func(a member.Actor, n int) error {
		say := election.Standing{Statement: value(c, "statement"), Interests: value(c, "interests"), Reserved: value(c, "reserved") != "", Trial: value(c, "trial") != ""}
		return s.Elections.Stand(c.Request().Context(), a, n, say)
	})
}

func (s *Server) standDown(c echo.Context) error {
	return s.elect(c, "election.flash.stood_down", "#standing", func(a member.Actor, n int) error {
		return s.Elections.StandDown(c.Request().Context(), a, n)
	})
}

func (s *Server) nominate(c echo.Context) error {
	return s.elect(c, "election.flash.nominated", "#nominate", func(a member.Actor, n int) error {
		return s.Elections.NominateByName(c.Request().Context(), a, n, value(c, "member"))
	})
}

func (s *Server) askCandidates(c echo.Context) error {
	return s.elect(c, "election.flash.asked", "#questions", func(a member.Actor, n int) error {
		return s.Elections.Ask(c.Request().Context(), a, s.once(c), n, value(c, "question"))
	})
}

// answerQuestion keeps a candidate's answer. Each question has a field of its own on the page.
func (s *Server) answerQuestion(c echo.Context) error {
	q, err := strconv.ParseInt(value(c, "question"), 10, 64)
	if err != nil || q < 1 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	field := "answer-" + strconv.FormatInt(q, 10)
	return s.elect(c, "election.flash.answered", "#question-"+strconv.FormatInt(q, 10), func(a member.Actor, n int) error {
		return s.Elections.Reply(c.Request().Context(), a, n, election.QuestionID(q), value(c, field))
	}, "answer", field)
}

func (s *Server) object(c echo.Context) error {
	return s.elect(c, "election.flash.objected", "#objections", func(a member.Actor, n int) error {
		return s.Elections.Object(c.Request().Context(), a, n, value(c, "objection"))
	})
}
