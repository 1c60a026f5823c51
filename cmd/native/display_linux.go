package main

/*
#cgo LDFLAGS: -lX11
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <X11/Xlib.h>

// ebiten opens the display while the program initialises and panics where there is
// none, before main could say anything. A constructor runs before all of Go.
__attribute__((constructor)) static void need_display(void) {
	const char *name = getenv("DISPLAY");
	Display *display = XOpenDisplay(NULL);
	if (display != NULL) {
		XCloseDisplay(display);
		return;
	}
	if (name == NULL || name[0] == '\0') {
		fputs("unmask-native: there is no display: DISPLAY is not set\n", stderr);
	} else {
		fprintf(stderr, "unmask-native: there is no display: %s does not answer\n", name);
	}
	fputs("remedy: start it in a desktop session (X11, or Wayland with XWayland), or use the page (unmask serve) or the command line (unmask)\n", stderr);
	_exit(1);
}
*/
import "C"
