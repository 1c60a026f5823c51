// Package numtest decides when two tensors agree: the one comparison, the one
// tolerance table, deterministic patterns and the reader of golden files. It
// imports no other package of ours and not the package testing, so that a
// self-test can use it at run time, natively and in the browser.
package numtest
