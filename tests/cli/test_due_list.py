"""``duban list --by-due``: the most overdue first, page by page."""


def test_a_list_by_due_time_is_read_on_after_the_last_case_and_when_that_was_due(street) -> None:
    refs = [street.reports(str(number)) for number in range(2)]
    for ref in reversed(refs):
        street.assigns(ref)
        street.clock.advance("1 working hour")

    (first,) = street.types("list", "--by-due", "--limit", "1", "--as", "office", "--json").document
    after = f"{first['ref']}@{first['due_at']}"
    second = street.types("list", "--by-due", "--after", after, "--as", "office", "--json").document

    assert [case["ref"] for case in (first, *second)] == refs[::-1]
