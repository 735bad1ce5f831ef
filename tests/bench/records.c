/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmark needs to have done with records, outside of rsyslogd:
 *
 *   records generate FILE COUNT   write records as a busy machine would, the same in every run; the last one is named
 *                                 "bench-last", and each tenth is of uid 1000
 *   records json FILE HOST ID     print the JSON text that impacct makes of them
 *   records stages FILE           print nanoseconds per record, median of rounds, for each stage of the way to JSON
 * text
 */
#include "config.h"

#include "event/event.h"
#include "output/json.h"
#include "output/properties.h"
#include "sample.h"

#include <fcntl.h>
#include <libfastjson/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
/* of stages: few enough to stay in a cache, as the pieces do that the follower reads */
#define PIECE 1024u

static const struct pacct_dialect dialect = {.ahz = PACCT_AHZ_DEFAULT};

static int usage(void) {
    fprintf(stderr, "usage: records generate FILE COUNT | json FILE HOST ID | stages FILE\n");
    return 2;
}

static uint16_t to_comp(uint64_t value) {
    unsigned exponent = 0;
    for (; value > 0x1fff; value >>= 3) {
        exponent++;
    }
    return (uint16_t)(exponent << 13 | value);
}

/* Mostly short children of shells, compilers and daemons; ids and times grow as they do in life. */
static void make(uint64_t* state, uint64_t n, bool last, uint8_t* raw) {
    static const char* const names[] = {"sh",  "sh",   "sh",      "bash", "cc1",  "as",           "collect2", "ld",
                                        "gcc", "make", "python3", "sed",  "grep", "cat",          "cron",     "sshd",
                                        "rm",  "mv",   "git",     "date", "runc", "kworker/u8:3", "perl",     "test"};
    static const uint16_t statuses[] = {0, 0, 0, 0, 0, 0, 0, 0, 256, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0, 512};
    struct sample s = {.version = 3};
    const uint32_t uids[] = {0, 0, 0, 33, 1001, 1001, 1002, 1003, 65534};
    s.uid = last || n % 10 == 9 ? 1000 : uids[random_below(state, sizeof(uids) / sizeof(uids[0]))];
    s.gid = s.uid;
    s.flag = (uint8_t)((s.uid == 0 ? PACCT_ASU : 0) | (random_below(state, 4) == 0 ? PACCT_AFORK : 0));
    s.exitcode = statuses[random_below(state, sizeof(statuses) / sizeof(statuses[0]))];
    if (s.exitcode == 15) {
        s.flag |= PACCT_AXSIG;
    }
    s.tty = (uint16_t)(random_below(state, 5) == 0 ? 0x8800 + random_below(state, 4) : 0);
    s.pid = 300 + (uint32_t)(n % 4190000);
    s.ppid = random_below(state, 8) == 0 ? 1 : s.pid - 1 - (uint32_t)random_below(state, 200);
    s.btime = 1767225600u + (uint32_t)(n / 400);
    const float ticks = (float)(random_below(state, 10) == 0 ? random_below(state, 30000) : random_below(state, 40));
    memcpy(&s.etime, &ticks, sizeof(ticks));
    s.utime = to_comp(random_below(state, 3) == 0 ? random_below(state, 200) : 0);
    s.stime = to_comp(random_below(state, 3) == 0 ? random_below(state, 50) : 0);
    s.mem = to_comp(2500 + random_below(state, 200000));
    s.minflt = to_comp(90 + random_below(state, 9000));
    s.majflt = to_comp(random_below(state, 50) == 0 ? random_below(state, 20) : 0);
    snprintf(s.comm, sizeof(s.comm), "%s",
             last ? "bench-last" : names[random_below(state, sizeof(names) / sizeof(names[0]))]);
    sample_write(&s, raw);
}

