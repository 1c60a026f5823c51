package session

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"unmask/onnx"
	"unmask/train"
	"unmask/weights"
)

// The formats of DoExport.
const (
	FormatOfficial = "official" // safetensors, the official code's names
	FormatTimm     = "timm"     // safetensors, timm's names
	FormatONNX     = "onnx"     // a classifier's logits, or the encoder's features
)

// withRun does f with the best weights of the project's run of a kind in the place
// of the loaded ones, which stay for the next command; "" is those themselves.
func (s *Session) withRun(kind train.Kind, f func() error) error {
	if kind == "" {
		return f()
	}
	if s.aside.net == nil || s.asideOf != kind {
		s.dropAside()
		b, err := s.runFile(kind, train.BestFile)
		if err != nil {
			return err
		}
		file, err := weights.Read(s.project.name, b)
		if err != nil {
			return problem("weights", err, "train anew")
		}
		if s.aside, err = s.upload(s.project.name, file); err != nil {
			return err
		}
		s.asideOf = kind
	}
	s.loaded, s.aside = s.aside, s.loaded
	defer func() { s.loaded, s.aside = s.aside, s.loaded }()
	return f()
}

// dropAside forgets the run's weights that withRun has read.
func (s *Session) dropAside() {
	if s.aside.net != nil && s.dev != nil {
		s.aside.net.Release()
	}
	s.aside, s.asideOf = loaded{}, ""
}

// doLog sends the validations of a run.
func (s *Session) doLog(c Command, send func(Event)) error {
	p, err := s.opened()
	if err != nil {
		return err
	}
	lines, err := train.ReadLog(runStore{p.files, c.Kind})
	if err != nil {
		return explained(err)
	}
	send(Event{Kind: EvLog, Lines: lines})
	return nil
}

// doExport writes weights in another format: the best ones of a run, or those that
// are loaded.
func (s *Session) doExport(c Command, send func(Event)) error {
	return s.withRun(c.Kind, func() error {
		if s.file == nil {
			return problem("weights", fmt.Errorf("session: there are no weights yet"), "load some first")
		}
		name, b, err := converted(strings.TrimSuffix(s.info.Name, path.Ext(s.info.Name)), s.file, c.Format)
		if err != nil {
			return problem("weights", err, "export the official safetensors; unmask convert writes the rest from it")
		}
		send(Event{Kind: EvFile, Note: name, Blobs: [][]byte{b}})
		return nil
	})
}

// converted is a weights file with official names in another format, and its name.
func converted(name string, file *weights.File, format string) (string, []byte, error) {
	var out bytes.Buffer
	var err error
	switch format {
	case FormatOfficial:
		err = weights.WriteSafetensors(&out, file, "f32")
		return name + ".safetensors", out.Bytes(), err
	case FormatTimm:
		if file, err = weights.Convert(file, weights.Timm); err == nil {
			err = weights.WriteSafetensors(&out, file, "f32")
		}
		return name + "-timm.safetensors", out.Bytes(), err
	case FormatONNX:
		kind := onnx.Features
		if slices.ContainsFunc(file.Tensors, func(t weights.Tensor) bool { return t.Name == "head.weight" }) {
			kind = onnx.Logits
		}
		_, err = onnx.Write(&out, file, kind)
		return name + ".onnx", out.Bytes(), err
	}
	return "", nil, fmt.Errorf("session: no format %q", format)
}
