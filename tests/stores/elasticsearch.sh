#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what opensearch.sh tests, with Elasticsearch: the same configuration and dashboards, and the template with
# doubles instead of scaled_float, which the build in the registry has no module for.
# Invariant and oracle: those of opensearch.sh.
export SEARCH_SERVER=elasticsearch
# a name that it has changed
export PARSING_EXCEPTION=document_parsing_exception
. "$(dirname "$0")/opensearch.sh"
