package main

import (
	"fmt"
	"io"
	"time"
)

// frames tells once a second how smooth the window is.
type frames struct {
	out           io.Writer
	begun, before time.Time // of this second, of the last frame
	count         int
	longest       time.Duration // between two frames
}

// drawn counts a frame.
func (f *frames) drawn(now time.Time) {
	if f.before.IsZero() {
		f.begun, f.before = now, now
		return
	}
	f.count++
	f.longest = max(f.longest, now.Sub(f.before))
	f.before = now
	if d := now.Sub(f.begun); d >= time.Second {
		fmt.Fprintf(f.out, "%.1f frames/s, at most %d ms between two\n", float64(f.count)/d.Seconds(), f.longest.Milliseconds())
		*f = frames{out: f.out, begun: now, before: now}
	}
}
