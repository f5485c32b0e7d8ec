"""What makes a password good enough."""

from __future__ import annotations

import pytest
from flask import Flask

from network.accounts.passwords import check_new_password, hash_password, is_outdated, matches
from network.core.errors import Invalid

KNOWN = ("Rina Akter", "rina.akter@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "x" * 129,
        "passwordpassword",
        "password1234",
        "qwertyuiop12",
        "123456789012",
        "aaaaaaaaaaaaaaaa",
        "leavemealone",
        "rina.akter@example.org",
        "Rina Akter 1",
        "rina.akter12",
    ],
)
def test_a_password_that_is_short_long_common_or_her_own_name_is_refused(app: Flask, password: str) -> None:
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        check_new_password(password, KNOWN)
    assert refused.value.fields["password"]


@pytest.mark.parametrize(
    "password", ["hyrax umbrella staircase", "كرسي أزرق فوق الجبل", "সবুজ নদী আর পাখি", "Zk4!vv0q_91pX"]
)
def test_words_that_do_not_belong_together_will_do_in_any_script(app: Flask, password: str) -> None:
    with app.test_request_context():
        check_new_password(password, KNOWN)


def test_a_password_is_the_same_typed_on_another_keyboard(app: Flask) -> None:
    with app.test_request_context():
        stored = hash_password("ﬁve caf\u00e9s at noon")
        assert matches(stored, "five cafe\u0301s at noon")
        assert not matches(stored, "five cafes at noon")
        assert not matches(None, "nobody signs in with this")
        assert not matches("not a hash", "anything")
        assert not is_outdated(stored)
        assert stored.startswith("$argon2id$")
