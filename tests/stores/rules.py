#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a server what Sigma's rules find in impacct's messages.

    rules.py URL PIPELINE RULES...

Of each rule, in the order of their titles, a line of JSON: its title, the event and command line of each message that it
finds, and why it could not be converted, if so. Needs pySigma and its backend for OpenSearch.
"""
import json
import sys
import urllib.request
from pathlib import Path

from sigma.backends.opensearch import OpensearchLuceneBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError
from sigma.processing.pipeline import ProcessingPipeline


def search(url, query):
    body = {"size": 1000, "query": {"query_string": {"query": query, "analyze_wildcard": True}}}
    request = urllib.request.Request(f"{url}/processes-*/_search", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        hits = [hit["_source"] for hit in json.load(answer)["hits"]["hits"]]
    return sorted([e["event"]["action"], e["process"].get("command_line")] for e in hits)


def main():
    url, pipeline, *places = sys.argv[1:]
    backend = OpensearchLuceneBackend(ProcessingPipeline.from_yaml(Path(pipeline).read_text(encoding="utf-8")))
    found = []
    for path in (path for place in places for path in Path(place).rglob("*.yml")):
        rules = SigmaCollection.from_yaml(path.read_text(encoding="utf-8"))
        out = {"title": rules.rules[0].title}
        try:
            out["found"] = [hit for query in backend.convert(rules) for hit in search(url, query)]
        except SigmaError as error:
            out["error"] = str(error)
        found.append(out)
    for out in sorted(found, key=lambda out: out["title"]):
        print(json.dumps(out))


main()
