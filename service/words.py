"""What the system says, in the words of the people who read it."""

import errno
from typing import Final

_REASONS: Final = {
    errno.ENOENT: "不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENOTDIR: "上级不是文件夹",
    errno.EISDIR: "是文件夹而不是文件",
    errno.EEXIST: "已有同名文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件太多",
    errno.EADDRNOTAVAIL: "不是本机的地址",
    errno.EINVAL: "名称或参数不被系统接受",
}


def why(error: OSError) -> str:
    """Say why the system refused, in Chinese where the reason is a usual one."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__
