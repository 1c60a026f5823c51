"""Prints the SSIM values that ssim_test.go holds, as skimage computes them.
Needs scikit-image."""
import numpy as np
from skimage.metrics import structural_similarity


def pattern(w, h, k):
    y, x, c = np.mgrid[:h, :w, :3]
    return ((x * 37 + y * 59 + c * 83 + x * y * k) % 256).astype(np.float32) / np.float32(255)


for w, h in [(11, 11), (41, 23), (64, 96)]:
    a, b = pattern(w, h, 5), pattern(w, h, 7)
    for x in [b, (a + b) / np.float32(2), a * np.float32(0.5)]:
        v = structural_similarity(a.astype(np.float64), x.astype(np.float64), data_range=1, channel_axis=2,
                                  gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
        print(w, h, repr(float(v)))
