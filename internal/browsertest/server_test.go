package browsertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"unmask/internal/site"
)

// folder is where the tests serve the site: below the root, as a project page
// of a static host does.
const folder = "/some/folder/"

// wrapper changes what a server answers.
type wrapper func(http.Handler) http.Handler

// serve serves a built site; a nil wrapper changes nothing.
func serve(t *testing.T, dir string, wrap wrapper) *httptest.Server {
	t.Helper()
	handler := http.StripPrefix(strings.TrimSuffix(folder, "/"), site.Handler(dir))
	if wrap != nil {
		handler = wrap(handler)
	}
	mux := http.NewServeMux()
	mux.Handle(folder, handler)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// without answers 404 for one file of the site.
func without(name string) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == folder+name {
				http.NotFound(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
