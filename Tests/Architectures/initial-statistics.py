"""How torchvision draws the first weights of our backbones: initial-statistics.py FOLDER writes FOLDER/statistics.json.

{backbone: {parameter: [mean, standard deviation, largest absolute value]}}
"""
import json
import os
import sys

import torch
import torchvision.models as models

MODELS = {
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "mobilenet-v2": models.mobilenet_v2,
    "mobilenet-v3-small": models.mobilenet_v3_small,
    "efficientnet-b0": models.efficientnet_b0,
    "vgg16": models.vgg16_bn,
}


def statistics(make):
    torch.manual_seed(1)
    state = make(weights=None, num_classes=7).state_dict()
    return {name: [v.mean().item(), v.std(unbiased=False).item(), v.abs().max().item()] for name, v in state.items() if v.is_floating_point()}


def main(folder):
    with open(os.path.join(folder, "statistics.json"), "w") as f:
        json.dump({name: statistics(make) for name, make in MODELS.items()}, f)


if __name__ == "__main__":
    main(sys.argv[1])
