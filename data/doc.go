// Package data turns picture files into tensors: decoding, orientation,
// resizing, cropping, masks; folders and zips of pictures. It builds without a
// GPU and without cgo, natively and for the browser, and knows no model.
package data
