// Package effort measures work for tests. It counts the processor's time and not the clock's, so that a machine that is
// busy with other things does not make a test fail.
package effort

import (
	"fmt"
	"syscall"
	"time"
)

// Of runs f and returns the processor time that this process spent meanwhile, on all threads and in the kernel.
func Of(f func()) time.Duration {
	before := spent()
	f()
	return spent() - before
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(fmt.Sprintf("getrusage: %v", err)) // only a wrong argument makes it fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
