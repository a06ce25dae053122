"""Settings come from the environment; a value that is not allowed is refused with what is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kedja.config import CannotRun, Config, load, to_environment, variables


def test_defaults() -> None:
    config = load({})
    assert (config.host, config.port, config.persons, config.demo) == ("127.0.0.1", 8480, 500, False)
    assert config.home == Path.cwd() / ".kedja"
    assert config.worker_count >= 1


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("KEDJA_PORT", "0", "1 to 65535"),
        ("KEDJA_PORT", "http", "1 to 65535"),
        ("KEDJA_PORT", "٨", "1 to 65535"),
        ("KEDJA_WORKERS", "-1", "0 to 256"),
        ("KEDJA_PERSONS", "5", "18 to 300000"),
        ("KEDJA_DEMO", "yes", "0 to 1"),
        ("KEDJA_DATABASE_URL", "mysql://x", "postgresql://"),
        ("KEDJA_HOST", "a b", "host name"),
        ("KEDJA_HOME", "", "folder"),
    ],
)
def test_value_that_is_not_allowed_is_refused(variable: str, value: str, allowed: str) -> None:
    with pytest.raises(CannotRun, match=f"{variable} is .*{allowed}"):
        load({variable: value})


def test_environment_of_a_config_gives_it_back() -> None:
    config = load({"KEDJA_HOME": "/srv/kedja", "KEDJA_PORT": "9000", "KEDJA_DEMO": "1", "KEDJA_WORKERS": "3"})
    assert load(to_environment(config)) == config
    assert set(to_environment(config)) == set(variables())


def test_base_url_is_the_public_one_when_set() -> None:
    assert load({"KEDJA_PUBLIC_URL": "https://kedja.example/"}).base_url == "https://kedja.example"
    assert Config(host="::1").base_url == "http://[::1]:8480"
