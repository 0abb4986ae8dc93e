"""Tables that come along: what is in them, and that they say where they are from."""

from __future__ import annotations

import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.recipes.included import IncludedTable
from nnstudio.core.recipes.recipe import Recipe, SplitRecipe

TABLES = [cls for cls in registry.table(Dataset).values() if issubclass(cls, IncludedTable)]


@pytest.mark.parametrize("cls", TABLES, ids=lambda cls: cls.type_name)
def test_a_table_loads_as_it_comes_and_names_its_source(cls):
    data = cls().load()
    assert len(data.train) > 100 and len(data.valid) > 20
    assert cls.source and cls.licence


def test_each_preparation_of_each_table_is_made_once_while_it_is_held():
    recipe = Recipe(split=SplitRecipe(seed=5))
    made = [cls(*given).load() for cls in TABLES for given in ((), (recipe,))]
    again = [
        cls(*given).load() for cls in TABLES for given in ((), (Recipe(split=SplitRecipe(seed=5)),))
    ]
    assert all(one is other for one, other in zip(made, again, strict=True))
    assert len(set(map(id, made))) == 2 * len(TABLES)


def test_penguins_keep_their_gaps():
    table = registry.find(Dataset, "Penguins.v1")().raw()
    gaps = {column.name: int(column.gaps.sum()) for column in table.columns}
    assert table.rows == 344 and gaps["sex"] == 11 and gaps["species"] == 0
    assert gaps["body mass (g)"] == gaps["bill length (mm)"] == 2
    species = table.column("species")
    assert [int((species.values == n).sum()) for n in range(3)] == [152, 68, 124]
    assert species.categories == ("Adelie", "Chinstrap", "Gentoo")
