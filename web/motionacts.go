package web

import (
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// act does something to the proposal in the address and goes back to its page with a sentence about it.
func (s *Server) act(c echo.Context, flash string, do func(member.Actor, int) (motion.Motion, error)) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	m, err := do(a, n)
	if err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, motionPath(a.Group, m))
}

func (s *Server) proposeDraft(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	m, err := s.Motions.ProposeDraft(c.Request().Context(), a, s.once(c), n)
	if wrong := fault.Fields(err); wrong != nil {
		return s.refuseDraft(c, n, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.proposed")
	return see(c, motionPath(a.Group, m))
}

func (s *Server) deleteDraft(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	if err := s.Motions.Delete(c.Request().Context(), a, n); err != nil {
		return err
	}
	s.flash(c, "motion.flash.deleted")
	return see(c, groupPath(a.Group))
}

func (s *Server) support(c echo.Context) error {
	version, err := strconv.Atoi(value(c, "version"))
	if err != nil {
		return fault.New(fault.Conflict, "motion.text_changed")
	}
	return s.act(c, "motion.flash.supported", func(a member.Actor, n int) (motion.Motion, error) {
		return s.Motions.Support(c.Request().Context(), a, n, version)
	})
}

func (s *Server) unsupport(c echo.Context) error {
	return s.act(c, "motion.flash.unsupported", func(a member.Actor, n int) (motion.Motion, error) {
		return s.Motions.Unsupport(c.Request().Context(), a, n)
	})
}

func (s *Server) askSecret(c echo.Context) error {
	return s.act(c, "motion.flash.secret", func(a member.Actor, n int) (motion.Motion, error) {
		return s.Motions.AskSecret(c.Request().Context(), a, n)
	})
}

func (s *Server) withdraw(c echo.Context) error {
	return s.act(c, "motion.flash.withdrawn", func(a member.Actor, n int) (motion.Motion, error) {
		return s.Motions.Withdraw(c.Request().Context(), a, n)
	})
}

func (s *Server) takeOver(c echo.Context) error {
	return s.act(c, "motion.flash.kept", func(a member.Actor, n int) (motion.Motion, error) {
		return s.Motions.TakeOver(c.Request().Context(), a, n)
	})
}

// startOf returns the place in a keyset list that the address names, 0 if it names none.
func startOf(c echo.Context, name string) (int64, error) {
	q := c.QueryParam(name)
	if q == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(q, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, nil
}
