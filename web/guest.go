package web

import (
	"net/http"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"

	"github.com/labstack/echo/v4"
)

// Guest is somebody in the living sample whom visitors may be. The key is the last part of their link.
type Guest struct{ Key, Name, Passphrase string }

func (s *Server) guest(c echo.Context) (Guest, error) {
	for _, g := range s.guests {
		if g.Key == c.Param("guest") {
			return g, nil
		}
	}
	return Guest{}, fault.New(fault.NotFound, "fault.not_found")
}

// showGuest asks whether the visitor wants to look around as somebody in the sample: a link alone must sign nobody in.
func (s *Server) showGuest(c echo.Context) error {
	g, err := s.guest(c)
	if err != nil {
		return err
	}
	f := s.frame(c)
	f.Head = Head{Title: lang.M("web.guest.title", "Name", g.Name), State: lang.M("web.guest.state", "Name", g.Name)}
	f.Strip = Strip{Next: lang.M("web.guest.next"), Decides: lang.M("web.guest.decides"), Change: lang.M("web.guest.change")}
	return formTmpl.render(c, http.StatusOK, s.form(c, f, "/sample/"+g.Key, lang.M("web.guest.do", "Name", g.Name)))
}

func (s *Server) enterAsGuest(c echo.Context) error {
	g, err := s.guest(c)
	if err != nil {
		return err
	}
	e, err := s.Accounts.SignIn(c.Request().Context(), g.Name, g.Passphrase, s.browser(c))
	if err != nil {
		return err
	}
	if err := s.welcome(c, e); err != nil {
		return err
	}
	return see(c, "/")
}
