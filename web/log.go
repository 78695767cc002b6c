package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
)

// accessLog writes one line a request: what kind of page, how it went, how long it took. It never writes who asked, from
// where, or the address itself, which may hold a secret. Of a ballot's pages it says even less, and no finer than the
// hour: a line there must not tell when somebody voted.
func (s *Server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := s.now()
		c.Set(requestKey, rand.Text()[:12])
		if err := next(c); err != nil {
			c.Error(err)
		}
		ctx, status := context.WithoutCancel(c.Request().Context()), c.Response().Status
		what := []slog.Attr{slog.String("method", method(c)), slog.String("route", pattern(c)), slog.Int("status", status)}
		if isBallot(c.Path()) {
			s.logAt(ctx, began.Truncate(time.Hour), what)
			return nil
		}
		what = append(what, slog.Duration("took", s.now().Sub(began)), slog.String("request", requestID(c)))
		s.log.LogAttrs(ctx, slog.LevelInfo, "request", what...)
		return nil
	}
}

// logAt writes a line that bears another time than now.
func (s *Server) logAt(ctx context.Context, at time.Time, what []slog.Attr) {
	h := s.log.Handler()
	if !h.Enabled(ctx, slog.LevelInfo) {
		return
	}
	rec := slog.NewRecord(at, slog.LevelInfo, "request", 0)
	rec.AddAttrs(what...)
	if err := h.Handle(ctx, rec); err != nil {
		s.log.ErrorContext(ctx, "write the log", slog.Any("err", err))
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
