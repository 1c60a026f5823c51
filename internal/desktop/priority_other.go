//go:build !linux

package desktop

func behindTheWindow() {}
