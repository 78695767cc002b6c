// Package templates holds the HTML of every page. It contains no logic.
package templates

import "embed"

// FS is the tree of page templates: layout.html, part/*.html for the pieces, and one folder a capability.
//
//go:embed *.html */*.html
var FS embed.FS
