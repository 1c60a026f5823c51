// Package train is learning: AdamW with the schedules, layer-wise decay and
// stochastic depth of the official ConvNeXt V2 code, the loops of pre-training
// and fine-tuning, their logs and checkpoints, and evaluation. It runs on any
// device and writes to any Store, so that the command line, the desktop window
// and the browser's Worker share it; it draws nothing.
package train
