"""Writes ten-steps.json: ten epochs of one full batch of a small network, trained by PyTorch. Needs torch and numpy; run it in this folder.

Pins the whole path of a training step: normalisation, layers, loss with class weights and label smoothing, clipping, warm-up and cosine,
Nesterov SGD with decay of weights only, running statistics, moving average, validation of the average; once more with the gradients of
sharpness-aware minimisation.
"""
import base64
import copy
import json
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(20240919)
IMAGES, SIDE, CLASSES, EPOCHS, WARM_UP = 12, 8, 3, 10, 2
RATE, MOMENTUM, DECAY, CLIP, SMOOTHING, AVERAGE = 0.2, 0.9, 0.01, 0.5, 0.1, 0.8
MEAN, DEVIATION, CLASS_WEIGHTS = 0.5, 0.25, [1.0, 2.0, 0.5]


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def floats(tensor):
    return encode(tensor.detach().numpy().astype("<f4"))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(6)
        self.classifier = nn.Linear(6, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.relu(self.norm2(self.conv2(x)))
        return self.classifier(x.mean((2, 3)))


pixels = torch.randint(0, 256, (IMAGES, SIDE * SIDE), dtype=torch.uint8)
classes = torch.arange(IMAGES) % CLASSES
x = ((pixels.float() / 255 - MEAN) / DEVIATION).reshape(IMAGES, 1, SIDE, SIDE)

start_state = copy.deepcopy(Net().state_dict())
start = {k: floats(v) for k, v in start_state.items() if v.dim() > 0}


def loss_of(net):
    return F.cross_entropy(net(x), classes, weight=torch.tensor(CLASS_WEIGHTS), label_smoothing=SMOOTHING)


def sharpness_aware(net, radius):
    """Adds radius * g / |g| to the weights and computes the gradients there, without a change of running statistics; Foret et al. 2020."""
    kept = copy.deepcopy(net.state_dict())
    with torch.no_grad():
        norm = torch.sqrt(sum((p.grad ** 2).sum() for p in net.parameters()))
        for p in net.parameters():
            p.add_(radius * p.grad / norm)
    net.zero_grad()
    loss_of(net).backward()
    net.load_state_dict(kept)


def train(radius=0.0):
    net, average = Net(), Net()
    net.load_state_dict(start_state)
    average.load_state_dict(start_state)
    weights = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() == 1]
    optimiser = torch.optim.SGD([{"params": weights, "weight_decay": DECAY}, {"params": others}], lr=1, momentum=MOMENTUM, nesterov=True)
    epochs = []
    for epoch in range(EPOCHS):
        t = epoch + 0.5  # the middle of the step, which is where the engine evaluates a schedule
        factor = t / WARM_UP if t < WARM_UP else 0.5 * (1 + math.cos(math.pi * (t - WARM_UP) / (EPOCHS - WARM_UP)))
        for group in optimiser.param_groups:
            group["lr"] = RATE * factor
        net.train()
        loss = loss_of(net)
        optimiser.zero_grad()
        loss.backward()
        if radius > 0:
            sharpness_aware(net, radius)
        norm = nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        optimiser.step()
        keep = min(AVERAGE, (2 + epoch) / (11 + epoch))
        with torch.no_grad():
            for a, v in zip(average.state_dict().values(), net.state_dict().values()):
                if v.dim() > 0:
                    a.add_((1 - keep) * (v - a))
        average.eval()
        with torch.no_grad():
            validation = F.cross_entropy(average(x), classes)
        epochs.append({"trainLoss": loss.item(), "validationLoss": validation.item(), "norm": norm.item()})
    return {"radius": radius, "epochs": epochs, "end": {k: floats(v) for k, v in net.state_dict().items() if v.dim() > 0}}


with open("ten-steps.json", "w") as f:
    json.dump({"pixels": encode(pixels.numpy()), "start": start, "runs": {"plain": train(), "sharpness-aware": train(0.3)}}, f, indent=1)
    f.write("\n")
