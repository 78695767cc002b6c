package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"

	"github.com/labstack/echo/v4"
)

// refusal is an answer that concerns the request as such, before any rule of the program is asked.
type refusal struct {
	status int
	id     string // the sentence that says why and what to do
}

func (r refusal) Error() string { return r.id }

// statuses is the one place that knows which status an error has.
var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusUnprocessableEntity, fault.SignIn: http.StatusUnauthorized,
	fault.Denied: http.StatusForbidden, fault.NotFound: http.StatusNotFound, fault.Gone: http.StatusGone, fault.Conflict: http.StatusConflict,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

// Seconds after which it is worth trying again.
const (
	afterTooMany     = 30
	afterUnavailable = 5
)

// trouble is an error as it is answered.
type trouble struct {
	status int
	say    lang.Msg
	fields map[string]lang.Msg
	log    bool // it is ours to look into
}

func judge(err error) trouble {
	if r, ok := errors.AsType[refusal](err); ok {
		return trouble{status: r.status, say: lang.M(r.id)}
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		t := trouble{status: statuses[f.Kind], say: f.Say, fields: f.Fields, log: f.Kind == fault.Internal || f.Kind == fault.Unavailable && f.Err != nil}
		return t
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch h.Code {
		case http.StatusNotFound:
			return trouble{status: h.Code, say: lang.M("fault.not_found")}
		case http.StatusMethodNotAllowed:
			return trouble{status: h.Code, say: lang.M("web.method")}
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return trouble{status: http.StatusServiceUnavailable, say: lang.M("fault.unavailable"), log: true}
	}
	return trouble{status: http.StatusInternalServerError, say: lang.M("fault.internal"), log: true}
}

// fail answers with the page or the JSON for an error, and logs what is ours to look into, once.
func (s *Server) fail(err error, c echo.Context) {
	ctx := c.Request().Context()
	t := judge(err)
	if t.log && ctx.Err() == nil { // else the reader has gone away, and nothing else is wrong
		s.logFailure(c, err)
	}
	if c.Response().Committed {
		return
	}
	switch t.status {
	case http.StatusTooManyRequests:
		c.Response().Header().Set("Retry-After", strconv.Itoa(afterTooMany))
	case http.StatusServiceUnavailable:
		c.Response().Header().Set("Retry-After", strconv.Itoa(afterUnavailable))
	}
	if t.status == http.StatusUnauthorized && c.Request().Method == http.MethodGet && !wantsJSON(c.Request()) {
		err = see(c, "/sign-in?next="+url.QueryEscape(localPath(c.Request().URL.RequestURI(), "/")))
	} else {
		err = s.sayTrouble(c, t)
	}
	if err != nil && !c.Response().Committed {
		s.log.ErrorContext(ctx, "render the error page", slog.Any("err", err))
		err = lastResort(c, t.status)
	}
	if err != nil {
		s.log.DebugContext(ctx, "send the error page", slog.Any("err", err)) // the reader has gone away
	}
}

// logFailure writes down what failed. On a ballot's pages the request is not named.
func (s *Server) logFailure(c echo.Context, err error) {
	what := []slog.Attr{slog.String("route", pattern(c)), slog.String("err", err.Error())}
	if !isBallot(c.Path()) {
		what = append(what, slog.String("request", requestID(c)))
	}
	s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request failed", what...)
}

func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// problem is the JSON of RFC 9457.
type problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Fields map[string]string `json:"fields,omitempty"`
}

type errorPage struct {
	Frame
	Request string // to quote when asking for help; only where it was our fault
	Typed   Copy   // what the reader had written, which no form shows again
}

var errorTmpl = newPage[errorPage]("error.html")

func troubleStrip() Strip {
	return Strip{Next: lang.M("web.error.next"), Decides: lang.M("web.error.decides"), Change: lang.M("web.error.change")}
}

