package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// Live is what keeps a page up to date while somebody looks at it. A page sets it by follow and followEvery.
type Live struct {
	Path   string // of the stream
	Since  string // the moment the page was made, as the hub marks it
	Still  bool   // the reader wants no reloading
	topics []followed
	often  []followed
}

// followed is a topic, or a number of seconds, and the parts to ask for.
type followed struct {
	of    string
	parts []string
}

// On says whether the page follows anything.
func (l Live) On() bool { return l.Path != "" && len(l.topics)+len(l.often) > 0 }

// Topics is the value of data-live: "motion/14=head,support group=head".
func (l Live) Topics() string { return listFollowed(l.topics) }

// Often is the value of data-live-every: "60=vote".
func (l Live) Often() string { return listFollowed(l.often) }

func listFollowed(all []followed) string {
	var out []string
	for _, f := range all {
		out = append(out, f.of+"="+strings.Join(f.parts, ","))
	}
	return strings.Join(out, " ")
}

// follow has the page ask for the parts again whenever the topic is touched.
func (f *Frame) follow(topic string, parts ...string) {
	f.Live.topics = append(f.Live.topics, followed{topic, parts})
}

// followEvery has the page ask for the parts every so often while somebody looks: for what may only be told late, as turnout.
func (f *Frame) followEvery(often time.Duration, parts ...string) {
	f.Live.often = append(f.Live.often, followed{strconv.Itoa(int(often.Seconds())), parts})
}

// refreshBy has the page be fetched anew at an instant at the latest.
func (f *Frame) refreshBy(at time.Time) {
	if f.RefreshAt.IsZero() || at.Before(f.RefreshAt) {
		f.RefreshAt = at
	}
}

// partHeader names the parts that are asked for; see sendParts.
const partHeader = "Part"

const partsOfOne = 24

func wantsParts(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get(partHeader) != ""
}

// still says that the reader turned reloading off.
func still(c echo.Context) bool { return c.QueryParam("still") == "1" }

// unique is what differs each time in the same form.
var unique = regexp.MustCompile(`name="(?:csrf|once)" value="[^"]*"`)

// tagOf returns the entity tag of a part: two alike have the same, whatever tokens their forms carry.
func tagOf(name string, html []byte) string {
	sum := sha256.Sum256(append([]byte(name+"\n"), unique.ReplaceAll(html, nil)...))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:6]) + `"`
}

// renderPart returns a part of a page and its tag. A name that the page has no part for is fault.NotFound.
func renderPart(page *template.Template, name string, v any) (html []byte, tag string, err error) {
	t := page.Lookup("part:" + name)
	if t == nil {
		return nil, "", echo.ErrNotFound
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, "", fmt.Errorf("render part %s of %s: %w", name, page.Name(), err)
	}
	return b.Bytes(), tagOf(name, b.Bytes()), nil
}

// partOf returns the function by which a page puts a part into itself, marked and with its tag: so the reader's browser knows from the start what it shows, and is sent
// only what differs from that.
func partOf(page *template.Template) func(name string, v any, class ...string) (template.HTML, error) {
	return func(name string, v any, class ...string) (template.HTML, error) {
		html, tag, err := renderPart(page, name, v)
		classes := template.HTMLEscapeString(strings.Join(append([]string{"stack"}, class...), " "))
		return template.HTML(`<div class="` + classes + `" data-part="` + name + `" data-tag=` + tag + `>` + string(html) + `</div>`), err
	}
}

// sendParts answers a request whose header Part names parts of the page, "head,support", with those of them that the reader does not
// have: each in a template element with its tag. If-None-Match lists the tags of what the page shows now; if nothing is left to send the
// answer is 304. A name that the page has no part for is fault.NotFound.
func (p page[T]) sendParts(c echo.Context, v T) error {
	f := v.base()
	tmpl, err := f.views.find(f.Lang, p.file)
	if err != nil {
		return err
	}
	names := strings.Split(c.Request().Header.Get(partHeader), ",")
	if len(names) > partsOfOne {
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	has := strings.Split(c.Request().Header.Get("If-None-Match"), ", ")
	var b bytes.Buffer
	var tags []string
	for _, name := range names {
		html, tag, err := renderPart(tmpl, name, v)
		if err != nil {
			return err
		}
		tags = append(tags, tag)
		if slices.Contains(has, tag) {
			continue
		}
		b.WriteString(`<template data-part="` + name + `" data-tag=` + tag + `>`)
		b.Write(html)
		b.WriteString("</template>\n")
	}
	h := c.Response().Header()
	h.Add("Vary", partHeader)
	h.Set("ETag", tagOf("", []byte(strings.Join(tags, ""))))
	if b.Len() == 0 {
		return c.NoContent(http.StatusNotModified)
	}
	return send(c, http.StatusOK, f.Lang, b.Bytes())
}
