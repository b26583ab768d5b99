"""Table of the reproduced framework paths and of the largest differences: ``python -m tests.parity``."""

from __future__ import annotations

import sys
from collections import Counter

from tests.optimizers.reference import CHAOS, compare, load


def main() -> int:
    """Print a row for every class of every framework; return the number of paths that are not reproduced."""
    paths, mean_square = load()
    classes = list(dict.fromkeys((path.framework, path.cls) for path in paths))
    failed_count, reasons = 0, Counter(path.exempt for path in paths if path.exempt)
    print(f"{'framework':10}{'class':28}{'our optimizer':32}{'equal':>9}  {'difference':>10}  {'of tolerance':>18}")
    for framework, cls in classes:
        own_paths = [path for path in paths if (path.framework, path.cls) == (framework, cls) and not path.exempt]
        results = [compare(path, mean_square) for path in own_paths]
        reproduced = sum(error_ratio <= 1 for _, _, error_ratio in results)
        failed_count += len(own_paths) - reproduced
        if results:
            optimizer_ids = ", ".join(dict.fromkeys(id for id, _, _ in results))
            print(
                f"{framework:10}{cls:28}{optimizer_ids:32}{reproduced:4} of {len(own_paths):2}"
                f"  {max(d for _, d, _ in results):10.2g}  {max(s for _, _, s in results):18.2g}"
            )
    compared_count = len(paths) - sum(reasons.values())
    reproduced_count = compared_count - failed_count
    print(f"\n{reproduced_count} of {compared_count} paths reproduced; {sum(reasons.values())} more are excluded:")
    for reason, count in reasons.items():
        print(f"  {count:3}  {reason}")
    print(
        "The difference is absolute and grows with the amplification of rounding errors along a path; the tolerance\n"
        f"is 50 units in the last place times that amplification, where it is below {CHAOS:g}."
    )
    return failed_count


if __name__ == "__main__":
    sys.exit(main())
