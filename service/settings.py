"""Settings: read once from the environment (`PAICHE_*`), then passed in as a value."""

from pathlib import Path
from typing import Annotated

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import SettingError


class Settings(BaseSettings):
    """Where things are kept and how the service listens.

    Parameters
    ----------
    database_url
        SQLAlchemy URL; empty means an SQLite file in `data_folder`.
    data_folder, cache_folder
        What must be kept (database, maps, logs), and what can be made again (road networks, orders of nodes).
    host, port
        Where `paiche serve` listens.
    time_zone
        IANA name of the zone in which service days start at midnight.
    """

    model_config = SettingsConfigDict(env_prefix="PAICHE_", frozen=True, extra="ignore")

    database_url: str = ""
    data_folder: Path = Field(default_factory=lambda: user_data_path("paiche", appauthor=False))
    cache_folder: Path = Field(default_factory=lambda: user_cache_path("paiche", appauthor=False))
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    time_zone: str = "Asia/Shanghai"

    @property
    def database(self) -> str:
        """URL of the system of record."""
        return self.database_url or f"sqlite:///{self.data_folder / 'paiche.sqlite3'}"

    @property
    def demo_database(self) -> str:
        """URL of the demo's own SQLite file; the system of record is not touched by a demo."""
        return f"sqlite:///{self.data_folder / 'demo.sqlite3'}"

    @property
    def log_file(self) -> Path:
        """Where what nobody expected is written down."""
        return self.data_folder / "logs" / "paiche.log"


def load_settings() -> Settings:
    """Read the environment; a value that cannot be is a `SettingError` that names its variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "PAICHE_" + "_".join(str(part) for part in first["loc"]).upper()
        message = f"环境变量 {name}={first['input']!r} 不可用：{first['msg']}；请更正或删除该变量"
        raise SettingError(message) from None
