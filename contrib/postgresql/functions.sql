-- SPDX-License-Identifier: Apache-2.0
-- How records get in, and the questions that lastcomm, sa and acctcom answer. A part of schema.sql and of upgrade-0.1.sql.

-- The names that have a column, as they come: what is left of a message goes into "more".
CREATE FUNCTION impacct.names() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '{id, event, time, hostname, version, byte_order, comm, comm_hex, pid, ppid, uid, user, gid, group, tty,
        tty_major, tty_minor, start, end, elapsed, cpu_user, cpu_system, mem_kib, minor_faults, major_faults, swaps, io, rw,
        status, exit_code, signal, signal_name, forked, privileged, core_dumped, killed, exit_uncertain, entity_id,
        parent_entity_id, parent_comm, parent_executable, parent_command_line, parent_args,
        parent_command_source, euid, command_line, args, args_count, args_length, args_truncated, args_redacted,
        command_source, executable, cwd, cgroup, container_id, systemd_unit, job_id, login_uid, login_user,
        session_id, cpu_ns, cpu_user_ns, cpu_system_ns, max_rss_kib, read_bytes, write_bytes,
        cancelled_write_bytes, read_chars, write_chars, voluntary_switches, involuntary_switches, threads, start_ns, end_ns,
        oom_killed, usage_source, window_start, window_end, revision, count, failures, killed_count, core_dumps, exit_codes, elapsed_sum,
        elapsed_max, elapsed_p50, elapsed_p95, elapsed_p99, cpu_sum, cpu_max, cpu_p50, cpu_p95, cpu_p99, minor_faults_sum,
        major_faults_sum, usage_count, max_rss_kib_sum, max_rss_kib_max, max_rss_kib_p50, max_rss_kib_p95, max_rss_kib_p99,
        read_bytes_sum, read_bytes_max, read_bytes_p50, read_bytes_p95, read_bytes_p99, write_bytes_sum, write_bytes_max,
        write_bytes_p50, write_bytes_p95, write_bytes_p99, first_start, last_end, records, groups, other_records, late_records, complete}'::text[]
$$;

