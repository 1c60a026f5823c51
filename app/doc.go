// Package app is the page of Unmask: go-app components that show a picture, let
// people hide patches of it and draw what the network makes of them. It talks
// to an Engine by the messages of package session and to the browser by a Host;
// it computes nothing itself, so the main thread stays free.
package app

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// Engine runs commands somewhere off the main thread.
type Engine interface {
	// Send queues a command; its answers arrive as events.
	Send(session.Command)
	// SendFiles queues a command whose blobs are the files at URLs: relative to the
	// page, or object URLs. The engine's side fetches them, which keeps many
	// megabytes off the main thread, and reports progress and failure as events. But
	// for DoAdd, a newer command of the same action takes the place of one whose
	// file is still on its way, and that one is never answered.
	SendFiles(c session.Command, urls ...string)
	// Stop ends the engine. No event of it arrives afterwards.
	Stop()
}

// Host is what the page needs of the place it runs in.
type Host interface {
	// Start starts an engine, whose events arrive on emit in any goroutine,
	// beginning with session.EvReady. Commands sent before that wait.
	Start(emit func(session.Event)) Engine
	// Fetch reads a small file of the site, named relative to the page. It
	// blocks.
	Fetch(path string) ([]byte, error)
}

// The files of the site that the page fetches, relative to the page.
const (
	WeightsPath = "web/weights/atto.safetensors"
	SamplesPath = "web/samples/"
)

// Register makes the page the answer to every path of the site. A nil host
// serves for pre-rendering, where nothing is ever mounted.
func Register(host Host) {
	ui.RouteWithRegexpFunc(".*", func() ui.Composer { return NewHome(host) })
}
