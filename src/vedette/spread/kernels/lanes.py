"""512 worlds at once in a numba kernel: `Lanes`, eight words of 64 bits that every operation works on together.

LLVM makes one instruction of an operation where the processor is wide enough (AVX-512), and two or four elsewhere.
Left to itself it would not: it cannot know that two arrays never overlap. Kernels use `&`, `|`, `^`, `~`, `+`, `*`,
`<<` and `>>` on lanes, and the functions here, which exist in kernels only.

Imported by kernels alone, as this imports numba.
"""

# mypy: disable-error-code="no-untyped-call"
# numba's interface for new types has no annotations.

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

WORDS = 8
WORLDS = 64 * WORDS

_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, WORDS)
_OPERATIONS = {
    operator.and_: "and_",
    operator.or_: "or_",
    operator.xor: "xor",
    operator.add: "add",
    operator.mul: "mul",
    operator.lshift: "shl",
    operator.rshift: "lshr",
}


class Lanes(types.Type):
    """The type numba knows them by."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


_LANES = Lanes()


def _lower(operation: Any, name: str) -> None:
    case = {"cases": [signature(_LANES, _LANES, _LANES)]}
    infer_global(operation)(type(f"Lanes_{name}", (ConcreteTemplate,), case))
    lower_builtin(operation, _LANES, _LANES)(
        lambda context, builder, sig, arguments: getattr(builder, name)(*arguments)
    )


for _operation, _name in _OPERATIONS.items():
    _lower(_operation, _name)
infer_global(operator.invert)(type("Lanes_not", (ConcreteTemplate,), {"cases": [signature(_LANES, _LANES)]}))
lower_builtin(operator.invert, _LANES)(lambda context, builder, sig, arguments: builder.not_(arguments[0]))


def _in_kernels(define: Callable[..., Any]) -> Any:
    """A function that kernels call with lanes and arrays, made of one that writes its code."""
    return intrinsic(define)


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.gep(builder.bitcast(data, _VECTOR.as_pointer()), [row])


@_in_kernels
def load(typing: Any, array: Any, row: Any) -> Any:
    """The lanes in a row of an array of uint64, whose rows have 8."""

    def code(context: Any, builder: Any, sig: Any, given: Any) -> Any:
        return builder.load(_place(context, builder, sig.args[0], *given), align=8)

    return signature(_LANES, array, types.intp), code


@_in_kernels
def store(typing: Any, array: Any, row: Any, lanes: Any) -> Any:
    """Write lanes to a row of an array of uint64, whose rows have 8."""

    def code(context: Any, builder: Any, sig: Any, given: Any) -> Any:
        builder.store(given[2], _place(context, builder, sig.args[0], given[0], given[1]), align=8)
        return context.get_dummy_value()

    return signature(types.none, array, types.intp, _LANES), code


@_in_kernels
def every(typing: Any, word: Any) -> Any:
    """The same word, uint64, eight times."""

    def code(context: Any, builder: Any, sig: Any, given: Any) -> Any:
        nothing, first = ir.Constant(_VECTOR, ir.Undefined), ir.Constant(ir.IntType(32), 0)
        one = builder.insert_element(nothing, given[0], first)
        return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), WORDS), None))

    return signature(_LANES, types.uint64), code


@_in_kernels
def some(typing: Any, lanes: Any) -> Any:
    """Whether any bit is set."""

    def code(context: Any, builder: Any, sig: Any, given: Any) -> Any:
        return builder.icmp_unsigned("!=", _reduced(builder, "or", given[0]), ir.Constant(_WORD, 0))

    return signature(types.boolean, _LANES), code


@_in_kernels
def count(typing: Any, lanes: Any) -> Any:
    """How many bits are set: int64."""

    def code(context: Any, builder: Any, sig: Any, given: Any) -> Any:
        function = ir.FunctionType(_VECTOR, [_VECTOR])
        ones = cgutils.get_or_insert_function(builder.module, function, f"llvm.ctpop.v{WORDS}i64")
        return _reduced(builder, "add", builder.call(ones, given))

    return signature(types.int64, _LANES), code


def _reduced(builder: Any, name: str, lanes: Any) -> Any:
    function = ir.FunctionType(_WORD, [_VECTOR])
    reduce = cgutils.get_or_insert_function(builder.module, function, f"llvm.vector.reduce.{name}.v{WORDS}i64")
    return builder.call(reduce, [lanes])
