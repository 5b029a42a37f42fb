"""Trains heads on given features as PyTorch does: head-training.py FOLDER reads FOLDER/*.in.json and writes FOLDER/*.out.json.

In: features [N][H·W·C], shape [H, W, C], labels, parameters (first weights, in order), epochs, lr, smoothing; one step of Adam an epoch, on all.
Out: the parameters after each epoch, with the standardisation of the features folded into the first layer.
"""
import glob
import json
import os
import sys

import torch
import torch.nn.functional as F


def logits(x, p):
    if p[0].dim() == 4:  # [N, C, H, W]: convolution, ReLU, mean
        return F.relu(F.conv2d(x, p[0], p[1])).mean((2, 3))
    x = x.mean((2, 3))  # of one pixel
    if len(p) == 4:
        return F.linear(F.relu(F.linear(x, p[0], p[1])), p[2], p[3])
    return F.linear(x, p[0], p[1])


def train(case):
    h, w, c = case["shape"]
    x = torch.tensor(case["features"], dtype=torch.float64).reshape(-1, h, w, c).permute(0, 3, 1, 2)
    mean, deviation = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False).sqrt()
    deviation[deviation <= 1e-6] = 1
    x = (x - mean[None, :, None, None]) / deviation[None, :, None, None]
    y = torch.tensor(case["labels"])
    p = [torch.tensor(a["values"], dtype=torch.float64).reshape(a["dimensions"]).requires_grad_() for a in case["parameters"]]
    optimiser = torch.optim.Adam(p, lr=case["lr"])
    epochs = []
    for _ in range(case["epochs"]):
        optimiser.zero_grad()
        F.cross_entropy(logits(x, p), y, label_smoothing=case["smoothing"]).backward()
        optimiser.step()
        with torch.no_grad():
            plain = p[0] / deviation.reshape((1, -1) + (1,) * (p[0].dim() - 2))
            bias = p[1] - (plain.reshape(plain.shape[0], -1) * mean).sum(1)
            epochs.append([a.flatten().tolist() for a in (plain, bias, *p[2:])])
    return epochs


def main(folder):
    for path in glob.glob(os.path.join(folder, "*.in.json")):
        with open(path) as f:
            case = json.load(f)
        with open(path[: -len(".in.json")] + ".out.json", "w") as f:
            json.dump(train(case), f)


if __name__ == "__main__":
    main(sys.argv[1])
