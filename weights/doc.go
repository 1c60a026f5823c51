// Package weights reads and writes checkpoint files and translates between the
// key styles of the official PyTorch code, timm and Hugging Face. It knows no
// model and executes nothing that a file contains.
package weights
