// Package site writes the folder that any static host can serve, under any
// sub-folder: the page that go-app generates, both wasm programs, styles, icons,
// sample pictures and weights, with compressed copies beside what compresses.
// Every address in it is relative and of its own origin.
package site
