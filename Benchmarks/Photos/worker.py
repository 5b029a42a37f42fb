"""One worker of the Python pipeline: Pillow's draft mode, resize, and ONNX Runtime.

worker.py WIDTH HEIGHT CHANNELS FIT BATCH RUNTIME...
Prints "ready"; then for each line "decode LIST" or "labels LIST" on stdin goes through the files named in LIST and prints "done N".

ONNX Runtime stands in a process of the worker's own (RUNTIME..., BatchWorker.cs), fed with whole batches of floats through a pipe, since its Python package is
not to be had everywhere; it works on one batch while Pillow decodes the next, so that the detour costs Python no waiting.
"""
import subprocess
import sys

import numpy as np
from PIL import Image, ImageOps

width, height, channels, fit, batch = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
mode = "L" if channels == 1 else "RGB"
runtime = subprocess.Popen(sys.argv[6:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def prepared(path):
    image = Image.open(path)
    image.draft(mode, (2 * width, 2 * height))
    if image.mode != mode:
        image = image.convert(mode)
    if fit == "CentreCrop":
        image = ImageOps.fit(image, (width, height), Image.BILINEAR)
    elif fit == "Pad":
        image = ImageOps.pad(image, (width, height), Image.BILINEAR)
    else:
        image = image.resize((width, height), Image.BILINEAR)
    return np.asarray(image)


def send(pictures):
    planes = np.stack(pictures).reshape(len(pictures), height, width, channels).transpose(0, 3, 1, 2).astype(np.float32)
    runtime.stdin.write(np.int32(len(pictures)).tobytes() + planes.tobytes())
    runtime.stdin.flush()


def receive(count):
    return np.frombuffer(runtime.stdout.read(4 * count), np.int32)


def run(files, labels):
    waiting, under_way, answers = [], 0, []
    for path in files:
        waiting.append(prepared(path))
        if len(waiting) < batch:
            continue
        if labels:
            # The answer of the batch before: by now it is there.
            if under_way:
                answers.append(receive(under_way))
            send(waiting)
            under_way = len(waiting)
        waiting = []
    if labels:
        if under_way:
            answers.append(receive(under_way))
        if waiting:
            send(waiting)
            answers.append(receive(len(waiting)))
        assert sum(map(len, answers)) == len(files)


runtime.stdout.read(4)  # the model is loaded
print("ready", flush=True)
for line in sys.stdin:
    what, path = line.rstrip("\n").split(" ", 1)
    with open(path) as names:
        files = names.read().splitlines()
    run(files, what == "labels")
    print("done", len(files), flush=True)
