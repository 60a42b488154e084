"""What a message says, in plain words: nothing in it works as markup, as a mention or as a header.

Words of others are cut first, then made inert, so that a text of any length costs little.
"""

from collections.abc import Sequence
from typing import Final

from duban.engine.inert import inert
from duban.engine.messages import text
from duban.engine.model.channel import Language
from duban.engine.model.dispatch import Item, Parcel
from duban.engine.model.label import Label

LONGEST_WORDS: Final = 500
"""The most characters of one notice that are sent; the whole of it lies in the inbox."""
LONGEST_SUBJECT: Final = 80
_MARK: Final = "…"
# Signs with which chats call everybody, link, or change letters; their wide forms are read the same and do nothing.
_WIDE: Final = str.maketrans("@<>*`~[]", "＠＜＞＊｀～［］")


def plain(words: str, most: int = LONGEST_WORDS) -> str:
    """Words of others in one line, at most ``most`` characters, with a mark where they were cut."""
    cut = inert(words[: 4 * most]).strip()
    return cut if len(cut) <= most and len(words) <= 4 * most else cut[: most - 1] + _MARK


def chat(words: str) -> str:
    """Words for a chat: signs that mention or mark up become their wide forms."""
    return words.translate(_WIDE)


def languages(language: Language) -> tuple[str, ...]:
    """The languages of a channel, in the order in which they are told."""
    return ("zh", "en") if language == "both" else (language,)


def subject(parcel: Parcel, language: Language) -> str:
    """One line that tells what a message is about."""
    told = []
    for lang in languages(language):
        if len(parcel.items) == 1:
            told.append(plain(_said(parcel.items[0], lang), LONGEST_SUBJECT))
        else:
            told.append(text("channel-text.several", lang, count=len(parcel.items)))
    return " / ".join(dict.fromkeys(told))


def body(parcel: Parcel, language: Language, *, fits: int | None = None, in_chat: bool = False) -> str:
    """The message: for each language a heading and a line for each notice.

    With ``fits`` it has at most so many bytes of UTF-8: as many notices as fit, and a line that tells how many do not.
    """
    for count in range(len(parcel.items), 0, -1):
        whole = _body(parcel, parcel.items[:count], language, LONGEST_WORDS)
        whole = chat(whole) if in_chat else whole
        if fits is None or len(whole.encode()) <= fits:
            return whole
    shortest = chat(_body(parcel, parcel.items[:1], language, 80))
    return cut_to(shortest, fits or len(shortest.encode()))


def cut_to(words: str, most: int) -> str:
    """Words of at most ``most`` bytes of UTF-8, with a mark where they were cut, and no character cut in two."""
    raw = words.encode()
    if len(raw) <= most:
        return words
    return raw[: most - len(_MARK.encode())].decode(errors="ignore") + _MARK


def _body(parcel: Parcel, items: Sequence[Item], language: Language, most: int) -> str:
    blocks = []
    for lang in languages(language):
        lines = [text("channel-text.heading", lang)]
        lines += [_line(item, parcel, lang, most) for item in items]
        left = len(parcel.items) - len(items)
        if left:
            lines.append(text("channel-text.cut", lang, count=left))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _line(item: Item, parcel: Parcel, lang: str, most: int) -> str:
    at = f"{item.at.astimezone(parcel.zone):%Y-%m-%d %H:%M}"
    said = plain(_said(item, lang), most)
    if parcel.recipient:
        return text("channel-text.line", lang, at=at, said=said)
    posts = [Label(plain(one.en, 60), plain(one.zh, 60)) for one in list(item.posts.values())[:5]]
    return text("channel-text.line-for", lang, at=at, said=said, posts=posts)


def _said(item: Item, lang: str) -> str:
    words = item.text.text(lang)
    if not item.ref or words.startswith(item.ref):
        return words
    return f"{item.ref}{'：' if lang == 'zh' else ': '}{words}"
