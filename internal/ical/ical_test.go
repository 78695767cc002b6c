package ical

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var at = time.Date(2026, 3, 3, 19, 30, 0, 0, time.UTC)

// read is an event as another program reads it.
type read struct {
	UID, Summary, Description, Location, URL, Status, Alarm string
	Sequence                                                int
	Start, End, Modified                                    string // 20260303T193000Z
}

// python reads calendars by Debian's python3-icalendar, which shares nothing with what wrote them.
const python = `
import sys, json, icalendar
cal = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
def when(e, k):
    if k not in e: return ""
    t = e[k].dt
    assert t.utcoffset().total_seconds() == 0
    return t.strftime("%Y%m%dT%H%M%SZ")
out = []
for e in cal.walk("VEVENT"):
    alarms = [str(a["TRIGGER"].dt) for a in e.walk("VALARM")]
    out.append({"UID": e.get("UID", ""), "Summary": e.get("SUMMARY", ""), "Description": e.get("DESCRIPTION", ""), "Location": e.get("LOCATION", ""),
        "URL": e.get("URL", ""), "Status": e.get("STATUS", ""), "Alarm": ";".join(alarms), "Sequence": int(e.get("SEQUENCE", 0)),
        "Start": when(e, "DTSTART"), "End": when(e, "DTEND"), "Modified": when(e, "LAST-MODIFIED")})
    assert not e.errors, e.errors
json.dump({"name": str(cal.get("X-WR-CALNAME", "")), "method": str(cal["METHOD"]), "keys": sorted(cal.keys()), "events": out}, sys.stdout)
`

func readByPython(t *testing.T, text []byte) (name string, keys []string, events []read) {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "-c", python)
	cmd.Stdin = bytes.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3-icalendar cannot read it: %v\n%s\n%s", err, stderr.String(), text)
	}
	var all struct {
		Name   string
		Keys   []string
		Events []read
	}
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	return all.Name, all.Keys, all.Events
}

// readByGo reads calendars by golang-ical.
func readByGo(t testing.TB, text []byte) (events []read) {
	t.Helper()
	cal, err := ics.ParseCalendar(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("golang-ical cannot read it: %v\n%s", err, text)
	}
	for _, e := range cal.Events() {
		get := func(p ics.ComponentProperty) string {
			if v := e.GetProperty(p); v != nil {
				return v.Value
			}
			return ""
		}
		events = append(events, read{UID: get(ics.ComponentPropertyUniqueId), Summary: get(ics.ComponentPropertySummary), Description: get(ics.ComponentPropertyDescription),
			Location: get(ics.ComponentPropertyLocation), URL: get(ics.ComponentPropertyUrl), Status: get(ics.ComponentPropertyStatus),
			Start: get(ics.ComponentPropertyDtStart), End: get(ics.ComponentPropertyDtEnd), Modified: get(ics.ComponentPropertyLastModified)})
	}
	return events
}

