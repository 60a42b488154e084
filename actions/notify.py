"""notify: lays a notice into the inboxes of posts.

``to`` is ``unit``, a role, or a field that holds units or posts; or a list of these. ``text`` is the notice in both
languages; without it, the notice tells which event happened to which case.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from duban.engine.messages import text
from duban.engine.model.label import Label
from duban.engine.organization.directory import Directory

if TYPE_CHECKING:
    from duban.engine.model.case import Message
    from duban.engine.model.organization import Post
    from duban.engine.ports.actions import Toolbox

Problem = tuple[str, Mapping[str, Any]]


class Notify:
    """See the module."""

    name = "notify"

    def problems(self, params: Mapping[str, Any]) -> Mapping[str, Problem]:
        """What is wrong with declared parameters."""
        found: dict[str, Problem] = {}
        for name in params:
            if name not in ("to", "text"):
                found[name] = ("unknown-parameter", {"known": ["to", "text"]})
        to = params.get("to")
        if not self.recipients(params) or not all(isinstance(item, str) for item in _many(to)):
            found["to"] = ("recipients", {"found": str(to)})
        words = params.get("text")
        if words is not None and not isinstance(words, str) and not _is_bilingual(words):
            found["text"] = ("words", {"found": str(words)})
        return found

    def recipients(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """Who is named under ``to``."""
        return tuple(item for item in _many(params.get("to")) if isinstance(item, str))

    def carry_out(self, message: "Message", toolbox: "Toolbox") -> None:
        """Lay the notice into every recipient's inbox; of a confidential case only into those that may see it."""
        declared, case = message.params["declared"], message.params["case"]
        words = _words(declared.get("text"), message.ref, case)
        for post in _posts(self.recipients(declared), message.params, Directory(toolbox.organization)):
            if not message.audience or post.roles.intersection(message.audience):
                toolbox.put_notice(post.name, message, words)


def _posts(names: tuple[str, ...], params: Mapping[str, Any], directory: Directory) -> "list[Post]":
    """The posts that are meant, each once. ``unit`` and roles mean themselves even where a field is called so."""
    fields, kinds, unit = params["fields"], params.get("kinds", {}), params["case"]["unit"]
    found: dict[str, Post] = {}
    for name in names:
        posts: tuple[Post, ...]
        if name == "unit" or kinds.get(name) not in ("unit", "post"):
            posts = directory.recipients([name], unit)
        elif kinds[name] == "unit":
            posts = tuple(post for held in _many(fields[name]) for post in directory.posts_of(held))
        else:
            every = directory.organization.posts
            posts = tuple(every[held] for held in _many(fields[name]) if held in every)
        found |= {post.name: post for post in posts if post.name not in found}
    return list(found.values())


def _many(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _is_bilingual(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"en", "zh"} and all(isinstance(v, str) for v in value.values())


def _words(declared: Any, ref: str, case: Mapping[str, Any]) -> Label:
    if isinstance(declared, str):
        return Label(declared, declared)
    if isinstance(declared, Mapping):
        return Label(declared["en"], declared["zh"])
    told = {
        lang: text("notice.default", lang, ref=ref, event=case["event_label"][lang], state=case["state_label"][lang])
        for lang in ("en", "zh")
    }
    return Label(told["en"], told["zh"])
