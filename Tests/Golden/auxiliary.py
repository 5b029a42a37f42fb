"""Writes auxiliary.json: values and derivatives of a loss on labels with a second task of votes beside it, by PyTorch. Needs torch; run it in this folder."""
import json

import torch
import torch.nn.functional as F

torch.manual_seed(20161112)
BATCH = 5
cases = {}


def case(name, classes, answers, weight, spread=2.0, smoothing=0.0, voted=(True,) * BATCH, mixed=None):
    """Labels, then answers, in each row. Who has no votes has zeros there; mixed is the share that an image keeps when it is blended with the next one."""
    logits = (torch.randn(BATCH, classes + answers) * spread).float().double().requires_grad_()
    labels = F.one_hot(torch.arange(BATCH) % classes, classes).double()
    votes = (torch.randint(0, 11, (BATCH, answers)).double() + 0.5 * torch.eye(BATCH, answers).double())
    votes = votes / votes.sum(1, keepdim=True) * torch.tensor(voted).double()[:, None]
    targets = torch.cat([labels, votes], 1)
    if mixed is not None:
        targets = mixed * targets + (1 - mixed) * targets.roll(-1, 0)
    targets = targets.float().double()  # as the engine has them
    t, v = targets.split([classes, answers], 1)
    z, y = logits.split([classes, answers], 1)
    loss = F.cross_entropy(z, t, label_smoothing=smoothing) + weight * F.cross_entropy(y, v)
    loss.backward()
    cases[name] = {
        "classes": classes, "answers": answers, "weight": weight, "labelSmoothing": smoothing, "logits": logits.detach().flatten().tolist(),
        "targets": targets.flatten().tolist(), "loss": loss.item(), "gradient": logits.grad.flatten().tolist(),
    }


case("seven labels, ten answers", 7, 10, 1.0)
case("smoothed, heavy votes", 7, 10, 3.0, smoothing=0.1)
case("some without votes", 7, 10, 0.5, voted=(True, False, True, False, False))
case("none with votes", 3, 4, 1.0, voted=(False,) * BATCH)
case("mixed, some without votes", 7, 10, 1.0, smoothing=0.1, voted=(True, False, True, True, False), mixed=0.3)
case("huge logits", 2, 2, 1.0, spread=300.0)

with open("auxiliary.json", "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file, indent=1)
    file.write("\n")
