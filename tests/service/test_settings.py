"""Settings come from the environment, and a wrong one names its variable."""

from pathlib import Path

import pytest

from service.cli.options import database_url
from service.errors import SettingError
from service.settings import load_settings


def test_the_database_is_a_file_in_the_data_folder_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", "/somewhere")
    monkeypatch.delenv("PAICHE_DATABASE_URL", raising=False)
    settings = load_settings()
    assert settings.database == "sqlite:////somewhere/paiche.sqlite3"
    assert settings.demo_database == "sqlite:////somewhere/demo.sqlite3"
    monkeypatch.setenv("PAICHE_DATABASE_URL", "postgresql://me@db/paiche")
    assert load_settings().database == "postgresql://me@db/paiche"


@pytest.mark.parametrize("value", ["eighty", "0", "70000", "-1"])
def test_a_port_that_cannot_be_names_its_variable_and_value(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PAICHE_PORT", value)
    with pytest.raises(SettingError, match=rf"PAICHE_PORT='{value}'"):
        load_settings()


def test_a_database_can_be_named_as_url_file_or_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("PAICHE_DATABASE_URL", "postgresql://me@db/paiche")
    settings = load_settings()
    assert database_url(settings, None) == "postgresql://me@db/paiche"
    assert database_url(settings, "demo") == f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    assert database_url(settings, "sqlite:///x.db") == "sqlite:///x.db"
    assert database_url(settings, str(tmp_path / "own.db")) == f"sqlite:///{tmp_path / 'own.db'}"
