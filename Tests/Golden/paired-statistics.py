"""McNemar's p with exact fractions and math.erfc, erfc with 60 decimal digits, and a paired bootstrap with NumPy.

    /usr/bin/python3 Tests/Golden/paired-statistics.py > Tests/Golden/paired-statistics.json
"""
import json
import math
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np

getcontext().prec = 60


def mcnemar(b, c):
    n = b + c
    if n < 25:
        tail = sum(Fraction(math.comb(n, k), 2 ** n) for k in range(min(b, c) + 1))
        return float(min(Fraction(1), 2 * tail))
    statistic = 0.0 if b == c else (abs(b - c) - 1) ** 2 / n
    return math.erfc(math.sqrt(statistic / 2))


def erfc(x):  # 1 - 2/sqrt(pi) * sum (-1)^n x^(2n+1) / (n! (2n+1)), exact enough with 60 digits up to x = 5
    x = Decimal(x)
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
    total, term = Decimal(0), x
    for n in range(400):
        total += term / (2 * n + 1)
        term = -term * x * x / (n + 1)
    return float(1 - 2 * total / pi.sqrt())


def macro_f1(truth, said):
    scores = []
    for k in range(3):
        hits, both = np.sum((truth == k) & (said == k)), np.sum(truth == k) + np.sum(said == k)
        if both:
            scores.append(2 * hits / both)
    return float(np.mean(scores))


def bootstrap():
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, 150)
    first = np.where(rng.random(150) < 0.7, truth, rng.integers(0, 3, 150))
    second = np.where(rng.random(150) < 0.55, truth, rng.integers(0, 3, 150))

    def difference(index):
        t, a, b = truth[index], first[index], second[index]
        return np.mean(a == t) - np.mean(b == t), macro_f1(t, a) - macro_f1(t, b)

    value = difference(np.arange(150))
    draws = np.array([difference(rng.integers(0, 150, 150)) for _ in range(20000)])
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    return {
        "truth": truth.tolist(), "first": first.tolist(), "second": second.tolist(),
        "accuracy": [float(value[0]), float(low[0]), float(high[0])],
        "macroF1": [float(value[1]), float(low[1]), float(high[1])],
    }


def recipes():  # images drawn with replacement, then S - 1 of S runs of each; another generator than ours, so the ends agree roughly
    rng = np.random.default_rng(11)
    hard = rng.random(120)
    runs = [[(hard + 0.5 * rng.random(120) < level + rng.normal(0, 0.05)) for _ in range(seeds)] for level, seeds in [(0.9, 4), (0.75, 3), (0.74, 3)]]
    draws = np.empty((20000, 3))
    for r in range(len(draws)):
        images = rng.integers(0, 120, 120)
        draws[r] = [np.mean([c[k][images] for k in rng.integers(0, len(c), len(c) - 1)]) for c in runs]
    means = [float(np.mean(c)) for c in runs]
    pairs = []
    for i, j in [(0, 1), (0, 2), (1, 2)]:
        d = draws[:, i] - draws[:, j]
        low, high = np.percentile(d, [2.5, 97.5])
        pairs.append({"value": means[i] - means[j], "low": float(low), "high": float(high), "p": min(1.0, 2 * float(min(np.mean(d <= 0), np.mean(d >= 0))))})
    return {"right": [[r.astype(int).tolist() for r in c] for c in runs], "pairs": pairs}


print(json.dumps({
    "mcnemar": [{"b": b, "c": c, "p": mcnemar(b, c)} for b, c in
                [(0, 0), (1, 0), (5, 5), (6, 2), (0, 10), (12, 12), (20, 4), (12, 13), (25, 0), (59, 6), (30, 30), (121, 59), (400, 300)]],
    "erfc": [{"x": x, "y": erfc(x)} for x in [0.0, 0.1, 0.5, 1.0, 1.5, 1.96875, 2.0, 2.5, 3.0, 4.0, 5.0]],
    "bootstrap": bootstrap(),
    "recipes": recipes(),
}))
