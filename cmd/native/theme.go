package main

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// systemDark asks the system whether it wears dark colours, by the command that
// each has for that; without an answer, light.
func systemDark() bool {
	ask := map[string][]string{
		"linux":   {"gsettings", "get", "org.gnome.desktop.interface", "color-scheme"},
		"darwin":  {"defaults", "read", "-g", "AppleInterfaceStyle"},
		"windows": {"reg", "query", `HKCU\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize`, "/v", "AppsUseLightTheme"},
	}[runtime.GOOS]
	if ask == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	out, err := exec.CommandContext(ctx, ask[0], ask[1:]...).Output()
	if err != nil {
		return false
	}
	answer := strings.ToLower(string(out))
	return strings.Contains(answer, "dark") || strings.Contains(answer, "0x0") && runtime.GOOS == "windows"
}
