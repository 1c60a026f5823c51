package desktop

import (
	"runtime"
	"syscall"
)

// behindTheWindow gives the calling goroutine a thread of its own whose work, and
// that of every thread begun from it, waits for the window's where both want the same
// core. A software adapter computes in such threads; on a machine without a GPU the
// window would otherwise share its time with them frame by frame. Linux alone has a
// priority for each thread that children inherit.
func behindTheWindow() {
	runtime.LockOSThread() // for good: the thread ends with its goroutine
	const nice = 10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), nice) // lowering is always allowed
}
