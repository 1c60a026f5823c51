// Package weights reads and writes checkpoint files and translates between the
// key styles of the official PyTorch code, timm and Hugging Face. It knows no
// model and executes nothing that a file contains.
//
// A file is input from strangers. Every length, offset and shape it states is
// held against the bytes that are there before anything is allocated, a pickle
// may name only what a checkpoint needs, and errors name the tensor.
package weights
