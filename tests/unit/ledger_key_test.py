from __future__ import annotations

from uuid import UUID

import pytest

from leadline.ledger.key import ActionKey, payload_hash

RUN = UUID("018f0000-0000-7000-8000-000000000001")


def test_a_key_reads_back_what_it_writes_even_with_a_slash_in_the_step() -> None:
    for step in ("crm", "crm/again", "ünïcode"):
        key = ActionKey(RUN, step, 12)
        assert ActionKey.parse(str(key)) == key


def test_keys_sort_by_run_then_step_then_visit() -> None:
    assert ActionKey(RUN, "a", 2) < ActionKey(RUN, "a", 10) < ActionKey(RUN, "b", 1)


@pytest.mark.parametrize(
    "text", ["", "crm", f"{RUN}/crm", f"{RUN}/crm/-1", f"{RUN}//1", "nobody/crm/1", f"{RUN}/crm/²"]
)
def test_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an action key.*\.$"):
        ActionKey.parse(text)


def test_the_hash_never_changes() -> None:
    """A hash in the store is compared with one made by a later version: the form is frozen."""
    expected = "19958f6afae7aeadd2b3f2f6b6be98fbc1a2ae51e2bbe4360a8bf4067484bd5a"
    assert payload_hash("ab12", b'{"n":1}') == expected


def test_another_release_or_other_values_hash_apart() -> None:
    given = [("ab12", b'{"v":"1"}'), ("ab12", b'{"v":1}'), ("ab13", b'{"v":1}'), ("ab12", b"{}")]
    assert len({payload_hash(release, document) for release, document in given}) == len(given)
