package site

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	handler := Handler(build(t, sources(t)))
	cases := []struct {
		method, path, accept    string
		status                  int
		kind, encoding, content string // content: how the body begins, where not encoded
	}{
		{"GET", "/", "", 200, "text/html; charset=utf-8", "", "<!DOCTYPE html>"},
		{"GET", "/index.html", "", 200, "text/html; charset=utf-8", "", "<!DOCTYPE html>"},
		{"GET", "/", "br, gzip", 200, "text/html; charset=utf-8", "gzip", ""},
		{"GET", "/web/app.wasm", "gzip;q=1.0", 200, "application/wasm", "gzip", ""},
		{"GET", "/web/app.wasm", "gzip; q=0", 200, "application/wasm", "", "page program"},
		{"GET", "/web/engine-worker.js", "", 200, "text/javascript; charset=utf-8", "", "// worker"},
		{"GET", "/manifest.webmanifest", "", 200, "application/manifest+json", "", "{"},
		{"GET", "/web/samples/lake.jpg", "gzip", 200, "image/jpeg", "", "lake"},
		{"GET", "/web/weights/atto.safetensors", "gzip", 200, "application/octet-stream", "", "weights"},
		{"HEAD", "/web/weights/atto.safetensors", "", 200, "application/octet-stream", "", ""},
		{"GET", "/web", "gzip", 404, "text/plain; charset=utf-8", "", "404"},
		{"GET", "/nothing.js", "gzip", 404, "text/plain; charset=utf-8", "", "404"},
		{"GET", "/../bin/page.wasm", "", 404, "text/plain; charset=utf-8", "", "404"},
		{"POST", "/", "", 405, "text/plain; charset=utf-8", "", "only GET and HEAD"},
	}
	for _, c := range cases {
		r := httptest.NewRequest(c.method, "/", nil)
		r.URL.Path = c.path
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		got := w.Result()
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		name := c.method + " " + c.path + " " + c.accept
		if got.StatusCode != c.status || got.Header.Get("Content-Type") != c.kind || got.Header.Get("Content-Encoding") != c.encoding {
			t.Errorf("%s: %d, %q, %q; want %d, %q, %q", name, got.StatusCode, got.Header.Get("Content-Type"),
				got.Header.Get("Content-Encoding"), c.status, c.kind, c.encoding)
		}
		if !strings.HasPrefix(string(body), c.content) {
			t.Errorf("%s: the body begins %.20q, want %q", name, body, c.content)
		}
		if c.status == http.StatusOK && !strings.HasPrefix(got.Header.Get("Content-Security-Policy"), CSP) {
			t.Errorf("%s: no content policy", name)
		}
		if c.status == http.StatusOK && c.encoding == "" && got.Header.Get("Content-Length") == "" {
			t.Errorf("%s: no length, which progress needs", name)
		}
	}
}
