-- SPDX-License-Identifier: Apache-2.0
-- What processes used, with the parameter "usage". A part of schema.sql and of upgrade-0.1.sql.

-- Null where it is not known; usage_source says "missing" then, and is null where it was not asked for.
ALTER TABLE impacct.process
    ADD cpu_ns bigint,
    ADD cpu_user_ns bigint,
    ADD cpu_system_ns bigint,
    ADD max_rss_kib bigint,
    ADD read_bytes bigint,
    ADD write_bytes bigint,
    ADD cancelled_write_bytes bigint,
    ADD read_chars bigint,
    ADD write_chars bigint,
    ADD voluntary_switches bigint,
    ADD involuntary_switches bigint,
    ADD threads integer,
    ADD start_ns bigint,
    ADD end_ns bigint,
    ADD oom_killed boolean,
    ADD usage_source text;
