/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a terminal gets a name only where no other terminal can have left the same number.
 * Invariant: pts/N only while there never were 2048 of them; every other name from the fixed numbers or from
 * tty/drivers; what only looks like a terminal of 16 bits has no name.
 * Oracle: a proc folder of our own, with names written by hand from Documentation/admin-guide/devices.txt. */
#include "config.h"

#include "check.h"
#include "event/tty.h"

#include <sys/stat.h>
#include <unistd.h>

static void put_file(const char* name, const char* text) {
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", check_dir, name);
    if (text == NULL) {
        unlink(path);
        return;
    }
    FILE* const f = fopen(path, "w");
    CHECK(f != NULL);
    CHECK(fputs(text, f) >= 0);
    CHECK(fclose(f) == 0);
}

static void make_proc(void) {
    static const char* const dirs[] = {"tty", "sys", "sys/kernel", "sys/kernel/pty"};
    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s/%s", check_dir, dirs[i]);
        CHECK(mkdir(path, 0700) == 0);
    }
}

static void pty(const char* max, const char* nr) {
    put_file("sys/kernel/pty/max", max);
    put_file("sys/kernel/pty/nr", nr);
}

static void is(struct pacct_ttys* ttys, unsigned tty, time_t now, const char* expected) {
    char name[PACCT_TTY_MAX];
    const size_t len = pacct_tty_name(ttys, (uint16_t)tty, now, name);
    CHECK_TEXT(name, len, expected);
}

static struct pacct_ttys* fresh(void) {
    struct pacct_ttys* const ttys = pacct_ttys_new(check_dir);
    CHECK(ttys != NULL);
    return ttys;
}

static void fixed_names(void) {
    struct pacct_ttys* const ttys = fresh();
    is(ttys, 0x0401, 0, "tty1");
    is(ttys, 0x043f, 0, "tty63");
    is(ttys, 0x0440, 0, "ttyS0");
    is(ttys, 0x04ff, 0, "ttyS191");
    is(ttys, 0x0500, 0, "tty");
    is(ttys, 0x0501, 0, "console");
    is(ttys, 0xe500, 0, "hvc0");
    is(ttys, 0xe507, 0, "hvc7");
    is(ttys, 0xe580, 0, ""); /* hvsi0 */
    is(ttys, 0x0502, 0, ""); /* ptmx */
    is(ttys, 0x1234, 0, "");
    pacct_ttys_free(ttys);
}

static void pseudo_terminals(void) {
    static const struct {
        const char *max, *nr;
        bool certain;
    } cases[] = {
        {"4096\n", "12\n", true},    {"4096\n", "2047\n", true}, {"4096\n", "2048\n", false},
        {"4096\n", "4000\n", false}, {"2048\n", "2048\n", true}, {"1024\n", NULL, true},
        {NULL, "3\n", true},         {NULL, NULL, false},        {"4096\n", NULL, false},
        {"x\n", "y\n", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pacct_ttys* const ttys = fresh();
        pty(cases[i].max, cases[i].nr);
        is(ttys, 0x8800, 0, cases[i].certain ? "pts/0" : "");
        is(ttys, 0x8905, 0, cases[i].certain ? "pts/261" : "");
        is(ttys, 0x8fff, 0, cases[i].certain ? "pts/2047" : "");
        pacct_ttys_free(ttys);
    }
    /* once there were too many, one of them may still live: never again certain */
    struct pacct_ttys* const ttys = fresh();
    pty("4096\n", "5\n");
    is(ttys, 0x8800, 100, "pts/0");
    pty("4096\n", "2048\n");
    is(ttys, 0x8800, 101, "");
    pty("4096\n", "5\n");
    is(ttys, 0x8800, 102, "");
    pacct_ttys_free(ttys);
}

static void drivers(void) {
    pty("4096\n", "5\n");
    put_file("tty/drivers",
             "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
             "/dev/ptmx            /dev/ptmx       5       2 system\n"
             "usbserial            /dev/ttyUSB   188 0-255 serial\n"
             "acm                  /dev/ttyACM   166 0-255 serial\n"
             "ttyAMA               /dev/ttyAMA   204 64-77 serial\n"
             "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
             "pty_slave            /dev/ttyp       3 0-255 pty:slave\n"
             "wide                 /dev/wide     170 0-4095 serial\n"
             "far                  /dev/far      300 0-3 serial\n"
             "a_name_that_is_long  /dev/a_name_that_is_longer_than_any_has_a_right_to_be 171 0-3 serial\n"
             "broken line\n"
             "single               /dev/single   172       7 serial\n");
    struct pacct_ttys* const ttys = fresh();
    is(ttys, 0xbc00, 0, "ttyUSB0");
    is(ttys, 0xbc11, 0, "ttyUSB17");
    is(ttys, 0xa601, 0, "ttyACM1");
    is(ttys, 0xcc40, 0, "ttyAMA0");
    is(ttys, 0xcc4e, 0, "");
    is(ttys, 0x0300, 0, "");
    is(ttys, 0xaa00, 0, ""); /* its numbers run into each other in 16 bits */
    is(ttys, 0x2c00, 0, ""); /* 300 */
    is(ttys, 0xab00, 0, "");
    is(ttys, 0xac07, 0, "single0");
    is(ttys, 0xac08, 0, "");
    /* a driver that came later is found after a while, not at once for every record */
    put_file("tty/drivers", "new /dev/ttyNEW 167 0-3 serial\n");
    is(ttys, 0xa702, 1, "");
    is(ttys, 0xa702, 200, "ttyNEW2");
    pacct_ttys_free(ttys);
}

/* pts/13312 leaves 0x8800 | 13312 = 0xbc00, the number of ttyUSB0. */
static void distant_pseudo_terminals(void) {
    put_file("tty/drivers", "usbserial /dev/ttyUSB 188 0-255 serial\nacm /dev/ttyACM 166 0-255 serial\n");
    pty("100000\n", "13400\n");
    struct pacct_ttys* const ttys = fresh();
    is(ttys, 0xbc00, 0, "");
    is(ttys, 0xa601, 0, "ttyACM1");
    is(ttys, 0xe500, 0, "hvc0");
    pacct_ttys_free(ttys);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("fixed names") {
        make_proc();
        fixed_names();
    }
    CASE("pseudo terminals") {
        make_proc();
        pseudo_terminals();
    }
    CASE("drivers") {
        make_proc();
        drivers();
    }
    CASE("pseudo terminals that share the number of another") {
        make_proc();
        distant_pseudo_terminals();
    }
    return check_end();
}
