// Package archtest keeps the house plan true. It holds no program code, only tests that read the source tree
// and fail when a package imports what its ring may not, when a package or an exported name says nothing of itself,
// when a page would need what the content security policy forbids, or when a dependency falls back to a version
// with a known hole. The rules are data in rings_test.go, so that a new package is one word in a list.
package archtest
