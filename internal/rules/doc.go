// Package rules holds no code: its tests keep the rules of the repository that
// the compiler cannot keep.
package rules
