// Package data turns picture files into tensors: decoding, orientation,
// resizing, cropping, masks; folders and zips of pictures; and for training,
// data sets with classes and splits, augmentation, the order of the steps, and
// a loader that works ahead of the GPU. It builds without a GPU and without
// cgo, natively and for the browser, and knows no model.
package data
