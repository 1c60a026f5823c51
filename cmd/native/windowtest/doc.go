// Package windowtest holds no code: its tests run unmask-native in Xvfb, as a
// person would. They are not beside the program, since ebiten opens a display as
// soon as a test of it starts.
package windowtest
