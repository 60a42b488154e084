"""A key that was used before does nothing again, and whoever types it is told."""

from collections.abc import Callable


def test_the_same_key_does_the_thing_once(street) -> None:
    ref = street.reports()
    words = ("issue", "assign", ref, "--unit", "office", "--as", "office", "--key", "k-1", "--json")

    first, second = street.types(*words).document, street.types(*words).document

    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert second["version"] == 2


def test_a_start_tells_that_its_key_was_used_before(street, person: Callable[[], None]) -> None:
    words = ("issue", "report", "--title", "Boxes", "--category", "litter", "--as", "grid-worker", "--key", "form-1")
    first, again = (street.types(*words, "--json").document for _ in range(2))
    other = street.types("start", "issue", "-f", "title=x", "-f", "category=litter", "--as", "grid-worker", "--json")
    person()
    told = [" ".join(street.types(*words, "--lang", lang).out.split()) for lang in ("en", "zh")]

    assert (first["ref"], first["duplicate"]) == (again["ref"], False)
    assert (again["duplicate"], other.document["duplicate"]) == (True, False)
    assert "this key was used before for the same request; no second case was started" in told[0]
    assert "未重复新建" in told[1]
    assert "was started (" not in told[0]
