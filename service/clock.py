"""Times: seconds since the start of the service day inside a plan, offset-aware UTC datetimes in rows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.errors import SettingError


def zone_of(name: str) -> ZoneInfo:
    """Time zone by its IANA name, e.g. `"Asia/Shanghai"`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"不认识的时区 {name!r}；请用 IANA 名称，例如 Asia/Shanghai"
        raise SettingError(message) from None


def moment(day: date, seconds: int, zone: ZoneInfo) -> datetime:
    """UTC datetime of a second of the service day that starts at local midnight."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return midnight + timedelta(seconds=seconds)


def seconds_of(when: datetime, day: date, zone: ZoneInfo) -> int:
    """Seconds since the start of the service day; the inverse of `moment`."""
    return round((when - moment(day, 0, zone)).total_seconds())


def clock_text(seconds: int) -> str:
    """Render seconds of the day as people read them, e.g. `"07:05"`; after midnight `"次日 00:10"`."""
    days, rest = divmod(seconds, 86_400)
    prefix = "次日 " if days == 1 else f"第 {days + 1} 日 " if days > 1 else ""
    return f"{prefix}{rest // 3600:02d}:{rest % 3600 // 60:02d}"
