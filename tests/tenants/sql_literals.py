"""Every SQL literal of the product, found in the syntax tree, and what it is without a predicate."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from tenants.database.statements import Statement
from tenants.finding.search_asked import Shape
from tenants.finding.search_exact import _statement as exact_statement
from tenants.finding.search_large import _statement as large_statement

ROOT = Path(__file__).parents[2]
_SQL = re.compile(r"\s*(select|insert|update|delete|with|merge)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:from|join|into|update)\s+([a-z_]+)\b", re.IGNORECASE)
# What stands for the names that are put into composed SQL: any of the tables it is for.
_COMPOSED = {
    "erase_conversation": ["turn_steps"],
    "_erase_knowledge": ["uploads"],
    "_delete": ["facts", "contact_id"],
    "erase_tenant": ["facts"],
}


@dataclass(frozen=True, slots=True)
class SqlLiteral:
    """One literal: where it stands, and the statement that it is."""

    module: str
    function: str
    line: int
    text: str  # with `$1` for a parameter
    names: tuple[str, ...]  # the parameters' names in their order
    is_routers: bool = False  # run as the router, whose columns are a closed list

    @classmethod
    def of(cls, module: str, function: str, line: int, text: str) -> Self:
        """The literal of a text with the parameters of psycopg."""
        statement = Statement.of(_named(text, function))  # pyright: ignore[reportArgumentType] - read from its file
        return cls(module, function, line, statement.text.decode(), statement.names)

    @property
    def place(self) -> str:
        """Module and function, which outlive the lines above them."""
        return f"{self.module}:{self.function}"

    @property
    def inserts(self) -> bool:
        """Whether it adds the rows of a `values` list, each with the tenant in it."""
        return self.text.startswith("insert") and " values (" in self.text

    @property
    def tables(self) -> set[str]:
        """What it may name as a table."""
        return {name.lower() for name in _TABLE.findall(self.text)}

    @property
    def only_filled(self) -> set[str]:
        """The tables that it inserts into, minds no row of, and does not read."""
        into = set(re.findall(r"\binsert into ([a-z_]+)", self.text))
        read = set(re.findall(r"\b(?:from|join|update) ([a-z_]+)", self.text))
        return set() if "on conflict" in self.text else into - read

    def predicates(self) -> list[tuple[int, int]]:
        """From where to where it names the tenant in a condition: a parameter or another row's."""
        own = self.names.index("tenant_id") + 1 if "tenant_id" in self.names else 0
        compared = rf"(?:\${own}(?![0-9])(?:::uuid)?|\w+\.tenant_id\b)"
        found = re.finditer(rf"(?<![\w.])(?:\w+\.)?tenant_id = {compared}", self.text)
        return [place.span() for place in found]

    def without(self, *predicates: tuple[int, int]) -> str:
        """The statement as it would be if somebody had forgotten these conditions."""
        text = self.text
        for begin, end in reversed(predicates):
            parameter = re.search(r"\$\d+", text[begin:end])
            always = f"{parameter.group()}::uuid is not null" if parameter else "true"
            text = text[:begin] + always + text[end:]
        return text


def sql_literals() -> list[SqlLiteral]:
    """All of them, in the order of files and lines; migrations, which the owner runs, are no part."""
    paths = [p for p in ROOT.glob("tenants/**/*.py") if "migrations" not in p.parts]
    paths.append(ROOT / "graphs" / "keeping" / "checkpoints.py")
    found = [literal for path in sorted(paths) for literal in _of_file(path)]
    return [*found, *_searches()]


def _of_file(path: Path) -> Iterator[SqlLiteral]:
    module = str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if not _SQL.match(node.value) or not _is_statement(node.value):
            continue
        inside = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
        function = max(inside, key=lambda f: f.lineno) if inside else None
        name = function.name if function else "<module>"
        literal = SqlLiteral.of(module, name, node.lineno, node.value)
        yield replace(literal, is_routers=function is not None and _routes(function))


def _routes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is given the router's connection, or opens no other."""
    said = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    given = {ast.unparse(arg.annotation) for arg in function.args.args if arg.annotation}
    return "RouterConnection" in given or (
        "router_transaction" in said and "tenant_transaction" not in said
    )


def _named(text: str, function: str) -> str:
    """Parameters by place get the name of their column; `{}` of composed SQL gets a name of ours."""
    places = iter(range(1, 100))
    text = re.sub(r"\b(\w+) = %s", r"\1 = %(\1)s", text)
    text = re.sub(r"%s", lambda _: f"%(place_{next(places)})s", text)
    names = iter(_COMPOSED.get(function, ()))
    return re.sub(r"(?<!')\{(?:cast)?\}", lambda _: next(names, ""), text)


def _is_statement(text: str) -> bool:
    words = text.split()
    return len(words) > 3 and not {"from", "into", "set", "values"}.isdisjoint(words)


def _searches() -> Iterator[SqlLiteral]:
    """The searches are put together from pieces: with none of them, and with all."""
    fields = len(Shape.__dataclass_fields__)
    for label, whole in (("plain", False), ("whole", True)):
        shape = Shape(*[whole] * fields)
        for module, made in (
            ("tenants.finding.search_exact", exact_statement(shape)),
            ("tenants.finding.search_large", large_statement(shape, 384)),
        ):
            yield SqlLiteral(module, label, 0, made.text.decode(), made.names)
