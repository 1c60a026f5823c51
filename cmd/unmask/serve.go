package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"unmask/internal/site"
)

func (a *app) serve() *cobra.Command {
	var addr, folder string
	var open bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the page on this machine",
		Args:  args(cobra.NoArgs, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := siteFolder(folder)
			if err != nil {
				return err
			}
			l, err := net.Listen("tcp", addr)
			if err != nil {
				return fmt.Errorf("serve: %w; --addr 127.0.0.1:0 takes any free port", err)
			}
			url := "http://" + l.Addr().String()
			if err := a.print(map[string]string{"url": url}, func(w io.Writer) {
				fmt.Fprintln(w, "Unmask is at", url, "(Ctrl-C stops it)")
			}); err != nil {
				return err
			}
			if open {
				if err := browse(url); err != nil {
					a.note("no browser could be opened: " + err.Error())
				}
			}
			return serve(c.Context(), l, site.Handler(dir))
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on")
	c.Flags().StringVar(&folder, "site", "", "folder that `make site` wrote (default: site, here or beside the program)")
	c.Flags().BoolVar(&open, "open", false, "open the page in the browser")
	return c
}

// siteFolder finds the built page.
func siteFolder(folder string) (string, error) {
	places := []string{folder}
	if folder == "" {
		places = []string{"site"}
		if exe, err := os.Executable(); err == nil {
			places = append(places, filepath.Join(filepath.Dir(exe), "site"), filepath.Join(filepath.Dir(exe), "..", "site"))
		}
	}
	for _, p := range places {
		if _, err := os.Stat(filepath.Join(p, "index.html")); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("serve: no page in %s; `make site` builds it", places[0])
}

// serve answers until ctx ends, then lets running requests finish.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := s.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func browse(url string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", url).Start()
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", url).Start()
	}
	return exec.Command("xdg-open", url).Start()
}
