"""Sharing a whole in whole parts."""

from collections.abc import Sequence


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` shared by ``weights`` in whole parts, by largest remainder, earlier first."""
    if len(weights) == 1:
        return [amount if weights[0] else 0]
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [divmod(amount * weight, total) for weight in weights]
    shares = [share for share, _remainder in parts]
    left = amount - sum(shares)
    if left:
        remainders = [-remainder for _share, remainder in parts]
        for index in sorted(range(len(weights)), key=remainders.__getitem__)[:left]:
            shares[index] += 1
    return shares
