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

// serve serves a built site and returns the address of its page.
func serve(t *testing.T, dir string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(folder, http.StripPrefix(strings.TrimSuffix(folder, "/"), site.Handler(dir)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + folder
}
