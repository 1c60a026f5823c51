//go:build !js

package data

import "runtime"

func defaultWorkers() int { return runtime.GOMAXPROCS(0) }

const defaultAheadBytes = 256 << 20

// breath is needed in the browser only.
type breath struct{}

func (breath) take() {}
