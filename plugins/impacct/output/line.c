/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/line.c
 * @brief An event as one line for people, in the manner of lastcomm(1).
 *
 * Algorithm: name, flags, user and terminal come first, in lastcomm's order;
 * everything else is name=value, so that a missing value shifts nothing.
 *
 * Concurrency and locking: none; buffers and caches belong to the caller.
 *
 * Failure model: out of memory is reported before anything is written.
 */
#include "config.h"

#include "output/line.h"
#include "base/fmt.h"

/* everything but the strings: numbers, times, words and blanks */
#define FIXED_SIZE 1024u
/* an escaped byte takes four: \xNN */
#define ESCAPED_MAX 4u

static const enum pacct_field_id strings[] = {PACCT_F_EVENT, PACCT_F_COMM,   PACCT_F_COMM_HEX,
                                              PACCT_F_USER,  PACCT_F_TTY,    PACCT_F_SIGNAL_NAME,
                                              PACCT_F_FILE,  PACCT_F_DETAIL, PACCT_F_COMMAND_LINE};
static const enum pacct_field_id numbers[] = {
    PACCT_F_UID,        PACCT_F_EXIT_CODE,   PACCT_F_SIGNAL, PACCT_F_CPU_USER, PACCT_F_CPU_SYSTEM,    PACCT_F_ELAPSED,
    PACCT_F_START,      PACCT_F_END,         PACCT_F_TIME,   PACCT_F_PID,      PACCT_F_PPID,          PACCT_F_FORKED,
    PACCT_F_PRIVILEGED, PACCT_F_CORE_DUMPED, PACCT_F_KILLED, PACCT_F_POSITION, PACCT_F_EXIT_UNCERTAIN};

struct pacct_set pacct_line_fields(void) {
    struct pacct_set set = {{0}};
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        pacct_set_add(&set, strings[i]);
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        pacct_set_add(&set, numbers[i]);
    }
    return set;
}

static char* put(char* out, const char* text) {
    const size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

static char* put_byte(char* out, unsigned char c) {
    *out++ = '\\';
    *out++ = 'x';
    return pacct_write_hex(out, &c, 1);
}

/* Printable ASCII stands for itself, everything else is escaped: no byte can be mistaken. */
static char* put_escaped(char* out, const char* s, size_t len) {
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (c > ' ' && c < 0x7f && c != '\\') {
            *out++ = (char)c;
        } else {
            out = put_byte(out, c);
        }
    }
    return out;
}

