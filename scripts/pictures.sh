#!/usr/bin/env bash
# Makes the documents' pictures: what the weights make of our own scenes. The seed
# is the same for all; none is chosen for its luck.
set -euo pipefail
mkdir -p docs/pictures
for name in fur flowers street; do
	bin/unmask reconstruct "static/samples/$name.jpg" --seed 7 -o "docs/pictures/$name.png"
	bin/unmask reconstruct "static/samples/$name.jpg" --seed 7 --dark -o "docs/pictures/$name-dark.png"
done
