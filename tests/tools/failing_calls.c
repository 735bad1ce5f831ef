/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into rsyslogd by tests/failing: one call of the module fails, or each from one on while a file exists.
 *
 * FAIL_CALL    name of the function
 * FAIL_FROM    which call of it fails, from 1 on; 0: none
 * FAIL_ERRNO   the error, a number
 * FAIL_WHILE   a path: each call from that one on fails while it exists; not set: that one call only
 * FAIL_COUNTS  a file that is told at the end how often each function was called: "name calls failed" a line
 *
 * Only what impacct.so calls counts, and bpf(2) where libbpf calls it: what rsyslogd itself does in such a case is not
 * what is tested. The return address tells the caller.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* name, type of the result, result of a failure, parameters, arguments */
#define CALLS(X)                                                                                   \
    X(acct, int, -1, (const char* path), (path))                                                   \
    X(bind, int, -1, (int fd, __CONST_SOCKADDR_ARG addr, socklen_t len), (fd, addr, len))          \
    X(calloc, void*, NULL, (size_t n, size_t size), (n, size))                                     \
    X(chmod, int, -1, (const char* path, mode_t mode), (path, mode))                               \
    X(epoll_create1, int, -1, (int flags), (flags))                                                \
    X(epoll_ctl, int, -1, (int fd, int op, int of, struct epoll_event* ev), (fd, op, of, ev))      \
    X(epoll_wait, int, -1, (int fd, struct epoll_event* ev, int most, int ms), (fd, ev, most, ms)) \
    X(eventfd, int, -1, (unsigned n, int flags), (n, flags))                                       \
    X(flock, int, -1, (int fd, int op), (fd, op))                                                  \
    X(fopen, FILE*, NULL, (const char* path, const char* mode), (path, mode))                      \
    X(fstat, int, -1, (int fd, struct stat* st), (fd, st))                                         \
    X(fstatvfs, int, -1, (int fd, struct statvfs* st), (fd, st))                                   \
    X(fsync, int, -1, (int fd), (fd))                                                              \
    X(inotify_add_watch, int, -1, (int fd, const char* path, uint32_t mask), (fd, path, mask))     \
    X(inotify_init1, int, -1, (int flags), (flags))                                                \
    X(lchown, int, -1, (const char* path, uid_t uid, gid_t gid), (path, uid, gid))                 \
    X(lseek, off_t, -1, (int fd, off_t to, int whence), (fd, to, whence))                          \
    X(lstat, int, -1, (const char* path, struct stat* st), (path, st))                             \
    X(malloc, void*, NULL, (size_t size), (size))                                                  \
    X(mkdir, int, -1, (const char* path, mode_t mode), (path, mode))                               \
    X(mmap, void*, MAP_FAILED, (void* at, size_t len, int prot, int flags, int fd, off_t offset),  \
      (at, len, prot, flags, fd, offset))                                                          \
    X(opendir, DIR*, NULL, (const char* path), (path))                                             \
    X(pread, ssize_t, -1, (int fd, void* buf, size_t len, off_t offset), (fd, buf, len, offset))   \
    X(read, ssize_t, -1, (int fd, void* buf, size_t len), (fd, buf, len))                          \
    X(readlink, ssize_t, -1, (const char* path, char* buf, size_t len), (path, buf, len))          \
    X(realloc, void*, NULL, (void* p, size_t size), (p, size))                                     \
    X(recv, ssize_t, -1, (int fd, void* buf, size_t len, int flags), (fd, buf, len, flags))        \
    X(rename, int, -1, (const char* old, const char* to), (old, to))                               \
    X(send, ssize_t, -1, (int fd, const void* buf, size_t len, int flags), (fd, buf, len, flags))  \
    X(setsockopt, int, -1, (int fd, int level, int name, const void* value, socklen_t len),        \
      (fd, level, name, value, len))                                                               \
    X(socket, int, -1, (int domain, int type, int protocol), (domain, type, protocol))             \
    X(stat, int, -1, (const char* path, struct stat* st), (path, st))                              \
    X(strdup, char*, NULL, (const char* text), (text))                                             \
    X(unlink, int, -1, (const char* path), (path))                                                 \
    X(write, ssize_t, -1, (int fd, const void* buf, size_t len), (fd, buf, len))

enum call {
#define X(name, type, failure, params, args) CALL_##name,
    CALLS(X)
#undef X
        CALL_bpf,
    CALL_clone,
    CALL_open,
    CALL_pthread_create,
    CALL_COUNT
};

static const char* const names[CALL_COUNT] = {
#define X(name, type, failure, params, args) #name,
    CALLS(X)
#undef X
        "bpf",
    "clone", "open", "pthread_create"};

