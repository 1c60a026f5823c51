// Command figures renews every figure of the documents that a command can give:
//
//	go run ./scripts/figures [-heldout DATA [-from F32.safetensors]] [-bench N]
//
// A document marks them, each between a line that says which and <!-- end -->:
//
//	<!-- run: bin/unmask eval static/samples -->   the command and what it prints
//	<!-- table: heldout -->                    a table of this program
//
// Tables are made of the measurements in docs/figures. -heldout measures the
// weights that ship on photos that they were not trained on; such photos are not
// part of the repository, so without it the last measurement stands, unless it
// is one of other weights: that is an error. -bench times the networks in N runs and
// keeps the fastest of each row, since a shared machine only ever adds time. Run it at the root, after make build.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// documents are the files with marks.
var documents = []string{"README.md", "weights/README.md"}

func main() {
	data := flag.String("heldout", "", "folder or zip of photos that the weights were not trained on")
	from := flag.String("from", "", "the float32 file that the weights were made of, to measure what f16 costs")
	runs := flag.Int("bench", 0, "runs of unmask bench; 0: keep the last measurement")
	flag.Parse()
	if flag.NArg() > 0 || *from != "" && *data == "" {
		fmt.Fprintln(os.Stderr, "usage: go run ./scripts/figures [-heldout DATA [-from F32.safetensors]] [-bench N]")
		os.Exit(2)
	}
	if err := renew(*data, *from, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func renew(data, from string, runs int) error {
	if data != "" {
		if err := measure(data, from); err != nil {
			return err
		}
	}
	for i := range runs {
		if err := timed(i == 0); err != nil {
			return err
		}
	}
	if err := drawCurves(); err != nil {
		return err
	}
	for _, name := range documents {
		old, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text, err := replace(string(old), fill)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// save writes a measurement to docs/figures.
func save(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("docs", "figures", name), append(b, '\n'), 0o644)
}

const (
	open   = "<!-- "
	closed = " -->\n"
	end    = "<!-- end -->\n"
)

// replace gives every marked part of a document what fill returns for its mark.
func replace(text string, fill func(kind, what string) (string, error)) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, open)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		mark, rest, ok := strings.Cut(rest, closed)
		kind, what, named := strings.Cut(mark, ": ")
		if !ok || !named || kind != "run" && kind != "table" {
			b.WriteString(open) // another comment
			text = strings.TrimPrefix(text[len(before):], open)
			continue
		}
		old, rest, ok := strings.Cut(rest, end)
		if !ok || strings.Contains(old, open) {
			return "", fmt.Errorf("the mark %q has no %s", mark, strings.TrimSpace(end))
		}
		part, err := fill(kind, what)
		if err != nil {
			return "", fmt.Errorf("%s: %w", mark, err)
		}
		b.WriteString(open + mark + closed + part + end)
		text = rest
	}
}

// fill is the text of one mark.
func fill(kind, what string) (string, error) {
	if kind == "run" {
		out, err := run(what)
		return "```console\n$ " + what + "\n" + out + "```\n", err
	}
	table, ok := tables[what]
	if !ok {
		return "", fmt.Errorf("there is no such table")
	}
	return table()
}

// run runs a command line of a document and returns what it prints on stdout.
func run(line string) (string, error) {
	c := exec.Command("bash", "-c", "set -eo pipefail; "+line)
	var messages bytes.Buffer
	c.Stderr = &messages
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, messages.Bytes())
	}
	return string(out), nil
}

// unmask runs a command with --json and decodes its document.
func unmask(into any, args ...string) error {
	out, err := exec.Command("bin/unmask", append(args, "--json")...).Output()
	if err != nil {
		return fmt.Errorf("unmask %s: %w", strings.Join(args, " "), err)
	}
	return json.Unmarshal(out, into)
}

// load reads a measurement of docs/figures.
func load(name string, into any) error {
	b, err := os.ReadFile(filepath.Join("docs", "figures", name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
