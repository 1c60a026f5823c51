// Package session is the UI-free controller of Unmask: typed commands in, typed
// events out. The command line, the desktop window and the browser's Worker all
// drive this one; it draws nothing and knows no DOM, terminal or window.
package session

import (
	"unmask/internal/device"
	"unmask/internal/tune"
	"unmask/train"
)

// Command is what a front end asks for. Do selects the action; the other
// fields are its arguments. Large bytes travel beside the JSON, in Blob.
type Command struct {
	ID     int     `json:"id"` // copied into every event it causes
	Do     string  `json:"do"`
	Job    int     `json:"job,omitempty"`    // cancel: the ID of the command that it ends; 0: the one that works
	Name   string  `json:"name,omitempty"`   // file name, for messages; rename: the new name
	Prefer string  `json:"prefer,omitempty"` // open: auto, gpu or cpu
	Warm   string  `json:"warm,omitempty"`   // open: a size, "atto", of the masked autoencoder that will be asked first
	Size   int     `json:"size,omitempty"`   // picture: shorter side in pixels
	Hidden string  `json:"hidden,omitempty"` // reconstruct, features, channels, leak: mask bits, row-major, 1 = hidden
	TopK   int     `json:"topk,omitempty"`   // classify
	Batch  int     `json:"batch,omitempty"`  // forward
	Labels []int   `json:"labels,omitempty"` // step, gradients: a class for each picture
	LR     float64 `json:"lr,omitempty"`     // step: learning rate

	Layer  string `json:"layer,omitempty"`  // channels: one of Event.Layers
	Shared bool   `json:"shared,omitempty"` // channels: one scale for all

	Ratio  float64   `json:"ratio,omitempty"`  // whole: hidden part of each mask
	Ratios []float64 `json:"ratios,omitempty"` // sweep: hidden part of one mask after the other
	Seed   uint64    `json:"seed,omitempty"`   // whole, sweep: of the masks
	Masks  int       `json:"masks,omitempty"`  // whole: how many
	Width  int       `json:"width,omitempty"`  // animate
	Height int       `json:"height,omitempty"` // animate
	Delays []int     `json:"delays,omitempty"` // animate: how long each frame stays, in ms

	// Tensors describes Blob of DoTensors: little-endian float32 values, one
	// tensor after the other, official names and PyTorch axis order.
	Tensors []TensorSpec `json:"tensors,omitempty"`

	Project string     `json:"project,omitempty"` // project, delete, rename
	Paths   []string   `json:"paths,omitempty"`   // add, move, remove, thumbs: pictures of the project, "class/name.jpg"
	Class   string     `json:"class,omitempty"`   // move: the class they come to; keepclass, dropclass
	More    bool       `json:"more,omitempty"`    // add, keepclass, dropclass: another change follows, so that the answer is short
	Kind    train.Kind `json:"kind,omitempty"`    // train, resume, log, runfile, forget, weights: which of the project's runs; classify, convert, scores: the one whose best weights answer
	Plan    *TrainPlan `json:"plan,omitempty"`    // plan, train

	Keys  string `json:"keys,omitempty"`  // convert: official, official-pretrain, timm, hf, or onnx
	DType string `json:"dtype,omitempty"` // convert: f32 or f16

	Blob  []byte   `json:"-"` // the first of Blobs
	Blobs [][]byte `json:"-"` // add: the files of Paths; animate: RGBA frames
}

// TensorSpec names one tensor of a Command's blob.
type TensorSpec struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
}