// TestV40_OthersReadWhatIsWritten: whatever a member writes into a title comes out of two other programs as it was written, and as nothing
// else: no line, event or property more.
func TestV40_OthersReadWhatIsWritten(t *testing.T) {
	whole := Event{UID: "meeting-3@vote.example.org", Sequence: 2, Start: at, End: at.Add(2 * time.Hour), Summary: "Spring meeting", Description: "1. Heating\n2. Rent",
		Location: "Hall, Main Street 3; back door", URL: "https://vote.example.org/g/tenants/meetings/3", Modified: at.Add(-48 * time.Hour), Alarm: time.Hour}
	with := func(f func(*Event)) Event { e := whole; f(&e); return e }
	long := strings.Repeat("Straße نص طويل 会議 ", 40) + "end"
	for _, tt := range []struct {
		name string
		e    Event
		want func(*read)
	}{
		{"everything", whole, nil},
		{"cancelled", with(func(e *Event) { e.Cancelled = true }), func(r *read) { r.Status, r.Alarm = "CANCELLED", "" }},
		{"a moment", with(func(e *Event) { e.End = e.Start }), func(r *read) { r.End = "" }},
		{"no alarm", with(func(e *Event) { e.Alarm = 0 }), func(r *read) { r.Alarm = "" }},
		{"a line in a title", with(func(e *Event) { e.Summary = "x\r\nATTACH:https://evil.example\rEND:VEVENT\u2028BEGIN:VEVENT" }),
			func(r *read) { r.Summary = "x\nATTACH:https://evil.example\nEND:VEVENT\nBEGIN:VEVENT" }},
		{"a line in an address", with(func(e *Event) { e.URL = "https://x.example/\r\nATTACH:https://evil.example" }), func(r *read) { r.URL = "" }},
		{"another scheme", with(func(e *Event) { e.URL = "javascript:alert(1)" }), func(r *read) { r.URL = "" }},
		{"signs with a meaning", with(func(e *Event) { e.Summary = `a\b;c,d:e"f'g\` }), func(r *read) { r.Summary = `a\b;c,d:e"f'g\` }},
		{"controls", with(func(e *Event) { e.Summary = "a\x00b\x1bc\x7fd" }), func(r *read) { r.Summary = "abcd" }},
		{"right to left", with(func(e *Event) { e.Summary, e.Location = "اجتماع الربيع (3)", "קומה 2" }), func(r *read) { r.Summary, r.Location = "اجتماع الربيع (3)", "קומה 2" }},
		{"long", with(func(e *Event) { e.Description = long }), func(r *read) { r.Description = long }},
		{"no letters at all", with(func(e *Event) { e.Description = strings.Repeat("界", 400) }), func(r *read) { r.Description = strings.Repeat("界", 400) }},
		{"not UTF-8", with(func(e *Event) { e.Summary = "a\xffb" }), func(r *read) { r.Summary = "a\ufffdb" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := Write(Calendar{Name: "Tenants", Events: []Event{tt.e}})
			keepsForm(t, text)
			want := read{UID: whole.UID, Sequence: 2, Start: "20260303T193000Z", End: "20260303T213000Z", Modified: "20260301T193000Z", Summary: whole.Summary,
				Description: whole.Description, Location: whole.Location, URL: whole.URL, Status: "CONFIRMED", Alarm: "-1 day, 23:00:00"}
			if tt.want != nil {
				tt.want(&want)
			}
			name, keys, got := readByPython(t, text)
			if diff := cmp.Diff([]read{want}, got); diff != "" || name != "Tenants" {
				t.Errorf("python3-icalendar reads %q (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff([]string{"CALSCALE", "METHOD", "NAME", "PRODID", "VERSION", "X-WR-CALNAME"}, keys); diff != "" {
				t.Errorf("the calendar has other properties:\n%s", diff)
			}
			want.Sequence, want.Alarm = 0, ""
			by := readByGo(t, text)
			if diff := cmp.Diff([]read{want}, by); diff != "" {
				t.Errorf("golang-ical reads (-want +got):\n%s", diff)
			}
		})
	}
}

// keepsForm checks every line of a calendar by the letter of RFC 5545.
func keepsForm(t testing.TB, text []byte) {
	t.Helper()
	if !bytes.HasSuffix(text, []byte("END:VCALENDAR\r\n")) {
		t.Fatalf("it ends with %q", text[max(0, len(text)-20):])
	}
	for _, l := range strings.Split(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") || l == "" {
			t.Fatalf("a line of %d bytes: %q", len(l), l)
		}
	}
}

// TestWriteInOrder: the same events are the same text in whatever order they come, which an ETag needs; and what is no event is left out.
func TestWriteInOrder(t *testing.T) {
	a, b, c := Event{UID: "a", Start: at.Add(time.Hour)}, Event{UID: "b", Start: at}, Event{UID: "c", Start: at}
	one := Write(Calendar{Events: []Event{a, b, c, {UID: "never"}, {Start: at}}})
	if two := Write(Calendar{Events: []Event{c, a, b}}); !bytes.Equal(one, two) {
		t.Errorf("%s\nis not\n%s", one, two)
	}
	got := readByGo(t, one)
	if len(got) != 3 || got[0].UID != "b" || got[1].UID != "c" || got[2].UID != "a" {
		t.Errorf("got %+v", got)
	}
	if text := Write(Calendar{}); strings.Contains(string(text), "VEVENT") {
		t.Errorf("an empty calendar is %s", text)
	}
}

// TestV40_NothingWrittenAddsALine: whatever the fields hold, unfolding gives the same number of lines, and each text is read back.
func TestV40_NothingWrittenAddsALine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Event{UID: "u", Start: at, Modified: at, Summary: rapid.String().Draw(t, "summary"), Description: "d" + rapid.String().Draw(t, "description"),
			Location: "l" + rapid.String().Draw(t, "location"), URL: "https://x.example/" + rapid.String().Draw(t, "url")}
		text := Write(Calendar{Name: "n" + rapid.String().Draw(t, "name"), Events: []Event{e}})
		for _, l := range strings.Split(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
			if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") {
				t.Fatalf("a line of %d bytes: %q", len(l), l)
			}
		}
		lines := strings.Split(strings.ReplaceAll(string(text), "\r\n ", ""), "\r\n")
		want := 22
		if !isAddress(e.URL) {
			want--
		}
		// Both of the other programs take a backslash before an n for the end of a line; read by the letter, it is what it was.
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "SUMMARY:") })
		if got := unescape(strings.TrimPrefix(lines[at], "SUMMARY:")); got != kept(e.Summary) {
			t.Fatalf("%q is read as %q", e.Summary, got)
		}
		if len(lines) != want {
			t.Fatalf("%d lines, want %d:\n%s", len(lines), want, text)
		}
	})
}

// unescape reads a text by the letter of RFC 5545 §3.3.11.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; s[i] == 'n' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// kept is what of a text is to be read back: all but controls, with one sign for every end of a line.
func kept(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' && i > 0 && s[i-1] == '\r':
		case strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r):
			b.WriteByte('\n')
		case r == '\t' || !unicode.IsControl(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
