// Package model holds ConvNeXt V1 and V2, their classifier and the fully
// convolutional masked autoencoder (FCMAE, arXiv 2301.00808): sizes, parameters
// with the checkpoint's names, and the graphs that compute them. It reads no
// file and draws nothing.
//
// Dimensions: N images, H x W pixels, C channels, L patches of 32 x 32 pixels
// an image, V visible patches ("slots") of the whole batch, t positions along a
// side of a patch (8, 4, 2, 1 in the four stages). The encoder keeps only
// visible patches: stage s holds V*t*t rows of C channels.
package model