// The actions.
const (
	DoOpen        = "open"        // choose a device; answers EvDevice
	DoWeights     = "weights"     // Blob is a weights file, or Kind names the run whose best ones are taken; answers EvWeights
	DoTensors     = "tensors"     // Blob holds raw tensors of a classifier; answers EvWeights
	DoPicture     = "picture"     // Blob is an image file; answers EvPicture, blobs: RGBA
	DoReconstruct = "reconstruct" // answers EvReconstruction, blobs: reconstruction RGBA, composite RGBA
	DoWhole       = "whole"       // predict every patch from Masks complementary masks: EvProgress, then EvWhole, blobs: RGBA
	DoSweep       = "sweep"       // reconstruct at each of Ratios: an EvSweep each, blobs: composite RGBA
	DoCancel      = "cancel"      // end Job: a whole, sweep, collapse, selftest, bench or tune under way: it answers EvCancelled, as it does when it gives way
	DoAnimate     = "animate"     // Blobs are frames of Width x Height; answers EvAnimation, blobs: an animated GIF
	DoFeatures    = "features"    // answers EvFeatures, blobs: float32 (H, W, C) of each layer, in the order of Tensors
	DoChannels    = "channels"    // one layer for the picture in hand; answers EvChannels, blobs: its maps
	DoCollapse    = "collapse"    // how alike the channels are, for the picture in hand: EvProgress, then EvCollapse, or EvCancelled where it gives way
	DoLeak        = "leak"        // how far what is visible reaches; answers EvLeak, blobs: a map for each layer
	DoClassify    = "classify"    // Blob is an image file; answers EvClasses, blobs: float32 logits
	DoForward     = "forward"     // Blob is (Batch, Size, Size, 3) float32, normalised; answers EvLogits, blobs: float32 logits
	DoStep        = "step"        // Blob is (len(Labels), Size, Size, 3) float32: one raw step of Adam; answers EvLoss
	DoGradients   = "gradients"   // likewise; answers EvGradients, blobs: float32 gradients, in the order of Tensors
	DoSelfTest    = "selftest"    // EvProgress per op, then EvSelfTest; a cancel ends it early
	DoBench       = "bench"       // times the device: EvProgress and EvBench with what is known so far, a case after the other
	DoTune        = "tune"        // measures the kernels of the device and keeps the fastest; answers EvTuned, with a Note where it could not be kept; a cancel ends it
	DoUntune      = "untune"      // back to the device's defaults; answers EvTuned, likewise
	DoLose        = "lose"        // destroy the device on purpose, for tests of recovery; during a run that of the run

	DoProjects  = "projects"  // answers EvProjects
	DoProject   = "project"   // open or make one, closing the last; answers EvProject
	DoDelete    = "delete"    // delete one with all that is in it; answers EvProjects
	DoRename    = "rename"    // Project is called Name from now on; answers EvProject if it is the open one, then EvProjects
	DoAdd       = "add"       // pictures, or zip files of them; answers EvProject with Refused, or EvError alone where the disk takes no more
	DoMove      = "move"      // Paths to Class; answers EvProject
	DoRemove    = "remove"    // Paths; answers EvProject
	DoKeepClass = "keepclass" // keep Class even without pictures; answers EvProject
	DoDropClass = "dropclass" // no longer; answers EvProject
	DoThumbs    = "thumbs"    // answers EvThumbs, blobs: RGBA of Size x Size for each path, empty where it cannot be read
	DoPlan      = "plan"      // what a run would be; answers EvRun
	DoTrain     = "train"     // begin a run: EvRun, then EvTrain a step, EvEpoch, EvSamples and EvSaved, EvTrained at its end
	DoResume    = "resume"    // go on with the run of Kind; likewise
	DoStop      = "stop"      // the run under way: it saves itself and answers its EvTrained; a job of the device meanwhile ends early
	DoForget    = "forget"    // delete the run of Kind; answers EvProject
	DoRunFile   = "runfile"   // file Name of the run of Kind; answers EvFile
	DoPack      = "pack"      // the open project as one file; answers EvFile
	DoUnpack    = "unpack"    // Blob is a project file: opens it as Project, or under a name that is free; answers EvProject
	DoConvert   = "convert"   // the weights as a safetensors or ONNX file; answers EvFile
	DoLog       = "log"       // the validations of the run of Kind so far; answers EvLog
	DoScores    = "scores"    // the best weights of the run on its validation pictures; answers EvScores
)

// Event is what happened. Blobs travel beside the JSON.
type Event struct {
	ID    int      `json:"id"`
	Kind  string   `json:"kind"`
	Error *Problem `json:"error,omitempty"`

	Device         *device.Info    `json:"device,omitempty"`
	Note           string          `json:"note,omitempty"` // plain words for the user, such as "scaled down to 4096 px"
	Weights        *WeightsInfo    `json:"weights,omitempty"`
	Picture        *PictureInfo    `json:"picture,omitempty"`
	Reconstruction *Reconstruction `json:"reconstruction,omitempty"`
	Whole          *Whole          `json:"whole,omitempty"`
	Sweep          *SweepStep      `json:"sweep,omitempty"`
	Classes        []ClassScore    `json:"classes,omitempty"`
	Loss           *float64        `json:"loss,omitempty"`    // step, gradients: mean cross-entropy before the step
	Tensors        []TensorSpec    `json:"tensors,omitempty"` // gradients, features: what the blobs are
	Channels       *Channels       `json:"channels,omitempty"`
	Layers         []string        `json:"layers,omitempty"` // channels: what else there is
	Collapse       *CollapseReport `json:"collapse,omitempty"`
	Leak           []LeakLayer     `json:"leak,omitempty"`
	Progress       *Progress       `json:"progress,omitempty"`
	SelfTest       []OpResult      `json:"selftest,omitempty"`
	Partial        bool            `json:"partial,omitempty"` // selftest: it was ended early; bench: there is more to come
	Bench          *BenchReport    `json:"bench,omitempty"`
	Tuned          *tune.Choice    `json:"tuned,omitempty"` // device, tuned: what was measured, nil for the defaults

	Projects *ProjectList `json:"projects,omitempty"`
	Project  *ProjectInfo `json:"project,omitempty"`
	Run      *RunInfo     `json:"run,omitempty"`
	Step     *train.Step  `json:"step,omitempty"`
	Line     *train.Line  `json:"line,omitempty"`
	Lines    []train.Line `json:"lines,omitempty"`
	Samples  []SampleInfo `json:"samples,omitempty"`
	Scores   *ClassReport `json:"scores,omitempty"`

	Blobs [][]byte `json:"-"`
}

// The kinds of event.
const (
	EvReady          = "ready" // the engine runs and waits for commands
	EvDevice         = "device"
	EvWeights        = "weights"
	EvPicture        = "picture"
	EvReconstruction = "reconstruction"
	EvWhole          = "whole"
	EvSweep          = "sweep"
	EvCancelled      = "cancelled"
	EvAnimation      = "animation"
	EvFeatures       = "features"
	EvChannels       = "channels"
	EvCollapse       = "collapse"
	EvLeak           = "leak"
	EvClasses        = "classes"
	EvLogits         = "logits"
	EvLoss           = "loss"
	EvGradients      = "gradients"
	EvProgress       = "progress"
	EvSelfTest       = "selftest"
	EvBench          = "bench"
	EvTuned          = "tuned"
	EvProjects       = "projects"
	EvProject        = "project"
	EvThumbs         = "thumbs"
	EvRun            = "run"   // a run as it begins, or would
	EvTrain          = "train" // a step was done
	EvEpoch          = "epoch" // a validation
	EvSamples        = "samples"
	EvSaved          = "saved"
	EvNote           = "note" // plain words about a run that goes on
	EvTrained        = "trained"
	EvFile           = "file" // blobs: the file
	EvLog            = "log"
	EvScores         = "scores"
	EvError          = "error"
)

// Problem is an error for people: what went wrong and what to do about it.
type Problem struct {
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	Code   string `json:"code,omitempty"` // "picture", "weights", "mask", "device", "memory", "project", "training", "internal"
}

// WeightsInfo describes loaded weights.
type WeightsInfo struct {
	Name       string `json:"name"`
	Model      string `json:"model"` // "atto"
	Params     int    `json:"params"`
	HasDecoder bool   `json:"has_decoder"`
	Classes    int    `json:"classes"`
	NormPix    bool   `json:"norm_pix"`
	Licence    string `json:"licence,omitempty"`
	Report     string `json:"report,omitempty"`   // what matched, was missing or extra
	Format     string `json:"format,omitempty"`   // safetensors, pytorch-zip, pytorch-legacy
	Keys       string `json:"keys,omitempty"`     // the key style that was found
	DType      string `json:"dtype,omitempty"`    // of the file's values, "F16" or "F16, F32"
	Bytes      int    `json:"bytes,omitempty"`    // of the file
	Check      bool   `json:"check,omitempty"`    // it carries a check picture's logits
	Labels     string `json:"labels,omitempty"`   // the first of its classes, separated by commas
	Prepares   string `json:"prepares,omitempty"` // weights.MetaPreprocessing, JSON
}

// PictureInfo describes the picture in hand, after it was brought to size.
type PictureInfo struct {
	Name   string `json:"name"`
	Width  int    `json:"width"`  // a multiple of 32
	Height int    `json:"height"` // a multiple of 32
	Rows   int    `json:"rows"`   // Height / 32
	Cols   int    `json:"cols"`   // Width / 32
}

// Reconstruction is the JSON contract of `unmask reconstruct --json`.
type Reconstruction struct {
	Loss    float64            `json:"loss"` // masked MSE of the training target
	PSNR    float64            `json:"psnr"` // of the hidden pixels, dB
	SSIM    float64            `json:"ssim"` // of the composite
	Patches int                `json:"patches"`
	Masked  int                `json:"masked"`
	Visible []int              `json:"visible"` // row-major
	MS      map[string]float64 `json:"ms"`      // "compile": plan and kernels, next to 0 where they are known; "forward"; "total"
	Adapter string             `json:"adapter"`
	Weights string             `json:"weights"`
}

// ClassScore is one answer of a classifier.
type ClassScore struct {
	Index int     `json:"index"`
	Label string  `json:"label"`
	P     float64 `json:"p"`
}

// Progress of a longer action.
type Progress struct {
	What  string  `json:"what"`
	Done  float64 `json:"done"`
	Total float64 `json:"total"`
	Unit  string  `json:"unit"` // "MB", "ops"
}

// OpResult is the outcome of one op's self-test.
type OpResult struct {
	Op     string  `json:"op"`
	Kernel string  `json:"kernel"`
	Cases  int     `json:"cases"`
	Share  float64 `json:"share"` // worst share of the allowed error
	OK     bool    `json:"ok"`
	Detail string  `json:"detail,omitempty"`
}
