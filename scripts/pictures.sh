#!/usr/bin/env bash
# Makes the pictures of README.md: the weights' honest answers on our own scenes.
set -euo pipefail
mkdir -p docs/pictures
for name in landscape street; do
	bin/unmask reconstruct "static/samples/$name.jpg" --seed 7 -o "docs/pictures/$name.png"
	bin/unmask reconstruct "static/samples/$name.jpg" --seed 7 --dark -o "docs/pictures/$name-dark.png"
done
