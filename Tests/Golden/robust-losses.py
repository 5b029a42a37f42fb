"""Writes robust-losses.json: generalised cross-entropy and soft bootstrapping with PyTorch's autograd. Needs torch; run it in this folder."""
import json

import torch
import torch.nn.functional as F

torch.manual_seed(11)
cases = []


def case(kind, strength, logits, targets, smoothing=0.0, weights=None):
    z = logits.float().double().requires_grad_()
    t = targets.float().double()
    w = torch.ones(z.shape[1]).double() if weights is None else weights
    q = w * ((1 - smoothing) * t + smoothing / z.shape[1])
    p, log_p = torch.softmax(z, 1), F.log_softmax(z, 1)
    if kind == "gce":
        loss = (q * (1 - p ** strength) / strength).sum()
    else:
        own = (w * t).sum(1, keepdim=True) * p
        loss = -((strength * q + (1 - strength) * own) * log_p).sum()
    loss = loss / (w * t).sum()
    loss.backward()
    cases.append({
        "text": f"{kind}={strength}",
        "classes": z.shape[1],
        "labelSmoothing": smoothing,
        "classWeights": None if weights is None else weights.tolist(),
        "logits": logits.float().flatten().tolist(),
        "targets": targets.float().flatten().tolist(),
        "loss": loss.item(),
        "gradient": z.grad.flatten().tolist(),
    })


logits = torch.randn(6, 7) * 3
hot, soft = F.one_hot(torch.tensor([0, 3, 3, 6, 1, 2]), 7), torch.softmax(torch.randn(6, 7), 1)
weights = torch.tensor([0.5, 2.0, 1.0, 3.0, 0.25, 1.0, 0.75]).double()
for kind, strength in [("gce", 0.7), ("gce", 0.1), ("gce", 1.0), ("bootstrap", 0.95), ("bootstrap", 0.5), ("bootstrap", 1.0)]:
    case(kind, strength, logits, hot)
    case(kind, strength, logits, soft)
    case(kind, strength, logits, hot, 0.1, weights)
    case(kind, strength, torch.randn(5, 2) * 2, F.one_hot(torch.tensor([1, 0, 0, 1, 1]), 2), 0.1)
case("gce", 0.7, logits * 30, hot)
case("bootstrap", 0.95, logits * 30, hot)
with open("robust-losses.json", "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
