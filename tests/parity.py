"""How many of the frameworks' paths our optimizers take, and the largest difference: ``python -m tests.parity``."""

from __future__ import annotations

import sys
from collections import Counter

from tests.optimizers.reference import CHAOS, compare, load


def main() -> int:
    """Print a row for every class of every framework; the exit code is the number of paths missed."""
    paths, mean_square = load()
    kinds = list(dict.fromkeys((path.framework, path.cls) for path in paths))
    missed, reasons = 0, Counter(path.exempt for path in paths if path.exempt)
    print(
        f"{'framework':10}{'class':28}{'our optimizer':32}{'taken':>9}  {'difference':>10}  {'of what is allowed':>18}"
    )
    for framework, cls in kinds:
        mine = [path for path in paths if (path.framework, path.cls) == (framework, cls) and not path.exempt]
        results = [compare(path, mean_square) for path in mine]
        taken = sum(share <= 1 for _, _, share in results)
        missed += len(mine) - taken
        if results:
            ids = ", ".join(dict.fromkeys(id for id, _, _ in results))
            print(
                f"{framework:10}{cls:28}{ids:32}{taken:4} of {len(mine):2}"
                f"  {max(d for _, d, _ in results):10.2g}  {max(s for _, _, s in results):18.2g}"
            )
    judged = len(paths) - sum(reasons.values())
    print(f"\n{judged - missed} of {judged} paths taken; {sum(reasons.values())} more are not to be taken:")
    for reason, count in reasons.items():
        print(f"  {count:3}  {reason}")
    print(
        "The difference is absolute and grows with a path's own amplification of rounding; equality allows 50 units "
        "in the\n"
        f"last place times that amplification, where it is below {CHAOS:g}."
    )
    return missed


if __name__ == "__main__":
    sys.exit(main())
