package main

import (
	"strings"

	"folkmoot/internal/config"
)

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
