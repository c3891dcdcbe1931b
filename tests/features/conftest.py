"""What tests of reports share."""

import pytest

from tests.features.accepted import Accepted, accept_into


@pytest.fixture(scope="session")
def accepted_wrong(tmp_path_factory: pytest.TempPathFactory) -> Accepted:
    """An acceptance in which something failed; tests that change its files take a copy."""
    return accept_into(tmp_path_factory.mktemp("accepted") / "out")
