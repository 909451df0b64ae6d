"""Reads a YAML file of a rule pack as a model; what it may not hold is an error that names file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class RuleError(ValueError):
    """A rule pack that cannot be used; the text starts with `file:line:`."""


class Strict(BaseModel):
    """A part of a pack's file: nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def load(path: Path, model: type[Model]) -> Model:
    """Read a YAML file as `model`. Raises `RuleError` with file, line and key."""
    return parse(path.read_text("utf-8"), path, model)


def parse(text: str, path: Path, model: type[Model]) -> Model:
    """Read YAML text as `model`; `path` is only named in errors."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise RuleError(f"{path}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}") from None
    twice = _duplicate(root)
    if twice:
        raise RuleError(f"{path}:{twice[0]}: key {twice[1]!r} stands twice")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        message = first["msg"].removeprefix("Value error, ")
        raise RuleError(f"{path}:{line_of(root, first['loc'])}: {where}: {message}") from None


def line_of(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The 1-based line of the key at `loc`, or of its nearest parent."""
    if node is None:
        return 1
    line = int(node.start_mark.line) + 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, node = int(key.start_mark.line) + 1, value
                    break
            else:
                break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = int(node.start_mark.line) + 1
        else:
            break
    return line


def _duplicate(node: yaml.Node | None) -> tuple[int, str] | None:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                return int(key.start_mark.line) + 1, str(key.value)
            seen.add(key.value)
            found = _duplicate(value)
            if found:
                return found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            found = _duplicate(child)
            if found:
                return found
    return None
