/* Intent: secrets that people type do not leave the machine; what is no secret does.
 * Invariant: of each command line below, just the secret is replaced; the number of arguments stays.
 * Oracle: the manuals of the programs. */
#include "config.h"

#include "check.h"
#include "pacct_quote.h"
#include "pacct_redact.h"

#define R PACCT_REDACTED

/* Arguments are given with blanks between them. */
static void check_with(const struct pacct_redact* r, const char* args, const char* expected) {
    char given[256];
    struct pacct_buf out = {0};
    bool any;
    const size_t len = strlen(args) + 1;
    CHECK(len <= sizeof(given));
    memcpy(given, args, len);
    for (size_t i = 0; i < len; i++) {
        given[i] = given[i] == '~' ? ' ' : given[i] == ' ' ? '\0' : given[i];
    }
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){given, len}, &out, &any));
    for (size_t i = 0; i < out.len - 1; i++) {
        out.p[i] = out.p[i] == ' ' ? '~' : out.p[i] == '\0' ? ' ' : out.p[i];
    }
    CHECK_TEXT(out.p, out.len - 1, expected);
    CHECK_EQ(any, strcmp(args, expected) != 0);
    pacct_buf_free(&out);
}

static void test_known(void) {
    static const char* const cases[][2] = {
        {"x --password=abc y", "x --password=" R " y"},
        {"x --password abc y", "x --password " R " y"},
        {"x --password --verbose", "x --password --verbose"},
        {"x -password abc", "x -password " R},
        {"x --db-PassWord=a=b:c", "x --db-PassWord=" R},
        {"x --password=", "x --password="},
        {"x --password", "x --password"},
        {"x --api-key=1 --token 2", "x --api-key=" R " --token " R},
        {"env DB_PASSWORD=abc AWS_SECRET_ACCESS_KEY=k GITHUB_TOKEN=t ls",
         "env DB_PASSWORD=" R " AWS_SECRET_ACCESS_KEY=" R " GITHUB_TOKEN=" R " ls"},
        {"curl -H Authorization:~Bearer~abc http://h/", "curl -H Authorization:~" R " http://h/"},
        {"curl -u me:abc http://h/", "curl -u me:" R " http://h/"},
        {"curl -ume:abc http://h/", "curl -ume:" R " http://h/"},
        {"curl -u me http://h/", "curl -u me http://h/"},
        {"/usr/bin/mysql -u me -pabc db", "/usr/bin/mysql -u me -p" R " db"},
        {"mysqldump -p db", "mysqldump -p db"}, /* asks for it; the next argument is the database */
        {"sshpass -p abc ssh h", "sshpass -p " R " ssh h"},
        {"redis-cli -a abc get k", "redis-cli -a " R " get k"},
        {"git clone https://me:abc@host/x?y", "git clone https://me:" R "@host/x?y"},
        {"psql postgresql://me:a@b@host:5/db", "psql postgresql://me:" R "@host:5/db"},
        {"curl -sSu me:abc http://h/", "curl -sSu me:" R " http://h/"},
        {"ldapsearch -xw abc uid=1", "ldapsearch -xw " R " uid=1"},
        /* within an argument */
        {"mount -o user=me,password=abc,vers=3 //h/x /mnt", "mount -o user=me,password=" R ",vers=3 //h/x /mnt"},
        {"x Server=h;Password=abc;Token=d", "x Server=h;Password=" R ";Token=" R},
        {"curl https://h/?a=1&token=abc&b=2", "curl https://h/?a=1&token=" R "&b=2"},
        {"curl https://me:abc@h/?token=d", "curl https://me:" R "@h/?token=" R},
        {"x http://h/~https://me:abc@h/", "x http://h/~https://me:" R "@h/"},
        {"x https://me:a@h/,https://you:b@h/", "x https://me:" R "@h/,https://you:" R "@h/"},
        {"curl -d {\"user\":\"me\",~\"password\":~\"a,b\",\"x\":1}",
         "curl -d {\"user\":\"me\",~\"password\":~\"" R "\",\"x\":1}"},
        {"sh -c PGPASSWORD=abc~psql~-h~h", "sh -c PGPASSWORD=" R},
        {"sh -c cd~/;~PGPASSWORD=abc~psql~-h~h", "sh -c cd~/;~PGPASSWORD=" R "~psql~-h~h"},
        {"sh -c curl~-H~'Authorization:~Bearer~abc'~http://h/", "sh -c curl~-H~'Authorization:~" R "'~http://h/"},
        {"curl --header=Authorization:~Bearer~abc", "curl --header=Authorization:~" R},
        /* no secrets */
        {"x a=b:c {\"user\":\"me\"} https://me:@h/ password:", "x a=b:c {\"user\":\"me\"} https://me:@h/ password:"},
        {"x --file=passwd:1 a,password= =: :: \"=", "x --file=passwd:" R " a,password= =: :: \"="},
        {"ssh -p 2222 h", "ssh -p 2222 h"},
        {"mkdir -p a/b", "mkdir -p a/b"},
        {"docker run -p 80:80 x", "docker run -p 80:80 x"},
        {"ls --tokens=3 passwd password.txt", "ls --tokens=3 passwd password.txt"},
        {"wget https://host:80/a@b", "wget https://host:80/a@b"},
        {"git clone git@host:x", "git clone git@host:x"},
        {"wget http://me@host/", "wget http://me@host/"},
        {"x --password-file /etc/p", "x --password-file /etc/p"},
        {"password=abc", "password=abc"}, /* the name of a program */
        {"passwd me", "passwd me"},
        {"x - --", "x - --"},
    };
    struct pacct_redact* const r = pacct_redact_new();
    CHECK(r != NULL);
    pacct_redact_known(r);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_with(r, cases[i][0], cases[i][1]);
    }
    pacct_redact_free(r);
}

