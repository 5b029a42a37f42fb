"""torchvision's classifiers as ONNX files with PyTorch's own scores beside them: torchvision-export.py FOLDER.

Random weights, biases and batch-norm statistics from fixed seeds; nothing is downloaded. Which model gets which opset and which way of
exporting is spread so that every form of graph that torch.onnx writes occurs.
"""
import sys

import torch
import torchvision.models as models
from torch import nn
from torch.onnx import TrainingMode

from onnx_case import randomise, write_case

# Keeps BatchNormalization and constant arithmetic that the exporter would fold away.
UNFOLDED = dict(training=TrainingMode.PRESERVE, do_constant_folding=False)

# name, model, side of the input, batch, classes, opset, further options
CASES = [
    ("resnet18", "resnet18", 96, 2, 1000, 11, dict(any_batch=True)),
    ("resnet18-any-size", "resnet18", 64, 2, 7, 13, dict(any_batch=True, any_size=True)),
    ("resnet50", "resnet50", 96, 2, 7, 13, dict(any_batch=True, **UNFOLDED)),
    ("mobilenet_v2", "mobilenet_v2", 224, 1, 1000, 11, dict(**UNFOLDED)),
    ("mobilenet_v2-any-batch", "mobilenet_v2", 64, 2, 7, 16, dict(any_batch=True)),
    ("mobilenet_v3_small", "mobilenet_v3_small", 96, 2, 7, 11, dict(any_batch=True)),
    ("mobilenet_v3_small-14", "mobilenet_v3_small", 64, 2, 7, 14, dict(any_batch=True, **UNFOLDED)),
    ("mobilenet_v3_large", "mobilenet_v3_large", 96, 2, 7, 16, dict(any_batch=True)),
    ("vgg16_bn", "vgg16_bn", 224, 1, 7, 13, dict(any_batch=True)),
    ("efficientnet_b0", "efficientnet_b0", 96, 2, 7, 13, dict(any_batch=True)),
    ("efficientnet_b0-unfolded", "efficientnet_b0", 64, 2, 7, 16, dict(any_batch=True, **UNFOLDED)),
    ("shufflenet_v2_x1_0", "shufflenet_v2_x1_0", 64, 1, 7, 11, dict()),
    ("shufflenet_v2_x1_0-any-batch", "shufflenet_v2_x1_0", 96, 2, 7, 13, dict(any_batch=True)),
    ("shufflenet_v2_x1_0-unfolded", "shufflenet_v2_x1_0", 64, 2, 7, 16, dict(any_batch=True, **UNFOLDED)),
    ("squeezenet1_1", "squeezenet1_1", 96, 2, 7, 11, dict(any_batch=True)),
    ("squeezenet1_0", "squeezenet1_0", 64, 1, 7, 16, dict(**UNFOLDED)),
    ("densenet121", "densenet121", 64, 2, 7, 13, dict(any_batch=True)),
    ("densenet121-unfolded", "densenet121", 64, 1, 7, 11, dict(**UNFOLDED)),
    ("googlenet", "googlenet", 96, 2, 7, 13, dict(any_batch=True)),
    ("mnasnet1_0", "mnasnet1_0", 64, 2, 7, 16, dict(any_batch=True)),
    ("regnet_y_400mf", "regnet_y_400mf", 64, 2, 7, 13, dict(any_batch=True)),
]


def make(name, classes):
    options = dict(weights=None, num_classes=classes)
    if name == "googlenet":
        options |= dict(aux_logits=False, init_weights=False)
    model = getattr(models, name)(**options)
    if name == "vgg16_bn":  # its two layers of 4096 are 480 MB of weights; 256 tell as much
        model.classifier[0], model.classifier[3], model.classifier[6] = nn.Linear(25088, 256), nn.Linear(256, 256), nn.Linear(256, classes)
    return model


def main(folder):
    for seed, (case, name, side, batch, classes, opset, options) in enumerate(CASES):
        torch.manual_seed(seed)
        x = torch.randn(batch, 3, side, side)
        model = randomise(make(name, classes), torch.cat([x, torch.randn(4 - batch, 3, side, side)]), seed)
        write_case(folder, case, model, x, opset, **options)
        print(case, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
