"""YAML as strangers write it: plain values in one tree, bounded, wrong in one way only."""

from typing import Any

import yaml

MAX_BYTES = 64 * 1024
_SHOWN = 200


class YamlUnreadable(Exception):
    """It is no YAML that we take: `why`, on one line; `line` where in it, 0 if that isn't known."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


class _OneTree(yaml.SafeLoader):
    """
    Takes no aliases: a few hundred characters of them, merged into each other, fill the memory.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(problem="aliases are not taken", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        """Refuse what YAML can write and no database takes: NUL, half of a character."""
        said = super().construct_scalar(node)
        if isinstance(said, str) and any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in said):
            raise yaml.constructor.ConstructorError(
                problem="a character that can't be kept", problem_mark=node.start_mark
            )
        return said


def read_yaml(content: bytes, *, limit: int = MAX_BYTES) -> Any:
    """
    Return what a YAML file in UTF-8 says.

    :param limit: bytes that it may have at most
    :raises YamlUnreadable: if it is longer, no YAML, or says more than plain values
    """
    if len(content) > limit:
        raise YamlUnreadable(f"> {limit // 1024} KB")
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=_OneTree)
    except Exception as error:  # what PyYAML raises for values that aren't is not a closed list
        said = " ".join(str(error).split()) or type(error).__name__
        mark = getattr(error, "problem_mark", None)
        raise YamlUnreadable(said[:_SHOWN], mark.line + 1 if mark else 0) from error
