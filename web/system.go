package web

import (
	"log/slog"
	"net/http"

	"folkmoot/assets"

	"github.com/labstack/echo/v4"
)

// healthz says that the process runs.
func (s *Server) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz says whether the database can be written to.
func (s *Server) readyz(c echo.Context) error {
	if err := s.ready(c.Request().Context()); err != nil {
		s.log.ErrorContext(c.Request().Context(), "not ready", slog.Any("err", err))
		return c.String(http.StatusServiceUnavailable, "the database cannot be written to\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// robots asks search engines to stay away: nothing here is for the public.
func (s *Server) robots(c echo.Context) error {
	return c.String(http.StatusOK, "User-agent: *\nDisallow: /\n")
}

func (s *Server) asset(c echo.Context) error {
	assets.Handler().ServeHTTP(c.Response(), c.Request())
	return nil
}

func (s *Server) style(c echo.Context) error { return showStyle(c, s.frame(c)) }

// chooseLanguage keeps the language in the browser and, for somebody who is signed in, with their account.
func (s *Server) chooseLanguage(c echo.Context) error {
	tag := value(c, "lang")
	if !s.speaks(tag) {
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	s.setCookie(c, languageCookie, tag, yearFor)
	if v := s.visitor(c); v.signedIn() {
		if err := s.Accounts.ChooseLanguage(c.Request().Context(), v.session.Person, tag); err != nil {
			return err
		}
	}
	return see(c, localPath(value(c, "back"), "/"))
}
