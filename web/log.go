package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/labstack/echo/v4"
)

// accessLog writes one line a request: what kind of page, how it went, how long it took. It never writes who asked, from
// where, or the address itself, which may hold a secret. Of a ballot's pages it writes no line at all: whatever time the
// line bore, its place among the others, and the clock of whatever keeps them, would tell when somebody voted. Only where the server
// itself fails, as on a full disk, is a line written there too (logFailure), or nobody could mend it.
func (s *Server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := s.now()
		c.Set(requestKey, rand.Text()[:12])
		if err := next(c); err != nil {
			c.Error(err)
		}
		if isBallot(c.Path()) {
			return nil
		}
		s.log.LogAttrs(context.WithoutCancel(c.Request().Context()), slog.LevelInfo, "request",
			slog.String("method", method(c)), slog.String("route", pattern(c)), slog.Int("status", c.Response().Status),
			slog.Duration("took", s.now().Sub(began)), slog.String("request", requestID(c)))
		return nil
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(requestKey).(string)
	return id
}

// pattern returns the route's path as it stands in the table; an address that is none is not written down.
func pattern(c echo.Context) string {
	if p := c.Path(); p != "" {
		return p
	}
	return "none"
}

// method returns the request's method, if it is one that exists: it is the sender's to choose.
func method(c echo.Context) string {
	switch m := c.Request().Method; m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE":
		return m
	}
	return "other"
}

// panicked is a panic on its way to the error page.
type panicked struct {
	value any
	stack []byte
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// recover turns a panic into an error, so that one request's mistake is one request's trouble.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = panicked{p, debug.Stack()}
			}
		}()
		return next(c)
	}
}
