"""Named tuples of arrays passed to kernels by address: one machine word instead of some two hundred.

numba passes a named tuple by value, every array of it as seven words or more, which costs more than most
kernels do. `by_address` writes these words into memory once; inside a kernel `tuple.field` reads the array
from there, as a value that never changes, so that the compiler may keep it in registers. In plain Python
(compilation switched off) the wrapper gives the arrays themselves.
"""

# mypy: disable-error-code="no-untyped-call, untyped-decorator, override"

from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.typing import templates
from numba.core.typing.templates import AttributeTemplate
from numba.core.typing.typeof import typeof
from numba.extending import (
    NativeValue,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numpy.typing import NDArray

T = TypeVar("T", bound=NamedTuple)

WORD: int = 8


class Arrays:
    """Arrays of a named tuple and the words that describe them; made by `by_address`."""

    def __init__(self, fields: Any) -> None:
        self.fields = fields
        words = [word for array in fields for word in _words(array)]
        self.memory: NDArray[np.int64] = np.array(words, np.int64)
        self.address = int(self.memory.ctypes.data)

    def __getattr__(self, name: str) -> Any:
        """Give an array of the tuple."""
        return getattr(object.__getattribute__(self, "fields"), name)


def by_address(fields: T) -> T:
    """Wrap a named tuple of C-contiguous arrays for kernels; it keeps the arrays alive.

    Raises
    ------
    ValueError
        An array is not C-contiguous.
    """
    for name, array in zip(fields._fields, cast("tuple[NDArray[Any], ...]", fields), strict=True):
        if not array.flags.c_contiguous:
            message = f"数组 {name} 在内存中不连续，内核只接受 C 顺序的数组"
            raise ValueError(message)
    return cast("T", Arrays(fields))


def _words(array: NDArray[Any]) -> tuple[int, ...]:
    """Lay an array out as numba's own description of it, without an owner."""
    return (0, 0, array.size, array.itemsize, int(array.ctypes.data), *array.shape, *array.strides)


class ArraysType(types.Type):  # type: ignore[misc, unused-ignore]
    """Type of `Arrays` inside kernels: names and array types of its fields, in order."""

    def __init__(self, title: str, members: tuple[tuple[str, Any], ...]) -> None:
        self.members = members
        inside = ", ".join(f"{name}: {kind}" for name, kind in members)
        super().__init__(name=f"{title}({inside})")


@register_model(ArraysType)
class _Model(models.PrimitiveModel):  # type: ignore[misc, unused-ignore]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(8).as_pointer())


@typeof_impl.register(Arrays)
def _typeof(value: Arrays, _context: Any) -> ArraysType:
    fields = value.fields
    kinds = tuple((name, typeof(array)) for name, array in zip(fields._fields, fields, strict=True))
    return ArraysType(type(fields).__name__, kinds)


@unbox(ArraysType)
def _unbox(_kind: Any, value: Any, context: Any) -> NativeValue:
    number = context.pyapi.object_getattr_string(value, "address")
    address = context.pyapi.long_as_voidptr(number)
    context.pyapi.decref(number)
    return NativeValue(address, is_error=cgutils.is_not_null(context.builder, context.pyapi.err_occurred()))


@templates.infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc, unused-ignore]
    key = ArraysType

    def generic_resolve(self, kind: Any, name: str) -> Any:
        """Type of a field."""
        return dict(kind.members).get(name)


@lower_getattr_generic(ArraysType)
def _read(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    """Read the words of one array; they are marked as never changing."""
    first = 0
    for member, array in kind.members:
        if member == name:
            break
        first += 5 + 2 * array.ndim
    words = builder.bitcast(value, ir.IntType(64).as_pointer())
    result = cgutils.create_struct_proxy(array)(context, builder)
    numbers = [_word(builder, words, first + i) for i in range(5 + 2 * array.ndim)]
    result.nitems, result.itemsize = numbers[2], numbers[3]
    result.data = builder.inttoptr(numbers[4], result.data.type)
    result.shape = cgutils.pack_array(builder, numbers[5 : 5 + array.ndim])
    result.strides = cgutils.pack_array(builder, numbers[5 + array.ndim :])
    return result._getvalue()  # noqa: SLF001


def _word(builder: Any, words: Any, i: int) -> Any:
    loaded = builder.load(cgutils.gep_inbounds(builder, words, i))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded
