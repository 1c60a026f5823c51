package app

import (
	"fmt"
	"strings"

	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/session"
)

// modelsView draws the state models.
type modelsView struct {
	*models
	h        *Home
	projects projectView
}

func newModelsView(h *Home, a *album) *modelsView {
	v := &modelsView{models: newModels(a), h: h}
	v.projects = projectView{album: a, prefix: "models", listed: true, send: v.send}
	return v
}

func (v *modelsView) address() string { return "models" }
func (v *modelsView) title() string   { return "Models" }
func (v *modelsView) leave()          {}

func (v *modelsView) begin() []request {
	v.models.begin()
	return nil
}

func (v *modelsView) handle(e session.Event) []request { return v.models.handle(e) }

func (v *modelsView) enter() []request {
	v.askPersisted("persisted")
	if requests := v.album.enter(); requests != nil {
		return requests
	}
	return v.measure()
}

func (v *modelsView) send(requests []request) { v.h.sendFor(v, requests) }

// files takes a project file, or weights and pictures in hand.
func (v *modelsView) files(list ui.Value) []request {
	for i := range list.Length() {
		file := list.Index(i)
		name := file.Get("name").String()
		if !strings.HasSuffix(strings.ToLower(name), ".zip") {
			continue
		}
		if v.h.fits("project", name, file.Get("size").Float()/1e6, maxZipBytes/1e6, "Unpack it and train by the command line: unmask finetune FOLDER.") {
			return v.unpack(addressOf(file), name)
		}
		return nil
	}
	v.h.takeInHand(list)
	return nil
}

func (v *modelsView) render() ui.UI {
	return ui.Div().Class("desk models").Body(
		ui.Div().Class("desk-main").Body(v.weightsPart(), v.projectsPart()),
		ui.Div().Class("desk-side").Body(v.exportPart(), v.roomPart()),
	)
}

// weightsPart tells of the weights in force and takes others.
func (v *modelsView) weightsPart() ui.UI {
	rows := v.weightsFacts()
	if rows == nil {
		rows = [][2]string{{"File", "None yet"}}
	}
	load := func() { v.h.send(v.models.address(ui.Window().Get("location").Get("href").String())) }
	return section("weights-part", "Weights",
		facts("weights-facts", rows).Class("wide"),
		ui.Div().Class("card-buttons").Body(
			filesButton("models-weights", "button primary", "Open a file", "Open a file of weights", strings.Join(session.WeightsTypes, ","), false, false,
				func(list ui.Value) { v.h.takeInHand(list) }),
			pushButton("models-default", "button", "Those of this page", v.net == defaultNet, func() { v.h.send(v.load(defaultNet)) }),
		),
		ui.P().Class("hint").Text("Files of the official code, of timm, of Hugging Face and of this program are told apart by what is in them: safetensors, .pt or .pth, ConvNeXt V1, V2 and FCMAE. Nothing in a file is executed. Dropping one here works, too."),
		ui.Div().Class("by-address").Body(
			ui.Label().For("weights-address").Text("By address"),
			ui.Input().ID("weights-address").Type("text").Placeholder("https://…/model.safetensors").Value(v.typed).
				OnInput(func(ctx ui.Context, _ ui.Event) { v.typed = ctx.JSSrc().Get("value").String() }).
				OnKeyDown(func(_ ui.Context, e ui.Event) {
					if e.Get("key").String() == "Enter" {
						load()
					}
				}),
			pushButton("load-address", "button", "Look", false, load),
		),
		slot(v.foreignNote()),
	)
}

// foreignNote offers an address of another site as a link.
func (v *modelsView) foreignNote() ui.UI {
	if v.foreign == "" {
		return nil
	}
	return ui.Div().ID("foreign").Class("notice plain").Role("status").Body(
		ui.P().Body(
			ui.Text("That file lies on "), ui.Strong().Text(host(v.foreign)),
			ui.Text(". This page asks no other site for anything. Your browser fetches it if you follow the link; then open the file here. "),
			ui.A().Href(v.foreign).Rel("noreferrer noopener").Target("_blank").Text(v.foreign),
		))
}

// exportPart saves the weights in force for other programs.
func (v *modelsView) exportPart() ui.UI {
	off := v.weights == nil || v.desk.stopped
	var styles []option
	for _, k := range keyStyles {
		styles = append(styles, option{"keys-" + k.style, k.name, v.keys == k.style, func() { v.keys = k.style }, k.title, ""})
	}
	return section("export-part", "Take the weights with you",
		segmented("keys", "Names of the tensors", off, styles...),
		segmented("dtype", "Stored as", off,
			option{"dtype-f32", "32 bits", !v.half, func() { v.half = false }, "float32", ""},
			option{"dtype-f16", "16 bits", v.half, func() { v.half = true }, "float16: half the size", ""}),
		ui.Div().Class("export-buttons").Body(
			pushButton("models-export", "button primary", "safetensors", off, func() { v.send(v.export(v.keys)) }),
			pushButton("models-onnx", "button", "ONNX", off, func() { v.send(v.export(session.KeysONNX)) }),
		),
		ui.P().Class("hint").Text("The file holds what a program needs beside the values: picture size, resizing, mean and spread, class names, licence. Those of a classifier trained here also hold what it answers to a picture that anyone can make. ONNX holds the classifier, or the features where there is none, always in 32 bits. Weights of a run are in Classify and Pre-train, and below its project."),
	)
}

// projectsPart lists the projects and what the open one holds.
func (v *modelsView) projectsPart() ui.UI {
	busy := v.busy()
	return section("projects-part", "Projects",
		v.projects.render(),
		ui.Ul().ID("project-list").Class("project-list").Body(ui.Range(v.names).Slice(func(i int) ui.UI {
			return ui.Li().Body(v.projectRow(i, v.names[i])...)
		})),
		ui.Div().Class("card-buttons").Body(
			pushButton("pack", "button primary", "Save the open one as a file", busy || v.info == nil, func() { v.send(v.pack()) }),
			filesButton("unpack", "button", "Open a project file", "Open a project file", ".zip", false, busy, func(list ui.Value) { v.send(v.files(list)) }),
		),
		ui.P().Class("hint").Text("A project file is a zip: classes, pictures, settings, logs and weights. It opens here, in any browser, and its folder pictures is what unmask finetune takes. The sizes in the list count what was trained and pictures that were removed, too."),
		slot(v.runsPart()),
	)
}

// runsPart offers the files of the open project's runs.
func (v *modelsView) runsPart() ui.UI {
	if v.info == nil || len(v.info.Runs) == 0 {
		return nil
	}
	names := map[session.Kind]string{session.Finetune: "Classifier", session.Pretrain: "Masked autoencoder"}
	return ui.Div().ID("runs").Class("runs").Body(
		ui.H3().Text("What was trained in "+v.info.Name),
		ui.Range(v.info.Runs).Slice(func(i int) ui.UI {
			r := v.info.Runs[i]
			text := fmt.Sprintf("%s, %s of %d", names[r.Kind], plural(r.Step, "step", "steps"), r.Total)
			return ui.Div().Class("run-files").Body(
				ui.P().Text(text),
				ui.Div().Class("card-buttons").Body(ui.Range(runFiles).Slice(func(k int) ui.UI {
					file := runFiles[k]
					return pushButton(string(r.Kind)+"-"+strings.ReplaceAll(file, ".", "-"), "button small", file, v.busy() || file == "best.safetensors" && !r.Best,
						func() { v.send(v.runFile(r.Kind, file)) }, r.Kind, file)
				})),
			)
		}),
	)
}

// roomPart tells how much is kept in the browser and for how long.
func (v *modelsView) roomPart() ui.UI {
	text := "How much is kept is not known yet."
	if v.used > 0 || v.most > 0 {
		text = megabytes(float64(v.used)) + " are kept"
		if v.most > 0 {
			text += ", of " + megabytes(float64(v.most)) + " that this site may take"
		}
		text += "."
	}
	kept := "The browser may clear it when the disk is nearly full."
	if v.persisted != nil && *v.persisted {
		kept = "The browser has promised to clear it only when you say so."
	}
	return section("room", "Room on this device",
		ui.Progress().ID("room-used").Class("bar").Aria("label", "Room taken").Max(max(1, v.most)).Value(v.used),
		ui.P().ID("room-text").Text(text),
		ui.P().ID("room-kept").Class("hint").Text(kept+" It is in this browser on this device, and nowhere else."),
		ui.Div().Class("card-buttons").Body(
			pushButton("persist", "button", "Ask the browser to keep it", v.persisted != nil && *v.persisted, func() { v.askPersisted("persist") })),
	)
}

// keepForGood asks the browser, once, not to clear what people begin to keep here.
func (h *Home) keepForGood() {
	if storage := ui.Window().Get("navigator").Get("storage"); !h.keptAsked && storage.Truthy() && storage.Get("persist").Truthy() {
		promised(storage.Call("persist"), func(ui.Value) {}, func(ui.Value) {}) // Models tells what came of it
	}
	h.keptAsked = true
}

// askPersisted asks whether the files are kept for good, or that they be.
func (v *modelsView) askPersisted(method string) {
	storage := ui.Window().Get("navigator").Get("storage")
	if !storage.Truthy() || !storage.Get(method).Truthy() {
		return
	}
	promised(storage.Call(method), func(answer ui.Value) {
		v.h.ctx.Dispatch(func(ui.Context) {
			kept := answer.Bool()
			v.persisted = &kept
		})
	}, func(ui.Value) {}) // then it stays unknown
}
