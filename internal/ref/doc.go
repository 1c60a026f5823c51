// Package ref computes every op of package shaders in plain Go. Run is the
// slow reference, written to be read next to the formula: sums in float64,
// rounded once. Device is the CPU device that answers where there is no GPU:
// the same ops with faster loops for what takes time.
package ref
