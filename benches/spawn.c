/*
 * Times processes. stdin names them, one a line: label, runs, program, arguments, separated by tabs. The commands take
 * turns, so that a busy moment of the machine hits all of them; each line of the answer is
 * label, minimum, median (both in nanoseconds), largest resident size (KiB), exit status.
 * A C program, because the largest resident size of a child counts that of the process which started it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { COMMANDS = 64, WORDS = 32 };

struct command {
    char *label;
    long runs;
    char *words[WORDS];
    int64_t *times;
    long size;
    int status;
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int by_size(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static void die(const char *what) {
    fprintf(stderr, "spawn: %s\n", what);
    exit(1);
}

static void run(struct command *command, long run, posix_spawn_file_actions_t *actions) {
    pid_t child;
    int status;
    struct rusage usage;
    int64_t start = now();
    if (posix_spawn(&child, command->words[0], actions, NULL, command->words, environ) != 0) die(command->words[0]);
    if (wait4(child, &status, 0, &usage) != child) die("wait4");
    command->times[run] = now() - start;
    if (usage.ru_maxrss > command->size) command->size = usage.ru_maxrss;
    command->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void) {
    static struct command commands[COMMANDS];
    static char line[8192];
    int count = 0;
    long most = 0;
    while (fgets(line, sizeof line, stdin)) {
        struct command *command = &commands[count];
        int words = 0;
        if (count++ == COMMANDS) die("too many commands");
        line[strcspn(line, "\n")] = 0;
        command->label = strdup(strtok(line, "\t"));
        command->runs = atol(strtok(NULL, "\t"));
        for (char *word; (word = strtok(NULL, "\t")); words++) {
            if (words == WORDS - 1) die("too many words");
            command->words[words] = strdup(word);
        }
        command->times = calloc((size_t)command->runs, sizeof *command->times);
        if (command->runs > most) most = command->runs;
    }
#ifdef __linux__
    /* The programs that ask which shell started them find bash. */
    prctl(PR_SET_NAME, "bash");
#endif
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    for (long turn = 0; turn < most; turn++) {
        for (int at = 0; at < count; at++) {
            /* The slow ones are spread over the whole time. */
            struct command *command = &commands[at];
            long before = turn * command->runs / most, after = (turn + 1) * command->runs / most;
            if (after > before) run(command, before, &actions);
        }
    }
    for (int at = 0; at < count; at++) {
        struct command *command = &commands[at];
        qsort(command->times, (size_t)command->runs, sizeof *command->times, by_size);
        printf("%s\t%lld\t%lld\t%ld\t%d\n", command->label, (long long)command->times[0],
            (long long)command->times[command->runs / 2], command->size, command->status);
    }
    return 0;
}
