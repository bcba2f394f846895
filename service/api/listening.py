"""Take the port before anything else is done, and say in one line why it cannot be had."""

import errno
import socket

from service.errors import PortInUse, SettingError
from service.words import why


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Raises
    ------
    PortInUse
        Somebody else listens there.
    SettingError
        The host is not one of this machine's, or the port needs other rights.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            message = f"端口 {port} 已被占用；请用 --port 指定另一个端口，例如 --port {_another(port)}"
            raise PortInUse(message) from None
        message = f"无法在 {host}:{port} 监听（{why(error)}）；请检查 --host 和 --port"
        raise SettingError(message) from None
    return taken


def _another(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1
