from dexter.pii import Kind, Pseudonyms, Segment, find, mask_text, segments


def test_a_text_without_anything_personal_is_returned_as_it_is() -> None:
    assert (
        mask_text("deadlock detected while updating tuple (0,2)")
        == "deadlock detected while updating tuple (0,2)"
    )


def test_masked_values_keep_their_place() -> None:
    assert mask_text("from ada@example.com to bob@example.org") == "from [email] to [email]"


def test_segments_hold_no_masked_text() -> None:
    assert segments("hi ada@example.com!") == (Segment("hi "), Segment(None, Kind.EMAIL), Segment("!"))
    assert segments("") == ()


def test_what_was_filtered_before_stays_and_is_recognised() -> None:
    assert mask_text("password=[Filtered] pin ********") == "password=[Filtered] pin ********"
    assert segments("x [Filtered]") == (Segment("x "), Segment("[Filtered]", Kind.FILTERED))


def test_the_same_value_gets_the_same_pseudonym() -> None:
    names = Pseudonyms()
    first = mask_text("ada@example.com and bob@example.com", pseudonyms=names)
    assert first == "<email-1> and <email-2>"
    assert mask_text("BOB@example.com, 4111 1111 1111 1111", pseudonyms=names) == "<email-2>, <card-1>"
    assert mask_text("4111-1111-1111-1111", pseudonyms=names) == "<card-1>"


def test_a_credential_in_a_url_leaves_the_host_readable() -> None:
    assert mask_text("postgres://app:p@ss@db.example.com/x") == "postgres://[credential]@db.example.com/x"


def test_a_filtered_value_never_shows_its_neighbour() -> None:
    (finding,) = find("Cookie: a=[Filtered]; b=abc")
    assert finding.kind is Kind.COOKIE
