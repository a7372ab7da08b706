"""The scores of bodies are confidential too: nobody may be read in the mean of its peers."""

from __future__ import annotations

from collections.abc import Collection

FEWEST_PEERS = 5


def peers_left(members: Collection[str], named: Collection[str] = ()) -> int:
    """How many organisations stand unknown behind a figure about them, for a reader who is one of them.

    Args:
        members: identifiers behind the mean, minimum or maximum.
        named: those whose own figure is public (laureates); others in it do not count.

    Returns:
        Members that are not named, less the reader itself (any of them may read); 0 at least.

    >>> peers_left(["a", "b", "c", "d", "e", "f", "g"], ["g", "z"])
    5
    """
    return max(0, len(set(members) - set(named)) - 1)


def enough_peers(unnamed: int, fewest: int = FEWEST_PEERS) -> bool:
    """Whether enough organisations are left behind a figure when one of the unnamed ones reads it.

    >>> enough_peers(6), enough_peers(5)
    (True, False)
    """
    return max(0, unnamed - 1) >= fewest


def peer_figure_allowed(members: Collection[str], named: Collection[str] = (), fewest: int = FEWEST_PEERS) -> bool:
    """Whether a mean, minimum or maximum over organisations may be shown to one of them.

    Args:
        members, named: as `peers_left`.
        fewest: organisations that must be left after removing the reader and every named one.

    >>> peer_figure_allowed(list("abcdef")), peer_figure_allowed(list("abcdef"), ["a"])
    (True, False)
    """
    return enough_peers(len(set(members) - set(named)), fewest)
