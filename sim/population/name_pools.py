"""The words people, companies, streets and estates are called by: fixed lists, the same on every machine."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

import numpy as np
from faker.providers.address.zh_CN import Provider as Address
from faker.providers.company.zh_CN import Provider as Company
from faker.providers.person.zh_CN import Provider as Person

from sim.population.identifier_columns import Chinese


def _given_names(listed: list[str]) -> list[str]:
    """Faker's names and every pair of its one-character names: two characters are what most people have."""
    names = sorted(set(listed))
    single = [name for name in names if len(name) == 1]
    return names + [first + second for first in single for second in single if first != second]


def _column(words: list[str]) -> Chinese:
    return np.array(words, dtype=np.str_)


_SURNAME_WEIGHTS: Final = sorted(Person.last_names.items())
SURNAMES: Final = _column([name for name, _ in _SURNAME_WEIGHTS])
_TOTALS: Final = list(accumulate(weight for _, weight in _SURNAME_WEIGHTS))
SURNAME_BOUNDS: Final = np.array([total / _TOTALS[-1] for total in _TOTALS])

MALE_NAMES: Final = _column(_given_names(Person.first_names_male))
FEMALE_NAMES: Final = _column(_given_names(Person.first_names_female))

RARE_GIVEN_NAMES: Final = _column(["䶮", "㛃", "小䶮", "㛃婷", "𬭎", "志𬭎", "喆㙓", "𤧟"])
"""Characters GBK lacks; the last ones even lie outside the basic plane."""
DOTTED_NAMES: Final = _column(["阿依·古丽", "迪力·买买提", "卓玛·央金", "古丽娜·艾山", "多吉·扎西"])

COMPANY_WORDS: Final = _column(sorted({word for word in Company.company_prefixes if len(word) <= 3}))

STREETS: Final = _column(
    sorted({name + suffix for name in (*Person.last_names, *Address.cities) for suffix in Address.street_suffixes})
)
_ESTATE_MOODS: Final = (
    *("江滨", "凤凰", "锦绣", "阳光", "金桥", "海景", "湖畔", "世纪", "东方", "榕城"),
    *("鹭岛", "刺桐", "闽江", "书香", "翠屏", "紫荆", "天和", "新港", "龙腾", "桂园"),
)
_ESTATE_KINDS: Final = ("花园", "小区", "新村", "家园", "公寓", "名邸", "苑", "里", "广场", "雅居")
ESTATES: Final = _column([mood + kind for mood in _ESTATE_MOODS for kind in _ESTATE_KINDS])
