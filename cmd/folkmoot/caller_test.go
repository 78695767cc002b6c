package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// caller is a citizen's browser: real HTTP over a connection that is kept, with the citizen's session.
type caller struct {
	citizen
	base string
	http *http.Client
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// newClient returns a client for many callers at once that follows no redirect.
func newClient(callers int) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: callers, MaxIdleConns: callers, IdleConnTimeout: time.Minute, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
}

func (c *caller) get(ctx context.Context, path string) (answer, error) {
	return c.send(ctx, http.MethodGet, path, nil)
}

func (c *caller) post(ctx context.Context, path string, form url.Values) (answer, error) {
	return c.send(ctx, http.MethodPost, path, form)
}

func (c *caller) send(ctx context.Context, method, path string, form url.Values) (a answer, err error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return a, err
	}
	r.Header.Set("Cookie", "folkmoot="+c.session)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", c.base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := c.http.Do(r)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(text)}, err
}

var (
	formTag   = regexp.MustCompile(`(?s)<form [^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	hiddenTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	codeTag   = regexp.MustCompile(`<p class="big-code" id="receipt-code">([^<]*)</p>`)
)

// form returns what the page has filled in of the form with the action.
func (a answer) form(action string) (url.Values, error) {
	for _, f := range formTag.FindAllStringSubmatch(a.body, -1) {
		if html.UnescapeString(f[1]) != action {
			continue
		}
		v := url.Values{}
		for _, h := range hiddenTag.FindAllStringSubmatch(f[2], -1) {
			v.Add(h[1], html.UnescapeString(h[2]))
		}
		return v, nil
	}
	return nil, fmt.Errorf("answer %d has no form %s:\n%s", a.status, action, a.excerpt())
}

// receipt returns the receipt code that the page shows, or "".
func (a answer) receipt() string {
	if m := codeTag.FindStringSubmatch(a.body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

func (a answer) excerpt() string {
	text := a.body
	if _, main, ok := strings.Cut(text, "<main"); ok {
		text = main
	}
	return text[:min(len(text), 1500)]
}

// paper opens the ballot paper and returns the form that casts the choice.
func (c *caller) paper(ctx context.Context, vote, choice, random string) (url.Values, error) {
	a, err := c.get(ctx, vote)
	if err != nil {
		return nil, err
	}
	form, err := a.form(vote + "/check")
	if err != nil {
		return nil, err
	}
	form.Set("choice", choice)
	if form.Has("random") {
		form.Set("random", random)
	}
	return form, nil
}
