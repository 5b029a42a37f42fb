"""Optuna's multivariate TPE on the problems of this folder: one JSON line a problem, {"name": ..., "regrets": [...]}.

    /usr/bin/python3 optuna_peer.py ../shared/data/tuning 10 [NAME ...]

Trial t is told the result of column t modulo the number of columns, as TabulatedProblem.cs does; numbers with an order are integers.
"""

import csv
import json
import math
import os
import sys
import warnings

import numpy
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


class Branin:
    name, trials, best = "Branin", 50, 0.39788735772973816

    def __init__(self, noise=0):
        self.noise = noise
        if noise:
            self.name = f"Branin, noise {noise}"

    def ask(self, trial):
        return trial.suggest_float("x1", -5, 10), trial.suggest_float("x2", 0, 15)

    def observe(self, point, number, random):
        return self.regret(point) + self.noise * random.normal()

    def regret(self, point):
        x, y = point
        a = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
        return a * a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - self.best


class Hartmann6:
    name, trials, best = "Hartmann6", 100, -3.322368011391339
    alpha = numpy.array([1, 1.2, 3, 3.2])
    a = numpy.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
    p = numpy.array([
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ])

    def ask(self, trial):
        return numpy.array([trial.suggest_float(f"x{i}", 0, 1) for i in range(6)])

    def observe(self, point, number, random):
        return self.regret(point)

    def regret(self, point):
        return float(-(self.alpha * numpy.exp(-(self.a * (point - self.p) ** 2).sum(1))).sum()) - self.best


class NarrowBranch:
    name, trials = "narrow branch", 150

    def ask(self, trial):
        branch = trial.suggest_categorical("branch", ["x", "y", "z"])
        return branch, trial.suggest_float(branch, 0, 1)

    def observe(self, point, number, random):
        return self.regret(point)

    def regret(self, point):
        branch, u = point
        if branch == "x":
            return 0.2 + 0.4 * abs(u - 0.3)
        if branch == "y":
            return 0.3 + 0.2 * abs(u - 0.6)
        return min(0.8, 2.5 * abs(u - 0.85))


class Table:
    trials = 100

    def __init__(self, name, path, sign, digits):
        self.name, self.digits = name, digits
        with open(path, newline="") as file:
            rows = list(csv.reader(file))[1:]
        self.losses = {r[0]: [sign * float(v) for v in r[1:]] for r in rows}
        self.best = min(sum(v) / len(v) for v in self.losses.values())

    def ask(self, trial):
        return "".join(
            str(trial.suggest_int(key, 0, values - 1) if ordered else trial.suggest_categorical(key, list(range(values))))
            for key, values, ordered in self.digits
        )

    def observe(self, point, number, random):
        return self.losses[point][number % len(self.losses[point])]

    def regret(self, point):
        return sum(self.losses[point]) / len(self.losses[point]) - self.best


def problems(folder):
    yield Branin()
    yield Branin(5)
    yield Hartmann6()
    edges = [(f"edge{i}", 5, False) for i in range(6)]
    for data in ("cifar10", "cifar100", "imagenet"):
        yield Table(f"NB201 {data}", os.path.join(folder, f"nasbench201-{data}.csv"), -1, edges)
    dense = [
        ("activation1", 2, False), ("activation2", 2, False), ("batch", 4, True), ("dropout1", 3, True), ("dropout2", 3, True),
        ("rate", 6, True), ("schedule", 2, False), ("units1", 6, True), ("units2", 6, True),
    ]
    yield Table("FCNet protein_structure", os.path.join(folder, "fcnet-protein_structure.csv"), 1, dense)
    yield NarrowBranch()


def search(problem, seed):
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=isinstance(problem, NarrowBranch))
    study, random, points = optuna.create_study(sampler=sampler), numpy.random.default_rng(seed), {}

    def objective(trial):
        points[trial.number] = problem.ask(trial)
        return problem.observe(points[trial.number], trial.number, random)

    study.optimize(objective, n_trials=problem.trials)
    return problem.regret(points[study.best_trial.number])


if __name__ == "__main__":
    folder, seeds, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    for problem in problems(folder):
        if not names or problem.name in names:
            print(json.dumps({"name": problem.name, "regrets": [search(problem, s + 1) for s in range(seeds)]}), flush=True)
