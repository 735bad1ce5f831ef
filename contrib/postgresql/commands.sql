-- SPDX-License-Identifier: Apache-2.0
-- What came after 0.1, beside usage: columns for command lines and where processes belong, the programs that start, two indexes. A part
-- of schema.sql and of upgrade-0.1.sql.
ALTER TABLE impacct.process
    ADD entity_id uuid,
    ADD parent_entity_id uuid,
    ADD parent_comm text,
    ADD parent_executable text,
    ADD parent_command_line text,
    ADD parent_args text[],
    ADD parent_command_source text,
    ADD euid bigint,
    ADD command_line text,
    ADD args text[],
    ADD args_count integer,
    ADD args_length bigint,
    ADD args_truncated boolean,
    ADD args_redacted boolean,
    ADD command_source text,
    ADD executable text,
    ADD cwd text,
    ADD cgroup text,
    ADD container_id text,
    ADD systemd_unit text,
    ADD job_id text,
    ADD login_uid bigint,
    ADD login_user text,
    ADD session_id bigint,
    ADD more jsonb;

-- a user's day, and what a process id was
CREATE INDEX ON impacct.process (user_name, at);
CREATE INDEX ON impacct.process (pid, at);

-- Programs that start: the exec messages. entity_id is that of the process when it ends.
CREATE TABLE impacct.exec (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    hostname text NOT NULL,
    comm text,
    pid bigint,
    ppid bigint,
    uid bigint,
    user_name text,
    started timestamptz,
    entity_id uuid,
    parent_entity_id uuid,
    parent_comm text,
    parent_executable text,
    parent_command_line text,
    parent_args text[],
    parent_command_source text,
    euid bigint,
    command_line text,
    args text[],
    args_count integer,
    args_length bigint,
    args_truncated boolean,
    args_redacted boolean,
    command_source text,
    executable text,
    cwd text,
    cgroup text,
    container_id text,
    systemd_unit text,
    job_id text,
    login_uid bigint,
    login_user text,
    session_id bigint,
    more jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ON impacct.exec USING brin (at);
CREATE INDEX ON impacct.exec (user_name, at);
CREATE INDEX ON impacct.exec (pid, at);
