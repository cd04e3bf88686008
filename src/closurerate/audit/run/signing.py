"""A manifest signed with a key of one's own, in the form of minisign (jedisct1.github.io/minisign).

Whoever has the public key checks it by `closurerate verify`, or by minisign itself.
"""

from collections.abc import Callable
from pathlib import Path

from closurerate.audit.run.checking import read_manifest
from closurerate.audit.run.form import MANIFEST, SIGNATURE
from closurerate.errors import InputError, reason_of
from closurerate.records.writing import replacing

PUBLIC = ".pub"


def write_new_key(path: Path) -> Path:
    """Write a new secret key, without a password, and beside it its public key, which is returned.

    InputError where either file is there: what it signed could not be checked any more.
    """
    from minisign import KeyPair

    public = path.with_name(path.name + PUBLIC)
    for one in (path, public):
        if one.exists():
            raise InputError(f"{one}: is there already, and a key is never replaced; name another.")
    pair = KeyPair.generate()
    with replacing(path) as partial:
        partial.chmod(0o600)
        partial.write_bytes(bytes(pair.secret_key) + b"\n")
    with replacing(public) as partial:
        partial.write_bytes(bytes(pair.public_key) + b"\n")
    return public


def sign_folder(folder: Path, key: Path, ask: Callable[[], str]) -> Path:
    """Sign the manifest of a folder and return the signature's file; the same key gives the same.

    Args:
        ask: Gives the password of a key that has one.
    """
    from minisign import Error, SecretKey

    parameters = read_manifest(folder)["parameters"]
    told = f"closurerate manifest of {parameters['year']}, {parameters['cases']} cases"
    try:
        secret = SecretKey.from_bytes(_bytes_of(key))
        if secret.is_encrypted():
            secret.decrypt(ask())
        with secret:
            signed = secret.sign((folder / MANIFEST).read_bytes(), trusted_comment=told)
    except Error as error:
        raise InputError(
            f"{key}: cannot sign ({reason_of(error)}); give a secret key of minisign's."
        ) from error
    out = folder / SIGNATURE
    with replacing(out) as partial:
        partial.write_bytes(bytes(signed) + b"\n")
    return out


def unsigned(folder: Path, public_key: Path) -> str:
    """Return in words why a key's holder has not signed a folder's manifest; nothing if they have.

    InputError if the file of the public key is none.
    """
    from minisign import Error, PublicKey, Signature

    try:
        key = PublicKey.from_bytes(_bytes_of(public_key))
    except Error as error:
        raise InputError(
            f"{public_key}: is no public key of minisign's ({reason_of(error)}); ask whoever "
            "signed for theirs."
        ) from error
    path = folder / SIGNATURE
    if not path.is_file():
        return f"{SIGNATURE}: is missing: nobody has signed"
    try:
        key.verify((folder / MANIFEST).read_bytes(), Signature.from_bytes(path.read_bytes()))
    except Error as error:
        return f"{SIGNATURE}: is not this key's signature of the manifest ({reason_of(error)})"
    return ""


def _bytes_of(key: Path) -> bytes:
    if not key.is_file():
        raise InputError(f"{key}: there is no such key file.")
    return key.read_bytes()
