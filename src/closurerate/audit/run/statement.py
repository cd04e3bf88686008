"""A manifest told as a TRACE statement: an organisation vouches for a run that others cannot see.

The Transparent Research Object vocabulary 0.1 (https://w3id.org/trace/trov/0.1), as plain JSON.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from closurerate.audit.run.crate import mime_type

_CONTEXT = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "trov": "https://w3id.org/trace/trov/0.1#",
    "schema": "https://schema.org/",
}
_UNKNOWN = {"zh-Hant": "", "en": "whoever signs the manifest"}


def statement_of(document: Mapping[str, Any]) -> str:
    """Return the text of `trace.jsonld`: what was read and what came of it, by SHA-256.

    It claims no attribute of the run that nothing here enforces (such as isolation from networks),
    nor when it ran: no clock is read.
    """
    before = {**_locks(document), **document["inputs"]}
    after = document["outputs"]
    kinds = {
        entry["sha256"]: mime_type(name)
        for files in (before, after)
        for name, entry in files.items()
    }
    places = {digest: f"composition/1/artifact/{at}" for at, digest in enumerate(sorted(kinds))}
    publisher = document["publisher"] or _UNKNOWN
    year = document["parameters"]["year"]
    tro = {
        "@id": "tro",
        "@type": ["trov:TransparentResearchObject", "schema:CreativeWork"],
        "trov:vocabularyVersion": "0.1",
        "schema:name": f"Effective closure rate, year {year}",
        "schema:description": (
            f"{publisher['en']} states that the files of the second arrangement came from those of "
            "the first by the performance told here. Case data are not handed over: their digest "
            "lets whoever may see them check which they were."
        ),
        "schema:creator": {"@id": "trs"},
        "schema:dateCreated": document["date"],
        "trov:wasAssembledBy": {
            "@id": "trs",
            "@type": ["trov:TrustedResearchSystem", "schema:Organization"],
            "schema:name": publisher["en"],
            "schema:alternateName": publisher["zh-Hant"],
            "rdfs:comment": "Its key is the one that signs manifest.json, where that is signed.",
        },
        "trov:hasComposition": _composition(kinds, places),
        "trov:hasArrangement": [
            _arrangement(0, "What the run read", before, places),
            _arrangement(1, "What the run made", after, places),
        ],
        "trov:hasPerformance": [_performance(document)],
    }
    told = {"@context": [_CONTEXT], "@graph": [tro]}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _locks(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry for run in document["runs"].values() for name, entry in run["lock"].items()}


def _composition(kinds: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Any]:
    """Return all that was read or made, each by its digest, and the digest of all of these."""
    return {
        "@id": "composition/1",
        "@type": "trov:ArtifactComposition",
        "trov:hasFingerprint": {
            "@id": "fingerprint",
            "@type": "trov:CompositionFingerprint",
            "trov:hash": _hash(hashlib.sha256("".join(places).encode()).hexdigest()),
        },
        "trov:hasArtifact": [
            {
                "@id": place,
                "@type": "trov:ResearchArtifact",
                "trov:hash": _hash(digest),
                "trov:mimeType": kinds[digest],
            }
            for digest, place in places.items()
        ],
    }


def _hash(digest: str) -> dict[str, str]:
    return {"trov:hashAlgorithm": "sha256", "trov:hashValue": digest}


def _arrangement(
    place: int, comment: str, files: Mapping[str, Any], places: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "@id": f"arrangement/{place}",
        "@type": "trov:ArtifactArrangement",
        "rdfs:comment": comment,
        "trov:hasArtifactLocation": [
            {
                "@id": f"arrangement/{place}/location/{at}",
                "@type": "trov:ArtifactLocation",
                "trov:artifact": {"@id": places[entry["sha256"]]},
                "trov:path": name,
            }
            for at, (name, entry) in enumerate(files.items())
        ],
    }


def _performance(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run: by which code, and under which digest its record is printed."""
    records = "; ".join(
        f"{kpi}: record {document['fingerprints'][kpi]}, closurerate {run['code']['version']}, "
        f"commit {run['code']['commit'] or 'unknown'}, files {run['code']['sha256']}"
        for kpi, run in document["runs"].items()
    )

    def binding(place: int) -> dict[str, Any]:
        return {
            "@id": f"trp/0/binding/{place}",
            "@type": "trov:ArrangementBinding",
            "trov:arrangement": {"@id": f"arrangement/{place}"},
        }

    return {
        "@id": "trp/0",
        "@type": "trov:TrustedResearchPerformance",
        "rdfs:comment": records,
        "trov:wasConductedBy": {"@id": "trs"},
        "trov:accessedArrangement": binding(0),
        "trov:contributedToArrangement": binding(1),
    }
