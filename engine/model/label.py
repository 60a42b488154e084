"""A name or a sentence in both languages."""

from duban.engine.model.frozen import frozen


@frozen
class Label:
    """The same words in English and Chinese; where only one was declared, both are that one."""

    en: str
    zh: str

    def text(self, lang: str = "en") -> str:
        """The words in ``lang``; English for any language but ``zh``."""
        return self.zh if lang == "zh" else self.en

    def __str__(self) -> str:
        return self.en