func (s *Server) sayTrouble(c echo.Context, t trouble) error {
	title := lang.M("web.error." + strconv.Itoa(t.status))
	if wantsJSON(c.Request()) {
		v := s.views.catalog.Voice(s.wishes(c, s.visitor(c), s.actor(c))...)
		p := problem{Type: "about:blank", Title: v.Say(title), Status: t.status, Detail: v.Say(t.say)}
		for name, m := range t.fields {
			if p.Fields == nil {
				p.Fields = map[string]string{}
			}
			p.Fields[name] = v.Say(m)
		}
		b, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return c.Blob(t.status, "application/problem+json", b)
	}
	p := errorPage{Frame: s.frame(c)}
	p.Head = Head{Title: title, State: t.say, Act: Action{Href: "/", Label: lang.M("web.error.home")}}
	p.Strip = troubleStrip()
	p.refuse(t.fields)
	form, _ := c.Get(formKey).(url.Values)
	p.Typed = Copy{ID: "typed", Label: lang.M("web.typed"), Text: typed(form, t), Long: true}
	switch {
	case t.say.ID == "setup.over" && !s.visitor(c).signedIn(): // whoever used the link goes on from their own group
		p.Head.Act, p.Head.Also = Action{Href: "/sign-in", Label: lang.M("setup.over_sign_in")}, []Action{p.Head.Act}
	case t.status == http.StatusGone: // the start page is not where they wanted to go
		p.Head.Act, p.Head.Also = Action{}, []Action{p.Head.Act}
	case (t.status == http.StatusForbidden || t.status == http.StatusConflict) && strings.HasPrefix(c.Path(), "/g/:group/proposals/:n/") && s.actor(c).IsMember():
		p.Head.Act = Action{Href: groupPath(s.actor(c).Group) + "/proposals/" + url.PathEscape(c.Param("n")), Label: lang.M("ballot.done.back")}
	case t.status == http.StatusForbidden && strings.HasPrefix(c.Path(), "/g/:group/meetings/:n/") && s.actor(c).IsMember():
		p.Head.Act = Action{Href: meetingsPath(s.actor(c).Group, url.PathEscape(c.Param("n"))), Label: lang.M("meeting.console.to_meeting")}
	case t.status == http.StatusInternalServerError && !isBallot(c.Path()):
		p.Request = requestID(c)
	case (t.status == http.StatusNotFound || t.status == http.StatusUnauthorized || t.say.ID == staleForm) && !s.visitor(c).signedIn():
		next := ""
		if s.gets[c.Path()] {
			next = "?next=" + url.QueryEscape(localPath(c.Request().URL.RequestURI(), "/"))
		}
		p.Head.Cannot = lang.Msg{}
		p.Head.Also = []Action{{Href: "/sign-in" + next, Label: lang.M("layout.sign_in")}}
	}
	return errorTmpl.render(c, t.status, p)
}

// texts are the fields that people write more than a few words into.
var texts = []string{"title", "clause", "why", "won", "partly", "not_acceptable", "able", "text", "aim", "place"}

// typed returns what was written into the form that failed, to copy it from the page: going back would show the form
// empty. What another site's form sent is not repeated.
func typed(form url.Values, t trouble) string {
	if t.say.ID == forgedForm {
		return ""
	}
	names := slices.SortedFunc(maps.Keys(form), func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	var all []string
	for _, text := range texts {
		for _, name := range names {
			number, isClause := strings.CutPrefix(name, "clause-")
			_, err := strconv.ParseUint(number, 10, 16)
			if v := strings.TrimSpace(form.Get(name)); v != "" && utf8.ValidString(v) && (name == text || text == "clause" && isClause && err == nil) {
				all = append(all, v)
			}
		}
	}
	return strings.Join(all, "\n\n")
}

// lastResort is the page when no template can be had.
func lastResort(c echo.Context, status int) error {
	return c.HTML(status, `<!doctype html><html lang="en"><meta charset="utf-8"><title>Folkmoot</title>`+
		`<h1>Something went wrong</h1><p>This page cannot be shown now. Please try again in a moment.</p></html>`)
}
