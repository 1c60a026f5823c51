package data

import "time"

func defaultWorkers() int { return 1 }

const defaultAheadBytes = 64 << 20

// breath lets the browser's events in between two pictures: there is one
// thread, and a GPU that has finished can say so only while no goroutine runs.
type breath struct{ last time.Time }

func (b *breath) take() {
	const longest = 15 * time.Millisecond
	if time.Since(b.last) > longest {
		time.Sleep(time.Microsecond)
		b.last = time.Now()
	}
}
