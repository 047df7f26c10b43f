"""Functions compiled by numba at their first call, and kept on disk beside their source.

Nothing is imported, read or written before that call: numba alone takes half a second to import.

The compiled code goes to `__pycache__` beside the source, in a source install as in a wheel. It is read from there
even where that folder may not be written; where nothing can be kept, nothing is written anywhere else, and each process
compiles anew. What was compiled from another state of any file of this package is not used.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
_compiling = threading.RLock()
_pending: list[Callable[[], Any]] = []


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` at its first call. It runs without the interpreter's lock. Division by 0 gives inf or nan, and
    places in arrays are not checked. What it calls must be `inlined`, its arguments arrays, numbers and tuples."""
    compiled: Callable[P, R] | None = None

    @functools.wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        nonlocal compiled
        if compiled is None:
            compiled = _compile(function)
        return compiled(*arguments, **named)

    return call


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Let kernels call `function`, which becomes part of them; it stays a Python function for others. It must not make
    arrays: in exchange, those in the tuples that it is given are not counted, which takes most of the time."""

    @before_compiling
    def register() -> None:
        from numba.extending import register_jitable

        register_jitable(_nrt=False, forceinline=True, **_OPTIONS)(function)

    return function


def before_compiling(register: Callable[[], None]) -> Callable[[], None]:
    """Call `register`, which tells numba something, once before the next kernel is compiled."""
    _pending.append(register)
    return register


def _compile(function: Callable[P, R]) -> Callable[P, R]:
    with _compiling:
        import numba

        while _pending:
            _pending.pop(0)()
        compiled: Any = numba.njit(**_OPTIONS)(function)
        # `cache=True` would do the same, with numba's own idea of where to keep the code and of when it is stale.
        compiled._cache = _cache()(function)
        return compiled  # type: ignore[no-any-return]


@functools.cache
def _cache() -> Callable[[Callable[..., Any]], Any]:
    """The class of caches; made here since numba is not imported before."""
    from numba.core import caching

    class Beside(caching.InTreeCacheLocator):
        def ensure_cache_path(self) -> None:
            """To read needs no folder, and to write makes it below."""

        def get_source_stamp(self) -> bytes:
            return hashlib.sha256(_sources() + super().get_source_stamp()).digest()  # type: ignore[no-untyped-call]

    class Code(caching.CompileResultCacheImpl):
        _locator_classes = (Beside,)  # type: ignore[assignment]

    class Cache(caching.FunctionCache):
        _impl_class = Code

        def load_overload(self, sig: object, target_context: object) -> object:
            try:
                return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            except OSError:
                return None  # not readable

        def save_overload(self, sig: object, data: object) -> None:
            try:
                Path(self.cache_path).mkdir(exist_ok=True)
                super().save_overload(sig, data)  # type: ignore[no-untyped-call]
            except OSError:
                self._enabled = False  # not writable, or full: the code stays in memory

    return Cache


@functools.cache
def _sources() -> bytes:
    """The state of all kernels: one calls what stands in the file of another."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).digest()


def kept() -> bool:
    """Whether there is compiled code beside the kernels of this package."""
    return any((Path(__file__).parent / "__pycache__").glob("*.nbi"))
