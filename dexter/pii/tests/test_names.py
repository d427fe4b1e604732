import pytest

from dexter.pii import Kind, kind_of_name
from dexter.pii.names import words_of


def listed(text: str) -> list[str]:
    return text.split()


SECRETS = listed("""
    password userPassword DB_PASSWORD db-password passwd pwd passphrase secret client_secret clientSecret
    token access_token accessToken refreshToken id_token api_key apiKey API-KEY X-Api-Key apikey stripeApiKey
    authorization HTTP_AUTHORIZATION Proxy-Authorization csrf csrf_token csrfmiddlewaretoken X-CSRF-Token
    credential credentials private_key privateKey secret_key SECRET_KEY signing_key pin otp pass db_pass auth
    basic_auth cvv cvc password1 dbpassword authtoken password_confirmation tokens access_tokens
    user.password jwt
""")
COOKIES = listed("""
    cookie cookies Set-Cookie HTTP_COOKIE session sessionid session_id PHPSESSID JSESSIONID connect.sid
""")
NOTHING = listed("""
    tokens_used max_tokens prompt_tokens token_count token_type tokenizer secretary author authority authored
    password_length password_changed_at has_password password_field password_validators secret_name
    cookie_name session_duration session_count keyboard monkey key_id public_key primary_key cache_key
    foreign_key name title os.name filename hostname compass passage bypass memory_address address_type
    user_agent user_id id type value ip_version email_verified phone_type card_count street_view 1 __ é
""")
PERSONAL = [
    ("email", Kind.EMAIL),
    ("user.email", Kind.EMAIL),
    ("emailAddress", Kind.EMAIL),
    ("customer_email", Kind.EMAIL),
    ("ip", Kind.IP),
    ("ip_address", Kind.IP),
    ("REMOTE_ADDR", Kind.IP),
    ("X-Forwarded-For", Kind.IP),
    ("X-Real-IP", Kind.IP),
    ("first_name", Kind.NAME),
    ("customerLastName", Kind.NAME),
    ("customer.name", Kind.NAME),
    ("cardholder", Kind.NAME),
    ("username", Kind.USERNAME),
    ("user_name", Kind.USERNAME),
    ("user.username", Kind.USERNAME),
    ("address", Kind.ADDRESS),
    ("billing_address", Kind.ADDRESS),
    ("addressLine1", Kind.ADDRESS),
    ("address_line_2", Kind.ADDRESS),
    ("postcode", Kind.ADDRESS),
    ("zip", Kind.ADDRESS),
    ("date_of_birth", Kind.BIRTH_DATE),
    ("dob", Kind.BIRTH_DATE),
    ("ssn", Kind.SSN),
    ("passportNumber", Kind.SSN),
    ("phone", Kind.PHONE),
    ("mobile_number", Kind.PHONE),
    ("mac_address", Kind.MAC),
    ("iban", Kind.IBAN),
    ("card_number", Kind.CARD),
    ("creditCard", Kind.CARD),
]


@pytest.mark.parametrize("name", SECRETS)
def test_names_of_secrets(name: str) -> None:
    assert kind_of_name(name) is Kind.SECRET


@pytest.mark.parametrize("name", COOKIES)
def test_names_of_cookies(name: str) -> None:
    assert kind_of_name(name) is Kind.COOKIE


@pytest.mark.parametrize("name", NOTHING)
def test_names_that_say_nothing(name: str) -> None:
    assert kind_of_name(name) is None


@pytest.mark.parametrize(("name", "kind"), PERSONAL)
def test_names_of_personal_data(name: str, kind: Kind) -> None:
    assert kind_of_name(name) is kind


@pytest.mark.parametrize("above", ["user", "customer", "deliver_to", "billing", "order_owner"])
def test_a_name_below_a_person_is_personal(above: str) -> None:
    assert kind_of_name("name", ("order", above)) is Kind.NAME


@pytest.mark.parametrize("above", ["os", "runtime", "client_os", "sdk", "", "user_agent", "go_to"])
def test_a_name_below_anything_else_is_not(above: str) -> None:
    assert kind_of_name("name", (above,)) is None


@pytest.mark.parametrize(
    ("above", "name", "kind"),
    [
        ("card", "holder", Kind.NAME),
        ("card", "number", Kind.CARD),
        ("address", "line1", Kind.ADDRESS),
        ("contactPhone", "number", Kind.PHONE),
        ("api", "key", Kind.SECRET),
        ("security", "code", Kind.SECRET),
        ("lock", "holder", None),
        ("order", "number", None),
        ("screen", "name", None),
        ("cache", "key", None),
        ("error", "code", None),
    ],
)
def test_what_a_name_and_the_one_above_it_say_together(above: str, name: str, kind: Kind | None) -> None:
    assert kind_of_name(name, (above,)) is kind


@pytest.mark.parametrize("name", [None, 1, "", ("a",)])
def test_what_is_no_name_says_nothing(name: object) -> None:
    assert kind_of_name(name, (1, None)) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("userApiKey", ("user", "api", "key")),
        ("USER_API_KEY", ("user", "api", "key")),
        ("user-api-key", ("user", "api", "key")),
        ("HTTPServer", ("http", "server")),
        ("line1", ("line1",)),
        ("line_1", ("line", "1")),
        ("1st", ("1", "st")),
        ("straßenName", ("stra", "ß", "en", "name")),
    ],
)
def test_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words