static int generate(const char* path, uint64_t count) {
    uint8_t raw[PACCT_RECORD_MAX];
    uint64_t state = 1;
    FILE* const f = fopen(path, "w");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    for (uint64_t n = 0; n < count; n++) {
        make(&state, n, n + 1 == count, raw);
        fwrite(raw, 1, sizeof(raw), f);
    }
    if (fclose(f) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

static const uint8_t* map(const char* path, size_t* count) {
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(path);
        exit(1);
    }
    const uint8_t* const p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (p == MAP_FAILED) {
        perror(path);
        exit(1);
    }
    close(fd);
    *count = (size_t)st.st_size / PACCT_RECORD_MAX;
    return p;
}

static struct pacct_origin origin;
static struct pacct_plan plan;
static struct pacct_rfc3339 text_clock;
static struct pacct_event_storage room;
static struct pacct_event event;
static struct pacct_buf text;

static void prepare(const char* hostname, const char* host_id) {
    pacct_id_init();
    origin = (struct pacct_origin){.hostname = hostname,
                                   .hostname_len = strlen(hostname),
                                   .host_id = host_id,
                                   .host_id_len = strlen(host_id),
                                   .ttys = pacct_ttys_new("/proc"),
                                   .wanted = pacct_set_full()};
    if (origin.ttys == NULL || pacct_plan_make(PACCT_SCHEMA_NATIVE, &origin.wanted, &plan) != 0) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
}

/* Each stage does all that comes before it, too. Returns something that depends on what was done. */
static uint64_t check(const uint8_t* raw) {
    return pacct_record_check(raw, &dialect);
}

static uint64_t decode(const uint8_t* raw) {
    struct pacct_record rec;
    pacct_record_decode(raw, &dialect, &rec);
    __asm__ volatile("" : : "g"(&rec) : "memory"); /* all of it counts */
    return rec.pid;
}

static uint64_t make_event(const uint8_t* raw) {
    struct pacct_record rec;
    pacct_record_decode(raw, &dialect, &rec);
    pacct_event_make(&origin, raw, &rec, pacct_event_about(&rec), 0, &room, &event);
    return event.v[PACCT_F_PID].u;
}

static uint64_t make_json(const uint8_t* raw) {
    const uint64_t pid = make_event(raw);
    text.len = 0;
    pacct_json_write(&plan, &event, &text_clock, &text);
    return pid + text.len;
}

static uint64_t make_tree(const uint8_t* raw) {
    const uint64_t pid = make_event(raw);
    fjson_object_put(pacct_properties_make(&plan, &event, &text_clock));
    return pid;
}

static int json(const char* path, const char* hostname, const char* host_id) {
    size_t count;
    const uint8_t* const raw = map(path, &count);
    prepare(hostname, host_id);
    for (size_t i = 0; i < count; i++) {
        make_json(raw + i * PACCT_RECORD_MAX);
        fwrite(text.p, 1, text.len, stdout);
        putchar('\n');
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

static int compare(const void* a, const void* b) {
    const double x = *(const double*)a, y = *(const double*)b;
    return (x > y) - (x < y);
}

static double cpu_ns(void) {
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int stages(const char* path) {
    static const struct {
        const char* name;
        uint64_t (*run)(const uint8_t* raw);
    } rows[] = {{"check", check},      {"decode", decode},  {"event without id", make_event},
                {"event", make_event}, {"json", make_json}, {"tree", make_tree}};
    size_t count;
    const uint8_t* const raw = map(path, &count);
    volatile uint64_t sink = 0;
    prepare("bench.example.net", "0123456789abcdef0123456789abcdef");
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        double ns[ROUNDS];
        origin.wanted = pacct_set_full();
        if (strcmp(rows[r].name, "event without id") == 0) {
            memset(&origin.wanted, 0, sizeof(origin.wanted));
        }
        for (int round = 0; round < ROUNDS; round++) {
            const double start = cpu_ns();
            uint64_t sum = 0;
            for (size_t i = 0; i < count; i++) {
                sum += rows[r].run(raw + i % PIECE * PACCT_RECORD_MAX);
            }
            ns[round] = (cpu_ns() - start) / (double)count;
            sink += sum;
        }
        qsort(ns, ROUNDS, sizeof(ns[0]), compare);
        printf("%s\t%.2f\n", rows[r].name, ns[ROUNDS / 2]);
    }
    return 0;
}

int main(int argc, char** argv) {
    if (argc == 4 && strcmp(argv[1], "generate") == 0) {
        return generate(argv[2], strtoull(argv[3], NULL, 10));
    }
    if (argc == 5 && strcmp(argv[1], "json") == 0) {
        return json(argv[2], argv[3], argv[4]);
    }
    if (argc == 3 && strcmp(argv[1], "stages") == 0) {
        return stages(argv[2]);
    }
    return usage();
}
