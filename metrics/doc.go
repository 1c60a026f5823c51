// Package metrics measures how good a reconstruction is: masked MSE, PSNR and
// SSIM, and the simple inpainting baselines that a model must beat. It works on
// plain float32 pictures and knows no model, no device and no file.
package metrics
