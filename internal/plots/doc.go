// Package plots draws what a training or an evaluation measured, good enough to
// show: curves, a confusion matrix, the feature distance by layer. The same input
// gives the same pixels. It is for native programs only: the browser's page draws
// with its own means and must not load this.
package plots
