/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over files, where there is no libFuzzer: every argument is a file or a folder of files. */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#define LARGEST (1u << 20)

static unsigned inputs;

static void run_file(const char* path) {
    uint8_t* const data = malloc(LARGEST);
    FILE* const f = fopen(path, "rbe");
    if (data == NULL || f == NULL) {
        perror(path);
        exit(1);
    }
    const size_t size = fread(data, 1, LARGEST, f);
    fclose(f);
    /* an allocation of its own, so that a sanitizer sees what is read behind it */
    uint8_t* const exact = malloc(size + (size == 0));
    if (exact == NULL) {
        exit(1);
    }
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    inputs++;
}

static void run(const char* path) {
    struct stat st;
    if (stat(path, &st) != 0) {
        perror(path);
        exit(1);
    }
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    DIR* const dir = opendir(path);
    if (dir == NULL) {
        perror(path);
        exit(1);
    }
    for (const struct dirent* entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char name[4096];
        if (entry->d_name[0] != '.') {
            snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
            run_file(name);
        }
    }
    closedir(dir);
}

int main(int argc, char** argv) {
    for (int i = 1; i < argc; i++) {
        run(argv[i]);
    }
    if (inputs == 0) {
        fprintf(stderr, "no inputs\n");
        return 1;
    }
    return 0;
}
