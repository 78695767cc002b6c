package archtest

import (
	"regexp"
	"strings"
	"testing"
)

// administrator is put together here so that this file does not hold the word as a name in code.
var administrator = regexp.MustCompile(`(?i)\b(is_?` + `admin|super` + `user|can_?everything|impersonat\w*|root_?user)\b|\b(role|Role)\s*(==|=)\s*"(admin|owner)"`)

// TestNoAdministrator: there is no such person in the program (practice.md §1.1 rows 16 and 17), so no name for one either.
func TestNoAdministrator(t *testing.T) {
	eachFile(t, func(name string, text []byte) {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".sql") || strings.HasSuffix(name, ".html") {
			report(t, name, text, administrator, "nobody has such power here")
		}
	})
	for _, bad := range []string{"is_admin INTEGER", "u.IsAdmin", `if role == "admin"`, "superuser", "ImpersonateUser()"} {
		if !administrator.MatchString(bad) {
			t.Errorf("no rule objects to %s", bad)
		}
	}
}
