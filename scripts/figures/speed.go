package main

import (
	"fmt"
	"strings"

	"unmask/internal/bench"
)

var tables = map[string]func() (string, error){
	"weights": weightsTable,
	"heldout": heldoutTable,
	"half":    halfTable,
	"speed":   speedTable,
	"steps":   stepsTable,
	"peers":   peersTable,
}

// timed runs unmask bench and keeps in docs/figures/bench.json what was faster
// before, unless this is the first of the runs.
func timed(first bool) error {
	var now bench.Report
	if err := unmask(&now, "bench"); err != nil {
		return err
	}
	if !first {
		before, err := loadRows()
		if err != nil {
			return err
		}
		if before.Adapter != now.Adapter {
			return fmt.Errorf("the adapter is %s now, and was %s", now.Adapter, before.Adapter)
		}
		now.PeakGFLOPS = max(now.PeakGFLOPS, before.PeakGFLOPS)
		for i, r := range now.Rows {
			old, err := before.find(r.Model, r.Batch, r.Size, r.Part, r.Ratio)
			if err != nil {
				return err
			}
			if old.MS < r.MS {
				now.Rows[i].MS, now.Rows[i].GFLOPS = old.MS, old.GFLOPS
			}
			now.Rows[i].FirstMS = min(old.FirstMS, r.FirstMS)
			now.Rows[i].ForwardMS = min(old.ForwardMS, r.ForwardMS)
			now.Rows[i].ShareOfPeak = now.Rows[i].GFLOPS / now.PeakGFLOPS
		}
	}
	return save("bench.json", now)
}

// rows finds the rows of docs/figures/bench.json, which has the form that unmask
// bench --json prints.
type rows struct{ bench.Report }

func loadRows() (r rows, err error) { return r, load("bench.json", &r.Report) }

func (r rows) find(model string, batch, size int, part string, ratio float64) (bench.Row, error) {
	for _, row := range r.Rows {
		if row.Model == model && row.Batch == batch && row.Size == size && row.Part == part && row.Ratio == ratio {
			return row, nil
		}
	}
	return bench.Row{}, fmt.Errorf("bench.json has no row %s-b%d-%d-%s-%.2f", model, batch, size, part, ratio)
}

// speedTable is the forward pass: what is hidden costs nothing.
func speedTable() (string, error) {
	r, err := loadRows()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s; its fused multiply-adds reach %.0f GFLOP/s.\n\n", r.Adapter, r.PeakGFLOPS)
	b.WriteString("| model, batch | encoder, dense | 60 % hidden | 75 % hidden | decoder | reconstruct, 60 % | classify | GFLOP/s, dense | of peak | dispatches |\n" +
		"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, model := range []string{"atto", "femto", "tiny"} {
		for _, batch := range []int{1, 8} {
			var row [6]bench.Row
			for i, c := range []struct {
				part  string
				ratio float64
			}{{"encoder", 0}, {"encoder", 0.6}, {"encoder", 0.75}, {"decoder", 0.6}, {"reconstruct", 0.6}, {"classifier", 0}} {
				if row[i], err = r.find(model, batch, 224, c.part, c.ratio); err != nil {
					return "", err
				}
			}
			fmt.Fprintf(&b, "| %s, %d | %s | %s (%.2f) | %s (%.2f) | %s | %s | %s | %.1f | %.0f %% | %d |\n", name(model), batch,
				ms(row[0].MS), ms(row[1].MS), row[1].MS/row[0].MS, ms(row[2].MS), row[2].MS/row[0].MS,
				ms(row[3].MS), ms(row[4].MS), ms(row[5].MS), row[0].GFLOPS, 100*row[0].ShareOfPeak, row[0].Dispatches)
		}
	}
	return b.String(), nil
}

// stepsTable is training: a step, forward, backward and AdamW, beside its forward pass,
// which took turns with it, and beside the leaner pass of a network that is only used.
func stepsTable() (string, error) {
	r, err := loadRows()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| model, batch, side | classifier: used | trained: forward | step | FCMAE at 60 %: used | trained: forward | step | step, nothing hidden |\n" +
		"|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, model := range []string{"atto", "femto"} {
		for _, c := range []struct{ batch, size int }{{16, 96}, {4, 224}} {
			fmt.Fprintf(&b, "| %s, %d, %d", name(model), c.batch, c.size)
			for _, p := range []struct {
				used, trained string
				ratio         float64
			}{{"classifier", "train", 0}, {"reconstruct", "pretrain", 0.6}} {
				used, err := r.find(model, c.batch, c.size, p.used, p.ratio)
				if err != nil {
					return "", err
				}
				step, err := r.find(model, c.batch, c.size, p.trained, p.ratio)
				if err != nil {
					return "", err
				}
				fmt.Fprintf(&b, " | %s | %s | %s (%.1f)", ms(used.MS), ms(step.ForwardMS), ms(step.MS), step.MS/step.ForwardMS)
			}
			dense, err := r.find(model, c.batch, c.size, "pretrain", 0)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, " | %s |\n", ms(dense.MS))
		}
	}
	return b.String(), nil
}

