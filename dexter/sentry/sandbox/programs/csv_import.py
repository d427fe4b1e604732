import csv
import io


def rows_of(raw):
    text = raw.decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def import_gizmos(filename, raw):
    imported = 0
    for row in rows_of(raw):
        imported += 1
    return imported


def main():
    uploaded_by = "pat.tester@example.org"
    iban = "DE89 3704 0044 0532 0130 00"
    raw = "name;gizmo;iban\nJos\u00e9;7001002;DE89370400440532013000\n".encode("latin-1")
    log.info("importing frob-gizmos-zonk.csv uploaded by Pat Tester")
    import_gizmos("frob-gizmos-zonk.csv", raw)
