/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_params_table.h
 * @brief The one table of parameters: how each is read, and what the documents say of it.
 *
 * Included by impacct_params.c, which reads configurations by it, and by tests/tools/params_pages.c, which makes of
 * it the pages in doc/source/reference/parameters, the lists in the module's page and the table in README.md
 * ("make docs").
 * To add a parameter: a row here, a member in struct impacct_settings.
 *
 * Columns:
 * - name: as in the documents; rsyslog compares without regard to case. A name that rsyslog's modules have for the same
 *   thing is taken, if there is one
 * - kind: what values are taken, see enum kind
 * - offset: where the value goes
 * - dflt: read like a user's value; "": none, or worked out later
 * - min, max: NUMBER; SIZE in bytes; DURATION and ALARM in milliseconds
 * - choices: CHOICE, in the order of their numbers
 * - DOC(...): only in the documents: see struct param_doc
 */
#ifndef IMPACCT_PARAMS_TABLE_H
#define IMPACCT_PARAMS_TABLE_H

#include "impacct_params.h"
#include "command/command.h"

#include <limits.h>
#include <stddef.h>

enum kind {
    TEXT, /* anything but nothing */
    PATH, /* absolute */
    NAME, /* of a file */
    HOST,
    TAG,
    IDENTIFIER,
    CONTAINER, /* a property */
    CHOICE,
    SWITCH,
    NUMBER,
    SIZE,
    DURATION, /* seconds */
    ALARM, /* seconds, or off */
    FACILITY,
    SEVERITY,
    FIELDS, /* a list */
    BY, /* a list of fields in their order */
    INTERVAL, /* seconds that divide a day, or off */
    REDACT /* a list */
};

#ifdef IMPACCT_PARAMS_WITH_DOC
    #define DOC(...) .doc = {__VA_ARGS__}
struct param_doc {
    const char* since; /* release that has it first: for what is new, the one that comes next */
    const char* dflt; /* where the column of that name is empty: what happens then */
    const char* summary; /* one sentence, at most 120 characters */
    const char* text; /* reStructuredText; the values that a kind takes are said by themselves before it */
    struct {
        const char* name;
        const char* values[5];
    } example[3]; /* what the example has beside type and ruleset */
};
#else
    #define DOC(...)
#endif

struct param {
    const char* name;
    enum kind kind;
    size_t offset; /* in struct impacct_settings */
    const char* dflt;
    long min, max;
    const char* const* choices; /* ends with NULL */
#ifdef IMPACCT_PARAMS_WITH_DOC
    struct param_doc doc;
#endif
};

static const char* const sources[] = {"pacct", "bpf", NULL};
static const char* const modes[] = {"inotify", "polling", NULL};
static const char* const formats[] = {"json", "cee", "text", NULL};
static const char* const accountings[] = {"follow", "own", NULL};
static const char* const at_stops[] = {"leave", "off", NULL};
static const char* const captures[] = {"off", "auto", "bpf", "connector", NULL};
static const char* const usages[] = {"off", "auto", "bpf", NULL};
static const char* const summary_records[] = {"keep", "drop", NULL};
static const char* const byte_orders[] = {"native", "little", "big", NULL};

#define DAY_MS 86400000L
#define DAY_S 86400
/* local7 and debug (RFC 5424, tables 1 and 2) */
#define FACILITY_MAX 23
#define SEVERITY_MAX 7
#define AT(member) offsetof(struct impacct_settings, member)
#define IN_WORDS_(number) #number
#define IN_WORDS(number) IN_WORDS_(number)

