import pytest

from dexter.sentry.errors import Unsupported
from dexter.sentry.flavour import CAPABILITIES, CHANGE_NEEDS, FLAVOURS, GLITCHTIP, SENTRY


def test_sentry_can_everything() -> None:
    assert [name for name in CAPABILITIES if not SENTRY.can(name) or SENTRY.why_not(name)] == []


def test_glitchtip_has_a_reason_for_all_that_it_cannot() -> None:
    assert set(GLITCHTIP.reasons) == CAPABILITIES - GLITCHTIP.supports
    for name in CAPABILITIES - GLITCHTIP.supports:
        reason = GLITCHTIP.why_not(name)
        assert reason is not None
        assert reason.startswith("GlitchTip")
        assert reason.endswith(".")


def test_a_reason_where_none_was_written() -> None:
    bare = type(GLITCHTIP)(
        **{name: getattr(GLITCHTIP, name) for name in GLITCHTIP.__slots__} | {"reasons": {}}
    )
    assert bare.why_not("assign") == "GlitchTip does not offer this."


def test_a_capability_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        SENTRY.can("assing")


@pytest.mark.parametrize("key", CHANGE_NEEDS)
def test_changes(key: str) -> None:
    SENTRY.require_changes({"status": "resolved", key: "x"})
    if CHANGE_NEEDS[key] == "merge":
        GLITCHTIP.require_changes({key: 1})
        return
    with pytest.raises(Unsupported) as caught:
        GLITCHTIP.require_changes({"status": "resolved", key: "x"})
    assert caught.value.capability == CHANGE_NEEDS[key]
    assert caught.value.permanent


def test_resolving_in_the_next_release() -> None:
    SENTRY.require_changes({"status": "resolvedInNextRelease"})
    GLITCHTIP.require_changes({"status": "resolved"})
    with pytest.raises(Unsupported):
        GLITCHTIP.require_changes({"status": "resolvedInNextRelease"})


def test_by_name() -> None:
    assert FLAVOURS == {"sentry": SENTRY, "glitchtip": GLITCHTIP}
    assert hash(SENTRY) != hash(GLITCHTIP)
