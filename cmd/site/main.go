// Command site writes the static website of Unmask into a folder:
//
//	make wasm && go run ./cmd/site OUT
package main

import (
	"flag"
	"fmt"
	"os"

	"unmask/internal/site"
)

func main() {
	var src site.Sources
	flag.StringVar(&src.Wasm, "wasm", "bin", "folder with page.wasm, engine.wasm and wasm_exec.js")
	flag.StringVar(&src.Static, "static", "static", "folder with styles, scripts and samples")
	flag.StringVar(&src.Weights, "weights", "weights/atto.safetensors", "weights file that the page loads")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: site [flags] OUT")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := site.Build(src, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