/* clang-format off */
static const struct param params[] = {
    {.name = "file", .kind = PATH, .offset = AT(file), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "the first that exists of ``" IMPACCT_FILE_DEBIAN "`` and ``" IMPACCT_FILE_RED_HAT "``",
         .summary = "Absolute path of the accounting file to read.",
         .text =
             "The file that the kernel writes to, as given to ``accton``. It has to lead to a regular file;\n"
             "symbolic links are followed. Without this parameter the first of the two paths that exists when the\n"
             "configuration is read is taken; if neither does, it is the first one.\n"
             "\n"
             "A file that does not exist yet, or whose directory does not, is waited for: one warning is logged,\n"
             "and the file is read from its beginning as soon as it appears. If it exists but cannot be opened or\n"
             "read, one error is logged and impacct tries again.\n"
             "\n"
             "The module only reads the file, and somebody else switches accounting on, see ``accton(8)``, unless\n"
             ":ref:`param-impacct-accounting` is ``\"own\"``.\n"
             "\n"
             "Several inputs may read different files, or the same one with different settings. Inputs that read\n"
             "the same file need different state files, see :ref:`param-impacct-statefile`.\n",
         .example = {{"file", {"/var/log/account/pacct"}}})},
    {.name = "source", .kind = CHOICE, .offset = AT(source), .dflt = "pacct", .choices = sources,
     DOC(.since = "0.2.0",
         .summary = "Where ends of processes come from: ``pacct``, an accounting file, or ``bpf``, the kernel itself.",
         .text =
             "- ``\"pacct\"``: the kernel's accounting file, see :ref:`param-impacct-file`.\n"
             "- ``\"bpf\"``: a program in the kernel tells each end of a process into a ring in memory. There is no\n"
             "  accounting file, nothing calls acct(2), and another program may own accounting. The messages are the\n"
             "  same, but for what is listed in :doc:`../impacct-sources`, which also says which of the two to choose.\n"
             "\n"
             "The ring is kept by the kernel in :ref:`param-impacct-bpf-directory` while rsyslogd is away, and is\n"
             "written on: the next start goes on where the outputs were. What does not fit into it\n"
             "(:ref:`param-impacct-bpf-ringsize`) is counted, and told by a state message ``records_lost`` with that\n"
             "number in ``lost_records``. A start of the machine empties it.\n"
             "\n"
             "It needs what :ref:`param-impacct-usage` needs, and a BPF file system, which systemd mounts. Where\n"
             "anything is missing, one error in rsyslog's log says what, and the input is not started. What systemd does\n"
             "not let the service do, ``contrib/systemd/install source-bpf`` writes into a drop-in.\n"
             "\n"
             "Parameters about files have no meaning then: :ref:`param-impacct-file`, ``hostname``,\n"
             "``rotatedFiles.directory`` and ``accounting=\"own\"`` are refused. Where messages and counters have the\n"
             "name of the file, they have that directory's.\n"
             "\n"
             "Who takes the input out of the configuration has to tell the kernel, or it writes on until the machine\n"
             "is started again: ``rm -r /sys/fs/bpf/impacct``, while rsyslogd does not run.\n",
         .example = {{"source", {"bpf"}}, {"usage", {"bpf"}}})},
    {.name = "bpf.directory", .kind = PATH, .offset = AT(bpf_directory), .dflt = IMPACCT_BPF_DIRECTORY,
     DOC(.since = "0.2.0",
         .summary = "With ``source=\"bpf\"``: directory in a BPF file system that the ring is kept in.",
         .text =
             "It is made, with mode 0700, where it does not exist; the file system has to be mounted. One that exists\n"
             "has to be of rsyslogd's user, with that mode. One input of one rsyslogd at a time can use it.\n",
         .example = {{"source", {"bpf"}}, {"bpf.directory", {"/sys/fs/bpf/processes"}}})},
    {.name = "bpf.ringSize", .kind = SIZE, .offset = AT(bpf_ring_size), .dflt = "32m", .min = 1048576, .max = 1L << 30,
     DOC(.since = "0.2.0",
         .summary = "With ``source=\"bpf\"``: bytes of the ring, rounded up to a power of 2.",
         .text =
             "An end of a process takes 280 bytes: 32 MiB hold 119,000 of them. They have to bridge the time for\n"
             "which rsyslogd, or its outputs, are away: 19 minutes of a machine where 100 processes end in a second.\n"
             "The ring lies in memory that cannot be swapped out, and counts for the control group of the\n"
             "rsyslogd that has made it.\n"
             "\n"
             "The size is that of a new ring. A ring that is there goes on with the size that it has; to change it,\n"
             "stop rsyslogd, and ``rm -r`` :ref:`param-impacct-bpf-directory`, which throws away what is in there.\n",
         .example = {{"source", {"bpf"}}, {"bpf.ringSize", {"128m"}}})},
    {.name = "mode", .kind = CHOICE, .offset = AT(mode), .dflt = "inotify", .choices = modes,
     DOC(.since = "0.1.0",
         .summary = "How changes of the file are noticed: ``inotify`` or ``polling``.",
         .text =
             "- ``\"inotify\"``: the kernel reports changes. Because some kernels and some file systems report\n"
             "  none, the file is also looked at every :ref:`param-impacct-pollinginterval` seconds. If inotify\n"
             "  cannot be used at all, one warning is logged and only this poll remains.\n"
             "- ``\"polling\"``: the file is looked at every :ref:`param-impacct-pollinginterval` seconds. For file\n"
             "  systems on which inotify is known to be silent.\n"
             "\n"
             "In both modes the module sleeps while it waits.\n",
         .example = {{"mode", {"polling"}}})},
    {.name = "pollingInterval", .kind = DURATION, .offset = AT(polling_ms), .dflt = "", .min = 1, .max = DAY_MS,
     DOC(.since = "0.1.0",
         .dflt = IN_WORDS(IMPACCT_POLL_BEHIND_INOTIFY) " in mode ``inotify``, "
                 IN_WORDS(IMPACCT_POLL_ALONE) " in mode ``polling``",
         .summary = "Seconds after which the file is looked at even if no change was reported.",
         .text =
             "In mode ``polling`` (see :ref:`param-impacct-mode`) it is the longest time that a new record waits\n"
             "before it is read; in mode ``inotify`` it is the longest time that a change waits which inotify did\n"
             "not report.\n"
             "\n"
             "impacct wakes up more often while records that it has submitted are not done with (at least once a\n"
             "second), and until its position is stored.\n",
         .example = {{"pollingInterval", {"0.5"}}})},
    {.name = "tag", .kind = TAG, .offset = AT(tag), .dflt = "pacct",
     DOC(.since = "0.1.0",
         .summary = "Name of the program that the messages carry.",
         .text =
             "The message's TAG is this name, followed by the process id of the record in brackets and a colon:\n"
             "``pacct[4711]:``. From it rsyslog takes the properties ``app-name`` (or ``programname``) and\n"
             "``procid``. Records of versions 0 to 2 hold no process id; their TAG has no brackets.\n"
             "\n"
             "The value has 1 to 48 printable ASCII characters, with no blanks, colons, brackets or slashes,\n"
             "because rsyslog ends the name at any of these. A colon at the end is accepted and dropped.\n",
         .example = {{"tag", {"acct"}}})},
    {.name = "name", .kind = IDENTIFIER, .offset = AT(name), .dflt = "",
     DOC(.since = "0.2.0",
         .dflt = "``impacct`` as the name of the input; counters are named after the file",
         .summary = "Name of the input: in the property ``inputname``, and of its counters.",
         .text =
             "The messages have it in the property ``inputname``, by which filters can tell the inputs apart. The\n"
             "input's object of counters (:ref:`impacct-counters`) is called by it, and with\n"
             ":ref:`param-impacct-commandline` the second object is the name and ``_commandLine`` behind it.\n"
             "\n"
             "The value has 1 to 64 letters, digits and underscores, and does not begin with a digit: where\n"
             "``impstats`` writes in Prometheus' format, the name of a metric consists of the object's name and\n"
             "the counter's, and ``pacct_read_total`` is a valid one, but ``impacct(/var/log/account/pacct)_read``\n"
             "is not. Counters with a dot in their names, as rsyslog's own have it, are valid there from rsyslog\n"
             "8.2608 on, which escapes it.\n"
             "\n"
             "Nothing keeps two inputs from having the same name; their counters can then not be told apart.\n",
         .example = {{"name", {"pacct"}}})},
    {.name = "facility", .kind = FACILITY, .offset = AT(facility), .dflt = "local0", .max = FACILITY_MAX,
     DOC(.since = "0.1.0",
         .summary = "Syslog facility of the messages.",
         .text =
             "All messages of an input have the same one.\n",
         .example = {{"facility", {"authpriv"}}})},
    {.name = "severity", .kind = SEVERITY, .offset = AT(severity), .dflt = "info", .max = SEVERITY_MAX,
     DOC(.since = "0.1.0",
         .summary = "Syslog severity of the messages.",
         .text =
             "All records of an input have the same one: it does not depend on how the process ended. State\n"
             "messages have severities of their own, see :ref:`impacct-states`.\n",
         .example = {{"severity", {"notice"}}})},
    {.name = "ruleset", .kind = TEXT, .offset = AT(ruleset), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "rsyslog's default ruleset",
         .summary = "Ruleset that the messages are handed to.",
         .text =
             "The name of a ruleset. If there is no such ruleset, an error is logged and the input is not started.\n"
             "\n"
             "Without this parameter the messages go to rsyslog's default ruleset, and with Debian's configuration\n"
             "one message for every process that ends would appear in ``/var/log/syslog``. Bind the input to a\n"
             "ruleset of its own, with a queue of its own (``queue.type=\"LinkedList\"``): then the input waits\n"
             "whenever the outputs are slow, and no other input can fill its queue. A warning says at the start\n"
             "if the ruleset has none. See the caveats in\n"
             ":doc:`../../configuration/modules/impacct`.\n",
         .example = {{"ruleset", {"processes"}}})},
    {.name = "stateRuleset", .kind = TEXT, .offset = AT(state_ruleset), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "that of ``ruleset``",
         .summary = "Ruleset that state messages are handed to.",
         .text =
             "State messages say what happens to accounting itself: that it stopped, is silent, that the file was\n"
             "rotated or damaged, that the module started (:ref:`impacct-states`). Without this parameter they\n"
             "take the same way as records and differ from them in the field ``event`` and in their severity.\n"
             "\n"
             "With a ruleset of their own they can raise an alarm at once and be kept elsewhere. If there is no\n"
             "such ruleset, an error is logged and the input is not started.\n",
         .example = {{"stateRuleset", {"alarms"}}})},
    {.name = "ratelimit.name", .kind = TEXT, .offset = AT(ratelimit_name), .dflt = "",
     DOC(.since = "0.2.0",
         .dflt = "no limit, unless ``ratelimit.interval`` sets one",
         .summary = "Name of a ``ratelimit()`` object whose limits the input takes.",
         .text =
             "rsyslog 8.2602 and later have ``ratelimit()`` objects, whose limits several inputs can share, and\n"
             "whose policy file is read again at HUP. It has to stand in the configuration before or after the\n"
             "input, and the input takes its ``interval`` and ``burst``, as :ref:`param-impacct-ratelimit-interval`\n"
             "describes them; each input counts for itself. ``severity`` and limits per source have no effect\n"
             "here.\n"
             "\n"
             "With this parameter ``ratelimit.interval`` and ``ratelimit.burst`` are refused, and so is a name\n"
             "that no object has, or one of a limit for actions. With an older rsyslog this parameter is an\n"
             "error, which says so, and the input is not started.\n",
         .example = {{"ratelimit.name", {"processes"}}})},
    {.name = "ratelimit.interval", .kind = NUMBER, .offset = AT(ratelimit_interval), .dflt = "", .max = INT_MAX,
     DOC(.since = "0.1.0",
         .dflt = "0",
         .summary = "Length in seconds of the interval that the rate limit counts in; 0 switches the limit off.",
         .text =
             "Together with :ref:`param-impacct-ratelimit-burst`: of the records read within so many seconds, at\n"
             "most that many are submitted and the others are discarded. The time that counts is when a record is\n"
             "read, not the time in the record, so reading a large file at start falls under the limit as well.\n"
             "\n"
             "Discarded records are lost for the outputs: they are counted in the counter ``discarded``, the\n"
             "position moves past them, and they are not read again. rsyslog logs when it begins to discard and\n"
             "how many were discarded.\n"
             "\n"
             "A limit is seldom of use here. Without one, nothing is discarded by the module: it reads no faster\n"
             "than the queue takes the messages.\n",
         .example = {{"ratelimit.interval", {"10"}}})},
    {.name = "ratelimit.burst", .kind = NUMBER, .offset = AT(ratelimit_burst),
     .dflt = "", .min = 1, .max = INT_MAX,
     DOC(.since = "0.1.0",
         .dflt = IN_WORDS(IMPACCT_RATELIMIT_BURST),
         .summary = "Number of records submitted per interval before the rate limit discards.",
         .text =
             "It has an effect only where :ref:`param-impacct-ratelimit-interval` is not 0.\n",
         .example = {{"ratelimit.interval", {"10"}}, {"ratelimit.burst", {"50000"}}})},
    {.name = "format", .kind = CHOICE, .offset = AT(format), .dflt = "json", .choices = formats,
     DOC(.since = "0.1.0",
         .summary = "What the text of the message is: ``json``, ``cee`` or ``text``.",
         .text =
             "- ``\"json\"``: one JSON object in one line, with every field that is known, under the names of\n"
             "  :ref:`param-impacct-schema`.\n"
             "- ``\"cee\"``: the same, preceded by ``@cee:`` and a blank.\n"
             "- ``\"text\"``: one line for people in the manner of ``lastcomm(1)``: name, flags, user and terminal,\n"
             "  then ``name=value`` pairs. The flags are four characters, ``S`` used a privilege, ``F`` forked and\n"
             "  never called exec, ``D`` dumped core, ``X`` ended by a signal, each ``-`` where it does not apply.\n"
             "  The schema has no influence.\n"
             "\n"
             "  .. code-block:: none\n"
             "\n"
             "     sort ---- root - exit=0 cpu=1.02s elapsed=1.03s start=2026-11-21T14:31:13Z "
             "end=2026-11-21T14:31:14Z pid=6 ppid=3\n"
             "\n"
             "The text is in the properties ``msg`` and ``rawmsg``, without a leading blank. A process chooses its\n"
             "own name; in JSON bytes that are not UTF-8 are replaced, in text everything but printable ASCII is\n"
             "escaped as ``\\xNN``. Both are always one line.\n",
         .example = {{"format", {"text"}}})},
    {.name = "schema", .kind = CHOICE, .offset = AT(schema), .dflt = "native", .choices = pacct_schema_names,
     DOC(.since = "0.1.0",
         .summary = "Names of the fields: ``native``, ``ecs``, ``otel`` or ``acct``.",
         .text =
             "- ``\"native\"``: one flat object with impacct's own names, such as ``comm``, ``uid``, ``exit_code``.\n"
             "- ``\"ecs\"``: nested objects under the names of the Elastic Common Schema, such as ``process.name``;\n"
             "  user and group ids are strings, durations are nanoseconds. What ECS has no name for is in the\n"
             "  object ``pacct``.\n"
             "- ``\"otel\"``: one flat object under the names of OpenTelemetry's semantic conventions, such as\n"
             "  ``process.real_user.id``, in which dots are a part of the name; the rest begins with ``pacct.``.\n"
             "- ``\"acct\"``: the names of syslog-ng's ``pacct()`` source, which are the kernel's (``ac_comm``,\n"
             "  ``ac_btime``), for the values that the kernel writes, with the native names of those that are\n"
             "  derived.\n"
             "\n"
             "It holds for the JSON text (:ref:`param-impacct-format`) and for the message properties\n"
             "(:ref:`param-impacct-properties`). All fields under all their names: :doc:`../impacct-fields`.\n",
         .example = {{"schema", {"ecs"}}})},
    {.name = "properties", .kind = FIELDS, .offset = AT(properties), .dflt = "all",
     DOC(.since = "0.1.0",
         .summary = "Which fields become message properties: ``all``, ``none`` or a list of names.",
         .text =
             "Fields named here are set as message properties under :ref:`param-impacct-container`, so that\n"
             "filters and templates can use them: ``$!pacct!uid``. The text of the message is not affected.\n"
             "\n"
             "- ``\"all\"``: every field that the record knows.\n"
             "- ``\"none\"``: no properties. Takes the least time, for outputs that only need ``%msg%``.\n"
             "- names of fields, as a list or in one string with blanks or commas between them. The names are\n"
             "  those of schema ``native`` whatever :ref:`param-impacct-schema` is set to; they are matched\n"
             "  exactly, in lower case. Fields without a native name are set only by ``\"all\"``.\n"
             "\n"
             "The properties themselves have the names of the schema. A value that a record does not know is not\n"
             "set.\n",
         .example = {{"properties", {"comm", "uid", "exit_code", "signal_name"}}})},
    {.name = "container", .kind = CONTAINER, .offset = AT(container), .dflt = "$!pacct",
     DOC(.since = "0.1.0",
         .summary = "Property below which the fields are set.",
         .text =
             "``$!`` or ``$.`` and a name, which may have several levels: ``$!pacct``, ``$!audit!process``,\n"
             "``$.pacct``. ``$!`` alone puts the fields at the top of the message's properties. Names consist of\n"
             "letters, digits and the characters ``_``, ``-``, ``@`` and ``.``.\n"
             "\n"
             "Which fields are set there says :ref:`param-impacct-properties`.\n",
         .example = {{"container", {"$!process"}}})},
    {.name = "freshStartTail", .kind = SWITCH, .offset = AT(fresh_start_tail), .dflt = "off",
     DOC(.since = "0.1.0",
         .summary = "Whether to begin at the end of the file when there is no stored position.",
         .text =
             "- ``\"off\"``: a file without a stored position is read from its beginning.\n"
             "- ``\"on\"``: if there is no state file at all, and the file exists when the input starts, reading\n"
             "  begins behind the last whole record. A file that appears later is read from its beginning.\n"
             "\n"
             "A state file that exists but cannot be used (damaged, unreadable) leads to reading all that there\n"
             "is in any case: rather twice than never.\n",
         .example = {{"freshStartTail", {"on"}}})},
    {.name = "persistStateInterval", .kind = NUMBER, .offset = AT(persist_state_interval),
     .dflt = "1000", .min = 1, .max = INT_MAX,
     DOC(.since = "0.1.0",
         .summary = "Number of records after which the position is stored.",
         .text =
             "The position is stored once at least so many records are done with since it was stored last, about a\n"
             "second after it has changed in any case, and at stop. A record is done with when every action of its\n"
             "ruleset has finished with it (see *Positions and crashes* in\n"
             ":doc:`../../configuration/modules/impacct`). A smaller number means fewer repeated records after a\n"
             "crash and more writing; each time the state file is replaced and synchronized to the disk, by a\n"
             "thread of its own. If that thread is still busy, the newest position takes the place of one that\n"
             "waits.\n",
         .example = {{"persistStateInterval", {"200"}}})},
    {.name = "stateFile.directory", .kind = PATH, .offset = AT(state_directory), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "rsyslog's workDirectory",
         .summary = "Directory that holds the state file.",
         .text =
             "The directory has to exist and rsyslogd must be allowed to create files in it, because a position is\n"
             "written to a new file that replaces the old one. If the position cannot be stored, one error is\n"
             "logged, reading goes on, and storing is tried again.\n"
             "\n"
             "Without this parameter it is the ``workDirectory`` of rsyslog's ``global()``. Where neither is set,\n"
             "a warning is logged and no position is kept: after a restart the file is read again.\n",
         .example = {{"stateFile.directory", {"/var/lib/impacct"}}})},
    {.name = "stateFile", .kind = NAME, .offset = AT(state_file), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "made from the path of the file",
         .summary = "Name of the state file.",
         .text =
             "A name without slashes, of at most 250 bytes, in :ref:`param-impacct-statefile-directory`. Without\n"
             "this parameter it is ``impacct-state:`` and the path of the accounting file, in which ``/`` is\n"
             "written as ``%2F`` and ``%`` as ``%25``.\n"
             "\n"
             "Two inputs cannot share a state file: the second one is refused with an error. So inputs that read\n"
             "the same accounting file need this parameter. The same holds where one name is the other with\n"
             "``.tmp`` behind it, which is what a new state file is called until it replaces the old one.\n"
             "\n"
             "The state file is text: one line of JSON and its checksum. It holds the position, and what before it\n"
             "was not delivered yet (:ref:`held batches <impacct-held>`); its ``format`` is 2 where there is such,\n"
             "and 3 with :ref:`param-impacct-summary-interval`. It is used only if it is a regular file, no\n"
             "symbolic link, owned by root or by the user that rsyslogd runs as, and writable by its owner only.\n",
         .example = {{"stateFile", {"pacct-audit.state"}}})},
    {.name = "rotatedFiles", .kind = SWITCH, .offset = AT(rotated_files), .dflt = "on",
     DOC(.since = "0.1.0",
         .summary = "Whether to read rotated files beside the accounting file.",
         .text =
             "With ``\"on\"``, what has not been read of a rotated file is read before the file at the path, the\n"
             "oldest first: after the file was rotated several times while rsyslogd did not run or fell behind,\n"
             "and when the rest of a truncated file is found in its copy. Files with numbers are read in the order\n"
             "of these, others in that of the times of their last writing.\n"
             "\n"
             "Rotated files lie in the same directory (where the path is a symbolic link: in that of the file it\n"
             "leads to), or in that of :ref:`param-impacct-rotatedfiles-directory`, and have its name, followed by\n"
             "``.``, ``-`` or ``_`` and a number or a date, and ``.gz``, ``.xz`` or ``.zst`` if they are\n"
             "compressed: ``pacct.0``, ``pacct.1.gz``, ``pacct-20261121.xz``. Symbolic links are not read. Files\n"
             "compressed with xz or zstd are read by a build that found liblzma or libzstd (``configure`` says\n"
             "so). A compressed file that takes more than 64 MiB of memory to be decompressed, as ``zstd --ultra\n"
             "-22`` makes it, is not read.\n"
             "\n"
             "What cannot be read, or is known to have been there and cannot be found, is reported by the state\n"
             "message ``records_lost`` (:ref:`impacct-rotation`).\n"
             "\n"
             "``\"off\"`` does not go with ``accounting=\"own\"`` (:ref:`param-impacct-accounting`), and is refused\n"
             "there: the rest of a file that was rotated would not be read after a crash.\n"
             "\n"
             "Where reading stopped is known from the stored position. Where there is none, at the first start, no\n"
             "file is read that was rotated before. Where there is one that cannot be used, all are.\n",
         .example = {{"rotatedFiles", {"off"}}})},
    {.name = "rotatedFiles.directory", .kind = PATH, .offset = AT(rotated_directory), .dflt = "",
     DOC(.since = "0.2.0",
         .dflt = "none",
         .summary = "Another directory that rotated files are moved to.",
         .text =
             "Absolute path of the directory that logrotate's ``olddir`` or savelog's ``-r`` names. Rotated files\n"
             "are looked for in there, too, by the same names; without this parameter, one that was moved away\n"
             "before it was read is lost (``records_lost``). It does not have to exist. It has an effect only\n"
             "where :ref:`param-impacct-rotatedfiles` is ``on``.\n",
         .example = {{"rotatedFiles.directory", {"/var/log/account/old"}}})},
    {.name = "rotatedFiles.maxAge", .kind = NUMBER, .offset = AT(rotated_max_age),
     .dflt = "604800", .min = 1, .max = INT_MAX,
     DOC(.since = "0.1.0",
         .summary = "Seconds for which a rotated file is of interest after it was last written.",
         .text =
             "The default is a week. Rotated files that were last written longer ago are not read, and not\n"
             "searched for the stored position. It has an effect only where :ref:`param-impacct-rotatedfiles` is\n"
             "``on``.\n",
         .example = {{"rotatedFiles.maxAge", {"86400"}}})},
    {.name = "resolveNames", .kind = SWITCH, .offset = AT(resolve_names), .dflt = "on",
     DOC(.since = "0.1.0",
         .summary = "Whether to add the names of users and groups.",
         .text =
             "With ``\"on\"``, the fields ``user`` and ``group`` hold the names that the system's name service has\n"
             "for ``uid`` and ``gid`` when the record is read (not when the process ran). A thread of the input\n"
             "asks the name service. A record waits for an answer, but all of them together for a second at most,\n"
             "and after that for a tenth of the time; while an answer is overdue, no record waits. So names that\n"
             "the service knows at once, as those in ``/etc/passwd``, are never missing, and a service that is\n"
             "slow or hangs does not hold up the records: those go without the names that it has not given yet,\n"
             "which the counter ``names.late`` counts, and later ones have them. ``uid`` and ``gid`` are always\n"
             "there. That the service does not keep up is logged after five seconds.\n"
             "\n"
             "Where there is no name, or no answer yet, the field is left out.\n"
             "\n"
             "Switch it off for files that come from another host.\n",
         .example = {{"resolveNames", {"off"}}})},
    {.name = "resolveNames.cacheTime", .kind = NUMBER, .offset = AT(resolve_names_cache_time),
     .dflt = "300", .min = 1, .max = INT_MAX,
     DOC(.since = "0.1.0",
         .summary = "Seconds for which a name is kept before it is asked for again.",
         .text =
             "That an id has no name is kept for the same time, but at most 60 seconds. After that time the name\n"
             "service is asked again at the next record that needs the name; where its answer is late, the old name\n"
             "is used. Up to 1024 users and 1024 groups are kept per input; those used longest ago give way.\n",
         .example = {{"resolveNames.cacheTime", {"60"}}})},
    {.name = "silenceAlarm", .kind = ALARM, .offset = AT(silence_alarm), .dflt = "", .min = 1000, .max = 7 * DAY_MS,
     DOC(.since = "0.1.0",
         .dflt = IN_WORDS(IMPACCT_SILENCE_ALARM) "; off where ``hostname`` is set",
         .summary = "Seconds without a record, while processes end on the machine, after which an alarm is sent.",
         .text =
             "When the time is nearly over and something has ended on the machine (``/proc/stat``,\n"
             "``/proc/loadavg``; a machine on which nothing happens is left alone), rsyslogd has a child of its\n"
             "own end. Only if the record of that child does not come either, the state message\n"
             "``accounting_silent`` is sent, once, and ``accounting_recovered`` when records come again. The\n"
             "records of such children have names like ``impacct:0a1b2c3`` and are sent as any others; where\n"
             "processes keep ending and leave records there are none. Where only threads end, or processes in a\n"
             "container that share the machine but not its accounting, there is one each 10 seconds (each third\n"
             "of the time after which the kernel looks at the free space, by default 30 seconds).\n"
             "\n"
             "That is how it is found out that the kernel has suspended accounting because the file system was\n"
             "full for a moment. It is found out within a second or two when accounting leaves the file, and when\n"
             "there is little space. With ``\"off\"`` no children are made for this:\n"
             "``accounting_stopped``, ``accounting_started``, ``accounting_silent`` and ``accounting_recovered``\n"
             "are not sent, and ``accounting_suspended`` follows from the free space alone. (With\n"
             "``accounting=\"own\"`` see :ref:`impacct-owning`.)\n"
             "\n"
             "The alarm is off by default where :ref:`param-impacct-hostname` names another host. Switch it off\n"
             "for other files that the kernel of this machine does not write to, such as copies that are read\n"
             "once. See :ref:`impacct-states`.\n",
         .example = {{"silenceAlarm", {"300"}}})},
    {.name = "accounting", .kind = CHOICE, .offset = AT(accounting), .dflt = "follow", .choices = accountings,
     DOC(.since = "0.1.0",
         .summary = "Whether to read a file that others look after, or to own accounting.",
         .text =
             "- ``\"follow\"``: nothing but reading. Somebody else switches accounting on and rotates the file.\n"
             "- ``\"own\"``: the module makes the file and, if need be, its directory, switches accounting on, keeps\n"
             "  it on, and rotates the file by itself: neither a service for accounting nor cron nor logrotate is\n"
             "  needed. See :ref:`impacct-owning`.\n",
         .example = {{"file", {"/var/log/account/pacct"}}, {"accounting", {"own"}}})},
    {.name = "accounting.maxFileSize", .kind = SIZE, .offset = AT(accounting_max_file_size),
     .dflt = "64m", .min = 4096, .max = LONG_MAX,
     DOC(.since = "0.1.0",
         .summary = "With ``accounting=\"own\"``: size at which the file is rotated.",
         .text =
             "A record has 64 bytes.\n"
             "\n"
             "The file is rotated once the actions are done with every file before it; what of it was not read yet\n"
             "is read under its new name. While an output hangs, it grows beyond this size.\n",
         .example = {{"accounting", {"own"}}, {"accounting.maxFileSize", {"16m"}}})},
    {.name = "accounting.keep", .kind = NUMBER, .offset = AT(accounting_keep), .dflt = "4", .max = 1000,
     DOC(.since = "0.1.0",
         .summary = "With ``accounting=\"own\"``: number of rotated files that are kept.",
         .text =
             "The newest has the suffix ``.1``. A file is removed only when the actions are done with all its\n"
             "records. With little space the module gives up old files, whatever this number says: see\n"
             ":ref:`impacct-owning`.\n",
         .example = {{"accounting", {"own"}}, {"accounting.keep", {"0"}}})},
    {.name = "accounting.atStop", .kind = CHOICE, .offset = AT(accounting_at_stop),
     .dflt = "leave", .choices = at_stops,
     DOC(.since = "0.1.0",
         .summary = "With ``accounting=\"own\"``: what becomes of accounting when rsyslogd stops.",
         .text =
             "- ``\"leave\"``: it stays on. What is recorded while rsyslogd does not run is read at the next start.\n"
             "  Nobody rotates the file meanwhile. An error at the start says if it cannot stay on, because rsyslogd\n"
             "  runs in a mount namespace of its own: see :ref:`impacct-owning`.\n"
             "- ``\"off\"``: it is switched off, or, where it was taken over with\n"
             "  :ref:`param-impacct-accounting-force`, back to the file that it came from, if that is still there\n"
             "  and rsyslogd was not restarted since. ``accounting_stopped`` is sent.\n",
         .example = {{"accounting", {"own"}}, {"accounting.atStop", {"off"}}})},
    {.name = "accounting.force", .kind = SWITCH, .offset = AT(accounting_force), .dflt = "off",
     DOC(.since = "0.1.0",
         .summary = "With ``accounting=\"own\"``: whether to take accounting over from another program.",
         .text =
             "The kernel knows one accounting file (for each pid namespace), and does not tell which. The module\n"
             "has a child of its own end and looks for its record in the files that programs known to it use:\n"
             "``/var/log/account/pacct``, ``/var/account/pacct``, ``/var/log/pacct``, and those of atopacctd and\n"
             "atop. If it is in one of them, accounting is somebody else's: with ``\"off\"`` an error says whose\n"
             "file it is, it is left alone and tried again every 10 seconds; with ``\"on\"`` it is taken over.\n"
             "Accounting that goes to any other file cannot be seen, and is taken over in both cases.\n",
         .example = {{"accounting", {"own"}}, {"accounting.force", {"on"}}})},
    {.name = "commandLine", .kind = CHOICE, .offset = AT(command_line), .dflt = "off", .choices = captures,
     DOC(.since = "0.1.0",
         .summary = "Whether and how to capture command lines: ``off``, ``auto``, ``bpf`` or ``connector``.",
         .text =
             "A record has the first 15 bytes of a program's name. With this parameter, each exit has also the\n"
             "command line, the executable and the working directory, as the process began its last program:\n"
             "fields ``command_line``, ``args``, ``executable``, ``cwd``. Command lines can hold secrets, hence\n"
             "the default; see :ref:`param-impacct-commandline-redact`.\n"
             "\n"
             "- ``\"off\"``: nothing is captured.\n"
             "- ``\"auto\"``: by BPF, else by the connector, else not at all. One message in rsyslog's log says\n"
             "  which, and what was missing.\n"
             "- ``\"bpf\"``: a program in the kernel sees every fork and exec. Needs Linux 5.8 or later with BTF\n"
             "  (``/sys/kernel/btf/vmlinux``), at the start bpf(2) and CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN,\n"
             "  and a module built with libbpf. Before Linux 5.11, the ring counts as locked memory:\n"
             "  CAP_SYS_RESOURCE, too, or ``LimitMEMLOCK=infinity``.\n"
             "- ``\"connector\"``: the kernel's process connector reports execs, and the rest is read from\n"
             "  ``/proc``. Processes that live for less than some hundred microseconds can be over before; their\n"
             "  command is missing, and so is that of a process that forked and never executed anything. Needs\n"
             "  CAP_NET_ADMIN at the start before Linux 6.6, netlink, and the first pid namespace of the machine,\n"
             "  so it does not work in containers. Once rsyslogd has dropped its privileges, ``executable`` and\n"
             "  ``cwd`` of other users' processes cannot be read.\n"
             "\n"
             "A build of impacct without libbpf has only the connector; one that was configured with\n"
             "``--disable-exec-capture`` has neither, says so in one message, and sends records without command\n"
             "lines.\n"
             "\n"
             "What is needed at the start only can be given up afterwards (``$PrivDropToUser``): bpf(2) is also\n"
             "asked once a second how often the kernel left the program out, which takes no privilege. A rsyslogd\n"
             "that was built with libcap-ng gives up CAP_BPF and CAP_PERFMON before, and keeps CAP_SYS_ADMIN,\n"
             "which is enough.\n"
             "\n"
             "**In a confined service** such as Debian 13's, the filter of system calls forbids bpf(2). A message\n"
             "says so, and nothing is captured until ``contrib/systemd/install command-lines`` has written a\n"
             "drop-in that grants that call, and nothing else. For the connector, such a service also needs\n"
             "``RestrictAddressFamilies=AF_NETLINK``.\n"
             "\n"
             "**In a container** of its own pid namespace, BPF shows the container's processes, with the numbers\n"
             "that they have in there, and control groups as they are seen from there. The container needs the\n"
             "capabilities, the system call, and the host's ``/sys/kernel/btf``: for systemd-nspawn,\n"
             "``--capability=CAP_BPF,CAP_PERFMON --system-call-filter=bpf``.\n"
             "\n"
             "``command_source`` says how a command is known: ``exec``, captured as it was executed (with the\n"
             "connector, read from ``/proc`` right after that);\n"
             "``fork-inherited``, that of the process that made this one, which never executed anything itself;\n"
             "``scan``, found in the running process when rsyslogd started, or after events were lost;\n"
             "``missing``. What is read from ``/proc`` (the connector, ``scan``) is what the process shows by\n"
             "then, and it can rewrite that; what BPF captured at the exec it cannot, which is kept after a loss,\n"
             "too, where the kernel says that nothing was executed since (:doc:`../impacct-commands`).\n"
             "A command is missing for\n"
             "processes that began in the first seconds after rsyslogd did, where the kernel's events were lost,\n"
             "where a process id was given out again within two seconds before the record was read, since the\n"
             "kernel may have dropped a record without a word, and for old records: nothing is guessed.\n"
             "\n"
             "The records have to be those of rsyslogd's own pid namespace, read as they are written; the kernel\n"
             "writes them into one file, so one input can have this parameter. Records of other versions than 3\n"
             "have no process id, and no command.\n"
             "\n"
             "Memory is bounded: a ring of 8 MiB in the kernel, and 8 MiB in rsyslogd for at most 32768 processes\n"
             "with their arguments and paths. If that does not suffice, the least recently seen process of the\n"
             "user who takes the most is forgotten, and its command is missing. What it all costs: :doc:`../impacct-commands`.\n",
         .example = {{"commandLine", {"auto"}}})},
    {.name = "commandLine.maxLength", .kind = NUMBER, .offset = AT(command_max_length),
     .dflt = "4096", .min = 64, .max = PACCT_ARGS_MAX,
     DOC(.since = "0.1.0",
         .summary = "Bytes of arguments that are kept of a command line.",
         .text =
             "Longer arguments are cut: ``args_truncated`` says so, and ``args_length`` is the length before the\n"
             "cut, with one byte behind each argument. The text of a message has them twice, in ``command_line``\n"
             "and in ``args``; rsyslog's ``maxMessageSize`` should leave room for that where a message goes to\n"
             "another host.\n",
         .example = {{"commandLine", {"auto"}}, {"commandLine.maxLength", {"1024"}}})},
    {.name = "commandLine.redact", .kind = REDACT, .offset = AT(redact), .dflt = "default",
     DOC(.since = "0.1.0",
         .summary = "What to make unreadable in command lines: ``default``, ``off``, or regular expressions.",
         .text =
             "What is replaced shows as ``[redacted]``, and ``args_redacted`` is true.\n"
             "\n"
             "- ``\"default\"``: what is known of how people hand secrets to programs: values of names such as\n"
             "  ``--password=x``, ``DB_PASSWORD=x`` and ``Authorization: x``; options and operands of some 900\n"
             "  programs, such as ``mysql -px`` and ``curl -u user:x``, also behind ``sudo``, ``ssh`` and the like\n"
             "  and in the text of ``sh -c``; passwords in URLs; tokens that are known by their looks. All of it:\n"
             "  :doc:`../impacct-redaction`.\n"
             "- ``\"off\"``: nothing.\n"
             "- regular expressions (POSIX extended), one in each string: what the first group matches is\n"
             "  replaced, or all of the match where there is no group. They are tried on each argument by itself,\n"
             "  as it was given, and take time for each. With ``\"default\"`` in the list, both hold.\n"
             "\n"
             "No rule catches a secret that nothing tells from a word, such as the only argument of one's own\n"
             "program. Regular expressions see an argument that was cut at\n"
             ":ref:`param-impacct-commandline-maxlength` as it is then. Those who must not leak any should leave\n"
             ":ref:`param-impacct-commandline` off.\n",
         .example = {{"commandLine", {"auto"}}, {"commandLine.redact", {"default", "^--pin=(.*)$"}}})},
    {.name = "usage", .kind = CHOICE, .offset = AT(usage), .dflt = "off", .choices = usages,
     DOC(.since = "0.2.0",
         .summary = "Whether to add what each process used, exactly: ``off``, ``auto`` or ``bpf``.",
         .text =
             "A record has processor time in ticks, and neither memory nor I/O. With this parameter, a program in the\n"
             "kernel tells at each end of a process what it used: ``cpu_ns``, ``max_rss_kib``, ``read_bytes``,\n"
             "``write_bytes``, context switches and more. How exact each is, and what it means:\n"
             ":doc:`../impacct-usage`. It does not need :ref:`param-impacct-commandline`.\n"
             "\n"
             "- ``\"off\"``: nothing is captured.\n"
             "- ``\"auto\"``: where it can be had. Where it cannot, one message in rsyslog's log, of severity info,\n"
             "  says what was missing.\n"
             "- ``\"bpf\"``: the same, but that message is an error.\n"
             "\n"
             "Where it cannot be had, records go without it. It takes Linux 5.8 or later with BTF\n"
             "(``/sys/kernel/btf/vmlinux``), at the start bpf(2) and CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, and a\n"
             "module built with libbpf. Before Linux 5.11, the ring of 8 MiB counts as locked memory:\n"
             "CAP_SYS_RESOURCE, too, or ``LimitMEMLOCK=infinity``. Before Linux 6.16, the program is attached to a\n"
             "function of the kernel, which not every machine allows; seen are 5.10 and 6.1.\n"
             "\n"
             "``usage_source`` is \"exit\" where it is known, and \"missing\" where it is not certain whose it is:\n"
             "for what ended before rsyslogd started, and around a loss. Both are counted, with ``events.lost``;\n"
             "see :doc:`../impacct-monitoring`.\n",
         .example = {{"usage", {"auto"}}})},
    {.name = "origin", .kind = SWITCH, .offset = AT(origin), .dflt = "off",
     DOC(.since = "0.1.0",
         .summary = "Whether to add where a process belongs: container, unit, job, login, parent.",
         .text =
             "Needs a :ref:`param-impacct-commandline` that is not ``off``. Adds, where they are known:\n"
             "\n"
             "- ``cgroup``, and what its path says: ``container_id`` (Docker, containerd, CRI-O, Podman, LXC),\n"
             "  ``systemd_unit``, ``job_id`` (Slurm, PBS, LSF).\n"
             "- ``login_uid`` and ``login_user``: the person who logged in, whatever sudo and su changed.\n"
             "  ``session_id``: the number of that login. From the kernel's audit; left out for what no login\n"
             "  started, unless that set it itself.\n"
             "- ``parent_comm`` and ``parent_entity_id``: who made the process. ``entity_id`` is the same in all\n"
             "  messages about one process, so that ``parent_entity_id`` leads to the parent's.\n"
             "- ``parent_executable``, ``parent_command_line``, ``parent_args``: what that was executing when it made\n"
             "  the process, whatever it executed later. Left out where it is not certain, and with\n"
             "  ``commandLine=\"connector\"``, which does not tell who made a process.\n"
             "\n"
             "They are as they were when the process began its program. For a process that never executed anything\n"
             "only the parent is given, since it may have been put elsewhere.\n"
             "\n"
             "**What can be forged:** users may name groups of their own as they like. A job is believed only where\n"
             "its manager has its groups, and a unit is the outermost; but a ``container_id`` may be whatever a\n"
             "user with a systemd of his own (``systemd_unit`` is ``user@UID.service``), or root within a\n"
             "container, calls a group. A daemon's process, which no login started, may set its ``login_uid`` once.\n"
             "What an auditor can rely on: *What a record is worth as evidence* in the project's SECURITY.md.\n",
         .example = {{"commandLine", {"auto"}}, {"origin", {"on"}}})},
    {.name = "execMessages", .kind = SWITCH, .offset = AT(exec_messages), .dflt = "off",
     DOC(.since = "0.1.0",
         .summary = "Whether to send a message for each program that starts.",
         .text =
             "Needs a :ref:`param-impacct-commandline` that is not ``off``. Long-running programs are then seen at\n"
             "once, and not only at their end. The message has ``event`` ``exec`` and the fields of the command\n"
             "line; ``entity_id`` is the same in the message about the exit, unless that is uncertain\n"
             "(``command_source`` is ``missing``). It goes the way of the records, and counts for\n"
             ":ref:`param-impacct-ratelimit-interval`.\n"
             "\n"
             "These messages come from no file: what rsyslogd does not take, or what starts while it is down, is\n"
             "not sent later. Up to 4096, of 8 MiB, wait for a slow output; the counter ``exec.messages.dropped`` has those\n"
             "beyond.\n",
         .example = {{"commandLine", {"auto"}}, {"execMessages", {"on"}}})},
    {.name = "execMessages.skipRoot", .kind = SWITCH, .offset = AT(skip_root), .dflt = "off",
     DOC(.since = "0.1.0",
         .summary = "Whether to send no message for programs that root starts.",
         .text =
             "Root is who has the real user id 0. Their exits are sent all the same.\n",
         .example = {{"commandLine", {"auto"}}, {"execMessages", {"on"}}, {"execMessages.skipRoot", {"on"}}})},
    {.name = "execMessages.skipKernelHelpers", .kind = SWITCH, .offset = AT(skip_kernel_helpers), .dflt = "off",
     DOC(.since = "0.1.0",
         .summary = "Whether to send no message for programs that the kernel itself starts.",
         .text =
             "Such as modprobe, or a handler of core dumps. They are recognized by BPF only, not by the connector.\n"
             "Their exits are sent all the same.\n",
         .example = {{"commandLine", {"auto"}},
                     {"execMessages", {"on"}},
                     {"execMessages.skipKernelHelpers", {"on"}}})},
    {.name = "summary.interval", .kind = INTERVAL, .offset = AT(summary_interval), .dflt = "off", .min = 1, .max = DAY_S,
     DOC(.since = "0.2.0",
         .summary = "Seconds that are summed up, or ``off``.",
         .text =
             "Of each window of so many seconds, and of each group of processes that ended in it\n"
             "(:ref:`param-impacct-summary-by`), one message says how many there were, how many failed, and what\n"
             "they used: see :doc:`../impacct-summaries`. The number divides a day, and windows begin at multiples\n"
             "of it since the epoch: with ``\"3600\"`` at each full hour, UTC.\n"
             "\n"
             "A record belongs to the window in which its process ended. A window is sent five seconds after it\n"
             "ended.\n",
         .example = {{"summary.interval", {"3600"}}})},
    {.name = "summary.by", .kind = BY, .offset = AT(summary_by), .dflt = "user comm",
     DOC(.since = "0.2.0",
         .summary = "Fields that processes are grouped by, with ``summary.interval``.",
         .text =
             "One to eight native names of fields that records have (:doc:`../impacct-fields`), but not ``args``,\n"
             "as a list or in one string with blanks or commas between them. Of ``command_line`` only the first\n"
             "word counts, and of a longer text the first 255 bytes. A field that a record lacks is a group of its\n"
             "own: none is left out.\n"
             "\n"
             "Where records are read again after a crash, names of users are looked up again, and what\n"
             ":ref:`param-impacct-commandline` captured is not known any more. ``uid`` and ``comm`` are always the\n"
             "same.\n",
         .example = {{"summary.interval", {"3600"}}, {"summary.by", {"uid", "comm", "systemd_unit"}}})},
    {.name = "summary.records", .kind = CHOICE, .offset = AT(summary_records), .dflt = "keep",
     .choices = summary_records,
     DOC(.since = "0.2.0",
         .summary = "With ``summary.interval``: whether records are sent as well: ``keep`` or ``drop``.",
         .text =
             "- ``\"keep\"``: records are sent as without summaries.\n"
             "- ``\"drop\"``: nothing is sent but summaries, state messages, and what\n"
             "  :ref:`param-impacct-execmessages` asks for.\n",
         .example = {{"summary.interval", {"3600"}}, {"summary.records", {"drop"}}})},
    {.name = "summary.ruleset", .kind = TEXT, .offset = AT(summary_ruleset), .dflt = "",
     DOC(.since = "0.2.0",
         .dflt = "that of ``ruleset``",
         .summary = "Ruleset that summaries are handed to.",
         .text =
             "Without this parameter they take the same way as records, and differ from them in the field\n"
             "``event``: ``summary`` and ``summary_window``. If there is no such ruleset, an error is logged and the\n"
             "input is not started.\n",
         .example = {{"summary.interval", {"3600"}}, {"summary.ruleset", {"processes"}}})},
    {.name = "summary.maxGroups", .kind = NUMBER, .offset = AT(summary_max_groups),
     .dflt = "10000", .min = 1, .max = 1000000,
     DOC(.since = "0.2.0",
         .summary = "Most groups of one window, with ``summary.interval``.",
         .text =
             "Processes of further groups are summed up together, in one group that has nothing but\n"
             "``\"other\": true``; the message that ends the window says how many they were. So sums stay whole,\n"
             "and memory bounded (:ref:`impacct-summaries-memory`).\n",
         .example = {{"summary.interval", {"60"}}, {"summary.maxGroups", {"1000"}}})},
    {.name = "ahz", .kind = NUMBER, .offset = AT(ahz), .dflt = "100", .min = 1, .max = USHRT_MAX,
     DOC(.since = "0.1.0",
         .summary = "Ticks per second of records that do not hold it.",
         .text =
             "Records of version 3, which today's distributions write, always have 100 ticks a second, and records\n"
             "of version 2 hold the number; neither is affected. It is used for versions 0 and 1, and for version\n"
             "2 where the record holds 0. The fields ``elapsed``, ``cpu_user``, ``cpu_system`` and ``end`` depend\n"
             "on it.\n",
         .example = {{"ahz", {"1024"}}})},
    {.name = "v0.byteOrder", .kind = CHOICE, .offset = AT(v0_byte_order), .dflt = "native", .choices = byte_orders,
     DOC(.since = "0.1.0",
         .summary = "Byte order of records of version 0: ``native``, ``little`` or ``big``.",
         .text =
             "Records of versions 1 to 3 say in which byte order they were written, and each is read accordingly.\n"
             "Records of version 0 (kernels up to 2.6.7) do not say so: this parameter does. ``\"native\"`` is the\n"
             "byte order of the machine that rsyslogd runs on.\n",
         .example = {{"v0.byteOrder", {"big"}}})},
    {.name = "hostname", .kind = HOST, .offset = AT(hostname), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "the host's own name",
         .summary = "Name of the host that the records were written on.",
         .text =
             "Set it for a file that comes from another host. It is what the message has as HOSTNAME and what the\n"
             "field ``hostname`` holds: 1 to 255 printable characters without blanks. Without it, it is the name\n"
             "by which rsyslog knows its host when the input starts.\n"
             "\n"
             "If it is set, the field ``tty`` is left out, because the names of terminals are looked up on the\n"
             "machine that rsyslogd runs on; ``tty_major`` and ``tty_minor`` remain.\n"
             ":ref:`param-impacct-silencealarm` is off by default then. Set :ref:`param-impacct-hostid` as well,\n"
             "and :ref:`param-impacct-resolvenames` to ``off``.\n",
         .example = {{"hostname", {"db7.example.net"}}})},
    {.name = "hostId", .kind = TEXT, .offset = AT(host_id), .dflt = "",
     DOC(.since = "0.1.0",
         .dflt = "first line of ``" IMPACCT_MACHINE_ID "``",
         .summary = "Identity of the host that the records were written on.",
         .text =
             "Goes into the field ``id`` of every record, so that equal records of two hosts have different ids,\n"
             "and appears as ``host.id`` in the schemas ``ecs`` and ``otel``. At most 85 bytes of it are used. For\n"
             "a file that comes from another host, give that host's machine id: then the ids are the same as that\n"
             "host itself would make.\n"
             "\n"
             "Without it, it is the first line of ``" IMPACCT_MACHINE_ID "``, read when the input starts; where\n"
             "there is none, the name of the host (:ref:`param-impacct-hostname`).\n",
         .example = {{"hostId", {"3d1219c7c4c5404aaa1f6d2a48adfda4"}}})},
};
/* clang-format on */
#define PARAM_COUNT (sizeof(params) / sizeof(params[0]))

#endif
