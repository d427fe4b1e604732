"""The words by which a name gives its value away. To mask one more, add it here and to the table of tests.

Words are lower case, as `dexter.pii.names.words_of` gives them; an entry of several words is a sequence.
"""

from dexter.pii.kinds import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _entries(text: str) -> frozenset[str]:
    return frozenset(" ".join(entry.split()) for entry in text.split(","))


SECRET_WORDS = _words("""
    password passwords passwd passwort pwd passphrase passcode pw secret secrets token apikey authorization
    authtoken accesstoken refreshtoken idtoken csrf xsrf csrftoken xsrftoken csrfmiddlewaretoken otp totp
    cvv cvc cvv2 credential credentials privatekey secretkey accesskey signingkey encryptionkey clientsecret
    mnemonic jwt bearer
""")
COOKIE_WORDS = _words("cookie cookies cookie2 session sessionid sessid sid phpsessid jsessionid")
SECRET_ALONE = _words("pin pass auth tokens")
SECRET_PAIRS = _entries("""
    private key, secret key, api key, api keys, access key, signing key, encryption key, account key,
    master key, auth key, ssh key, shared key, license key, access tokens, refresh tokens, auth tokens,
    api tokens, bearer tokens, pin code, card pin, db pass, user pass, smtp pass, mysql pass, database pass,
    http auth, basic auth, proxy auth, x auth, security code, recovery code, recovery codes, backup codes,
    mfa code, verification code
""")
SECRET_BEGINNINGS = ("password", "passwd")
SECRET_ENDINGS = ("password", "passwd", "secret", "apikey", "token", "sessionid", "passphrase")

# Behind or before a secret word these tell about the secret, they are not it: token_type, max_tokens.
BENIGN_ENDINGS = _words("""
    count counts used usage length len type types size ttl timeout expiry expires expired expiration at age
    enabled disabled required valid invalid policy field fields error errors attempts attempt limit limits
    max min strength hint changed reset updated created version index budget rate status state format
    algorithm method methods class classes backend backends engine module middleware path paths file
    filename domain prefix duration start end started ended missing present name names header validators
    validator hashers hasher rotation uri url endpoint manager factory store handler provider service
    samesite secure httponly in is scopes scope lifetime remaining total per label date time seconds ms
    minutes days kind mode cost price balance symbol address
""")
BENIGN_BEGINNINGS = _words("max min num total is has no use requires needs can should count n prompt")

PERSONAL: dict[str, Kind] = {
    entry: kind
    for kind, entries in {
        Kind.NAME: """
            first name, last name, full name, middle name, given name, family name, maiden name, real name,
            display name, surname, forename, firstname, lastname, fullname, customer name, contact name,
            billing name, shipping name, recipient name, cardholder, cardholder name, card holder,
            holder name, account holder, account owner, patient name, employee name, nickname, person name,
            legal name""",
        Kind.USERNAME: "username, user name, login name, screen name, user login",
        Kind.ADDRESS: """
            address, street, street address, street name, home address, postal address, billing address,
            shipping address, delivery address, address line, address line1, address line2, address 1,
            address 2, address1, address2, address line 1, address line 2, line1, line2, house number,
            postcode, post code, postal code, zip, zip code, zipcode""",
        Kind.BIRTH_DATE: "date of birth, birth date, birthdate, birthday, dob, date birth",
        Kind.SSN: """
            ssn, social security, social security number, national id, national insurance number, tax id,
            passport, passport number, passport no, driver license, drivers license, id card number""",
        Kind.PHONE: """
            phone, phone number, telephone, telephone number, mobile, mobile number, mobile phone, cell,
            cell phone, tel, fax, fax number, phonenumber, msisdn, whatsapp""",
        Kind.EMAIL: """
            email, e mail, email address, e mail address, mail address, emailaddress, user email""",
        Kind.IP: """
            ip, ip address, ipaddress, client ip, remote ip, remote addr, user ip, real ip, x forwarded for,
            forwarded for, cf connecting ip, true client ip""",
        Kind.MAC: "mac address, macaddress",
        Kind.IBAN: "iban, bank account",
        Kind.CARD: """
            card, card number, cardnumber, cc number, ccnumber, credit card, creditcard, credit card number,
            debit card, pan, card no, payment card""",
    }.items()
    for entry in _entries(entries)
}
# These mean something else behind another word: memory_address, test_card, gene_pan.
PERSONAL_ALONE = _words("address card pan cell mobile zip tel line1 line2 passport fax")

# A name of a person only when something above it says so: customer.name, but not os.name.
OF_A_PERSON = {"name": Kind.NAME, "login": Kind.USERNAME, "city": Kind.ADDRESS, "town": Kind.ADDRESS}
PERSONS = _words("""
    user users customer customers person people owner payer payee buyer seller patient employee recipient
    sender contact member author assignee subscriber guest profile billing shipping delivery beneficiary
    student passenger cardholder holder creator reporter friend
""")
TOWARDS_A_PERSON = _words("deliver ship bill send")

# A value of one of these words says nothing, whatever it is called.
EMPTY_VALUES = _words("none null true false undefined nil nan unset empty missing")
TYPES_OF_CODE = _words("str string bytes int bool boolean number any object optional secretstr text")
# Under these names a plain word after a colon is prose ("token: expired"), not a value.
NAMES_IN_PROSE = _words("token session auth cookie cookies csrf credential credentials authorization jwt otp")
# Names that hide something in the query of a URL only.
NAMES_IN_A_QUERY = _words("key sig signature code apikey auth hash hmac state nonce ticket assertion")
# Under these names what looks like an IP address is a version.
NAMES_OF_VERSIONS = _words("version versions release releases build revision dist browser os")