/* What is cut at the end may have lost what a secret is known by. */
static void test_cut_url(void) {
    static const char cut[] = "curl\0https://me:abc", whole[] = "wget\0https://host:80";
    struct pacct_redact* const r = pacct_redact_new();
    struct pacct_buf out = {0};
    bool any;
    CHECK(r != NULL);
    pacct_redact_known(r);
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){cut, sizeof(cut) - 1}, &out, &any));
    CHECK_TEXT(out.p + 5, out.len - 6, "https://me:" R);
    out.len = 0;
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){whole, sizeof(whole)}, &out, &any));
    CHECK_TEXT(out.p + 5, out.len - 6, "https://host:80");
    pacct_buf_free(&out);
    pacct_redact_free(r);
}

static void test_own(void) {
    char why[PACCT_REDACT_WHY] = "";
    struct pacct_redact* const r = pacct_redact_new();
    CHECK(r != NULL);
    check_with(r, "x --password=abc", "x --password=abc"); /* nothing is asked for */
    CHECK(pacct_redact_pattern(r, "^--pin=(.*)$", why));
    CHECK(pacct_redact_pattern(r, "[0-9]{4}", why));
    CHECK(pacct_redact_pattern(r, "z*", why));
    check_with(r, "x --pin=abc --pin= 12345678 a1234b1234c", "x --pin=" R " --pin= " R R " a" R "b" R "c");
    check_with(r, "x zz az", "x " R " az"); /* the first match is empty: no way on */
    CHECK(!pacct_redact_pattern(r, "(", why));
    CHECK(why[0] != '\0');
    pacct_redact_free(r);
}

/* What was cut off in the midst. */
static void test_cut(void) {
    struct pacct_buf out = {0};
    bool any;
    struct pacct_redact* const r = pacct_redact_new();
    CHECK(r != NULL);
    pacct_redact_known(r);
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){"x\0--password=abcdef", 13}, &out, &any));
    CHECK_EQ(any, false);
    CHECK_EQ(out.len, 14);
    out.len = 0;
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){"x\0--password=abcdef", 15}, &out, &any));
    CHECK_EQ(any, true);
    CHECK_TEXT(out.p + 2, out.len - 3, "--password=" R);
    out.len = 0;
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){"", 0}, &out, &any));
    CHECK_EQ(out.len, 0);
    pacct_buf_free(&out);
    pacct_redact_free(r);
}

int main(void) {
    test_known();
    test_cut_url();
    test_own();
    test_cut();
    return 0;
}
