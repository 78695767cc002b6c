// Package sortition draws people by lot so that anybody can repeat the draw. It is pure: who can be drawn, a secret and what people
// threw in go in, the result and what it follows from come out; there is no clock, no database and no source of chance.
//
//	draw.go      the weighted draw of all members of a pool, in an order that a stranger can work out again
//	record.go    its published record, as JSON, and what a check of it finds
//	read.go      pools and contributions as lines of text
//	strata.go    places shared between strata, and a draw within each
package sortition