-- The table of a day (UTC) of "process", "exec" or summaries, made when its first message comes. Attaching locks no one out who
-- reads or adds.
CREATE FUNCTION impacct.make_day(what text, day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text := what || to_char(day, '_YYYYMMDD');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('impacct.make_day'));
    IF to_regclass('impacct.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE impacct.%I (LIKE impacct.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, what);
        EXECUTE format('ALTER TABLE impacct.%I ATTACH PARTITION impacct.%I FOR VALUES FROM (%L) TO (%L)', what, part,
            day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
END $$;

-- A message under the names of the columns.
CREATE FUNCTION impacct.columns(message jsonb, t timestamptz) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT message || jsonb_build_object('at', t, 'user_name', message -> 'user', 'group_name', message -> 'group',
        'started', message -> 'start', 'ended', message -> 'end', 'grouped', message -> 'group',
        'more', nullif(message - impacct.names(), '{}'))
$$;

-- Adds a record, a program that starts, a summary, or a state message. One that is there already changes nothing, but for
-- a summary with a higher revision, or one that was sent again: it holds then.
CREATE FUNCTION impacct.add(message jsonb) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = impacct, pg_temp AS $$
DECLARE
    -- of exits, version 0.1 of the module said no time but start and end
    t timestamptz := coalesce(message ->> 'time', message ->> 'end', message ->> 'start');
    day date := (t AT TIME ZONE 'UTC')::date;
    what text := CASE WHEN message ->> 'event' IN ('exit', 'synthetic') THEN 'process'
                      WHEN message ->> 'event' IN ('exec', 'summary', 'summary_window') THEN message ->> 'event' END;
    seen timestamptz;
BEGIN
    IF what IS NULL THEN
        INSERT INTO state
        SELECT r.id, t, r.event, r.hostname, r.file, r.detail, message
        FROM jsonb_to_record(message) AS r (id uuid, event text, hostname text, file text, detail text)
        ON CONFLICT DO NOTHING;
        RETURN;
    END IF;
    IF to_regclass('impacct.' || what || to_char(day, '_YYYYMMDD')) IS NULL THEN
        PERFORM make_day(what, day);
    END IF;
    IF what = 'exec' THEN
        INSERT INTO exec SELECT * FROM jsonb_populate_record(NULL::exec, columns(message, t)) ON CONFLICT DO NOTHING;
        RETURN;
    END IF;
    IF what = 'summary' THEN
        INSERT INTO summary AS old SELECT * FROM jsonb_populate_record(NULL::summary, columns(message, t))
        ON CONFLICT (id, at) DO UPDATE SET
            (revision, count, failures, killed_count, core_dumps, exit_codes, elapsed_sum, elapsed_max, elapsed_p50,
             elapsed_p95, elapsed_p99, cpu_sum, cpu_max, cpu_p50, cpu_p95, cpu_p99, minor_faults_sum, major_faults_sum,
             usage_count, max_rss_kib_sum, max_rss_kib_max, max_rss_kib_p50, max_rss_kib_p95, max_rss_kib_p99,
             read_bytes_sum, read_bytes_max, read_bytes_p50, read_bytes_p95, read_bytes_p99,
             write_bytes_sum, write_bytes_max, write_bytes_p50, write_bytes_p95, write_bytes_p99,
             first_start, last_end, more)
            = (excluded.revision, excluded.count, excluded.failures, excluded.killed_count, excluded.core_dumps,
               excluded.exit_codes, excluded.elapsed_sum, excluded.elapsed_max, excluded.elapsed_p50, excluded.elapsed_p95,
               excluded.elapsed_p99, excluded.cpu_sum, excluded.cpu_max, excluded.cpu_p50, excluded.cpu_p95, excluded.cpu_p99,
               excluded.minor_faults_sum, excluded.major_faults_sum, excluded.usage_count,
               excluded.max_rss_kib_sum, excluded.max_rss_kib_max, excluded.max_rss_kib_p50, excluded.max_rss_kib_p95,
               excluded.max_rss_kib_p99, excluded.read_bytes_sum, excluded.read_bytes_max, excluded.read_bytes_p50,
               excluded.read_bytes_p95, excluded.read_bytes_p99, excluded.write_bytes_sum, excluded.write_bytes_max,
               excluded.write_bytes_p50, excluded.write_bytes_p95, excluded.write_bytes_p99,
               excluded.first_start, excluded.last_end, excluded.more)
        WHERE excluded.revision >= old.revision;
        RETURN;
    ELSIF what = 'summary_window' THEN
        INSERT INTO summary_window AS old SELECT * FROM jsonb_populate_record(NULL::summary_window, columns(message, t))
        ON CONFLICT (id, at) DO UPDATE SET (revision, records, groups, other_records, late_records, complete, more)
            = (excluded.revision, excluded.records, excluded.groups, excluded.other_records, excluded.late_records,
               excluded.complete, excluded.more)
        WHERE excluded.revision >= old.revision;
        RETURN;
    END IF;
    INSERT INTO process SELECT * FROM jsonb_populate_record(NULL::process, columns(message, t)) ON CONFLICT DO NOTHING;
    -- a damaged record may be from the future: no host is to be heard of by it for years
    seen := least(t, now());
    PERFORM FROM host WHERE hostname = message ->> 'hostname' AND last_record > seen - interval '1 minute';
    IF NOT FOUND THEN
        INSERT INTO host VALUES (message ->> 'hostname', seen)
        ON CONFLICT (hostname) DO UPDATE SET last_record = greatest(host.last_record, excluded.last_record);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION impacct.add(jsonb), impacct.make_day(text, date) FROM PUBLIC;

-- Views have at, and functions take the first moment and the one behind the last: what lies in other days is not read.

-- What acctcom selects by: CPU seconds, elapsed seconds, hog factor (the part of its life that a process was computing,
-- more than 1 with several threads), exit status. For example:
--   SELECT * FROM impacct.acctcom WHERE at >= '2026-11-21' AND at < '2026-11-22' AND hog_factor > 0.9 AND cpu > 60;
--   SELECT * FROM impacct.acctcom WHERE at > now() - interval '1 hour' AND (exit_code <> 0 OR killed);
CREATE VIEW impacct.acctcom AS
SELECT *, cpu_user + cpu_system AS cpu, round((cpu_user + cpu_system) / nullif(elapsed, 0), 4) AS hog_factor
FROM impacct.process;

-- As lastcomm prints them; it shows the last one first: ORDER BY at DESC. flags: S privileged, F forked, D core
-- dumped, X killed.
CREATE VIEW impacct.lastcomm AS
SELECT at, hostname, comm, concat(CASE WHEN privileged THEN 'S' END, CASE WHEN forked THEN 'F' END,
           CASE WHEN core_dumped THEN 'D' END, CASE WHEN killed THEN 'X' END) AS flags,
       coalesce(user_name, uid::text) AS user_name, tty, coalesce(cpu_user + cpu_system, 0) AS cpu, started, ended, pid,
       exit_code, signal_name, command_line, id
FROM impacct.process;

-- As `sa -u`: each process, its user, CPU seconds, memory in KiB, I/O as the kernel wrote it, and its name, with "*"
-- for one that only forked.
CREATE VIEW impacct.sa_u AS
SELECT hostname, at, coalesce(user_name, uid::text) AS user_name, coalesce(cpu_user + cpu_system, 0) AS cpu,
       coalesce(mem_kib, 0) AS mem_kib, coalesce(io, 0) AS io, comm || CASE WHEN forked THEN '*' ELSE '' END AS command,
       coalesce(elapsed, 0) AS elapsed, id
FROM impacct.process;

-- As `sa -a`: for each command the calls, minutes elapsed ("re") and of CPU ("cp"), average I/O and memory.
CREATE FUNCTION impacct.sa("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (command text, calls bigint, re numeric, cp numeric, avio numeric, mem_kib numeric) LANGUAGE sql STABLE AS $$
SELECT s.command, count(*), round(sum(s.elapsed) / 60, 2), round(sum(s.cpu) / 60, 2), round(avg(s.io), 1),
       round(avg(s.mem_kib), 1)
FROM impacct.sa_u AS s WHERE s.at >= $1 AND s.at < $2 GROUP BY s.command
$$;

-- As `sa -m`: the same for each user.
CREATE FUNCTION impacct.sa_m("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (user_name text, calls bigint, re numeric, cp numeric, avio numeric, mem_kib numeric) LANGUAGE sql STABLE AS $$
SELECT s.user_name, count(*), round(sum(s.elapsed) / 60, 2), round(sum(s.cpu) / 60, 2), round(avg(s.io), 1),
       round(avg(s.mem_kib), 1)
FROM impacct.sa_u AS s WHERE s.at >= $1 AND s.at < $2 GROUP BY s.user_name
$$;

-- What each user used on each host: by day (UTC), as runacct(8) reported it, and by month. Times in seconds;
-- mem_kib_minutes weighs the memory by the CPU time.
CREATE FUNCTION impacct.user_day("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (day date, hostname text, user_name text, processes bigint, cpu_user numeric, cpu_system numeric,
                   elapsed numeric, mem_kib_minutes numeric, failed bigint, killed bigint) LANGUAGE sql STABLE AS $$
SELECT (p.at AT TIME ZONE 'UTC')::date, p.hostname, coalesce(p.user_name, p.uid::text), count(*), sum(p.cpu_user),
       sum(p.cpu_system), sum(p.elapsed), round(sum(p.mem_kib * (p.cpu_user + p.cpu_system)) / 60, 2),
       count(*) FILTER (WHERE p.exit_code <> 0), count(*) FILTER (WHERE p.killed)
FROM impacct.process AS p WHERE p.event = 'exit' AND p.at >= $1 AND p.at < $2 GROUP BY 1, 2, 3
$$;

CREATE FUNCTION impacct.user_month("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (month date, hostname text, user_name text, processes numeric, cpu_user numeric, cpu_system numeric,
                   elapsed numeric, mem_kib_minutes numeric, failed numeric, killed numeric) LANGUAGE sql STABLE AS $$
SELECT date_trunc('month', d.day)::date, d.hostname, d.user_name, sum(d.processes), sum(d.cpu_user), sum(d.cpu_system),
       sum(d.elapsed), sum(d.mem_kib_minutes), sum(d.failed), sum(d.killed)
FROM impacct.user_day($1, $2) AS d GROUP BY 1, 2, 3
$$;

-- What programs used, with the parameter "usage": by peak memory, bytes read from and written to storage, and context
-- switches. known: of how many of the processes it is known. For example:
--   SELECT * FROM impacct.program_usage('2026-11-21', '2026-11-22') ORDER BY write_bytes DESC NULLS LAST LIMIT 20;
--   SELECT * FROM impacct.acctcom WHERE at > now() - interval '1 day' ORDER BY max_rss_kib DESC NULLS LAST LIMIT 20;
CREATE FUNCTION impacct.program_usage("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (hostname text, user_name text, comm text, processes bigint, known bigint, cpu numeric, max_rss_kib bigint,
                   read_bytes numeric, write_bytes numeric, context_switches numeric, oom_killed bigint) LANGUAGE sql STABLE AS $$
SELECT p.hostname, coalesce(p.user_name, p.uid::text), p.comm, count(*), count(*) FILTER (WHERE p.usage_source = 'exit'),
       round(sum(p.cpu_ns) / 1e9, 6), max(p.max_rss_kib), sum(p.read_bytes), sum(p.write_bytes),
       sum(p.voluntary_switches + p.involuntary_switches), count(*) FILTER (WHERE p.oom_killed)
FROM impacct.process AS p WHERE p.event = 'exit' AND p.at >= $1 AND p.at < $2 GROUP BY 1, 2, 3
$$;

-- What ran on each host by user and program, by day (UTC) and by month: from records, and the same from summaries, whose
-- summary.by has to have user or uid, and comm. Times in seconds. failures are all that did not exit with 0. From summaries,
-- user_name and comm are null for what summary.maxGroups left over, and for fields that summary.by does not have.
CREATE FUNCTION impacct.program_day("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (day date, hostname text, user_name text, comm text, processes numeric, failures numeric, killed numeric,
                   core_dumps numeric, elapsed numeric, elapsed_max numeric, cpu numeric, cpu_max numeric,
                   minor_faults numeric, major_faults numeric) LANGUAGE sql STABLE AS $$
SELECT (p.at AT TIME ZONE 'UTC')::date, p.hostname, coalesce(p.user_name, p.uid::text), p.comm, count(*),
       count(*) FILTER (WHERE p.exit_code IS DISTINCT FROM 0), count(*) FILTER (WHERE p.killed),
       count(*) FILTER (WHERE p.core_dumped), sum(p.elapsed), max(p.elapsed), sum(p.cpu_user + p.cpu_system),
       max(p.cpu_user + p.cpu_system), sum(p.minor_faults), sum(p.major_faults)
FROM impacct.process AS p WHERE p.event = 'exit' AND p.at >= $1 AND p.at < $2 GROUP BY 1, 2, 3, 4
$$;

CREATE FUNCTION impacct.program_month("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (month date, hostname text, user_name text, comm text, processes numeric, failures numeric, killed numeric,
                   core_dumps numeric, elapsed numeric, elapsed_max numeric, cpu numeric, cpu_max numeric,
                   minor_faults numeric, major_faults numeric) LANGUAGE sql STABLE AS $$
SELECT date_trunc('month', d.day)::date, d.hostname, d.user_name, d.comm, sum(d.processes), sum(d.failures), sum(d.killed),
       sum(d.core_dumps), sum(d.elapsed), max(d.elapsed_max), sum(d.cpu), max(d.cpu_max), sum(d.minor_faults),
       sum(d.major_faults)
FROM impacct.program_day($1, $2) AS d GROUP BY 1, 2, 3, 4
$$;

-- A window lies within a day, and ends at its end at the latest: that end is at.
CREATE FUNCTION impacct.summary_day("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (day date, hostname text, user_name text, comm text, processes numeric, failures numeric, killed numeric,
                   core_dumps numeric, elapsed numeric, elapsed_max numeric, cpu numeric, cpu_max numeric,
                   minor_faults numeric, major_faults numeric) LANGUAGE sql STABLE AS $$
SELECT (s.window_start AT TIME ZONE 'UTC')::date, s.hostname, coalesce(s.grouped ->> 'user', s.grouped ->> 'uid'),
       s.grouped ->> 'comm', sum(s.count), sum(s.failures), sum(s.killed_count), sum(s.core_dumps), sum(s.elapsed_sum),
       max(s.elapsed_max), sum(s.cpu_sum), max(s.cpu_max), sum(s.minor_faults_sum), sum(s.major_faults_sum)
FROM impacct.summary AS s
WHERE s.window_start >= $1 AND s.window_start < $2 AND s.at > $1 AND s.at <= $2 + interval '1 day' GROUP BY 1, 2, 3, 4
$$;

CREATE FUNCTION impacct.summary_month("from" timestamptz, "to" timestamptz)
    RETURNS TABLE (month date, hostname text, user_name text, comm text, processes numeric, failures numeric, killed numeric,
                   core_dumps numeric, elapsed numeric, elapsed_max numeric, cpu numeric, cpu_max numeric,
                   minor_faults numeric, major_faults numeric) LANGUAGE sql STABLE AS $$
SELECT date_trunc('month', d.day)::date, d.hostname, d.user_name, d.comm, sum(d.processes), sum(d.failures), sum(d.killed),
       sum(d.core_dumps), sum(d.elapsed), max(d.elapsed_max), sum(d.cpu), max(d.cpu_max), sum(d.minor_faults),
       sum(d.major_faults)
FROM impacct.summary_day($1, $2) AS d GROUP BY 1, 2, 3, 4
$$;
