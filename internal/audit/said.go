package audit

import (
	"time"

	"folkmoot/internal/lang"
)

// What is said where there is no value to be shown.
func none() lang.Msg  { return lang.M("audit.none") }
func there() lang.Msg { return lang.M("audit.there") }
func this() lang.Msg  { return lang.M("audit.this") }
func other() lang.Msg { return lang.M("audit.other") }

// said puts what the record and the table say into words. Texts and names are people's own and are not shown.
func said(want, got any) (record, has lang.Msg) {
	switch want := want.(type) {
	case words, quiet:
		return this(), other()
	case anyOf:
		return said(want[0], got)
	case instant:
		return when(want.Time), at(got)
	case until:
		return when(want.Time), at(got)
	}
	return value(want), value(got)
}

// shown is how much of a value stands in a sentence.
const shown = 70

func value(v any) lang.Msg {
	switch v := v.(type) {
	case nil, absent:
		return none()
	case string:
		if len(v) > shown {
			return other()
		}
	}
	return lang.M("audit.value", "Value", v)
}

func when(t time.Time) lang.Msg {
	if t.IsZero() {
		return none()
	}
	return lang.M("audit.value", "Value", t.UTC().Format("2006-01-02 15:04:05.000 UTC"))
}

func at(ms any) lang.Msg {
	if n, ok := ms.(int64); ok {
		return when(time.UnixMilli(n))
	}
	return value(ms)
}
