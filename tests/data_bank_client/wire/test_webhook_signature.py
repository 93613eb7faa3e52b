"""Signatures are those of Standard Webhooks."""

import pytest

from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.webhook_signature import check_secret, key_of, make_secret, sign


def test_a_signature_is_the_one_of_the_standards_own_libraries() -> None:
    # The example that its libraries are tested with.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    message_id, at, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign(secret, message_id, at, body) == expected


def test_a_secret_that_is_made_is_new_and_of_32_bytes() -> None:
    first, second = make_secret(), make_secret()
    assert first != second
    assert len(key_of(first)) == len(key_of(second)) == 32
    assert check_secret(first) == first


@pytest.mark.parametrize("secret", ["a phrase of words", "x" * 16, "x" * 200])
def test_a_secret_of_ones_own_is_its_bytes(secret: str) -> None:
    assert key_of(check_secret(secret)) == secret.encode()


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ("x" * 15, "16 to 200"),
        ("x" * 201, "16 to 200"),
        ("sixteen letters\n", "16 to 200"),
        ("sixteen letter\u00e9s", "16 to 200"),
        ("whsec_not Base64!", "Base64"),
        ("whsec_AAAAAAAAAAAAAAA=", "at least 16 bytes"),
    ],
)
def test_a_secret_that_protects_little_is_refused_without_being_told(
    secret: str, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says) as caught:
        check_secret(secret)
    assert secret not in str(caught.value)
