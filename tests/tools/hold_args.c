/* SPDX-License-Identifier: Apache-2.0 */
/* hold_args DEVICE DIRECTORY [execs]: a process whose arguments nobody can read from /proc, as any user can make one.
 *
 * In a user and mount namespace of its own, it mounts a file system onto DIRECTORY that it serves itself (DEVICE is
 * /dev/fuse, or one like it that the user may open), and
 * that never answers a read. A process of it maps a file from there while a thread of the same process reads it: that
 * keeps the lock of the process's memory, which /proc/PID/cmdline takes. With "execs", the process executes itself
 * before. Prints the process's id when it is so; holds on until its standard input ends. Exit code 77: it cannot be
 * done here, with the reason on standard error. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NODE 2
#define FILE_SIZE 8192

static _Noreturn void cannot(const char* what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(77);
}

static void set(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        cannot(path);
    }
    close(fd);
}

static void be_root_in_here(void) {
    char map[2][64];
    snprintf(map[0], sizeof(map[0]), "0 %u 1", (unsigned)getuid());
    snprintf(map[1], sizeof(map[1]), "0 %u 1", (unsigned)getgid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        cannot("unshare");
    }
    set("/proc/self/setgroups", "deny");
    set("/proc/self/uid_map", map[0]);
    set("/proc/self/gid_map", map[1]);
}

/* ---- the file system: a directory, and whatever is looked for in there is one file ---- */

static void answer(int fd, uint64_t request, int error, const void* body, size_t len) {
    char message[256];
    const struct fuse_out_header header = {.len = (uint32_t)(sizeof(header) + len), .error = error, .unique = request};
    memcpy(message, &header, sizeof(header));
    if (len > 0) {
        memcpy(message + sizeof(header), body, len);
    }
    if (write(fd, message, header.len) < 0 && errno != ENOENT) {
        perror("answer");
    }
}

static struct fuse_attr attributes(uint64_t node) {
    const int file = node == FILE_NODE;
    return (struct fuse_attr){.ino = node,
                              .mode = file ? S_IFREG | 0444 : S_IFDIR | 0755,
                              .nlink = 1,
                              .size = file ? FILE_SIZE : 0,
                              .blksize = 4096};
}

static void serve_request(int fd, const struct fuse_in_header* in, int* opened) {
    const struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
    const struct fuse_entry_out entry = {
        .nodeid = FILE_NODE, .entry_valid = 1000, .attr_valid = 1000, .attr = attributes(FILE_NODE)};
    const struct fuse_attr_out attr = {.attr_valid = 1000, .attr = attributes(in->nodeid)};
    /* the second opening does without the cache, so that mapping the file throws away what the first one is reading */
    const struct fuse_open_out open = {.fh = 1, .open_flags = *opened ? FOPEN_DIRECT_IO | FOPEN_KEEP_CACHE : 0};
    switch (in->opcode) {
        case FUSE_INIT:
            answer(fd, in->unique, 0, &init, sizeof(init));
            break;
        case FUSE_LOOKUP:
            answer(fd, in->unique, 0, &entry, sizeof(entry));
            break;
        case FUSE_GETATTR:
            answer(fd, in->unique, 0, &attr, sizeof(attr));
            break;
        case FUSE_OPEN:
            answer(fd, in->unique, 0, &open, sizeof(open));
            *opened = 1;
            break;
        case FUSE_READ: /* never */
        case FUSE_FORGET:
        case FUSE_INTERRUPT:
            break;
        default:
            answer(fd, in->unique, -ENOSYS, NULL, 0);
            break;
    }
}

static _Noreturn void serve(int fd) {
    static char request[1 << 17] __attribute__((aligned(8)));
    int opened = 0;
    for (;;) {
        const ssize_t n = read(fd, request, sizeof(request));
        if (n < 0 && errno != EINTR) {
            _exit(0);
        }
        if (n >= (ssize_t)sizeof(struct fuse_in_header)) {
            serve_request(fd, (const struct fuse_in_header*)(const void*)request, &opened);
        }
    }
}

/* ---- the process ---- */

static _Atomic pid_t reader;

static void* read_file(void* fd) {
    char byte;
    reader = (pid_t)syscall(SYS_gettid);
    if (pread(*(int*)fd, &byte, 1, 0) < 0) {
        perror("pread");
    }
    return NULL;
}

/* The state of the first thread of a process, or of another one by its path below /proc, as in proc(5). */
static char state_of(const char* task) {
    char path[64], line[512] = "";
    snprintf(path, sizeof(path), "/proc/%s/stat", task);
    FILE* const f = fopen(path, "re");
    const int any = f != NULL && fgets(line, sizeof(line), f) != NULL;
    const char* const name_end = strrchr(line, ')');
    if (f != NULL) {
        fclose(f);
    }
    return any && name_end != NULL && name_end[1] == ' ' ? name_end[2] : '?';
}

/* Closes its standard output when all that is left to do is what does not come back. */
static _Noreturn void hold(const char* path) {
    pthread_t thread;
    int fd[2];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fd[0] = open(path, O_RDONLY | O_CLOEXEC);
    fd[1] = open(path, O_RDONLY | O_CLOEXEC);
    if (fd[0] < 0 || fd[1] < 0 || pthread_create(&thread, NULL, read_file, &fd[0]) != 0) {
        perror(path);
        _exit(1);
    }
    char task[32] = "";
    while (strchr("SD", state_of(task)) == NULL) { /* until it waits for the file system */
        usleep(1000);
        snprintf(task, sizeof(task), "self/task/%d", (int)reader);
    }
    close(STDOUT_FILENO);
    mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd[1], 0); /* does not come back */
    _exit(1);
}

static int mount_here(const char* device, const char* directory) {
    char options[128];
    const int fd = open(device, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        cannot(device);
    }
    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
    if (mount("hold_args", directory, "fuse", MS_NOSUID | MS_NODEV, options) != 0) {
        cannot("mount");
    }
    return fd;
}

int main(int argc, char** argv) {
    char path[512], byte;
    if (argc == 3 && strcmp(argv[1], "--hold") == 0) {
        hold(argv[2]);
    }
    if (argc < 3) {
        fputs("usage: hold_args DEVICE DIRECTORY [execs]\n", stderr);
        return 1;
    }
    snprintf(path, sizeof(path), "%s/file", argv[2]);
    be_root_in_here();
    const int fd = mount_here(argv[1], argv[2]);
    const pid_t server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd);
    }
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) != 0) {
        cannot("pipe2");
    }
    const pid_t holder = fork();
    if (holder == 0) {
        dup2(ready[1], STDOUT_FILENO);
        close(ready[1]);
        close(fd); /* while it is open anywhere, what waits for the file system goes on waiting */
        if (argc > 3) {
            execl("/proc/self/exe", "hold_args", "--hold", path, (char*)NULL);
        }
        hold(path);
    }
    close(ready[1]);
    const ssize_t none = read(ready[0], &byte, 1);
    char task[32];
    snprintf(task, sizeof(task), "%d", (int)holder);
    while (none == 0 && state_of(task) != 'D') { /* it has the lock then */
        if (waitpid(holder, NULL, WNOHANG) != 0) {
            return 1; /* the holder has said why */
        }
        usleep(1000);
    }
    printf("%d\n", (int)holder);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    kill(holder, SIGKILL);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    close(fd);
    waitpid(holder, NULL, 0);
    return 0;
}
