package main

import (
	"strconv"
	"strings"

	"folkmoot/internal/config"
)

// several counts things in English, as all that operators read is: "1 group", "3 groups".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + strings.TrimSuffix(thing, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(thing, "y")]
}

// beside is the command line of a command that works beside a server with these settings. The address of a PostgreSQL database is not
// in it, since it holds a password.
func beside(c config.Config, command string) string {
	line := "folkmoot " + command
	for _, s := range []struct{ flag, value, usual string }{{"data", c.Data, "./data"}, {"keys", c.Keys, ""}} {
		if s.value != s.usual {
			line += " --" + s.flag + "=" + quoted(s.value)
		}
	}
	if c.Database != "" {
		line += " --database=…"
	}
	return line
}

// quoted makes a word of a shell's command line.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t'\"\\$&;()<>|*?`!#~") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