static unsigned nibble(char c) {
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static char* put_comm(char* out, const struct pacct_event* ev) {
    if (!pacct_event_has(ev, PACCT_F_COMM_HEX)) {
        const struct pacct_value* const comm = &ev->v[PACCT_F_COMM];
        if (comm->len == 1 && comm->s[0] == '-') {
            return put_byte(out, '-'); /* "-" says that there is no name */
        }
        return comm->len == 0 ? put(out, "-") : put_escaped(out, comm->s, comm->len);
    }
    const struct pacct_value* const raw = &ev->v[PACCT_F_COMM_HEX];
    for (size_t i = 0; i + 1 < raw->len; i += 2) {
        const char c = (char)(nibble(raw->s[i]) << 4 | nibble(raw->s[i + 1]));
        out = put_escaped(out, &c, 1);
    }
    return out;
}

static char* put_flag(char* out, const struct pacct_event* ev, enum pacct_field_id id, char letter) {
    *out++ = pacct_event_has(ev, id) && ev->v[id].u != 0 ? letter : '-';
    return out;
}

static char* put_value(char* out, const struct pacct_value* v) {
    return put_escaped(out, v->s, v->len);
}

static char* put_string(char* out, const struct pacct_event* ev, enum pacct_field_id id) {
    return pacct_event_has(ev, id) ? put_value(put(out, " "), &ev->v[id]) : put(out, " -");
}

static char* put_number(char* out, const char* name, const struct pacct_event* ev, enum pacct_field_id id) {
    return pacct_event_has(ev, id) ? pacct_write_uint(put(out, name), ev->v[id].u) : out;
}

static char* put_time(
    char* out, const char* name, const struct pacct_event* ev, enum pacct_field_id id, struct pacct_rfc3339* clock) {
    if (!pacct_event_has(ev, id)) {
        return out;
    }
    out = put(out, name);
    pacct_rfc3339_write(clock, ev->v[id].u, out);
    return out + PACCT_RFC3339_LEN;
}

/* Blanks stand for themselves: for what ends the line. */
static char* put_sentence(char* out, const struct pacct_value* v) {
    for (size_t i = 0; i < v->len; i++) {
        if (v->s[i] == ' ') {
            *out++ = ' ';
        } else {
            out = put_escaped(out, v->s + i, 1);
        }
    }
    return out;
}

/* The line of a state message */
static char* put_state(char* out, const struct pacct_event* ev, struct pacct_rfc3339* clock) {
    out = put_value(out, &ev->v[PACCT_F_EVENT]);
    out = put_time(out, " time=", ev, PACCT_F_TIME, clock);
    if (pacct_event_has(ev, PACCT_F_FILE)) {
        out = put_value(put(out, " file="), &ev->v[PACCT_F_FILE]);
    }
    out = put_number(out, " position=", ev, PACCT_F_POSITION);
    if (pacct_event_has(ev, PACCT_F_DETAIL)) {
        out = put_sentence(put(out, ": "), &ev->v[PACCT_F_DETAIL]);
    }
    return out;
}

static char* put_times(char* out, const char* sum_name, const struct pacct_event* ev, enum pacct_field_id sum) {
    static const char* const names[] = {" max=", " p50=", " p95=", " p99="};
    if (!pacct_event_has(ev, sum)) {
        return out;
    }
    out = pacct_write_seconds(put(out, sum_name), ev->v[sum].u);
    *out++ = 's';
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        out = pacct_write_seconds(put(out, names[i]), ev->v[sum + 1 + i].u);
        *out++ = 's';
    }
    return out;
}

static char* put_member(char* out, enum pacct_type type, const struct pacct_value* v, struct pacct_rfc3339* clock) {
    switch (type) {
        case PACCT_T_STRING:
        case PACCT_T_TOKEN:
            return put_value(out, v);
        case PACCT_T_CENTI:
            return pacct_write_seconds(out, v->u);
        case PACCT_T_TIME:
            pacct_rfc3339_write(clock, v->u, out);
            return out + PACCT_RFC3339_LEN;
        case PACCT_T_BOOL:
            return put(out, v->u != 0 ? "true" : "false");
        case PACCT_T_INT:
        case PACCT_T_STRINGS:
        case PACCT_T_MEMBERS:
        case PACCT_T_CODES:
        default:
            return pacct_write_uint(out, v->u);
    }
}

/* The line of a summary, or of a window of them */
static char* put_summary(char* out, const struct pacct_event* ev, struct pacct_rfc3339* clock) {
    out = put_value(out, &ev->v[PACCT_F_EVENT]);
    out = put_time(out, " window_start=", ev, PACCT_F_WINDOW_START, clock);
    out = put_time(out, " window_end=", ev, PACCT_F_WINDOW_END, clock);
    for (unsigned i = 0; pacct_event_has(ev, PACCT_F_MEMBERS) && i < ev->v[PACCT_F_MEMBERS].members->count; i++) {
        const struct pacct_members* const members = ev->v[PACCT_F_MEMBERS].members;
        *out++ = ' ';
        out = put(put(out, members->member[i].name), "=");
        out = put_member(out, members->member[i].type, &members->member[i].value, clock);
    }
    out = put_number(out, " count=", ev, PACCT_F_PROCESSES);
    out = put_number(out, " failures=", ev, PACCT_F_FAILURES);
    out = put_number(out, " killed=", ev, PACCT_F_KILLED_COUNT);
    out = put_times(out, " cpu=", ev, PACCT_F_CPU_SUM);
    out = put_times(out, " elapsed=", ev, PACCT_F_ELAPSED_SUM);
    out = put_number(out, " records=", ev, PACCT_F_RECORDS);
    out = put_number(out, " groups=", ev, PACCT_F_GROUPS);
    out = put_number(out, " other_records=", ev, PACCT_F_OTHER_RECORDS);
    out = put_number(out, " late_records=", ev, PACCT_F_LATE_RECORDS);
    if (pacct_event_has(ev, PACCT_F_COMPLETE)) {
        out = put(out, ev->v[PACCT_F_COMPLETE].u != 0 ? " complete=true" : " complete=false");
    }
    return put_number(out, " revision=", ev, PACCT_F_REVISION);
}

