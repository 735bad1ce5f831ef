-- SPDX-License-Identifier: Apache-2.0
-- Process accounting in PostgreSQL, 14 or later, as contrib/rsyslog.d/postgresql.conf sends it. Into a database:
--
--   psql -v ON_ERROR_STOP=1 -1 -d processes -f contrib/postgresql/schema.sql
--   CREATE ROLE impacct LOGIN PASSWORD '...';
--   GRANT USAGE ON SCHEMA impacct TO impacct;
--   GRANT EXECUTE ON FUNCTION impacct.add(jsonb) TO impacct;
--
-- rsyslog's role can add records and nothing else: it can neither read nor change them. One that can only read, also
-- the days to come, for dashboards and people:
--
--   CREATE ROLE impacct_reader LOGIN PASSWORD '...';
--   GRANT USAGE ON SCHEMA impacct TO impacct_reader;
--   GRANT SELECT ON ALL TABLES IN SCHEMA impacct TO impacct_reader;
--   ALTER DEFAULT PRIVILEGES IN SCHEMA impacct GRANT SELECT ON TABLES TO impacct_reader;
--
-- The names are those of the field reference; started, ended, user_name, group_name stand for reserved words. What has
-- no column of its own is in more. A database of 0.1 becomes this by upgrade-0.1.sql. Old days go by contrib/postgresql/retention.
CREATE SCHEMA impacct;

-- Processes that ended, and those that the kernel says live. at is when it happened.
CREATE TABLE impacct.process (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    hostname text NOT NULL,
    version smallint NOT NULL,
    byte_order text,
    comm text NOT NULL,
    comm_hex text,
    pid bigint,
    ppid bigint,
    uid bigint NOT NULL,
    user_name text,
    gid bigint NOT NULL,
    group_name text,
    tty text,
    tty_major integer,
    tty_minor integer,
    started timestamptz,
    ended timestamptz,
    elapsed numeric,
    cpu_user numeric,
    cpu_system numeric,
    mem_kib bigint,
    minor_faults bigint,
    major_faults bigint,
    swaps bigint,
    io bigint,
    rw bigint,
    status bigint,
    exit_code smallint,
    signal smallint,
    signal_name text,
    forked boolean,
    privileged boolean,
    core_dumped boolean,
    killed boolean,
    exit_uncertain boolean,
    -- the same record has the same id and time
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

-- days are read in whole; this finds a span of time in them at the cost of a few pages
CREATE INDEX ON impacct.process USING brin (at);

-- What happens to accounting itself: the state messages. message is all of one; the columns are what most have.
CREATE TABLE impacct.state (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    event text NOT NULL,
    hostname text NOT NULL,
    file text,
    detail text,
    message jsonb NOT NULL
);
CREATE INDEX ON impacct.state (at);

-- The hosts, and when each last had a record, to the minute. A host that is gone for good: DELETE FROM impacct.host ...
CREATE TABLE impacct.host (
    hostname text PRIMARY KEY,
    last_record timestamptz NOT NULL
) WITH (fillfactor = 50);

\ir commands.sql
\ir usage.sql
\ir summaries.sql
\ir functions.sql
