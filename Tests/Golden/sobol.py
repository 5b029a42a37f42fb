"""Writes sobol.json: the first 64 Sobol points of SciPy, unscrambled, in 40 dimensions. Needs scipy (1.10.1); run it in this folder.

The first 64 points are multiples of 1/64, so they are written as whole numbers.
"""
import json

from scipy.stats import qmc

points = qmc.Sobol(d=40, scramble=False).random(64) * 64
assert (points == points.astype(int)).all()
with open("sobol.json", "w") as file:
    json.dump(points.astype(int).tolist(), file, separators=(",", ":"))
    file.write("\n")
