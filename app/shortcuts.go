package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"
)

// shortcut is what a key does anywhere on the reconstruction's page; nil where it
// does nothing.
func (h *Home) shortcut(key string, control, shift bool) func() {
	switch {
	case key == "[":
		return func() { h.setBrushSize(-1) }
	case key == "]":
		return func() { h.setBrushSize(1) }
	case control && !shift && strings.EqualFold(key, "z"):
		return h.goBack
	case control && (shift && strings.EqualFold(key, "z") || !shift && strings.EqualFold(key, "y")):
		return h.goForth
	}
	return nil
}

// onShortcut carries out shortcuts, but in fields of text, which have their own.
func (h *Home) onShortcut(_ ui.Context, e ui.Event) {
	if h.shown != nil || !h.live() || writes(e.Get("target")) {
		return
	}
	control := e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()
	if do := h.shortcut(e.Get("key").String(), control, e.Get("shiftKey").Bool()); do != nil {
		e.PreventDefault()
		do()
	}
}

// writes reports whether keys write into an element.
func writes(element ui.Value) bool {
	if !element.Truthy() || !element.Get("tagName").Truthy() {
		return false
	}
	switch element.Get("tagName").String() {
	case "TEXTAREA", "SELECT":
		return true
	case "INPUT":
		kind := element.Get("type").String()
		return kind == "text" || kind == "number" || kind == "search" || kind == "url"
	}
	return false
}

func (h *Home) setBrushSize(by int) {
	h.resizeBrush(by)
	h.drawOverlay()
}

func (h *Home) goBack() {
	if h.undo() {
		h.said = "Undone: " + h.coverage()
		h.maskChanged()
	}
}

func (h *Home) goForth() {
	if h.redo() {
		h.said = "Done again: " + h.coverage()
		h.maskChanged()
	}
}
