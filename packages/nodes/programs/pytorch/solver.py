"""The best weights of the last linear layer: penalised logistic regression, in double precision.

The mean loss plus penalty / 2 times the squared weights is minimised (in scikit-learn:
LogisticRegression(C=1 / (penalty * rows))). Cross-validation chooses the penalty, and how much each stage counts.
"""

from __future__ import annotations

from typing import Optional, Sequence

import torch

from heads import LinearHead, Loss, Problem, Space, space_of

# Of the penalties that are tried, from one that leaves nearly nothing to one that hardly counts.
GRID = 8


def find_head(problem: Problem) -> LinearHead:
    penalty, gains, validated = _choose(problem)
    everything, spread = range(len(problem.labels)), problem.spread(gains)
    space = space_of(problem.features * spread)
    fit = _fit(space, problem.loss(everything, True), penalty, problem.classes, space.rows, None, True)
    weight = (fit[:-1].T @ space.back.T) * spread
    return LinearHead(weight, fit[-1], {"penalty": penalty, "validated": validated, "gains": list(gains)})


def _choose(problem: Problem) -> tuple[float, Sequence[float], Optional[float]]:
    """The penalty and gains with the least loss on rows that their heads have not seen."""
    given, best = problem.head.penalty, float("inf")
    if given > 0 and len(problem.gains) == 1:
        return given, problem.gains[0], None
    penalty, gains = 0.0, problem.gains[0]
    for those in problem.gains:
        space = space_of(problem.features * problem.spread(those))
        square = float(space.rows.square().sum() / len(space.rows))
        grid = [given] if given > 0 else [square * 10 ** (-1 - 5 * at / (GRID - 1)) for at in range(GRID)]
        if len(set(problem.folds)) < 2:
            # Nothing can be compared: a penalty from the middle.
            return grid[len(grid) >> 1], those, None
        for loss, one in zip(_validate(problem, space, grid), grid):
            if loss < best:
                best, penalty, gains = loss, one, those
    return penalty, gains, best


def _fit(
    space: Space,
    loss: Loss,
    penalty: float,
    classes: int,
    rows: torch.Tensor,
    start: Optional[torch.Tensor],
    exact: bool,
) -> torch.Tensor:
    """Weights `[directions, classes]` and a row of biases at the minimum of loss + penalty / 2 |weights|^2."""
    # In steps of about the same curvature in every direction L-BFGS takes few of them.
    scale = torch.rsqrt(0.25 * space.variances + penalty).unsqueeze(1)
    scaled = torch.zeros(len(scale) + 1, classes, dtype=torch.float64)
    if start is not None:
        scaled = torch.cat([start[:-1] / scale, start[-1:]])
    scaled.requires_grad_()
    optimizer = torch.optim.LBFGS(
        [scaled],
        max_iter=2000 if exact else 200,
        max_eval=4000,
        tolerance_grad=1e-9 if exact else 1e-6,
        tolerance_change=1e-14 if exact else 1e-9,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def objective() -> torch.Tensor:
        optimizer.zero_grad()
        weight = scaled[:-1] * scale
        value = loss(rows @ weight + scaled[-1]) + penalty / 2 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(objective)  # type: ignore[arg-type, no-untyped-call]
    result = scaled.detach()
    return torch.cat([result[:-1] * scale, result[-1:]])


def _validate(problem: Problem, space: Space, grid: Sequence[float]) -> list[float]:
    """The loss of every penalty on the rows of each fold, by what the others teach."""
    losses = [0.0] * len(grid)
    for inside, outside in problem.parts():
        learned, measured = problem.loss(outside, True), problem.loss(inside)
        start: Optional[torch.Tensor] = None
        for at, penalty in enumerate(grid):
            start = _fit(space, learned, penalty, problem.classes, space.rows[outside], start, False)
            loss = measured(space.rows[inside] @ start[:-1] + start[-1])
            losses[at] += float(loss) * len(inside) / len(problem.labels)
    return losses
