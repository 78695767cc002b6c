package web

import (
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// policy is the content security policy: only this server's own files, nothing inline, no frames.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

// fixed are the headers that are the same on every answer, also on errors.
var fixed = map[string][]string{
	"Content-Security-Policy": {policy},
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"},
	// Not "no-referrer": browsers would then say "null" where a form comes from.
	"Referrer-Policy":              {"same-origin"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=(), browsing-topics=()"},
	"Vary":                         {"Cookie, Accept-Language, Accept, Accept-Encoding"},
}

// headers are on every answer, also on errors.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		for name, values := range fixed {
			h[name] = values
		}
		h.Set("Cache-Control", cacheControl(c.Request().URL.Path))
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// cacheControl says that an answer is kept nowhere. What must not be compressed, no proxy shall compress on the way either
// (RFC 9111 §5.2.2.6; Caddy's encode keeps to it, for nginx README.md says gzip off).
func cacheControl(path string) string {
	if isUnpacked(path) {
		return "no-store, no-transform"
	}
	return "no-store"
}

// hosts refuses requests for a name that is not the server's: a forged Host must reach nothing.
func (s *Server) hosts(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if host := c.Request().Host; !strings.EqualFold(host, s.base.Host) && !loopback(host) {
			return refusal{http.StatusMisdirectedRequest, "web.host"}
		}
		return next(c)
	}
}

// loopback tells the names under which a machine knows itself, with any port.
func loopback(host string) bool {
	name := host
	if h, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		name = h
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// paths knows no other spelling of a path: no encoded slash, no dots, no doubled or trailing slash, no parameter after a
// semicolon. What two programs could read differently leads nowhere.
func (s *Server) paths(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		odd := u.RawPath != "" || !strings.HasPrefix(u.Path, "/") || len(u.Path) > 1 && strings.HasSuffix(u.Path, "/") ||
			strings.Contains(u.Path, "//") || strings.Contains(u.Path, "/.") || !utf8.ValidString(u.Path) ||
			strings.ContainsFunc(u.Path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == ';' || r == '%' })
		if odd {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

// readBody takes in the form, up to the limit, so that no handler works on half of one.
func (s *Server) readBody(c echo.Context, limit int64) error {
	r := c.Request()
	if r.ContentLength > limit {
		return refusal{http.StatusRequestEntityTooLarge, "web.too_large"}
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
	if safe(r.Method) {
		return nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.ContentLength == 0 && r.Header.Get("Content-Type") == "":
	case err != nil || kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data":
		return refusal{http.StatusUnsupportedMediaType, "web.media"}
	case kind == "multipart/form-data":
		err = r.ParseMultipartForm(limit) // all of it in memory: nothing that was sent touches the disk
	default:
		err = r.ParseForm()
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refusal{http.StatusRequestEntityTooLarge, "web.too_large"}
	}
	if err != nil || !validForm(r.PostForm) {
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	return nil
}

// validForm refuses text that is not UTF-8 or holds a NUL, which databases do not take.
func validForm(form url.Values) bool {
	for name, all := range form {
		for _, v := range append(all, name) {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return false
			}
		}
	}
	return true
}

// safe tells the methods that change nothing.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// The sentences about a form that came from somewhere else, and about one made for a session that is over.
const (
	forgedForm = "web.forged"
	staleForm  = "web.stale"
)

// checkOrigin lets a change through only if the browser says that it comes from this server's own page. Together with
// checkToken this keeps forged forms out. One of the two would do; each has been got round somewhere.
func (s *Server) checkOrigin(c echo.Context) error {
	r := c.Request()
	if safe(r.Method) {
		return nil
	}
	site := r.Header.Get("Sec-Fetch-Site")
	elsewhere := site != "" && site != "same-origin" && site != "none"
	if elsewhere || r.Header.Get("Origin") == "" && site == "" || s.origins.Check(r) != nil || !s.ownOrigin(r) {
		return refusal{http.StatusForbidden, forgedForm}
	}
	return nil
}

// checkToken lets a change through only if the form carries the token that only this browser's own page has.
func (s *Server) checkToken(c echo.Context, v *visitor) error {
	r := c.Request()
	if !safe(r.Method) && !v.isFormToken(r.PostForm.Get("csrf")) {
		return refusal{http.StatusForbidden, staleForm}
	}
	return nil
}

// ownOrigin tells whether the Origin, where there is one, is this server's, scheme and all.
func (s *Server) ownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || origin == s.origin() {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host && loopback(u.Host) && (u.Scheme == "http" || u.Scheme == "https")
}
