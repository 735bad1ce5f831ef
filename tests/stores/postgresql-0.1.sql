-- SPDX-License-Identifier: Apache-2.0
-- contrib/postgresql/schema.sql of impacct 0.1, as it was shipped.
-- Process accounting in PostgreSQL, 11 or later, as contrib/rsyslog.d/postgresql.conf sends it. Into a database:
--
--   psql -v ON_ERROR_STOP=1 -d processes -f contrib/postgresql/schema.sql
--   CREATE ROLE impacct LOGIN PASSWORD '...';
--   GRANT USAGE ON SCHEMA impacct TO impacct;
--   GRANT EXECUTE ON FUNCTION impacct.add(jsonb) TO impacct;
--
-- rsyslog's role can add records and nothing else: it can neither read nor change them.
-- The names are those of the field reference; started, ended, user_name, group_name stand for reserved words.
-- To delete a day is to drop its partition: DROP TABLE impacct.process_20261121;
BEGIN;
CREATE SCHEMA impacct;

-- A record without a time of exit (a damaged one, or the kernel's about a living process) is under its other time.
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

-- The table of a day (UTC), made when its first record comes. Attaching locks no one out who reads or adds.
CREATE FUNCTION impacct.make_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text := 'process_' || to_char(day, 'YYYYMMDD');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('impacct.make_day'));
    IF to_regclass('impacct.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE impacct.%I (LIKE impacct.process INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('ALTER TABLE impacct.process ATTACH PARTITION impacct.%I FOR VALUES FROM (%L) TO (%L)', part,
            day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
END $$;

-- Adds a record or a state message. One that is there already changes nothing.
CREATE FUNCTION impacct.add(message jsonb) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = impacct, pg_temp AS $$
DECLARE
    t timestamptz := coalesce(message ->> 'end', message ->> 'time', message ->> 'start');
    day date := (t AT TIME ZONE 'UTC')::date;
    seen timestamptz;
BEGIN
    IF message ->> 'event' NOT IN ('exit', 'synthetic') THEN
        INSERT INTO state
        SELECT r.id, t, r.event, r.hostname, r.file, r.detail, message
        FROM jsonb_to_record(message) AS r (id uuid, event text, hostname text, file text, detail text)
        ON CONFLICT DO NOTHING;
        RETURN;
    END IF;
    IF to_regclass('impacct.process_' || to_char(day, 'YYYYMMDD')) IS NULL THEN
        PERFORM make_day(day);
    END IF;
    INSERT INTO process
    SELECT r.id, t, r.event, r.hostname, r.version, r.byte_order, r.comm, r.comm_hex, r.pid, r.ppid, r.uid, r."user",
           r.gid, r."group", r.tty, r.tty_major, r.tty_minor, r.start, r."end", r.elapsed, r.cpu_user, r.cpu_system,
           r.mem_kib, r.minor_faults, r.major_faults, r.swaps, r.io, r.rw, r.status, r.exit_code, r.signal,
           r.signal_name, r.forked, r.privileged, r.core_dumped, r.killed,
           r.exit_uncertain
    FROM jsonb_to_record(message) AS r (
        id uuid, event text, hostname text, version smallint, byte_order text, comm text, comm_hex text, pid bigint,
        ppid bigint, uid bigint, "user" text, gid bigint, "group" text, tty text, tty_major integer,
        tty_minor integer, start timestamptz, "end" timestamptz, elapsed numeric, cpu_user numeric,
        cpu_system numeric, mem_kib bigint, minor_faults bigint, major_faults bigint, swaps bigint, io bigint,
        rw bigint, status bigint, exit_code smallint, signal smallint, signal_name text, forked boolean,
        privileged boolean, core_dumped boolean, killed boolean,
        exit_uncertain boolean)
    ON CONFLICT DO NOTHING;
    -- a damaged record may be from the future: no host is to be heard of by it for years
    seen := least(t, now());
    PERFORM FROM host WHERE hostname = message ->> 'hostname' AND last_record > seen - interval '1 minute';
    IF NOT FOUND THEN
        INSERT INTO host VALUES (message ->> 'hostname', seen)
        ON CONFLICT (hostname) DO UPDATE SET last_record = greatest(host.last_record, excluded.last_record);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION impacct.add(jsonb), impacct.make_day(date) FROM PUBLIC;

-- What acctcom selects by: CPU seconds, elapsed seconds, hog factor (the part of its life that a process was computing,
-- more than 1 with several threads), exit status. For example:
--   SELECT * FROM impacct.acctcom WHERE hog_factor > 0.9 AND cpu > 60;
--   SELECT * FROM impacct.acctcom WHERE exit_code <> 0 OR killed;
CREATE VIEW impacct.acctcom AS
SELECT *, cpu_user + cpu_system AS cpu, round((cpu_user + cpu_system) / nullif(elapsed, 0), 4) AS hog_factor
FROM impacct.process;

-- As lastcomm prints them; it shows the last one first: ORDER BY ended DESC. flags: S privileged, F forked, D core
-- dumped, X killed.
CREATE VIEW impacct.lastcomm AS
SELECT hostname, comm, concat(CASE WHEN privileged THEN 'S' END, CASE WHEN forked THEN 'F' END,
           CASE WHEN core_dumped THEN 'D' END, CASE WHEN killed THEN 'X' END) AS flags,
       coalesce(user_name, uid::text) AS user_name, tty, coalesce(cpu_user + cpu_system, 0) AS cpu, started, ended, pid,
       exit_code, signal_name, id
FROM impacct.process;

-- As `sa -u`: each process, its user, CPU seconds, memory in KiB, I/O as the kernel wrote it, and its name, with "*"
-- for one that only forked.
CREATE VIEW impacct.sa_u AS
SELECT hostname, at, coalesce(user_name, uid::text) AS user_name, coalesce(cpu_user + cpu_system, 0) AS cpu,
       coalesce(mem_kib, 0) AS mem_kib, coalesce(io, 0) AS io, comm || CASE WHEN forked THEN '*' ELSE '' END AS command,
       coalesce(elapsed, 0) AS elapsed, id
FROM impacct.process;

-- As `sa -a`: for each command the calls, minutes elapsed ("re") and of CPU ("cp"), average I/O and memory.
CREATE VIEW impacct.sa AS
SELECT command, count(*) AS calls, round(sum(elapsed) / 60, 2) AS re, round(sum(cpu) / 60, 2) AS cp, avg(io) AS avio,
       avg(mem_kib) AS mem_kib
FROM impacct.sa_u GROUP BY command;

-- As `sa -m`: the same for each user.
CREATE VIEW impacct.sa_m AS
SELECT user_name, count(*) AS calls, round(sum(elapsed) / 60, 2) AS re, round(sum(cpu) / 60, 2) AS cp, avg(io) AS avio,
       avg(mem_kib) AS mem_kib
FROM impacct.sa_u GROUP BY user_name;

-- What each user used on each host: by day, as runacct(8) reported it, and by month. Times in seconds; mem_kib_minutes
-- weighs the memory by the CPU time.
CREATE VIEW impacct.user_day AS
SELECT (at AT TIME ZONE 'UTC')::date AS day, hostname, coalesce(user_name, uid::text) AS user_name,
       count(*) AS processes, sum(cpu_user) AS cpu_user, sum(cpu_system) AS cpu_system, sum(elapsed) AS elapsed,
       round(sum(mem_kib * (cpu_user + cpu_system)) / 60, 2) AS mem_kib_minutes,
       count(*) FILTER (WHERE exit_code <> 0) AS failed, count(*) FILTER (WHERE killed) AS killed
FROM impacct.process WHERE event = 'exit' GROUP BY 1, 2, 3;

CREATE VIEW impacct.user_month AS
SELECT date_trunc('month', day)::date AS month, hostname, user_name, sum(processes) AS processes,
       sum(cpu_user) AS cpu_user, sum(cpu_system) AS cpu_system, sum(elapsed) AS elapsed,
       sum(mem_kib_minutes) AS mem_kib_minutes, sum(failed) AS failed, sum(killed) AS killed
FROM impacct.user_day GROUP BY 1, 2, 3;
COMMIT;
