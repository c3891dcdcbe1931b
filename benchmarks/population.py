"""How fast and how large a whole population is, against drawing the same fields row by row with Faker.

Run as `python -m benchmarks.population [cases]`.
"""

from __future__ import annotations

import resource
import sys
import time

from faker import Faker

from sim.package import load_package
from sim.population import BLOCK, Population

FAKER_ROWS = 2_000


def with_faker(fake: Faker) -> list[object]:
    """One case as people usually draw it: a call a field."""
    number = fake.random_int
    people = [
        (fake.name(), "111", fake.ssn(), fake.phone_number(), False)
        for _ in range(fake.random_element((2, 3, 3, 3, 4, 4, 5)))
    ]
    when = fake.date_time_between("-4y", "now")
    return [
        people,
        when,
        fake.date_time_between("-20y", when),
        fake.address(),
        *(
            fake.random_element(options)
            for options in (range(83), (0, 1, 2), (1, 2, 3), (0, 1, 2), (0, 1, 2), (0, 1, 2))
        ),
        *(fake.boolean(share) for share in (95, 45, 25, 5, 1, 55, 10, 20, 6, 1)),
        number(3_000, 26_000),
        number(10, 2_000) * 100_000,
        number(10, 2_000) * 100_000,
        fake.numerify("3501##0##0##GB00###F00######"),
        f"闽（{fake.year()}）福州市不动产权第{fake.numerify('#######')}号",
        fake.numerify("CLF20############"),
        fake.numerify("350##########"),
        fake.numerify("########"),
        fake.numerify("##########"),
        fake.numerify("8350############"),
        fake.numerify("############"),
        fake.random_int(0, 31),
    ]


def peak_mib() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(cases: int) -> None:
    """Prints one line a measurement."""
    package = load_package("fujian-2024-55")
    volume = package.volume
    population = Population(package, 2024, cases, volume.first_day_ms, volume.last_day_ms)
    before = peak_mib()
    started = time.perf_counter()
    chunks = [population.chunk(start, min(start + BLOCK, cases)) for start in range(0, cases, BLOCK)]
    ours = time.perf_counter() - started
    print(f"population   {cases:>9,} cases  {ours:7.2f} s  {ours / cases * 1e6:7.2f} us/case")
    print(f"memory       peak {peak_mib():,.0f} MiB, {before:,.0f} MiB of it before the first case")
    started = time.perf_counter()
    made = sum(len(chunk.dossiers()) for chunk in chunks[:8])
    plain = (time.perf_counter() - started) / made
    print(f"dossiers     {made:>9,} cases  {plain * 1e6:18.2f} us/case more, as Python objects")
    fake = Faker("zh_CN")
    fake.seed_instance(2024)
    started = time.perf_counter()
    for _ in range(FAKER_ROWS):
        with_faker(fake)
    theirs = (time.perf_counter() - started) / FAKER_ROWS
    print(f"Faker        {FAKER_ROWS:>9,} cases  {theirs * 1e6:18.2f} us/case")
    columns, objects = theirs * cases / ours, theirs / (ours / cases + plain)
    print(f"ratio        {columns:,.0f} times faster than row by row, {objects:,.0f} with the Python objects")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 830_000)
