"""Everything in which a process may keep something beyond one call, found in the syntax tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("tenants", "tools", "graphs", "server")
CACHES = {"lru_cache", "cache"}
EMPTY = {
    "dict", "list", "set", "OrderedDict", "defaultdict", "deque", "Counter", "WeakKeyDictionary",
    "WeakValueDictionary", "WeakSet", "ContextVar", "TTLCache", "LRUCache",
}  # fmt: skip


def remembered() -> set[str]:
    """`module.name` of functions with a cache, of module-level stores, `module.Class._attribute` of
    those that an object is born with.
    """
    found: set[str] = set()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if ".migrations." not in module:
                found.update(f"{module}.{name}" for name in stores(path.read_text("utf-8")))
    return found


def stores(source: str) -> Iterator[str]:
    """The names of one module."""
    tree = ast.parse(source)
    for node in tree.body:
        if (name := _assigned(node)) is not None:
            yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(_called(one) in CACHES for one in node.decorator_list):
                yield node.name
        elif isinstance(node, ast.ClassDef):
            for line in (line for method in node.body for line in _lines_of_birth(method)):
                if (name := _assigned(line)) is not None:
                    yield f"{node.name}.{name}"


def _lines_of_birth(method: ast.stmt) -> list[ast.stmt]:
    born = isinstance(method, ast.FunctionDef) and method.name in ("__init__", "__post_init__")
    return method.body if born and isinstance(method, ast.FunctionDef) else []


def _assigned(node: ast.stmt) -> str | None:
    """The name that is given something empty which can fill up."""
    match node:
        case ast.Assign(targets=[target], value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            pass
        case _:
            return None
    if not _is_empty(value):
        return None
    match target:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
        case _:
            return None


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
        case ast.Call(args=args):
            name = _called(value)
            return name in EMPTY and (name in ("ContextVar", "deque") or not args)
        case _:
            return False


def _called(node: ast.expr) -> str:
    """The last name of what is called: `functools.lru_cache(maxsize=8)` is `lru_cache`."""
    match node:
        case ast.Call(func=func):
            return _called(func)
        case ast.Subscript(value=value):
            return _called(value)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
