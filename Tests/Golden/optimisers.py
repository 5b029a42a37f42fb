"""Writes optimisers.json: twenty steps of PyTorch's optimisers on given gradients. Needs torch and numpy; run it in this folder.

Two parameters: "weight", which decays, and "bias", which does not. All numbers are little-endian float32 in base64.
"""
import base64
import json

import torch

torch.manual_seed(20240918)
STEPS, WEIGHT, BIAS = 20, 37, 5  # 37 leaves a tail behind every vector width


def encode(tensor):
    return base64.b64encode(tensor.detach().float().contiguous().numpy().astype("<f4").tobytes()).decode()


weight, bias = torch.randn(WEIGHT), torch.randn(BIAS)
gradients = [(torch.randn(WEIGHT), torch.randn(BIAS)) for _ in range(STEPS)]
rates = [0.05 * (1 - t / 40) for t in range(STEPS)]  # a schedule, so that no optimiser may assume a constant rate

cases = {}
for name, make, decay in [
    ("sgd", lambda g: torch.optim.SGD(g, lr=1), 0),
    ("sgd-momentum", lambda g: torch.optim.SGD(g, lr=1, momentum=0.9), 0.01),
    ("sgd-nesterov", lambda g: torch.optim.SGD(g, lr=1, momentum=0.9, nesterov=True), 0),
    ("sgd-nesterov-decay", lambda g: torch.optim.SGD(g, lr=1, momentum=0.9, nesterov=True), 0.01),
    ("adam", lambda g: torch.optim.Adam(g), 0),
    ("adam-decay", lambda g: torch.optim.Adam(g), 0.01),
    ("adamw", lambda g: torch.optim.AdamW(g), 0.01),
    ("radam", lambda g: torch.optim.RAdam(g), 0),
    ("radam-decay", lambda g: torch.optim.RAdam(g), 0.01),
]:
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimiser = make([{"params": [w], "weight_decay": decay}, {"params": [b], "weight_decay": 0}])
    after = []
    for (dw, db), rate in zip(gradients, rates):
        for group in optimiser.param_groups:
            group["lr"] = rate
        w.grad, b.grad = dw.clone(), db.clone()
        optimiser.step()
        after.append(encode(torch.cat([w, b])))
    cases[name] = {"decay": decay, "after": after}

with open("optimisers.json", "w") as f:
    json.dump({"weight": encode(weight), "bias": encode(bias), "rates": rates,
               "gradients": [{"weight": encode(dw), "bias": encode(db)} for dw, db in gradients], "cases": cases}, f, indent=1)
    f.write("\n")
