"""Diebold and Mariano's test as src/eval/paired.rs defines it, in NumPy and SciPy; prints the table of its test."""

import numpy as np
from scipy.stats import t as student


def difference(series, h):
    values = np.concatenate(series)
    n, mean = len(values), values.mean()
    few = min(max(h - 1, int(4 * (n / 100) ** (2 / 9))), n // 2)
    many = min(max(2 * (h - 1), int(1.3 * n**0.5)), n // 2)

    def covariance(lag):
        centred = [s - mean for s in series]
        return sum((c[: len(c) - lag] * c[lag:]).sum() for c in centred if len(c) > lag) / n

    level = covariance(0) + 2 * sum(covariance(lag) for lag in range(1, few + 1))
    falling = covariance(0) + 2 * sum((1 - lag / (many + 1)) * covariance(lag) for lag in range(1, many + 1))
    variance = max(level, falling) / n
    deviation = (variance / ((n + 1 - 2 * h + h * (h - 1) / n) / n)) ** 0.5
    reach = student.ppf(0.975, n - 1) * deviation
    return mean, mean - reach, mean + reach, 2 * student.sf(abs(mean / deviation), n - 1)


values = np.array([(k * 37 % 23) / 23 - 0.45 for k in range(60)])
for split, h in [(0, 1), (25, 1), (25, 6)]:
    series = [values[:split], values[split:]]
    print((split, h, *(float(x) for x in difference(series, h))), end=",\n")
