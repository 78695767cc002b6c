// Package templates holds the HTML of every page. It contains no logic.
package templates

import "embed"

// FS is the tree of page templates: layout.html, part/*.html for the pieces, and one folder a capability. What is in mail is sent.
//
//go:embed *.html */*.html mail/*.txt
var FS embed.FS
