package browsertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"
)

// manyPictures is how many small pictures a class gets at once: UNMASK_PICTURES, or
// what the suite has time for.
func manyPictures(t *testing.T) int {
	t.Helper()
	n := 2000
	if s := os.Getenv("UNMASK_PICTURES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 1 {
			t.Fatalf("UNMASK_PICTURES=%q: want a number of pictures", s)
		}
	}
	return n
}

// mostGrowth bounds what taking in pictures may cost page and Worker for good, in
// bytes: a small part that grows with their names, and what both reuse.
func mostGrowth(pictures int) int64 { return 160<<20 + int64(pictures)*4<<10 }

// many writes so many different pictures of 32 x 32 pixels.
func many(t *testing.T, n int) []string {
	t.Helper()
	dir, img := t.TempDir(), image.NewGray(image.Rect(0, 0, 32, 32))
	paths := make([]string, n)
	for i := range paths {
		for p := range img.Pix {
			img.Pix[p] = byte(p * (i + 1) >> 4)
		}
		binary.LittleEndian.PutUint32(img.Pix, uint32(i))
		var b bytes.Buffer
		if err := bmp.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		paths[i] = filepath.Join(dir, fmt.Sprintf("p%d.bmp", i))
		if err := os.WriteFile(paths[i], b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// TestClassifyTakesWhatIsGiven: a dropped folder of classes, a burst of the camera, and
// thousands of pictures at once, of which neither page nor Worker grows past a bound.
func TestClassifyTakesWhatIsGiven(t *testing.T) {
	files := folders(t, 9)
	b := open(t, setup{path: "#classify"})
	b.wait("two classes", `document.querySelectorAll(".class-name").length === 2`)
	counts := `[...document.querySelectorAll(".card[data-class]")].map((e) => e.dataset.class + " " + e.querySelector(".count").textContent).sort().join()`

	b.dropAt(600, 30, filepath.Dir(filepath.Dir(files["along"][0])))
	b.wait("the classes of the folder", counts+`.startsWith("Class 1 0,Class 2 0,across 9,along 9") || `+counts+` === "across 9,along 9"`)

	b.press("#camera-0")
	b.wait("the camera", `document.querySelector("#class-camera")?.videoWidth > 0`)
	b.press("#camera-burst")
	first := `Number(document.querySelectorAll(".card[data-class] .count")[0].textContent)`
	before := eval[int](b, first)
	b.wait("a burst", fmt.Sprintf("%s >= %d", first, before+3))
	b.press("#camera-burst")
	b.press("#camera-off")
	b.wait("the end of the camera", `document.querySelector("#class-camera") === null`)
	b.wait("the first reconstruction", idle)
	b.noAlert()

	n := manyPictures(t)
	small := many(t, n)
	second := `Number(document.querySelectorAll(".card[data-class] .count")[1].textContent)`
	had, resting := eval[int](b, second), renderers(t)
	eval[bool](b, "(testLong.length = 0) === 0")
	start := time.Now()
	b.upload("#add-1", small...)
	b.waitFor(4*patience, "all pictures", fmt.Sprintf("%s === %d", second, had+n))
	took := time.Since(start)
	grown := renderers(t) - resting
	t.Logf("%d pictures in %.1f s; page and Worker grew by %d MB, at most %d; tasks of the main thread over 50 ms: %v ms",
		n, took.Seconds(), grown>>20, mostGrowth(n)>>20, eval[[]int](b, "testLong"))
	if grown > mostGrowth(n) {
		t.Errorf("%d pictures made page and Worker grow by %d MB", n, grown>>20)
	}
	if nodes := eval[int](b, `document.querySelectorAll("*").length`); nodes > 2000 {
		t.Errorf("the page has %d elements", nodes)
	}
	b.noAlert()
	b.noErrors()
}

// renderers is the memory of the browser's renderer processes, in bytes: page and
// Worker share one. It is Linux's, like the browser that the tests start.
func renderers(t *testing.T) int64 {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(processes) == 0 {
		t.Skip("no /proc here to tell of memory")
	}
	var sum int64
	for _, p := range processes {
		line, err := os.ReadFile(p)
		if err != nil || !bytes.Contains(line, []byte("--type=renderer")) {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(p), "status"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(status)) {
			var kB int64
			if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kB); n == 1 {
				sum += kB << 10
			}
		}
	}
	return sum
}