static struct {
    uint64_t calls, failed;
} counts[CALL_COUNT];
static int chosen = -1; /* which of the calls fails */
static uint64_t from_call;
static int error;
static const char* while_path;
/* where the text of impacct.so and of libbpf lies; 0: not loaded */
static uintptr_t module_begin, module_end, libbpf_begin, libbpf_end;

static int find_object(struct dl_phdr_info* info, size_t size, void* arg) {
    (void)size;
    (void)arg;
    uintptr_t *begin, *end;
    if (strstr(info->dlpi_name, "/impacct.so") != NULL) {
        begin = &module_begin;
        end = &module_end;
    } else if (strstr(info->dlpi_name, "/libbpf.so") != NULL) {
        begin = &libbpf_begin;
        end = &libbpf_end;
    } else {
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr)* const h = &info->dlpi_phdr[i];
        if (h->p_type == PT_LOAD && (h->p_flags & PF_X) != 0) {
            *begin = info->dlpi_addr + h->p_vaddr;
            *end = *begin + h->p_memsz;
        }
    }
    return 0;
}

/* dlopen is what makes the module appear; what is called before is not the module's */
void* dlopen(const char* path, int flags) {
    static void* (*real)(const char*, int);
    if (real == NULL) {
        *(void**)&real = dlsym(RTLD_NEXT, "dlopen");
    }
    void* const handle = real(path, flags);
    dl_iterate_phdr(find_object, NULL);
    return handle;
}

__attribute__((constructor)) static void begin(void) {
    const char* const call = getenv("FAIL_CALL");
    for (int i = 0; i < CALL_COUNT && call != NULL; i++) {
        if (strcmp(names[i], call) == 0) {
            chosen = i;
        }
    }
    from_call = call == NULL ? 0 : strtoull(getenv("FAIL_FROM"), NULL, 10);
    error = call == NULL ? 0 : atoi(getenv("FAIL_ERRNO"));
    while_path = getenv("FAIL_WHILE");
    unsetenv("LD_PRELOAD"); /* not in what rsyslogd starts */
}

__attribute__((destructor)) static void end(void) {
    FILE* const f = getenv("FAIL_COUNTS") == NULL ? NULL : fopen(getenv("FAIL_COUNTS"), "we");
    for (int i = 0; i < CALL_COUNT && f != NULL; i++) {
        fprintf(f, "%s %llu %llu\n", names[i], (unsigned long long)counts[i].calls,
                (unsigned long long)counts[i].failed);
    }
    if (f != NULL) {
        fclose(f);
    }
}

static bool within(const void* caller, uintptr_t begins, uintptr_t ends) {
    return (uintptr_t)caller >= begins && (uintptr_t)caller < ends;
}

/* Whether this call, which the caller has to count, is to fail; errno is set then. */
static bool fails(enum call call) {
    const uint64_t n = __atomic_add_fetch(&counts[call].calls, 1, __ATOMIC_RELAXED);
    if ((int)call != chosen || from_call == 0 || n < from_call || (while_path == NULL && n != from_call)) {
        return false;
    }
    if (while_path != NULL && syscall(SYS_access, while_path, F_OK) != 0) {
        return false;
    }
    __atomic_add_fetch(&counts[call].failed, 1, __ATOMIC_RELAXED);
    errno = error;
    return true;
}

#define FROM_MODULE within(__builtin_return_address(0), module_begin, module_end)
#define REAL(name)                                \
    static __typeof__(name)* real;                \
    if (real == NULL) {                           \
        *(void**)&real = dlsym(RTLD_NEXT, #name); \
    }

#define X(name, type, failure, params, args)     \
    type name params {                           \
        REAL(name)                               \
        if (FROM_MODULE && fails(CALL_##name)) { \
            return failure;                      \
        }                                        \
        return real args;                        \
    }
CALLS(X)
#undef X

int open(const char* path, int flags, ...) {
    REAL(open)
    va_list list;
    va_start(list, flags);
    const mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return FROM_MODULE && fails(CALL_open) ? -1 : real(path, flags, mode);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*), void* arg) {
    REAL(pthread_create)
    return FROM_MODULE && fails(CALL_pthread_create) ? error : real(thread, attr, start, arg);
}

int clone(int (*start)(void*), void* stack, int flags, void* arg, ...) {
    REAL(clone)
    return FROM_MODULE && fails(CALL_clone) ? -1 : real(start, stack, flags, arg);
}

long syscall(long number, ...) {
    REAL(syscall)
    long args[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++) {
        args[i] = va_arg(list, long);
    }
    va_end(list);
    const bool bpf =
        number == SYS_bpf && (FROM_MODULE || within(__builtin_return_address(0), libbpf_begin, libbpf_end));
    return bpf && fails(CALL_bpf) ? -1 : real(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}
