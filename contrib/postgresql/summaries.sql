-- SPDX-License-Identifier: Apache-2.0
-- Summaries: what ran, by user and program or whatever summary.by says. A part of schema.sql and of upgrade-0.1.sql.

-- A window and a group. at is the end of the window; grouped is the message's "group", with the names of the fields. An
-- amended one takes the place of what it amends.
CREATE TABLE impacct.summary (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    hostname text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    grouped jsonb NOT NULL,
    revision integer NOT NULL,
    count bigint NOT NULL,
    failures bigint,
    killed_count bigint,
    core_dumps bigint,
    exit_codes jsonb,
    elapsed_sum numeric,
    elapsed_max numeric,
    elapsed_p50 numeric,
    elapsed_p95 numeric,
    elapsed_p99 numeric,
    cpu_sum numeric,
    cpu_max numeric,
    cpu_p50 numeric,
    cpu_p95 numeric,
    cpu_p99 numeric,
    minor_faults_sum bigint,
    major_faults_sum bigint,
    -- of how many of them usage is known, and what they used
    usage_count bigint,
    max_rss_kib_sum numeric,
    max_rss_kib_max numeric,
    max_rss_kib_p50 numeric,
    max_rss_kib_p95 numeric,
    max_rss_kib_p99 numeric,
    read_bytes_sum numeric,
    read_bytes_max numeric,
    read_bytes_p50 numeric,
    read_bytes_p95 numeric,
    read_bytes_p99 numeric,
    write_bytes_sum numeric,
    write_bytes_max numeric,
    write_bytes_p50 numeric,
    write_bytes_p95 numeric,
    write_bytes_p99 numeric,
    first_start timestamptz,
    last_end timestamptz,
    more jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ON impacct.summary USING brin (at);

-- What a window holds in all, and whether that is all there was.
CREATE TABLE impacct.summary_window (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    hostname text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    revision integer NOT NULL,
    records bigint,
    groups bigint,
    other_records bigint,
    late_records bigint,
    complete boolean,
    more jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ON impacct.summary_window USING brin (at);
