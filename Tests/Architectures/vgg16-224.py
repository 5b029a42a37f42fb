"""Scores of torchvision's vgg16_bn with its dense head at 224 pixels, in double precision: vgg16-224.py > vgg16-224.json.

138 million weights are no golden file, so both sides compute them: value i of array number n is a hash of (n, i), see uniform().
"""
import json
import math

import numpy as np
import torch
import torchvision.models as models

IMAGES, CLASSES, SIDE, INPUT_ARRAY = 2, 7, 224, 1000


def uniform(array, count):
    """Float32 values in [-1, 1) from the finaliser of MurmurHash3 over a counter."""
    with np.errstate(over="ignore"):
        h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(array) * np.uint32(0x85EBCA77)
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float32) * np.float32(2.0 ** -23) - np.float32(1)


def values(array, name, shape, norm):
    u = uniform(array, int(np.prod(shape)))
    if len(shape) > 1:
        u = u * np.float32(math.sqrt(6 / np.prod(shape[1:])))  # He et al. 2015, uniform
    elif name.endswith("running_var") or (norm and name.endswith("weight")):
        u = np.float32(1) + np.float32(0.25) * u
    else:
        u = np.float32(0.125) * u
    return torch.from_numpy(u.reshape(tuple(shape)))


def main():
    with torch.no_grad():
        model = models.vgg16_bn(weights=None, num_classes=CLASSES, init_weights=False).eval()
        state = {k: v for k, v in model.state_dict().items() if not k.endswith("num_batches_tracked")}
        norms = {k[: -len(".running_var")] for k in state if k.endswith("running_var")}
        for array, (name, tensor) in enumerate(state.items()):
            tensor.copy_(values(array, name, tensor.shape, name.rsplit(".", 1)[0] in norms))
        x = torch.from_numpy(uniform(INPUT_ARRAY, IMAGES * 3 * SIDE * SIDE).reshape(IMAGES, 3, SIDE, SIDE))
        print(json.dumps({"logits": model.double()(x.double()).tolist()}))


if __name__ == "__main__":
    main()
