//go:build !linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// copyPNG puts a picture into the clipboard by the command that the system has for
// that.
func copyPNG(png []byte) error {
	f, err := os.CreateTemp("", "unmask-*.png")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(png); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.Command("osascript", "-e", fmt.Sprintf(`set the clipboard to (read (POSIX file %q) as «class PNGf»)`, f.Name()))
	case "windows":
		cmd = exec.Command("powershell", "-NoProfile", "-STA", "-Command",
			fmt.Sprintf(`Add-Type -AssemblyName System.Windows.Forms, System.Drawing; [Windows.Forms.Clipboard]::SetImage([Drawing.Image]::FromFile('%s'))`, f.Name()))
	default:
		return fmt.Errorf("no way to the clipboard of %s is known", runtime.GOOS)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
