-- SPDX-License-Identifier: Apache-2.0
-- A database with the schema of impacct 0.1 becomes one as schema.sql makes it. PostgreSQL 14 or later:
--
--   psql -v ON_ERROR_STOP=1 -1 -d processes -f contrib/postgresql/upgrade-0.1.sql
--   GRANT EXECUTE ON FUNCTION impacct.add(jsonb) TO impacct;
--
-- All or nothing. Senders wait meanwhile: it makes two indexes for each day. Programs that started, which 0.1 put among
-- the state messages, get their own table. What 0.1 did not store of records, their command lines, is not to be had any
-- more. sa, sa_m, user_day and user_month were views, and are functions that take a span of time.
DROP VIEW impacct.user_month, impacct.user_day, impacct.sa_m, impacct.sa, impacct.sa_u, impacct.lastcomm, impacct.acctcom;
DROP FUNCTION impacct.add(jsonb), impacct.make_day(date);
\ir commands.sql
\ir usage.sql
\ir summaries.sql
\ir functions.sql
SELECT count(impacct.add(message)) AS "programs that started" FROM impacct.state WHERE event = 'exec';
DELETE FROM impacct.state WHERE event = 'exec';
