"""Writes the goldens of training into testdata/golden.

    python3 goldens_train.py [FOLDER]

Gradients of all parameters, 50 steps of pre-training and fine-tuning, gradients
of single operations. Everything is computed in float64, as in goldens.py.
"""
import json
import os
import sys

import goldens
from golden_backward import backward_file
from golden_gradients import classifier, fcmae
from golden_steps import finetune_file, layer_decay, pretrain_file


def main():
    os.makedirs(goldens.FOLDER, exist_ok=True)
    goldens.write("ops_backward", *backward_file())
    goldens.write("grad_fcmae_raw_image", *fcmae(512))
    goldens.write("grad_fcmae_norm_image", *fcmae(128, norm_pix=True))
    goldens.write("grad_fcmae_raw_batch", *fcmae(64, scope="batch"))
    goldens.write("grad_classifier_smooth", *classifier(512, soft=False))
    goldens.write("grad_classifier_soft", *classifier(128, soft=True))
    with open(os.path.join(goldens.FOLDER, "layer_decay.json"), "w") as f:
        f.write(json.dumps(layer_decay(), indent=1) + "\n")
    goldens.write("pretrain_steps", *pretrain_file())
    goldens.write("finetune_steps", *finetune_file())


if __name__ == "__main__":
    goldens.FOLDER = sys.argv[1] if len(sys.argv) > 1 else goldens.FOLDER
    main()
