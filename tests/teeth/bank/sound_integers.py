"""Sound tests of exact arithmetic: integers, codes, text, counts that must be equal."""

import math
from itertools import pairwise

import numpy as np

from pvengine.plugin import Params, Trial, falsifier


class Upto(Params):
    """How far it is counted."""

    count: int


def find_divisor(a: int, b: int) -> int:
    """Find the greatest common divisor by Euclid."""
    while b:
        a, b = b, a % b
    return a


def raise_modulo(base: int, exponent: int, modulus: int) -> int:
    """Raise to a power modulo a number by squaring."""
    result = 1
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base, exponent = base * base % modulus, exponent >> 1
    return result


def count_ones(value: int) -> int:
    """Count the ones of a binary number."""
    ones = 0
    while value:
        value &= value - 1
        ones += 1
    return ones


def list_primes(limit: int) -> list[int]:
    """List the primes up to a limit by Eratosthenes."""
    is_prime = [False, False, *[True] * (limit - 1)]
    for n in range(2, math.isqrt(limit) + 1):
        if is_prime[n]:
            for multiple in range(n * n, limit + 1, n):
                is_prime[multiple] = False
    return [n for n in range(limit + 1) if is_prime[n]]


def find_fibonacci(n: int) -> int:
    """Find a Fibonacci number by addition."""
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def is_leap(year: int) -> bool:
    """Whether a year of the Gregorian calendar has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def find_distance(a: str, b: str) -> int:
    """Find the edit distance of two words."""
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (one != other))
    return row[-1]


def pack_nibbles(codes: np.ndarray) -> np.ndarray:
    """Pack pairs of codes of 4 bits into bytes, the low half first."""
    return (codes[0::2] | (codes[1::2] << 4)).astype(np.uint8)


def encode_runs(items: list[int]) -> list[tuple[int, int]]:
    """Encode a list as runs of (item, length)."""
    runs: list[tuple[int, int]] = []
    for item in items:
        if runs and runs[-1][0] == item:
            runs[-1] = (item, runs[-1][1] + 1)
        else:
            runs.append((item, 1))
    return runs


def check_bytes(data: bytes) -> int:
    """Compute the CRC-32 of bytes, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def choose_count(n: int, k: int) -> int:
    """Count the ways to choose k of n."""
    count = 1
    for i in range(k):
        count = count * (n - i) // (i + 1)
    return count


@falsifier("sound.divisor", subject=find_divisor, planted_faults={"the smaller": min, "one": lambda *_: 1})
def count_wrong_divisors(trial: Trial, p: Upto) -> None:
    """Count of pairs whose divisor does not divide both, or is not the greatest."""
    pairs = [(a, b) for a in range(1, p.count) for b in range(1, p.count)]
    trial.measure("wrong", sum(trial.subject(a, b) != math.gcd(a, b) for a, b in pairs))


@falsifier(
    "sound.power", subject=raise_modulo, planted_faults={"one too few": lambda b, e, m: pow(b, e - 1, m)}
)
def count_fermat(trial: Trial, p: Upto) -> None:
    """Count of bases that break Fermat's little theorem for 97."""
    trial.measure("broken", sum(trial.subject(base, 96, 97) != 1 for base in range(1, p.count)))


@falsifier("sound.ones", subject=count_ones, planted_faults={"the length": int.bit_length})
def compare_ones(trial: Trial, p: Upto) -> None:
    """Sum of the ones of all numbers of k bits, k * 2**(k - 1)."""
    trial.measure("ones", sum(trial.subject(value) for value in range(2**p.count)))


@falsifier(
    "sound.primes", subject=list_primes, planted_faults={"odd numbers": lambda n: [2, *range(3, n + 1, 2)]}
)
def count_primes(trial: Trial, p: Upto) -> None:
    """Count of the primes up to a limit."""
    trial.measure("primes", len(trial.subject(p.count)))


@falsifier(
    "sound.fibonacci", subject=find_fibonacci, planted_faults={"one further": lambda n: find_fibonacci(n + 1)}
)
def count_cassini(trial: Trial, p: Upto) -> None:
    """Count of places at which Cassini's identity fails."""
    found = [trial.subject(n) for n in range(p.count)]
    triples = zip(found, found[1:], found[2:], strict=False)
    trial.measure("failing", sum(a * c - b * b != (-1) ** (n + 1) for n, (a, b, c) in enumerate(triples)))
    trial.measure("tenth", found[10])


@falsifier("sound.leap", subject=is_leap, planted_faults={"Julian": lambda y: y % 4 == 0})
def count_leap_years(trial: Trial, p: Upto) -> None:
    """Count of leap years in 400 years."""
    trial.measure("leap_years", sum(bool(trial.subject(year)) for year in range(p.count, p.count + 400)))


@falsifier(
    "sound.distance",
    subject=find_distance,
    planted_faults={"of the lengths": lambda a, b: abs(len(a) - len(b))},
)
def measure_distances(trial: Trial, p: Upto) -> None:
    """Distance of two words, and count of broken symmetries."""
    words = ["kitten", "sitting", "sat", "", "kit"][: p.count]
    trial.measure("kitten_sitting", trial.subject(words[0], words[1]))
    trial.measure(
        "unsymmetric", sum(trial.subject(a, b) != trial.subject(b, a) for a in words for b in words)
    )


@falsifier(
    "sound.nibbles",
    subject=pack_nibbles,
    planted_faults={"high half first": lambda c: pack_nibbles(c.reshape(-1, 2)[:, ::-1].ravel())},
)
def count_wrong_nibbles(trial: Trial, p: Upto) -> None:
    """Count of codes that a round trip through bytes changes."""
    codes = trial.rng.integers(0, 16, 2 * p.count).astype(np.uint8)
    packed = trial.subject(codes)
    trial.measure("wrong", int(((packed & 15) != codes[0::2]).sum() + ((packed >> 4) != codes[1::2]).sum()))


@falsifier(
    "sound.runs",
    subject=encode_runs,
    planted_faults={"one a run": lambda items: [(item, 1) for item in items]},
)
def count_runs(trial: Trial, p: Upto) -> None:
    """Count of items that a round trip changes, and of neighbouring runs of one item."""
    items = trial.rng.integers(0, 3, p.count).tolist()
    runs = trial.subject(items)
    trial.measure("changed", int([item for item, n in runs for _ in range(n)] != items))
    trial.measure("split", sum(one[0] == other[0] for one, other in pairwise(runs)))


@falsifier(
    "sound.checksum",
    subject=check_bytes,
    planted_faults={"no last complement": lambda d: check_bytes(d) ^ 0xFFFFFFFF},
)
def measure_checksum(trial: Trial, p: Upto) -> None:
    """Checksum of the digits from 1 to 9."""
    trial.measure("checksum", trial.subject(b"123456789"[: p.count]))


@falsifier("sound.binomial", subject=choose_count, planted_faults={"ordered": math.perm})
def count_subsets(trial: Trial, p: Upto) -> None:
    """Sum of a row of Pascal's triangle."""
    trial.measure("subsets", sum(trial.subject(p.count, k) for k in range(p.count + 1)))
