"""Telling the processor what will be read soon, so that it need not be waited for."""

# mypy: disable-error-code="no-untyped-call"
# What numba has to write code with has no annotations.

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from vedette.spread.kernels.compiled import before_compiling


def ahead(array: npt.NDArray[Any], row: int) -> None:
    """Row `row` of an array of contiguous rows will be read soon. It need not exist."""


@before_compiling
def _register() -> None:
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic, overload

    @intrinsic
    def prefetch(typing: Any, array: Any, row: Any) -> Any:
        def code(context: Any, builder: Any, sig: Any, given: Any) -> Any:
            rows = context.make_array(sig.args[0])(context, builder, given[0])
            step = builder.mul(given[1], cgutils.unpack_tuple(builder, rows.strides, 1)[0])
            bytes_ = ir.IntType(8).as_pointer()
            place = builder.gep(builder.bitcast(rows.data, bytes_), [step])
            flag = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [bytes_, flag, flag, flag])
            call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
            builder.call(call, [place, flag(0), flag(3), flag(1)])  # to read, to keep, data
            return context.get_dummy_value()

        return types.none(array, types.intp), code

    @overload(ahead, strict=False)
    def choose(array: Any, row: Any) -> Any:
        return lambda array, row: prefetch(array, row)  # type: ignore[call-arg]
