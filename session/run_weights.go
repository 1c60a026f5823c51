package session

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path"
	"strings"

	"unmask/onnx"
	"unmask/train"
	"unmask/weights"
)

// KeysONNX is the style of DoConvert that is no style but another format.
const KeysONNX = "onnx"

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

// doConvert sends the loaded weights under the names of a key style, or as ONNX.
func (s *Session) doConvert(c Command, send func(Event)) error {
	if s.file == nil {
		return problem("weights", fmt.Errorf("session: there are no weights yet"), "load some first")
	}
	name := strings.TrimSuffix(s.info.Name, path.Ext(s.info.Name))
	var b bytes.Buffer
	var err error
	if c.Keys == KeysONNX {
		name += ".onnx"
		err = s.writeONNX(&b)
	} else {
		style := weights.Style(cmp.Or(c.Keys, string(weights.OfficialStyle)))
		name += "-" + string(style) + ".safetensors"
		var f *weights.File
		if f, err = weights.Convert(s.file, style); err == nil {
			err = weights.WriteSafetensors(&b, f, cmp.Or(c.DType, "f32"))
		}
	}
	if err != nil {
		return problem("weights", err, "")
	}
	send(Event{Kind: EvFile, Note: name, Blobs: [][]byte{b.Bytes()}})
	return nil
}

// writeONNX writes the logits of a classifier, or the features of an encoder.
func (s *Session) writeONNX(w io.Writer) error {
	kind := onnx.Features
	if s.info.Classes > 0 {
		kind = onnx.Logits
	}
	_, err := onnx.Write(w, s.file, kind)
	return err
}
