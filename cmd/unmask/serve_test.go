package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serving starts `unmask serve` and returns its first line of output and what
// stops it and returns the exit code.
func serving(t *testing.T, args ...string) (line string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, w := io.Pipe()
	code := make(chan int, 1)
	var errOut bytes.Buffer
	go func() {
		code <- run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...), w, &errOut)
		w.CloseWithError(io.EOF)
	}()
	b := make([]byte, 1000)
	n, err := r.Read(b)
	if err != nil {
		t.Fatalf("no output: %v, exit code %d, %s", err, <-code, &errOut)
	}
	go io.Copy(io.Discard, r)
	return string(b[:n]), func() int {
		cancel()
		select {
		case c := <-code:
			return c
		case <-time.After(20 * time.Second):
			t.Fatal("the server does not stop")
			return -1
		}
	}
}

func TestServeAnswersAndStops(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "index.html", []byte("<p>the page"))
	line, stop := serving(t, "--site", dir)
	url, ok := strings.CutPrefix(line, "Unmask is at ")
	url, ok2 := strings.CutSuffix(url, " (Ctrl-C stops it)\n")
	if !ok || !ok2 || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("stdout %q", line)
	}
	for path, want := range map[string]int{"/": 200, "/index.html": 200, "/nothing": 404} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want || want == 200 && string(b) != "<p>the page" {
			t.Errorf("%s: %d %q, %v", path, resp.StatusCode, b, err)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it still answers after the end")
	}
}

func TestServeAsJSON(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "index.html", nil)
	line, stop := serving(t, "--site", dir, "--json")
	var v map[string]string
	if err := json.Unmarshal([]byte(line), &v); err != nil || !strings.HasPrefix(v["url"], "http://127.0.0.1:") {
		t.Errorf("%q: %v", line, err)
	}
	stop()
}

func TestServeErrors(t *testing.T) {
	dir, empty := t.TempDir(), t.TempDir()
	file(t, dir, "index.html", nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--site", empty}, 1, "serve: no page in " + empty + "; `make site` builds it"},
		{[]string{"--site", dir, "--addr", taken}, 1, "serve: listen tcp " + taken + ": bind: address already in use; --addr 127.0.0.1:0 takes any free port"},
		{[]string{"here"}, 2, "unmask serve: want no arguments, got 1 arguments"},
	} {
		o := command(append([]string{"serve"}, c.args...)...)
		if o.code != c.code || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%v: exit code %d, stdout %q\ngot  %swant unmask: %s", c.args, o.code, o.out, o.err, c.want)
		}
	}
}

// TestMisuse: what is no command line of ours exits with 2 and says where help is.
func TestMisuse(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"paint"}, `no command "paint"; unmask --help lists them`},
		{[]string{"--colour"}, "unknown flag: --colour; unmask --help lists the flags"},
		{[]string{"devices", "--device", "npu"}, `--device "npu": want auto, gpu or cpu`},
		{[]string{"bench", "vgg"}, `no case holds ["vgg"]: names look like atto-b1-224-encoder-0.00`},
		{[]string{"inspect"}, "unmask inspect: want one FILE, got 0 arguments"},
		{[]string{"selftest", "all"}, "unmask selftest: want no arguments, got 1 arguments"},
	} {
		if o := command(c.args...); o.code != 2 || o.out != "" || o.err != "unmask: "+c.want+"\n" {
			t.Errorf("%v: exit code %d, stdout %q\ngot  %swant unmask: %s", c.args, o.code, o.out, o.err, c.want)
		}
	}
}
