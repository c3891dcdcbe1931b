"""What an earlier `mutants.json` tells, so that only what it leaves open need be tried."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from liantiao.mutants.pool import MutantError
from liantiao.mutants.trials import KILLED, TITLES, Bench, Killer, Trial
from reference.mutants.mutant import Mutant


@dataclass(frozen=True, slots=True)
class Earlier:
    """Trials of another time; `whole` if they were of every mutant there was."""

    package: str
    seed: int
    whole: bool
    trials: Mapping[str, Trial]

    @classmethod
    def read(cls, path: Path, package: str, seed: int) -> Self:
        """Raises MutantError for what `liantiao mutants --out` did not write, or wrote for another package or seed."""
        try:
            told = json.loads(path.read_text("utf-8"))
            trials = [_trial(each) for each in told["mutants"]]
            known = cls(
                str(told["package"]),
                int(told["seed"]),
                len(trials) == told["catalogue"],
                {each.mutant: each for each in trials},
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise MutantError(
                f"--again {path} 读不成：{error}；请给 liantiao mutants --out 写的 mutants.json。"
            ) from None
        if (known.package, known.seed) != (package, seed):
            raise MutantError(
                f"--again {path} 是套餐 {known.package}、种子 {known.seed} 的结果，现在是 {package}、{seed}；"
                f"请写 --package {known.package} --seed {known.seed}。"
            )
        return known

    def kept(self, bench: Bench, mutants: Mapping[str, Mutant]) -> dict[str, Trial]:
        """The kills that still stand: the mutant can still be made, and a scenario that found it still asks the same."""
        asked = {part.scenario.id: {step.text for step in part.scenario.steps} for part in bench.play.parts}

        def stands(killer: Killer) -> bool:
            steps = asked.get(killer.scenario)
            return steps is not None and (killer.is_common or killer.step in steps)

        return {
            name: trial for name, trial in self.trials.items()
            if trial.fate == KILLED and name in mutants and (any(map(stands, trial.killers)) or not trial.killers)
        }  # fmt: skip

    def left(self, mutants: Mapping[str, Mutant], kept: Mapping[str, Trial]) -> list[Mutant]:
        """What is to be tried: whatever is not kept, and of all mutants those that there were not before."""
        wanted = mutants.keys() if self.whole else mutants.keys() & self.trials.keys()
        return [each for name, each in mutants.items() if name in wanted and name not in kept]


def _trial(told: Any) -> Trial:
    name, fate, reason, changed = (told[each] for each in ("id", "fate", "reason", "changed_cases"))
    if not (isinstance(name, str) and fate in TITLES and isinstance(reason, str) and isinstance(changed, int)):
        raise ValueError(f"缺陷 {name} 的结果不全")
    return Trial(
        name,
        fate,
        reason,
        changed,
        tuple(Killer(**{key: str(value) for key, value in k.items()}) for k in told["steps"]),
    )
