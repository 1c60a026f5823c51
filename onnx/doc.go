// Package onnx writes a ConvNeXt classifier, or its encoder, as an ONNX file:
// opset 17, float32, any number of pictures of any size that is a multiple of
// 32 pixels. It knows the few messages of the format that such a file needs
// and no device: what the network computes is model's matter, and what it is
// held against are goldens of PyTorch and onnxruntime.
package onnx
