"""Dice that anyone can throw again: every draw is a function of (seed, id, replicate), never of an order or an engine.

SplitMix64 turns a counter into 64 well-mixed bits, so draws come in any order, in any block, on any machine, equal.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
# separates the second uniform of a pair from the first: another stream, not the next replicate
_SECOND = 0x5851F42D4C957F2D


def seed_for(edition_seed: int | str, *parts: str) -> int:
    """The seed of one draw of an edition, from the edition's own seed and what is drawn.

    Args:
        edition_seed: number (or text) stored with the edition.
        parts: what the draw is for, in reading order, usually category and measure.

    Returns:
        A number between 0 and 2**64 - 1, the first eight bytes of a SHA-256.

    Source: SHA-256 (FIPS 180-4) of the parts joined by the unit separator, so that ("ab", "c") is not ("a", "bc").

    >>> seed_for(7, "communes", "overall") == seed_for("7", "communes", "overall")
    True
    >>> seed_for(7, "ab", "c") == seed_for(7, "a", "bc")
    False
    """
    text = "\x1f".join([str(edition_seed), *parts])
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")


def keys_of(identifiers: Iterable[str | int]) -> Keys:
    """A 64-bit key per identifier, the same wherever and in whatever order it is met.

    Args:
        identifiers: opaque texts or whole numbers.

    Returns:
        One unsigned number per identifier, in the order given.

    >>> keys_of(["a", "b"])[1] == keys_of(["b"])[0]
    np.True_
    """
    digests = (hashlib.sha256(str(identifier).encode("utf-8")).digest()[:8] for identifier in identifiers)
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def splitmix64(counter: ArrayLike) -> Keys:
    """The SplitMix64 output for a state: add the golden gamma, then mix.

    Args:
        counter: unsigned 64-bit states.

    Returns:
        Unsigned 64-bit numbers of the same shape.

    Source: Steele, Lea & Flood 2014; the first output for state 0 is 0xE220A8397B1DCDAF.

    >>> hex(int(splitmix64(0)))
    '0xe220a8397b1dcdaf'
    """
    with np.errstate(over="ignore"):
        z = np.asarray(counter, np.uint64) + _GAMMA
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)


def uniforms(seed: int, keys: ArrayLike, replicates: ArrayLike) -> Floats:
    """Numbers uniform on the open interval 0 to 1, one per key and replicate.

    Args:
        seed: from `seed_for`, or any whole number (taken modulo 2**64).
        keys: unsigned 64-bit keys of the things drawn for (`keys_of`, or their numbers), shape (k,).
        replicates: replicate numbers, 0 or more, shape (r,).

    Returns:
        Array (r, k), never 0 nor 1, on a grid of 2**-53.

    >>> first = uniforms(1, [10, 11], [0, 1, 2])
    >>> bool((uniforms(1, [11], [2]) == first[2, 1]).all()), first.shape
    (True, (3, 2))
    """
    bits = _bits(seed, keys, replicates) >> np.uint64(11)
    return (bits.astype(np.float64) + 0.5) * 2.0**-53


def normals(seed: int, keys: ArrayLike, replicates: ArrayLike) -> Floats:
    """Standard normal numbers, one per key and replicate.

    Args:
        seed, keys, replicates: as `uniforms`.

    Returns:
        Array (r, k).

    Source: Box & Muller 1958, from two uniforms of separate streams.
    """
    return students(seed, keys, replicates, math.inf)


def students(seed: int, keys: ArrayLike, replicates: ArrayLike, degrees_of_freedom: ArrayLike) -> Floats:
    """Student t numbers, one per key and replicate, each key with its own degrees of freedom.

    Args:
        seed, keys, replicates: as `uniforms`.
        degrees_of_freedom: positive, one or one per key; infinite or NaN gives the normal.

    Returns:
        Array (r, k).

    Raises:
        ParvisError: degrees of freedom of zero or less.

    Source: Bailey 1994, Mathematics of Computation 62:779: t = sqrt(df (u**(-2/df) - 1)) cos(2 pi v), whose limit is
    Box & Muller.

    >>> draws = students(1, [1], np.arange(40_000), 5.0)
    >>> bool(abs(np.mean(draws**2) - 5 / 3) < 0.06)
    True
    """
    df = np.asarray(degrees_of_freedom, np.float64)
    if (df <= 0).any():
        raise ParvisError(
            Fault(
                "degrees_of_freedom",
                Text("des degrés de liberté sont nuls ou négatifs.", "some degrees of freedom are zero or negative."),
                Text("Donnez des nombres positifs, ou rien.", "Give positive numbers, or none."),
            )
        )
    normal = ~np.isfinite(df)
    safe = np.where(normal, 1.0, df)
    log_u = np.log(uniforms(seed, keys, replicates))
    radius_squared = np.where(normal, -2 * log_u, safe * np.expm1(-2 * log_u / safe))
    return np.sqrt(radius_squared) * np.cos(2 * np.pi * uniforms(seed ^ _SECOND, keys, replicates))


def poissons(seed: int, keys: ArrayLike, replicates: ArrayLike, mean: float = 1.0) -> NDArray[np.int64]:
    """Poisson counts, one per key and replicate: the multipliers of a bootstrap that needs no list of rows.

    Args:
        seed, keys, replicates: as `uniforms`.
        mean: positive and small (the table of the distribution is walked up to its far tail).

    Returns:
        Whole numbers, array (r, k).

    >>> poissons(1, [5, 6, 7], [0]).shape
    (1, 3)
    """
    steps, cumulated, term = [], 0.0, math.exp(-mean)
    for count in range(int(mean + 20 * math.sqrt(mean) + 20)):
        cumulated += term
        steps.append(cumulated)
        term *= mean / (count + 1)
    return np.searchsorted(np.asarray(steps), uniforms(seed, keys, replicates), side="right").astype(np.int64)


def _bits(seed: int, keys: ArrayLike, replicates: ArrayLike) -> Keys:
    """Mix seed, then key, then replicate: three rounds, so that neighbours in any of them are unrelated."""
    start = splitmix64(np.uint64(seed % 2**64))
    rows = splitmix64(start ^ splitmix64(np.asarray(replicates, np.uint64)))
    return splitmix64(rows[:, None] ^ splitmix64(np.asarray(keys, np.uint64))[None, :])