// peers is docs/figures/peers.json, which bench/peers/bench.mjs wrote.
type peers struct {
	Chromium string `json:"chromium"`
	Adapter  struct {
		Vendor       string `json:"vendor"`
		Architecture string `json:"architecture"`
	} `json:"adapter"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Packages map[string]string `json:"packages"`
	Runs     int               `json:"runs"`
	Results  []struct {
		Case   string  `json:"case"`
		Peer   string  `json:"peer"`
		MinMS  float64 `json:"minMs"`
		Diff   float64 `json:"diff"`
		Agrees bool    `json:"agrees"`
		Error  string  `json:"error"`
	} `json:"results"`
}

// engines are the rows of the table, in order; what each is, and its package.
var engines = []struct{ peer, title, pkg string }{
	{"unmask", "Unmask, WebGPU", ""},
	{"jaxjs-webgpu", "jax-js, WebGPU", "@jax-js/jax"},
	{"tfjs-webgpu", "TensorFlow.js, WebGPU", "@tensorflow/tfjs"},
	{"ort-webgpu", "onnxruntime-web, WebGPU", "onnxruntime-web"},
	{"ort-wasm", "onnxruntime-web, CPU", "onnxruntime-web"},
	{"unmask-cpu", "Unmask, CPU", ""},
}

// peerCases are the columns of the table.
var peerCases = []struct{ name, title string }{
	{"forward-b1-224", "forward, 1 at 224 px"},
	{"forward-b8-224", "forward, 8 at 224 px"},
	{"train-b16-96", "step, 16 at 96 px"},
	{"train-b4-224", "step, 4 at 224 px"},
}

// peersTable is Atto in one browser: the fastest run of each, since a shared
// machine only ever adds time.
func peersTable() (string, error) {
	var p peers
	if err := load("peers.json", &p); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Chromium %s, WebGPU on %s, %d cores of %s, the fastest of at least %d runs, milliseconds.\n\n|",
		p.Chromium, p.Adapter.Architecture, p.Cores, p.CPU, p.Runs)
	for _, c := range peerCases {
		b.WriteString(" | " + c.title)
	}
	b.WriteString(" |\n|---" + strings.Repeat("|---:", len(peerCases)) + "|\n")
	ours, rival := map[string]float64{}, map[string]float64{}
	for _, e := range engines {
		title := e.title
		if v := p.Packages[e.pkg]; v != "" {
			title = strings.Replace(title, ",", " "+v+",", 1)
		}
		b.WriteString("| " + title + " ")
		for _, c := range peerCases {
			cell := ""
			for _, r := range p.Results {
				if r.Case != c.name || r.Peer != e.peer {
					continue
				}
				if !r.Agrees {
					return "", fmt.Errorf("peers.json: %s of %s is wrong by %.2g: %s", c.name, e.peer, r.Diff, r.Error)
				}
				cell = ms(r.MinMS)
				if e.peer == "unmask" {
					ours[c.name] = r.MinMS
				} else if best := rival[c.name]; strings.HasSuffix(e.peer, "-webgpu") && (best == 0 || r.MinMS < best) {
					rival[c.name] = r.MinMS
				}
			}
			b.WriteString("| " + cell + " ")
		}
		b.WriteString("|\n")
	}
	b.WriteString("\nUnmask on WebGPU against the fastest library on WebGPU:")
	for i, c := range peerCases {
		if ours[c.name] == 0 || rival[c.name] == 0 {
			return "", fmt.Errorf("peers.json has no %s of ours and of a library", c.name)
		}
		sep := ","
		if i == 0 {
			sep = ""
		}
		fmt.Fprintf(&b, "%s %.1f times as fast (%s)", sep, rival[c.name]/ours[c.name], c.title)
	}
	b.WriteString(".\n")
	return b.String(), nil
}

func name(model string) string { return strings.ToUpper(model[:1]) + model[1:] }

// ms is a time with three digits.
func ms(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
