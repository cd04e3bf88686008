"""A manifest told as an RO-Crate 1.2 (https://w3id.org/ro/crate/1.2), by the library `rocrate`."""

import json
from collections.abc import Mapping
from mimetypes import MimeTypes
from typing import Any

_LICENCE = "https://spdx.org/licenses/Apache-2.0"


def crate_of(document: Mapping[str, Any]) -> str:
    """Return the text of `ro-crate-metadata.json`: each file, and each step as a `CreateAction`.

    An input is not in the crate and is told by name and digest alone. No clock is read.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.2")
    _describe(crate, document)
    software = _entity(
        crate, "#closurerate", "SoftwareApplication", "closurerate", **_code(document)
    )
    entities = {
        f"{document['folder']}/{name}": crate.add_file(
            dest_path=name, properties={**_told(entry), "encodingFormat": mime_type(name)}
        )
        for name, entry in document["outputs"].items()
    }
    for step in document["steps"]:
        for name in (*step["from"], *step["made"]):
            if name not in entities:
                told = _told(document["inputs"].get(name))
                entities[name] = _entity(crate, f"#{name}", "CreativeWork", name, **told)
    crate.root_dataset["mentions"] = [
        crate.add_action(
            software,
            identifier=f"#step-{place}",
            object=[entities[name] for name in step["from"]],
            result=[entities[name] for name in step["made"]],
            properties={"name": step["step"]},
        )
        for place, step in enumerate(document["steps"], start=1)
    ]
    return (
        json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _describe(crate: Any, document: Mapping[str, Any]) -> None:
    """Say of the whole crate what it is, whose, of when, and which runs stand behind it."""
    root, parameters, publisher = crate.root_dataset, document["parameters"], document["publisher"]
    root["name"] = f"Effective closure rate, year {parameters['year']}, {parameters['cases']} cases"
    root["description"] = (
        "The pages of a year, and which file came from which. Inputs are named with their SHA-256 "
        "and are not here."
    )
    root["datePublished"] = document["date"]
    of_code = "of the code; the data are the publisher's"
    name = "Apache License 2.0"
    root["license"] = _entity(crate, _LICENCE, "CreativeWork", name, description=of_code)
    root["identifier"] = [f"sha256:{one}" for one in document["fingerprints"].values()]
    if publisher:
        names = [publisher["zh-Hant"], publisher["en"]]
        root["publisher"] = _entity(crate, "#publisher", "Organization", names)


def _entity(crate: Any, identifier: str, kind: str, name: str | list[str], /, **told: str) -> Any:
    from rocrate.model import ContextEntity

    return crate.add(ContextEntity(crate, identifier, {"@type": kind, "name": name, **told}))


def _code(document: Mapping[str, Any]) -> dict[str, str]:
    """Return which code made the first of the runs, as far as it is known."""
    code: Mapping[str, Any] = next((run["code"] for run in document["runs"].values()), {})
    names = {"version": "softwareVersion", "commit": "identifier", "sha256": "sha256"}
    return {names[key]: code[key] for key in names if code.get(key)}


def _told(entry: Mapping[str, Any] | None) -> dict[str, str]:
    """Return a file's digest and size as an RO-Crate has them; nothing of what is passed on."""
    if entry is None:
        return {}
    return {"sha256": entry["sha256"], "contentSize": str(entry["size"])}


def mime_type(name: str) -> str:
    """Return what kind of file a name's ending stands for, the same on every machine."""
    known = {
        ".ipynb": "application/x-ipynb+json",
        ".jsonld": "application/ld+json",
        ".yml": "application/yaml",
    }
    ending = name[name.rfind(".") :]
    guessed = MimeTypes().guess_type(name)[0]  # its own table: that of the system differs
    return known.get(ending) or guessed or "application/octet-stream"