static char* put_user(char* out, const struct pacct_event* ev) {
    if (pacct_event_has(ev, PACCT_F_USER)) {
        return put_string(out, ev, PACCT_F_USER);
    }
    return pacct_event_has(ev, PACCT_F_UID) ? put_number(out, " ", ev, PACCT_F_UID) : put(out, " -");
}

static char* put_ending(char* out, const struct pacct_event* ev) {
    if (pacct_event_has(ev, PACCT_F_SIGNAL_NAME)) {
        return put_value(put(out, " signal="), &ev->v[PACCT_F_SIGNAL_NAME]);
    }
    out = put_number(out, " signal=", ev, PACCT_F_SIGNAL);
    out = put_number(out, " exit=", ev, PACCT_F_EXIT_CODE);
    return pacct_event_has(ev, PACCT_F_EXIT_UNCERTAIN) ? put(out, " exit_uncertain=true") : out;
}

bool pacct_line_write(const struct pacct_event* ev, struct pacct_rfc3339* clock, struct pacct_buf* buf) {
    size_t size = FIXED_SIZE;
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        size += pacct_event_has(ev, strings[i]) ? ev->v[strings[i]].len * ESCAPED_MAX : 0;
    }
    size += pacct_event_has(ev, PACCT_F_MEMBERS) ? ev->strings_len * ESCAPED_MAX : 0;
    if (!pacct_buf_reserve(buf, size)) {
        return false;
    }
    char* out = buf->p + buf->len;
    if (pacct_event_has(ev, PACCT_F_WINDOW_START)) {
        buf->len = (size_t)(put_summary(out, ev, clock) - buf->p);
        return true;
    }
    if (!pacct_event_has(ev, PACCT_F_COMM)) {
        buf->len = (size_t)(put_state(out, ev, clock) - buf->p);
        return true;
    }
    out = put(put_comm(out, ev), " ");
    out = put_flag(out, ev, PACCT_F_PRIVILEGED, 'S');
    out = put_flag(out, ev, PACCT_F_FORKED, 'F');
    out = put_flag(out, ev, PACCT_F_CORE_DUMPED, 'D');
    out = put_flag(out, ev, PACCT_F_KILLED, 'X');
    out = put_user(out, ev);
    out = put_string(out, ev, PACCT_F_TTY);
    if (!pacct_event_has(ev, PACCT_F_EXIT_CODE) && !pacct_event_has(ev, PACCT_F_SIGNAL)) {
        out = put_string(out, ev, PACCT_F_EVENT); /* no exit: say what it is */
    }
    out = put_ending(out, ev);
    if (pacct_event_has(ev, PACCT_F_CPU_USER) && pacct_event_has(ev, PACCT_F_CPU_SYSTEM)) {
        out = pacct_write_seconds(put(out, " cpu="), ev->v[PACCT_F_CPU_USER].u + ev->v[PACCT_F_CPU_SYSTEM].u);
        *out++ = 's';
    }
    if (pacct_event_has(ev, PACCT_F_ELAPSED)) {
        out = pacct_write_seconds(put(out, " elapsed="), ev->v[PACCT_F_ELAPSED].u);
        *out++ = 's';
    }
    out = put_time(out, " start=", ev, PACCT_F_START, clock);
    out = pacct_event_has(ev, PACCT_F_END) ? put_time(out, " end=", ev, PACCT_F_END, clock)
                                           : put_time(out, " time=", ev, PACCT_F_TIME, clock);
    out = put_number(out, " pid=", ev, PACCT_F_PID);
    out = put_number(out, " ppid=", ev, PACCT_F_PPID);
    if (pacct_event_has(ev, PACCT_F_COMMAND_LINE)) {
        out = put_sentence(put(out, " command: "), &ev->v[PACCT_F_COMMAND_LINE]);
    }
    buf->len = (size_t)(out - buf->p);
    return true;
}
